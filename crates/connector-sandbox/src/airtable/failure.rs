//! Refusals in Airtable's own words.

use serde_json::{Value, json};

use crate::fault::{FaultAnswer, Shape};
use crate::provider::Reply;

/// A refused request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    status: u16,
    kind: String,
    message: Option<String>,
    shape: Shape,
    retry_after: Option<i64>,
}

const MODEL_NOT_FOUND: &str = "Invalid permissions, or the requested model was not found. Check that both your \
                               user and your token have the required permissions, and that the model names \
                               and/or ids are correct.";
const LIMIT: &str = "Rate limit exceeded. Please try again later";
const RETRIABLE: &str =
    "Server encountered an error while processing your request, and it is safe to retry the request";

impl Failure {
    /// Any refusal with a message.
    pub(crate) fn new(status: u16, kind: &str, message: impl Into<String>) -> Self {
        Self { message: Some(message.into()), ..Self::silent(status, kind) }
    }

    /// A refusal that has a type and no message.
    pub(crate) fn silent(status: u16, kind: &str) -> Self {
        Self { status, kind: kind.to_owned(), message: None, shape: Shape::Object, retry_after: None }
    }

    /// An unrouted path, a malformed id in it, an unknown base.
    pub(crate) fn nowhere() -> Self {
        Self { shape: Shape::Bare, ..Self::silent(404, "NOT_FOUND") }
    }

    pub(crate) fn unauthenticated() -> Self {
        Self::new(401, "AUTHENTICATION_REQUIRED", "Authentication required")
    }

    /// A missing scope, table or record: the provider does not tell them apart.
    pub(crate) fn model_not_found() -> Self {
        Self::new(403, "INVALID_PERMISSIONS_OR_MODEL_NOT_FOUND", MODEL_NOT_FOUND)
    }

    /// A user's role that does not suffice: `You are not permitted to ...`.
    pub(crate) fn not_permitted(what: &str) -> Self {
        Self::new(403, "INVALID_PERMISSIONS", format!("You are not permitted to {what}"))
    }

    pub(crate) fn unparsable() -> Self {
        Self::new(422, "INVALID_REQUEST_BODY", "Could not parse request body")
    }

    pub(crate) fn invalid_request() -> Self {
        Self::new(
            422,
            "INVALID_REQUEST_UNKNOWN",
            "Invalid request: parameter validation failed. Check your request data.",
        )
    }

    pub(crate) fn missing_fields() -> Self {
        Self::new(
            422,
            "INVALID_REQUEST_MISSING_FIELDS",
            "Could not find field \"fields\" in the request body",
        )
    }

    pub(crate) fn records(message: &str) -> Self {
        Self::new(422, "INVALID_RECORDS", message)
    }

    pub(crate) fn unknown_field(name: &str) -> Self {
        Self::new(422, "UNKNOWN_FIELD_NAME", format!("Unknown field name: \"{name}\""))
    }

    pub(crate) fn value(message: impl Into<String>) -> Self {
        Self::new(422, "INVALID_VALUE_FOR_COLUMN", message)
    }

    pub(crate) fn new_choice(name: &str) -> Self {
        Self::new(
            422,
            "INVALID_MULTIPLE_CHOICE_OPTIONS",
            format!("Insufficient permissions to create new select option \"\\\"{name}\\\"\""),
        )
    }

    pub(crate) fn no_row(id: &str) -> Self {
        Self::new(422, "ROW_DOES_NOT_EXIST", format!("Record ID {id} does not exist in this table"))
    }

    pub(crate) fn formula(why: &str) -> Self {
        let message = format!("The formula for filtering records is invalid: {why}");
        Self::new(422, "INVALID_FILTER_BY_FORMULA", message)
    }

    /// The rate limit was exceeded; `wait` is sent as `Retry-After` if given, in seconds.
    pub(crate) fn rate_limited(shape: Shape, wait: Option<i64>) -> Self {
        Self { shape, retry_after: wait, ..Self::new(429, "RATE_LIMIT_REACHED", LIMIT) }
    }

    /// The workspace's monthly calls are used up.
    pub(crate) fn quota(shape: Shape) -> Self {
        let message = "You have exceeded your monthly API call limit";
        Self { shape, ..Self::new(429, "PUBLIC_API_BILLING_LIMIT_EXCEEDED", message) }
    }

    pub(crate) fn too_large() -> Self {
        Self::new(413, "REQUEST_TOO_LARGE", "Request body is too large")
    }

    /// The words that belong to a scripted fault.
    pub(crate) fn scripted(answer: &FaultAnswer) -> Self {
        let (kind, message) = match answer.status {
            401 => ("AUTHENTICATION_REQUIRED", "Authentication required"),
            403 => ("INVALID_PERMISSIONS_OR_MODEL_NOT_FOUND", MODEL_NOT_FOUND),
            404 => ("NOT_FOUND", "Not found"),
            413 => ("REQUEST_TOO_LARGE", "Request body is too large"),
            422 => (
                "INVALID_REQUEST_UNKNOWN",
                "Invalid request: parameter validation failed. Check your request data.",
            ),
            429 => ("RATE_LIMIT_REACHED", LIMIT),
            503 => ("RETRIABLE_ERROR", RETRIABLE),
            _ => ("SERVER_ERROR", "Try again. If the problem persists, contact support."),
        };
        Self {
            shape: answer.shape,
            ..Self::new(
                answer.status,
                answer.kind.as_deref().unwrap_or(kind),
                answer.message.as_deref().unwrap_or(message),
            )
        }
    }

    /// As an answer.
    pub(crate) fn reply(&self) -> Reply {
        let mut reply = Reply::json(self.status, &self.body());
        if let Some(seconds) = self.retry_after {
            reply.headers.push((crate::exchange::RETRY_AFTER_NAME, seconds.to_string()));
        }
        reply
    }

    /// The message, or the type where there is none: for the control API's own answers.
    pub(crate) fn words(&self) -> String {
        self.message.clone().unwrap_or_else(|| self.kind.clone())
    }

    fn body(&self) -> Value {
        match (self.shape, &self.message) {
            (Shape::Bare, _) => json!({"error": self.kind}),
            (Shape::List, message) => json!({"errors": [{"error": self.kind, "message": message}]}),
            (_, Some(message)) => json!({"error": {"type": self.kind, "message": message}}),
            (_, None) => json!({"error": {"type": self.kind}}),
        }
    }
}
