//! Notion's errors: their shape, what may be sent again, and what each means to a sync.

use std::borrow::Cow;

use connector_core::{Error, ErrorKind};
use connector_http::{Dialect, Failure, Said, Trouble};
use serde_json::Value;

/// The remote's name.
pub(crate) const REMOTE: &str = "notion";

/// How Notion speaks HTTP.
#[derive(Debug)]
pub(crate) struct Notion;

impl Dialect for Notion {
    fn remote(&self) -> &'static str {
        REMOTE
    }

    /// Notion has `{"object":"error","status","code","message","additional_data"?}`.
    fn said(&self, body: &Value) -> Said {
        let text = |value: Option<&Value>| value.and_then(Value::as_str).map(str::to_owned);
        let data = body.get("additional_data");
        let more = |key: &str| text(data.and_then(|data| data.get(key)));
        // Too many requests have one code, whatever the reason, and one reason forbids to ask again. Of what is not
        // available, a query may be.
        let blocked = more("rate_limit_reason").filter(|reason| reason == code::BLOCKED);
        let slow = more("endpoint_name").filter(|name| name.contains("query")).map(|_| code::SLOW.to_owned());
        Said {
            code: blocked.or(slow).or_else(|| text(body.get("code"))),
            message: text(body.get("message")),
            committed: more("committed_resource_id"),
        }
    }

    /// A conflict was not saved; everything else that the server could not do may have been done. What comes without
    /// Notion's JSON comes from a gateway before it.
    fn trouble(&self, status: u16, code: Option<&str>) -> Trouble {
        match (status, code) {
            (429, Some(code::BLOCKED)) => Trouble::Final,
            (429 | 529, _) => Trouble::RateLimited,
            (409, Some("conflict_error")) | (403, None) => Trouble::NotDone,
            (408 | 500..=599, _) => Trouble::Unclear,
            _ => Trouble::Final,
        }
    }
}

mod code {
    /// The token was stopped; asking again prolongs it.
    pub(super) const BLOCKED: &str = "public_api_request_blocked";
    /// A query took longer than Notion gives it. The name is ours: Notion calls it `service_unavailable` and says in
    /// `additional_data` which of its endpoints was meant.
    pub(super) const SLOW: &str = "query_too_slow";
    /// An answer took longer than the gateway waits.
    pub(super) const LATE: &str = "gateway_timeout";
}

/// What a call was about, which tells what it means that something is not found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum About {
    /// The token, a database or a data source.
    Container,
    /// One page.
    Page,
}

/// Whether a listing lost its place: its cursor is no longer known.
pub(crate) fn lost_its_place(failure: &Failure) -> bool {
    failure.status == Some(400) && says(failure, "start_cursor")
}

/// Whether a query was too much at once for Notion, which asks for smaller pages then.
pub(crate) fn was_too_slow(failure: &Failure) -> bool {
    matches!(failure.code.as_deref(), Some(code::SLOW | code::LATE))
}

/// Whether the page is in the trash, where nothing can be written.
pub(crate) fn is_in_trash(failure: &Failure) -> bool {
    failure.status == Some(400) && says(failure, "archived")
}

fn says(failure: &Failure, words: &str) -> bool {
    failure.message.as_deref().is_some_and(|message| message.contains(words))
}

/// What kind of failure it is.
pub(crate) fn kind(failure: &Failure, about: About) -> ErrorKind {
    let code = failure.code.as_deref().unwrap_or_default();
    let names_a_property = || {
        [
            "Could not find property",
            "Could not find sort property",
            "is not a property that exists",
            "is expected to be",
        ]
        .iter()
        .any(|words| says(failure, words))
    };
    match (failure.status, code) {
        (None, _) => failure.kind_without_status(),
        (Some(401), _) => ErrorKind::Unauthenticated,
        (Some(403), "") => ErrorKind::Unavailable,
        (Some(403), _) | (_, code::BLOCKED) => ErrorKind::Forbidden,
        (Some(404), _) if about == About::Page => ErrorKind::RecordMissing,
        (Some(404), _) => ErrorKind::ContainerMissing,
        (Some(429 | 529), _) => ErrorKind::RateLimited,
        (Some(300..=399), _) | (_, "invalid_request_url" | "missing_version") => ErrorKind::Settings,
        (Some(400), _) if says(failure, "multiple data sources") => ErrorKind::Settings,
        (Some(400), _) if is_in_trash(failure) => ErrorKind::RecordMissing,
        (Some(400), _) if names_a_property() => ErrorKind::SchemaChanged,
        (Some(400..=499), _) => ErrorKind::Rejected,
        (Some(_), _) => ErrorKind::Unavailable,
    }
}

/// The core's error for a failed call.
pub(crate) fn into_error(failure: Failure, about: About, action: impl Into<Cow<'static, str>>) -> Error {
    let kind = kind(&failure, about);
    failure.into_error(kind, REMOTE, action)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;

    use super::*;

    #[test]
    fn an_error_tells_its_code_its_words_and_what_was_done_all_the_same() {
        let body = json!({"object": "error", "status": 503, "code": "service_unavailable",
            "message": "The change was saved, but the response could not be built in time",
            "additional_data": {"committed_resource_id": "p1", "retry_guidance": ["Do not repeat the write."]}});
        let said = Notion.said(&body);
        assert_eq!(said.code.as_deref(), Some("service_unavailable"));
        assert!(said.message.unwrap().starts_with("The change was saved"));
        assert_eq!(said.committed.as_deref(), Some("p1"));
    }

    #[rstest]
    #[case(429, json!({"code": "rate_limited", "additional_data": {"rate_limit_reason": "public_api_request_rate_limit"}}), Trouble::RateLimited)]
    #[case(429, json!({"code": "rate_limited", "additional_data": {"rate_limit_reason": "public_api_request_blocked"}}), Trouble::Final)]
    #[case(429, json!("<html>"), Trouble::RateLimited)]
    #[case(529, json!({"code": "service_overload"}), Trouble::RateLimited)]
    #[case(409, json!({"code": "conflict_error"}), Trouble::NotDone)]
    #[case(409, json!({"code": "row_limit_exceeded"}), Trouble::Final)]
    #[case(403, json!("<html>"), Trouble::NotDone)]
    #[case(403, json!({"code": "restricted_resource"}), Trouble::Final)]
    #[case(500, json!({"code": "internal_server_error"}), Trouble::Unclear)]
    #[case(502, json!("<html>"), Trouble::Unclear)]
    #[case(503, json!({"code": "service_unavailable"}), Trouble::Unclear)]
    #[case(503, json!({"code": "service_unavailable", "additional_data": {"endpoint_name": "public_queryDataSource"}}), Trouble::Unclear)]
    #[case(504, json!({"code": "gateway_timeout"}), Trouble::Unclear)]
    #[case(520, json!("<html>"), Trouble::Unclear)]
    #[case(400, json!({"code": "validation_error"}), Trouble::Final)]
    #[case(401, json!({"code": "unauthorized"}), Trouble::Final)]
    #[case(404, json!({"code": "object_not_found"}), Trouble::Final)]
    fn what_may_be_sent_again(#[case] status: u16, #[case] body: Value, #[case] trouble: Trouble) {
        assert_eq!(Notion.trouble(status, Notion.said(&body).code.as_deref()), trouble);
    }

    #[rstest]
    #[case(401, "unauthorized", "", About::Page, ErrorKind::Unauthenticated)]
    #[case(403, "restricted_resource", "", About::Page, ErrorKind::Forbidden)]
    #[case(403, "", "", About::Page, ErrorKind::Unavailable)]
    #[case(404, "object_not_found", "", About::Container, ErrorKind::ContainerMissing)]
    #[case(404, "object_not_found", "", About::Page, ErrorKind::RecordMissing)]
    #[case(
        400,
        "validation_error",
        "Can't edit block that is archived. You must unarchive the block before editing.",
        About::Page,
        ErrorKind::RecordMissing
    )]
    #[case(
        400,
        "validation_error",
        "Price is not a property that exists.",
        About::Page,
        ErrorKind::SchemaChanged
    )]
    #[case(
        400,
        "validation_error",
        "Amount is expected to be rich_text.",
        About::Page,
        ErrorKind::SchemaChanged
    )]
    #[case(
        400,
        "validation_error",
        "Could not find property with name or id: X",
        About::Container,
        ErrorKind::SchemaChanged
    )]
    #[case(
        400,
        "validation_error",
        "Databases with multiple data sources are not supported in this API version.",
        About::Container,
        ErrorKind::Settings
    )]
    #[case(400, "validation_error", "Invalid status option.", About::Page, ErrorKind::Rejected)]
    #[case(400, "invalid_request_url", "", About::Page, ErrorKind::Settings)]
    #[case(409, "conflict_error", "", About::Page, ErrorKind::Rejected)]
    #[case(413, "", "", About::Page, ErrorKind::Rejected)]
    #[case(429, "rate_limited", "", About::Page, ErrorKind::RateLimited)]
    #[case(429, "public_api_request_blocked", "", About::Page, ErrorKind::Forbidden)]
    #[case(529, "service_overload", "", About::Page, ErrorKind::RateLimited)]
    #[case(502, "", "", About::Page, ErrorKind::Unavailable)]
    #[case(302, "", "", About::Page, ErrorKind::Settings)]
    fn each_error_has_its_kind(
        #[case] status: u16,
        #[case] code: &str,
        #[case] message: &str,
        #[case] about: About,
        #[case] expected: ErrorKind,
    ) {
        let failure = Failure {
            status: Some(status),
            code: (!code.is_empty()).then(|| code.into()),
            message: Some(message.into()),
            ..Failure::default()
        };
        assert_eq!(kind(&failure, about), expected);
    }
}
