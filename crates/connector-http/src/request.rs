//! A call, said once and sent as often as it takes.

use reqwest::Method;
use serde::Serialize;

use crate::failure::Failure;
use crate::retry::Repeat;

/// One call to a remote. Reads and deletes may be repeated; say so of a write that may be, too.
#[derive(Debug, Clone)]
pub struct Request {
    pub(crate) method: Method,
    pub(crate) segments: Vec<String>,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) body: Option<Vec<u8>>,
    pub(crate) repeat: Repeat,
}

impl Request {
    /// A call of `method` on the path made of `segments`, each of which is escaped.
    pub fn new<S: Into<String>>(method: Method, segments: impl IntoIterator<Item = S>) -> Self {
        let repeat = if method == Method::GET || method == Method::DELETE {
            Repeat::Always
        } else {
            Repeat::UnlessDone
        };
        let segments = segments.into_iter().map(Into::into).collect();
        Self { method, segments, query: Vec::new(), body: None, repeat }
    }

    /// Adds a parameter to the query string.
    #[must_use]
    pub fn query(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.query.push((name.into(), value.into()));
        self
    }

    /// Gives it a JSON body.
    pub fn json(mut self, body: &impl Serialize) -> Result<Self, Failure> {
        self.body = Some(serde_json::to_vec(body).map_err(|error| Failure::unencodable(&error))?);
        Ok(self)
    }

    /// Whether a part of the path would be left out of the address or changed on the way into it: an id is never such a
    /// part.
    pub(crate) fn leads_elsewhere(&self) -> bool {
        const STEPS: [&str; 7] = ["", ".", "..", "%2e", "%2e%2e", ".%2e", "%2e."];
        let is_step = |segment: &str| STEPS.iter().any(|step| segment.eq_ignore_ascii_case(step));
        self.segments.iter().any(|segment| is_step(segment) || segment.contains(char::is_control))
    }

    /// Says whether it may be sent again.
    #[must_use]
    pub fn repeat(mut self, repeat: Repeat) -> Self {
        self.repeat = repeat;
        self
    }
}
