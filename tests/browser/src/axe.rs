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
pub async fn violations(browser: &Browser) -> Vec<String> {
    browser.client.execute(&SCRIPT, Vec::new()).await.expect("axe-core loads");
    let run = "const done = arguments[arguments.length - 1]; axe.run().then(result => done(result.violations));";
    let found = browser.client.execute_async(run, Vec::new()).await.expect("axe-core runs");
    let told = |violation: &Value| {
        let node = violation.pointer("/nodes/0/html").and_then(Value::as_str).unwrap_or_default();
        let why = violation.pointer("/nodes/0/failureSummary").and_then(Value::as_str).unwrap_or_default();
        format!("{}: {node}: {why}", violation.get("id").and_then(Value::as_str).unwrap_or_default())
    };
    found.as_array().map(|found| found.iter().map(told).collect()).unwrap_or_default()
}

/// The folder with the version that `package.json` pins; installs it if it is not there.
fn installed() -> PathBuf {
    let key: [u8; 32] = Sha256::digest(fs::read(PINS).expect("the pins")).into();
    let key = u128::from_be_bytes(*key.first_chunk().expect("32 bytes"));
    let target = std::env::current_exe().expect("this program's path");
    let target = target.ancestors().find(|folder| folder.join("CACHEDIR.TAG").exists()).map(Path::to_owned);
    let cached = target.expect("a target folder").join("tmp").join(format!("axe-{key:032x}"));
    if !cached.exists() {
        // Renamed when complete, so that an interrupted installation or two at once leave nothing half done.
        let fresh = cached.with_extension(process::id().to_string());
        fs::remove_dir_all(&fresh).ok();
        fs::create_dir_all(&fresh).expect("a folder");
        fs::copy(PINS, fresh.join("package.json")).expect("a copy");
        let status = Command::new("npm")
            .args(["install", "--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"])
            .current_dir(&fresh)
            .stdin(Stdio::null())
            .status();
        assert!(status.is_ok_and(|status| status.success()), "axe-core comes by npm (Debian: apt-get install npm)");
        if fs::rename(&fresh, &cached).is_err() {
            fs::remove_dir_all(&fresh).ok();
        }
    }
    cached
}
