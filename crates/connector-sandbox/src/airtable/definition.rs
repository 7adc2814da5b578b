//! Field definitions of schema requests: read, checked and refused.

use serde_json::{Map, Value};

use crate::airtable::failure::Failure;
use crate::airtable::field::{Choice, Field, Kind, Link, is_choice_color};
use crate::airtable::request;
use crate::airtable::time_format::{DateStyle, Stamp};
use crate::airtable::world::Base;
use crate::id::{Id, Random};

/// The longest name of a field or table.
const MAX_NAME: usize = 255;

/// The longest description.
const MAX_DESCRIPTION: usize = 20_000;

const RATING_ICONS: [&str; 5] = ["star", "heart", "thumbsUp", "flag", "dot"];
const CHECKBOX_ICONS: [&str; 7] = ["check", "xCheckbox", "star", "heart", "thumbsUp", "flag", "dot"];
const DURATIONS: [&str; 5] = ["h:mm", "h:mm:ss", "h:mm:ss.S", "h:mm:ss.SS", "h:mm:ss.SSS"];

/// A field for a table that has these names already.
pub(crate) fn field(
    base: &Base,
    taken: &[&str],
    value: &Value,
    random: &mut Random,
) -> Result<Field, Failure> {
    let body = value.as_object().ok_or_else(Failure::invalid_request)?;
    let name = field_name(request::text(body, "name")?, taken)?;
    let kind = request::text(body, "type")?.ok_or_else(Failure::invalid_request)?;
    let kind = kind_of(base, kind, body.get("options"), random)?;
    Ok(Field { id: random.id("fld"), name, description: description(body)?, kind })
}

/// A field's name, which must not be empty or taken.
pub(crate) fn field_name(name: Option<&str>, taken: &[&str]) -> Result<String, Failure> {
    let fits = |name: &&str| !name.is_empty() && name.chars().count() <= MAX_NAME && !is_taken(taken, name);
    name.map(str::trim)
        .filter(fits)
        .map(str::to_owned)
        .ok_or_else(|| Failure::new(422, "DUPLICATE_OR_EMPTY_FIELD_NAME", "Duplicate or empty field name"))
}

/// A table's name, which must not be empty or taken.
pub(crate) fn table_name(name: Option<&str>, taken: &[&str]) -> Result<String, Failure> {
    let name = name.map(str::trim).filter(|name| !name.is_empty() && name.chars().count() <= MAX_NAME);
    let name = name.ok_or_else(Failure::invalid_request)?;
    if is_taken(taken, name) {
        return Err(Failure::new(422, "DUPLICATE_TABLE_NAME", "Table name already exists"));
    }
    Ok(name.to_owned())
}

/// Names are compared without regard to case.
fn is_taken(taken: &[&str], name: &str) -> bool {
    taken.iter().any(|other| other.to_lowercase() == name.to_lowercase())
}

/// An optional description.
pub(crate) fn description(body: &Map<String, Value>) -> Result<Option<String>, Failure> {
    match request::text(body, "description")? {
        Some(text) if text.chars().count() > MAX_DESCRIPTION => Err(Failure::invalid_request()),
        text => Ok(text.map(str::to_owned)),
    }
}

/// A type with its options. Computed types are refused, as the API did for years.
pub(crate) fn kind_of(
    base: &Base,
    name: &str,
    options: Option<&Value>,
    random: &mut Random,
) -> Result<Kind, Failure> {
    let options = options.unwrap_or(&Value::Null);
    let plain = match name {
        "singleLineText" => Kind::SingleLineText,
        "multilineText" => Kind::MultilineText,
        "richText" => Kind::RichText,
        "email" => Kind::Email,
        "url" => Kind::Url,
        "phoneNumber" => Kind::PhoneNumber,
        "singleCollaborator" => Kind::Collaborator,
        "multipleCollaborators" => Kind::Collaborators,
        "barcode" => Kind::Barcode,
        "multipleAttachments" => Kind::Attachments,
        _ => return with_options(base, name, options, random),
    };
    let empty = options.is_null() || options.as_object().is_some_and(Map::is_empty);
    if empty || matches!(plain, Kind::Attachments) { Ok(plain) } else { Err(Failure::invalid_request()) }
}

fn with_options(base: &Base, name: &str, options: &Value, random: &mut Random) -> Result<Kind, Failure> {
    let refused = Failure::invalid_request;
    let number = |key: &str, range: std::ops::RangeInclusive<u64>| {
        let number = options.get(key).and_then(Value::as_u64).filter(|number| range.contains(number));
        number.and_then(|number| u8::try_from(number).ok()).ok_or_else(refused)
    };
    let text = |key: &str| options.get(key).and_then(Value::as_str).ok_or_else(refused);
    let one_of = |key: &str, known: &[&str]| {
        let text = text(key)?;
        if known.contains(&text) { Ok(text.to_owned()) } else { Err(refused()) }
    };
    let color = || {
        let color = text("color")?;
        if is_choice_color(color) && color.ends_with("Bright") {
            Ok(color.to_owned())
        } else {
            Err(refused())
        }
    };
    Ok(match name {
        "number" => Kind::Number { precision: number("precision", 0..=8)? },
        "percent" => Kind::Percent { precision: number("precision", 0..=8)? },
        "currency" => {
            Kind::Currency { precision: number("precision", 0..=7)?, symbol: text("symbol")?.to_owned() }
        }
        "duration" => Kind::Duration { format: one_of("durationFormat", &DURATIONS)? },
        "rating" => Kind::Rating {
            icon: one_of("icon", &RATING_ICONS)?,
            color: color()?,
            max: number("max", 1..=10)?,
        },
        "checkbox" => Kind::Checkbox { icon: one_of("icon", &CHECKBOX_ICONS)?, color: color()? },
        "singleSelect" => Kind::SingleSelect { choices: choices(options, &[], random)? },
        "multipleSelects" => Kind::MultipleSelects { choices: choices(options, &[], random)? },
        "date" => {
            let style = options.get("dateFormat").and_then(DateStyle::parse).ok_or_else(refused)?;
            Kind::Date { style }
        }
        "dateTime" => Kind::DateTime { stamp: Stamp::parse(options).ok_or_else(refused)? },
        "multipleRecordLinks" => {
            let table = base.table(text("linkedTableId")?).ok_or_else(refused)?.id.clone();
            Kind::Links(Link { table, inverse: None, reversed: false, single: false })
        }
        other => {
            let message = format!("Creating {other} fields is not supported at this time");
            return Err(Failure::new(422, "UNSUPPORTED_FIELD_TYPE_FOR_CREATE", message));
        }
    })
}

/// The choices of a select: known ones by id keep it, the others are new. Names must differ.
pub(crate) fn choices(
    options: &Value,
    known: &[Choice],
    random: &mut Random,
) -> Result<Vec<Choice>, Failure> {
    let given = options.get("choices").and_then(Value::as_array).ok_or_else(Failure::invalid_request)?;
    let mut choices: Vec<Choice> = Vec::with_capacity(given.len());
    for value in given {
        let member = |key: &str| value.get(key).and_then(Value::as_str);
        let old = match member("id") {
            Some(id) => {
                Some(known.iter().find(|choice| *choice.id == *id).ok_or_else(Failure::invalid_request)?)
            }
            None => None,
        };
        let name = member("name").or(old.map(|choice| choice.name.as_str())).unwrap_or_default();
        if name.is_empty() || choices.iter().any(|choice| choice.name == name) {
            return Err(Failure::invalid_request());
        }
        let mut choice = match old {
            Some(old) => Choice { name: name.to_owned(), ..old.clone() },
            None => Choice::new(name, choices.len(), random),
        };
        if let Some(color) = member("color") {
            if !is_choice_color(color) {
                return Err(Failure::invalid_request());
            }
            color.clone_into(&mut choice.color);
        }
        choices.push(choice);
    }
    Ok(choices)
}

/// The field that shows a new link from the other table's side.
pub(crate) fn inverse(table: &Id, name: &str, link: &Field, taken: &[&str], random: &mut Random) -> Field {
    let mut free = name.to_owned();
    let mut number = 1;
    while is_taken(taken, &free) {
        number += 1;
        free = format!("{name} {number}");
    }
    let kind = Kind::Links(Link {
        table: table.clone(),
        inverse: Some(link.id.clone()),
        reversed: true,
        single: false,
    });
    Field { id: random.id("fld"), name: free, description: None, kind }
}
