//! Refusals in Notion's own words.

use serde_json::{Value, json};

use crate::fault::FaultAnswer;

/// A refused request.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Failure {
    pub(crate) status: u16,
    code: String,
    message: String,
    /// What else the body says; null for nothing.
    additional: Value,
    /// Seconds of a `Retry-After` header.
    pub(crate) retry_after: Option<i64>,
}

const RATE_LIMITED: &str = "You have been rate limited. Please try again in a few minutes.";
const UNAVAILABLE: &str = "Notion is unavailable, please try again later.";

impl Failure {
    /// Any refusal.
    pub(crate) fn new(status: u16, code: &str, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { status, code: code.to_owned(), message, additional: Value::Null, retry_after: None }
    }

    /// The request does not fit the schema, or means something that cannot be.
    pub(crate) fn validation(message: impl Into<String>) -> Self {
        Self::new(400, "validation_error", message)
    }

    /// An unknown path, a wrong method, or a path that this version does not have.
    pub(crate) fn nowhere() -> Self {
        Self::new(400, "invalid_request_url", "Invalid request URL.")
    }

    /// Something of the service that is not played. The service has no such words.
    pub(crate) fn unplayed(what: impl std::fmt::Display) -> Self {
        let words = format!("The sandbox does not play {what}. docs/SANDBOX.md lists what it plays.");
        Self::new(400, "invalid_request", words)
    }

    pub(crate) fn unparsable() -> Self {
        Self::new(400, "invalid_json", "Error parsing JSON body.")
    }

    pub(crate) fn missing_version() -> Self {
        let message = "Notion-Version header failed validation: Notion-Version header should be defined, \
                       instead was `undefined`.";
        Self::new(400, "missing_version", message)
    }

    pub(crate) fn unknown_version(known: &[&str], found: &str) -> Self {
        let quoted: Vec<String> = known.iter().map(|date| format!("\"{date}\"")).collect();
        let (last, others) = quoted.split_last().map_or(("", &[][..]), |(last, others)| (last, others));
        Self::validation(format!(
            "Notion-Version header failed validation: Notion-Version header should be {}, or {last}, instead \
             was `\"{found}\"`.",
            others.join(", ")
        ))
    }

    pub(crate) fn unauthorized() -> Self {
        Self::new(401, "unauthorized", "API token is invalid.")
    }

    /// A capability that the connection lacks.
    pub(crate) fn restricted() -> Self {
        Self::new(403, "restricted_resource", "API token does not have access to this resource.")
    }

    /// An object that does not exist or is not shared with the connection: the service does not tell them apart.
    pub(crate) fn not_found(what: &str, id: &str, connection: &str) -> Self {
        let message = format!(
            "Could not find {what} with ID: {id}. Make sure the relevant pages and databases are shared with \
             your integration \"{connection}\"."
        );
        Self::new(404, "object_not_found", message)
    }

    /// A version without data sources meets a database that has several.
    pub(crate) fn several_sources(database: &str, sources: &[crate::id::Id]) -> Self {
        let sources: Vec<&str> = sources.iter().map(|id| &**id).collect();
        Self {
            additional: json!({
                "error_type": "multiple_data_sources_for_database",
                "database_id": database,
                "child_data_source_ids": sources,
                "minimum_api_version": "2025-09-03",
            }),
            ..Self::validation("Databases with multiple data sources are not supported in this API version.")
        }
    }

    /// The window's requests are used up; it ends in so many seconds.
    pub(crate) fn rate_limited(seconds: i64) -> Self {
        Self {
            additional: json!({
                "rate_limit_reason": "public_api_request_rate_limit",
                "retry_after": seconds.to_string(),
            }),
            retry_after: Some(seconds),
            ..Self::new(429, "rate_limited", RATE_LIMITED)
        }
    }

    pub(crate) fn too_large() -> Self {
        Self::validation("Request body too large. The maximum size is 500 KB.")
    }

    /// Editing what is in the trash.
    pub(crate) fn in_trash() -> Self {
        Self::validation("Can't edit block that is archived. You must unarchive the block before editing.")
    }

    /// The words that belong to a scripted fault. `committed` is the id of what the request changed all the same.
    pub(crate) fn scripted(answer: &FaultAnswer, committed: Option<&str>) -> Self {
        let (code, message) = match answer.status {
            401 => ("unauthorized", "API token is invalid."),
            403 => ("restricted_resource", "API token does not have access to this resource."),
            404 => ("object_not_found", "Could not find the resource."),
            409 => ("conflict_error", "Conflict occurred while saving. Please try again."),
            429 => ("rate_limited", RATE_LIMITED),
            500 => ("internal_server_error", "Unexpected error occurred."),
            502 => ("bad_gateway", "Bad gateway."),
            503 => ("service_unavailable", UNAVAILABLE),
            504 => ("gateway_timeout", "Gateway timeout."),
            529 => ("service_overload", "Notion is overloaded, please try again later."),
            _ => ("validation_error", "The request is not valid."),
        };
        let mut failure = Self::new(
            answer.status,
            answer.kind.as_deref().unwrap_or(code),
            answer.message.as_deref().unwrap_or(message),
        );
        if let (503, Some(committed)) = (answer.status, committed) {
            "The change was saved, but the response could not be built in time."
                .clone_into(&mut failure.message);
            failure.additional = json!({
                "retry_guidance": ["Read the object again by its id.", "Do not repeat the write."],
                "committed_resource_id": committed,
                "from": "public_api",
                "elapsed_ms": "55003",
                "deadline_ms": "55000",
            });
        }
        if answer.status == 429 {
            let seconds = answer.retry_after.map_or_else(|| "1".to_owned(), |seconds| seconds.to_string());
            failure.additional = json!({
                "rate_limit_reason": answer.kind.as_deref().unwrap_or("public_api_request_rate_limit"),
                "retry_after": seconds,
            });
            "rate_limited".clone_into(&mut failure.code);
        }
        failure
    }

    /// The message, for the control API's own answers.
    pub(crate) fn words(&self) -> String {
        self.message.clone()
    }

    /// As a body.
    pub(crate) fn body(&self) -> Value {
        let mut body = json!({
            "object": "error",
            "status": self.status,
            "code": self.code,
            "message": self.message,
        });
        if let (Some(body), false) = (body.as_object_mut(), self.additional.is_null()) {
            body.insert("additional_data".to_owned(), self.additional.clone());
        }
        body
    }
}
