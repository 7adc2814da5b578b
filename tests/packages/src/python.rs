//! Packages of Python.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::install::{installed, or_fail, run};

/// The folder of programs of an environment with what `requirements` lists, installed below `cache` if it is not
/// there: `python` and the packages' own commands.
///
/// # Panics
/// When it cannot be installed: a test that asked for it cannot go on.
#[must_use]
pub fn python(requirements: &Path, cache: &Path) -> PathBuf {
    let installed = installed("python", requirements, cache, |folder| {
        run(Command::new("python3").args(["-m", "venv"]).arg(folder))?;
        let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"];
        run(Command::new(folder.join("bin/python")).args(pip).arg(requirements))
    });
    or_fail(requirements, "python3-venv", installed).join("bin")
}
