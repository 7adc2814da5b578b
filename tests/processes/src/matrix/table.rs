//! The matrix for people to read.

use std::fmt::Write as _;

use super::history::{Ending, Finisher};
use super::step::Step;
use crate::fuse::When;

/// The worlds of one matrix as a table of steps, in the order in which they were played.
#[must_use]
pub fn table(endings: &[Ending]) -> String {
    let mut table = "| step | killed before it | killed after it |\n|---|---|---|\n".to_owned();
    let mut steps: Vec<&Step> = Vec::new();
    for ending in endings {
        let Some(point) = ending.points.first() else { continue };
        if !steps.contains(&&point.step) {
            steps.push(&point.step);
        }
    }
    for step in steps {
        let cell = |when| {
            let at = |ending: &&Ending| {
                ending.points.iter().any(|point| point.step == *step && point.when == when)
            };
            endings.iter().find(at).map_or("", verdict)
        };
        writeln!(table, "| {step} | {} | {} |", cell(When::Before), cell(When::After)).expect("a text");
    }
    table
}

const fn verdict(ending: &Ending) -> &'static str {
    match (&ending.fault, ending.deaths, ending.finisher) {
        (Some(_), ..) => "**DIFFERS**",
        (None, 0, _) => "not met",
        (None, _, Finisher::Itself) => "was done",
        (None, _, Finisher::Takeover) => "gone on with",
        (None, _, Finisher::Next) => "done by the next run",
    }
}
