//! `/runs`: starting, following, stopping and reading runs.

use actix_web::http::header::LOCATION;
use actix_web::{HttpRequest, HttpResponse, get, post};
use connector_core::id::RunId;
use connector_core::plan::{Guard as CoreGuard, Mode as CoreMode};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::caller::{Caller, remote};
use super::named::{Guard, Mode, Remote, RunStatus};
use super::once::{Begun, once};
use super::paging::{Page, limit, place};
use super::plans::StartedPlan;
use super::responses::AsksRemote;
use super::run::{Run, Step};
use super::{paging, stream};
use crate::failure::Failure;
use crate::service::{connection, sync};
use crate::store::{Logged, Run as CoreRun, RunFilter};
use crate::web::problem::Problem;
use crate::web::refusal::Thing;
use crate::web::{Body, PathOf, QueryOf, Refusal};
use crate::worker::{Job, RunHandle, Work};

/// Who asks, for the history.
pub(super) const ASKED_BY: &str = "api";

/// What to run.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct NewRun {
    /// Of which remote; of all that are connected, one after the other, unless told.
    #[schema(value_type = Option<Remote>)]
    remote: Option<String>,
    /// Both ways unless told.
    mode: Option<Mode>,
    /// Guards to ignore, this once and of this remote.
    overrides: Vec<Guard>,
    /// Whether to try again what was refused five runs in a row and set aside, of this remote.
    retry: bool,
    /// Whether the first run of a connection may go without its plan having been seen.
    approve_first: bool,
}

/// A run that is under way.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct StartedRun {
    run: String,
    /// Whether it began now; if not, it was under way already, whoever asked for it.
    started: bool,
}

impl StartedRun {
    pub(super) fn begun(handle: &RunHandle) -> Begun {
        let run = handle.run.to_string();
        Begun::at(format!("/api/v1/runs/{run}"), Self { run, started: handle.started })
    }
}

/// Which runs.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Filter {
    /// Only those of this remote.
    #[param(value_type = Option<Remote>)]
    remote: Option<String>,
    /// Only those that go this way.
    #[param(inline)]
    mode: Option<Mode>,
    /// Only those that stand so.
    #[param(inline)]
    status: Option<RunStatus>,
    /// Where the page begins: `next` of the one before.
    cursor: Option<String>,
    /// How many entries, 50 unless told.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

/// A part of a long list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Part {
    /// Where the page begins: `next` of the one before.
    pub(super) cursor: Option<String>,
    /// How many entries, 50 unless told.
    #[param(minimum = 1, maximum = 200)]
    pub(super) limit: Option<u32>,
}

/// Starts a run and does not wait for it. While one of the connection is under way, that one is the answer, or in the way
/// if guards are to be ignored.
#[utoipa::path(tag = "runs", request_body = NewRun,
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key with the same request starts nothing more.")),
    responses(
        (status = 202, description = "It is under way.", body = StartedRun, headers(("Location" = String, description = "The run."))),
        AsksRemote,
    ),
)]
#[post("/api/v1/runs")]
pub(super) async fn start(
    caller: Caller,
    request: HttpRequest,
    body: Body<NewRun>,
) -> Result<HttpResponse, Refusal> {
    let named = body.0.remote.as_deref().map(remote).transpose()?;
    if named.is_none() && !body.0.overrides.is_empty() {
        return Err(paging::wrong("overrides"));
    }
    if named.is_none() && body.0.retry {
        return Err(paging::wrong("retry"));
    }
    let site = caller.site.clone();
    let NewRun { mode, overrides, retry, approve_first, .. } = &body.0;
    let mode = mode.map_or_else(CoreMode::default, |mode| mode.0);
    let (overrides, retry) = (overrides.iter().map(|guard| guard.0).collect(), *retry);
    let approved = *approve_first;
    let work = async move {
        let wanted = match named {
            Some(remote) => vec![connection::of_remote(&site.app, remote).await?],
            None => connection::all(&site.app).await?,
        };
        for configured in &wanted {
            if !approved && sync::is_first(&site.app, configured).await? {
                return Err(Failure::FirstRun { remote: configured.remote.clone() }.into());
            }
        }
        let handle = match (named, wanted.into_iter().next()) {
            (Some(_), Some(configured)) => {
                let work = Work::Run { mode, only: None };
                let connection = configured.settings.connection.id;
                let overrides: std::collections::BTreeSet<CoreGuard> = overrides;
                site.worker.start(Job { overrides, retry, ..Job::new(connection, work, ASKED_BY) }).await?
            }
            _ => site.worker.start_all(mode, ASKED_BY).await?,
        };
        Ok(StartedRun::begun(&handle))
    };
    once(&caller, &request, &body.0, work).await
}

/// The runs, newest first.
#[utoipa::path(tag = "runs", params(Filter), responses(
    (status = 200, description = "A page of them.", body = Page<Run>),
))]
#[get("/api/v1/runs")]
pub(super) async fn list(caller: Caller, query: QueryOf<Filter>) -> Result<HttpResponse, Refusal> {
    let Filter { remote: name, mode, status, cursor, limit: wanted } = query.0;
    let limit = limit(wanted)?;
    let filter = RunFilter {
        remote: name.as_deref().map(remote).transpose()?.map(str::to_owned),
        mode: mode.map(|mode| mode.0),
        status: status.map(|status| status.0),
        before: place::<String>(cursor.as_deref())?.map(RunId::from),
        ..RunFilter::default()
    };
    let runs = caller.app().store.runs(filter, limit + 1).await.map_err(Failure::from)?;
    let page = Page::cut(runs, limit, |run| run.record.id.clone());
    Ok(HttpResponse::Ok().json(page.map(|run| Run::new(&caller, &run))))
}

/// One run.
#[utoipa::path(tag = "runs", params(("run" = String, Path)), responses(
    (status = 200, description = "The run.", body = Run),
))]
#[get("/api/v1/runs/{run}")]
pub(super) async fn read(caller: Caller, path: PathOf<String>) -> Result<HttpResponse, Refusal> {
    let run = find(&caller, path.0).await?;
    Ok(HttpResponse::Ok().json(Run::new(&caller, &run)))
}

/// What a run did and tried, in the order of doing it.
#[utoipa::path(tag = "runs", params(("run" = String, Path), Part), responses(
    (status = 200, description = "A page of it.", body = Page<Step>),
))]
#[get("/api/v1/runs/{run}/operations")]
pub(super) async fn operations(
    caller: Caller,
    path: PathOf<String>,
    query: QueryOf<Part>,
) -> Result<HttpResponse, Refusal> {
    let (limit, before) = (limit(query.0.limit)?, place(query.0.cursor.as_deref())?.unwrap_or_default());
    let run = find(&caller, path.0).await?.record.id;
    let store = &caller.app().store;
    let (steps, _) = store.operations_page(&run, before, limit + 1).await.map_err(Failure::from)?;
    let numbered: Vec<(u32, Logged)> = (before..).zip(steps).collect();
    let page = Page::cut(numbered, limit, |(place, _)| place + 1);
    Ok(HttpResponse::Ok().json(page.map(|(_, logged)| Step::new(&caller, &logged))))
}

/// Stops a run between two operations, on whichever server it is. What was done stays done.
#[utoipa::path(tag = "runs", params(("run" = String, Path)), responses(
    (status = 202, description = "It ends soon; its events tell when.", body = StoppedRun),
    (status = 409, description = "It is over.", body = Problem, content_type = "application/problem+json"),
))]
#[post("/api/v1/runs/{run}/cancel")]
pub(super) async fn cancel(caller: Caller, path: PathOf<String>) -> Result<HttpResponse, Refusal> {
    let run = find(&caller, path.0).await?.record.id;
    if !caller.site.worker.cancel(&run).await.map_err(Failure::from)? {
        return Err(Refusal::Over);
    }
    let at = format!("/api/v1/runs/{run}");
    Ok(HttpResponse::Accepted().insert_header((LOCATION, at)).json(StoppedRun { run: run.to_string() }))
}

/// A run that was asked to end.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct StoppedRun {
    run: String,
}

/// The steps of a run as they happen, up to the last, as server-sent events: those after `Last-Event-ID`. The event
/// `finished` is the last one.
#[utoipa::path(tag = "runs",
    params(
        ("run" = String, Path),
        ("Last-Event-ID" = Option<u64>, Header, description = "The last event that was seen; all of them unless told."),
    ),
    responses(
        (status = 200, description = "The events.", body = stream::StreamedEvent, content_type = "text/event-stream"),
        (status = 204, description = "The last event was seen: there are no more."),
    ),
)]
#[get("/api/v1/runs/{run}/events")]
pub(super) async fn follow(
    caller: Caller,
    request: HttpRequest,
    path: PathOf<String>,
) -> Result<HttpResponse, Refusal> {
    stream::answer(&caller, &request, &RunId::from(path.0), Thing::Run).await
}

/// Makes a plan that takes a run back: what was edited since stays, and its questions tell so. Changes nothing; applying the
/// plan does. Does not wait for it.
#[utoipa::path(tag = "runs",
    params(
        ("run" = String, Path),
        ("Idempotency-Key" = Option<String>, Header, description = "The same key with the same request starts nothing more."),
    ),
    responses(
        (status = 202, description = "It is being made.", body = StartedPlan, headers(("Location" = String, description = "The plan."))),
        AsksRemote,
    ),
)]
#[post("/api/v1/runs/{run}/undo")]
pub(super) async fn undo(
    caller: Caller,
    request: HttpRequest,
    path: PathOf<String>,
) -> Result<HttpResponse, Refusal> {
    let (site, run) = (caller.site.clone(), find(&caller, path.0).await?);
    let (connection, work) = (run.connection, Work::Undo { run: run.record.id });
    let work = async move {
        let handle = site.worker.start(Job::new(connection, work, ASKED_BY)).await?;
        Ok(StartedPlan::begun(&handle))
    };
    once(&caller, &request, &(), work).await
}

async fn find(caller: &Caller, id: String) -> Result<CoreRun, Refusal> {
    let found = caller.app().store.run_of(&RunId::from(id)).await.map_err(Failure::from)?;
    found.ok_or(Refusal::Missing(Thing::Run))
}
