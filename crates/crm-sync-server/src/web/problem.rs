//! The body of a refusal: a problem of RFC 9457.

use serde::Serialize;
use utoipa::ToSchema;

/// The media type of a [`Problem`].
pub const PROBLEM_JSON: &str = "application/problem+json";

/// What went wrong, as RFC 9457 has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Problem {
    /// `about:blank`: the code tells the kind.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// The status in words.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What went wrong, for programs: it never changes.
    pub code: &'static str,
    /// What went wrong and what to do, for people, in their language.
    pub detail: String,
    /// The path that was asked for.
    pub instance: String,
    /// The member of the body, or the parameter, that is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// What the log calls this request.
    pub request_id: String,
}
