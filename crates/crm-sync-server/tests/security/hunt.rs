//! Looks for secrets in whatever form they may have got out.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};

/// So many letters of a form in a row do not come about by chance.
const LETTERS: usize = 12;

/// What is looked for: every stretch of every form of every secret.
pub(crate) struct Hunt {
    /// The stretches by their first letters.
    stretches: HashMap<[u8; LETTERS], Vec<Stretch>>,
    /// Whether a stretch begins with these two letters: most places are passed by at once.
    begins: Vec<bool>,
}

struct Stretch {
    what: String,
    text: Vec<u8>,
}

impl Hunt {
    /// Looks for these, each of which has a name.
    pub(crate) fn of(secrets: &[(&str, &str)]) -> Self {
        let mut hunt = Self { stretches: HashMap::new(), begins: vec![false; 1 << 16] };
        for (name, secret) in secrets {
            assert!(secret.len() >= LETTERS, "{name} is too short to be told from other words");
            for (form, text, length) in forms(secret) {
                hunt.add(&format!("{name}, {form}"), text.as_bytes(), length);
            }
        }
        hunt
    }

    fn add(&mut self, what: &str, text: &[u8], length: usize) {
        for stretch in text.windows(length.min(text.len())) {
            let start: [u8; LETTERS] = stretch[..LETTERS].try_into().unwrap();
            self.begins[pair(stretch)] = true;
            let stretch = Stretch { what: what.to_owned(), text: stretch.to_owned() };
            self.stretches.entry(start).or_default().push(stretch);
        }
    }

    /// Which secrets are in these bytes, and what stands around the first place of each.
    pub(crate) fn search(&self, bytes: &[u8]) -> Vec<String> {
        let mut found: Vec<(&str, usize)> = Vec::new();
        for at in 0..bytes.len().saturating_sub(LETTERS - 1) {
            if !self.begins[pair(&bytes[at..])] {
                continue;
            }
            let Some(stretches) = self.stretches.get(&bytes[at..at + LETTERS]) else { continue };
            for stretch in stretches.iter().filter(|stretch| bytes[at..].starts_with(&stretch.text)) {
                if found.iter().all(|(what, _)| *what != stretch.what) {
                    found.push((&stretch.what, at));
                }
            }
        }
        let around = |at: usize| {
            let part = &bytes[at.saturating_sub(80)..(at + 80).min(bytes.len())];
            String::from_utf8_lossy(part).into_owned()
        };
        found.into_iter().map(|(what, at)| format!("{what} at {at}: {:?}", around(at))).collect()
    }

    /// Which secrets are in the files below a folder, those left out that keep them, for their owner alone.
    pub(crate) fn search_files(&self, folder: &Path, keepers: &[&str]) -> Vec<String> {
        let mut found = Vec::new();
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let path = entry.path();
            if path.is_dir() {
                found.extend(self.search_files(&path, keepers));
                continue;
            }
            let name = entry.file_name();
            if keepers.iter().any(|keeper| name == *keeper) {
                let mode = fs::metadata(&path).unwrap().permissions().mode() & 0o777;
                assert_eq!(mode, 0o600, "{} is for its owner alone", path.display());
                continue;
            }
            // A socket or a pipe has no contents to keep.
            if entry.file_type().unwrap().is_file() {
                let bytes = fs::read(&path).unwrap();
                let here = self.search(&bytes);
                found.extend(here.into_iter().map(|what| format!("{}: {what}", path.display())));
            }
        }
        found
    }
}

fn pair(bytes: &[u8]) -> usize {
    usize::from(bytes[0]) << 8 | usize::from(bytes[1])
}

/// What a secret may look like when it has got out, and how long a part of that gives it away.
fn forms(secret: &str) -> Vec<(&'static str, String, usize)> {
    let bytes = secret.as_bytes();
    let each = |write: fn(&mut String, u8)| {
        let mut text = String::new();
        for byte in bytes {
            write(&mut text, *byte);
        }
        text
    };
    let encoded: String = url::form_urlencoded::byte_serialize(bytes).collect();
    let mut forms = vec![
        ("in clear", secret.to_owned(), LETTERS),
        ("as text in quotes", format!("{secret:?}").trim_matches('"').to_owned(), LETTERS),
        ("URL-encoded", encoded.clone(), LETTERS),
        ("URL-encoded in small letters", lower_escapes(&encoded), LETTERS),
        ("URL-encoded whole", each(|text, byte| write!(text, "%{byte:02X}").unwrap()), 3 * LETTERS),
        ("in hexadecimal", each(|text, byte| write!(text, "{byte:02x}").unwrap()), 2 * LETTERS),
        ("in large hexadecimal", each(|text, byte| write!(text, "{byte:02X}").unwrap()), 2 * LETTERS),
        ("as a list of bytes", each(|text, byte| write!(text, "{byte}, ").unwrap()), 4 * LETTERS),
    ];
    // How it looks in base64 depends on how many bytes stand before it; what it shares with them is left out.
    for (before, shared) in [(0, 0), (1, 2), (2, 3)] {
        let padded = [vec![0; before], bytes.to_vec()].concat();
        for (form, engine) in [("in base64", &STANDARD), ("in base64 of addresses", &URL_SAFE)] {
            let text = engine.encode(&padded);
            let text = text[shared..].trim_end_matches('=');
            forms.push((form, text[..text.len() - 1].to_owned(), LETTERS));
        }
    }
    forms
}

fn lower_escapes(encoded: &str) -> String {
    let mut parts = encoded.split('%');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        text.push('%');
        text.push_str(&part[..2].to_lowercase());
        text.push_str(&part[2..]);
    }
    text
}

#[test]
fn a_secret_is_found_in_every_form_and_by_a_part_of_it() {
    let secret = "Ku/7+zQ9w\"Rx%e2&vB4mT";
    let hunt = Hunt::of(&[("the secret", secret)]);
    let escaped: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
    let hex = secret.bytes().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
    for text in [
        secret.to_owned(),
        secret[3..17].to_owned(),
        format!("{secret:?}"),
        serde_json::to_string(secret).unwrap(),
        escaped.clone(),
        escaped.to_lowercase() + &lower_escapes(&escaped),
        hex.to_uppercase(),
        hex[3..35].to_owned(),
        STANDARD.encode(secret),
        STANDARD.encode(format!("a{secret}b")),
        URL_SAFE.encode(format!("Bearer {secret}")),
        format!("{:?}", secret.as_bytes()),
    ] {
        assert!(!hunt.search(format!("before{text}after").as_bytes()).is_empty(), "{text}");
    }
    assert_eq!(hunt.search(b"Ku/7+zQ9w and a word that begins alike"), Vec::<String>::new());
}
