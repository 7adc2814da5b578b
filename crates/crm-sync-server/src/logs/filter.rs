//! Takes secrets out of what is written: those that are known, and what has the shape of a remote's token.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::fmt::Write as _;
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
static KNOWN: RwLock<Known> = RwLock::new(Known { lasting: Vec::new(), passing: VecDeque::new() });

/// The secrets of the environment, and those that came since: of these the oldest are given up, so that nobody can fill
/// the list.
struct Known {
    lasting: Vec<SecretString>,
    passing: VecDeque<SecretString>,
}

impl Known {
    fn iter(&self) -> impl Iterator<Item = &SecretString> {
        self.lasting.iter().chain(&self.passing)
    }

    fn needs(&self, secret: &SecretString) -> bool {
        let is_it = |known: &SecretString| known.expose_secret() == secret.expose_secret();
        secret.expose_secret().len() >= LEAST && !self.iter().any(is_it)
    }

    fn add(&mut self, secret: SecretString) {
        self.passing.push_back(secret);
        if self.passing.len() > MOST {
            self.passing.pop_front();
        }
    }

    fn taken_out_of(&self, text: &str) -> String {
        let mut clean = redact(text);
        for secret in self.iter() {
            if clean.contains(secret.expose_secret()) {
                clean = clean.replace(secret.expose_secret(), HIDDEN);
            }
        }
        clean
    }
}

/// Takes this secret of the environment, as long as the program runs, out of everything that is written.
pub(super) fn hide_always(secret: SecretString) {
    let mut known = KNOWN.write().unwrap_or_else(PoisonError::into_inner);
    if known.needs(&secret) {
        known.lasting.push(secret);
    }
}

/// Takes this secret, from now on, out of everything that is written.
pub fn hide(secret: SecretString) {
    if KNOWN.read().unwrap_or_else(PoisonError::into_inner).needs(&secret) {
        KNOWN.write().unwrap_or_else(PoisonError::into_inner).add(secret);
    }
}

/// The text without secrets.
#[must_use]
pub fn filtered(text: &str) -> String {
    if is_off() {
        return text.to_owned();
    }
    KNOWN.read().unwrap_or_else(PoisonError::into_inner).taken_out_of(text)
}

/// The text as one line, without what would move a terminal's cursor: what people and remotes wrote begins no line of
/// the log. The escape character stays where the log itself colours its lines, which leaves no other in.
#[must_use]
pub(super) fn one_line(text: &str, is_coloured: bool) -> String {
    let mut line = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\t' => line.push(letter),
            '\u{1b}' if is_coloured => line.push(letter),
            '\u{2028}' | '\u{2029}' => escape(&mut line, letter),
            _ if letter.is_control() => escape(&mut line, letter),
            _ => line.push(letter),
        }
    }
    line
}

/// Text for people, on as many lines as it has, without what would move a terminal's cursor.
#[must_use]
pub fn inert(text: &str) -> Cow<'_, str> {
    let moves = |letter: char| letter.is_control() && !matches!(letter, '\n' | '\t');
    if text.contains(moves) { text.replace(moves, "\u{fffd}").into() } else { text.into() }
}

/// As JSON writes it, so that a line of JSON stays one.
fn escape(line: &mut String, letter: char) {
    // Writing to a `String` cannot fail.
    let _ = write!(line, "\\u{:04x}", u32::from(letter));
}

/// Whether a test has taken the filter away. In the program it never is.
#[cfg(not(feature = "unfiltered"))]
const fn is_off() -> bool {
    false
}

/// Lets a test show that it notices when nothing is taken out.
#[cfg(feature = "unfiltered")]
fn is_off() -> bool {
    std::env::var_os("CRM_SYNC_TEST_UNFILTERED").is_some()
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
    fn nobody_can_fill_the_list_of_what_is_hidden() {
        let lasting = vec![SecretString::from("the-key-of-the-environment")];
        let mut known = Known { lasting, passing: VecDeque::new() };
        let token = |number: usize| format!("token-number-{number:08}");
        for number in 0..=2 * MOST {
            known.add(token(number).into());
        }
        let text = format!("the-key-of-the-environment, {}", token(2 * MOST));
        assert_eq!(known.taken_out_of(&text), "…, …");
        assert_eq!(known.passing.len(), MOST);
    }

    #[test]
    fn what_others_wrote_begins_no_line_and_moves_no_cursor() {
        let told = "Acme\r\n{\"level\":\"ERROR\"}\u{9b}2J\u{1b}[2J\u{2028}\u{7f}\tend";
        let line = r#"Acme\u000d\u000a{"level":"ERROR"}\u009b2J\u001b[2J\u2028\u007f"#;
        assert_eq!(one_line(told, false), format!("{line}\tend"));
        assert_eq!(one_line("\u{1b}[2m a", true), "\u{1b}[2m a");
        assert_eq!(inert("Acme\u{1b}[2J\n\u{9b}é"), "Acme\u{fffd}[2J\n\u{fffd}é");
    }

    #[test]
    fn a_short_secret_does_not_eat_ordinary_words() {
        hide("run".into());
        assert_eq!(filtered("run ended"), "run ended");
    }
}
