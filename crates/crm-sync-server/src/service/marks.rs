//! What marks a deal or a record whose other side was deleted.

use std::collections::BTreeMap;

use connector_core::fold::fold;
use connector_core::mapping::Mapping;
use connector_core::plan::{Deletions, Side};
use connector_core::schema::{Field, FieldKind, FieldOption, Schema};
use connector_core::unit::{Unit, UnitKind, Units};
use connector_core::value::{Choice, Value};

use super::configure::{field_called, unit_called};
use crate::failure::{Failure, MarkFault};

/// Takes over the marks that were chosen. They have to be where nothing is mapped: there a mark would be an edit, and
/// travel.
pub(super) fn choose(
    units: &Units,
    schema: &Schema,
    mapping: &Mapping,
    deletions: &mut Deletions,
    wanted: &BTreeMap<Side, (String, String)>,
) -> Result<(), Failure> {
    for (side, (name, text)) in wanted {
        let refused = |why| Failure::Mark { place: name.clone(), value: text.clone(), why };
        let is_none = text.is_empty();
        match side {
            Side::Crm => {
                let known = || units.iter().map(|unit| unit.key.to_string()).collect();
                let missing = || Failure::UnknownUnits { wanted: vec![name.clone()], known: known() };
                let unit = unit_called(units, name).ok_or_else(missing)?;
                if mapping.pair(&unit.key).is_some() {
                    return Err(refused(MarkFault::Mapped));
                }
                let mark = || in_unit(unit, text).map(|value| (unit.key.clone(), value));
                deletions.deal_mark = (!is_none).then(mark).transpose().map_err(refused)?;
            }
            Side::Remote => {
                let known = || schema.fields.iter().map(|field| field.name.clone()).collect();
                let missing = || Failure::UnknownFields { wanted: vec![name.clone()], known: known() };
                let field = field_called(schema, name).ok_or_else(missing)?;
                let is_mapped = mapping.pairs.iter().any(|pair| pair.field == field.id);
                if is_mapped || mapping.key_field.as_ref() == Some(&field.id) {
                    return Err(refused(MarkFault::Mapped));
                }
                let mark = || in_field(field, text).map(|value| (field.id.clone(), value));
                deletions.record_mark = (!is_none).then(mark).transpose().map_err(refused)?;
            }
        }
    }
    Ok(())
}

fn in_unit(unit: &Unit, text: &str) -> Result<Value, MarkFault> {
    let value = match &unit.kind {
        UnitKind::Text { .. } => Value::Text(text.to_owned()),
        UnitKind::Tags => Value::Tags(vec![text.to_owned()]),
        UnitKind::Stage(stages) => Value::Text(stages.resolve(text).ok_or(MarkFault::Value)?.to_owned()),
        _ => return Err(MarkFault::Kind),
    };
    if unit.derived {
        return Err(MarkFault::Kind);
    }
    unit.check(&value).map_err(|_| MarkFault::Value)?;
    Ok(value)
}

fn in_field(field: &Field, text: &str) -> Result<Value, MarkFault> {
    match &field.kind {
        _ if !field.writable => Err(MarkFault::Kind),
        FieldKind::Text { .. } | FieldKind::RichText => Ok(Value::Text(text.to_owned())),
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
        _ => Err(MarkFault::Kind),
    }
}
