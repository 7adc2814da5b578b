//! What a property holds, read as a value.

use chrono::{DateTime, Utc};
use connector_core::value::{Choice, Linked, Person, Value};
use rust_decimal::Decimal;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use super::moment;
use super::shape::{Computed, Date, File, Place, UniqueId, Verification};
use crate::wire::{Id, Property, RichText, SelectOption, User, plain};

/// The most references that a page shows of a property.
const SHOWN: usize = 25;

/// How deep computed values may stand in each other: a rollup of formulas is the most that Notion makes.
const DEEPEST: u8 = 4;

/// Why a value could not be read.
type Unreadable = String;

/// A value as a page shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Decoded {
    /// What was read. What is not understood is [`Value::Unknown`], never an error.
    pub(crate) value: Value,
    /// Whether the page may show the beginning only.
    pub(crate) cut: bool,
}

/// What `property` holds.
pub(crate) fn decode(property: &Property) -> Decoded {
    let kind = property.kind();
    let Some(held) = property.value() else {
        let why = match kind.as_str() {
            "" => "a property without a type".to_owned(),
            kind => format!("a {kind} property without a value"),
        };
        return Decoded { value: Value::Unknown(why), cut: false };
    };
    let value = read(&kind, held, DEEPEST).unwrap_or_else(Value::Unknown);
    Decoded { cut: property.has_more() || is_cut(&kind, held), value }
}

/// Whether a page that shows this much of a property may show the beginning only.
fn is_cut(kind: &str, held: &RawValue) -> bool {
    match kind {
        "title" | "rich_text" => {
            let pieces: Vec<RichText> = parse(held).unwrap_or_default();
            pieces.iter().filter(|piece| piece.kind == "mention").count() >= SHOWN
        }
        "people" => parse::<Vec<Id>>(held).is_ok_and(|people| people.len() >= SHOWN),
        "rollup" => parse::<Computed>(held).is_ok_and(|of| match of.kind().as_str() {
            "incomplete" => true,
            "array" => of
                .value()
                .and_then(|held| parse::<Vec<Property>>(held).ok())
                .is_some_and(|of| of.len() >= SHOWN),
            _ => false,
        }),
        _ => false,
    }
}

fn read(kind: &str, held: &RawValue, levels: u8) -> Result<Value, Unreadable> {
    if held.get() == "null" {
        return Ok(Value::Empty);
    }
    Ok(match kind {
        "title" | "rich_text" => Value::text(plain(&several::<RichText>(held)?)),
        "number" => Value::Number(number(held.get())?),
        "select" | "status" => Value::Choice(choice(parse(held)?)),
        "multi_select" => list(parse::<Vec<SelectOption>>(held)?.into_iter().map(choice), Value::Choices),
        "date" => moment::read(parse::<Date>(held)?)?,
        "people" => list(several::<User>(held)?.into_iter().map(Person::from), Value::People),
        "files" => Value::tags(parse::<Vec<File>>(held)?.iter().map(File::label)),
        "checkbox" | "boolean" => Value::Flag(parse(held)?),
        "url" | "email" | "phone_number" | "string" => Value::text(parse::<String>(held)?),
        "relation" => list(
            several::<Id>(held)?.into_iter().map(|page| Linked { id: page.id.into(), name: None }),
            Value::Links,
        ),
        "formula" => computed(&parse(held)?, levels)?,
        "rollup" => rollup(&parse(held)?, levels)?,
        "created_time" | "last_edited_time" => Value::Instant(parse::<DateTime<Utc>>(held)?),
        "created_by" | "last_edited_by" => Value::People(vec![parse::<User>(held)?.into()]),
        "unique_id" => unique_id(parse(held)?),
        "verification" => {
            let Verification { state } = parse(held)?;
            match state.as_str() {
                "unverified" => Value::Empty,
                _ => Value::Choice(Choice { id: Some(state.as_str().into()), name: state }),
            }
        }
        "place" => place(parse(held)?)?,
        "button" => Value::Empty,
        _ if held.get() == "{}" || held.get() == "[]" => Value::Empty,
        _ => return Err(format!("{kind} properties are not supported")),
    })
}

/// What a formula gives, or one value of a rollup. Each level is read anew, and has to be bounded here: text that is not
/// looked into has no depth for the parser.
fn computed(of: &Computed, levels: u8) -> Result<Value, Unreadable> {
    let levels =
        levels.checked_sub(1).ok_or("computed values stand in each other deeper than Notion makes them")?;
    match (of.kind().as_str(), of.value()) {
        ("unsupported", _) => Err("Notion does not tell what it computed".to_owned()),
        (kind, Some(held)) => read(kind, held, levels),
        ("", None) => Err("a computed value without a type".to_owned()),
        (kind, None) => Err(format!("a {kind} without a value")),
    }
}

fn rollup(of: &Computed, levels: u8) -> Result<Value, Unreadable> {
    match (of.kind().as_str(), of.value()) {
        ("array", Some(held)) => {
            let values = parse::<Vec<Computed>>(held)?;
            let values = values.iter().map(|of| computed(of, levels)).collect::<Result<Vec<_>, _>>()?;
            Ok(merge(values.into_iter().filter(|value| !value.is_empty()).collect()))
        }
        ("incomplete", _) => Err("Notion could not compute the rollup in time".to_owned()),
        _ => computed(of, levels),
    }
}

/// Several values as one: as that one if it is alone, else as the text that people see.
fn merge(mut values: Vec<Value>) -> Value {
    if values.len() <= 1 {
        return values.pop().unwrap_or(Value::Empty);
    }
    if values.iter().all(|value| matches!(value, Value::Links(_))) {
        let links = values.into_iter().flat_map(|value| match value {
            Value::Links(links) => links,
            _ => Vec::new(),
        });
        return Value::Links(links.collect());
    }
    let texts: Vec<String> = values.iter().map(shown).collect();
    Value::text(texts.join(", "))
}

/// What people see of a value.
fn shown(value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        Value::Choice(choice) => choice.name.clone(),
        Value::Number(number) => number.normalize().to_string(),
        other => other.to_string(),
    }
}

fn parse<T: DeserializeOwned>(held: &RawValue) -> Result<T, Unreadable> {
    // The parser's own message would tell the contents by position only; its text is for people.
    serde_json::from_str(held.get())
        .map_err(|_| format!("not of the property's type: {}", shortened(held.get())))
}

/// A list, or one element of it, which is how the endpoint of a property gives them.
fn several<T: DeserializeOwned>(held: &RawValue) -> Result<Vec<T>, Unreadable> {
    if held.get().starts_with('{') { Ok(vec![parse(held)?]) } else { parse(held) }
}

fn number(text: &str) -> Result<Decimal, Unreadable> {
    let number = if text.contains(['e', 'E']) { Decimal::from_scientific(text) } else { text.parse() };
    number
        .map(|number| number.normalize())
        .map_err(|_| format!("not a number that can be kept: {}", shortened(text)))
}

fn shortened(text: &str) -> String {
    const SHOWN: usize = 60;
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

fn choice(option: SelectOption) -> Choice {
    Choice { id: option.id.map(Into::into), name: option.name }
}

fn list<T>(items: impl Iterator<Item = T>, of: impl Fn(Vec<T>) -> Value) -> Value {
    let items: Vec<T> = items.collect();
    if items.is_empty() { Value::Empty } else { of(items) }
}

fn unique_id(UniqueId { prefix, number }: UniqueId) -> Value {
    match (prefix.filter(|prefix| !prefix.is_empty()), number) {
        (Some(prefix), Some(number)) => Value::text(format!("{prefix}-{number}")),
        (None, Some(number)) => Value::text(number.to_string()),
        (_, None) => Value::Empty,
    }
}

/// What a place is called and where it is; a pin without either is told by its coordinates.
fn place(Place { name, address, lat, lon }: Place) -> Result<Value, Unreadable> {
    let words: Vec<_> = [name, address].into_iter().flatten().filter(|words| !words.is_empty()).collect();
    if !words.is_empty() {
        return Ok(Value::Text(words.join(", ")));
    }
    let coordinates = lat.zip(lon).map(|(lat, lon)| format!("{lat}, {lon}"));
    coordinates.map(Value::Text).ok_or_else(|| "a place without a name and without coordinates".to_owned())
}
