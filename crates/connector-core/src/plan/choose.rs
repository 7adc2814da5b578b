//! Using the other value of a conflict, or the one that a person prefers while it is open.

use super::conflict::Conflict;
use super::diff::deal_label;
use super::draft::{Draft, Subject};
use super::inputs::Inputs;
use super::op::{Action, Plan, Purpose, Reason, Rule, UnitChange};
use super::planner::finished;
use super::question::{Notice, Problem};
use super::strategy::{Side, Strategy};
use crate::canon::same;
use crate::value::Value;

/// Plans to set the unit of a conflict to what `side` held, on both sides. Where a side holds neither of the two values
/// any more, somebody edited it since: the plan does nothing and says so.
#[must_use]
pub fn plan_choice(inputs: &Inputs<'_>, conflict: &Conflict, side: Side) -> Plan {
    let mut draft = Draft::default();
    if choose(inputs, conflict, side, &mut draft).is_none() {
        draft.notices.push(moved(inputs, conflict));
    }
    finished(inputs, Purpose::Choice { conflict: conflict.id.clone() }, draft)
}

/// Says that neither of the two values is there any more, or no side to write it to.
fn moved(inputs: &Inputs<'_>, conflict: &Conflict) -> Notice {
    let deal = inputs.crm.deals.get(&conflict.deal);
    let position = inputs.units.position(conflict.unit.as_str());
    let held = position.and_then(|position| deal?.values.get(position).cloned());
    let bound = position.and_then(|position| inputs.binding.bound(position));
    Notice {
        deal: Some(conflict.deal.clone()),
        remote: Some(conflict.remote.clone()),
        label: deal.map_or_else(|| conflict.deal.to_string(), |deal| deal_label(inputs, deal)),
        unit: Some(conflict.unit.clone()),
        field: bound.map(|bound| bound.label.clone()),
        value: held.unwrap_or(Value::Empty),
        problem: Problem::EditedSince,
    }
}

/// `None` when a side was edited since, or is gone.
fn choose(inputs: &Inputs<'_>, conflict: &Conflict, side: Side, draft: &mut Draft) -> Option<()> {
    let position = inputs.units.position(conflict.unit.as_str())?;
    let (unit, bound) = (inputs.units.at(position)?, inputs.binding.bound(position)?);
    let deal = inputs.crm.deals.get(&conflict.deal)?;
    let row = inputs.remote.rows.get(&conflict.remote)?;
    let (crm, theirs) = (deal.values.get(position)?, row.values.get(position)?);
    let chosen = match side {
        Side::Crm => &conflict.crm,
        Side::Remote => &conflict.theirs,
    };
    let known = |now: &Value| {
        [&conflict.crm, &conflict.theirs]
            .iter()
            .any(|it| same(&unit.kind, it, now) || bound.lens.agrees(it, now))
    };
    if !known(crm) || !known(theirs) || unit.check(chosen).is_err() || bound.lens.encode(chosen).is_err() {
        return None;
    }
    let label = deal_label(inputs, deal);
    let subject =
        Subject { deal: Some(&conflict.deal), remote: Some(&conflict.remote), label: &label, edited: None };
    let to_crm = (!same(&unit.kind, crm, chosen)).then_some((Action::UpdateDeal, crm));
    let to_remote = (!bound.lens.agrees(chosen, theirs)).then_some((Action::UpdateRecord, theirs));
    // The ledger is told with the last of the writes.
    let mut decided = vec![Conflict {
        strategy: Strategy::Manual,
        winner: Some(side),
        tie: false,
        clock_suspect: false,
        ..conflict.clone()
    }];
    for (action, before) in to_remote.into_iter().chain(to_crm) {
        let change = UnitChange {
            unit: unit.key.clone(),
            before: before.clone(),
            after: chosen.clone(),
            rule: Rule::Preferred,
        };
        draft.op(subject, action, Reason::Chosen, vec![change], std::mem::take(&mut decided));
    }
    Some(())
}
