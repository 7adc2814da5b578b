//! `/plans`: what a sync would do, to be looked at, thinned out, and applied exactly.

use actix_web::{HttpRequest, HttpResponse, delete, get, post};
use connector_core::engine::EngineError;
use connector_core::id::{PlanId, RunId};
use connector_core::plan::{Mode as CoreMode, Plan as CorePlan};
use connector_core::store::{Store as _, StoreError};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::caller::{Caller, remote};
use super::named::{Guard, Mode, Remote};
use super::once::{Begun, once};
use super::paging::{Page, limit, place};
use super::plan::{Operation, Plan, PlanState};
use super::responses::AsksRemote;
use super::runs::{ASKED_BY, Part, StartedRun};
use super::shape::{Conflict, Notice, Question};
use super::stream;
use crate::failure::Failure;
use crate::report::Speaker;
use crate::service::connection;
use crate::web::problem::Problem;
use crate::web::refusal::Thing;
use crate::web::{Body, PathOf, QueryOf, Refusal};
use crate::worker::{Job, RunHandle, Work};

/// Of which remote to make a plan, and which way.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewPlan {
    #[schema(value_type = Remote)]
    remote: String,
    /// Both ways unless told.
    mode: Option<Mode>,
    /// Whether to try again what was refused five runs in a row and set aside.
    #[serde(default)]
    retry: bool,
}

/// A plan that is being made.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct StartedPlan {
    plan: String,
    /// Whether it began now; if not, the same was being made already, whoever asked for it.
    started: bool,
}

impl StartedPlan {
    pub(super) fn begun(handle: &RunHandle) -> Begun {
        let plan = handle.run.to_string();
        Begun::at(format!("/api/v1/plans/{plan}"), Self { plan, started: handle.started })
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
    let (mode, retry) = (body.0.mode.map_or_else(CoreMode::default, |mode| mode.0), body.0.retry);
    let work = async move {
        let connection = connection::of_remote(&site.app, remote).await?.settings.connection.id;
        let job = Job { retry, ..Job::new(connection, Work::Plan { mode }, ASKED_BY) };
        let handle = site.worker.start(job).await?;
        Ok(StartedPlan::begun(&handle))
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
        let work = Work::Apply { plan, without };
        let handle = site.worker.start(Job { overrides, ..Job::new(connection, work, ASKED_BY) }).await?;
        Ok(StartedRun::begun(&handle))
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
        (status = 200, description = "The events.", body = stream::StreamedEvent, content_type = "text/event-stream"),
        (status = 204, description = "The last event was seen: there are no more."),
    ),
)]
#[get("/api/v1/plans/{plan}/events")]
pub(super) async fn follow(
    caller: Caller,
    request: HttpRequest,
    path: PathOf<String>,
) -> Result<HttpResponse, Refusal> {
    stream::answer(&caller, &request, &RunId::from(path.0), Thing::Plan).await
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
    let speaker = caller.speaker(connection::remote_of(&plan.connection));
    let shown = usize::try_from(limit).unwrap_or(usize::MAX).saturating_add(1);
    let items: Vec<(usize, &T)> = list(&plan).iter().enumerate().skip(before).take(shown).collect();
    let page = Page::cut(items, limit, |(place, _)| place + 1);
    Ok(HttpResponse::Ok().json(page.map(|(_, item)| view(&speaker, item))))
}
