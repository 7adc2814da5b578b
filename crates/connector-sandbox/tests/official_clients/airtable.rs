//! pyairtable and airtable.js.

use std::path::PathBuf;
use std::sync::LazyLock;
use std::thread;
use std::time::Duration;

use connector_sandbox::{Knobs, Limits, Sandbox, Settings};

use crate::client::{interpreter, node, python, run_against_airtable};

static PYTHON: LazyLock<PathBuf> = LazyLock::new(|| interpreter("requirements-airtable.txt"));

#[test]
fn pyairtable_tours_the_sandbox() {
    run_against_airtable(&empty(Limits::Off), python(&PYTHON, "pyairtable_tour"));
}

#[test]
fn pyairtable_gets_through_the_rate_limit() {
    let sandbox = empty(Limits::REAL);
    // While time stands still the sixth request is refused, however slow the machine.
    sandbox.freeze_clock(true);
    thread::scope(|scope| {
        let script = scope.spawn(|| run_against_airtable(&sandbox, python(&PYTHON, "pyairtable_burst.py")));
        while refusals(&sandbox) == 0 && !script.is_finished() {
            thread::sleep(Duration::from_millis(5));
        }
        sandbox.set_knobs(Knobs { limits: Limits::Times(50), ..sandbox.knobs() });
        sandbox.freeze_clock(false);
    });
    assert!(refusals(&sandbox) > 0, "nothing was refused, so nothing was tried again");
}

fn refusals(sandbox: &Sandbox) -> u64 {
    sandbox.stats().routes.iter().filter_map(|route| route.statuses.get("429")).sum()
}

#[test]
fn airtable_js_tours_the_sandbox() {
    run_against_airtable(&empty(Limits::Off), node("airtable_js_tour.cjs"));
}

/// A sandbox without deals.
fn empty(limits: Limits) -> Sandbox {
    let knobs = Knobs { limits, ..Knobs::default() };
    Sandbox::start(Settings { deals: 0, knobs, ..Settings::default() }).unwrap()
}
