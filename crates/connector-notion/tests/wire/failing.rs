//! Every documented way to fail.

use std::time::{Duration, Instant};

use connector_core::ErrorKind;
use connector_core::connector::{Change, Outcome};
use connector_core::provider::Provider;
use connector_notion::Version;
use rstest::rstest;
use serde_json::json;
use wiremock::ResponseTemplate;
use wiremock::matchers::method;

use crate::notion::{
    AndPath, Notion, PAGES, QUERY, SOURCE_ID, TOKEN, list, list_names, ok, refusal, settings, write_one,
};

#[rstest]
#[case::without_a_wait(refusal(429, "rate_limited", "m"), 120)]
#[case::asked_for_a_second(refusal(429, "rate_limited", "m").insert_header("Retry-After", "1"), 1_000)]
#[case::overload(refusal(529, "service_overload", "m").insert_header("Retry-After", "1"), 1_000)]
#[case::from_a_gateway(ResponseTemplate::new(429).set_body_raw("<p>slow down</p>", "text/html"), 120)]
#[tokio::test]
async fn too_many_requests_wait_for_the_penalty_or_for_what_is_asked(
    #[case] answer: ResponseTemplate,
    #[case] millis: u64,
) {
    let notion = Notion::start().await;
    notion.answer_once(method("POST").and_path(QUERY), answer).await;
    notion.answer(method("POST").and_path(QUERY), ok(&list(&[], None))).await;
    let start = Instant::now();
    list_names(&*notion.connector()).await.unwrap();
    assert!(start.elapsed() >= Duration::from_millis(millis), "{:?}", start.elapsed());
}

fn blocked() -> ResponseTemplate {
    ResponseTemplate::new(429).set_body_json(json!({"object": "error", "status": 429, "code": "rate_limited",
        "message": "m", "additional_data": {"rate_limit_reason": "public_api_request_blocked"}}))
}

#[rstest]
#[case::unauthenticated(refusal(401, "unauthorized", "API token is invalid."), ErrorKind::Unauthenticated, 1)]
#[case::forbidden(refusal(403, "restricted_resource", "m"), ErrorKind::Forbidden, 1)]
#[case::unshared(refusal(404, "object_not_found", "m"), ErrorKind::ContainerMissing, 1)]
#[case::retyped(
    refusal(400, "validation_error", "Could not find sort property with name or id: X"),
    ErrorKind::SchemaChanged,
    1
)]
#[case::blocked(blocked(), ErrorKind::Forbidden, 1)]
#[case::wrong_path(refusal(400, "invalid_request_url", "Invalid request URL."), ErrorKind::Settings, 1)]
#[case::html(ResponseTemplate::new(502).set_body_raw("<h1>Bad gateway</h1>", "text/html"), ErrorKind::Unavailable, 5)]
#[case::firewall(ResponseTemplate::new(403).set_body_raw("<h1>Attention</h1>", "text/html"), ErrorKind::Unavailable, 5)]
#[case::cloudflare(ResponseTemplate::new(524).set_body_raw("<h1>Timeout</h1>", "text/html"), ErrorKind::Unavailable, 5)]
#[case::busy(refusal(503, "service_unavailable", "m"), ErrorKind::Unavailable, 5)]
#[case::server(refusal(500, "internal_server_error", "m"), ErrorKind::Unavailable, 5)]
#[case::redirect(ResponseTemplate::new(302).insert_header("Location", "https://example.com/"), ErrorKind::Settings, 1)]
#[case::not_json(ResponseTemplate::new(200).set_body_raw("<p>Hello</p>", "text/html"), ErrorKind::Malformed, 1)]
#[tokio::test]
async fn each_failure_has_its_kind_and_its_number_of_attempts(
    #[case] answer: ResponseTemplate,
    #[case] kind: ErrorKind,
    #[case] attempts: usize,
) {
    let notion = Notion::start().await;
    notion.answer(method("POST").and_path(QUERY), answer).await;
    let error = list_names(&*notion.connector()).await.unwrap_err();
    assert_eq!(error.kind(), kind, "{error}");
    assert_eq!(notion.requests().await.len(), attempts);
}

#[tokio::test]
async fn an_answer_that_does_not_come_in_time_leaves_a_creation_unknown() {
    let notion = Notion::start().await;
    let provider = notion.provider_of(Version::default(), Duration::from_millis(150));
    let connector = provider.connect(settings(SOURCE_ID)).unwrap();
    let late = ok(&json!({})).set_delay(Duration::from_secs(10));
    notion.answer(method("POST").and_path(PAGES), late).await;
    match write_one(&*connector, Change::Create { stamp: None, cells: Vec::new() }).await {
        Outcome::Unknown(error) => assert_eq!(error.kind(), ErrorKind::TimedOut),
        other => panic!("{other:?}"),
    }
    assert_eq!(notion.requests().await.len(), 1);
}

#[tokio::test]
async fn a_token_that_is_echoed_is_not_shown() {
    let notion = Notion::start().await;
    let echo = refusal(400, "validation_error", &format!("you sent Bearer {TOKEN} and {TOKEN}"));
    notion.answer(method("POST").and_path(QUERY), echo).await;
    let connector = notion.connector();
    let error = list_names(&*connector).await.unwrap_err();
    let shown = format!("{error} {error:?} {connector:?}");
    assert!(!shown.contains("0123456789abcdef"), "{shown}");
}
