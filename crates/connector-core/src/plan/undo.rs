//! Taking a run back: from its log to a plan, which is approved and applied like any other.

use super::draft::{Draft, Subject};
use super::inputs::Inputs;
use super::op::{Action, Plan, Purpose, Reason, Rule, UnitChange};
use super::planner::finished;
use super::question::{Lasting, Notice, Problem};
use super::strategy::Side;
use crate::canon::same;
use crate::id::{RunId, UnitKey};
use crate::store::{LogEntry, OpOutcome};
use crate::unit::Unit;
use crate::value::Value;

/// Plans to take back what `run` did, by its log: what was replaced comes back where the run's value still stands, what
/// was made goes, what was deleted returns, from the CRM's graves or the remote's trash. A later edit stays, and so does
/// what nobody can take back: the plan's notices tell both.
///
/// Afterwards the two sides differ where the run had made them equal: what was carried is a change again, which waits
/// until a person approves a plan that carries it, changes the mapping, or edits either side. The undoing of an undoing is
/// planned the same way.
#[must_use]
pub fn plan_undo(inputs: &Inputs<'_>, run: &RunId, log: &[LogEntry]) -> Plan {
    let mut draft = Draft::default();
    // Backwards, as it was done.
    for entry in log.iter().rev().filter(|entry| entry.outcome == OpOutcome::Applied) {
        undo(inputs, entry, &mut draft);
    }
    finished(inputs, Purpose::Undo { run: run.clone() }, draft)
}

fn undo(inputs: &Inputs<'_>, entry: &LogEntry, draft: &mut Draft) {
    match entry.action {
        Action::UpdateDeal | Action::FlagDeal => put_back(inputs, entry, Side::Crm, draft),
        Action::UpdateRecord => put_back(inputs, entry, Side::Remote, draft),
        Action::CreateDeal | Action::RestoreDeal => take_away(inputs, entry, Side::Crm, draft),
        Action::CreateRecord | Action::RecreateRecord | Action::RestoreRecord => {
            take_away(inputs, entry, Side::Remote, draft);
        }
        Action::DeleteDeal => bring_back(inputs, entry, draft),
        Action::DeleteRecord if inputs.capabilities.restores && entry.reason != Reason::Swept => {
            take_out(inputs, entry, draft);
        }
        Action::DeleteRecord => stays(entry, Lasting::Deleted, draft),
        Action::FlagRecord => stays(entry, Lasting::Marked, draft),
        Action::Link | Action::Agree | Action::Forget | Action::Release | Action::Stamp => {}
    }
}

/// Writes what a unit held before, where it still holds what the run wrote.
fn put_back(inputs: &Inputs<'_>, entry: &LogEntry, side: Side, draft: &mut Draft) {
    let mut changes = Vec::with_capacity(entry.changes.len());
    for change in &entry.changes {
        match standing(inputs, entry, change, side) {
            Standing::Still(unit, now) if can_be_read(unit, change) => changes.push(UnitChange {
                unit: change.unit.clone(),
                before: now.clone(),
                after: change.before.clone(),
                rule: Rule::Whole,
            }),
            standing => tell(inputs, entry, Some(change), standing.problem(), draft),
        }
    }
    if !changes.is_empty() {
        let action = if side == Side::Crm { Action::UpdateDeal } else { Action::UpdateRecord };
        draft.op(subject(entry), action, Reason::Undone, changes, Vec::new());
    }
}

/// Deletes what the run made, if nobody has touched it since.
fn take_away(inputs: &Inputs<'_>, entry: &LogEntry, side: Side, draft: &mut Draft) {
    let mut changes = Vec::with_capacity(entry.changes.len());
    for change in &entry.changes {
        match standing(inputs, entry, change, side) {
            Standing::Still(_, now) => changes.push(UnitChange {
                unit: change.unit.clone(),
                before: now.clone(),
                after: Value::Empty,
                rule: Rule::Whole,
            }),
            standing => return tell(inputs, entry, Some(change), standing.problem(), draft),
        }
    }
    let action = if side == Side::Crm { Action::DeleteDeal } else { Action::DeleteRecord };
    // Without a trash it would be gone for good, with all that people wrote into fields that are not mapped.
    if action == Action::DeleteRecord && !inputs.capabilities.restores {
        return stays(entry, Lasting::MadeWithoutTrash, draft);
    }
    draft.op(subject(entry), action, Reason::Undone, changes, Vec::new());
}

/// Takes a record out of the trash that the run put there.
fn take_out(inputs: &Inputs<'_>, entry: &LogEntry, draft: &mut Draft) {
    let is_there = entry.remote.as_ref().is_some_and(|remote| inputs.remote.rows.contains_key(remote));
    if is_there {
        return tell(inputs, entry, None, Problem::EditedSince, draft);
    }
    draft.op(subject(entry), Action::RestoreRecord, Reason::Undone, returning(entry), Vec::new());
}

/// Brings a deal back that the run deleted.
fn bring_back(inputs: &Inputs<'_>, entry: &LogEntry, draft: &mut Draft) {
    let is_there = entry.deal.as_ref().is_some_and(|deal| inputs.crm.deals.contains_key(deal));
    if is_there {
        return tell(inputs, entry, None, Problem::EditedSince, draft);
    }
    let known = entry
        .changes
        .iter()
        .all(|change| inputs.units.get(change.unit.as_str()).is_some_and(|unit| can_be_read(unit, change)));
    if known {
        draft.op(subject(entry), Action::RestoreDeal, Reason::Undone, returning(entry), Vec::new());
    } else {
        stays(entry, Lasting::Untold, draft);
    }
}

/// What the run deleted, value by value.
fn returning(entry: &LogEntry) -> Vec<UnitChange> {
    let value = |change: &UnitChange| UnitChange {
        unit: change.unit.clone(),
        before: Value::Empty,
        after: change.before.clone(),
        rule: Rule::Whole,
    };
    entry.changes.iter().map(value).collect()
}

/// What became of a value that the run wrote.
enum Standing<'a> {
    /// It is still there.
    Still(&'a Unit, &'a Value),
    /// Somebody wrote another one, or what held it is gone.
    Edited,
    /// Its field is not mapped any more: nobody can tell.
    Unmapped,
}

impl Standing<'_> {
    /// Why the value stays, where it does.
    const fn problem(&self) -> Problem {
        match self {
            Self::Still(..) => Problem::CannotBeUndone { why: Lasting::Untold },
            Self::Edited => Problem::EditedSince,
            Self::Unmapped => Problem::CannotBeUndone { why: Lasting::Unmapped },
        }
    }
}

fn standing<'a>(inputs: &Inputs<'a>, entry: &LogEntry, change: &UnitChange, side: Side) -> Standing<'a> {
    let position = inputs.units.position(change.unit.as_str());
    if side == Side::Remote && position.is_none_or(|position| inputs.binding.bound(position).is_none()) {
        return Standing::Unmapped;
    }
    let found = || {
        let position = position?;
        let values = match side {
            Side::Crm => &inputs.crm.deals.get(entry.deal.as_ref()?)?.values,
            Side::Remote => &inputs.remote.rows.get(entry.remote.as_ref()?)?.values,
        };
        let (unit, now) = (inputs.units.at(position)?, values.get(position)?);
        let stands = same(&unit.kind, now, &change.after)
            || (side == Side::Remote && inputs.binding.lens(position)?.agrees(&change.after, now));
        stands.then_some((unit, now))
    };
    found().map_or(Standing::Edited, |(unit, now)| Standing::Still(unit, now))
}

/// Whether the log tells what was there; of a sensitive unit it tells only whether there was something.
fn can_be_read(unit: &Unit, change: &UnitChange) -> bool {
    !unit.sensitive || change.before.is_empty()
}

fn subject(entry: &LogEntry) -> Subject<'_> {
    Subject { deal: entry.deal.as_ref(), remote: entry.remote.as_ref(), label: &entry.label, edited: None }
}

fn stays(entry: &LogEntry, why: Lasting, draft: &mut Draft) {
    note(entry, None, None, Value::Empty, Problem::CannotBeUndone { why }, draft);
}

/// Tells what stays: the value of a unit as it is now, or the whole.
fn tell(
    inputs: &Inputs<'_>,
    entry: &LogEntry,
    change: Option<&UnitChange>,
    problem: Problem,
    draft: &mut Draft,
) {
    let position = change.and_then(|change| inputs.units.position(change.unit.as_str()));
    let held = position.and_then(|position| match entry.action.target()? {
        Side::Crm => inputs.crm.deals.get(entry.deal.as_ref()?)?.values.get(position),
        Side::Remote => inputs.remote.rows.get(entry.remote.as_ref()?)?.values.get(position),
    });
    let field = position.and_then(|position| Some(inputs.binding.bound(position)?.label.clone()));
    let unit = change.map(|change| change.unit.clone());
    note(entry, unit, field, held.cloned().unwrap_or(Value::Empty), problem, draft);
}

fn note(
    entry: &LogEntry,
    unit: Option<UnitKey>,
    field: Option<String>,
    value: Value,
    problem: Problem,
    draft: &mut Draft,
) {
    draft.notices.push(Notice {
        deal: entry.deal.clone(),
        remote: entry.remote.clone(),
        label: entry.label.clone(),
        unit,
        field,
        value,
        problem,
    });
}
