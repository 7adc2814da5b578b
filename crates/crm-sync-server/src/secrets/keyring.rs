//! The keys at hand: one that seals, and those that can still open what was sealed before.

use secrecy::SecretString;

use super::error::SecretsError;
use super::key::Key;
use super::key_file::KeyFile;
use super::sealed::Sealed;

/// Where keys come from. They are read anew for each use, so that a running server notices a rotation.
#[derive(Debug, Clone)]
pub(super) struct KeySource {
    /// The environment's.
    pub(super) environment: Option<Key>,
    /// The one that the environment had before.
    pub(super) previous: Option<Key>,
    /// The data folder's.
    pub(super) file: KeyFile,
}

/// The keys at hand.
#[derive(Debug)]
pub(super) struct Keyring {
    current: Key,
    others: Vec<Key>,
}

impl KeySource {
    /// The keys at hand, if there is any.
    pub(super) fn load(&self) -> Result<Option<Keyring>, SecretsError> {
        // In this order: while a rotation goes from one file to the other, one of the two is always seen.
        let next = self.file.read_next()?;
        let file = self.file.read()?;
        let mut keys = [self.environment.clone(), next, file, self.previous.clone()].into_iter().flatten();
        Ok(keys.next().map(|current| Keyring { current, others: keys.collect() }))
    }

    /// The keys at hand; a key is made and kept if there is none.
    pub(super) fn load_or_make(&self) -> Result<Keyring, SecretsError> {
        match self.load()? {
            Some(keyring) => Ok(keyring),
            None => Ok(Keyring { current: self.file.make()?, others: Vec::new() }),
        }
    }
}

impl Keyring {
    /// The key that seals.
    pub(super) fn current(&self) -> &Key {
        &self.current
    }

    /// Seals a token with the current key.
    pub(super) fn seal(&self, remote: &str, token: &SecretString) -> Result<Sealed, SecretsError> {
        Sealed::of(&self.current, remote, token).map_err(SecretsError::Random)
    }

    /// The token, with whichever key sealed it.
    pub(super) fn open(&self, remote: &str, sealed: &Sealed) -> Result<SecretString, SecretsError> {
        let mut keys = std::iter::once(&self.current).chain(&self.others);
        let key = keys.find(|key| key.id() == sealed.key);
        let key = key.ok_or_else(|| SecretsError::OtherKey { remote: remote.to_owned() })?;
        sealed.open(key, remote).ok_or_else(|| SecretsError::Damaged { remote: remote.to_owned() })
    }
}
