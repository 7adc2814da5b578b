//! A command line that cannot be understood, told in the reader's language.

use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, Error, ErrorKind};

use crate::messages::{self, Lang};

/// The language of a command line that could not be read: what it asks for, else what the environment says.
pub(super) fn lang(arguments: &[OsString]) -> Lang {
    let mut arguments = arguments.iter().filter_map(|argument| argument.to_str());
    let mut asked = None;
    while let Some(argument) = arguments.next() {
        asked = match argument.split_once('=') {
            Some(("--lang", lang)) => Some(lang.to_owned()),
            None if argument == "--lang" => arguments.next().map(ToOwned::to_owned),
            _ => asked,
        };
    }
    asked
        .or_else(|| std::env::var("CRM_SYNC_LANG").ok())
        .and_then(|lang| lang.parse().ok())
        .unwrap_or_default()
}

/// What is wrong with a command line and how to write it; `None` where that is no fault, or none that we have words for.
pub(super) fn told(lang: Lang, error: &Error) -> Option<String> {
    let one = |kind| match error.get(kind)? {
        ContextValue::String(text) => Some(text.clone()),
        ContextValue::Strings(texts) => texts.first().cloned(),
        _ => None,
    };
    let several = |kind| match error.get(kind) {
        Some(ContextValue::Strings(texts)) => texts.clone(),
        Some(ContextValue::String(text)) => vec![text.clone()],
        _ => Vec::new(),
    };
    let argument = one(ContextKind::InvalidArg);
    let told = match error.kind() {
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            let mut expected = several(ContextKind::ValidValue);
            expected.extend(std::error::Error::source(error).map(ToString::to_string));
            let value = one(ContextKind::InvalidValue).unwrap_or_default();
            messages::usage_value(lang, &argument?, &value, &expected.join(", "))
        }
        ErrorKind::UnknownArgument => {
            messages::usage_unknown(lang, &argument?, one(ContextKind::SuggestedArg).as_deref())
        }
        ErrorKind::InvalidSubcommand => {
            let suggested = one(ContextKind::SuggestedSubcommand);
            messages::usage_unknown(lang, &one(ContextKind::InvalidSubcommand)?, suggested.as_deref())
        }
        ErrorKind::MissingRequiredArgument => {
            messages::usage_missing(lang, &several(ContextKind::InvalidArg).join(", "))
        }
        ErrorKind::ArgumentConflict => {
            messages::usage_conflict(lang, &argument?, &several(ContextKind::PriorArg).join(", "))
        }
        ErrorKind::TooManyValues | ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues => {
            messages::usage_value_count(lang, &argument?)
        }
        _ => return None,
    };
    let usage = match error.get(ContextKind::Usage) {
        Some(ContextValue::StyledStr(usage)) => usage.to_string(),
        _ => String::new(),
    };
    let usage = usage.trim().trim_start_matches("Usage:").trim().to_owned();
    Some(format!("{told}\n{}", messages::usage_help(lang, &usage)))
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::cli::args::Cli;

    fn wrong(lang: Lang, arguments: &[&str]) -> String {
        let error = Cli::try_parse_from([&["crm-sync-server"], arguments].concat()).unwrap_err();
        told(lang, &error).unwrap()
    }

    #[test]
    fn every_slip_is_told_with_its_remedy_in_both_languages() {
        for (arguments, fr, en) in [
            (&["sync"][..], "Il manque : <REMOTE>", "Missing: <REMOTE>"),
            (&["sinc", "airtable"], "sinc » n'existe pas. Vouliez-vous dire « sync »", "Did you mean “sync”"),
            (&["sync", "trello"], "possibles : airtable, notion, all", "Possible: airtable, notion, all"),
            (&["sync", "all", "--override", "x"], "empty_side", "empty_side"),
            (&["sync", "all", "--jsn"], "Vouliez-vous dire « --json »", "Did you mean “--json”"),
            (&["sync", "all", "--import", "--export"], "ne vont pas ensemble", "do not go together"),
            (&["configure", "notion", "--map", "x"], "statut=Stage", "statut=Stage"),
        ] {
            let told = [wrong(Lang::Fr, arguments), wrong(Lang::En, arguments)];
            assert!(told[0].contains(fr) && told[1].contains(en), "{told:#?}");
            assert!(told[0].contains("Aide : crm-sync-server --help"), "{told:#?}");
            assert!(!told[0].to_lowercase().contains("error"), "{told:#?}");
        }
    }

    #[test]
    fn what_is_missing_is_told_with_how_to_write_it() {
        let told = wrong(Lang::Fr, &["sync"]);
        assert!(told.contains("Usage : crm-sync-server sync"), "{told}");
    }

    #[test]
    fn help_is_no_fault() {
        let help = Cli::try_parse_from(["crm-sync-server", "--help"]).unwrap_err();
        assert_eq!(told(Lang::Fr, &help), None);
    }

    #[test]
    fn the_language_is_read_from_a_command_line_that_is_wrong() {
        let of = |arguments: &[&str]| lang(&arguments.iter().map(OsString::from).collect::<Vec<_>>());
        assert_eq!(of(&["--lang", "en", "sinc"]), Lang::En);
        assert_eq!(of(&["sinc", "--lang=en"]), Lang::En);
    }
}
