//! axe-core: the rules of accessibility that a program can check.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use serde_json::Value;

use crate::Browser;

const PINS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/package.json");

static SCRIPT: LazyLock<String> = LazyLock::new(|| {
    let file = modules().join("axe-core/axe.min.js");
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

/// The modules that `package.json` pins, once for each folder of what is built.
fn modules() -> PathBuf {
    let program = std::env::current_exe().expect("this program's path");
    let built = program.ancestors().find(|folder| folder.join(".fingerprint").exists());
    test_packages::node(Path::new(PINS), built.expect("the folder of what is built"))
}
