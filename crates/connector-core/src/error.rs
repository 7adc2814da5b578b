//! What a call to a remote can fail with: one type for every connector.

use std::borrow::Cow;
use std::time::Duration;

/// A cause of any type.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// The result of a call to a remote.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a call to a remote failed.
///
/// [`kind`](Self::kind) says what to do, `Display` says in one line and without secrets what happened,
/// [`detail`](Self::detail) gives the remote's own words, [`source`](std::error::Error::source) the cause.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct Error(Box<Repr>);

#[derive(Debug, thiserror::Error)]
#[error("{remote}: {kind} while {action}{}", .detail.as_ref().map(|said| format!(" ({said})")).unwrap_or_default())]
struct Repr {
    kind: ErrorKind,
    remote: &'static str,
    action: Cow<'static, str>,
    detail: Option<String>,
    code: Option<String>,
    retry_after: Option<Duration>,
    #[source]
    source: Option<BoxError>,
}

/// What kind of failure it is, and so who can mend it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The token is wrong, expired or revoked. Ends the run.
    #[error("credentials refused")]
    Unauthenticated,
    /// The token is good and may not do this: a scope, a role or a grant is missing. Ends the run.
    #[error("permission missing")]
    Forbidden,
    /// The base, table or data source is not there, or not for us. Ends the run.
    #[error("container not found")]
    ContainerMissing,
    /// A field that the call names is gone or of another type. Ends the run: the schema must be read again.
    #[error("schema changed")]
    SchemaChanged,
    /// The paid-for number of calls is used up; waiting minutes does not help. Ends the run.
    #[error("call quota used up")]
    QuotaExhausted,
    /// The record is not there (any more). Ends this deal's turn only.
    #[error("record not found")]
    RecordMissing,
    /// The remote understood and refuses: a value, an option, a length. Ends this deal's turn only.
    #[error("refused")]
    Rejected,
    /// Too many requests, and retrying did not get through.
    #[error("rate limited")]
    RateLimited,
    /// The remote is down or unreachable, and retrying did not get through.
    #[error("unavailable")]
    Unavailable,
    /// No answer in time.
    #[error("timed out")]
    TimedOut,
    /// The answer cannot be understood.
    #[error("malformed answer")]
    Malformed,
    /// The remote cannot do this at all.
    #[error("unsupported")]
    Unsupported,
    /// The settings given to the connector are wrong: an address, an id.
    #[error("wrong settings")]
    Settings,
}

impl ErrorKind {
    /// Whether the same call may go through later without anybody doing anything.
    #[must_use]
    pub const fn is_transient(self) -> bool {
        matches!(self, Self::RateLimited | Self::Unavailable | Self::TimedOut)
    }

    /// Whether no other call of this run can be expected to fare better.
    #[must_use]
    pub const fn ends_run(self) -> bool {
        matches!(
            self,
            Self::Unauthenticated
                | Self::Forbidden
                | Self::ContainerMissing
                | Self::SchemaChanged
                | Self::QuotaExhausted
                | Self::Settings
        )
    }
}

impl Error {
    /// An error of `kind`, met by the connector of `remote` while doing `action` ("listing deals").
    pub fn new(kind: ErrorKind, remote: &'static str, action: impl Into<Cow<'static, str>>) -> Self {
        Self(Box::new(Repr {
            kind,
            remote,
            action: action.into(),
            detail: None,
            code: None,
            retry_after: None,
            source: None,
        }))
    }

    /// Adds what the remote said, already cut and without secrets.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.0.detail = Some(detail.into());
        self
    }

    /// Adds the remote's own error code (`INVALID_VALUE_FOR_COLUMN`, `validation_error`).
    #[must_use]
    pub fn with_code(mut self, code: impl Into<String>) -> Self {
        self.0.code = Some(code.into());
        self
    }

    /// Adds how long the remote asked to wait.
    #[must_use]
    pub fn with_retry_after(mut self, wait: Option<Duration>) -> Self {
        self.0.retry_after = wait;
        self
    }

    /// Adds the cause.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<BoxError>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// What kind of failure it is.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The remote that it was met on: `airtable`, `notion`.
    #[must_use]
    pub fn remote(&self) -> &'static str {
        self.0.remote
    }

    /// The remote's words, if it had any.
    #[must_use]
    pub fn detail(&self) -> Option<&str> {
        self.0.detail.as_deref()
    }

    /// The remote's error code, if it gave one.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.0.code.as_deref()
    }

    /// How long the remote asked to wait, if it did.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_prints_as_one_line_and_keeps_its_cause() {
        let error = Error::new(ErrorKind::Rejected, "airtable", "updating deals")
            .with_detail("Field \"Amount\" cannot accept the provided value")
            .with_source("socket closed");
        assert_eq!(
            error.to_string(),
            "airtable: refused while updating deals (Field \"Amount\" cannot accept the provided value)"
        );
        assert!(std::error::Error::source(&error).is_some());
    }
}
