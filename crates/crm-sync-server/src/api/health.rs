//! Whether the program lives, and whether it can work.

use actix_web::{HttpResponse, get, web};
use serde::Serialize;
use utoipa::ToSchema;

use crate::web::problem::Problem;
use crate::web::{Refusal, Site};

/// The state of the program.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Health {
    /// `ok`.
    status: &'static str,
}

const OK: Health = Health { status: "ok" };

/// The program lives. Asks nobody: a supervisor restarts a program that does not answer.
#[utoipa::path(tag = "health", responses((status = 200, description = "It lives.", body = Health)))]
#[get("/healthz")]
pub(crate) async fn healthz() -> HttpResponse {
    HttpResponse::Ok().json(OK)
}

/// The program can work: its database answers.
#[utoipa::path(tag = "health", responses(
    (status = 200, description = "It can work.", body = Health),
    (status = 503, description = "Its database does not answer.", body = Problem, content_type = "application/problem+json"),
))]
#[get("/readyz")]
pub(crate) async fn readyz(site: web::Data<Site>) -> Result<HttpResponse, Refusal> {
    site.app.store.ping().await.map_err(crate::failure::Failure::from)?;
    Ok(HttpResponse::Ok().json(OK))
}
