//! Python programs for tests, of pinned versions, installed once for each list of versions.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{self, Command, Stdio};

use sha2::{Digest as _, Sha256};

/// The folder of programs of an environment with what `requirements` lists, installed below `cache` if it is not
/// there: `python` and the packages' own commands.
///
/// # Panics
/// When it cannot be installed: a test that asked for it cannot go on.
#[must_use]
pub fn programs(requirements: &Path, cache: &Path) -> PathBuf {
    or_fail(requirements, provide(requirements, cache))
}

fn provide(requirements: &Path, cache: &Path) -> io::Result<PathBuf> {
    let key: [u8; 32] = Sha256::digest(fs::read(requirements)?).into();
    let key = key.first_chunk().copied().map_or(0, u128::from_be_bytes);
    let folder = cache.join(format!("python-{key:032x}"));
    if !folder.exists() {
        // Renamed when complete, so that an interrupted installation or two at once leave nothing half done.
        let fresh = cache.join(format!("python-{key:032x}.{}", process::id()));
        fs::remove_dir_all(&fresh).ok();
        run(Command::new("python3").args(["-m", "venv"]).arg(&fresh))?;
        let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"];
        run(Command::new(fresh.join("bin/python")).args(pip).arg(requirements))?;
        if fs::rename(&fresh, &folder).is_err() {
            fs::remove_dir_all(&fresh)?;
        }
    }
    Ok(folder.join("bin"))
}

fn run(command: &mut Command) -> io::Result<()> {
    let output = command.stdin(Stdio::null()).output()?;
    if output.status.success() {
        return Ok(());
    }
    let printed = [output.stdout, output.stderr].concat();
    Err(io::Error::other(String::from_utf8_lossy(&printed).into_owned()))
}

#[expect(clippy::panic, reason = "a test without its programs cannot go on, and would only say the same")]
fn or_fail(requirements: &Path, result: io::Result<PathBuf>) -> PathBuf {
    let requirements = requirements.display();
    result.unwrap_or_else(|error| {
        panic!("{requirements} could not be installed (Debian: apt-get install python3-venv): {error}")
    })
}
