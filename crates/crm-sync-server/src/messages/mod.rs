//! Every sentence that the program says to people, in French and in English, and nowhere else.
//!
//! A sentence is a function of the language and of what it is about, so that the compiler asks for both languages.
//! English falls back on the libraries' own words where they say the same.

mod check;
mod command;
mod crm;
mod database;
mod deletions;
mod demo;
mod environment;
mod failure;
mod finding;
mod format;
mod page;
mod plan;
mod problem;
mod remote;
mod run;
mod secrets;
mod undo;
mod usage;
mod verify;
mod waiting;
mod web;

use std::str::FromStr;

pub use check::*;
pub use command::*;
pub use crm::*;
pub use database::*;
pub use deletions::*;
pub use demo::*;
pub use environment::*;
pub use failure::*;
pub use finding::*;
pub use format::*;
pub use page::*;
pub use plan::*;
pub use problem::*;
pub use remote::*;
pub use run::*;
pub use secrets::*;
pub use undo::*;
pub use usage::*;
pub use verify::*;
pub use waiting::*;
pub use web::*;

use connector_core::plan::Side;

/// The language of the program's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Lang {
    /// French.
    #[default]
    Fr,
    /// English.
    En,
}

impl FromStr for Lang {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text.trim().to_lowercase().as_str() {
            "fr" => Ok(Self::Fr),
            "en" => Ok(Self::En),
            _ => Err(()),
        }
    }
}

/// One sentence in both languages, with the variables in scope.
macro_rules! say {
    ($lang:expr, $fr:literal, $en:literal $(,)?) => {
        match $lang {
            $crate::messages::Lang::Fr => format!($fr),
            $crate::messages::Lang::En => format!($en),
        }
    };
}
use say;

impl Lang {
    /// The number with its noun: French counts 0 as one, English as several.
    #[must_use]
    pub fn count(self, number: usize, one: &str, several: &str) -> String {
        let noun = if self.is_one(number) { one } else { several };
        format!("{} {noun}", whole(self, number))
    }

    /// Whether a noun stands in the singular beside this number.
    #[must_use]
    pub const fn is_one(self, number: usize) -> bool {
        match self {
            Self::Fr => number < 2,
            Self::En => number == 1,
        }
    }

    /// Text in this language's quotation marks.
    #[must_use]
    pub fn quoted(self, text: &str) -> String {
        match self {
            Self::Fr => format!("« {text} »"),
            Self::En => format!("“{text}”"),
        }
    }

    /// Several texts in quotation marks, with commas.
    #[must_use]
    pub fn all_quoted(self, texts: &[String]) -> String {
        texts.iter().map(|text| self.quoted(text)).collect::<Vec<_>>().join(", ")
    }
}

/// A remote's name as people write it.
#[must_use]
pub fn remote_name(remote: &str) -> &str {
    match remote {
        "airtable" => "Airtable",
        "notion" => "Notion",
        other => other,
    }
}

/// A side's name: “the CRM”, “Airtable”.
#[must_use]
pub fn side_name(lang: Lang, side: Side, remote: &str) -> String {
    match side {
        Side::Crm => say!(lang, "le CRM", "the CRM"),
        Side::Remote => remote_name(remote).to_owned(),
    }
}

/// Where something happens: “in the CRM”, “in Airtable”.
#[must_use]
pub fn in_side(lang: Lang, side: Side, remote: &str) -> String {
    let name = side_name(lang, side, remote);
    say!(lang, "dans {name}", "in {name}")
}

/// A text with a capital first letter.
#[must_use]
pub fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn french_counts_nothing_as_one_and_english_as_several() {
        let count = |lang: Lang, number| lang.count(number, "deal", "deals");
        assert_eq!(
            [count(Lang::Fr, 0), count(Lang::Fr, 1), count(Lang::Fr, 2)],
            ["0 deal", "1 deal", "2 deals"]
        );
        assert_eq!(
            [count(Lang::En, 0), count(Lang::En, 1), count(Lang::En, 2)],
            ["0 deals", "1 deal", "2 deals"]
        );
    }

    #[test]
    fn a_language_is_known_by_its_code_in_any_case() {
        assert_eq!(" FR ".parse(), Ok(Lang::Fr));
        assert_eq!("en".parse(), Ok(Lang::En));
        assert_eq!("de".parse::<Lang>(), Err(()));
    }
}
