//! Imports and exports that the CRM's page waits for, and synchronisations that nobody waits for.

use actix_web::{HttpResponse, get, post, web};
use connector_core::id::RunId;
use connector_core::plan::{Mode, Side};
use connector_core::store::{RunRecord, Store as _};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::envelope::{Error, plain};
use super::logs::{self, Line};
use crate::failure::Failure;
use crate::messages::{self, Lang};
use crate::service::connection;
use crate::service::crm_settings;
use crate::service::sync::{self, Line as Counted};
use crate::web::{Body, PathOf, Refusal, Site};
use crate::worker::{Ending, Job, RunHandle, Work};

/// Who asks, for the history.
const ASKED_BY: &str = "crm";
/// How many of the latest lines the state shows.
const LATEST: u32 = 5;

/// What an import or an export came to.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Synced {
    /// Whether it came to its end; `status` says how.
    success: bool,
    /// `success`, `partial` or `error`.
    status: &'static str,
    records_processed: usize,
    records_created: u64,
    records_updated: u64,
    /// What was left out, and why.
    errors: Vec<String>,
    /// Of an import: the records whose status is unknown, with what it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    unknown_statuses: Option<Vec<String>>,
    /// Why nothing was done.
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
}

/// Which way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = CrmDirection)]
pub(crate) enum Direction {
    /// From the remote into the CRM.
    Import,
    /// From the CRM into the remote.
    Export,
    /// Both ways.
    #[default]
    Both,
}

impl From<Direction> for Mode {
    fn from(direction: Direction) -> Self {
        match direction {
            Direction::Import => Self::Import,
            Direction::Export => Self::Export,
            Direction::Both => Self::Sync,
        }
    }
}

impl From<Mode> for Direction {
    fn from(mode: Mode) -> Self {
        match mode {
            Mode::Import => Self::Import,
            Mode::Export => Self::Export,
            Mode::Sync => Self::Both,
        }
    }
}

/// What to start.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct Start {
    /// Both ways unless told.
    #[serde(default)]
    direction: Direction,
}

/// A synchronisation that is under way.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Started {
    success: bool,
    /// `running`.
    status: &'static str,
    /// The run, as `/api/v1/runs` knows it.
    run: String,
    /// Whether it began now; if not, it was under way already.
    #[serde(rename = "started")]
    is_new: bool,
}

/// Where a remote's synchronisation stands.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct State {
    success: bool,
    /// `running`, `success`, `partial`, `error`, or `never`.
    status: &'static str,
    /// The run under way, or the last one.
    run: Option<String>,
    /// Which way it goes.
    direction: Option<Direction>,
    /// The latest lines of the list, newest first.
    data: Vec<Line>,
    /// What to say when there was none.
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
}

/// Brings the remote's records into the CRM; answers when it is done. It goes on if nobody waits any longer.
#[utoipa::path(tag = "crm", params(("provider" = String, Path)), responses(
    (status = 200, description = "What came of it.", body = Synced),
    (status = 400, description = "The provider is unknown, or not configured.", body = Error),
    (status = 409, description = "The stored token cannot be opened.", body = Error),
    (status = 500, description = "The remote refused or cannot be reached.", body = Error),
    (status = 503, description = "The database does not answer.", body = Error),
))]
#[post("/api/sync/{provider}/import")]
pub(super) async fn import(site: web::Data<Site>, provider: PathOf<String>) -> Result<HttpResponse, Refusal> {
    let remote = super::provider(&provider.0)?;
    wait_for(&site, remote, Side::Crm).await
}

/// Brings the CRM's deals into the remote; answers when it is done. It goes on if nobody waits any longer.
#[utoipa::path(tag = "crm", params(("provider" = String, Path)), responses(
    (status = 200, description = "What came of it.", body = Synced),
    (status = 400, description = "The provider is unknown, or not configured.", body = Error),
    (status = 409, description = "The stored token cannot be opened.", body = Error),
    (status = 500, description = "The remote refused or cannot be reached.", body = Error),
    (status = 503, description = "The database does not answer.", body = Error),
))]
#[post("/api/sync/{provider}/export")]
pub(super) async fn export(site: web::Data<Site>, provider: PathOf<String>) -> Result<HttpResponse, Refusal> {
    let remote = super::provider(&provider.0)?;
    wait_for(&site, remote, Side::Remote).await
}

/// Starts a synchronisation and does not wait for it.
#[utoipa::path(tag = "crm", params(("provider" = String, Path)), responses(
    (status = 202, description = "It is under way.", body = Started),
    (status = 400, description = "The provider is unknown or not configured, or the request is wrong.", body = Error),
    (status = 409, description = "The stored token cannot be opened.", body = Error),
    (status = 413, description = "The request is too large.", body = Error),
    (status = 415, description = "The request is not JSON.", body = Error),
    (status = 500, description = "The remote refused or cannot be reached.", body = Error),
    (status = 503, description = "The database does not answer.", body = Error),
))]
#[post("/api/sync/{provider}")]
pub(super) async fn start(
    site: web::Data<Site>,
    provider: PathOf<String>,
    body: Body<Start>,
) -> Result<HttpResponse, Refusal> {
    let remote = super::provider(&provider.0)?;
    let handle = run(&site, remote, body.0.direction.into()).await?;
    let run = handle.run.to_string();
    Ok(HttpResponse::Accepted().json(Started {
        success: true,
        status: "running",
        run,
        is_new: handle.started,
    }))
}

/// Where the synchronisation of a remote stands, and its latest results.
#[utoipa::path(tag = "crm", params(("provider" = String, Path)), responses(
    (status = 200, description = "Where it stands.", body = State),
    (status = 400, description = "The provider is unknown.", body = Error),
    (status = 503, description = "The database does not answer.", body = Error),
))]
#[get("/api/sync/{provider}")]
pub(super) async fn state(site: web::Data<Site>, provider: PathOf<String>) -> Result<HttpResponse, Refusal> {
    let remote = super::provider(&provider.0)?;
    let data = logs::latest(&site, Some(remote), LATEST).await?;
    let (running, last) = match connection::of_remote(&site.app, remote).await {
        Ok(configured) => {
            let id = &configured.settings.connection.id;
            let store = &site.app.store;
            (
                store.running(id).await.map_err(Failure::from)?,
                store.last_run(id).await.map_err(Failure::from)?,
            )
        }
        Err(Failure::NotConfigured { .. }) => (None, None),
        Err(failure) => return Err(failure.into()),
    };
    let record = last.map(|run| run.record);
    Ok(HttpResponse::Ok().json(State::new(running.as_ref(), record.as_ref(), data)))
}

impl State {
    fn new(running: Option<&RunId>, last: Option<&RunRecord>, data: Vec<Line>) -> Self {
        let status = match (running, last) {
            (Some(_), _) => "running",
            (None, Some(last)) => Counted::of_record(last, Side::Crm).status,
            (None, None) => "never",
        };
        let run = running.or(last.map(|last| &last.id)).map(ToString::to_string);
        let direction = last.map(|last| last.mode.into());
        let is_first = run.is_none() && data.is_empty();
        let message = is_first.then(|| messages::no_run_yet(Lang::Fr));
        Self { success: true, status, run, direction, data, message }
    }
}

async fn run(site: &Site, remote: &str, mode: Mode) -> Result<RunHandle, Refusal> {
    let configured = crm_settings::connection(&site.app, remote).await?;
    let connection = configured.settings.connection.id;
    Ok(site.worker.start(Job::new(connection, Work::Run { mode, only: None }, ASKED_BY)).await?)
}

/// Waits for a run into `target`. The run is the worker's: it goes on when the caller hangs up.
async fn wait_for(site: &Site, remote: &str, target: Side) -> Result<HttpResponse, Refusal> {
    let mode = match target {
        Side::Crm => Mode::Import,
        Side::Remote => Mode::Export,
    };
    let has_nothing =
        target == Side::Remote && site.app.store.deals().await.map_err(Failure::from)?.is_empty();
    if has_nothing {
        crm_settings::connection(&site.app, remote).await?;
        return Ok(HttpResponse::Ok().json(Synced::nothing()));
    }
    let job = run(site, remote, mode).await?;
    let ending = job.finished().await;
    Ok(match ending.as_ref() {
        Ending::Ran(report) => {
            let errors = sync::troubles(&site.app, Lang::Fr, remote, report);
            if report.plan.is_none() {
                return Ok(failed(&errors));
            }
            let unknown = (target == Side::Crm).then(|| sync::unknown_stages(Lang::Fr, report));
            HttpResponse::Ok().json(Synced::new(Counted::of(report, target), errors, unknown))
        }
        Ending::Elsewhere(record) => {
            let recorded = record.message.iter();
            let errors = recorded.map(|message| messages::run_message(Lang::Fr, message, remote)).collect();
            let unknown = (target == Side::Crm).then(Vec::new);
            HttpResponse::Ok().json(Synced::new(Counted::of_record(record, target), errors, unknown))
        }
        Ending::Failed(failure) => failed(&[messages::failure(Lang::Fr, failure)]),
        Ending::Planned(_) | Ending::Cancelled | Ending::Interrupted => {
            failed(&[messages::crm_interrupted()])
        }
    })
}

fn failed(errors: &[String]) -> HttpResponse {
    HttpResponse::InternalServerError().json(Error::new(&plain(&errors.join(" ; "))))
}

impl Synced {
    fn new(counted: Counted, errors: Vec<String>, unknown: Option<Vec<String>>) -> Self {
        let all_plain = |texts: Vec<String>| texts.iter().map(|text| plain(text)).collect();
        Self {
            success: true,
            status: counted.status,
            records_processed: counted.processed,
            records_created: counted.created,
            records_updated: counted.updated,
            errors: all_plain(errors),
            unknown_statuses: unknown.map(all_plain),
            message: None,
        }
    }

    fn nothing() -> Self {
        let counted = Counted { status: "success", processed: 0, created: 0, updated: 0 };
        Self { message: Some(messages::crm_nothing_to_export()), ..Self::new(counted, Vec::new(), None) }
    }
}
