//! `/conflicts`: what both sides changed: to decide, and decided.

use actix_web::{HttpRequest, HttpResponse, get, post};
use chrono::{DateTime, Utc};
use connector_core::id::RunId;
use connector_core::plan::Mode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::caller::{Caller, remote};
use super::named::{Remote, Side};
use super::once::{Begun, once};
use super::paging::{Page, limit, place};
use super::responses::AsksRemote;
use super::run::Run;
use super::runs::ASKED_BY;
use super::shape::Conflict;
use crate::failure::Failure;
use crate::service::sync::Order;
use crate::service::{conflicts, connection};
use crate::store::{ConflictState as CoreState, Disputed as CoreDisputed};
use crate::web::refusal::Thing;
use crate::web::{Body, PathOf, QueryOf, Refusal};

/// How many decided ones are remembered here, of each remote.
const DECIDED: u32 = 1_000;

/// A conflict in the ledger.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Disputed {
    remote: String,
    state: ConflictState,
    /// The run that met it first, or decided it.
    run: String,
    /// When that was noted.
    noted: DateTime<Utc>,
    conflict: Conflict,
}

/// How a conflict stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ConflictState {
    /// It waits for a person.
    Open,
    /// Somebody won; the other value is kept.
    Decided,
    /// It went away by itself.
    Closed,
    /// One of its values changed, and another conflict took its place.
    Superseded,
}

impl From<CoreState> for ConflictState {
    fn from(state: CoreState) -> Self {
        match state {
            CoreState::Open => Self::Open,
            CoreState::Decided => Self::Decided,
            CoreState::Closed => Self::Closed,
            CoreState::Superseded => Self::Superseded,
        }
    }
}

impl Disputed {
    fn new(caller: &Caller, disputed: &CoreDisputed) -> Self {
        let remote = connection::remote_of(&disputed.connection);
        Self {
            remote: remote.to_owned(),
            state: disputed.state.into(),
            run: disputed.run.to_string(),
            noted: disputed.noted,
            conflict: Conflict::new(&caller.speaker(remote), &disputed.conflict),
        }
    }
}

/// Which conflicts.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Filter {
    /// Only those of this remote.
    #[param(value_type = Option<Remote>)]
    remote: Option<String>,
    /// Those that wait for a person, unless told; or those that were decided, newest first.
    #[param(inline)]
    state: Option<Waiting>,
    /// Where the page begins: `next` of the one before.
    cursor: Option<String>,
    /// How many entries, 50 unless told.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

/// Whether a conflict waits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Waiting {
    /// It waits for a person.
    #[default]
    Open,
    /// Somebody won.
    Decided,
}

/// Who shall win.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Decision {
    /// The side whose value both get.
    keep: Side,
}

/// What both sides changed to different values.
#[utoipa::path(tag = "conflicts", params(Filter), responses(
    (status = 200, description = "A page of them.", body = Page<Disputed>),
))]
#[get("/api/v1/conflicts")]
pub(super) async fn list(caller: Caller, query: QueryOf<Filter>) -> Result<HttpResponse, Refusal> {
    let Filter { remote: name, state, cursor, limit: wanted } = query.0;
    let (limit, before): (u32, usize) = (limit(wanted)?, place(cursor.as_deref())?.unwrap_or_default());
    let named = name.as_deref().map(remote).transpose()?;
    let mut found: Vec<CoreDisputed> = Vec::new();
    for configured in connection::all(caller.app()).await? {
        if named.is_none_or(|named| named == configured.remote) {
            found.extend(match state.unwrap_or_default() {
                Waiting::Open => conflicts::open(caller.app(), &configured).await?,
                Waiting::Decided => conflicts::decided(caller.app(), &configured, DECIDED).await?,
            });
        }
    }
    if state == Some(Waiting::Decided) {
        found.sort_by_key(|disputed| std::cmp::Reverse(disputed.noted));
    }
    let rest: Vec<(usize, CoreDisputed)> = found.into_iter().enumerate().skip(before).collect();
    let page = Page::cut(rest, limit, |(place, _)| place + 1);
    Ok(HttpResponse::Ok().json(page.map(|(_, disputed)| Disputed::new(&caller, &disputed))))
}

/// One conflict, open or decided.
#[utoipa::path(tag = "conflicts", params(("conflict" = String, Path)), responses(
    (status = 200, description = "The conflict.", body = Disputed),
))]
#[get("/api/v1/conflicts/{conflict}")]
pub(super) async fn read(caller: Caller, path: PathOf<String>) -> Result<HttpResponse, Refusal> {
    let disputed = find(&caller, &path.0).await?;
    Ok(HttpResponse::Ok().json(Disputed::new(&caller, &disputed)))
}

/// Gives both sides the value of one, whether the conflict waits or was decided otherwise; only if both still hold one of
/// the two values. Waits for the run: nothing else is read or touched.
#[utoipa::path(tag = "conflicts", request_body = Decision,
    params(
        ("conflict" = String, Path),
        ("Idempotency-Key" = Option<String>, Header, description = "The same key with the same request decides nothing more."),
    ),
    responses((status = 200, description = "The run that wrote it.", body = Run), AsksRemote),
)]
#[post("/api/v1/conflicts/{conflict}/decision")]
pub(super) async fn decide(
    caller: Caller,
    request: HttpRequest,
    path: PathOf<String>,
    body: Body<Decision>,
) -> Result<HttpResponse, Refusal> {
    let (disputed, keep) = (find(&caller, &path.0).await?, body.0.keep.0);
    let (app, clerk) = (caller.app().clone(), caller.clone());
    let work = async move {
        let order = Order { trigger: ASKED_BY.into(), ..Order::new(Mode::Sync) };
        let CoreDisputed { connection, conflict, .. } = &disputed;
        let report = conflicts::decide(&app, connection, &conflict.id, keep, order).await?;
        let run: RunId = report.record.id;
        let run = app.store.run_of(&run).await.map_err(Failure::from)?;
        let run = run.ok_or(Refusal::Missing(Thing::Run))?;
        let at = format!("/api/v1/runs/{}", run.record.id);
        Ok(Begun::done(at, Run::new(&clerk, &run)))
    };
    once(&caller, &request, &body.0, Box::pin(work)).await
}

/// The conflict of exactly this id.
async fn find(caller: &Caller, id: &str) -> Result<CoreDisputed, Refusal> {
    let found = conflicts::find(caller.app(), id).await?;
    Some(found).filter(|found| found.conflict.id == id).ok_or(Refusal::Missing(Thing::Conflict))
}
