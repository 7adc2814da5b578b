//! What several answers are made of: values, changes, conflicts, with the words that people read.

use chrono::{DateTime, Utc};
use connector_core::clock::Interval;
use connector_core::mapping::Finding as CoreFinding;
use connector_core::plan::{
    Conflict as CoreConflict, Notice as CoreNotice, Question as CoreQuestion, UnitChange,
};
use connector_core::unit::UnitKind;
use connector_core::value::Value;
use serde::Serialize;
use utoipa::ToSchema;

use super::named::{Rule, Severity, Side, Strategy};
use crate::messages::{self, Lang};
use crate::report::Speaker;

/// What a unit or a field holds.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Cell {
    /// `empty`, `text`, `number`, `flag`, `date`, `instant`, `period`, `tags`, `choice`, `choices`, `people`, `links`, or
    /// `unknown` for what cannot be read.
    #[serde(rename = "type")]
    kind: String,
    /// The value, as its type writes it: numbers are exact decimals, as text. `null` for `empty`.
    #[schema(value_type = Value)]
    value: serde_json::Value,
    /// The same for people, in their language.
    shown: String,
}

impl Cell {
    pub(super) fn new(lang: Lang, kind: Option<&UnitKind>, held: &Value) -> Self {
        let shown = messages::shown(lang, kind, held);
        let mut parts = serde_json::to_value(held).unwrap_or_default();
        let mut part = |name| parts.get_mut(name).map(serde_json::Value::take).unwrap_or_default();
        let name = part("type");
        Self { kind: name.as_str().unwrap_or("unknown").to_owned(), value: part("value"), shown }
    }
}

/// What becomes of one unit.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Change {
    /// The unit.
    unit: String,
    /// What people call it.
    name: String,
    before: Cell,
    after: Cell,
    rule: Rule,
}

impl Change {
    pub(super) fn new(speaker: &Speaker<'_>, change: &UnitChange) -> Self {
        let kind = speaker.units.get(change.unit.as_str()).map(|unit| &unit.kind);
        Self {
            unit: change.unit.to_string(),
            name: speaker.unit(&change.unit),
            before: Cell::new(speaker.lang, kind, &change.before),
            after: Cell::new(speaker.lang, kind, &change.after),
            rule: Rule(change.rule),
        }
    }
}

/// A unit that both sides changed to different values.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Conflict {
    /// The same conflict has the same id, however often it is met.
    id: String,
    deal: String,
    /// The record of the remote.
    record: String,
    unit: String,
    /// What people call the unit.
    name: String,
    /// What both sides last agreed on; absent when they never did.
    #[serde(skip_serializing_if = "Option::is_none")]
    base: Option<Cell>,
    crm: Cell,
    remote: Cell,
    /// When the CRM was edited, as far as known.
    #[serde(skip_serializing_if = "Option::is_none")]
    crm_edited: Option<Span>,
    /// When the remote was edited, as far as known.
    #[serde(skip_serializing_if = "Option::is_none")]
    remote_edited: Option<Span>,
    /// What decided, or did not.
    strategy: Strategy,
    /// Who won; absent while a person has to say.
    #[serde(skip_serializing_if = "Option::is_none")]
    winner: Option<Side>,
    /// Whether the order of the edits could not be known.
    tie: bool,
}

impl Conflict {
    pub(super) fn new(speaker: &Speaker<'_>, conflict: &CoreConflict) -> Self {
        let kind = speaker.units.get(conflict.unit.as_str()).map(|unit| &unit.kind);
        let cell = |value| Cell::new(speaker.lang, kind, value);
        Self {
            id: conflict.id.clone(),
            deal: conflict.deal.to_string(),
            record: conflict.remote.to_string(),
            unit: conflict.unit.to_string(),
            name: speaker.unit(&conflict.unit),
            base: conflict.base.as_ref().map(cell),
            crm: cell(&conflict.crm),
            remote: cell(&conflict.theirs),
            crm_edited: conflict.crm_edited.map(Into::into),
            remote_edited: conflict.remote_edited.map(Into::into),
            strategy: Strategy(conflict.strategy),
            winner: conflict.winner.map(Side),
            tie: conflict.tie,
        }
    }
}

/// When something happened: never more exact than what is known.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Span {
    /// Not before.
    from: DateTime<Utc>,
    /// Not after.
    to: DateTime<Utc>,
}

impl From<Interval> for Span {
    fn from(interval: Interval) -> Self {
        Self { from: interval.lo, to: interval.hi }
    }
}

/// Why something is done, or what is asked.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Why {
    /// In a word: `edited`, `new`, `deleted`, `matched`.
    kind: String,
    /// The side that it is about, if it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    side: Option<Side>,
}

impl Why {
    /// Of a reason or a kind of question, which name their side beside the word.
    pub(super) fn of(reason: &impl Serialize) -> Self {
        match serde_json::to_value(reason).unwrap_or_default() {
            serde_json::Value::String(kind) => Self { kind, side: None },
            serde_json::Value::Object(parts) => {
                let (kind, side) = parts.into_iter().next().unwrap_or_default();
                Self { kind, side: side.as_str().and_then(|side| side.parse().ok()).map(Side) }
            }
            _ => Self { kind: String::new(), side: None },
        }
    }
}

/// Something to know about a mapping.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Finding {
    severity: Severity,
    /// In a word: `field_missing`, `lossy`, `impossible`.
    code: String,
    /// The unit, if it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    unit: Option<String>,
    /// The field's name, if it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
    /// What it is and what to do.
    message: String,
}

impl Finding {
    pub(super) fn new(speaker: &Speaker<'_>, finding: &CoreFinding) -> Self {
        let unit = finding.unit.as_ref().map(|unit| speaker.unit(unit));
        Self {
            severity: Severity(finding.severity),
            code: word(&finding.problem),
            unit: finding.unit.as_ref().map(ToString::to_string),
            field: finding.field.clone(),
            message: messages::finding(speaker.lang, finding, unit.as_deref(), speaker.remote),
        }
    }
}

/// Something that only a person can decide; nothing is done about it until then.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Question {
    kind: Why,
    deals: Vec<String>,
    /// The records of the remote.
    records: Vec<String>,
    /// How people call them.
    label: String,
    /// What is asked, and what to do.
    message: String,
}

impl Question {
    pub(super) fn new(speaker: &Speaker<'_>, question: &CoreQuestion) -> Self {
        Self {
            kind: Why::of(&question.kind),
            deals: question.deals.iter().map(ToString::to_string).collect(),
            records: question.remotes.iter().map(ToString::to_string).collect(),
            label: question.label.clone(),
            message: messages::question(speaker.lang, question.kind, speaker.remote),
        }
    }
}

/// Something that is not carried, or carried with a loss.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Notice {
    /// In a word: `fault`, `refused`, `altered`, `unreadable`, `suspended`.
    code: String,
    /// Whether the value is left where it is; otherwise it is carried, changed.
    blocks: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    deal: Option<String>,
    /// The record of the remote.
    #[serde(skip_serializing_if = "Option::is_none")]
    record: Option<String>,
    /// How people call it.
    label: String,
    /// The unit; absent when it is the whole record.
    #[serde(skip_serializing_if = "Option::is_none")]
    unit: Option<String>,
    /// The field's name in the remote.
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
    value: Cell,
    /// What is wrong with it, and what to do.
    message: String,
}

impl Notice {
    pub(super) fn new(speaker: &Speaker<'_>, notice: &CoreNotice) -> Self {
        let kind = notice.unit.as_ref().and_then(|unit| speaker.units.get(unit.as_str()));
        Self {
            code: word(&notice.problem),
            blocks: notice.problem.blocks(),
            deal: notice.deal.as_ref().map(ToString::to_string),
            record: notice.remote.as_ref().map(ToString::to_string),
            label: notice.label.clone(),
            unit: notice.unit.as_ref().map(ToString::to_string),
            field: notice.field.clone(),
            value: Cell::new(speaker.lang, kind.map(|unit| &unit.kind), &notice.value),
            message: messages::problem(speaker.lang, &notice.problem),
        }
    }
}

/// The word for a problem: the tag that it is stored with.
fn word(problem: &impl Serialize) -> String {
    let problem = serde_json::to_value(problem).unwrap_or_default();
    problem.get("problem").and_then(|word| word.as_str()).unwrap_or_default().to_owned()
}
