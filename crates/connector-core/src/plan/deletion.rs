//! Passing a deletion on: how far it may go, and what is planned.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, VariantArray};

use super::conflict::{Conflict, conflict_id};
use super::diff::deal_label;
use super::draft::{Draft, Subject};
use super::identity::natural_key;
use super::inputs::Inputs;
use super::linked::edits;
use super::op::{Action, Reason, Rule, UnitChange};
use super::question::{Answer, Question, QuestionKind};
use super::strategy::Side;
use crate::id::{DealId, FieldId, RemoteId, UnitKey};
use crate::snapshot::Row;
use crate::state::{Deal, Link, LinkStatus};
use crate::value::Value;

/// How far a deletion goes on the side that it is passed on to.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Default,
    Serialize,
    Deserialize,
    Display,
    EnumString,
    VariantArray,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Deletion {
    /// It is noted, and the other side is left alone.
    #[default]
    Off,
    /// The other side gets a mark, where one is configured; else as [`Deletion::Off`].
    Flag,
    /// The other side goes where it can be brought back from: a remote's trash, the CRM's graves. Where there is no such
    /// place, as [`Deletion::Flag`].
    Archive,
    /// The other side goes, for good where the remote has no trash.
    Hard,
}

/// What becomes of the other side when one is deleted. The default deletes nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Deletions {
    /// Of the record, when its deal was deleted in the CRM.
    pub remote: Deletion,
    /// Of the deal, when its record was deleted in the remote. What a deal held can always be brought back.
    pub crm: Deletion,
    /// Whether each waits for an [`Answer`]; one whose side reappears waits no longer.
    pub approval: bool,
    /// What marks a record whose deal was deleted: a field that is not mapped, and what it gets.
    pub record_mark: Option<(FieldId, Value)>,
    /// What marks a deal whose record was deleted: a unit that is not mapped, and what it gets.
    pub deal_mark: Option<(UnitKey, Value)>,
}

/// What is done to the other side.
enum Step {
    Leave,
    Mark,
    Delete,
}

/// Plans the end of `side` of a link, whose other side is certainly gone.
pub(super) fn plan_deletion(
    inputs: &Inputs<'_>,
    subject: Subject<'_>,
    link: &Link,
    side: Side,
    rest: (Option<&Deal>, Option<&Row>),
    draft: &mut Draft,
) {
    let answer = inputs.answers.get(&link.agreement.remote);
    // What an earlier run noted and left alone stays so, whatever the settings say by now.
    let is_noted = link.agreement.status != LinkStatus::Live && answer != Some(&Answer::Delete);
    if is_noted || !inputs.remote.complete {
        return;
    }
    let step = match answer {
        Some(Answer::Delete) => Step::Delete,
        Some(Answer::Keep) => Step::Leave,
        None => step(inputs, side),
    };
    let reason = Reason::Deleted(side.other());
    if matches!(step, Step::Leave) {
        draft.op(subject, Action::Release, reason, Vec::new(), Vec::new());
        return;
    }
    // What nobody carried over from the record of a merged deal would go with it.
    let merged = match (side, &step, answer) {
        (Side::Remote, Step::Delete, None) if !inputs.binding.natural_key().is_empty() => {
            namesake(inputs, link, draft)
        }
        _ => None,
    };
    if let Some(survivor) = merged {
        draft.questions.push(Question {
            kind: QuestionKind::Merged,
            deals: vec![link.deal.clone(), survivor],
            remotes: vec![link.agreement.remote.clone()],
            label: subject.label.to_owned(),
        });
        return;
    }
    if inputs.policy.deletions.approval && answer.is_none() {
        draft.questions.push(Question {
            kind: QuestionKind::DeletedOn(side.other()),
            deals: vec![link.deal.clone()],
            remotes: vec![link.agreement.remote.clone()],
            label: subject.label.to_owned(),
        });
        return;
    }
    let mut plan = |action, changes, lost| draft.op(subject, action, reason, changes, lost);
    match (side, step, rest) {
        (Side::Crm, Step::Mark, (Some(deal), _)) => plan(Action::FlagDeal, mark(inputs, deal), Vec::new()),
        (Side::Crm, _, (Some(deal), _)) => {
            let lost = lost_edits(inputs, link, side, &deal.values);
            plan(Action::DeleteDeal, last_values(inputs, &deal.values, |_| true), lost);
        }
        (Side::Remote, Step::Mark, _) => plan(Action::FlagRecord, Vec::new(), Vec::new()),
        (Side::Remote, _, (_, Some(row))) => {
            let mapped = |position| inputs.binding.bound(position).is_some();
            let lost = lost_edits(inputs, link, side, &row.values);
            plan(Action::DeleteRecord, last_values(inputs, &row.values, mapped), lost);
        }
        _ => {}
    }
}

/// Plans the end of a record that an earlier run made a second time, and that nobody has touched.
pub(super) fn plan_sweep(inputs: &Inputs<'_>, deal: &Deal, remote: &RemoteId, row: &Row, draft: &mut Draft) {
    let name = deal_label(inputs, deal);
    let subject = Subject { deal: Some(&deal.id), remote: Some(remote), label: &name, edited: None };
    let mapped = |position| inputs.binding.bound(position).is_some();
    let changes = last_values(inputs, &row.values, mapped);
    draft.op(subject, Action::DeleteRecord, Reason::Swept, changes, Vec::new());
}

/// A deal with the natural key of one that is gone: the two may have been merged.
fn namesake(inputs: &Inputs<'_>, link: &Link, draft: &mut Draft) -> Option<DealId> {
    let agreed = || -> Vec<Value> {
        link.agreement.crm.iter().map(|value| value.clone().unwrap_or(Value::Empty)).collect()
    };
    let grave = inputs.crm.graves.get(&link.deal);
    let key =
        grave.map_or_else(|| natural_key(inputs, &agreed()), |grave| natural_key(inputs, &grave.deal.values));
    let names = draft.names.get_or_insert_with(|| {
        let mut first: HashMap<String, DealId> = HashMap::new();
        for deal in inputs.crm.deals.values() {
            let Some(key) = natural_key(inputs, &deal.values) else { continue };
            let id = first.entry(key).or_insert_with(|| deal.id.clone());
            if deal.id < *id {
                id.clone_from(&deal.id);
            }
        }
        first
    });
    names.get(&key?).cloned()
}

/// What was edited on `side` since both sides agreed and goes with it: it is kept as lost to the deletion.
fn lost_edits(inputs: &Inputs<'_>, link: &Link, side: Side, now: &[Value]) -> Vec<Conflict> {
    let base = &link.agreement;
    let lost = edits(inputs, side, now, base).filter_map(|unit| {
        let position = inputs.units.position(unit.key.as_str())?;
        let agreed = |values: &[Option<Value>]| values.get(position).cloned().flatten();
        let (before, edited) = (agreed(&base.crm), now.get(position)?.clone());
        let (crm, theirs) = match side {
            Side::Crm => (edited, Value::Empty),
            Side::Remote => (Value::Empty, edited),
        };
        Some(Conflict {
            id: conflict_id(&base.remote, &unit.key, before.as_ref(), &crm, &theirs),
            deal: link.deal.clone(),
            remote: base.remote.clone(),
            unit: unit.key.clone(),
            base: before,
            crm,
            theirs,
            crm_edited: None,
            remote_edited: None,
            strategy: inputs.policy.strategy,
            winner: Some(side.other()),
            tie: false,
            clock_suspect: false,
        })
    });
    lost.collect()
}

fn step(inputs: &Inputs<'_>, side: Side) -> Step {
    let deletions = &inputs.policy.deletions;
    let (wanted, marks, keeps) = match side {
        Side::Crm => (deletions.crm, marks_deals(inputs), true),
        Side::Remote => (deletions.remote, marks_records(inputs), inputs.capabilities.restores),
    };
    match wanted {
        Deletion::Hard => Step::Delete,
        Deletion::Archive if keeps => Step::Delete,
        Deletion::Flag | Deletion::Archive if marks => Step::Mark,
        Deletion::Off | Deletion::Flag | Deletion::Archive => Step::Leave,
    }
}

/// Whether deals can be marked: a mark in a mapped unit would travel.
fn marks_deals(inputs: &Inputs<'_>) -> bool {
    let mark = inputs.policy.deletions.deal_mark.as_ref();
    mark.and_then(|(unit, _)| inputs.units.position(unit.as_str()))
        .is_some_and(|position| inputs.binding.bound(position).is_none())
}

/// Whether records can be marked: a mark in a mapped field would be an edit.
fn marks_records(inputs: &Inputs<'_>) -> bool {
    let mark = inputs.policy.deletions.record_mark.as_ref();
    mark.is_some_and(|(field, _)| !inputs.binding.fields().contains(field))
}

fn mark(inputs: &Inputs<'_>, deal: &Deal) -> Vec<UnitChange> {
    let mark = inputs.policy.deletions.deal_mark.iter();
    let change = |(unit, value): &(UnitKey, Value)| {
        let held = deal.values.get(inputs.units.position(unit.as_str())?)?;
        Some(UnitChange { unit: unit.clone(), before: held.clone(), after: value.clone(), rule: Rule::Whole })
    };
    mark.filter_map(change).collect()
}

/// Everything that goes with a side: what it must still hold, and what the log keeps of it.
fn last_values(inputs: &Inputs<'_>, values: &[Value], counts: impl Fn(usize) -> bool) -> Vec<UnitChange> {
    let units = inputs.units.iter().zip(values).enumerate();
    let known =
        units.filter(|(position, (unit, value))| counts(*position) && !unit.derived && !value.is_unknown());
    known
        .map(|(_, (unit, value))| UnitChange {
            unit: unit.key.clone(),
            before: value.clone(),
            after: Value::Empty,
            rule: Rule::Whole,
        })
        .collect()
}
