//! The list of synchronisations that the CRM's page shows.

use actix_web::{HttpResponse, get, web};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::envelope::{Answer, Error, plain};
use crate::failure::Failure;
use crate::store::SyncLog;
use crate::web::{QueryOf, Refusal, Site};

/// How many lines there are unless told.
const LIMIT: u32 = 50;
/// The most lines.
const MOST: u32 = 1_000;

/// One line.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Line {
    id: i32,
    provider: String,
    /// `import` or `export`.
    direction: String,
    /// `success`, `partial` or `error`.
    status: String,
    records_processed: i32,
    records_created: i32,
    records_updated: i32,
    error_message: Option<String>,
    /// In the zone of the CRM's database.
    started_at: Option<String>,
    /// Likewise.
    completed_at: Option<String>,
}

impl From<SyncLog> for Line {
    fn from(log: SyncLog) -> Self {
        Self {
            id: log.id,
            provider: log.provider,
            direction: log.direction,
            status: log.status,
            records_processed: log.processed.unwrap_or_default(),
            records_created: log.created.unwrap_or_default(),
            records_updated: log.updated.unwrap_or_default(),
            error_message: log.error.as_deref().map(plain),
            started_at: log.started,
            completed_at: log.completed,
        }
    }
}

/// Which lines.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wanted {
    /// Only those of this remote.
    provider: Option<String>,
    /// How many; 50 unless told, 1,000 at most.
    limit: Option<u32>,
}

/// The latest lines, newest first.
pub(super) async fn latest(site: &Site, remote: Option<&str>, limit: u32) -> Result<Vec<Line>, Failure> {
    let logs = site.app.store.sync_logs(remote, limit.clamp(1, MOST)).await?;
    Ok(logs.into_iter().map(Into::into).collect())
}

/// What was synchronised, newest first.
#[utoipa::path(tag = "crm", params(Wanted), responses(
    (status = 200, description = "The lines.", body = Answer<Vec<Line>>),
    (status = 400, description = "The provider is unknown, or the query is wrong.", body = Error),
    (status = 503, description = "The database does not answer.", body = Error),
))]
#[get("/api/sync/logs")]
pub(super) async fn list(site: web::Data<Site>, wanted: QueryOf<Wanted>) -> Result<HttpResponse, Refusal> {
    let named = wanted.0.provider.filter(|name| !name.is_empty());
    let remote = named.map(|name| super::provider(&name)).transpose()?;
    let lines = latest(&site, remote, wanted.0.limit.unwrap_or(LIMIT)).await?;
    Ok(HttpResponse::Ok().json(Answer::of(lines)))
}
