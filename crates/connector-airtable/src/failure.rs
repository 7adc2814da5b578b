//! Airtable's errors: their shapes, what may be sent again, and what each means to a sync.

use std::borrow::Cow;

use connector_core::{Error, ErrorKind};
use connector_http::{Dialect, Failure, Said, Trouble};
use serde_json::Value;

/// The remote's name.
pub(crate) const REMOTE: &str = "airtable";

/// How Airtable speaks HTTP.
#[derive(Debug)]
pub(crate) struct Airtable;

impl Dialect for Airtable {
    fn remote(&self) -> &'static str {
        REMOTE
    }

    /// Airtable has `{"error":{"type","message"?}}`, `{"error":"NOT_FOUND"}` and, for 429,
    /// `{"errors":[{"error","message"}]}`.
    fn said(&self, body: &Value) -> Said {
        let text = |value: &Value, key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
        if let Some(first) = body.get("errors").and_then(|errors| errors.get(0)) {
            return Said {
                code: text(first, "error").or_else(|| text(first, "type")),
                message: text(first, "message"),
                committed: None,
            };
        }
        let (code, message) = match body.get("error") {
            Some(Value::String(code)) => (Some(code.clone()), text(body, "message")),
            Some(error) => (text(error, "type"), text(error, "message")),
            None => (body.as_str().map(str::to_owned), text(body, "message")),
        };
        Said { code, message, committed: None }
    }

    /// Airtable declares 502 and 503 safe to repeat. That is believed when Airtable itself says so: an answer
    /// without its JSON may come from a gateway, which cannot know.
    fn trouble(&self, status: u16, code: Option<&str>) -> Trouble {
        match (status, code) {
            (429, Some("PUBLIC_API_BILLING_LIMIT_EXCEEDED")) => Trouble::Final,
            (429, _) => Trouble::RateLimited,
            (502 | 503, Some(_)) => Trouble::NotDone,
            (408 | 500..=599, _) => Trouble::Unclear,
            _ => Trouble::Final,
        }
    }
}

/// Airtable's error types that this library acts on.
pub(crate) mod code {
    /// The server forgot where a listing stood.
    pub(crate) const ITERATOR_GONE: &str = "LIST_RECORDS_ITERATOR_NOT_AVAILABLE";
    /// What tells where a listing stands is not understood.
    pub(crate) const OFFSET_INVALID: &str = "INVALID_OFFSET_VALUE";
    /// One record of a batch is not in the table.
    pub(crate) const ROW_MISSING: &str = "ROW_DOES_NOT_EXIST";
}

/// Whether a listing lost its place: what told it is no longer known.
pub(crate) fn lost_its_place(failure: &Failure) -> bool {
    matches!(failure.code.as_deref(), Some(code::ITERATOR_GONE | code::OFFSET_INVALID))
}

/// What kind of failure it is.
pub(crate) fn kind(failure: &Failure) -> ErrorKind {
    let code = failure.code.as_deref().unwrap_or_default();
    let says = |words: &str| failure.message.as_deref().is_some_and(|message| message.contains(words));
    match (failure.status, code) {
        (None, _) => failure.kind_without_status(),
        (Some(401), _) => ErrorKind::Unauthenticated,
        (Some(403), _) => ErrorKind::Forbidden,
        (_, "MODEL_ID_NOT_FOUND" | code::ROW_MISSING) => ErrorKind::RecordMissing,
        // The batch delete of a record that is gone; the same type without these words is a base or a path.
        (Some(404), "NOT_FOUND") if says("find a record") => ErrorKind::RecordMissing,
        (Some(404), _) => ErrorKind::ContainerMissing,
        (_, "UNKNOWN_FIELD_NAME") => ErrorKind::SchemaChanged,
        (_, "INVALID_FILTER_BY_FORMULA") if says("Unknown field name") => ErrorKind::SchemaChanged,
        (_, code::ITERATOR_GONE | code::OFFSET_INVALID) => ErrorKind::Unavailable,
        (Some(429), "PUBLIC_API_BILLING_LIMIT_EXCEEDED") => ErrorKind::QuotaExhausted,
        (Some(429), _) => ErrorKind::RateLimited,
        (Some(300..=399), _) => ErrorKind::Settings,
        (Some(400..=499), _) => ErrorKind::Rejected,
        (Some(_), _) => ErrorKind::Unavailable,
    }
}

/// The core's error for a failed call.
pub(crate) fn into_error(failure: Failure, action: impl Into<Cow<'static, str>>) -> Error {
    let kind = kind(&failure);
    failure.into_error(kind, REMOTE, action)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;

    use super::*;

    #[rstest]
    #[case::full(json!({"error": {"type": "T", "message": "M"}}), Some("T"), Some("M"))]
    #[case::without_message(json!({"error": {"type": "T"}}), Some("T"), None)]
    #[case::bare(json!({"error": "NOT_FOUND"}), Some("NOT_FOUND"), None)]
    #[case::list(json!({"errors": [{"error": "RATE_LIMIT_REACHED", "message": "M"}]}), Some("RATE_LIMIT_REACHED"), Some("M"))]
    #[case::string(json!("NOT_FOUND"), Some("NOT_FOUND"), None)]
    #[case::something_else(json!({"ok": false}), None, None)]
    fn every_shape_of_error_is_read(
        #[case] body: Value,
        #[case] code: Option<&str>,
        #[case] message: Option<&str>,
    ) {
        let said = Airtable.said(&body);
        assert_eq!((said.code.as_deref(), said.message.as_deref()), (code, message));
    }

    #[rstest]
    #[case(429, Some("RATE_LIMIT_REACHED"), Trouble::RateLimited)]
    #[case(429, None, Trouble::RateLimited)]
    #[case(429, Some("PUBLIC_API_BILLING_LIMIT_EXCEEDED"), Trouble::Final)]
    #[case(503, Some("RETRIABLE_ERROR"), Trouble::NotDone)]
    #[case(502, None, Trouble::Unclear)]
    #[case(500, None, Trouble::Unclear)]
    #[case(504, None, Trouble::Unclear)]
    #[case(401, None, Trouble::Final)]
    #[case(403, None, Trouble::Final)]
    #[case(404, None, Trouble::Final)]
    #[case(422, None, Trouble::Final)]
    fn what_may_be_sent_again(#[case] status: u16, #[case] code: Option<&str>, #[case] trouble: Trouble) {
        assert_eq!(Airtable.trouble(status, code), trouble);
    }

    #[rstest]
    #[case(401, "AUTHENTICATION_REQUIRED", "", ErrorKind::Unauthenticated)]
    #[case(403, "INVALID_PERMISSIONS_OR_MODEL_NOT_FOUND", "", ErrorKind::Forbidden)]
    #[case(404, "NOT_FOUND", "", ErrorKind::ContainerMissing)]
    #[case(404, "NOT_FOUND", "Could not find a record with ID \"rec1\".", ErrorKind::RecordMissing)]
    #[case(404, "TABLE_NOT_FOUND", "", ErrorKind::ContainerMissing)]
    #[case(413, "", "", ErrorKind::Rejected)]
    #[case(422, "ROW_DOES_NOT_EXIST", "", ErrorKind::RecordMissing)]
    #[case(422, "UNKNOWN_FIELD_NAME", "", ErrorKind::SchemaChanged)]
    #[case(422, "INVALID_FILTER_BY_FORMULA", "…invalid: Unknown field names: a", ErrorKind::SchemaChanged)]
    #[case(422, "INVALID_VALUE_FOR_COLUMN", "", ErrorKind::Rejected)]
    #[case(422, "INVALID_MULTIPLE_CHOICE_OPTIONS", "", ErrorKind::Rejected)]
    #[case(429, "RATE_LIMIT_REACHED", "", ErrorKind::RateLimited)]
    #[case(429, "PUBLIC_API_BILLING_LIMIT_EXCEEDED", "", ErrorKind::QuotaExhausted)]
    #[case(301, "", "", ErrorKind::Settings)]
    #[case(503, "", "", ErrorKind::Unavailable)]
    fn each_error_has_its_kind(
        #[case] status: u16,
        #[case] code: &str,
        #[case] message: &str,
        #[case] kind: ErrorKind,
    ) {
        let failure = Failure {
            status: Some(status),
            code: Some(code.into()),
            message: Some(message.into()),
            ..Failure::default()
        };
        assert_eq!(super::kind(&failure), kind);
    }
}
