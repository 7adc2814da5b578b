//! Installing what `clients/` asks for, and running commands.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{fs, process};

use sha2::{Digest, Sha256};

/// Where the scripts are.
pub(crate) const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/clients");

/// A Python in which a list of pinned packages is installed.
pub(crate) fn python(pins: &str) -> PathBuf {
    installed(pins, |folder| {
        let needed =
            "the tours in Python need Python 3.10 or later with venv (Debian: apt-get install python3-venv)";
        run(Command::new("python3").args(["-m", "venv", "."]).current_dir(folder), needed);
        let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", pins];
        let failed = format!("the packages of {pins} could not be installed");
        run(Command::new("./bin/python").args(pip).current_dir(folder), &failed);
    })
    .join("bin/python")
}

/// The modules of the pinned packages for Node.
pub(crate) fn node_modules() -> PathBuf {
    installed("package.json", |folder| {
        let needed =
            "the tours in JavaScript need Node 18 or later and npm (Debian: apt-get install nodejs npm)";
        run(Command::new("node").arg("--version"), needed);
        let npm = [
            "install",
            "--no-package-lock",
            "--no-audit",
            "--no-fund",
            "--ignore-scripts",
            "--loglevel=error",
        ];
        run(Command::new("npm").args(npm).current_dir(folder), needed);
    })
    .join("node_modules")
}

/// The folder with what a list of pinned versions asks for; installs it if it is not there.
fn installed(pins: &str, install: impl Fn(&Path)) -> PathBuf {
    let pins = Path::new(FOLDER).join(pins);
    let key: [u8; 32] = Sha256::digest(fs::read(&pins).unwrap()).into();
    let key = u128::from_be_bytes(*key.first_chunk().unwrap());
    let name = format!("{}-{key:032x}", pins.file_stem().unwrap().display());
    let cached = Path::new(env!("CARGO_TARGET_TMPDIR")).join(&name);
    if !cached.exists() {
        // Renamed when complete, so that an interrupted installation or two at once leave nothing half done.
        let fresh =
            cached.with_file_name(format!("{name}.{}-{:?}", process::id(), std::thread::current().id()));
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

/// Runs a command to its end; otherwise fails with one line that says what to do, then what was printed.
pub(crate) fn run(command: &mut Command, needed: &str) {
    let output = command.stdin(Stdio::null()).output().unwrap_or_else(|error| panic!("{needed}: {error}"));
    let printed = [output.stdout, output.stderr].concat();
    assert!(output.status.success(), "{needed}\n{}", String::from_utf8_lossy(&printed));
}
