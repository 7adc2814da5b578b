//! Regular expressions. Airtable's engine is RE2, whose syntax the `regex` crate shares.

use std::borrow::Cow;

use regex::{Regex, RegexBuilder};

use super::super::ast::Prepared;
use super::super::evaluate::{Arguments, Fault, MAX_TEXT, Outcome};
use super::super::scalar::Scalar;
use super::Function;

pub(super) static FUNCTIONS: &[Function] = &[
    Function::new("REGEX_EXTRACT", 2..=2, extract),
    Function::new("REGEX_MATCH", 2..=2, matches),
    Function::new("REGEX_REPLACE", 3..=3, replace),
];

/// Compiles a pattern; none if it is wrong or would need much memory.
pub(in super::super) fn compile(pattern: &str) -> Option<Regex> {
    RegexBuilder::new(pattern).size_limit(MAX_TEXT).build().ok()
}

fn pattern<'a>(arguments: &Arguments<'a>) -> Result<Cow<'a, Regex>, Fault> {
    match arguments.prepared() {
        Prepared::Regex(regex) => Ok(Cow::Borrowed(regex)),
        Prepared::Nothing | Prepared::Fields(_) => compile(&arguments.text(1)?).map(Cow::Owned).ok_or(Fault),
    }
}

fn matches<'a>(arguments: &Arguments<'a>) -> Outcome<'a> {
    Ok(pattern(arguments)?.is_match(&arguments.text(0)?).into())
}

/// The first match, or its first group if the pattern has one; blank if nothing matches.
fn extract<'a>(arguments: &Arguments<'a>) -> Outcome<'a> {
    let text = arguments.text(0)?;
    let found = pattern(arguments)?.captures(&text).and_then(|captures| {
        captures.iter().flatten().nth(1).or_else(|| captures.get(0)).map(|group| group.as_str().to_owned())
    });
    Ok(found.map_or(Scalar::Blank, Scalar::from))
}

fn replace<'a>(arguments: &Arguments<'a>) -> Outcome<'a> {
    let (text, replacement) = (arguments.text(0)?, arguments.text(2)?);
    let pattern = pattern(arguments)?;
    let growth = pattern.find_iter(&text).count().saturating_mul(replacement.len());
    if text.len().saturating_add(growth) > MAX_TEXT {
        return Err(Fault);
    }
    Ok(pattern.replace_all(&text, replacement.as_ref()).into_owned().into())
}
