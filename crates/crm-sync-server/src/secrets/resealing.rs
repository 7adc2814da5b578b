//! Sealing tokens that lie in clear, and sealing them all anew with another key.

use secrecy::{ExposeSecret as _, SecretString};

use super::error::SecretsError;
use super::keyring::{KeySource, Keyring};
use super::sealed::Held;
use crate::store::{TokenEdit, Tokens};

/// What changes, and whose tokens that is.
type Resealed = (Vec<TokenEdit>, Vec<String>);

/// Whether a token lies in clear.
pub(super) fn has_clear(tokens: &Tokens) -> bool {
    tokens.values().any(|text| Held::of(Some(text)) == Held::Clear)
}

/// Seals the tokens that lie in clear.
pub(super) fn seal_clear(keys: &KeySource, tokens: &Tokens) -> Result<Resealed, SecretsError> {
    let (mut edits, mut remotes) = Resealed::default();
    let keyring = if has_clear(tokens) { keys.load_or_make()? } else { return Ok((edits, remotes)) };
    for (remote, text) in tokens {
        if Held::of(Some(text)) == Held::Clear {
            let sealed = keyring.seal(remote, &SecretString::from(text.trim()))?;
            edits.push(TokenEdit::new(remote, Some(sealed.to_string())));
            remotes.push(remote.clone());
        }
    }
    Ok((edits, remotes))
}

/// Seals all tokens anew; none if one does not open.
pub(super) fn seal_all(keys: &KeySource, tokens: &Tokens) -> Result<Resealed, SecretsError> {
    let (mut edits, mut remotes) = Resealed::default();
    let keyring = keys.load_or_make()?;
    for (remote, text) in tokens {
        if let Some(token) = open(&keyring, remote, text)? {
            edits.push(TokenEdit::new(remote, Some(keyring.seal(remote, &token)?.to_string())));
            remotes.push(remote.clone());
        }
    }
    Ok((edits, remotes))
}

/// Puts all tokens back in clear; none if one does not open.
pub(super) fn open_all(keys: &KeySource, tokens: &Tokens) -> Result<Vec<TokenEdit>, SecretsError> {
    let keyring = keys.load_or_make()?;
    let mut edits = Vec::new();
    for (remote, text) in tokens {
        if let Some(token) = open(&keyring, remote, text)? {
            edits.push(TokenEdit::new(remote, Some(token.expose_secret().to_owned())));
        }
    }
    Ok(edits)
}

fn open(keyring: &Keyring, remote: &str, text: &str) -> Result<Option<SecretString>, SecretsError> {
    match Held::of(Some(text)) {
        Held::Nothing => Ok(None),
        Held::Clear => Ok(Some(SecretString::from(text.trim()))),
        Held::Damaged => Err(SecretsError::Damaged { remote: remote.to_owned() }),
        Held::Sealed(sealed) => keyring.open(remote, &sealed).map(Some),
    }
}
