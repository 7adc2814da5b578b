//! A value, written as what a property holds.

use chrono::SecondsFormat;
use connector_core::schema::{Field, FieldOption};
use connector_core::value::{Choice, Value};
use rust_decimal::Decimal;
use rust_decimal::prelude::{FromPrimitive, ToPrimitive};
use serde::Serialize;
use serde_json::json;
use serde_json::value::{RawValue, to_raw_value};

use super::{moment, runs};
use crate::layout::{Column, LONGEST_RUN, MOST_RUNS};

/// The most items of a list that one write takes.
const MOST_ITEMS: usize = 100;
/// The most characters of a web address.
const LONGEST_URL: usize = 2_000;
/// The most characters of an e-mail address or a telephone number.
const LONGEST_CONTACT: usize = 200;
/// The most characters of an option's name.
const LONGEST_OPTION: usize = 100;

/// What to send for a property: `{"number":12.5}`.
#[derive(Debug)]
pub(crate) struct Encoded {
    pub(crate) cell: Box<RawValue>,
    /// Whether it names an option that does not exist.
    pub(crate) makes_option: bool,
}

/// Why a value cannot be written, in words that name the property.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// It never can.
    Wrong(String),
    /// It names an option that the schema does not have.
    UnknownOption(String),
}

/// What holds `value` in `column`. A new option is refused unless `create_options`.
pub(crate) fn encode(column: &Column, value: &Value, create_options: bool) -> Result<Encoded, Refusal> {
    let field = &column.field;
    if !field.writable {
        let why = format!("property “{}” is computed or read-only and cannot be written", field.name);
        return Err(Refusal::Wrong(why));
    }
    let mut makes_option = false;
    let held = match (column.kind.as_str(), value) {
        (_, Value::Unknown(why)) => {
            let why = format!("what is to be written to “{}” could not be read: {why}", field.name);
            return Err(Refusal::Wrong(why));
        }
        ("title" | "rich_text" | "multi_select" | "people" | "relation", Value::Empty) => raw(&[(); 0])?,
        ("checkbox", Value::Empty) => raw(&false)?,
        ("verification", Value::Empty) => raw(&json!({ "state": "unverified" }))?,
        (_, Value::Empty) => raw(&())?,
        ("title" | "rich_text", Value::Text(text)) => rich_text(field, text)?,
        ("url", Value::Text(text)) => raw(short_enough(field, text, LONGEST_URL)?)?,
        ("email" | "phone_number", Value::Text(text)) => raw(short_enough(field, text, LONGEST_CONTACT)?)?,
        ("number", Value::Number(number)) => write_number(field, *number)?,
        ("checkbox", Value::Flag(flag)) => raw(flag)?,
        ("date", Value::Date(day)) => raw(&json!({ "start": day }))?,
        ("date", Value::Instant(at)) => {
            raw(&json!({ "start": at.to_rfc3339_opts(SecondsFormat::Millis, true) }))?
        }
        ("date", Value::Period(period)) => raw(&moment::write(period))?,
        ("select" | "status", Value::Choice(choice)) => {
            raw(&option(field, choice, create_options, &mut makes_option)?)?
        }
        ("multi_select", Value::Choices(choices)) => {
            few_enough(field, choices.len())?;
            let mut options = Vec::with_capacity(choices.len());
            for choice in choices {
                let option = option(field, choice, create_options, &mut makes_option)?;
                if !options.contains(&option) {
                    options.push(option);
                }
            }
            raw(&options)?
        }
        ("people", Value::People(people)) => {
            few_enough(field, people.len())?;
            raw(&people
                .iter()
                .map(|person| json!({ "object": "user", "id": person.id }))
                .collect::<Vec<_>>())?
        }
        ("relation", Value::Links(links)) => {
            few_enough(field, links.len())?;
            let mut ids: Vec<_> = Vec::with_capacity(links.len());
            for link in links {
                let id = json!({ "id": link.id });
                if !ids.contains(&id) {
                    ids.push(id);
                }
            }
            raw(&ids)?
        }
        ("verification", Value::Choice(choice)) if choice.name == "verified" => {
            raw(&json!({ "state": choice.name }))?
        }
        (_, value) => {
            let why =
                format!("property “{}” holds {} and cannot take {value}", field.name, field.kind.name());
            return Err(Refusal::Wrong(why));
        }
    };
    let cell = raw(&std::collections::BTreeMap::from([(column.kind.as_str(), held)]))?;
    Ok(Encoded { cell, makes_option })
}

fn rich_text(field: &Field, text: &str) -> Result<Box<RawValue>, Refusal> {
    let runs = runs::split(text);
    if runs.len() > MOST_RUNS {
        return Err(Refusal::Wrong(format!(
            "the text for “{}” has {} characters; Notion takes {MOST_RUNS} runs of {LONGEST_RUN}, that is {}; shorten it",
            field.name,
            text.encode_utf16().count(),
            MOST_RUNS * LONGEST_RUN
        )));
    }
    raw(&runs.iter().map(|run| json!({ "text": { "content": run } })).collect::<Vec<_>>())
}

fn short_enough<'a>(field: &Field, text: &'a str, most: usize) -> Result<&'a str, Refusal> {
    let length = text.encode_utf16().count();
    if length > most {
        let why = format!("the text for “{}” has {length} characters; Notion takes {most}", field.name);
        return Err(Refusal::Wrong(why));
    }
    Ok(text)
}

fn few_enough(field: &Field, count: usize) -> Result<(), Refusal> {
    if count > MOST_ITEMS {
        let why = format!("{count} items for “{}”; Notion takes {MOST_ITEMS} in one write", field.name);
        return Err(Refusal::Wrong(why));
    }
    Ok(())
}

/// A JSON number of exactly these digits, unless Notion would keep other ones: its numbers are binary fractions.
fn write_number(field: &Field, number: Decimal) -> Result<Box<RawValue>, Refusal> {
    let kept = number.to_f64().and_then(|binary| binary.to_string().parse::<Decimal>().ok());
    let kept = kept.or_else(|| number.to_f64().and_then(Decimal::from_f64));
    if kept != Some(number) {
        let kept = kept.map_or_else(|| "nothing".to_owned(), |kept| kept.to_string());
        let why =
            format!("“{}” cannot hold {number}: Notion would keep {kept}; use fewer digits", field.name);
        return Err(Refusal::Wrong(why));
    }
    RawValue::from_string(number.normalize().to_string()).map_err(unwritable)
}

/// An option is written by its id; a new one by its name.
fn option(
    field: &Field,
    choice: &Choice,
    create_options: bool,
    makes_option: &mut bool,
) -> Result<serde_json::Value, Refusal> {
    if let Some(option) = find_option(field.kind.options(), choice) {
        return Ok(json!({ "id": option.id }));
    }
    let name = &choice.name;
    if !(create_options && choice.id.is_none() && is_extensible(field)) {
        return Err(Refusal::UnknownOption(format!("property “{}” has no option “{name}”", field.name)));
    }
    if name.contains(',') {
        let why =
            format!("“{name}” cannot be an option of “{}”: Notion takes no comma in its name", field.name);
        return Err(Refusal::Wrong(why));
    }
    let length = name.encode_utf16().count();
    if length > LONGEST_OPTION {
        let why = format!(
            "an option of “{}” with {length} characters in its name; Notion takes {LONGEST_OPTION}",
            field.name
        );
        return Err(Refusal::Wrong(why));
    }
    *makes_option = true;
    Ok(json!({ "name": name }))
}

fn is_extensible(field: &Field) -> bool {
    use connector_core::schema::FieldKind::{MultiSelect, Select};
    matches!(&field.kind, Select { extensible: true, .. } | MultiSelect { extensible: true, .. })
}

/// Notion takes no two options whose names differ in case only.
fn find_option<'a>(options: &'a [FieldOption], choice: &Choice) -> Option<&'a FieldOption> {
    match &choice.id {
        Some(id) => options.iter().find(|option| option.id == *id),
        None => options.iter().find(|option| option.name == choice.name).or_else(|| {
            options.iter().find(|option| option.name.to_lowercase() == choice.name.to_lowercase())
        }),
    }
}

fn raw<T: Serialize + ?Sized>(value: &T) -> Result<Box<RawValue>, Refusal> {
    to_raw_value(value).map_err(unwritable)
}

#[expect(clippy::needless_pass_by_value, reason = "used as a function for map_err")]
fn unwritable(error: serde_json::Error) -> Refusal {
    Refusal::Wrong(format!("it cannot be written as JSON: {error}"))
}
