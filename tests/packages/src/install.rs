//! Installing a list of pinned versions once.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{self, Command, Stdio};
use std::thread;

use sha2::{Digest as _, Sha256};

/// The folder with what a list of pinned versions asks for; installs it if it is not there.
pub(crate) fn installed(
    language: &str,
    pins: &Path,
    cache: &Path,
    install: impl FnOnce(&Path) -> io::Result<()>,
) -> io::Result<PathBuf> {
    let key: [u8; 32] = Sha256::digest(fs::read(pins)?).into();
    let key = key.first_chunk().copied().map_or(0, u128::from_be_bytes);
    let folder = cache.join(format!("{language}-{key:032x}"));
    if !folder.exists() {
        // Renamed when complete, so that an interrupted installation or two at once leave nothing half done.
        let name = format!("{language}-{key:032x}.{}-{:?}", process::id(), thread::current().id());
        let fresh = cache.join(name);
        fs::remove_dir_all(&fresh).ok();
        fs::create_dir_all(&fresh)?;
        install(&fresh)?;
        if fs::rename(&fresh, &folder).is_err() {
            fs::remove_dir_all(&fresh)?;
        }
    }
    Ok(folder)
}

/// Runs a command to its end; what it printed is the failure.
pub(crate) fn run(command: &mut Command) -> io::Result<()> {
    let output = command.stdin(Stdio::null()).output()?;
    if output.status.success() {
        return Ok(());
    }
    let printed = [output.stdout, output.stderr].concat();
    Err(io::Error::other(String::from_utf8_lossy(&printed).into_owned()))
}

/// What was installed; without it, the test ends with what would mend it.
#[expect(clippy::panic, reason = "a test without its packages cannot go on, and would only say the same")]
pub(crate) fn or_fail(pins: &Path, needed: &str, result: io::Result<PathBuf>) -> PathBuf {
    let pins = pins.display();
    result.unwrap_or_else(|error| {
        panic!("{pins} could not be installed (Debian: apt-get install {needed}): {error}")
    })
}
