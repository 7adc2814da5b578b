//! The steps of a run as server-sent events, for browsers and programs alike.

use std::time::Duration;

use actix_web::http::header::{CONTENT_TYPE, HeaderName};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse};
use connector_core::id::RunId;
use futures::stream::{self, BoxStream, Stream, StreamExt as _};
use tokio::time::timeout;
use utoipa::ToSchema;

use super::paging::wrong;
use crate::failure::Failure;
use crate::web::refusal::Thing;
use crate::web::{Refusal, Site};
use crate::worker::Numbered;

/// The last event that the reader saw.
const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");
/// Tells a proxy to pass on each event at once.
const BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");
/// How long nothing may be said: proxies and readers take a longer silence for the end.
const BEAT: Duration = Duration::from_secs(10);
/// How long a reader waits before it connects again, in milliseconds.
const RETRY: &str = "retry: 2000\n\n";

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

/// The steps after the one that the request has seen; nothing more to come is an empty answer.
pub(crate) async fn answer(
    site: &Site,
    request: &HttpRequest,
    run: &RunId,
    thing: Thing,
) -> Result<HttpResponse, Refusal> {
    let seen = request.headers().get(LAST_EVENT_ID);
    let seen = seen.map(|value| value.to_str().ok().and_then(|text| text.trim().parse().ok()));
    let after: u64 = match seen {
        None => 0,
        Some(number) => number.ok_or_else(|| wrong("Last-Event-ID"))?,
    };
    if after > 0 && site.worker.is_last(run, after).await.map_err(Failure::from)? {
        return Ok(HttpResponse::NoContent().finish());
    }
    let steps = site.worker.events(run, after).await.map_err(Failure::from)?;
    let steps = steps.ok_or(Refusal::Missing(thing))?;
    let first = stream::once(async { Ok(Bytes::from_static(RETRY.as_bytes())) });
    let body = first.chain(frames(steps)).take_until(site.stop.clone().cancelled_owned());
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/event-stream"))
        .insert_header((BUFFERING, "no"))
        .streaming(body))
}

type Steps = BoxStream<'static, Result<Numbered, connector_core::store::StoreError>>;

/// The steps, with a sign of life where there is none for long.
fn frames(steps: Steps) -> impl Stream<Item = Result<Bytes, actix_web::Error>> {
    stream::unfold(steps, |mut steps| async {
        match timeout(BEAT, steps.next()).await {
            Err(_) => Some((Ok(Bytes::from_static(b":\n\n")), steps)),
            Ok(None) => None,
            Ok(Some(Ok(step))) => Some((Ok(frame(&step)), steps)),
            // The reader comes again, and goes on after what it saw.
            Ok(Some(Err(error))) => {
                tracing::warn!(%error, "a reader of a run's steps has to come again");
                None
            }
        }
    })
}

/// A step as an event: its number, its name, all of it as JSON on one line.
fn frame(step: &Numbered) -> Bytes {
    let json = serde_json::to_value(step).unwrap_or_default();
    let name = json.get("event").and_then(|name| name.as_str()).unwrap_or("message");
    Bytes::from(format!("id: {}\nevent: {name}\ndata: {json}\n\n", step.number))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::worker::RunEvent;

    #[tokio::test(start_paused = true)]
    async fn a_long_silence_is_filled_and_the_end_is_the_end() {
        let one = Numbered { number: 7, event: RunEvent::Started };
        let steps = stream::once(async move {
            tokio::time::sleep(BEAT * 5 / 2).await;
            Ok(one)
        });
        let told: Vec<Bytes> = frames(steps.boxed()).map(Result::unwrap).collect().await;
        let started = "id: 7\nevent: started\ndata: {\"event\":\"started\",\"number\":7}\n\n";
        assert_eq!(told, [":\n\n", ":\n\n", started]);
    }
}
