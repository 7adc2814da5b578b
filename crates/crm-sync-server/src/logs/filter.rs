//! Takes secrets out of what is written: those that are known, and what has the shape of a remote's token.

use std::collections::VecDeque;
use std::env;
use std::sync::{PoisonError, RwLock};

use connector_http::redact::redact;
use secrecy::{ExposeSecret as _, SecretString};

/// Stands for what was taken out.
const HIDDEN: &str = "…";
/// Anything shorter may be a word.
const LEAST: usize = 8;
/// More tokens than a program meets between two starts.
const MOST: usize = 64;

/// The secrets that this program has held: one log, one list.
static KNOWN: RwLock<VecDeque<SecretString>> = RwLock::new(VecDeque::new());

/// Takes this secret, from now on, out of everything that is written.
pub fn hide(secret: SecretString) {
    if secret.expose_secret().len() < LEAST {
        return;
    }
    let is_it = |known: &SecretString| known.expose_secret() == secret.expose_secret();
    if KNOWN.read().unwrap_or_else(PoisonError::into_inner).iter().any(is_it) {
        return;
    }
    let mut known = KNOWN.write().unwrap_or_else(PoisonError::into_inner);
    known.push_back(secret);
    if known.len() > MOST {
        known.pop_front();
    }
}

/// The text without secrets.
#[must_use]
pub fn filtered(text: &str) -> String {
    if is_off() {
        return text.to_owned();
    }
    let mut clean = redact(text);
    for secret in KNOWN.read().unwrap_or_else(PoisonError::into_inner).iter() {
        if clean.contains(secret.expose_secret()) {
            clean = clean.replace(secret.expose_secret(), HIDDEN);
        }
    }
    clean
}

/// In debug builds alone: lets a test show that it notices when nothing is taken out.
fn is_off() -> bool {
    cfg!(debug_assertions) && env::var_os("CRM_SYNC_TEST_UNFILTERED").is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_and_what_looks_like_a_token_is_taken_out() {
        hide("sixteen-or-more-letters".into());
        let text = "key sixteen-or-more-letters, token patAbCdEfGh1234567.0123456789abcdef, word";
        assert_eq!(filtered(text), "key …, token pat…, word");
    }

    #[test]
    fn a_short_secret_does_not_eat_ordinary_words() {
        hide("run".into());
        assert_eq!(filtered("run ended"), "run ended");
    }
}
