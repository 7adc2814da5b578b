//! How one remote speaks HTTP: its errors and what they mean for a retry.

use std::fmt;

use serde_json::Value;

use crate::retry::Trouble;

/// What differs between remotes, as far as sending is concerned.
pub trait Dialect: fmt::Debug + Send + Sync + 'static {
    /// The remote's name, for errors and logs.
    fn remote(&self) -> &'static str;

    /// Finds the error code and the message in an error body.
    fn said(&self, body: &Value) -> Said;

    /// What an answer that is not a success means for a retry.
    fn trouble(&self, status: u16, code: Option<&str>) -> Trouble;
}

/// What a remote said about a failure.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Said {
    /// Its error code (`INVALID_RECORDS`, `validation_error`).
    pub code: Option<String>,
    /// Its words.
    pub message: Option<String>,
    /// What it says that the call made or changed all the same; such a call is not sent again.
    pub committed: Option<String>,
}
