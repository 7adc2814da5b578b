//! The steps of the suite.

use std::env;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, bail, ensure};
use test_postgres::Cluster;

use crate::console;
use crate::tool::{CARGO_DENY, TYPOS};

/// One step of the suite.
pub(crate) struct Step {
    pub(crate) name: &'static str,
    pub(crate) what: &'static str,
    /// Runs it in the workspace's folder.
    pub(crate) run: fn(&Path) -> Result<()>,
}

/// All steps, in the order in which they run: the quick ones that fail most often first.
pub(crate) const STEPS: &[Step] = &[
    Step { name: "fmt", what: "the sources are formatted", run: fmt },
    Step { name: "clippy", what: "no lint speaks up", run: clippy },
    Step { name: "test", what: "every test passes, examples in the documentation included", run: test },
    Step { name: "doc", what: "the documentation builds, and its links lead somewhere", run: doc },
    Step { name: "deny", what: "dependencies have licences and sources that we accept", run: deny },
    Step { name: "typos", what: "words are spelt right", run: typos },
];

fn fmt(root: &Path) -> Result<()> {
    run(cargo(root).args(["fmt", "--all", "--check"]))
}

fn clippy(root: &Path) -> Result<()> {
    run(cargo(root).args(["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]))
}

/// One server for all test programs, which would each start one otherwise.
fn test(root: &Path) -> Result<()> {
    let cluster = Cluster::from_environment()?;
    console::say(&format!("PostgreSQL {}", cluster.version()));
    run(cargo(root).args(["test", "--workspace", "--no-fail-fast"]).env("TEST_DATABASE_URL", cluster.url()))
}

fn doc(root: &Path) -> Result<()> {
    run(cargo(root)
        .args(["doc", "--workspace", "--no-deps", "--document-private-items"])
        .env("RUSTDOCFLAGS", "-D warnings"))
}

/// Without its check of advisories, whose database is a repository elsewhere: the suite needs only registries.
fn deny(root: &Path) -> Result<()> {
    run(Command::new(CARGO_DENY.provide(root)?)
        .args(["check", "licenses", "bans", "sources"])
        .current_dir(root))
}

/// The simulator with more histories, or others, than in the suite.
pub(crate) fn simulate(root: &Path, options: &[&str]) -> Result<()> {
    let mut command = cargo(root);
    command.args(["test", "-p", "connector-core", "--test", "simulator", "--", "--nocapture"]);
    command.args(["--skip", "the_simulator_misses_a_rule"]);
    run(numbered(&mut command, options, &[("--histories", "HISTORIES"), ("--seed", "SEED")])?)
}

/// The crash matrix with more deaths than in the suite.
pub(crate) fn crashes(root: &Path, options: &[&str]) -> Result<()> {
    run(cargo(root).args(["build", "--package", "test-processes", "--bins"]))?;
    let mut command = cargo(root);
    command.args(["run", "--package", "test-processes", "--bin", "crashes"]);
    run(numbered(&mut command, options, &[("--rounds", "ROUNDS"), ("--seed", "SEED")])?)
}

/// Tells a program numbers: each option's, by the variable that it reads.
fn numbered<'c>(
    command: &'c mut Command,
    options: &[&str],
    known: &[(&str, &str)],
) -> Result<&'c mut Command> {
    for option in options.chunks(2) {
        let found = known.iter().find(|(name, _)| option.first() == Some(name));
        let (Some((_, variable)), Some(number)) = (found, option.get(1)) else {
            let names: Vec<_> = known.iter().map(|(name, _)| format!("{name} <number>")).collect();
            bail!("it takes {}", names.join(" and "));
        };
        number.parse::<u32>().with_context(|| format!("{number} is not a number of ours"))?;
        command.env(variable, number);
    }
    Ok(command)
}

/// The fuzz targets for longer than in the suite, or with another seed; all of them, or those with a name like that.
pub(crate) fn fuzz(root: &Path, options: &[&str]) -> Result<()> {
    let mut command = cargo(root);
    command.args(["test", "--lib"]);
    for package in ["connector-core", "connector-airtable", "connector-notion", "crm-sync-server"] {
        command.args(["-p", package]);
    }
    let (mut seconds, mut target) = ("60", "");
    let mut options = options.iter();
    while let Some(option) = options.next() {
        let mut number = || {
            let number = options.next().with_context(|| format!("{option} wants a number"))?;
            number.parse::<u32>().with_context(|| format!("{number} is not a number of ours"))?;
            anyhow::Ok(*number)
        };
        match *option {
            "--seconds" => seconds = number()?,
            "--seed" => {
                command.env("FUZZ_SEED", number()?);
            }
            name if !name.starts_with('-') => target = name,
            _ => bail!("fuzz takes --seconds <number>, --seed <number> and a part of a target's name"),
        }
    }
    run(command.env("FUZZ_SECONDS", seconds).args(["--", "--nocapture", &format!("fuzz::{target}")]))
}

/// Pictures of every page, for whoever works on them.
pub(crate) fn screenshots(root: &Path, folder: &[&str]) -> Result<()> {
    run(cargo(root).args(["build", "--package", "test-browser", "--bins"]))?;
    run(cargo(root).args(["run", "--package", "test-browser", "--bin", "screenshots", "--"]).args(folder))
}

/// Not a step of the suite: what it measures wants a machine to itself.
pub(crate) fn bench(root: &Path) -> Result<()> {
    run(cargo(root).args(["run", "--release", "--package", "benches"]))?;
    load(root, &[])
}

/// What the server bears.
pub(crate) fn load(root: &Path, options: &[&str]) -> Result<()> {
    run(cargo(root).args(["build", "--release", "--package", "test-processes", "--bins"]))?;
    let mut command = cargo(root);
    command.args(["run", "--release", "--package", "test-processes", "--bin", "load"]);
    run(numbered(&mut command, options, &[("--seconds", "SECONDS")])?)
}

fn typos(root: &Path) -> Result<()> {
    run(Command::new(TYPOS.provide(root)?).current_dir(root))
}

fn cargo(root: &Path) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root);
    command
}

fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("{}", command.get_program().display()))?;
    ensure!(status.success(), "{status}");
    Ok(())
}
