//! A command line that cannot be understood.

use super::{Lang, say};

/// An option or a command that does not exist.
#[must_use]
pub fn usage_unknown(lang: Lang, given: &str, meant: Option<&str>) -> String {
    let given = lang.quoted(given);
    match meant.map(|meant| lang.quoted(meant)) {
        Some(meant) => say!(
            lang,
            "{given} n'existe pas. Vouliez-vous dire {meant} ?",
            "There is no {given}. Did you mean {meant}?"
        ),
        None => say!(lang, "{given} n'existe pas.", "There is no {given}."),
    }
}

/// A value that does not do.
#[must_use]
pub fn usage_value(lang: Lang, argument: &str, value: &str, expected: &str) -> String {
    let told = if value.is_empty() {
        say!(lang, "Il manque une valeur pour {argument}.", "{argument} lacks a value.")
    } else {
        let value = lang.quoted(value);
        say!(lang, "{value} ne convient pas pour {argument}.", "{value} does not do for {argument}.")
    };
    if expected.is_empty() {
        return told;
    }
    say!(lang, "{told} Valeurs possibles : {expected}.", "{told} Possible: {expected}.")
}

/// Something that is needed is not there.
#[must_use]
pub fn usage_missing(lang: Lang, arguments: &str) -> String {
    say!(lang, "Il manque : {arguments}.", "Missing: {arguments}.")
}

/// Two options that contradict each other.
#[must_use]
pub fn usage_conflict(lang: Lang, one: &str, other: &str) -> String {
    say!(lang, "{one} et {other} ne vont pas ensemble.", "{one} and {other} do not go together.")
}

/// Too many values, or too few.
#[must_use]
pub fn usage_value_count(lang: Lang, argument: &str) -> String {
    say!(lang, "{argument} n'a pas le bon nombre de valeurs.", "{argument} has the wrong number of values.")
}

/// How to write it, and where to read more.
#[must_use]
pub fn usage_help(lang: Lang, usage: &str) -> String {
    if usage.is_empty() {
        return say!(lang, "Aide : crm-sync-server --help", "Help: crm-sync-server --help");
    }
    say!(
        lang,
        "Usage : {usage}\nAide : crm-sync-server --help",
        "Usage: {usage}\nHelp: crm-sync-server --help"
    )
}
