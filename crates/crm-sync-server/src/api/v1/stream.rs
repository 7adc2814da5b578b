//! The steps of a run, and of the making of a plan, as server-sent events.

use actix_web::{HttpRequest, HttpResponse};
use connector_core::id::RunId;
use utoipa::ToSchema;

use super::caller::Caller;
use super::paging::wrong;
use crate::failure::Failure;
use crate::web::refusal::Thing;
use crate::web::{Refusal, events};

/// An event, as it stands in the stream.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "the document tells of it; the stream writes it line by line")]
pub(crate) struct StreamedEvent {
    /// The step's number: what `Last-Event-ID` repeats.
    id: String,
    /// `started`, `reading`, `planned`, `writing`, `not_applied`, `finished`.
    event: String,
    /// JSON: the number, the name, and what the step tells.
    data: String,
}

/// The steps after the one that the request has seen.
pub(super) async fn answer(
    caller: &Caller,
    request: &HttpRequest,
    run: &RunId,
    thing: Thing,
) -> Result<HttpResponse, Refusal> {
    let after = events::last_seen(request).ok_or_else(|| wrong("Last-Event-ID"))?;
    let followed = events::follow(&caller.site, run, after).await.map_err(Failure::from)?;
    followed.ok_or(Refusal::Missing(thing))
}
