//! Scripts of `clients/`, run against a sandbox.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;

use connector_sandbox::{NotionGrant, Sandbox, TokenGrant};

/// Where the scripts are, and the versions that they are for.
const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/clients");

static NODE_MODULES: LazyLock<PathBuf> =
    LazyLock::new(|| test_packages::node(&Path::new(FOLDER).join("package.json"), cache()));

/// A Python in which a list of pinned packages is installed.
pub(crate) fn interpreter(pins: &str) -> PathBuf {
    test_packages::python(&Path::new(FOLDER).join(pins), cache()).join("python")
}

fn cache() -> &'static Path {
    Path::new(env!("CARGO_TARGET_TMPDIR"))
}

/// A script or a package of scripts for a Python.
pub(crate) fn python(interpreter: &Path, script: &str) -> Command {
    let mut command = Command::new(interpreter);
    command.arg("-B").arg(Path::new(FOLDER).join(script));
    command
}

/// A script for Node.
pub(crate) fn node(script: &str) -> Command {
    let mut command = Command::new("node");
    command.env("NODE_PATH", &*NODE_MODULES).arg(Path::new(FOLDER).join(script));
    command
}

/// Runs a script against the sandbox's Airtable and shows what it printed if it fails.
pub(crate) fn run_against_airtable(sandbox: &Sandbox, mut script: Command) {
    let script = script
        .env("SANDBOX_URL", sandbox.airtable_url())
        .env("SANDBOX_TOKEN", sandbox.airtable_token())
        .env("SANDBOX_READ_TOKEN", sandbox.issue_token(TokenGrant::read_only()))
        .env("SANDBOX_BASE", sandbox.airtable_base_id());
    run(script);
}

/// Runs a script against the sandbox's Notion and shows what it printed if it fails.
pub(crate) fn run_against_notion(sandbox: &Sandbox, mut script: Command) {
    let script = script
        .env("SANDBOX_URL", sandbox.notion_url())
        .env("SANDBOX_CONTROL_URL", sandbox.control_url())
        .env("SANDBOX_TOKEN", sandbox.notion_token())
        .env("SANDBOX_READ_TOKEN", sandbox.issue_notion_token(NotionGrant::read_only()))
        .env("SANDBOX_DATABASE", sandbox.notion_database_id())
        .env("SANDBOX_DATA_SOURCE", sandbox.notion_data_source_id())
        .env("SANDBOX_PARENT_PAGE", sandbox.notion_parent_page_id());
    run(script);
}

/// Runs a script to its end; fails with what it printed.
fn run(script: &mut Command) {
    let output = script.stdin(Stdio::null()).output().unwrap();
    let printed = [output.stdout, output.stderr].concat();
    let told = String::from_utf8_lossy(&printed);
    assert!(output.status.success(), "the client and the sandbox disagree\n{told}");
}
