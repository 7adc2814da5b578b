//! A cell as Airtable gives it, read as a value.

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use connector_core::clock::Interval;
use connector_core::schema::FieldKind;
use connector_core::value::{Choice, Linked, Person, Value};
use rust_decimal::Decimal;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use super::shape::{AiText, Attachment, Barcode, Button, CellError, Collaborator, IdOrObject, NameOrObject};
use crate::layout::{Column, Form};

/// Why a cell could not be read.
type Unreadable = String;

/// What a cell of `column` holds. What is not understood is [`Value::Unknown`], never an error.
pub(crate) fn decode(column: &Column, cell: &RawValue) -> Value {
    let value = match &column.form {
        Form::Lookup(form) => decode_list(form, &column.field.kind, cell),
        // A formula or a rollup may give a list where its type promises one thing.
        form if !column.field.writable && cell.get().starts_with('[') && !holds_list(form) => {
            decode_list(form, &column.field.kind, cell)
        }
        form => decode_one(form, &column.field.kind, cell),
    };
    value.unwrap_or_else(Value::Unknown)
}

/// When the record was last edited, as the cell of a modification time says it.
pub(crate) fn edited(time: &Value) -> Option<Interval> {
    match time {
        Value::Instant(at) => Some(within_second(*at)),
        _ => None,
    }
}

/// When something happened to which Airtable gives this time: in whole seconds, rounded down.
pub(crate) fn within_second(at: DateTime<Utc>) -> Interval {
    Interval::floored(at, TimeDelta::seconds(1))
}

/// Whether `value` has an option that the schema it was read with does not know.
pub(crate) fn is_new_option(value: &Value) -> bool {
    match value {
        Value::Choice(choice) => choice.id.is_none(),
        Value::Choices(choices) => choices.iter().any(|choice| choice.id.is_none()),
        _ => false,
    }
}

/// What people see of a record whose primary cell holds `value`.
pub(crate) fn shown(value: &Value) -> Option<String> {
    match value {
        Value::Text(text) => Some(text.clone()),
        Value::Number(number) => Some(number.normalize().to_string()),
        Value::Date(date) => Some(date.to_string()),
        Value::Instant(at) => Some(at.to_rfc3339()),
        Value::Period(period) => Some(period.to_string()),
        Value::Choice(choice) => Some(choice.name.clone()),
        Value::Choices(choices) => Some(join(choices.iter().map(|choice| choice.name.as_str()))),
        Value::People(people) => Some(join(people.iter().map(Person::label))),
        Value::Tags(tags) => Some(join(tags.iter().map(String::as_str))),
        Value::Empty | Value::Flag(_) | Value::Links(_) | Value::Unknown(_) => None,
    }
}

fn join<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.collect::<Vec<_>>().join(", ")
}

fn holds_list(form: &Form) -> bool {
    matches!(form, Form::MultiSelect | Form::People | Form::Links | Form::Files | Form::Opaque)
}

fn decode_one(form: &Form, kind: &FieldKind, cell: &RawValue) -> Result<Value, Unreadable> {
    if cell.get() == "null" {
        return Ok(Value::Empty);
    }
    if let Some(error) = cell_error(cell) {
        return Err(error);
    }
    Ok(match form {
        Form::Text => Value::text(parse::<String>(cell)?),
        Form::Barcode => Value::text(parse::<Barcode>(cell)?.text.unwrap_or_default()),
        Form::Button => Value::text(parse::<Button>(cell)?.url.unwrap_or_default()),
        Form::AiText => generated(parse(cell)?)?,
        Form::Number => Value::Number(parse_number(cell.get())?),
        Form::Flag => Value::Flag(parse_flag(cell)?),
        Form::Date => Value::Date(parse_date(cell)?),
        Form::Instant => Value::Instant(parse_instant(cell)?),
        Form::Select => Value::Choice(choice(kind, parse::<NameOrObject>(cell)?)),
        Form::MultiSelect => choices(kind, parse(cell)?),
        Form::Person => Value::People(vec![parse::<Collaborator>(cell)?.into()]),
        Form::People => people(parse(cell)?),
        Form::Links => links(parse(cell)?),
        Form::Files => files(parse(cell)?),
        Form::Lookup(form) => decode_list(form, kind, cell)?,
        Form::Opaque => return Err(format!("{} fields are not supported", kind.name())),
    })
}

/// Reads a list of cells of one form as one value: as that one if it is alone, as a list of the same kind if
/// there is one, and texts joined as Airtable shows them.
fn decode_list(form: &Form, kind: &FieldKind, cell: &RawValue) -> Result<Value, Unreadable> {
    if !cell.get().starts_with('[') {
        return decode_one(form, kind, cell);
    }
    let items: Vec<Box<RawValue>> = parse(cell)?;
    let mut flat = Vec::with_capacity(items.len());
    for item in items {
        if item.get().starts_with('[') {
            flat.extend(parse::<Vec<Box<RawValue>>>(&item)?);
        } else {
            flat.push(item);
        }
    }
    // Several of these make a list; one at a time they are read as lists of one.
    let single = match form {
        Form::MultiSelect => &Form::Select,
        Form::People => &Form::Person,
        form => form,
    };
    let mut values = Vec::with_capacity(flat.len());
    for item in &flat {
        let value = match single {
            Form::Links => links(vec![parse(item)?]),
            Form::Files => files(vec![parse(item)?]),
            form => decode_one(form, kind, item)?,
        };
        if !value.is_empty() {
            values.push(value);
        }
    }
    merge(values, matches!(kind, FieldKind::MultiSelect { .. }))
}

fn merge(values: Vec<Value>, several_options: bool) -> Result<Value, Unreadable> {
    let count = values.len();
    let mut texts = Vec::new();
    let (mut choices, mut people, mut links, mut files) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut last = Value::Empty;
    for value in values {
        match value {
            Value::Text(text) => texts.push(text),
            Value::Choice(choice) if several_options || count > 1 => choices.push(choice),
            Value::People(more) => people.extend(more),
            Value::Links(more) => links.extend(more),
            Value::Tags(more) => files.extend(more),
            other if count > 1 && last != Value::Empty && last != other => {
                return Err(format!("{count} values where one can be read"));
            }
            other => last = other,
        }
    }
    Ok(match () {
        () if !texts.is_empty() => Value::Text(texts.join(", ")),
        () if !choices.is_empty() => Value::Choices(choices),
        () if !people.is_empty() => Value::People(people),
        () if !links.is_empty() => Value::Links(links),
        () if !files.is_empty() => Value::Tags(files),
        () => last,
    })
}

/// Why the cell holds an error instead of a value, if it does.
fn cell_error(cell: &RawValue) -> Option<Unreadable> {
    let text = cell.get();
    if !text.starts_with('{') || text == "{}" {
        return None;
    }
    let CellError { error, special_value } = serde_json::from_str(text).ok()?;
    error.or(special_value)
}

fn parse<T: DeserializeOwned>(cell: &RawValue) -> Result<T, Unreadable> {
    // The parser's own message would tell the cell's contents by position only; its text is for people.
    serde_json::from_str(cell.get())
        .map_err(|_| format!("not of the field's type: {}", shortened(cell.get())))
}

fn parse_number(text: &str) -> Result<Decimal, Unreadable> {
    let number = if text.contains(['e', 'E']) { Decimal::from_scientific(text) } else { text.parse() };
    number
        .map(|number| number.normalize())
        .map_err(|_| format!("not a number that can be kept: {}", shortened(text)))
}

/// A civil date; computed fields may give it as the time at which it begins.
fn parse_date(cell: &RawValue) -> Result<NaiveDate, Unreadable> {
    parse(cell).or_else(|why| Ok(parse::<DateTime<Utc>>(cell).map_err(|_| why)?.date_naive()))
}

/// An instant; computed fields may give it as a civil date where they have no time of day.
fn parse_instant(cell: &RawValue) -> Result<DateTime<Utc>, Unreadable> {
    let begins = |day: NaiveDate| day.and_time(NaiveTime::MIN).and_utc();
    parse(cell).or_else(|why| parse(cell).map(begins).map_err(|_| why))
}

fn parse_flag(cell: &RawValue) -> Result<bool, Unreadable> {
    match cell.get() {
        "1" => Ok(true),
        "0" => Ok(false),
        _ => parse(cell),
    }
}

fn shortened(text: &str) -> String {
    const SHOWN: usize = 60;
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

fn choice(kind: &FieldKind, NameOrObject(name): NameOrObject) -> Choice {
    let known = kind.options().iter().find(|option| option.name == name);
    Choice { id: known.map(|option| option.id.clone()), name }
}

fn choices(kind: &FieldKind, names: Vec<NameOrObject>) -> Value {
    let choices: Vec<_> = names.into_iter().map(|name| choice(kind, name)).collect();
    if choices.is_empty() { Value::Empty } else { Value::Choices(choices) }
}

fn generated(AiText { state, value }: AiText) -> Result<Value, Unreadable> {
    match state.as_str() {
        "empty" => Ok(Value::Empty),
        "generated" => Ok(Value::text(value.unwrap_or_default())),
        _ => Err(format!("the generated text is in state {state}")),
    }
}

fn people(collaborators: Vec<Collaborator>) -> Value {
    let people: Vec<_> = collaborators.into_iter().map(Person::from).collect();
    if people.is_empty() { Value::Empty } else { Value::People(people) }
}

fn links(ids: Vec<IdOrObject>) -> Value {
    let links: Vec<_> = ids.into_iter().map(|IdOrObject(id)| Linked { id: id.into(), name: None }).collect();
    if links.is_empty() { Value::Empty } else { Value::Links(links) }
}

fn files(files: Vec<Attachment>) -> Value {
    Value::tags(files.into_iter().map(|file| file.filename.unwrap_or(file.id)))
}
