//! The words of the pages: each is a method that a template calls, with its French and its English side by side.
//!
//! One file for each page. Sentences with numbers, dates or values are ordinary functions of [`messages`](super).

mod api;
mod conflicts;
mod connector;
mod frame;
mod history;
mod mapping;
mod plan;
mod policy;
mod run;
mod settings;

pub use api::*;
pub use connector::*;
pub use frame::*;
pub use history::*;
pub use mapping::*;
pub use plan::*;
pub use run::*;
pub use settings::*;

use super::Lang;

/// The words of one language, for templates: `{{ t.save() }}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Words(pub Lang);

/// Declares words: `name: "français" / "English";`, with arguments where a word needs one.
macro_rules! words {
    ($($name:ident $(($($argument:ident: $kind:ty),+))? : $fr:literal / $en:literal;)+) => {
        impl $crate::messages::Words {
            $(
                #[doc = concat!("The words “", stringify!($name), "” of a page.")]
                #[must_use]
                pub fn $name(self $(, $($argument: $kind),+)?) -> String {
                    $crate::messages::say!(self.0, $fr, $en)
                }
            )+
        }

        /// Each word in both languages, for the test that none lacks one.
        #[cfg(test)]
        pub(super) const WORDS: &[(&str, &str, &str)] = &[$((stringify!($name), $fr, $en)),+];
    };
}
use words;

#[cfg(test)]
mod tests {
    use super::*;

    /// Words that both languages write alike.
    const ALIKE: [&str; 5] =
        ["api_title", "mapping_impossible", "mapping_option", "mapping_options", "settings_version"];

    fn all() -> Vec<(&'static str, &'static str, &'static str)> {
        let files = [
            api::WORDS,
            conflicts::WORDS,
            connector::WORDS,
            frame::WORDS,
            history::WORDS,
            mapping::WORDS,
            plan::WORDS,
            policy::WORDS,
            run::WORDS,
            settings::WORDS,
        ];
        files.concat()
    }

    #[test]
    fn every_word_is_said_in_both_languages() {
        for (name, fr, en) in all() {
            assert!(!fr.trim().is_empty() && !en.trim().is_empty(), "{name} lacks a language");
            assert!(fr != en || ALIKE.contains(&name), "{name} is the same in both languages: {fr}");
            let holes = |text: &str| text.matches('{').count();
            assert_eq!(holes(fr), holes(en), "{name} has other arguments in one language");
        }
    }

    /// All sources of this crate that may call a word.
    fn sources(folder: &std::path::Path) -> String {
        let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let read = |path: std::path::PathBuf| match path.extension().and_then(|ending| ending.to_str()) {
            Some("rs" | "html") => std::fs::read_to_string(path).unwrap(),
            _ if path.is_dir() => sources(&path),
            _ => String::new(),
        };
        entries.map(read).collect()
    }

    #[test]
    fn every_word_is_said_somewhere() {
        let here = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
        let sources = sources(&here.join("src")) + &sources(&here.join("templates"));
        for (name, ..) in all() {
            assert!(sources.contains(&format!(".{name}(")), "nothing says {name}");
        }
    }

    #[test]
    fn french_has_a_no_break_space_before_its_double_signs() {
        for (name, fr, _) in all() {
            for sign in [" :", " ?", " !", " ;"] {
                assert!(
                    !fr.contains(sign),
                    "{name}: an ordinary blank before “{}” may break the line",
                    sign.trim()
                );
            }
        }
    }
}
