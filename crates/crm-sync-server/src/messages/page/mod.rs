//! The words of the pages: each is a method that a template calls, with its French and its English side by side.
//!
//! One file for each page. Sentences with numbers, dates or values are ordinary functions of [`messages`](super).

mod conflicts;
mod connector;
mod frame;
mod history;
mod mapping;
mod plan;
mod run;
mod settings;

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
    const ALIKE: [&str; 4] = ["mapping_impossible", "mapping_option", "mapping_options", "settings_version"];

    #[test]
    fn every_word_is_said_in_both_languages() {
        let files = [
            conflicts::WORDS,
            connector::WORDS,
            frame::WORDS,
            history::WORDS,
            mapping::WORDS,
            plan::WORDS,
            run::WORDS,
            settings::WORDS,
        ];
        for (name, fr, en) in files.concat() {
            assert!(!fr.trim().is_empty() && !en.trim().is_empty(), "{name} lacks a language");
            assert!(fr != en || ALIKE.contains(&name), "{name} is the same in both languages: {fr}");
            let holes = |text: &str| text.matches('{').count();
            assert_eq!(holes(fr), holes(en), "{name} has other arguments in one language");
        }
    }

    #[test]
    fn french_has_a_no_break_space_before_its_double_signs() {
        let words =
            [conflicts::WORDS, connector::WORDS, frame::WORDS, history::WORDS, mapping::WORDS, plan::WORDS];
        for (name, fr, _) in [words.concat(), [run::WORDS, settings::WORDS].concat()].concat() {
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
