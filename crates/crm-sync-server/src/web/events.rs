//! The steps of a run as server-sent events, for browsers and programs alike.

use std::time::Duration;

use actix_web::http::header::{CONTENT_TYPE, HeaderName};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse};
use connector_core::id::RunId;
use connector_core::store::StoreError;
use futures::stream::{self, BoxStream, Stream, StreamExt as _};
use tokio::time::timeout;

use super::Site;
use crate::worker::Numbered;

/// The last event that the reader saw.
const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");
/// Tells a proxy to pass on each event at once.
const BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");
/// How long nothing may be said: proxies and readers take a longer silence for the end.
const BEAT: Duration = Duration::from_secs(10);
/// How long a reader waits before it connects again, in milliseconds.
const RETRY: &str = "retry: 2000\n\n";

/// The last event that the reader saw, 0 if it saw none; nothing if what it says is no number.
#[must_use]
pub fn last_seen(request: &HttpRequest) -> Option<u64> {
    let seen = request.headers().get(LAST_EVENT_ID);
    seen.map_or(Some(0), |seen| seen.to_str().ok()?.trim().parse().ok())
}

/// The steps of a run, or of the making of a plan, after that number; nothing more to come is an empty answer, and no such
/// run none.
pub async fn follow(site: &Site, run: &RunId, after: u64) -> Result<Option<HttpResponse>, StoreError> {
    if after > 0 && site.worker.is_last(run, after).await? {
        return Ok(Some(HttpResponse::NoContent().finish()));
    }
    let Some(steps) = site.worker.events(run, after).await? else { return Ok(None) };
    let first = stream::once(async { Ok(Bytes::from_static(RETRY.as_bytes())) });
    let body = first.chain(frames(steps)).take_until(site.stop.clone().cancelled_owned());
    Ok(Some(
        HttpResponse::Ok()
            .insert_header((CONTENT_TYPE, "text/event-stream"))
            .insert_header((BUFFERING, "no"))
            .streaming(body),
    ))
}

type Steps = BoxStream<'static, Result<Numbered, StoreError>>;

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
