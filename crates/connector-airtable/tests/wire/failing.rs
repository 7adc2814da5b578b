//! Every documented way to fail.

use std::time::{Duration, Instant};

use connector_core::ErrorKind;
use connector_core::connector::{Change, Outcome};
use connector_core::provider::Provider;
use rstest::rstest;
use serde_json::json;
use wiremock::ResponseTemplate;
use wiremock::matchers::method;

use crate::airtable::{
    Airtable, AndPath, TABLE, TOKEN, list_names, ok, records, refusal, settings, write_one,
};

#[rstest]
#[case::object(refusal(429, "RATE_LIMIT_REACHED", "Rate limit exceeded."), 120)]
#[case::list(ResponseTemplate::new(429).set_body_json(json!({"errors": [{"error": "RATE_LIMIT_REACHED", "message": "m"}]})), 120)]
#[case::asked_for_a_second(refusal(429, "RATE_LIMIT_REACHED", "m").insert_header("Retry-After", "1"), 1_000)]
#[tokio::test]
async fn too_many_requests_wait_for_the_penalty_or_for_what_is_asked(
    #[case] answer: ResponseTemplate,
    #[case] millis: u64,
) {
    let airtable = Airtable::start().await;
    airtable.answer_once(method("GET").and_path(TABLE), answer).await;
    airtable.answer(method("GET").and_path(TABLE), ok(&records(&[]))).await;
    let start = Instant::now();
    list_names(&*airtable.connector()).await.unwrap();
    assert!(start.elapsed() >= Duration::from_millis(millis), "{:?}", start.elapsed());
}

#[rstest]
#[case::unauthenticated(
    refusal(401, "AUTHENTICATION_REQUIRED", "Authentication required"),
    ErrorKind::Unauthenticated,
    1
)]
#[case::forbidden(refusal(403, "INVALID_PERMISSIONS_OR_MODEL_NOT_FOUND", "m"), ErrorKind::Forbidden, 1)]
#[case::bare(ResponseTemplate::new(404).set_body_json(json!({"error": "NOT_FOUND"})), ErrorKind::ContainerMissing, 1)]
#[case::quota(refusal(429, "PUBLIC_API_BILLING_LIMIT_EXCEEDED", "m"), ErrorKind::QuotaExhausted, 1)]
#[case::html(ResponseTemplate::new(502).set_body_raw("<h1>Bad gateway</h1>", "text/html"), ErrorKind::Unavailable, 5)]
#[case::busy(refusal(503, "RETRIABLE_ERROR", "m"), ErrorKind::Unavailable, 5)]
#[case::redirect(ResponseTemplate::new(302).insert_header("Location", "https://example.com/"), ErrorKind::Settings, 1)]
#[case::not_json(ResponseTemplate::new(200).set_body_raw("<p>Hello</p>", "text/html"), ErrorKind::Malformed, 1)]
#[case::too_large(ResponseTemplate::new(200).set_body_raw(vec![b' '; 17 * 1024 * 1024], "application/json"), ErrorKind::Malformed, 1)]
#[tokio::test]
async fn each_failure_has_its_kind_and_its_number_of_attempts(
    #[case] answer: ResponseTemplate,
    #[case] kind: ErrorKind,
    #[case] attempts: usize,
) {
    let airtable = Airtable::start().await;
    airtable.answer(method("GET").and_path(TABLE), answer).await;
    let error = list_names(&*airtable.connector()).await.unwrap_err();
    assert_eq!(error.kind(), kind, "{error}");
    assert_eq!(airtable.record_requests().await.len(), attempts);
}

#[tokio::test]
async fn an_answer_that_does_not_come_in_time_is_asked_for_again_and_given_up() {
    let airtable = Airtable::start().await;
    let connector = airtable.provider_within(Duration::from_millis(150)).connect(settings()).unwrap();
    let late = ok(&records(&[])).set_delay(Duration::from_secs(10));
    airtable.answer(method("GET").and_path(TABLE), late.clone()).await;
    let error = list_names(&*connector).await.unwrap_err();
    assert_eq!((error.kind(), airtable.record_requests().await.len()), (ErrorKind::TimedOut, 5));

    airtable.answer(method("POST").and_path(TABLE), late).await;
    match write_one(&*connector, Change::Create { stamp: None, cells: Vec::new() }).await {
        Outcome::Unknown(error) => assert_eq!(error.kind(), ErrorKind::TimedOut),
        other => panic!("{other:?}"),
    }
    assert_eq!(airtable.record_requests().await.len(), 6);
}

#[tokio::test]
async fn a_token_that_is_echoed_is_not_shown() {
    let airtable = Airtable::start().await;
    let echo = refusal(422, "INVALID_REQUEST_UNKNOWN", &format!("you sent Bearer {TOKEN} and {TOKEN}"));
    airtable.answer(method("GET").and_path(TABLE), echo).await;
    let connector = airtable.connector();
    let error = list_names(&*connector).await.unwrap_err();
    let shown = format!("{error} {error:?} {connector:?}");
    assert!(!shown.contains("0123456789abcdef"), "{shown}");
}
