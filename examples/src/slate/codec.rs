//! The texts of a column to values and back.

use connector_core::schema::{Field, FieldKind, FieldOption};
use connector_core::value::{Choice, Value};

use super::service::{Column, Kind};

/// The column in the core's words: what a mapping, a lens and a page can work with.
pub(super) fn field(column: &Column, primary: bool) -> Field {
    let options = |choices: &[(String, String)]| {
        choices.iter().map(|(id, name)| FieldOption { id: id.as_str().into(), name: name.clone() }).collect()
    };
    let kind = match &column.kind {
        Kind::Text => FieldKind::Text { max: None },
        Kind::Number | Kind::Length => FieldKind::Number { scale: None },
        Kind::Day => FieldKind::Date,
        Kind::Tick => FieldKind::Checkbox,
        Kind::Choice(choices) => FieldKind::Select { options: options(choices), extensible: true },
        Kind::Choices(choices) => FieldKind::MultiSelect { options: options(choices), extensible: true },
    };
    let writable = !matches!(column.kind, Kind::Length);
    Field { id: column.id.as_str().into(), name: column.name.clone(), kind, writable, primary }
}

/// What a text of this column means. What cannot be read is unknown: the engine never writes it, nor takes it for a
/// change.
pub(super) fn decode(column: &Column, text: &str) -> Value {
    let unreadable = || Value::Unknown(format!("“{text}” is not what “{}” holds", column.name));
    let choice = |choices: &[(String, String)], id: &str| {
        let (id, name) = choices.iter().find(|(known, _)| known == id)?;
        Some(Choice { id: Some(id.as_str().into()), name: name.clone() })
    };
    match &column.kind {
        Kind::Text => Value::text(text),
        Kind::Number | Kind::Length => text.parse().map_or_else(|_| unreadable(), Value::Number),
        Kind::Day => text.parse().map_or_else(|_| unreadable(), Value::Date),
        Kind::Tick => Value::Flag(text == "x"),
        Kind::Choice(choices) => choice(choices, text).map_or_else(unreadable, Value::Choice),
        Kind::Choices(choices) => {
            let ids = text.split(';').map(|id| choice(choices, id));
            ids.collect::<Option<Vec<_>>>().map_or_else(unreadable, Value::Choices)
        }
    }
}

/// What keeps a value from being written.
pub(super) enum Unwritable {
    /// It never can be, for this reason.
    Never(String),
    /// An option of this name must be made first.
    Option(String),
}

/// The text that means `value` in this column; an empty one clears.
pub(super) fn encode(column: &Column, value: &Value) -> Result<String, Unwritable> {
    Ok(match (&column.kind, value) {
        (Kind::Length, _) => return Err(Unwritable::Never(format!("“{}” is computed", column.name))),
        (_, Value::Empty) | (Kind::Tick, Value::Flag(false)) => String::new(),
        (Kind::Text, Value::Text(text)) => text.clone(),
        (Kind::Number, Value::Number(number)) => number.to_string(),
        (Kind::Day, Value::Date(day)) => day.to_string(),
        (Kind::Tick, Value::Flag(true)) => "x".to_owned(),
        (Kind::Choice(choices), Value::Choice(choice)) => option(choices, choice)?,
        (Kind::Choices(choices), Value::Choices(chosen)) => {
            chosen.iter().map(|choice| option(choices, choice)).collect::<Result<Vec<_>, _>>()?.join(";")
        }
        _ => return Err(Unwritable::Never(format!("“{}” cannot hold {value}", column.name))),
    })
}

/// By its id where it has one: a renamed option is the same option.
fn option(choices: &[(String, String)], choice: &Choice) -> Result<String, Unwritable> {
    let known = choices.iter().find(|(id, name)| match &choice.id {
        Some(wanted) => wanted.as_str() == id,
        None => choice.name == *name,
    });
    match (known, &choice.id) {
        (Some((id, _)), _) => Ok(id.clone()),
        (None, None) => Err(Unwritable::Option(choice.name.clone())),
        (None, Some(_)) => Err(Unwritable::Never(format!("the option “{}” is gone", choice.name))),
    }
}
