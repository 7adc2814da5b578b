//! Why a secret cannot be used. [`messages::secrets`](crate::messages::secrets_failure) says it to people.

use std::io;
use std::path::PathBuf;

use connector_core::store::StoreError;

use super::key::KeyError;

/// Why a token or its key cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SecretsError {
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The key file cannot be used.
    #[error("the key file {} cannot be used: {fault}", path.display())]
    KeyFile {
        /// Which one.
        path: PathBuf,
        /// Why.
        fault: KeyFileFault,
    },
    /// The system gave no randomness.
    #[error("the system has no randomness to give: {0}")]
    Random(getrandom::Error),
    /// None of the keys at hand sealed the token.
    #[error("the stored token of {remote} was sealed with another key")]
    OtherKey {
        /// Whose token.
        remote: String,
    },
    /// The token was sealed with a key at hand, and was changed since.
    #[error("the stored token of {remote} is damaged")]
    Damaged {
        /// Whose token.
        remote: String,
    },
    /// No token can look like this.
    #[error("this cannot be a token of {remote}")]
    NoToken {
        /// Whose token.
        remote: String,
    },
    /// The program is ending.
    #[error("the program is ending")]
    Interrupted,
}

/// What is wrong with a key file.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileFault {
    /// It cannot be read or written.
    #[error(transparent)]
    Io(io::Error),
    /// Others than its owner can read it.
    #[error("others can read it")]
    Exposed,
    /// It holds no key.
    #[error(transparent)]
    NoKey(KeyError),
}

impl KeyFileFault {
    pub(super) fn at(self, path: PathBuf) -> SecretsError {
        SecretsError::KeyFile { path, fault: self }
    }
}
