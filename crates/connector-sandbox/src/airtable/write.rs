//! Writing cells: from the JSON of a request to what a cell stores, or the provider's refusal.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;

use crate::airtable::attachment::Attachment;
use crate::airtable::cell::Cell;
use crate::airtable::failure::Failure;
use crate::airtable::field::{Choice, Field, Kind};
use crate::airtable::rich_text;
use crate::airtable::table::{Row, Table};
use crate::airtable::time_format::{Zone, parse_day, parse_instant};
use crate::airtable::typecast;
use crate::airtable::world::Base;
use crate::id::{Id, Random};

/// The longest text that a cell holds.
const MAX_TEXT: usize = 100_000;

/// What the conversion of a whole request needs and gathers. Nothing is changed until all cells are accepted.
#[derive(Debug)]
pub(crate) struct Writer<'a> {
    pub(crate) base: &'a Base,
    pub(crate) table: &'a Table,
    pub(crate) random: &'a mut Random,
    pub(crate) now: DateTime<Utc>,
    pub(crate) typecast: bool,
    /// Whether the user may change the field, which a new choice does.
    pub(crate) may_add_choices: bool,
    /// Until when a new attachment is incomplete.
    pub(crate) attachment_delay: TimeDelta,
    pub(crate) additions: Additions,
}

/// What a write with `typecast` makes beside its own cells.
#[derive(Debug, Default)]
pub(crate) struct Additions {
    /// New choices, each with its field.
    pub(crate) choices: Vec<(Id, Choice)>,
    /// New linked rows: table, record id and primary text.
    pub(crate) rows: Vec<(Id, Id, String)>,
}

/// A converted cell: `None` clears.
pub(crate) type Converted = Result<Option<Cell>, Failure>;

impl Writer<'_> {
    /// Converts a value for a field; `row` is the record as it is, if there is one.
    pub(crate) fn convert(&mut self, field: &Field, value: &Value, row: Option<&Row>) -> Converted {
        if field.kind.is_computed() {
            let message =
                format!("Field \"{}\" cannot accept a value because the field is computed", field.name);
            return Err(Failure::value(message));
        }
        if value.is_null() {
            return Ok(None);
        }
        let cast = if self.typecast { typecast::loosen(&field.kind, value) } else { None };
        let value = cast.as_ref().unwrap_or(value);
        match &field.kind {
            Kind::Number { .. } | Kind::Currency { .. } | Kind::Percent { .. } | Kind::Duration { .. } => {
                let number = value.as_f64().ok_or_else(|| refused(field))?;
                Ok(Some(Cell::Number(number)))
            }
            Kind::Rating { max, .. } => {
                let stars = value.as_u64().filter(|stars| (1..=u64::from(*max)).contains(stars));
                let stars =
                    stars.and_then(|stars| u32::try_from(stars).ok()).ok_or_else(|| refused(field))?;
                Ok(Some(Cell::Number(f64::from(stars))))
            }
            Kind::Checkbox { .. } => {
                let checked = value.as_bool().ok_or_else(|| refused(field))?;
                Ok(checked.then_some(Cell::Checked))
            }
            Kind::SingleSelect { .. } => self.single_choice(field, value),
            Kind::MultipleSelects { .. } => self.many_choices(field, value),
            Kind::Date { .. } => day(field, value),
            Kind::DateTime { stamp } => instant(field, value, &stamp.zone),
            Kind::Links(_) => self.links(field, value),
            Kind::Attachments => self.attachments(field, value, row),
            Kind::Collaborator => self.person(field, value).map(|id| id.map(|id| Cell::People(vec![id]))),
            Kind::Collaborators => self.people(field, value),
            Kind::Barcode => barcode(field, value),
            Kind::RichText => Ok(text(field, value)?.map(|text| Cell::Text(rich_text::rewrite(text)))),
            _ => Ok(text(field, value)?.map(|text| Cell::Text(text.to_owned()))),
        }
    }

    fn single_choice(&mut self, field: &Field, value: &Value) -> Converted {
        let name = value.as_str().ok_or_else(|| refused(field))?;
        if name.is_empty() {
            return Ok(None);
        }
        Ok(Some(Cell::Choices(vec![self.choice(field, name)?])))
    }

    fn many_choices(&mut self, field: &Field, value: &Value) -> Converted {
        let names = value.as_array().ok_or_else(|| refused(field))?;
        let mut ids: Vec<Id> = Vec::with_capacity(names.len());
        for name in names {
            let name = name.as_str().ok_or_else(|| refused(field))?;
            let id = self.choice(field, name)?;
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        Ok((!ids.is_empty()).then_some(Cell::Choices(ids)))
    }

    /// The choice of this exact name; with `typecast` it is made if there is none.
    fn choice(&mut self, field: &Field, name: &str) -> Result<Id, Failure> {
        let added = self.additions.choices.iter().filter(|(of, _)| *of == field.id).map(|(_, choice)| choice);
        if let Some(known) = field.kind.choices().iter().chain(added.clone()).find(|known| known.name == name)
        {
            return Ok(known.id.clone());
        }
        if !self.typecast || !self.may_add_choices || name.is_empty() {
            return Err(Failure::new_choice(name));
        }
        let choice = Choice::new(name, field.kind.choices().len() + added.count(), self.random);
        let id = choice.id.clone();
        self.additions.choices.push((field.id.clone(), choice));
        Ok(id)
    }

    fn links(&mut self, field: &Field, value: &Value) -> Converted {
        let not_ids = || Failure::value("Value is not an array of record IDs.");
        let target = field.kind.link().and_then(|link| self.base.table(&link.table)).ok_or_else(not_ids)?;
        let mut links: Vec<Id> = Vec::new();
        for given in value.as_array().ok_or_else(not_ids)? {
            let given = given.as_str().ok_or_else(not_ids)?;
            let id = if is_record_id(given) {
                target
                    .rows
                    .get_key_value(given)
                    .map(|(id, _)| id.clone())
                    .ok_or_else(|| Failure::no_row(given))?
            } else if self.typecast {
                self.linked_by_name(target, given)
            } else {
                return Err(not_ids());
            };
            if !links.contains(&id) {
                links.push(id);
            }
        }
        Ok((!links.is_empty()).then_some(Cell::Links(links)))
    }

    /// The first record with this primary text, else a new one: what `typecast` does with a link's text.
    fn linked_by_name(&mut self, target: &Table, name: &str) -> Id {
        let known = target.primary().and_then(|primary| {
            let same =
                |row: &&Row| matches!(row.cells.get(&primary.id), Some(Cell::Text(text)) if text == name);
            target.rows.values().find(same).map(|row| row.id.clone())
        });
        let added = || {
            let mut rows = self.additions.rows.iter();
            rows.find(|(table, _, text)| *table == target.id && text == name).map(|(_, id, _)| id.clone())
        };
        if let Some(id) = known.or_else(added) {
            return id;
        }
        let id = self.random.id("rec");
        self.additions.rows.push((target.id.clone(), id.clone(), name.to_owned()));
        id
    }

    fn attachments(&mut self, field: &Field, value: &Value, row: Option<&Row>) -> Converted {
        let present = match row.and_then(|row| row.cells.get(&field.id)) {
            Some(Cell::Attachments(files)) => files.as_slice(),
            _ => &[],
        };
        let mut files = Vec::new();
        for given in value.as_array().ok_or_else(|| refused(field))? {
            let member = |key: &str| given.get(key).and_then(Value::as_str);
            if let Some(id) = member("id") {
                let kept = present.iter().find(|file| *file.id == *id).ok_or_else(|| refused(field))?;
                files.push(kept.clone());
            } else {
                let address =
                    member("url").filter(|url| url.starts_with("http")).ok_or_else(|| refused(field))?;
                let ready = self.now + self.attachment_delay;
                files.push(Attachment::from_address(address, member("filename"), ready, self.random));
            }
        }
        Ok((!files.is_empty()).then_some(Cell::Attachments(files)))
    }

    fn people(&self, field: &Field, value: &Value) -> Converted {
        let mut ids: Vec<Id> = Vec::new();
        for given in value.as_array().ok_or_else(|| refused(field))? {
            // The documentation says ids, clients send objects: both are taken.
            let id = match given.as_str() {
                Some(id) => {
                    Some(self.base.person(id).map(|person| person.id.clone()).ok_or_else(|| refused(field))?)
                }
                None => self.person(field, given)?,
            };
            if let Some(id) = id.filter(|id| !ids.contains(id)) {
                ids.push(id);
            }
        }
        Ok((!ids.is_empty()).then_some(Cell::People(ids)))
    }

    fn person(&self, field: &Field, value: &Value) -> Result<Option<Id>, Failure> {
        let member = |key: &str| value.get(key).and_then(Value::as_str);
        let (id, email) = (member("id"), member("email"));
        let text = value.as_str().filter(|_| self.typecast);
        let found = self.base.people.iter().find(|person| {
            id.is_some_and(|id| *person.id == *id)
                || id.is_none() && email.is_some_and(|email| person.email == email)
                || text.is_some_and(|text| person.email == text || person.name == text)
        });
        found.map(|person| Some(person.id.clone())).ok_or_else(|| refused(field))
    }
}

/// Whether this is a record id by its form.
pub(crate) fn is_record_id(text: &str) -> bool {
    crate::airtable::route::is_id(text, "rec")
}

fn refused(field: &Field) -> Failure {
    Failure::value(format!("Field \"{}\" cannot accept the provided value", field.name))
}

fn unparsable(field: &Field, value: &str) -> Failure {
    Failure::value(format!("Cannot parse value \"{value}\" for field {}", field.name))
}

fn text<'a>(field: &Field, value: &'a Value) -> Result<Option<&'a str>, Failure> {
    let text =
        value.as_str().filter(|text| text.chars().count() <= MAX_TEXT).ok_or_else(|| refused(field))?;
    Ok((!text.is_empty()).then_some(text))
}

fn day(field: &Field, value: &Value) -> Converted {
    let text = value.as_str().ok_or_else(|| refused(field))?;
    if text.is_empty() {
        return Ok(None);
    }
    parse_day(text).map(|day| Some(Cell::Day(day))).ok_or_else(|| unparsable(field, text))
}

fn instant(field: &Field, value: &Value, zone: &Zone) -> Converted {
    if let Some(instant) = value.as_i64().and_then(DateTime::from_timestamp_millis) {
        return Ok(Some(Cell::Instant(instant)));
    }
    let text = value.as_str().ok_or_else(|| refused(field))?;
    if text.is_empty() {
        return Ok(None);
    }
    parse_instant(text, zone).map(|at| Some(Cell::Instant(at))).ok_or_else(|| unparsable(field, text))
}

fn barcode(field: &Field, value: &Value) -> Converted {
    let text = value.get("text").and_then(Value::as_str).ok_or_else(|| refused(field))?;
    let symbology = value.get("type").and_then(Value::as_str).map(str::to_owned);
    Ok((!text.is_empty()).then(|| Cell::Barcode { text: text.to_owned(), symbology }))
}
