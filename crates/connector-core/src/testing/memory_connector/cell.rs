//! Which values a field takes, and how it keeps them.

use rust_decimal::Decimal;

use crate::schema::{Field, FieldKind, FieldOption};
use crate::value::{Choice, Value};

/// Who writes a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Author {
    /// A program, which may make options or not.
    Program {
        /// Whether an unknown option of an extensible field is made.
        create_options: bool,
    },
    /// A person, or the remote itself: computed fields and new options are fine.
    Person,
}

/// What `field` would keep of `value`, or why it refuses it. An option still to be made has no id.
pub(super) fn accept(field: &Field, value: &Value, author: Author) -> Result<Value, String> {
    if !field.writable && author != Author::Person {
        return Err(format!("field {} is computed", field.name));
    }
    match (&field.kind, value) {
        // A cell that could not be read whole can be made by a person, to be shown, and is never written.
        (_, Value::Unknown(_)) if author == Author::Person => Ok(value.clone()),
        (_, Value::Unknown(_)) => Err(format!("field {} was given an unreadable value", field.name)),
        (_, Value::Empty) | (FieldKind::Checkbox, Value::Flag(false)) => Ok(Value::Empty),
        (FieldKind::Text { max: Some(max) }, Value::Text(text)) if text.chars().nth(*max).is_some() => {
            Err(format!("field {} takes {max} characters", field.name))
        }
        // As Airtable does to text with styles.
        (FieldKind::RichText, Value::Text(text)) if !text.is_empty() && !text.ends_with('\n') => {
            Ok(Value::Text(format!("{text}\n")))
        }
        (
            FieldKind::Text { .. }
            | FieldKind::RichText
            | FieldKind::Email
            | FieldKind::Url
            | FieldKind::Phone,
            Value::Text(text),
        ) => Ok(Value::text(text.as_str())),
        (FieldKind::Rating { max }, Value::Number(stars)) => {
            if stars.fract().is_zero() && (Decimal::ONE..=Decimal::from(*max)).contains(stars) {
                Ok(value.clone())
            } else {
                Err(format!("field {} takes 1 to {max} stars", field.name))
            }
        }
        (FieldKind::Select { options, extensible }, Value::Choice(choice)) => {
            choose(field, options, choice, author, *extensible).map(Value::Choice)
        }
        (FieldKind::MultiSelect { options, extensible }, Value::Choices(choices)) => {
            let chosen = choices.iter().map(|choice| choose(field, options, choice, author, *extensible));
            let chosen = chosen.collect::<Result<Vec<_>, _>>()?;
            Ok(if chosen.is_empty() { Value::Empty } else { Value::Choices(chosen) })
        }
        (FieldKind::People { .. }, Value::People(people)) if people.is_empty() => Ok(Value::Empty),
        (FieldKind::People { many: false }, Value::People(people)) if people.len() > 1 => {
            Err(format!("field {} takes one person", field.name))
        }
        (FieldKind::Links { .. }, Value::Links(links)) if links.is_empty() => Ok(Value::Empty),
        (
            FieldKind::Number { .. }
            | FieldKind::Currency { .. }
            | FieldKind::Percent { .. }
            | FieldKind::Duration,
            Value::Number(_),
        )
        | (FieldKind::Checkbox, Value::Flag(_))
        | (FieldKind::Date, Value::Date(_))
        | (FieldKind::DateTime, Value::Instant(_))
        | (FieldKind::People { .. }, Value::People(_))
        | (FieldKind::Links { .. }, Value::Links(_)) => Ok(value.clone()),
        (kind, _) => Err(format!("field {} ({}) cannot hold this value", field.name, kind.name())),
    }
}

fn choose(
    field: &Field,
    options: &[FieldOption],
    choice: &Choice,
    author: Author,
    extensible: bool,
) -> Result<Choice, String> {
    let known = options.iter().find(|option| match &choice.id {
        Some(id) => option.id == *id,
        None => option.name == choice.name,
    });
    let may_create = match author {
        Author::Program { create_options } => create_options && extensible,
        Author::Person => true,
    };
    match known {
        Some(option) => Ok(Choice { id: Some(option.id.clone()), name: option.name.clone() }),
        None if may_create && choice.id.is_none() => Ok(choice.clone()),
        None => Err(format!("field {} has no option {:?}", field.name, choice.name)),
    }
}

/// Gives an id to each option still to be made, and adds it to the field.
pub(super) fn make_options(field: &mut Field, value: &mut Value, made: &mut usize) {
    let (FieldKind::Select { options, .. } | FieldKind::MultiSelect { options, .. }) = &mut field.kind else {
        return;
    };
    let chosen = match value {
        Value::Choice(choice) => std::slice::from_mut(choice),
        Value::Choices(choices) => choices.as_mut_slice(),
        _ => return,
    };
    for choice in chosen.iter_mut().filter(|choice| choice.id.is_none()) {
        let known = options.iter().find(|option| option.name == choice.name).map(|option| option.id.clone());
        choice.id = Some(known.unwrap_or_else(|| {
            *made += 1;
            let option = FieldOption { id: format!("opt{made:04}").into(), name: choice.name.clone() };
            options.push(option.clone());
            option.id
        }));
    }
}

/// The cell as it is shown now: options under their present names, and none that is gone.
pub(super) fn shown(field: &Field, value: &Value) -> Value {
    let current = |choice: &Choice| {
        let option = field.kind.options().iter().find(|option| Some(&option.id) == choice.id.as_ref())?;
        Some(Choice { id: choice.id.clone(), name: option.name.clone() })
    };
    match value {
        Value::Choice(choice) => current(choice).map_or(Value::Empty, Value::Choice),
        Value::Choices(choices) => {
            let left: Vec<Choice> = choices.iter().filter_map(current).collect();
            if left.is_empty() { Value::Empty } else { Value::Choices(left) }
        }
        other => other.clone(),
    }
}
