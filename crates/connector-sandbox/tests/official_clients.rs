//! The two clients that people use, unmodified, against the sandbox: if these notice a difference from the
//! real service, so would anything else.
//!
//! Each script in `clients/` asserts on every answer. The clients are installed once, with their own package
//! managers, into the target directory; a change of the pinned versions installs anew.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "all of this is tests, their shared functions included"
)]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;
use std::time::Duration;
use std::{fs, process, thread};

use connector_sandbox::{Knobs, Limits, Sandbox, Settings, TokenGrant};
use sha2::{Digest, Sha256};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/clients");

static PYTHON: LazyLock<PathBuf> =
    LazyLock::new(|| installed("requirements.txt", install_pyairtable).join("bin/python"));

#[test]
fn pyairtable_tours_the_sandbox() {
    run_against(&empty(Limits::Off), python("pyairtable_tour"));
}

#[test]
fn pyairtable_gets_through_the_rate_limit() {
    let sandbox = empty(Limits::REAL);
    // While time stands still the sixth request is refused, however slow the machine.
    sandbox.freeze_clock(true);
    thread::scope(|scope| {
        let script = scope.spawn(|| run_against(&sandbox, python("pyairtable_burst.py")));
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
    let folder = installed("package.json", install_airtable_js);
    let mut script = Command::new("node");
    script.env("NODE_PATH", folder.join("node_modules")).arg(Path::new(FOLDER).join("airtable_js_tour.cjs"));
    run_against(&empty(Limits::Off), script);
}

/// A sandbox without deals.
fn empty(limits: Limits) -> Sandbox {
    let knobs = Knobs { limits, ..Knobs::default() };
    Sandbox::start(Settings { deals: 0, knobs, ..Settings::default() }).unwrap()
}

fn python(script: &str) -> Command {
    let mut command = Command::new(&*PYTHON);
    command.arg("-B").arg(Path::new(FOLDER).join(script));
    command
}

/// Runs a script against a sandbox and shows what it printed if it fails.
fn run_against(sandbox: &Sandbox, mut script: Command) {
    let script = script
        .env("SANDBOX_URL", sandbox.airtable_url())
        .env("SANDBOX_TOKEN", sandbox.airtable_token())
        .env("SANDBOX_READ_TOKEN", sandbox.issue_token(TokenGrant::read_only()))
        .env("SANDBOX_BASE", sandbox.airtable_base_id());
    run(script, "the client and the sandbox disagree");
}

/// The folder with the client that a list of pinned versions asks for; installs it if it is not there.
fn installed(pins: &str, install: fn(&Path)) -> PathBuf {
    let pins = Path::new(FOLDER).join(pins);
    let key: [u8; 32] = Sha256::digest(fs::read(&pins).unwrap()).into();
    let key = u128::from_be_bytes(*key.first_chunk().unwrap());
    let name = format!("{}-{key:032x}", pins.file_stem().unwrap().display());
    let cached = Path::new(env!("CARGO_TARGET_TMPDIR")).join(&name);
    if !cached.exists() {
        // Renamed when complete, so that an interrupted installation or two at once leave nothing half done.
        let fresh = cached.with_file_name(format!("{name}.{}", process::id()));
        fs::remove_dir_all(&fresh).ok();
        fs::create_dir_all(&fresh).unwrap();
        fs::copy(&pins, fresh.join(pins.file_name().unwrap())).unwrap();
        install(&fresh);
        if fs::rename(&fresh, &cached).is_err() {
            fs::remove_dir_all(&fresh).unwrap();
        }
    }
    cached
}

fn install_pyairtable(folder: &Path) {
    let needed =
        "pyairtable's tour needs Python 3.10 or later with venv (Debian: apt-get install python3-venv)";
    run(Command::new("python3").args(["-m", "venv", "."]).current_dir(folder), needed);
    let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", "requirements.txt"];
    run(Command::new("./bin/python").args(pip).current_dir(folder), "pyairtable could not be installed");
}

fn install_airtable_js(folder: &Path) {
    let needed = "airtable.js's tour needs Node 18 or later and npm (Debian: apt-get install nodejs npm)";
    run(Command::new("node").arg("--version"), needed);
    let npm =
        ["install", "--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"];
    run(Command::new("npm").args(npm).current_dir(folder), needed);
}

/// Runs a command to its end; otherwise fails with one line that says what to do, then what was printed.
fn run(command: &mut Command, needed: &str) {
    let output = command.stdin(Stdio::null()).output().unwrap_or_else(|error| panic!("{needed}: {error}"));
    let printed = [output.stdout, output.stderr].concat();
    assert!(output.status.success(), "{needed}\n{}", String::from_utf8_lossy(&printed));
}
