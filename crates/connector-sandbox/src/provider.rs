//! What the sandbox needs of a provider that it plays: the seam between HTTP and behaviour.

use actix_web::web::Bytes;
use chrono::{DateTime, Utc};

use crate::fault::FaultAnswer;
use crate::remote::Remote;
use crate::settings::Knobs;

/// A request as it came from the wire.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) method: String,
    /// The path, still percent-encoded.
    pub(crate) path: String,
    /// The query, still percent-encoded, without `?`.
    pub(crate) query: String,
    pub(crate) authorization: Option<String>,
    pub(crate) content_type: Option<String>,
    /// The API version that the request asks for.
    pub(crate) version: Option<String>,
    pub(crate) body: Bytes,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) content_type: String,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
}

impl Reply {
    /// A JSON answer.
    pub(crate) fn json(status: u16, body: &serde_json::Value) -> Self {
        Self {
            status,
            content_type: "application/json; charset=utf-8".to_owned(),
            headers: Vec::new(),
            body: body.to_string().into_bytes(),
        }
    }

    /// An answer of another type.
    pub(crate) fn bytes(status: u16, content_type: &str, body: Vec<u8>) -> Self {
        Self { status, content_type: content_type.to_owned(), headers: Vec::new(), body }
    }
}

/// A provider: from a request to its answer, on one state.
pub(crate) trait Provider: Send + Sync {
    /// Which one.
    fn remote(&self) -> Remote;

    /// The template of the route that a request takes; `unrouted` if none.
    fn route(&self, method: &str, path: &str) -> &'static str;

    /// Applies a request.
    fn answer(&self, request: &Request, knobs: &Knobs, now: DateTime<Utc>) -> Reply;

    /// Whether a request that was answered so may have changed the world, or used up ids: whether the journal keeps it.
    fn is_kept(&self, request: &Request, status: u16) -> bool;

    /// The body of a scripted error in the provider's words; `applied` is the answer that it replaces.
    fn fault(&self, answer: &FaultAnswer, applied: Option<&Reply>) -> Reply;

    /// The answer to a body that is too large to read.
    fn too_large(&self) -> Reply;
}
