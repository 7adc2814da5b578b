//! What marks a deal or a record whose other side was deleted.

use std::collections::BTreeMap;

use connector_core::fold::fold;
use connector_core::id::{FieldId, UnitKey};
use connector_core::mapping::Mapping;
use connector_core::plan::{Deletion, Deletions, Side};
use connector_core::schema::{Field, FieldKind, FieldOption, Schema};
use connector_core::unit::{Unit, UnitKind, Units};
use connector_core::value::{Choice, Value};

use super::configure::{field_called, unit_called};
use crate::app::AIRTABLE;
use crate::failure::{Failure, MarkFault};

/// Takes over the marks that were chosen, and tells those that would not do. A mark has to be where nothing is mapped: there
/// it would be an edit, and travel.
pub(super) fn choose(
    units: &Units,
    schema: &Schema,
    mapping: &Mapping,
    deletions: &mut Deletions,
    wanted: &BTreeMap<Side, (String, String)>,
) -> BTreeMap<Side, Failure> {
    let of_deals = match wanted.get(&Side::Crm) {
        Some((name, text)) => of_deals(units, mapping, name.trim(), text.trim()),
        None => of_before(deletions.deal_mark.clone(), |unit| {
            let name = units.get(unit.as_str()).map(Unit::name);
            mapping.pair(unit).and(name).map(ToOwned::to_owned)
        }),
    };
    let of_records = match wanted.get(&Side::Remote) {
        Some((name, text)) => of_records(schema, mapping, name.trim(), text.trim()),
        None => of_before(deletions.record_mark.clone(), |field| {
            schema.field(field).filter(|_| is_used(mapping, field)).map(|field| field.name.clone())
        }),
    };
    let mut faults = BTreeMap::new();
    match of_deals {
        Ok(mark) => deletions.deal_mark = mark,
        Err(fault) => drop(faults.insert(Side::Crm, fault)),
    }
    match of_records {
        Ok(mark) => deletions.record_mark = mark,
        Err(fault) => drop(faults.insert(Side::Remote, fault)),
    }
    faults
}

/// Whether `side` shall be marked when the other side deleted, and nothing is chosen to mark it with.
#[must_use]
pub fn is_missing(deletions: &Deletions, side: Side, remote: &str) -> bool {
    match side {
        Side::Crm => deletions.crm == Deletion::Flag && deletions.deal_mark.is_none(),
        Side::Remote => {
            // Airtable has no trash that a program can reach: there a record is marked instead.
            let marks = deletions.remote == Deletion::Flag
                || (deletions.remote == Deletion::Archive && remote == AIRTABLE);
            marks && deletions.record_mark.is_none()
        }
    }
}

/// The fields that could hold a mark, and the one that does.
pub fn fields<'s>(
    schema: &'s Schema,
    mapping: &'s Mapping,
    marked: Option<&'s FieldId>,
) -> impl Iterator<Item = &'s Field> {
    let is_free = |field: &Field| !is_used(mapping, &field.id) && holds_marks(field);
    schema.fields.iter().filter(move |field| is_free(field) || marked == Some(&field.id))
}

/// The units that could hold a mark, and the one that does.
pub fn units<'u>(
    units: &'u Units,
    mapping: &'u Mapping,
    marked: Option<&'u UnitKey>,
) -> impl Iterator<Item = &'u Unit> {
    let is_free = |unit: &Unit| mapping.pair(&unit.key).is_none() && keeps_marks(unit);
    units.iter().filter(move |unit| is_free(unit) || marked == Some(&unit.key))
}

/// The mark of before, unless its place is mapped by now: then `taken` has its name.
fn of_before<P>(
    mark: Option<(P, Value)>,
    taken: impl Fn(&P) -> Option<String>,
) -> Result<Option<(P, Value)>, Failure> {
    let place = mark.as_ref().and_then(|(place, _)| taken(place));
    match (place, &mark) {
        (Some(place), Some((_, value))) => {
            Err(Failure::Mark { place, value: value.to_string(), why: MarkFault::Mapped })
        }
        _ => Ok(mark),
    }
}

fn of_deals(
    units: &Units,
    mapping: &Mapping,
    name: &str,
    text: &str,
) -> Result<Option<(UnitKey, Value)>, Failure> {
    if name.is_empty() {
        return Ok(None);
    }
    let known = || units.iter().map(|unit| unit.key.to_string()).collect();
    let missing = || Failure::UnknownUnits { wanted: vec![name.to_owned()], known: known() };
    let unit = unit_called(units, name).ok_or_else(missing)?;
    let value = match mapping.pair(&unit.key) {
        Some(_) => Err(MarkFault::Mapped),
        None => in_unit(unit, text),
    };
    let refused = |why| Failure::Mark { place: unit.name().to_owned(), value: text.to_owned(), why };
    Ok(Some((unit.key.clone(), value.map_err(refused)?)))
}

fn of_records(
    schema: &Schema,
    mapping: &Mapping,
    name: &str,
    text: &str,
) -> Result<Option<(FieldId, Value)>, Failure> {
    if name.is_empty() {
        return Ok(None);
    }
    let known = || schema.fields.iter().map(|field| field.name.clone()).collect();
    let missing = || Failure::UnknownFields { wanted: vec![name.to_owned()], known: known() };
    let field = field_called(schema, name).ok_or_else(missing)?;
    let value = if is_used(mapping, &field.id) { Err(MarkFault::Mapped) } else { in_field(field, text) };
    let refused = |why| Failure::Mark { place: field.name.clone(), value: text.to_owned(), why };
    Ok(Some((field.id.clone(), value.map_err(refused)?)))
}

fn is_used(mapping: &Mapping, field: &FieldId) -> bool {
    mapping.key_field.as_ref() == Some(field) || mapping.pairs.iter().any(|pair| pair.field == *field)
}

const fn keeps_marks(unit: &Unit) -> bool {
    !unit.derived && matches!(unit.kind, UnitKind::Text { .. } | UnitKind::Tags | UnitKind::Stage(_))
}

const fn holds_marks(field: &Field) -> bool {
    field.writable
        && matches!(
            field.kind,
            FieldKind::Text { .. } | FieldKind::RichText | FieldKind::Checkbox | FieldKind::Select { .. }
        )
}

fn in_unit(unit: &Unit, text: &str) -> Result<Value, MarkFault> {
    if !keeps_marks(unit) {
        return Err(MarkFault::Kind);
    }
    if text.is_empty() {
        return Err(MarkFault::Empty);
    }
    let value = match &unit.kind {
        UnitKind::Tags => Value::Tags(vec![text.to_owned()]),
        UnitKind::Stage(stages) => Value::Text(stages.resolve(text).ok_or(MarkFault::Value)?.to_owned()),
        _ => Value::Text(text.to_owned()),
    };
    unit.check(&value).map_err(|_| MarkFault::Value)?;
    Ok(value)
}

fn in_field(field: &Field, text: &str) -> Result<Value, MarkFault> {
    if !holds_marks(field) {
        return Err(MarkFault::Kind);
    }
    if text.is_empty() {
        return Err(MarkFault::Empty);
    }
    match &field.kind {
        FieldKind::Checkbox => match fold(text).as_str() {
            "true" | "oui" | "yes" | "1" | "x" => Ok(Value::Flag(true)),
            _ => Err(MarkFault::Value),
        },
        FieldKind::Select { options, .. } => {
            let option = options.iter().find(|option| fold(&option.name) == fold(text));
            let choice =
                |option: &FieldOption| Choice { id: Some(option.id.clone()), name: option.name.clone() };
            option.map(choice).map(Value::Choice).ok_or(MarkFault::Value)
        }
        _ => Ok(Value::Text(text.to_owned())),
    }
}
