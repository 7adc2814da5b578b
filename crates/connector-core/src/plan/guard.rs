//! Guards: what stops a plan before its first write, because it looks like an accident.

use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, VariantArray};

use super::inputs::Inputs;
use super::op::{Action, Op, Plan, Reason};
use super::question::QuestionKind;
use super::strategy::Side;
use crate::id::UnitKey;
use crate::mapping::Problem as Missing;
use crate::state::{Link, LinkStatus};

/// A guard, by name; an override names it for one run.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    Display,
    EnumString,
    VariantArray,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Guard {
    /// Many linked deals are gone from one side.
    MassDelete,
    /// One side is empty although there are links.
    EmptySide,
    /// Of all the records that were linked, none is to be seen, though there are others: a copy of the container?
    AccessLost,
    /// Many of the mapped fields are gone at once: is it still the same container, and are its fields still shared?
    SchemaLost,
    /// Nearly every link changed in the same unit.
    EverythingChanged,
    /// Many creations compared with what is linked: identity was probably lost.
    CreateFlood,
    /// The mapping, the container or a choice that decides is not what the last run used.
    SettingsChanged,
    /// More requests than the budget has left.
    Budget,
    /// Many filled cells would be emptied.
    MassClear,
}

/// A guard that stops a plan, with its numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trip {
    /// Which guard.
    pub guard: Guard,
    /// The side concerned, if one is.
    pub side: Option<Side>,
    /// The unit concerned, if one is.
    pub unit: Option<UnitKey>,
    /// How many were counted.
    pub count: u64,
    /// Of how many, or against which limit.
    pub of: u64,
}

/// Deletions on a side that wait for a person: an accident does not get smaller by being asked about.
fn waiting(plan: &Plan, side: Side) -> u64 {
    let is_of =
        |kind| kind == QuestionKind::DeletedOn(side) || (kind == QuestionKind::Merged && side == Side::Crm);
    let deleted = plan.questions.iter().filter(|question| is_of(question.kind));
    u64::try_from(deleted.count()).unwrap_or(u64::MAX)
}

/// The guards that stop `plan`, those overridden left out.
pub(super) fn trips(inputs: &Inputs<'_>, plan: &Plan) -> Vec<Trip> {
    let limits = inputs.policy.limits;
    let in_force = || inputs.state.links.iter().filter(|link| link.agreement.status == LinkStatus::Live);
    let live = u64::try_from(in_force().count()).unwrap_or(u64::MAX);
    let count = |wanted: &dyn Fn(&Op) -> bool| -> u64 {
        u64::try_from(plan.ops.iter().filter(|op| wanted(op)).count()).unwrap_or(u64::MAX)
    };
    let beyond_share = |count: u64, share: u64| count.saturating_mul(100) > live.saturating_mul(share);
    let mut trips = Vec::new();
    let mut trip = |guard, side, unit, count, of| trips.push(Trip { guard, side, unit, count, of });

    for side in [Side::Crm, Side::Remote] {
        let held = match side {
            Side::Crm => inputs.crm.deals.len(),
            Side::Remote => inputs.remote.rows.len(),
        };
        if live > 0 && held == 0 && (side == Side::Crm || inputs.remote.complete) {
            trip(Guard::EmptySide, Some(side), None, live, live);
        }
        let deleted = count(&|op| op.reason == Reason::Deleted(side) && op.action != Action::Forget)
            .saturating_add(waiting(plan, side));
        if deleted > limits.deletes && beyond_share(deleted, limits.deletes_share) {
            trip(Guard::MassDelete, Some(side), None, deleted, live);
        }
        let created = count(&|op| op.action.creates() && op.action.target() == Some(side));
        // A first run that was cut off leaves links, and much to create still.
        let has_run = inputs.state.baseline.is_some();
        if live > 0 && has_run && created > limits.creates && beyond_share(created, limits.creates_share) {
            trip(Guard::CreateFlood, Some(side), None, created, live);
        }
        let updated = |op: &Op| {
            matches!(
                (op.action, side),
                (Action::UpdateDeal, Side::Crm) | (Action::UpdateRecord, Side::Remote)
            )
        };
        for unit in inputs.units {
            let touches = |op: &Op| updated(op) && op.changes.iter().any(|change| change.unit == unit.key);
            let changed = count(&touches);
            if changed > limits.changes
                && changed.saturating_mul(100) >= live.saturating_mul(limits.changes_share)
            {
                trip(Guard::EverythingChanged, Some(side), Some(unit.key.clone()), changed, live);
            }
        }
        let emptied = plan.ops.iter().filter(|op| updated(op)).flat_map(|op| &op.changes);
        let emptied = emptied.filter(|change| change.after.is_empty() && !change.before.is_empty()).count();
        let emptied = u64::try_from(emptied).unwrap_or(u64::MAX);
        if emptied > limits.clears {
            trip(Guard::MassClear, Some(side), None, emptied, limits.clears);
        }
    }
    let is_seen = |link: &Link| inputs.remote.rows.contains_key(&link.agreement.remote);
    if live > 0 && inputs.remote.complete && !inputs.remote.rows.is_empty() && !in_force().any(is_seen) {
        trip(Guard::AccessLost, Some(Side::Remote), None, live, live);
    }
    let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
    let gone = inputs.binding.suspended().iter().filter(|finding| finding.problem == Missing::FieldMissing);
    let (gone, mapped) = (count(gone.count()), count(inputs.binding.iter().count()));
    if gone > 1 && gone >= mapped {
        trip(Guard::SchemaLost, Some(Side::Remote), None, gone, gone.saturating_add(mapped));
    }
    if inputs.state.baseline.as_ref().is_some_and(|last| last.fingerprint != inputs.fingerprint) {
        trip(Guard::SettingsChanged, None, None, 1, 1);
    }
    if let Some(budget) = limits.calls.filter(|budget| plan.calls > *budget) {
        trip(Guard::Budget, None, None, plan.calls, budget);
    }
    trips.retain(|trip| !inputs.policy.overrides.contains(&trip.guard));
    trips
}
