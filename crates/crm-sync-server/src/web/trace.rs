//! An id and a line in the log for each request.

use std::time::Instant;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage as _, HttpRequest, web};
use tracing::Instrument as _;
use uuid::Uuid;

use super::Site;
use crate::logs::filtered;

/// The header that carries a request's id, both ways.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// The most characters of an id that a caller gives.
const ID_CHARS: usize = 64;

/// What a request is called in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestId(String);

impl RequestId {
    /// The caller's own id if it is a plain word and no secret in the wrong place, else a new one.
    fn of(request: &ServiceRequest) -> Self {
        let given = request.headers().get(REQUEST_ID).and_then(|value| value.to_str().ok());
        let is_plain = |id: &&str| {
            let is_plain = |letter: u8| letter.is_ascii_alphanumeric() || matches!(letter, b'-' | b'_');
            (1..=ID_CHARS).contains(&id.len()) && id.bytes().all(is_plain) && filtered(id) == **id
        };
        Self(given.filter(is_plain).map_or_else(|| Uuid::now_v7().to_string(), str::to_owned))
    }

    /// The id of a request that came in through [`trace`].
    #[must_use]
    pub fn find(request: &HttpRequest) -> Option<String> {
        request.extensions().get::<Self>().map(|id| id.0.clone())
    }
}

/// The method, or that it is none of the usual: a caller may invent any number of them.
fn known(method: &Method) -> &str {
    match *method {
        Method::GET | Method::PUT | Method::POST | Method::DELETE | Method::HEAD | Method::OPTIONS => {
            method.as_str()
        }
        _ => "other",
    }
}

/// Gives the request an id, and writes a line when it is answered. The query stays out of the log.
pub async fn trace<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    let waits = request.app_data::<web::Data<Site>>().map(|site| site.answers.token());
    let id = RequestId::of(&request);
    let span = tracing::info_span!(
        "request",
        request_id = %id.0,
        method = %request.method(),
        path = request.path(),
    );
    let header = HeaderValue::from_str(&id.0);
    request.extensions_mut().insert(id);
    let begun = Instant::now();
    let log = span.clone();
    let mut answer = next.call(request).instrument(span).await?;
    drop(waits);
    if let Ok(header) = header {
        answer.headers_mut().insert(REQUEST_ID, header);
    }
    let status = answer.status().as_u16();
    let took = begun.elapsed();
    if let Some(site) = answer.request().app_data::<web::Data<Site>>() {
        let route = answer.request().match_pattern();
        site.app.metrics.request(
            known(answer.request().method()),
            route.as_deref().unwrap_or("none"),
            status,
            took,
        );
    }
    let ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    log.in_scope(|| tracing::info!(status, ms, "answered"));
    Ok(answer)
}
