//! `/plans`: what a sync would do, to be looked at, thinned out, and applied exactly.

use actix_web::{HttpRequest, HttpResponse, delete, get, post};
use chrono::{DateTime, Utc};
use connector_core::engine::{EngineError, PLAN_LIFE};
use connector_core::id::{PlanId, RunId};
use connector_core::plan::{Action as CoreAction, Mode as CoreMode, Op, Plan as CorePlan, Side as CoreSide};
use connector_core::store::{SavedPlan, Store as _, StoreError};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::caller::{Caller, remote, remote_of};
use super::events;
use super::named::{Action, Guard, Mode, Remote, Side};
use super::once::{Begun, once};
use super::paging::{Page, limit, place};
use super::responses::AsksRemote;
use super::runs::{ASKED_BY, Part, StartedRun};
use super::shape::{Change, Conflict, Notice, Question, Why};
use crate::failure::Failure;
use crate::messages;
use crate::report::Speaker;
use crate::service::connection;
use crate::web::problem::Problem;
use crate::web::refusal::Thing;
use crate::web::{Body, PathOf, QueryOf, Refusal};
use crate::worker::{Job, Work};

/// Of which remote to make a plan, and which way.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewPlan {
    #[schema(value_type = Remote)]
    remote: String,
    /// Both ways unless told.
    mode: Option<Mode>,
}

/// A plan that is being made.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct StartedPlan {
    plan: String,
    /// Whether it began now; if not, one of the connection was being made already, whoever asked for it.
    started: bool,
}

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
    fn empty(id: &PlanId, state: PlanState, message: Option<String>) -> Self {
        Self { id: id.to_string(), state, message, applied_by: None, contents: None }
    }

    fn of(caller: &Caller, saved: &SavedPlan) -> Self {
        let plan = &saved.plan;
        let is_old = caller.app().clock.now() - plan.made_at > PLAN_LIFE;
        let state = match (&saved.applied_by, is_old, plan.trips.is_empty()) {
            (Some(_), ..) => PlanState::Applied,
            (None, true, _) => PlanState::Expired,
            (None, false, false) => PlanState::Halted,
            (None, false, true) => PlanState::Ready,
        };
        let speaker = caller.speaker(remote_of(&plan.connection));
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
    fn new(speaker: &Speaker<'_>, op: &Op) -> Self {
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

/// What to apply of a plan.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Approval {
    /// Operations to leave out, by `seq`.
    without: Vec<u32>,
    /// Guards to ignore, this once.
    overrides: Vec<Guard>,
}

/// Makes a plan: reads both sides, changes nothing. Does not wait for it.
#[utoipa::path(tag = "plans", request_body = NewPlan,
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key with the same request starts nothing more.")),
    responses(
        (status = 202, description = "It is being made.", body = StartedPlan, headers(("Location" = String, description = "The plan."))),
        AsksRemote,
    ),
)]
#[post("/api/v1/plans")]
pub(super) async fn make(
    caller: Caller,
    request: HttpRequest,
    body: Body<NewPlan>,
) -> Result<HttpResponse, Refusal> {
    let (site, remote) = (caller.site.clone(), remote(&body.0.remote)?);
    let mode = body.0.mode.map_or_else(CoreMode::default, |mode| mode.0);
    let work = async move {
        let connection = connection::of_remote(&site.app, remote).await?.settings.connection.id;
        let handle = site.worker.start(Job::new(connection, Work::Plan { mode }, ASKED_BY)).await?;
        let plan = handle.run.to_string();
        Ok(Begun::at(format!("/api/v1/plans/{plan}"), StartedPlan { plan, started: handle.started }))
    };
    once(&caller, &request, &body.0, work).await
}

/// A plan: how it stands, and what is in it in numbers.
#[utoipa::path(tag = "plans", params(("plan" = String, Path)), responses(
    (status = 200, description = "The plan.", body = Plan),
))]
#[get("/api/v1/plans/{plan}")]
pub(super) async fn read(caller: Caller, path: PathOf<String>) -> Result<HttpResponse, Refusal> {
    let id = PlanId::from(path.0);
    if let Some(saved) = caller.app().store.plan(&id).await.map_err(Failure::from)? {
        return Ok(HttpResponse::Ok().json(Plan::of(&caller, &saved)));
    }
    // Only the making of a plan leaves steps of an id that no run has.
    let run = RunId::new(id.as_str());
    let is_run = caller.app().store.run_of(&run).await.map_err(Failure::from)?.is_some();
    if !is_run && caller.site.worker.is_under_way(&run) {
        return Ok(HttpResponse::Ok().json(Plan::empty(&id, PlanState::Making, None)));
    }
    let ended = caller.site.worker.ending_of(&run).await.map_err(Failure::from)?;
    let ended = ended.filter(|_| !is_run).ok_or(Refusal::Missing(Thing::Plan))?;
    Ok(HttpResponse::Ok().json(Plan::empty(&id, PlanState::Failed, ended.message)))
}

/// The operations of a plan, in the order of doing them.
#[utoipa::path(tag = "plans", params(("plan" = String, Path), Part), responses(
    (status = 200, description = "A page of them.", body = Page<Operation>),
))]
#[get("/api/v1/plans/{plan}/operations")]
pub(super) async fn operations(
    caller: Caller,
    path: PathOf<String>,
    part: QueryOf<Part>,
) -> Result<HttpResponse, Refusal> {
    show(&caller, path.0, &part.0, |plan| &plan.ops, Operation::new).await
}

/// The conflicts of a plan that wait for a person.
#[utoipa::path(tag = "plans", params(("plan" = String, Path), Part), responses(
    (status = 200, description = "A page of them.", body = Page<Conflict>),
))]
#[get("/api/v1/plans/{plan}/conflicts")]
pub(super) async fn conflicts(
    caller: Caller,
    path: PathOf<String>,
    part: QueryOf<Part>,
) -> Result<HttpResponse, Refusal> {
    show(&caller, path.0, &part.0, |plan| &plan.conflicts, Conflict::new).await
}

/// What only a person can say before a plan could do more.
#[utoipa::path(tag = "plans", params(("plan" = String, Path), Part), responses(
    (status = 200, description = "A page of it.", body = Page<Question>),
))]
#[get("/api/v1/plans/{plan}/questions")]
pub(super) async fn questions(
    caller: Caller,
    path: PathOf<String>,
    part: QueryOf<Part>,
) -> Result<HttpResponse, Refusal> {
    show(&caller, path.0, &part.0, |plan| &plan.questions, Question::new).await
}

/// What a plan cannot carry, or only with a loss: which deal, which field, which value, what to do.
#[utoipa::path(tag = "plans", params(("plan" = String, Path), Part), responses(
    (status = 200, description = "A page of it.", body = Page<Notice>),
))]
#[get("/api/v1/plans/{plan}/notices")]
pub(super) async fn notices(
    caller: Caller,
    path: PathOf<String>,
    part: QueryOf<Part>,
) -> Result<HttpResponse, Refusal> {
    show(&caller, path.0, &part.0, |plan| &plan.notices, Notice::new).await
}

/// Applies those operations of the plan and no other, each only if its target still holds what the plan saw. Does not wait
/// for the run.
#[utoipa::path(tag = "plans", request_body = Approval,
    params(
        ("plan" = String, Path),
        ("Idempotency-Key" = Option<String>, Header, description = "The same key with the same request starts nothing more."),
    ),
    responses(
        (status = 202, description = "It is under way.", body = StartedRun, headers(("Location" = String, description = "The run."))),
        (status = 410, description = "The plan is too old.", body = Problem, content_type = "application/problem+json"),
        AsksRemote,
    ),
)]
#[post("/api/v1/plans/{plan}/apply")]
pub(super) async fn apply(
    caller: Caller,
    request: HttpRequest,
    path: PathOf<String>,
    body: Body<Approval>,
) -> Result<HttpResponse, Refusal> {
    let (site, plan) = (caller.site.clone(), PlanId::from(path.0));
    let without = body.0.without.iter().copied().collect();
    let overrides = body.0.overrides.iter().map(|guard| guard.0).collect();
    let work = async move {
        let connection = site.app.store.plan_head(&plan).await.map_err(Failure::from)?;
        let connection = connection.ok_or(Refusal::Missing(Thing::Plan))?;
        let work = Work::Apply { plan: plan.clone(), without };
        let handle = site.worker.start(Job { overrides, ..Job::new(connection, work, ASKED_BY) }).await?;
        if !handle.started {
            // Another run has the connection: it is the answer only if it applies this very plan.
            let run = site.app.store.run_of(&handle.run).await.map_err(Failure::from)?;
            if run.is_none_or(|run| run.record.plan != Some(plan)) {
                return Err(Failure::Engine(EngineError::Running(handle.run)).into());
            }
        }
        Ok(StartedRun::begun(&handle.run, handle.started))
    };
    once(&caller, &request, &body.0, work).await
}

/// Throws a plan away; one that is being made is given up.
#[utoipa::path(tag = "plans", params(("plan" = String, Path)), responses(
    (status = 204, description = "It is gone."),
    (status = 409, description = "A run applied it.", body = Problem, content_type = "application/problem+json"),
))]
#[delete("/api/v1/plans/{plan}")]
pub(super) async fn discard(caller: Caller, path: PathOf<String>) -> Result<HttpResponse, Refusal> {
    let id = PlanId::from(path.0);
    let run = RunId::new(id.as_str());
    let is_run = caller.app().store.run_of(&run).await.map_err(Failure::from)?.is_some();
    let is_given_up = !is_run && caller.site.worker.give_up(&run);
    let is_discarded = caller.app().store.discard_plan(&id).await.map_err(|error| match error {
        StoreError::AlreadyApplied(run) => Failure::Engine(EngineError::AppliedPlan(id.clone(), run)),
        other => other.into(),
    })?;
    if is_given_up || is_discarded {
        return Ok(HttpResponse::NoContent().finish());
    }
    Err(Refusal::Missing(Thing::Plan))
}

/// The steps of making a plan as they happen, up to the last, as server-sent events: those after `Last-Event-ID`. The event
/// `finished` is the last one.
#[utoipa::path(tag = "plans",
    params(
        ("plan" = String, Path),
        ("Last-Event-ID" = Option<u64>, Header, description = "The last event that was seen; all of them unless told."),
    ),
    responses(
        (status = 200, description = "The events.", body = events::StreamedEvent, content_type = "text/event-stream"),
        (status = 204, description = "The last event was seen: there are no more."),
    ),
)]
#[get("/api/v1/plans/{plan}/events")]
pub(super) async fn follow(
    caller: Caller,
    request: HttpRequest,
    path: PathOf<String>,
) -> Result<HttpResponse, Refusal> {
    events::answer(&caller.site, &request, &RunId::from(path.0), Thing::Plan).await
}

/// A page of one of a plan's lists.
async fn show<T, V: Serialize>(
    caller: &Caller,
    id: String,
    part: &Part,
    list: impl Fn(&CorePlan) -> &Vec<T>,
    view: impl Fn(&Speaker<'_>, &T) -> V,
) -> Result<HttpResponse, Refusal> {
    let (limit, before): (u32, usize) =
        (limit(part.limit)?, place(part.cursor.as_deref())?.unwrap_or_default());
    let saved = caller.app().store.plan(&PlanId::from(id)).await.map_err(Failure::from)?;
    let plan = saved.ok_or(Refusal::Missing(Thing::Plan))?.plan;
    let speaker = caller.speaker(remote_of(&plan.connection));
    let shown = usize::try_from(limit).unwrap_or(usize::MAX).saturating_add(1);
    let items: Vec<(usize, &T)> = list(&plan).iter().enumerate().skip(before).take(shown).collect();
    let page = Page::cut(items, limit, |(place, _)| place + 1);
    Ok(HttpResponse::Ok().json(page.map(|(_, item)| view(&speaker, item))))
}
