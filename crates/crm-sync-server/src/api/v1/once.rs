//! `Idempotency-Key`: a request that starts work and is sent again, since its answer got lost, starts nothing more.

use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderName, LOCATION};
use actix_web::{HttpRequest, HttpResponse};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use tokio::time::{Instant, sleep};

use super::caller::Caller;
use super::paging::wrong;
use crate::failure::Failure;
use crate::store::Claim;
use crate::web::Refusal;

const KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// Says that an answer was given before.
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
/// The most characters of a key.
const KEY_CHARS: usize = 255;
/// How long the same request that is still under way is waited for.
const PATIENCE: Duration = Duration::from_secs(20);
const LOOK: Duration = Duration::from_millis(100);

/// The answer of a request that started work: kept, to be given again.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Begun {
    status: u16,
    /// Where what was started is.
    location: Option<String>,
    body: Value,
}

impl Begun {
    /// Work is under way at this address.
    pub(super) fn at(location: String, body: impl Serialize) -> Self {
        let body = serde_json::to_value(body).unwrap_or_default();
        Self { status: StatusCode::ACCEPTED.as_u16(), location: Some(location), body }
    }

    /// Work is done, and this came of it.
    pub(super) fn done(location: String, body: impl Serialize) -> Self {
        Self { status: StatusCode::OK.as_u16(), ..Self::at(location, body) }
    }

    fn answer(&self, replayed: bool) -> HttpResponse {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::ACCEPTED);
        let mut answer = HttpResponse::build(status);
        if let Some(location) = &self.location {
            answer.insert_header((LOCATION, location.as_str()));
        }
        if replayed {
            answer.insert_header((REPLAYED, "true"));
        }
        answer.json(&self.body)
    }
}

/// Does the work once for a key: the same request with the same key gets the same answer for a day, on whichever server
/// it arrives; another request with it is refused. Work that did not begin frees its key. The work goes on when the
/// caller hangs up.
pub(super) async fn once(
    caller: &Caller,
    request: &HttpRequest,
    body: &impl Serialize,
    work: impl Future<Output = Result<Begun, Refusal>> + 'static,
) -> Result<HttpResponse, Refusal> {
    let Some(key) = key(request)? else {
        return Ok(detached(work).await?.answer(false));
    };
    let store = caller.app().store.clone();
    let fingerprint = fingerprint(request, body);
    let asked = Instant::now();
    loop {
        match store.claim_request::<Begun>(&key, &fingerprint).await.map_err(Failure::from)? {
            Claim::Answered(begun) => return Ok(begun.answer(true)),
            Claim::Other => return Err(Refusal::KeyReused),
            Claim::UnderWay if asked.elapsed() >= PATIENCE => return Err(Refusal::KeyBusy),
            Claim::UnderWay => sleep(LOOK).await,
            Claim::Ours => break,
        }
    }
    let work = async move {
        let begun = work.await;
        let kept = match &begun {
            Ok(begun) => store.answer_request(&key, begun).await,
            Err(_) => store.release_request(&key).await,
        };
        if let Err(error) = kept {
            tracing::warn!(%error, "the answer to an idempotency key is not kept");
        }
        begun
    };
    Ok(detached(work).await?.answer(false))
}

/// Apart from the request, which ends when its caller hangs up.
async fn detached(work: impl Future<Output = Result<Begun, Refusal>> + 'static) -> Result<Begun, Refusal> {
    actix_web::rt::spawn(work).await.unwrap_or_else(|_| Err(Failure::Closing.into()))
}

fn key(request: &HttpRequest) -> Result<Option<String>, Refusal> {
    let Some(given) = request.headers().get(KEY) else { return Ok(None) };
    let text = given.to_str().ok().filter(|text| (1..=KEY_CHARS).contains(&text.len()));
    text.map(|text| Some(text.to_owned())).ok_or_else(|| wrong("Idempotency-Key"))
}

/// What makes a request the same: method, path and what its body says.
fn fingerprint(request: &HttpRequest, body: &impl Serialize) -> String {
    let said = serde_json::to_string(body).unwrap_or_default();
    URL_SAFE_NO_PAD.encode(Sha256::digest([request.method().as_str(), request.path(), &said].join("\n")))
}
