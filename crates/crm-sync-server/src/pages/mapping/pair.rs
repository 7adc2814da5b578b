//! One unit of the CRM and its field: the choice, the way, what becomes of real values.

use connector_core::id::{FieldId, UnitKey};
use connector_core::lens::Lens;
use connector_core::mapping::{Bound, Direction, Severity};
use connector_core::plan::Side;
use connector_core::schema::{Field, FieldKind};
use connector_core::unit::{Unit, UnitKind};
use connector_core::value::Value;
use strum::VariantArray as _;

use super::Context;
use crate::messages::{self, Words};
use crate::pages::badge::Badge;

/// One unit of the CRM.
#[derive(Debug)]
pub(super) struct UnitView {
    pub(super) key: UnitKey,
    pub(super) name: String,
    pub(super) hint: &'static str,
    pub(super) is_required: bool,
    pub(super) is_derived: bool,
    pub(super) choices: Vec<Choice>,
    pub(super) ways: Vec<Way>,
    pub(super) is_mapped: bool,
    pub(super) badge: Badge,
    pub(super) suggested: String,
    /// What keeps the mapping from being saved.
    pub(super) faults: Vec<String>,
    /// What is lost or changed.
    pub(super) losses: Vec<String>,
    pub(super) samples: Vec<SampleView>,
}

/// A field that the unit may have.
#[derive(Debug)]
pub(super) struct Choice {
    pub(super) id: FieldId,
    pub(super) name: String,
    pub(super) kind: String,
    pub(super) is_on: bool,
    /// Whether nothing could be carried either way.
    pub(super) is_impossible: bool,
}

#[derive(Debug)]
pub(super) struct Way {
    pub(super) value: Direction,
    pub(super) name: String,
    pub(super) is_on: bool,
}

/// A real value on its way.
#[derive(Debug)]
pub(super) struct SampleView {
    pub(super) from: String,
    pub(super) before: String,
    pub(super) after: String,
    pub(super) note: String,
}

/// A field of the remote, on its side of the board.
#[derive(Debug)]
pub(super) struct FieldView {
    pub(super) id: FieldId,
    pub(super) name: String,
    pub(super) kind: String,
    pub(super) glyph: &'static str,
    pub(super) is_used: bool,
}

/// The remote's side of the board.
pub(super) fn fields(context: &Context<'_>) -> Vec<FieldView> {
    let mapping = &context.draft.settings.connection.mapping;
    let view = |field: &Field| FieldView {
        id: field.id.clone(),
        name: field.name.clone(),
        kind: messages::field_kind(context.lang, field.kind.name()),
        glyph: glyph(&field.kind),
        is_used: mapping.pairs.iter().any(|pair| pair.field == field.id),
    };
    let is_key = |field: &&Field| mapping.key_field.as_ref() == Some(&field.id);
    context.draft.schema.fields.iter().filter(|field| !is_key(field)).map(view).collect()
}

/// A sign for what a field holds.
const fn glyph(kind: &FieldKind) -> &'static str {
    match kind {
        FieldKind::Text { .. } | FieldKind::RichText => "Aa",
        FieldKind::Email => "@",
        FieldKind::Url => "://",
        FieldKind::Phone => "tel",
        FieldKind::Number { .. } => "123",
        FieldKind::Currency { .. } => "€",
        FieldKind::Percent { .. } => "%",
        FieldKind::Duration => "h:m",
        FieldKind::Rating { .. } => "★",
        FieldKind::Checkbox => "☑",
        FieldKind::Date => "31",
        FieldKind::DateTime => "31h",
        FieldKind::Select { .. } => "▾",
        FieldKind::MultiSelect { .. } => "▾▾",
        FieldKind::People { .. } => "☺",
        FieldKind::Links { .. } => "→",
        FieldKind::Files => "⎘",
        _ => "?",
    }
}

impl UnitView {
    /// Whether there is more to say than the choice.
    pub(super) const fn is_told(&self) -> bool {
        !(self.faults.is_empty()
            && self.losses.is_empty()
            && self.samples.is_empty()
            && self.suggested.is_empty())
    }

    pub(super) fn new(context: &Context<'_>, position: usize, unit: &Unit) -> Self {
        let (lang, t) = (context.lang, Words(context.lang));
        let mapping = &context.draft.settings.connection.mapping;
        let pair = mapping.pair(&unit.key);
        let told = context.told(&unit.key);
        let worst = told.first().map(|(severity, _)| *severity);
        let badge = match (pair, worst) {
            (None, _) => Badge::new("", t.mapping_off()),
            (Some(_), Some(Severity::Error)) => Badge::new("bad", t.mapping_impossible()),
            (Some(_), Some(Severity::Warning)) => Badge::new("warn", t.mapping_lossy()),
            (Some(_), _) => Badge::new("good", t.mapping_exact()),
        };
        let guess = context
            .draft
            .guesses
            .iter()
            .find(|guess| guess.unit == unit.key && pair.is_some_and(|pair| pair.field == guess.field));
        let (faults, losses): (Vec<_>, Vec<_>) =
            told.into_iter().partition(|(severity, _)| *severity == Severity::Error);
        let texts = |told: Vec<(Severity, String)>| told.into_iter().map(|(_, text)| text).collect();
        let direction = pair.map_or(Direction::Both, |pair| pair.direction);
        let way = |value: &Direction| Way {
            value: *value,
            name: match value {
                Direction::Both => t.mapping_both(),
                Direction::ToRemote => messages::to_there(lang, context.tool.name()),
                Direction::ToCrm => t.mapping_to_crm(),
            },
            is_on: *value == direction,
        };
        Self {
            key: unit.key.clone(),
            name: unit.name().to_owned(),
            hint: messages::unit_hint(lang, unit.key.as_str()).unwrap_or_default(),
            is_required: unit.required,
            is_derived: unit.derived,
            choices: choices(context, unit, pair.map(|pair| &pair.field)),
            ways: Direction::VARIANTS.iter().map(way).collect(),
            is_mapped: pair.is_some(),
            badge,
            suggested: guess
                .map(|guess| messages::suggested(lang, guess.reason, guess.confidence))
                .unwrap_or_default(),
            faults: texts(faults),
            losses: texts(losses),
            samples: context
                .binding
                .bound(position)
                .map_or_else(Vec::new, |bound| samples(context, position, unit, bound)),
        }
    }
}

fn choices(context: &Context<'_>, unit: &Unit, chosen: Option<&FieldId>) -> Vec<Choice> {
    let mapping = &context.draft.settings.connection.mapping;
    let is_key = |field: &&Field| mapping.key_field.as_ref() == Some(&field.id);
    let choice = |field: &Field| {
        let fidelity = Lens::new(unit, field, &std::collections::BTreeMap::new(), true).fidelity();
        Choice {
            id: field.id.clone(),
            name: field.name.clone(),
            kind: messages::field_kind(context.lang, field.kind.name()),
            is_on: chosen == Some(&field.id),
            is_impossible: !fidelity.to_crm.is_possible() && !fidelity.to_remote.is_possible(),
        }
    };
    context.draft.schema.fields.iter().filter(|field| !is_key(field)).map(choice).collect()
}

/// A real value each way, one that suffers if there is one.
fn samples(context: &Context<'_>, position: usize, unit: &Unit, bound: &Bound) -> Vec<SampleView> {
    let mut shown = Vec::new();
    if bound.direction.reaches(Side::Remote) {
        let values = context.sample.deals.iter().filter_map(|deal| deal.values.get(position));
        shown.extend(worst(
            values.filter(|value| !value.is_empty()).map(|value| to_remote(context, unit, bound, value)),
        ));
    }
    if bound.direction.reaches(Side::Crm) {
        let cells = context.sample.records.iter().map(|record| record.cell(&bound.field));
        shown.extend(worst(
            cells.filter(|cell| !cell.is_empty()).map(|cell| to_crm(context, unit, bound, cell)),
        ));
    }
    shown
}

/// The first that suffers, else the first.
fn worst(mut samples: impl Iterator<Item = SampleView>) -> Option<SampleView> {
    let first = samples.next()?;
    if first.note.is_empty() {
        samples.find(|sample| !sample.note.is_empty()).or(Some(first))
    } else {
        Some(first)
    }
}

fn to_remote(context: &Context<'_>, unit: &Unit, bound: &Bound, value: &Value) -> SampleView {
    let lang = context.lang;
    let (after, note) = match bound.lens.encode(value) {
        Ok(cell) => (messages::shown(lang, Some(&unit.kind), &cell), String::new()),
        Err(refusal) => {
            let problem = connector_core::plan::Problem::Refused { refusal };
            ("—".to_owned(), messages::problem(lang, &problem))
        }
    };
    SampleView {
        from: Words(lang).mapping_in_crm(),
        before: messages::shown(lang, Some(&unit.kind), value),
        after,
        note,
    }
}

fn to_crm(context: &Context<'_>, unit: &Unit, bound: &Bound, cell: &Value) -> SampleView {
    let lang = context.lang;
    let decoded = bound.lens.decode(cell);
    let note = match (&decoded.note, &decoded.value) {
        (Some(note), _) => messages::note_text(lang, note),
        (None, Value::Unknown(why)) => why.clone(),
        _ => String::new(),
    };
    let before = match (cell, &unit.kind) {
        (Value::Number(_), UnitKind::Money { .. }) => messages::shown(lang, Some(&unit.kind), cell),
        _ => messages::shown(lang, None, cell),
    };
    SampleView {
        from: context.tool.name().to_owned(),
        before,
        after: messages::shown(lang, Some(&unit.kind), &decoded.value),
        note,
    }
}
