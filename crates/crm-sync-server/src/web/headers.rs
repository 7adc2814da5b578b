//! What every answer tells a browser to do, and not to do, with it.

use actix_web::Error;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderName, HeaderValue, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
    X_FRAME_OPTIONS,
};
use actix_web::middleware::Next;

/// A handler that answers otherwise, a page or an asset, sets its own value.
const HEADERS: [(HeaderName, HeaderValue); 4] = [
    (CACHE_CONTROL, HeaderValue::from_static("no-store")),
    (CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'")),
    (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
];
/// What old browsers go by where others read `frame-ancestors`; it knows no list of origins.
const NO_FRAME: HeaderValue = HeaderValue::from_static("DENY");

/// Adds the headers that the answer lacks.
pub async fn secure<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    let mut answer = next.call(request).await?;
    for (name, value) in HEADERS {
        if !answer.headers().contains_key(&name) {
            answer.headers_mut().insert(name, value);
        }
    }
    let policy = answer.headers().get(CONTENT_SECURITY_POLICY).and_then(|policy| policy.to_str().ok());
    if !policy.is_some_and(names_ancestors) {
        answer.headers_mut().insert(X_FRAME_OPTIONS, NO_FRAME);
    }
    Ok(answer)
}

/// Whether the policy lets pages of some origin show the answer in their own.
fn names_ancestors(policy: &str) -> bool {
    policy.contains("frame-ancestors ") && !policy.contains("frame-ancestors 'none'")
}
