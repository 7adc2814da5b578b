//! The planner: from two snapshots to a plan, in the order of reading this file.

use super::deletion::plan_sweep;
use super::draft::Draft;
use super::fresh::{plan_deal, plan_record};
use super::guard::trips;
use super::identity::identify;
use super::inputs::Inputs;
use super::linked::{plan_adoption, plan_copy, plan_link, plan_match};
use super::op::{Action, Mode, Op, Plan, Purpose, Reading, Reason};
use super::question::{Notice, Problem};
use super::strategy::Side;
use super::survivor::plan_survivor;
use super::trouble::without_troubles;
use crate::clock::Interval;
use crate::connector::Capabilities;
use crate::state::LinkStatus;
use crate::value::Value;

/// Decides what should be done. Pure: the same inputs give the same plan, to the byte.
#[must_use]
pub fn plan(inputs: &Inputs<'_>) -> Plan {
    let mut draft = Draft::default();
    let identity = identify(inputs);
    draft.claimed = identity.claimed;
    for link in identity.links {
        plan_link(inputs, link, &mut draft);
    }
    for (intent, deal, remote, row) in identity.adopted {
        plan_adoption(inputs, intent, deal, remote, row, &mut draft);
    }
    for (deal, remote, row) in identity.swept {
        plan_sweep(inputs, deal, remote, row, &mut draft);
    }
    for (link, deal, remote, row) in identity.copies {
        plan_copy(inputs, link, deal, remote, row, &mut draft);
    }
    for (deal, orphan) in identity.survivors {
        plan_survivor(inputs, deal, orphan, &mut draft);
    }
    for (deal, remote, row) in identity.matched {
        plan_match(inputs, deal, remote, row, &mut draft);
    }
    for deal in identity.deals {
        plan_deal(inputs, deal, &mut draft);
    }
    for (remote, row) in identity.records {
        plan_record(inputs, remote, row, &mut draft);
    }
    draft.questions.extend(identity.questions);
    tell_suspended(inputs, &mut draft);
    tell_lost_key(inputs, &mut draft);
    tell_clocks(inputs, &mut draft);
    finished(inputs, Purpose::Agree, draft)
}

/// The plan that a draft comes to: what the mode and the scope leave of it, in the order of doing it, and what stops it.
pub(super) fn finished(inputs: &Inputs<'_>, purpose: Purpose, mut draft: Draft) -> Plan {
    let (ops, left_out): (Vec<Op>, Vec<Op>) = std::mem::take(&mut draft.ops)
        .into_iter()
        .partition(|op| allowed(inputs.mode, op) && wanted(inputs, op));
    let mut ops = without_troubles(inputs, ops, &mut draft);
    let mut masked: Vec<_> = left_out.into_iter().filter_map(|op| op.remote).collect();
    let linked = inputs.state.links.iter().map(|link| &link.agreement);
    let unseen = linked.filter(|agreement| {
        purpose == Purpose::Agree
            && agreement.status == LinkStatus::Live
            && !inputs.remote.rows.contains_key(&agreement.remote)
    });
    masked.extend(unseen.map(|agreement| agreement.remote.clone()));
    masked.sort();
    masked.dedup();
    // The order of doing is the order of the actions; within one, by deal, then by record.
    ops.sort_by(|a, b| (a.action, &a.deal, &a.remote).cmp(&(b.action, &b.deal, &b.remote)));
    for (seq, op) in (1..).zip(&mut ops) {
        op.seq = seq;
    }
    let calls = calls(inputs.capabilities, &ops);
    let mut plan = Plan {
        id: inputs.id.clone(),
        connection: inputs.connection.clone(),
        made_at: inputs.remote.read.hi.max(inputs.crm.read.hi),
        purpose,
        mode: inputs.mode,
        fingerprint: inputs.fingerprint.to_owned(),
        reading: Reading {
            deals: inputs.crm.deals.len(),
            records: inputs.remote.rows.len(),
            unchanged: draft.unchanged,
            complete: inputs.remote.complete,
            read: Interval::new(
                inputs.remote.read.lo.min(inputs.crm.read.lo),
                inputs.remote.read.hi.max(inputs.crm.read.hi),
            ),
        },
        ops,
        conflicts: draft.conflicts,
        questions: draft.questions,
        notices: draft.notices,
        trips: Vec::new(),
        masked,
        calls,
    };
    plan.trips = trips(inputs, &plan);
    plan
}

/// Whether an operation goes the plan's way; our own books and permitted stamps go every way.
fn allowed(mode: Mode, op: &Op) -> bool {
    match (mode, op.action.target()) {
        (Mode::Sync, _)
        | (_, None)
        | (Mode::Import, Some(Side::Crm))
        | (Mode::Export, Some(Side::Remote)) => {
            // A record that stays without a deal has nothing to be stamped with.
            op.action != Action::Stamp || mode != Mode::Export || op.deal.is_some()
        }
        (Mode::Import, Some(Side::Remote)) => op.action == Action::Stamp,
        (Mode::Export, Some(Side::Crm)) => false,
    }
}

/// Whether an operation is about one of the deals that were asked for, or a record that a person answered about.
fn wanted(inputs: &Inputs<'_>, op: &Op) -> bool {
    inputs.only.is_none_or(|only| {
        // What a deal takes over is let go by one that is gone.
        op.reason == Reason::Inherited
            || op.deal.as_ref().is_some_and(|deal| only.contains(deal))
            || op.remote.as_ref().is_some_and(|remote| inputs.answers.contains_key(remote))
    })
}

/// How many requests the remote operations cost: batches of writes, and the readings just before them.
fn calls(capabilities: &Capabilities, ops: &[Op]) -> u64 {
    let batches = |of: &[Action], size: usize| -> u64 {
        let count = ops.iter().filter(|op| of.contains(&op.action)).count();
        u64::try_from(count.div_ceil(size)).unwrap_or(u64::MAX)
    };
    let batch = capabilities.batch.get();
    batches(&[Action::UpdateRecord], batch)
        + batches(&[Action::UpdateRecord], batch)
        + batches(&[Action::CreateRecord, Action::RecreateRecord], batch)
        + batches(&[Action::RestoreRecord], batch)
        + batches(&[Action::Stamp], batch)
        // What goes is read again, and so is what it goes for.
        + batches(&[Action::DeleteRecord, Action::FlagRecord], batch).saturating_mul(2)
        + batches(&[Action::DeleteDeal, Action::FlagDeal], capabilities.read_batch.get())
}

/// Clocks that differ by minutes: one notice, since times decide between edits.
fn tell_clocks(inputs: &Inputs<'_>, draft: &mut Draft) {
    let Some(skew) = inputs.remote.skew.filter(|skew| skew.is_suspect()) else { return };
    draft.notices.push(at_large(Problem::ClocksDiffer { minutes: skew.least().num_minutes() }));
}

/// The key field is gone: without it, fewer records are recognised.
fn tell_lost_key(inputs: &Inputs<'_>, draft: &mut Draft) {
    if inputs.binding.has_lost_key() {
        draft.notices.push(at_large(Problem::KeyFieldGone));
    }
}

/// Mapped fields that are gone: one notice each, whatever the number of deals.
fn tell_suspended(inputs: &Inputs<'_>, draft: &mut Draft) {
    for finding in inputs.binding.suspended() {
        draft.notices.push(Notice {
            unit: finding.unit.clone(),
            field: finding.field.clone(),
            ..at_large(Problem::Suspended)
        });
    }
}

/// A notice about no deal in particular.
fn at_large(problem: Problem) -> Notice {
    Notice {
        deal: None,
        remote: None,
        label: String::new(),
        unit: None,
        field: None,
        value: Value::Empty,
        problem,
    }
}
