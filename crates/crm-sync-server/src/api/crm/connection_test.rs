//! The button that tries a connection.

use actix_web::{HttpResponse, post, web};
use serde::Serialize;
use utoipa::ToSchema;

use super::envelope::{Error, plain};
use crate::failure::Failure;
use crate::messages::{self, Lang};
use crate::service::crm_settings::{self, Opened};
use crate::service::sampling;
use crate::web::{PathOf, Refusal, Site};

/// What trying a connection came to.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Tried {
    success: bool,
    /// What came of it, in French.
    message: String,
    /// What the table is called now.
    #[serde(skip_serializing_if = "Option::is_none")]
    table_name: Option<String>,
    /// How many records it has: exactly, or those of one page and the message says that there are more.
    #[serde(skip_serializing_if = "Option::is_none")]
    record_count: Option<usize>,
}

/// Tries the connection. A remote that refuses is an answer too: `success` is false then.
#[utoipa::path(tag = "crm", params(("provider" = String, Path)), responses(
    (status = 200, description = "What came of it.", body = Tried),
    (status = 400, description = "The provider is unknown, or not configured.", body = Error),
    (status = 409, description = "The stored token cannot be opened.", body = Error),
    (status = 500, description = "The key that encrypts tokens cannot be used.", body = Error),
    (status = 503, description = "The database does not answer.", body = Error),
))]
#[post("/api/connectors/test/{provider}")]
pub(super) async fn test(site: web::Data<Site>, provider: PathOf<String>) -> Result<HttpResponse, Refusal> {
    let remote = super::provider(&provider.0)?;
    let tried = match try_out(&site, remote).await {
        Ok((table, count, is_whole)) => Tried {
            success: true,
            message: messages::crm_connected(&plain(&table), count, is_whole),
            table_name: Some(table),
            record_count: Some(count),
        },
        Err(
            failure @ (Failure::Remote(_)
            | Failure::NoBase { .. }
            | Failure::NoTable { .. }
            | Failure::WhichTable { .. }
            | Failure::BrokenMapping { .. }),
        ) => Tried {
            success: false,
            message: plain(&messages::failure(Lang::Fr, &failure)),
            table_name: None,
            record_count: None,
        },
        Err(failure) => return Err(failure.into()),
    };
    Ok(HttpResponse::Ok().json(tried))
}

/// Three requests at most, whatever the size of the table.
async fn try_out(site: &Site, remote: &str) -> Result<(String, usize, bool), Failure> {
    let Opened { connector, schema, .. } = crm_settings::open(&site.app, remote).await?;
    let name = match schema {
        Some(schema) => schema.name,
        None => connector.schema().await?.name,
    };
    let (count, is_whole) = sampling::count(connector.as_ref()).await?;
    Ok((name, count, is_whole))
}
