//! The file that keeps the key when the environment has none: for this program's user alone.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use secrecy::zeroize::Zeroizing;
use uuid::Uuid;

use super::error::{KeyFileFault, SecretsError};
use super::key::Key;

/// Its name in the data folder.
const NAME: &str = "secret.key";
/// The key that a rotation under way goes over to.
const NEXT: &str = "secret.key.next";
const OWNER_ONLY: u32 = 0o600;
/// More than a key in any notation.
const MOST_BYTES: u64 = 256;

/// The key file of a data folder, and the one beside it while the key is being changed.
#[derive(Debug, Clone)]
pub(super) struct KeyFile {
    folder: PathBuf,
}

impl KeyFile {
    pub(super) fn of(folder: &Path) -> Self {
        Self { folder: folder.to_owned() }
    }

    pub(super) fn path(&self) -> PathBuf {
        self.folder.join(NAME)
    }

    /// The key, if there is one.
    pub(super) fn read(&self) -> Result<Option<Key>, SecretsError> {
        read(&self.path())
    }

    /// The key that a rotation under way, or one that was cut off, goes over to.
    pub(super) fn read_next(&self) -> Result<Option<Key>, SecretsError> {
        read(&self.folder.join(NEXT))
    }

    /// Makes the key, unless somebody was faster; the one that is there.
    pub(super) fn make(&self) -> Result<Key, SecretsError> {
        self.make_named(NAME)
    }

    /// Makes the key to go over to, unless an earlier rotation has left one.
    pub(super) fn make_next(&self) -> Result<Key, SecretsError> {
        self.make_named(NEXT)
    }

    /// Puts the next key in the place of the old one, which is gone.
    pub(super) fn go_over(&self) -> Result<(), SecretsError> {
        let path = self.path();
        let moved = fs::rename(self.folder.join(NEXT), &path).and_then(|()| sync(&self.folder));
        moved.map_err(|source| KeyFileFault::Io(source).at(path))
    }

    /// A whole file appears, or none: written beside, then linked, which fails where another is already.
    fn make_named(&self, name: &str) -> Result<Key, SecretsError> {
        let path = self.folder.join(name);
        let fault = |source| KeyFileFault::Io(source).at(path.clone());
        fs::create_dir_all(&self.folder).map_err(fault)?;
        let key = Key::generate().map_err(SecretsError::Random)?;
        let draft = self.folder.join(format!(".{name}.{}", Uuid::now_v7()));
        let written = write(&draft, &key).and_then(|()| fs::hard_link(&draft, &path));
        // If it stays, it is a key that nobody uses.
        fs::remove_file(&draft).ok();
        match written {
            Ok(()) => {
                sync(&self.folder).map_err(fault)?;
                Ok(key)
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                read(&path)?.ok_or_else(|| KeyFileFault::Io(error).at(path))
            }
            Err(error) => Err(fault(error)),
        }
    }
}

fn write(path: &Path, key: &Key) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(OWNER_ONLY).open(path)?;
    file.write_all(key.to_hex().as_bytes())?;
    file.write_all(b"\n")?;
    file.sync_all()
}

/// Has the folder's list of files outlive a power cut.
fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

fn read(path: &Path) -> Result<Option<Key>, SecretsError> {
    let fault = |fault: KeyFileFault| fault.at(path.to_owned());
    let file = match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        opened => opened.map_err(|error| fault(KeyFileFault::Io(error)))?,
    };
    let about = file.metadata().map_err(|error| fault(KeyFileFault::Io(error)))?;
    if about.permissions().mode() & !OWNER_ONLY & 0o777 != 0 {
        return Err(fault(KeyFileFault::Exposed));
    }
    let mut text = Zeroizing::new(String::with_capacity(256));
    let read = file.take(MOST_BYTES).read_to_string(&mut text);
    read.map_err(|error| fault(KeyFileFault::Io(error)))?;
    text.trim().parse().map(Some).map_err(|error| fault(KeyFileFault::NoKey(error)))
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    #[test]
    fn a_key_is_made_once_whoever_else_starts_at_the_same_time() {
        let folder = tempfile::tempdir().unwrap();
        let file = KeyFile::of(&folder.path().join("data"));
        assert!(file.read().unwrap().is_none());
        let made = thread::scope(|scope| {
            let making: Vec<_> = (0..8).map(|_| scope.spawn(|| file.make().unwrap().id())).collect();
            making.into_iter().map(|made| made.join().unwrap()).collect::<Vec<_>>()
        });
        assert!(made.iter().all(|id| *id == made[0]));
        assert_eq!(file.read().unwrap().unwrap().id(), made[0]);
        assert_eq!(fs::metadata(file.path()).unwrap().permissions().mode() & 0o777, OWNER_ONLY);
        assert_eq!(fs::read_dir(folder.path().join("data")).unwrap().count(), 1, "no draft is left");
    }

    #[test]
    fn a_key_that_others_can_read_or_that_is_none_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let file = KeyFile::of(folder.path());
        file.make().unwrap();
        fs::set_permissions(file.path(), fs::Permissions::from_mode(0o640)).unwrap();
        assert!(matches!(file.read(), Err(SecretsError::KeyFile { fault: KeyFileFault::Exposed, .. })));
        fs::set_permissions(file.path(), fs::Permissions::from_mode(0o400)).unwrap();
        assert!(file.read().unwrap().is_some(), "less is enough");
        fs::remove_file(file.path()).unwrap();
        write(&file.path(), &Key::generate().unwrap()).unwrap();
        fs::write(file.path(), "").unwrap();
        assert!(matches!(file.read(), Err(SecretsError::KeyFile { fault: KeyFileFault::NoKey(_), .. })));
    }
}
