//! What a request says: its body, the ids in its path, its query. All of it is checked before a handler sees it.

#[cfg(test)]
mod fuzz;

use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::web::{Bytes, BytesMut};
use actix_web::{FromRequest, HttpRequest};
use futures::StreamExt as _;
use futures::future::LocalBoxFuture;
use serde::de::DeserializeOwned;

use super::Refusal;
use super::refusal::FieldFault;

/// The most bytes of a body.
pub const BODY_BYTES: usize = 64 * 1024;
/// How long a body may take to come in.
pub const BODY_TIME: Duration = Duration::from_secs(10);

/// A body of JSON. No body is an empty object.
#[derive(Debug)]
pub struct Body<T>(pub T);

/// The values in the path.
#[derive(Debug)]
pub struct PathOf<T>(pub T);

/// The query.
#[derive(Debug)]
pub struct QueryOf<T>(pub T);

impl<T: DeserializeOwned> FromRequest for Body<T> {
    type Error = Refusal;
    type Future = LocalBoxFuture<'static, Result<Self, Refusal>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let content_type =
            request.headers().get(CONTENT_TYPE).map(|value| value.to_str().unwrap_or_default());
        let essence = content_type.map(|value| value.split(';').next().unwrap_or_default().trim());
        let is_json = essence.map(|essence| essence.eq_ignore_ascii_case("application/json"));
        let payload = payload.take();
        Box::pin(async move {
            let body = tokio::time::timeout(BODY_TIME, read(payload)).await.map_err(|_| Refusal::Slow)??;
            if body.is_empty() {
                return json(b"{}").map(Self);
            }
            if is_json == Some(true) { json(&body).map(Self) } else { Err(Refusal::MediaType) }
        })
    }
}

async fn read(mut payload: Payload) -> Result<Bytes, Refusal> {
    let mut body = BytesMut::new();
    while let Some(piece) = payload.next().await {
        // A body that breaks off is answered to nobody.
        let piece = piece.map_err(|_| Refusal::Syntax { line: 1, column: body.len() })?;
        if body.len() + piece.len() > BODY_BYTES {
            return Err(Refusal::TooLarge(BODY_BYTES));
        }
        body.extend_from_slice(&piece);
    }
    Ok(body.freeze())
}

/// Reads JSON, and says where it is wrong without repeating what was there.
fn json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Refusal> {
    let text = std::str::from_utf8(bytes).map_err(|_| Refusal::Encoding)?;
    let mut reader = serde_json::Deserializer::from_str(text);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let path = error.path().to_string();
        let error = error.into_inner();
        if error.is_data() {
            field(&path, &error.to_string())
        } else {
            Refusal::Syntax { line: error.line(), column: error.column() }
        }
    })?;
    reader.end().map_err(|error| Refusal::Syntax { line: error.line(), column: error.column() })?;
    // A list of values in the order of the members is taken for an object otherwise.
    if !text.trim_start().starts_with('{') {
        return Err(Refusal::Field { field: String::new(), fault: FieldFault::Value });
    }
    // Only a text can hold it, and JSON has one way to write it.
    if has_nul(text) { Err(Refusal::Nul) } else { Ok(value) }
}

/// Whether JSON text holds an escaped NUL: `\u0000` after an even number of backslashes.
fn has_nul(text: &str) -> bool {
    text.match_indices("\\u0000").any(|(at, _)| {
        let before = text.get(..at).unwrap_or_default();
        before.bytes().rev().take_while(|byte| *byte == b'\\').count() % 2 == 0
    })
}

/// What is wrong with which member, from serde's words, which may repeat a value that must not be repeated.
fn field(path: &str, words: &str) -> Refusal {
    let named = || words.split('`').nth(1).unwrap_or_default();
    let below = |name: &str| {
        let parent = path.trim_end_matches(name).trim_end_matches('.');
        if parent.is_empty() { name.to_owned() } else { format!("{parent}.{name}") }
    };
    let (field, fault) = if words.starts_with("unknown field") {
        (below(named()), FieldFault::Unknown)
    } else if words.starts_with("missing field") {
        (below(named()), FieldFault::Missing)
    } else if words.starts_with("duplicate field") {
        (below(named()), FieldFault::Twice)
    } else {
        (path.to_owned(), FieldFault::Value)
    };
    Refusal::Field {
        field: if field == "." { String::new() } else { field.trim_start_matches("..").to_owned() },
        fault,
    }
}

impl<T: DeserializeOwned + 'static> FromRequest for PathOf<T> {
    type Error = Refusal;
    type Future = std::future::Ready<Result<Self, Refusal>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let values = actix_web::web::Path::<T>::extract(request).into_inner();
        let is_clean = request.match_info().iter().all(|(_, value)| !value.contains('\0'));
        std::future::ready(match values {
            _ if !is_clean => Err(Refusal::Nul),
            Ok(values) => Ok(Self(values.into_inner())),
            Err(_) => Err(Refusal::Path),
        })
    }
}

impl<T: DeserializeOwned + 'static> FromRequest for QueryOf<T> {
    type Error = Refusal;
    type Future = std::future::Ready<Result<Self, Refusal>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        std::future::ready(query(request.query_string()).map(Self))
    }
}

fn query<T: DeserializeOwned>(text: &str) -> Result<T, Refusal> {
    let pairs = url::form_urlencoded::parse(text.as_bytes());
    if pairs.clone().any(|(name, value)| name.contains('\0') || value.contains('\0')) {
        return Err(Refusal::Nul);
    }
    let reader = serde_urlencoded::Deserializer::new(pairs);
    serde_path_to_error::deserialize(reader).map_err(|error| {
        let path = error.path().to_string();
        field(&path, &error.into_inner().to_string())
    })
}
