//! What the program counts.

use actix_web::{HttpResponse, get, web};

use crate::metrics::CONTENT_TYPE;
use crate::web::Site;

/// Runs, operations, calls to the remotes and answered requests since the start, as Prometheus reads them.
#[utoipa::path(tag = "health", responses(
    (status = 200, description = "Prometheus' text format.", body = String, content_type = "text/plain"),
))]
#[get("/metrics")]
pub(crate) async fn read_metrics(site: web::Data<Site>) -> HttpResponse {
    HttpResponse::Ok().content_type(CONTENT_TYPE).body(site.app.metrics.text())
}
