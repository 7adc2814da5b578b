//! What is under way: its steps as they happen, the button that ends it, and the page of a plan that is being made.

use std::time::Duration;

use actix_web::http::header::{CONTENT_TYPE, HeaderName};
use actix_web::web::{Bytes, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use connector_core::id::RunId;
use connector_core::store::StoreError;
use futures::StreamExt as _;
use futures::stream;

use super::fields::Fields;
use super::frame::{Frame, Place};
use super::trouble::{Answer, Trouble, see};
use super::visitor::Visitor;
use crate::messages::Words;
use crate::worker::Numbered;

/// Who asks, for the history.
pub(super) const ASKED_BY: &str = "page";
/// With what number a browser goes on after its connection broke.
const LAST_SEEN: HeaderName = HeaderName::from_static("last-event-id");
/// Has nginx pass each step on at once.
const UNBUFFERED: (&str, &str) = ("x-accel-buffering", "no");
/// How often a quiet stream says that it is there: proxies end what says nothing for a minute.
const QUIET: Duration = Duration::from_secs(15);

#[derive(Debug, Template)]
#[template(path = "reading.html")]
struct Reading {
    t: Words,
    frame: Frame,
    id: RunId,
}

/// How far the making of a plan is.
pub(super) async fn reading(visitor: &Visitor, id: &RunId) -> Answer {
    let t = visitor.words();
    let frame = visitor.frame(t.plan_title_page(), Place::Connectors).await?;
    visitor.page(&Reading { t, frame, id: id.clone() })
}

/// The steps of a run, or of the making of a plan, as server-sent events; the event's name is the step's.
pub(super) async fn events(visitor: Visitor, request: HttpRequest, path: Path<String>) -> Answer {
    let seen = request.headers().get(LAST_SEEN).and_then(|number| number.to_str().ok()?.parse().ok());
    let run = RunId::from(path.into_inner());
    let steps =
        visitor.site().worker.events(&run, seen.unwrap_or_default()).await?.ok_or(Trouble::Missing)?;
    let told = stream::unfold(Some(steps), |steps| async {
        let mut steps = steps?;
        match tokio::time::timeout(QUIET, steps.next()).await {
            Err(_) => Some((Ok(Bytes::from_static(b":\n\n")), Some(steps))),
            Ok(None) => None,
            Ok(Some(step)) => Some((step.map(|step| told(&step)), Some(steps))),
        }
    });
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/event-stream"))
        .insert_header(UNBUFFERED)
        .streaming::<_, StoreError>(told))
}

/// One step as the protocol has it.
fn told(step: &Numbered) -> Bytes {
    let data = serde_json::to_value(step).unwrap_or_default();
    let name = data.get("event").and_then(serde_json::Value::as_str).unwrap_or_default();
    format!("id: {}\nevent: {name}\ndata: {data}\n\n", step.number).into()
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::worker::RunEvent;

    #[test]
    fn a_step_is_one_event_on_lines_of_its_own() {
        let step = Numbered { number: 7, event: RunEvent::Planned { operations: 3, halted: false } };
        let told = String::from_utf8(told(&step).to_vec()).unwrap();
        assert!(told.starts_with("id: 7\nevent: planned\ndata: {"), "{told}");
        assert!(told.ends_with("}\n\n") && told.contains("\"operations\":3"), "{told}");
        assert_eq!(told.matches('\n').count(), 4);
    }
}
