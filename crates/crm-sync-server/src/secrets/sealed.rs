//! A token as it lies in the database: encrypted, and bound to the remote that it opens.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chacha20poly1305::XChaCha20Poly1305;
use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use secrecy::zeroize::Zeroize as _;
use secrecy::{ExposeSecret as _, SecretString};

use super::key::{Key, KeyId};

/// What no token of a remote begins with. A CRM that only asks whether there is a token sees one.
const MARK: &str = "crm-sync:v1:";
const NONCE: usize = 24;

/// A token, sealed with XChaCha20-Poly1305 under a nonce of its own; the remote's name is the associated data, so that
/// one remote's token does not open as another's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sealed {
    /// Which key opens it.
    pub(super) key: KeyId,
    nonce: [u8; NONCE],
    ciphertext: Vec<u8>,
}

/// What the database holds in the place of a token.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Held {
    /// A token that this program sealed.
    Sealed(Sealed),
    /// Something of ours that cannot be read.
    Damaged,
    /// A token in clear, from a program that does not encrypt.
    Clear,
    /// Nothing.
    Nothing,
}

impl Held {
    pub(super) fn of(text: Option<&str>) -> Self {
        let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else { return Self::Nothing };
        match text.strip_prefix(MARK) {
            None => Self::Clear,
            Some(body) => Sealed::read(body).map_or(Self::Damaged, Self::Sealed),
        }
    }
}

impl Sealed {
    /// Seals a token.
    pub(super) fn of(key: &Key, remote: &str, token: &SecretString) -> Result<Self, getrandom::Error> {
        let mut nonce = [0; NONCE];
        getrandom::fill(&mut nonce)?;
        let payload = Payload { msg: token.expose_secret().as_bytes(), aad: remote.as_bytes() };
        #[expect(clippy::expect_used, reason = "it fails from 256 GB on")]
        let ciphertext = cipher(key).encrypt(&nonce.into(), payload).expect("a token can be encrypted");
        Ok(Self { key: key.id(), nonce, ciphertext })
    }

    /// The token, if this key sealed it for this remote.
    pub(super) fn open(&self, key: &Key, remote: &str) -> Option<SecretString> {
        let payload = Payload { msg: &self.ciphertext, aad: remote.as_bytes() };
        let bytes = cipher(key).decrypt(&self.nonce.into(), payload).ok()?;
        String::from_utf8(bytes).map_err(|error| error.into_bytes().zeroize()).ok().map(SecretString::from)
    }

    fn read(body: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(body).ok()?;
        let (key, rest) = bytes.split_first_chunk()?;
        let (nonce, ciphertext) = rest.split_first_chunk()?;
        Some(Self { key: *key, nonce: *nonce, ciphertext: ciphertext.to_vec() })
    }
}

impl fmt::Display for Sealed {
    /// As it lies in the database.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = [&self.key[..], &self.nonce, &self.ciphertext].concat();
        write!(f, "{MARK}{}", URL_SAFE_NO_PAD.encode(bytes))
    }
}

fn cipher(key: &Key) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(key.for_tokens().expose_secret().into())
}

/// Whether this may be a token at all: not blank, nothing that a header could not carry, and nothing of ours.
pub(super) fn can_be_token(text: &str) -> bool {
    !text.is_empty()
        && text.bytes().all(|byte| byte.is_ascii_graphic())
        && !text.starts_with(MARK)
        && text.bytes().any(|byte| byte != b'*')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sealed(text: &str) -> Sealed {
        match Held::of(Some(text)) {
            Held::Sealed(sealed) => sealed,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_token_comes_back_with_its_key_and_for_its_remote_only() {
        let (key, other) = (Key::generate().unwrap(), Key::generate().unwrap());
        let text = Sealed::of(&key, "airtable", &"patAbc.123".into()).unwrap().to_string();
        assert!(text.starts_with(MARK) && !text.contains("patAbc"), "{text}");
        let sealed = sealed(&text);
        assert_eq!(sealed.key, key.id());
        assert_eq!(sealed.open(&key, "airtable").unwrap().expose_secret(), "patAbc.123");
        assert!(sealed.open(&key, "notion").is_none());
        assert!(sealed.open(&other, "airtable").is_none());
    }

    #[test]
    fn the_same_token_is_never_sealed_alike() {
        let key = Key::generate().unwrap();
        let seal = || Sealed::of(&key, "airtable", &"patAbc.123".into()).unwrap();
        assert_ne!(seal(), seal());
    }

    #[test]
    fn no_changed_letter_goes_unseen() {
        let key = Key::generate().unwrap();
        let text = Sealed::of(&key, "airtable", &"patAbc.123".into()).unwrap().to_string();
        for position in MARK.len()..text.len() {
            let mut letters: Vec<char> = text.chars().collect();
            letters[position] = if letters[position] == 'A' { 'B' } else { 'A' };
            let opened = match Held::of(Some(&letters.iter().collect::<String>())) {
                Held::Sealed(sealed) if sealed.key == key.id() => sealed.open(&key, "airtable"),
                _ => None,
            };
            assert!(opened.is_none(), "letter {position}");
        }
        assert_eq!(Held::of(Some("crm-sync:v1:AAAA")), Held::Damaged);
    }

    #[test]
    fn what_others_wrote_is_known_as_such() {
        assert_eq!(Held::of(None), Held::Nothing);
        assert_eq!(Held::of(Some(" ")), Held::Nothing);
        assert_eq!(Held::of(Some("patAbc.123")), Held::Clear);
    }

    #[test]
    fn what_cannot_be_a_token_is_none() {
        assert!(can_be_token("patAbc.123") && can_be_token("secret_é".trim_end_matches('é')));
        for text in ["", "pat abc", "pat\nabc", "pat\0", "é", "***", "crm-sync:v1:AAAA"] {
            assert!(!can_be_token(text), "{text:?}");
        }
    }
}
