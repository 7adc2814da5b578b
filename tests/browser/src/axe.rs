//! axe-core: the rules of accessibility that a program can check.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;
use std::{fs, process};

use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::Browser;

const PINS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/package.json");

static SCRIPT: LazyLock<String> = LazyLock::new(|| {
    let file = installed().join("node_modules/axe-core/axe.min.js");
    fs::read_to_string(file).expect("axe-core's script")
});

/// What is wrong with the page that is open, one rule a line, each with the first element it is about.
pub fn violations(browser: &Browser) -> Vec<String> {
    browser.script(&SCRIPT);
    let run =
        "const done = arguments[arguments.length - 1]; axe.run().then(result => done(result.violations));";
    let found = browser.awaited(run);
    let told = |violation: &Value| {
        let said = |pointer: &str| violation.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
        format!("{}: {}: {}", said("/id"), said("/nodes/0/html"), said("/nodes/0/failureSummary"))
    };
    found.as_array().expect("axe-core runs").iter().map(told).collect()
}

/// The folder with the version that `package.json` pins; installs it if it is not there.
fn installed() -> PathBuf {
    let key: [u8; 32] = Sha256::digest(fs::read(PINS).expect("the pins")).into();
    let key = u128::from_be_bytes(*key.first_chunk().expect("32 bytes"));
    let program = std::env::current_exe().expect("this program's path");
    let built = program.ancestors().find(|folder| folder.join(".fingerprint").exists()).map(Path::to_owned);
    let cached = built.expect("the folder of what is built").join(format!("axe-{key:032x}"));
    if !cached.exists() {
        // Renamed when complete, so that an interrupted installation or two at once leave nothing half done.
        let fresh = cached.with_extension(process::id().to_string());
        fs::remove_dir_all(&fresh).ok();
        fs::create_dir_all(&fresh).expect("a folder");
        fs::copy(PINS, fresh.join("package.json")).expect("a copy");
        let npm = [
            "install",
            "--no-package-lock",
            "--no-audit",
            "--no-fund",
            "--ignore-scripts",
            "--loglevel=error",
        ];
        let status = Command::new("npm").args(npm).current_dir(&fresh).stdin(Stdio::null()).status();
        let needed = "axe-core comes by npm (Debian: apt-get install npm)";
        assert!(status.is_ok_and(|status| status.success()), "{needed}");
        if fs::rename(&fresh, &cached).is_err() {
            fs::remove_dir_all(&fresh).ok();
        }
    }
    cached
}
