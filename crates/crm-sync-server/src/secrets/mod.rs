//! Tokens, and the key that keeps them.
//!
//! A token is write-only: it comes in through [`Vault::store`], lies in the CRM's own `connector_configs.api_token`
//! sealed by a [`Key`], and leaves only for the remote that it belongs to. A token of the environment wins and is
//! never written down. The key is that of the environment, else of a file that only this program's user can read.

mod error;
mod key;
mod key_file;
mod keyring;
mod resealing;
mod sealed;
mod vault;

pub use error::{KeyFileFault, SecretsError};
pub use key::{DerivedKey, Key, KeyError, Purpose};
pub use vault::{Adopted, Rotated, TokenState, Vault};
