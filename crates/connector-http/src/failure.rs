//! What went wrong on the wire, told without secrets.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use connector_core::{Error, ErrorKind};
use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};

use crate::dialect::{Dialect, Said};
use crate::redact::excerpt;
use crate::retry::Trouble;

/// Why a call failed, as far as HTTP can tell.
#[derive(Debug, Clone)]
pub struct Failure {
    /// What it means for a retry.
    pub trouble: Trouble,
    /// Whether this attempt or one before may have been carried out.
    pub maybe_done: bool,
    /// Whether there was no answer in time.
    pub timed_out: bool,
    /// The status, if there was an answer.
    pub status: Option<u16>,
    /// The remote's error code.
    pub code: Option<Box<str>>,
    /// The remote's words, or ours when it had none.
    pub message: Option<Box<str>>,
    /// The remote's name for the request, for its support.
    pub request_id: Option<Box<str>>,
    /// The beginning of the body, at most 2 KiB; empty if the message says it all.
    pub body: Box<str>,
    /// The id of what the call made or changed all the same, if the remote says that it did.
    pub committed: Option<Box<str>>,
    /// How long the remote asked to wait.
    pub retry_after: Option<Duration>,
    /// The cause, without its address.
    pub source: Option<Arc<reqwest::Error>>,
}

impl Default for Failure {
    /// A refusal of which nothing is known.
    fn default() -> Self {
        Self {
            trouble: Trouble::Final,
            maybe_done: false,
            timed_out: false,
            status: None,
            code: None,
            message: None,
            request_id: None,
            body: Box::default(),
            committed: None,
            retry_after: None,
            source: None,
        }
    }
}

impl Failure {
    /// The request could not be sent, or the answer not received.
    pub(crate) fn transport(error: reqwest::Error) -> Self {
        let not_sent = error.is_connect() || error.is_builder();
        Self {
            trouble: match (error.is_builder(), not_sent) {
                (true, _) => Trouble::Final,
                (false, true) => Trouble::NotDone,
                (false, false) => Trouble::Unclear,
            },
            timed_out: error.is_timeout(),
            source: Some(Arc::new(error.without_url())),
            ..Self::default()
        }
    }

    /// The remote answered with something else than success. A body that is not JSON is kept as it is.
    pub(crate) fn refused(dialect: &dyn Dialect, status: u16, headers: &HeaderMap, body: &[u8]) -> Self {
        let json = serde_json::from_slice(body).ok();
        let Said { code, message, committed } = json.map(|json| dialect.said(&json)).unwrap_or_default();
        let short = |text: String| excerpt(text.as_bytes()).into();
        let message = message.map(short);
        let request_id = ["x-request-id", "x-notion-request-id", "x-amzn-requestid"]
            .iter()
            .find_map(|name| headers.get(*name)?.to_str().ok())
            .map(|id| excerpt(id.as_bytes()).into());
        Self {
            trouble: match committed {
                Some(_) => Trouble::Final,
                None => dialect.trouble(status, code.as_deref()),
            },
            maybe_done: committed.is_some(),
            committed: committed.map(Into::into),
            status: Some(status),
            request_id,
            body: if message.is_some() { Box::default() } else { excerpt(body).into() },
            retry_after: retry_after(headers),
            code: code.map(short),
            message,
            ..Self::default()
        }
    }

    /// The remote carried the call out, and its answer cannot be understood.
    pub(crate) fn undecodable(why: impl fmt::Display, body: &[u8]) -> Self {
        Self {
            maybe_done: true,
            message: Some(excerpt(why.to_string().as_bytes()).into()),
            body: excerpt(body).into(),
            ..Self::default()
        }
    }

    /// A listing that goes on for longer than any remote's could.
    #[must_use]
    pub fn endless() -> Self {
        Self { message: Some("the listing does not end".into()), ..Self::default() }
    }

    /// A part of the address would lead elsewhere. Nothing was sent.
    pub(crate) fn unaddressable() -> Self {
        Self {
            message: Some("an id of the request is empty or leads to another address".into()),
            ..Self::default()
        }
    }

    /// We could not put the call into words.
    pub(crate) fn unencodable(error: &serde_json::Error) -> Self {
        Self {
            message: Some(format!("the request cannot be written as JSON: {error}").into()),
            ..Self::default()
        }
    }

    /// What kind of failure it is when the remote gave no status that says so.
    #[must_use]
    pub fn kind_without_status(&self) -> ErrorKind {
        match self.trouble {
            _ if self.timed_out => ErrorKind::TimedOut,
            Trouble::NotDone | Trouble::Unclear | Trouble::RateLimited => ErrorKind::Unavailable,
            Trouble::Final => ErrorKind::Malformed,
        }
    }

    /// The core's error for it: `kind` and `action` are the caller's to say.
    #[must_use]
    pub fn into_error(
        self,
        kind: ErrorKind,
        remote: &'static str,
        action: impl Into<Cow<'static, str>>,
    ) -> Error {
        let error =
            Error::new(kind, remote, action).with_retry_after(self.retry_after).with_detail(self.to_string());
        let error = match self.code {
            Some(code) => error.with_code(code),
            None => error,
        };
        match self.source {
            Some(source) => error.with_source(source),
            None => error,
        }
    }
}

impl fmt::Display for Failure {
    /// The remote's words, else the best there is.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.message, &self.code, &self.source) {
            (Some(message), _, _) => f.write_str(message)?,
            (None, Some(code), _) => f.write_str(code)?,
            (None, None, Some(source)) => write!(f, "{source}")?,
            (None, None, None) => f.write_str("no reason was given")?,
        }
        if let Some(status) = self.status {
            write!(f, ", status {status}")?;
        }
        if let Some(id) = &self.request_id {
            write!(f, ", request {id}")?;
        }
        if self.body.is_empty() { Ok(()) } else { write!(f, ": {}", self.body) }
    }
}

/// When the remote answered, by its own clock.
pub(crate) fn date(headers: &HeaderMap) -> Option<DateTime<Utc>> {
    let date = DateTime::parse_from_rfc2822(headers.get(DATE)?.to_str().ok()?).ok()?;
    Some(date.with_timezone(&Utc))
}

/// How long the remote asks to wait: seconds, or an instant of its own clock.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let asked = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = asked.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let until = DateTime::parse_from_rfc2822(asked).ok()?.with_timezone(&Utc);
    Some((until - date(headers)?).to_std().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderValue;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::seconds("3", Some(3))]
    #[case::an_instant("Sun, 06 Nov 1994 08:49:47 GMT", Some(10))]
    #[case::an_instant_that_has_passed("Sun, 06 Nov 1994 08:00:00 GMT", Some(0))]
    #[case::nonsense("soon", None)]
    fn a_retry_after_is_understood(#[case] asked: &'static str, #[case] seconds: Option<u64>) {
        let headers = HeaderMap::from_iter([
            (DATE, HeaderValue::from_static("Sun, 06 Nov 1994 08:49:37 GMT")),
            (RETRY_AFTER, HeaderValue::from_static(asked)),
        ]);
        assert_eq!(retry_after(&headers), seconds.map(Duration::from_secs));
    }

    #[test]
    fn an_error_says_what_the_remote_said_once() {
        let failure = Failure {
            status: Some(422),
            code: Some("INVALID_VALUE_FOR_COLUMN".into()),
            message: Some("Field \"Amount\" cannot accept the provided value".into()),
            ..Failure::default()
        };
        let error = failure.into_error(ErrorKind::Rejected, "airtable", "writing deals");
        assert_eq!(
            error.to_string(),
            "airtable: refused while writing deals (Field \"Amount\" cannot accept the provided value, status 422)"
        );
        assert_eq!(error.code(), Some("INVALID_VALUE_FOR_COLUMN"));
    }
}
