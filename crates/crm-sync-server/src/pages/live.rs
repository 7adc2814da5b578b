//! What is under way: its steps as they happen, the button that ends it, and the page of a plan that is being made.

use actix_web::HttpRequest;
use actix_web::web::Path;
use askama::Template;
use connector_core::id::RunId;

use super::fields::Fields;
use super::frame::{Frame, Place};
use super::trouble::{Answer, Trouble, see};
use super::visitor::Visitor;
use crate::logs::filtered;
use crate::messages::Words;
use crate::web::events;
use crate::worker::Finished;

/// Who asks, for the history.
pub(super) const ASKED_BY: &str = "page";

#[derive(Debug, Template)]
#[template(path = "reading.html")]
struct Reading {
    t: Words,
    frame: Frame,
    id: RunId,
    /// Why it came to nothing; empty while it is under way.
    failure: String,
}

/// How far the making of a plan is.
pub(super) async fn reading(visitor: &Visitor, id: &RunId) -> Answer {
    let t = visitor.words();
    let frame = visitor.frame(t.plan_title_page(), Place::Connectors).await?;
    visitor.page(&Reading { t, frame, id: id.clone(), failure: String::new() })
}

/// Why the making of a plan came to a bad end.
pub(super) async fn unmade(visitor: &Visitor, id: &RunId, ended: Finished) -> Answer {
    let t = visitor.words();
    let frame = visitor.frame(t.trouble_title(), Place::Connectors).await?;
    let failure = filtered(&ended.message.unwrap_or_else(|| t.run_phase_failed()));
    visitor.page(&Reading { t, frame, id: id.clone(), failure })
}

/// The steps of a run, or of the making of a plan, as server-sent events; the event's name is the step's.
pub(super) async fn follow(visitor: Visitor, request: HttpRequest, path: Path<String>) -> Answer {
    let after = events::last_seen(&request).unwrap_or_default();
    let run = RunId::from(path.into_inner());
    events::follow(visitor.site(), &run, after).await?.ok_or(Trouble::Missing)
}

/// Ends a run between two operations, or the making of a plan at once.
pub(super) async fn cancel(visitor: Visitor, path: Path<String>, _: Fields) -> Answer {
    let run = RunId::from(path.into_inner());
    let is_under_way = visitor.site().worker.cancel(&run).await?;
    let is_run = visitor.app().store.run_of(&run).await?.is_some();
    match (is_run, is_under_way) {
        (true, true) => see(format!("/runs/{run}?done=cancel")),
        (true, false) => see(format!("/runs/{run}")),
        // A plan that nobody waits for any more leaves nothing to see.
        (false, _) => see("/connectors"),
    }
}
