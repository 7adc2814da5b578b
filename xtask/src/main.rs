//! The project's tasks, run as `cargo xtask <task>`.

mod console;
mod requirement;
mod step;
mod test;
mod tool;

use std::env;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};

use crate::step::{STEPS, Step};

const USAGE: &str = "\
Usage: cargo xtask <task>

Tasks:
  test                the whole suite, installing what it needs where it may (Debian, root)
  test --only <step>  one step of it
  simulate            histories of people, faults and crashes over the whole engine: how fast, and which rows of the
                      record table they reach; --histories <n> for each strategy and topology, --seed <n>
  fuzz                inputs from anywhere over decoders, builders, values, plans and bodies: how many, and which shapes
                      they reach; --seconds <n> for each target, --seed <n>, and a part of a target's name
  crashes             the server killed at every call and every commit, and several times at random ones; writes
                      docs/CRASHES.md; --rounds <n> of histories with several deaths, --seed <n>
  bench               what a sync costs and what the server bears: figures, ratios, and whether they are within their aims
  load                the second half of it, which writes docs/PERFORMANCE.md; --seconds <n> for the longest measurement
  screenshots [dir]   what every page looks like, on a desk and on a telephone, in French and in English
  check               its first two steps, fmt and clippy: seconds after an edit
";

fn main() -> ExitCode {
    match run(&env::args().skip(1).collect::<Vec<_>>()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            console::complain(&format!("{error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> Result<()> {
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["test"] => test::run(root()?, STEPS),
        ["test", "--only", name] => test::run(root()?, std::slice::from_ref(step_of(name)?)),
        ["simulate", options @ ..] => step::simulate(root()?, options),
        ["fuzz", options @ ..] => step::fuzz(root()?, options),
        ["screenshots", folder @ ..] => step::screenshots(root()?, folder),
        ["crashes", options @ ..] => step::crashes(root()?, options),
        ["bench"] => step::bench(root()?),
        ["load", options @ ..] => step::load(root()?, options),
        ["check"] => test::run(root()?, STEPS.get(..2).unwrap_or_default()),
        ["help" | "--help" | "-h"] => {
            console::say(USAGE);
            Ok(())
        }
        _ => bail!("no such task\n\n{USAGE}"),
    }
}

fn step_of(name: &str) -> Result<&'static Step> {
    let names: Vec<_> = STEPS.iter().map(|step| step.name).collect();
    STEPS
        .iter()
        .find(|step| step.name == name)
        .with_context(|| format!("no step is called {name}; there are {}", names.join(", ")))
}

/// The workspace's folder.
fn root() -> Result<&'static Path> {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("xtask is in a workspace")
}
