use std::time::Duration;

use connector_sandbox::{Knobs, Limits, Settings, Shape};
use serde_json::json;

use crate::client::{Client, error};

const WORDS: &str = "Rate limit exceeded. Please try again later";

fn limited(knobs: Knobs) -> Client {
    let start = "2026-03-01T08:00:00Z".parse().unwrap();
    let client = Client::with(Settings { deals: 1, start_at: Some(start), knobs, ..Settings::default() });
    client.sandbox.freeze_clock(true);
    client
}

#[tokio::test]
async fn the_sixth_request_in_a_second_locks_the_base_for_thirty_seconds() {
    let client = limited(Knobs { limits: Limits::REAL, ..Knobs::default() });
    for _ in 0..5 {
        assert_eq!(client.list(&[]).await.0, 200);
    }
    let refused = (429, error("RATE_LIMIT_REACHED", WORDS));
    assert_eq!(client.list(&[]).await, refused);
    assert_eq!(client.get(&client.webhooks("")).await, refused, "webhooks count on the base too");
    assert_eq!(client.get("/v0/meta/whoami").await.0, 200, "the token's own limit is wider");
    client.sandbox.advance_clock(Duration::from_secs(29));
    assert_eq!(client.list(&[]).await, refused);
    client.sandbox.advance_clock(Duration::from_secs(1));
    assert_eq!(client.list(&[]).await.0, 200);
}

#[tokio::test]
async fn all_tokens_share_the_bases_limit_and_each_has_fifty_of_its_own() {
    let mut client = limited(Knobs { limits: Limits::REAL, ..Knobs::default() });
    for _ in 0..5 {
        client.list(&[]).await;
    }
    client.token = client.sandbox.issue_token(connector_sandbox::TokenGrant::default());
    assert_eq!(client.list(&[]).await.0, 429);
    for _ in 0..49 {
        assert_eq!(client.get("/v0/meta/whoami").await.0, 200);
    }
    assert_eq!(client.get("/v0/meta/whoami").await.0, 429);
}

#[tokio::test]
async fn a_factor_scales_rate_and_penalty() {
    let client = limited(Knobs { limits: "x2".parse().unwrap(), ..Knobs::default() });
    for _ in 0..10 {
        assert_eq!(client.list(&[]).await.0, 200);
    }
    assert_eq!(client.list(&[]).await.0, 429);
    client.sandbox.advance_clock(Duration::from_secs(15));
    assert_eq!(client.list(&[]).await.0, 200);
}

#[tokio::test]
async fn the_refusals_form_and_retry_after_can_be_chosen() {
    let shape =
        Knobs { limits: Limits::REAL, limit_shape: Shape::List, limit_retry_after: true, ..Knobs::default() };
    let client = limited(shape);
    for _ in 0..5 {
        client.list(&[]).await;
    }
    let response = client.send(reqwest::Method::GET, &client.deals(""), None).await.unwrap();
    assert_eq!(response.headers()["retry-after"], "30");
    let body: serde_json::Value = response.json().await.unwrap();
    assert_eq!(body, json!({"errors": [{"error": "RATE_LIMIT_REACHED", "message": WORDS}]}));
}

#[tokio::test]
async fn used_up_monthly_calls_block_data_but_not_metadata() {
    let client = limited(Knobs { quota_exhausted: true, ..Knobs::default() });
    let (status, body) = client.list(&[]).await;
    assert_eq!((status, &body["error"]["type"]), (429, &json!("PUBLIC_API_BILLING_LIMIT_EXCEEDED")));
    assert_eq!(client.get(&client.meta("/tables")).await.0, 200);
}

#[tokio::test]
async fn the_date_header_is_on_the_sandboxs_clock() {
    let client = limited(Knobs::default());
    let response = client.send(reqwest::Method::GET, &client.deals(""), None).await.unwrap();
    assert_eq!(response.headers()["date"], "Sun, 01 Mar 2026 08:00:00 GMT");
    assert_eq!(response.headers()["content-type"], "application/json; charset=utf-8");
    assert_eq!(response.headers()["access-control-allow-origin"], "*");
}

#[tokio::test]
async fn latency_is_added_to_each_answer_and_holds_nobody_up() {
    let client = limited(Knobs { latency_ms: 150, ..Knobs::default() });
    let begun = std::time::Instant::now();
    let asked: Vec<_> = (0..20).map(|_| client.list(&[])).collect();
    let answers = futures::future::join_all(asked).await;
    let taken = begun.elapsed();
    assert!(answers.iter().all(|(status, _)| *status == 200));
    assert!(taken >= Duration::from_millis(150), "{taken:?}");
    assert!(taken < Duration::from_secs(3), "{taken:?}: one after another");
}
