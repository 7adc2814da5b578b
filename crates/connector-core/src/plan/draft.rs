//! A plan in the making: what the stages of planning add to.

use std::collections::{HashMap, HashSet};

use super::conflict::Conflict;
use super::diff::Cell;
use super::inputs::Inputs;
use super::op::{Action, Op, Reason, Rule, UnitChange};
use super::question::{Notice, Problem, Question};
use super::strategy::Side;
use crate::clock::Interval;
use crate::id::{DealId, RemoteId};
use crate::mapping::Bound;
use crate::snapshot::Row;
use crate::unit::Unit;
use crate::value::Value;

/// What was decided so far.
#[derive(Default)]
pub(super) struct Draft {
    pub(super) ops: Vec<Op>,
    pub(super) conflicts: Vec<Conflict>,
    pub(super) questions: Vec<Question>,
    pub(super) notices: Vec<Notice>,
    pub(super) unchanged: usize,
    /// Linked records that carry the id of another deal, which a person has to sort out.
    pub(super) claimed: HashSet<RemoteId>,
    /// The first deal of each natural key, once somebody asked.
    pub(super) names: Option<HashMap<String, DealId>>,
}

/// Who an operation or a notice is about.
#[derive(Clone, Copy)]
pub(super) struct Subject<'s> {
    pub(super) deal: Option<&'s DealId>,
    pub(super) remote: Option<&'s RemoteId>,
    pub(super) label: &'s str,
    /// When the values of the record were written, as far as known.
    pub(super) edited: Option<Interval>,
}

impl Draft {
    /// Adds an operation.
    pub(super) fn op(
        &mut self,
        subject: Subject<'_>,
        action: Action,
        reason: Reason,
        changes: Vec<UnitChange>,
        conflicts: Vec<Conflict>,
    ) {
        self.ops.push(Op {
            seq: 0,
            action,
            deal: subject.deal.cloned(),
            remote: subject.remote.cloned(),
            label: subject.label.to_owned(),
            reason,
            changes,
            conflicts,
            edited: subject.edited,
        });
    }

    /// Adds a notice about one value.
    pub(super) fn notice(
        &mut self,
        subject: Subject<'_>,
        unit: &Unit,
        bound: Option<&Bound>,
        value: &Value,
        problem: Problem,
    ) {
        self.notices.push(Notice {
            deal: subject.deal.cloned(),
            remote: subject.remote.cloned(),
            label: subject.label.to_owned(),
            unit: Some(unit.key.clone()),
            field: bound.map(|bound| bound.label.clone()),
            value: value.clone(),
            problem,
        });
    }

    /// Whether `value` can go to the other side from `from`; if not, says why.
    pub(super) fn can_carry(
        &mut self,
        subject: Subject<'_>,
        unit: &Unit,
        bound: &Bound,
        from: Side,
        value: &Value,
    ) -> bool {
        let problem = match from {
            Side::Crm => bound.lens.encode(value).err().map(|refusal| Problem::Refused { refusal }),
            Side::Remote => unit.check(value).err().map(|fault| Problem::Fault { fault }),
        };
        problem.is_none_or(|problem| {
            self.notice(subject, unit, Some(bound), value, problem);
            false
        })
    }

    /// Tells what was replaced when a value was read from a record.
    pub(super) fn tell_notes(
        &mut self,
        inputs: &Inputs<'_>,
        subject: Subject<'_>,
        row: &Row,
        position: usize,
    ) {
        let Some((unit, value)) = inputs.units.at(position).zip(row.values.get(position)) else { return };
        for (_, note) in row.notes.iter().filter(|(noted, _)| *noted == position) {
            let problem = Problem::Altered { note: note.clone() };
            self.notice(subject, unit, inputs.binding.bound(position), value, problem);
        }
    }
}

impl Cell<'_> {
    /// The change that takes the value of `from` to the other side.
    pub(super) fn change(&self, from: Side, rule: Rule) -> UnitChange {
        UnitChange {
            unit: self.unit.key.clone(),
            before: self.value(from.other()).clone(),
            after: self.value(from).clone(),
            rule,
        }
    }

    /// The note that both sides hold the same: the CRM's value before, the remote's after; and by which rule it is the
    /// remote's, if it is.
    pub(super) fn agreement(&self, rule: Rule) -> UnitChange {
        self.change(Side::Remote, rule)
    }
}
