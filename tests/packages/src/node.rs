//! Packages of Node.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::install::{installed, or_fail, run};

/// The modules for Node that `pins`, a `package.json`, lists, installed below `cache` if they are not there.
///
/// # Panics
/// When they cannot be installed: a test that asked for them cannot go on.
#[must_use]
pub fn node(pins: &Path, cache: &Path) -> PathBuf {
    let installed = installed("node", pins, cache, |folder| {
        fs::copy(pins, folder.join("package.json"))?;
        let npm = [
            "install",
            "--no-package-lock",
            "--no-audit",
            "--no-fund",
            "--ignore-scripts",
            "--loglevel=error",
        ];
        run(Command::new("npm").args(npm).current_dir(folder))
    });
    or_fail(pins, "nodejs npm", installed).join("node_modules")
}
