//! A value, written as a cell.

use std::collections::BTreeSet;

use chrono::SecondsFormat;
use connector_core::schema::{Field, FieldKind, FieldOption};
use connector_core::value::{Choice, Person, Value};
use rust_decimal::Decimal;
use serde::Serialize;
use serde_json::json;
use serde_json::value::{RawValue, to_raw_value};

use crate::layout::{Column, Form};

/// The most characters of a text cell that Airtable takes.
const LONGEST_TEXT: usize = 100_000;

/// A cell to send.
#[derive(Debug)]
pub(crate) struct Encoded {
    pub(crate) cell: Box<RawValue>,
    /// Whether it names an option that does not exist.
    pub(crate) makes_option: bool,
}

/// Why a value cannot be written, in words that name the field.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// It never can.
    Wrong(String),
    /// It names an option that the schema does not have.
    UnknownOption(String),
}

/// The cell that holds `value` in `column`. A new option is refused unless `create_options`.
pub(crate) fn encode(column: &Column, value: &Value, create_options: bool) -> Result<Encoded, Refusal> {
    let field = &column.field;
    if !field.writable {
        return Err(Refusal::Wrong(format!(
            "field “{}” is computed or read-only and cannot be written",
            field.name
        )));
    }
    let cell = match (&column.form, value) {
        (_, Value::Empty) => raw(&())?,
        (Form::Text, Value::Text(text)) => raw(short_enough(field, text)?)?,
        (Form::Barcode, Value::Text(text)) => raw(&json!({ "text": short_enough(field, text)? }))?,
        (Form::Number, Value::Number(number)) => write_number(field, *number)?,
        (Form::Flag, Value::Flag(flag)) => raw(flag)?,
        (Form::Date, Value::Date(date)) => raw(date)?,
        (Form::Instant, Value::Instant(at)) => raw(&at.to_rfc3339_opts(SecondsFormat::Millis, true))?,
        (Form::Select, Value::Choice(choice)) => {
            return write_choices(field, std::slice::from_ref(choice), create_options);
        }
        (Form::MultiSelect, Value::Choices(choices)) => return write_choices(field, choices, create_options),
        (Form::Person, Value::People(people)) => match people.as_slice() {
            [] => raw(&())?,
            [person] => raw(&write_person(person))?,
            [_, _, ..] => return Err(Refusal::Wrong(format!("field “{}” takes one person", field.name))),
        },
        (Form::People, Value::People(people)) => raw(&people.iter().map(write_person).collect::<Vec<_>>())?,
        (Form::Links, Value::Links(links)) => {
            let mut seen = BTreeSet::new();
            let ids: Vec<_> =
                links.iter().map(|link| link.id.as_str()).filter(|id| seen.insert(*id)).collect();
            raw(&ids)?
        }
        (_, Value::Unknown(why)) => {
            return Err(Refusal::Wrong(format!(
                "what is to be written to “{}” could not be read: {why}",
                field.name
            )));
        }
        (_, value) => {
            let kind = field.kind.name();
            return Err(Refusal::Wrong(format!(
                "field “{}” holds {kind} and cannot take {value}",
                field.name
            )));
        }
    };
    Ok(Encoded { cell, makes_option: false })
}

fn short_enough<'a>(field: &Field, text: &'a str) -> Result<&'a str, Refusal> {
    let length = text.chars().count();
    if length > LONGEST_TEXT {
        let why =
            format!("the text for “{}” has {length} characters; Airtable takes {LONGEST_TEXT}", field.name);
        return Err(Refusal::Wrong(why));
    }
    Ok(text)
}

/// A JSON number of exactly these digits.
fn write_number(field: &Field, number: Decimal) -> Result<Box<RawValue>, Refusal> {
    if let FieldKind::Rating { max } = field.kind
        && !(number.is_integer() && number >= Decimal::ONE && number <= Decimal::from(max))
    {
        return Err(Refusal::Wrong(format!(
            "field “{}” takes whole numbers from 1 to {max}, not {number}",
            field.name
        )));
    }
    RawValue::from_string(number.normalize().to_string()).map_err(unwritable)
}

/// An option is written by its name now, found by its id; the API takes no ids.
fn write_choices(field: &Field, choices: &[Choice], create_options: bool) -> Result<Encoded, Refusal> {
    let mut makes_option = false;
    let mut names: Vec<&str> = Vec::with_capacity(choices.len());
    for choice in choices {
        let name = match find_option(field.kind.options(), choice) {
            Some(option) => &option.name,
            None if create_options && choice.id.is_none() => {
                makes_option = true;
                &choice.name
            }
            None => {
                let why = format!("field “{}” has no option “{}”", field.name, choice.name);
                return Err(Refusal::UnknownOption(why));
            }
        };
        if !names.contains(&name.as_str()) {
            names.push(name);
        }
    }
    let cell = match (&field.kind, names.first()) {
        (FieldKind::Select { .. }, Some(name)) => raw(name)?,
        _ => raw(&names)?,
    };
    Ok(Encoded { cell, makes_option })
}

fn find_option<'a>(options: &'a [FieldOption], choice: &Choice) -> Option<&'a FieldOption> {
    match &choice.id {
        Some(id) => options.iter().find(|option| option.id == *id),
        None => options.iter().find(|option| option.name == choice.name),
    }
}

fn write_person(person: &Person) -> serde_json::Value {
    match &person.email {
        Some(email) if person.id.is_empty() => json!({ "email": email }),
        _ => json!({ "id": person.id }),
    }
}

fn raw<T: Serialize + ?Sized>(value: &T) -> Result<Box<RawValue>, Refusal> {
    to_raw_value(value).map_err(unwritable)
}

#[expect(clippy::needless_pass_by_value, reason = "used as a function for map_err")]
fn unwritable(error: serde_json::Error) -> Refusal {
    Refusal::Wrong(format!("it cannot be written as JSON: {error}"))
}
