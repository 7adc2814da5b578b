//! What is new on one side: made on the other.

use super::decide::{Case, Decision};
use super::diff::{deal_label, label};
use super::draft::{Draft, Subject};
use super::inputs::Inputs;
use super::op::{Action, Reason, Rule, UnitChange};
use super::question::Problem;
use super::resolve::first_edit;
use super::strategy::Side;
use crate::id::RemoteId;
use crate::mapping::Direction;
use crate::snapshot::Row;
use crate::state::Deal;
use crate::unit::Fault;
use crate::value::Value;

/// Plans a deal that has no record.
pub(super) fn plan_deal(inputs: &Inputs<'_>, deal: &Deal, draft: &mut Draft) {
    // A record for it may stand on a page that was not read.
    if !inputs.remote.complete || !inputs.policy.create {
        return;
    }
    let tombstoned = inputs.state.links.iter().any(|link| link.deal == deal.id);
    let case = if tombstoned { Case::DealOnTombstone } else { Case::OnlyDeal };
    if inputs.decide(case) != Decision::Create(Side::Remote) {
        return;
    }
    let name = deal_label(inputs, deal);
    let subject = Subject { deal: Some(&deal.id), remote: None, label: &name, edited: None };
    let changes = record_changes(inputs, subject, deal, draft);
    if !changes.is_empty() {
        draft.op(subject, Action::CreateRecord, Reason::New(Side::Crm), changes, Vec::new());
    }
}

/// What a record made from `deal` holds; values that its fields cannot take are left out and told.
pub(super) fn record_changes(
    inputs: &Inputs<'_>,
    subject: Subject<'_>,
    deal: &Deal,
    draft: &mut Draft,
) -> Vec<UnitChange> {
    let mut changes = Vec::new();
    for (position, (unit, value)) in inputs.units.iter().zip(&deal.values).enumerate() {
        let Some(bound) = inputs.binding.bound(position) else { continue };
        if bound.direction == Direction::ToCrm {
            continue;
        }
        if let Value::Unknown(why) = value {
            draft.notice(subject, unit, Some(bound), value, Problem::Unreadable { why: why.clone() });
        } else if draft.can_carry(subject, unit, bound, Side::Crm, value) {
            changes.push(UnitChange {
                unit: unit.key.clone(),
                before: Value::Empty,
                after: value.clone(),
                rule: Rule::Whole,
            });
        }
    }
    changes
}

/// Plans a record that has no deal.
pub(super) fn plan_record(inputs: &Inputs<'_>, remote: &RemoteId, row: &Row, draft: &mut Draft) {
    // With a natural key, a deal of its own may match a record that was not read.
    let may_match = !inputs.remote.complete && !inputs.binding.natural_key().is_empty();
    if may_match || !inputs.policy.create {
        return;
    }
    if inputs.decide(Case::OnlyRecord) != Decision::Create(Side::Crm) {
        return;
    }
    let name = label(inputs, &row.values, remote.as_str());
    let subject =
        Subject { deal: None, remote: Some(remote), label: &name, edited: Some(first_edit(inputs, row)) };
    let Some(changes) = deal_changes(inputs, subject, row, draft) else { return };
    draft.op(subject, Action::CreateDeal, Reason::New(Side::Remote), changes, Vec::new());
    if inputs.binding.key_field().is_some() && inputs.policy.stamp {
        draft.op(subject, Action::Stamp, Reason::Unstamped, Vec::new(), Vec::new());
    }
}

/// What a deal made from `row` holds; `None`, and told why, when the CRM refuses such a deal.
fn deal_changes(
    inputs: &Inputs<'_>,
    subject: Subject<'_>,
    row: &Row,
    draft: &mut Draft,
) -> Option<Vec<UnitChange>> {
    let mut changes = Vec::new();
    let mut refused = false;
    for (position, (unit, value)) in inputs.units.iter().zip(&row.values).enumerate() {
        if unit.derived {
            continue;
        }
        let bound = inputs.binding.bound(position).filter(|bound| bound.direction != Direction::ToRemote);
        let Some(bound) = bound else {
            if unit.required {
                refused = true;
                draft.notice(subject, unit, None, &Value::Empty, Problem::Fault { fault: Fault::Missing });
            }
            continue;
        };
        if let Value::Unknown(why) = value {
            refused |= unit.required;
            draft.notice(subject, unit, Some(bound), value, Problem::Unreadable { why: why.clone() });
        } else if draft.can_carry(subject, unit, bound, Side::Remote, value) {
            draft.tell_notes(inputs, subject, row, position);
            changes.push(UnitChange {
                unit: unit.key.clone(),
                before: Value::Empty,
                after: value.clone(),
                rule: Rule::Whole,
            });
        } else {
            refused = true;
        }
    }
    (!refused).then_some(changes)
}
