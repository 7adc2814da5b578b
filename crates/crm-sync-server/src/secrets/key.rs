//! The one secret that all others hang on, and what is derived from it.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use hkdf::Hkdf;
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret as _, ExposeSecretMut as _, SecretBox};
use sha2::Sha256;

/// How many bytes a key has.
const BYTES: usize = 32;
/// A key made by a machine has more different bytes than this; one typed by a person, or a placeholder, has not.
const TOO_FEW: usize = 8;

/// What a key is derived from another for: no use can be turned into another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Signing and encrypting the page's session.
    Sessions,
    /// Tokens of the page's forms.
    Forms,
}

impl Purpose {
    const fn label(self) -> &'static str {
        match self {
            Self::Sessions => "crm-sync sessions",
            Self::Forms => "crm-sync forms",
        }
    }
}

/// 64 bytes for one [`Purpose`]; the same as long as the key is, in every replica.
pub type DerivedKey = SecretBox<[u8; 64]>;

/// 32 bytes that nobody can guess. They are wiped from memory when dropped, and never printed.
pub struct Key(SecretBox<[u8; BYTES]>);

/// Why a text is no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Neither 64 hexadecimal digits nor base64 of 32 bytes.
    #[error("a key is 32 bytes, as 64 hexadecimal digits or in base64")]
    Shape,
    /// Too regular to have come from a machine.
    #[error("a key must be random")]
    Guessable,
}

/// Tells one key from another without giving it away.
pub(super) type KeyId = [u8; 8];

impl Key {
    /// A new one, from the system's randomness.
    pub(super) fn generate() -> Result<Self, getrandom::Error> {
        let mut bytes = SecretBox::new(Box::new([0; BYTES]));
        getrandom::fill(bytes.expose_secret_mut())?;
        Ok(Self(bytes))
    }

    /// As a key file holds it: 64 hexadecimal digits.
    pub(super) fn to_hex(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(2 * BYTES));
        for byte in self.0.expose_secret() {
            for digit in [byte >> 4, byte & 15] {
                text.push(char::from_digit(digit.into(), 16).unwrap_or_default());
            }
        }
        text
    }

    /// What tells this key from others.
    pub(super) fn id(&self) -> KeyId {
        *self.expand("crm-sync key id").expose_secret()
    }

    /// The key that seals tokens.
    pub(super) fn for_tokens(&self) -> SecretBox<[u8; 32]> {
        self.expand("crm-sync tokens")
    }

    /// A key for another use.
    #[must_use]
    pub fn derive(&self, purpose: Purpose) -> DerivedKey {
        self.expand(purpose.label())
    }

    fn expand<const N: usize>(&self, label: &str) -> SecretBox<[u8; N]> {
        let mut derived = SecretBox::new(Box::new([0; N]));
        #[expect(
            clippy::expect_used,
            reason = "it fails from 8,161 bytes on, and 64 are the most asked for"
        )]
        Hkdf::<Sha256>::new(None, self.0.expose_secret())
            .expand(label.as_bytes(), derived.expose_secret_mut())
            .expect("a short key can be derived");
        derived
    }
}

impl Clone for Key {
    fn clone(&self) -> Self {
        Self(SecretBox::new(Box::new(*self.0.expose_secret())))
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key")
    }
}

impl FromStr for Key {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let bytes = Zeroizing::new(from_hex(text).or_else(|| from_base64(text)).ok_or(KeyError::Shape)?);
        let bytes: [u8; BYTES] = bytes.as_slice().try_into().map_err(|_| KeyError::Shape)?;
        let key = Self(SecretBox::new(Box::new(bytes)));
        let mut seen = Zeroizing::new(bytes);
        seen.sort_unstable();
        let different = seen.chunk_by(|one, other| one == other).count();
        if different <= TOO_FEW { Err(KeyError::Guessable) } else { Ok(key) }
    }
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    if text.len() != 2 * BYTES {
        return None;
    }
    let digits = text.chars().map(|digit| digit.to_digit(16).and_then(|digit| u8::try_from(digit).ok()));
    let digits: Zeroizing<Vec<u8>> = Zeroizing::new(digits.collect::<Option<_>>()?);
    Some(digits.chunks_exact(2).filter_map(|pair| Some(pair.first()? << 4 | pair.last()?)).collect())
}

/// With either alphabet, padded or not: `openssl rand -base64 32` and its relatives.
fn from_base64(text: &str) -> Option<Vec<u8>> {
    let config = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    [STANDARD, URL_SAFE].iter().find_map(|alphabet| GeneralPurpose::new(alphabet, config).decode(text).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEX: &str = "00112233445566778899aabbccddeeff0f1e2d3c4b5a69788796a5b4c3d2e1f0";

    #[test]
    fn a_key_is_read_in_hexadecimal_and_in_base64_of_either_alphabet() {
        let key: Key = HEX.parse().unwrap();
        assert_eq!(*key.to_hex(), HEX);
        assert_eq!(*HEX.to_uppercase().parse::<Key>().unwrap().to_hex(), HEX);
        for text in
            ["ABEiM0RVZneImaq7zN3u/w8eLTxLWml4h5altMPS4fA=", "ABEiM0RVZneImaq7zN3u_w8eLTxLWml4h5altMPS4fA"]
        {
            assert_eq!(*text.parse::<Key>().unwrap().to_hex(), HEX, "{text}");
        }
    }

    #[test]
    fn what_is_no_key_or_can_be_guessed_is_refused() {
        let short = &HEX[..62];
        for text in ["", "s3cret", short, &format!("{HEX}00"), &HEX.replace('f', "g"), "ABEiM0RVZneImaq7zN3u"]
        {
            assert_eq!(text.parse::<Key>().unwrap_err(), KeyError::Shape, "{text}");
        }
        for text in ["0".repeat(64), "deadbeef".repeat(8), "A".repeat(43)] {
            assert_eq!(text.parse::<Key>().unwrap_err(), KeyError::Guessable, "{text}");
        }
    }

    #[test]
    fn each_purpose_has_a_key_of_its_own_and_none_is_printed() {
        let (one, other) = (Key::generate().unwrap(), Key::generate().unwrap());
        assert_ne!(one.id(), other.id());
        let derived = |key: &Key, purpose| key.derive(purpose).expose_secret().to_vec();
        assert_eq!(derived(&one, Purpose::Sessions), derived(&one.clone(), Purpose::Sessions));
        assert_ne!(derived(&one, Purpose::Sessions), derived(&one, Purpose::Forms));
        assert_ne!(derived(&one, Purpose::Sessions), derived(&other, Purpose::Sessions));
        assert_eq!(format!("{one:?}"), "Key");
    }
}
