//! The shape of a plan, and of what is in it.

use chrono::{DateTime, Utc};
use connector_core::engine::PLAN_LIFE;
use connector_core::id::PlanId;
use connector_core::plan::{Action as CoreAction, Op, Plan as CorePlan, Side as CoreSide};
use connector_core::store::SavedPlan;
use serde::Serialize;
use utoipa::ToSchema;

use super::caller::Caller;
use super::named::{Action, Guard, Mode, Side};
use super::run::Purpose;
use super::shape::{Change, Conflict, Why};
use crate::messages;
use crate::report::Speaker;
use crate::service::connection;

/// How a plan stands.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum PlanState {
    /// Both sides are being read.
    Making,
    /// It waits for an approval.
    Ready,
    /// It waits for an approval, and guards stop it.
    Halted,
    /// A run applied it.
    Applied,
    /// It is too old to be applied.
    Expired,
    /// It could not be made.
    Failed,
}

/// A plan, without its operations.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Plan {
    id: String,
    state: PlanState,
    /// Why it could not be made, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    /// The run that applied it.
    #[serde(skip_serializing_if = "Option::is_none")]
    applied_by: Option<String>,
    /// What is in it, once it is made.
    #[serde(skip_serializing_if = "Option::is_none")]
    contents: Option<Contents>,
}

/// What is in a plan, in numbers.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Contents {
    remote: String,
    mode: Mode,
    /// What it is for.
    purpose: Purpose,
    /// When both sides were read.
    made_at: DateTime<Utc>,
    /// Until when it can be applied.
    expires_at: DateTime<Utc>,
    /// Deals that were read.
    deals: usize,
    /// Records that were read.
    records: usize,
    /// Pairs that need nothing.
    unchanged: usize,
    /// Whether the remote was read to its end; if not, nothing is concluded from absence.
    complete: bool,
    create_crm: usize,
    update_crm: usize,
    delete_crm: usize,
    create_remote: usize,
    update_remote: usize,
    delete_remote: usize,
    /// Operations in all, those that only keep our books included.
    operations: usize,
    /// Conflicts that wait for a person.
    conflicts: usize,
    /// What only a person can say.
    questions: usize,
    /// What cannot be carried, or only with a loss.
    notices: usize,
    /// How many requests applying it is expected to cost.
    calls: u64,
    /// The guards that stop it.
    trips: Vec<Trip>,
}

/// A guard that stops a plan.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Trip {
    guard: Guard,
    #[serde(skip_serializing_if = "Option::is_none")]
    side: Option<Side>,
    /// The unit concerned, if one is.
    #[serde(skip_serializing_if = "Option::is_none")]
    unit: Option<String>,
    /// How many were counted.
    count: u64,
    /// Of how many, or against which limit.
    of: u64,
    /// The same in words.
    message: String,
}

impl Contents {
    fn new(speaker: &Speaker<'_>, plan: &CorePlan) -> Self {
        let count = |side, is_kind: fn(CoreAction) -> bool| {
            let is_it = |op: &&Op| op.action.target() == Some(side) && is_kind(op.action);
            plan.ops.iter().filter(is_it).count()
        };
        let updates = |action| matches!(action, CoreAction::UpdateDeal | CoreAction::UpdateRecord);
        let trip = |trip: &connector_core::plan::Trip| {
            let unit = trip.unit.as_ref().map(|unit| speaker.unit(unit));
            Trip {
                guard: Guard(trip.guard),
                side: trip.side.map(Side),
                unit: trip.unit.as_ref().map(ToString::to_string),
                count: trip.count,
                of: trip.of,
                message: messages::trip_told(speaker.lang, trip, unit.as_deref(), speaker.remote),
            }
        };
        Self {
            remote: speaker.remote.to_owned(),
            mode: Mode(plan.mode),
            purpose: (&plan.purpose).into(),
            made_at: plan.made_at,
            expires_at: plan.made_at + PLAN_LIFE,
            deals: plan.reading.deals,
            records: plan.reading.records,
            unchanged: plan.reading.unchanged,
            complete: plan.reading.complete,
            create_crm: count(CoreSide::Crm, CoreAction::creates),
            update_crm: count(CoreSide::Crm, updates),
            delete_crm: count(CoreSide::Crm, CoreAction::deletes),
            create_remote: count(CoreSide::Remote, CoreAction::creates),
            update_remote: count(CoreSide::Remote, updates),
            delete_remote: count(CoreSide::Remote, CoreAction::deletes),
            operations: plan.ops.len(),
            conflicts: plan.conflicts.len(),
            questions: plan.questions.len(),
            notices: plan.notices.len(),
            calls: plan.calls,
            trips: plan.trips.iter().map(trip).collect(),
        }
    }
}

impl Plan {
    /// A plan that has nothing in it yet, or never will.
    pub(super) fn empty(id: &PlanId, state: PlanState, message: Option<String>) -> Self {
        Self { id: id.to_string(), state, message, applied_by: None, contents: None }
    }

    pub(super) fn of(caller: &Caller, saved: &SavedPlan) -> Self {
        let plan = &saved.plan;
        let is_old = caller.app().clock.now() - plan.made_at > PLAN_LIFE;
        let state = match (&saved.applied_by, is_old, plan.trips.is_empty()) {
            (Some(_), ..) => PlanState::Applied,
            (None, true, _) => PlanState::Expired,
            (None, false, false) => PlanState::Halted,
            (None, false, true) => PlanState::Ready,
        };
        let speaker = caller.speaker(connection::remote_of(&plan.connection));
        Self {
            id: plan.id.to_string(),
            state,
            message: None,
            applied_by: saved.applied_by.as_ref().map(ToString::to_string),
            contents: Some(Contents::new(&speaker, plan)),
        }
    }
}

/// One thing to do to one deal on one side.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Operation {
    /// Its place in the plan, from 1: what `without` names.
    seq: u32,
    action: Action,
    /// The same in words.
    title: String,
    /// The side that it writes to; absent when it only keeps our books.
    #[serde(skip_serializing_if = "Option::is_none")]
    side: Option<Side>,
    /// The deal, unless it is still to be made.
    #[serde(skip_serializing_if = "Option::is_none")]
    deal: Option<String>,
    /// The record, unless it is still to be made.
    #[serde(skip_serializing_if = "Option::is_none")]
    record: Option<String>,
    /// How people call the deal.
    label: String,
    reason: Why,
    changes: Vec<Change>,
    /// The conflicts that it decides, each with the value that loses.
    conflicts: Vec<Conflict>,
}

impl Operation {
    pub(super) fn new(speaker: &Speaker<'_>, op: &Op) -> Self {
        Self {
            seq: op.seq,
            action: Action(op.action),
            title: messages::operation_name(speaker.lang, op.action, speaker.remote),
            side: op.action.target().map(Side),
            deal: op.deal.as_ref().map(ToString::to_string),
            record: op.remote.as_ref().map(ToString::to_string),
            label: op.label.clone(),
            reason: Why::of(&op.reason),
            changes: op.changes.iter().map(|change| Change::new(speaker, change)).collect(),
            conflicts: op.conflicts.iter().map(|conflict| Conflict::new(speaker, conflict)).collect(),
        }
    }
}
