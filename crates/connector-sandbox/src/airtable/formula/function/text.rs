//! Text. Positions and lengths count characters, the first position is 1.

use std::borrow::Cow;
use std::fmt::Write as _;

use super::super::evaluate::{Arguments, Fault, MAX_TEXT, Outcome};
use super::super::scalar::{Scalar, widen};
use super::{Function, SEVERAL};

pub(super) static FUNCTIONS: &[Function] = &[
    Function::new("CONCATENATE", SEVERAL, concatenate),
    Function::new("ENCODE_URL_COMPONENT", 1..=1, encode_url_component),
    Function::new("FIND", 2..=3, find),
    Function::new("LEFT", 2..=2, left),
    Function::new("LEN", 1..=1, |arguments| characters(&arguments.text(0)?).map(Scalar::from)),
    Function::new("LOWER", 1..=1, |arguments| Ok(arguments.text(0)?.to_lowercase().into())),
    Function::new("MID", 3..=3, mid),
    Function::new("REPLACE", 4..=4, replace),
    Function::new("REPT", 2..=2, repeat),
    Function::new("RIGHT", 2..=2, right),
    Function::new("SEARCH", 2..=3, search),
    Function::new("SUBSTITUTE", 3..=4, substitute),
    Function::new("T", 1..=1, text_only),
    Function::new("TRIM", 1..=1, |arguments| Ok(arguments.text(0)?.trim().to_owned().into())),
    Function::new("UPPER", 1..=1, |arguments| Ok(arguments.text(0)?.to_uppercase().into())),
];

fn characters(text: &str) -> Result<f64, Fault> {
    i64::try_from(text.chars().count()).map(widen).map_err(|_| Fault)
}

/// The offset in bytes of the character at `position`, counting from 0; the end if there are fewer.
fn offset(text: &str, position: usize) -> usize {
    text.char_indices().nth(position).map_or(text.len(), |(offset, _)| offset)
}

/// `count` characters from the one at `start`, counting from 0.
fn part(text: &str, start: usize, count: usize) -> &str {
    let rest = text.get(offset(text, start)..).unwrap_or_default();
    rest.get(..offset(rest, count)).unwrap_or_default()
}

fn bounded<'a>(text: String) -> Outcome<'a> {
    if text.len() > MAX_TEXT { Err(Fault) } else { Ok(text.into()) }
}

fn concatenate<'a>(arguments: &Arguments<'a>) -> Outcome<'a> {
    let mut joined = String::new();
    for index in 0..arguments.len() {
        joined.push_str(&arguments.text(index)?);
        if joined.len() > MAX_TEXT {
            return Err(Fault);
        }
    }
    Ok(joined.into())
}

fn encode_url_component<'a>(arguments: &Arguments<'a>) -> Outcome<'a> {
    let mut encoded = String::new();
    for byte in arguments.text(0)?.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            write!(encoded, "%{byte:02X}").map_err(|_| Fault)?;
        }
    }
    bounded(encoded)
}

/// The position of `needle` in `text` after the first `skipped` characters.
fn position(needle: &str, text: &str, skipped: usize) -> Result<Option<f64>, Fault> {
    let start = offset(text, skipped);
    match text.get(start..).and_then(|rest| rest.find(needle)) {
        None => Ok(None),
        Some(found) => characters(text.get(..start + found).ok_or(Fault)?).map(|before| Some(before + 1.0)),
    }
}

fn find<'a>(arguments: &Arguments<'a>) -> Outcome<'a> {
    let (needle, text) = (arguments.text(0)?, arguments.text(1)?);
    Ok(position(&needle, &text, arguments.count(2)?)?.unwrap_or(0.0).into())
}

/// As `FIND`, but in any case and blank if there is none.
fn search<'a>(arguments: &Arguments<'a>) -> Outcome<'a> {
    let (needle, text) = (arguments.text(0)?.to_lowercase(), arguments.text(1)?.to_lowercase());
    Ok(position(&needle, &text, arguments.count(2)?)?.map_or(Scalar::Blank, Scalar::from))
}

fn left<'a>(arguments: &Arguments<'a>) -> Outcome<'a> {
    Ok(part(&arguments.text(0)?, 0, arguments.count(1)?).to_owned().into())
}

fn right<'a>(arguments: &Arguments<'a>) -> Outcome<'a> {
    let text = arguments.text(0)?;
    let skipped = text.chars().count().saturating_sub(arguments.count(1)?);
    Ok(part(&text, skipped, usize::MAX).to_owned().into())
}

fn mid<'a>(arguments: &Arguments<'a>) -> Outcome<'a> {
    let start = arguments.count(1)?.saturating_sub(1);
    Ok(part(&arguments.text(0)?, start, arguments.count(2)?).to_owned().into())
}

fn replace<'a>(arguments: &Arguments<'a>) -> Outcome<'a> {
    let (text, replacement) = (arguments.text(0)?, arguments.text(3)?);
    let (start, count) = (arguments.count(1)?.saturating_sub(1), arguments.count(2)?);
    let after = part(&text, start.saturating_add(count), usize::MAX);
    bounded([part(&text, 0, start), &replacement, after].concat())
}

fn repeat<'a>(arguments: &Arguments<'a>) -> Outcome<'a> {
    let (text, times) = (arguments.text(0)?, arguments.count(1)?);
    if text.len().saturating_mul(times) > MAX_TEXT {
        return Err(Fault);
    }
    Ok(text.repeat(times).into())
}

/// Replaces every occurrence, or only the one whose number is given.
fn substitute<'a>(arguments: &Arguments<'a>) -> Outcome<'a> {
    let (text, old, new) = (arguments.text(0)?, arguments.text(1)?, arguments.text(2)?);
    if old.is_empty() {
        return Ok(Scalar::Text(text));
    }
    let growth = text.matches(old.as_ref()).count().saturating_mul(new.len());
    if text.len().saturating_add(growth) > MAX_TEXT {
        return Err(Fault);
    }
    if !arguments.has(3) {
        return Ok(text.replace(old.as_ref(), &new).into());
    }
    let nth = arguments.count(3)?.checked_sub(1).ok_or(Fault)?;
    let found = text.match_indices(old.as_ref()).nth(nth).map(|(start, _)| start);
    Ok(match found {
        None => Scalar::Text(text),
        Some(start) => {
            let before = text.get(..start).unwrap_or_default();
            let after = text.get(start + old.len()..).unwrap_or_default();
            [before, &new, after].concat().into()
        }
    })
}

fn text_only<'a>(arguments: &Arguments<'a>) -> Outcome<'a> {
    Ok(match arguments.scalar(0)? {
        text @ Scalar::Text(_) => text,
        _ => Scalar::Text(Cow::Borrowed("")),
    })
}
