//! Where PostgreSQL's programs are.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The environment variable that names the folder of PostgreSQL's programs.
const FOLDER_VARIABLE: &str = "TEST_POSTGRES_BIN";

/// Where Debian keeps each major version's programs, in `<version>/bin`; they are not on the `PATH`.
const DEBIAN_FOLDER: &str = "/usr/lib/postgresql";

const SERVER: &[&str] = &["initdb", "pg_ctl", "postgres", "psql"];
const CLIENT: &[&str] = &["psql"];

/// A folder that holds PostgreSQL's programs.
#[derive(Debug, Clone)]
pub struct Programs {
    folder: PathBuf,
}

impl Programs {
    /// Finds the programs that make and run a server: in the folder that `TEST_POSTGRES_BIN` names, else where
    /// `pg_config --bindir` says, else in Debian's folder of the newest version, else on the `PATH`.
    ///
    /// # Errors
    /// When no folder holds them all. A `TEST_POSTGRES_BIN` that does not is an error too: what was asked for
    /// by name is not replaced by something else.
    pub fn find() -> io::Result<Self> {
        Self::find_all(SERVER)
    }

    /// Finds `psql`, which is all that a server already running asks for, in the same places.
    pub(crate) fn find_client() -> io::Result<Self> {
        Self::find_all(CLIENT)
    }

    /// The folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    pub(crate) fn psql(&self) -> PathBuf {
        self.folder.join("psql")
    }

    fn find_all(wanted: &[&str]) -> io::Result<Self> {
        if let Some(folder) = env::var_os(FOLDER_VARIABLE) {
            let folder = PathBuf::from(folder);
            return holds_all(&folder, wanted).then_some(Self { folder }).ok_or_else(|| {
                io::Error::other(format!("{FOLDER_VARIABLE} names a folder without {}", wanted.join(", ")))
            });
        }
        let on_path = env::var_os("PATH").unwrap_or_default();
        configured_folder()
            .into_iter()
            .chain(debian_folders(Path::new(DEBIAN_FOLDER)))
            .chain(env::split_paths(&on_path))
            .find(|folder| holds_all(folder, wanted))
            .map(|folder| Self { folder })
            .ok_or_else(|| {
                io::Error::other(format!(
                    "PostgreSQL's programs ({}) were not found: install the server, or set {FOLDER_VARIABLE} to \
                     the folder that holds them",
                    wanted.join(", ")
                ))
            })
    }
}

/// The first file of that name in a folder of the `PATH`.
#[must_use]
pub fn find_in_path(program: impl AsRef<OsStr>) -> Option<PathBuf> {
    let program = Path::new(program.as_ref());
    env::split_paths(&env::var_os("PATH")?).map(|folder| folder.join(program)).find(|file| file.is_file())
}

fn holds_all(folder: &Path, wanted: &[&str]) -> bool {
    wanted.iter().all(|program| folder.join(program).is_file())
}

fn configured_folder() -> Option<PathBuf> {
    let output = Command::new("pg_config").arg("--bindir").output().ok()?;
    let folder = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| PathBuf::from(folder.trim_end()))
}

/// The folders of the versions below `root`, newest version first.
fn debian_folders(root: &Path) -> Vec<PathBuf> {
    let mut versions: Vec<(u32, PathBuf)> = fs::read_dir(root)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
        .collect();
    versions.sort_by(|(left, _), (right, _)| right.cmp(left));
    versions.into_iter().map(|(_, folder)| folder).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_version_comes_first() {
        let root = env::temp_dir().join(format!("versions-{}", std::process::id()));
        for version in ["9", "15", "17", "notes"] {
            fs::create_dir_all(root.join(version)).unwrap();
        }

        let folders = debian_folders(&root);

        fs::remove_dir_all(&root).unwrap();
        let expected: Vec<PathBuf> =
            ["17", "15", "9"].iter().map(|version| root.join(version).join("bin")).collect();
        assert_eq!(folders, expected);
    }

    #[test]
    fn a_folder_counts_only_with_every_program_in_it() {
        let found = Programs::find().unwrap();

        assert!(holds_all(found.folder(), SERVER));
        assert!(!holds_all(found.folder(), &["psql", "no-such-program"]));
    }
}
