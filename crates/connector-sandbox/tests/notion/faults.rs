//! What goes wrong on the way, and how often one may ask.

use std::time::Duration;

use connector_sandbox::{Fault, Knobs, Limits, Shape};
use reqwest::Method;
use serde_json::{Value, json};

use crate::client::Client;

#[tokio::test]
async fn scripted_errors_come_in_the_words_of_notion() {
    let client = Client::with_deals(0);
    for (status, code) in [
        (409, "conflict_error"),
        (429, "rate_limited"),
        (500, "internal_server_error"),
        (502, "bad_gateway"),
        (503, "service_unavailable"),
        (504, "gateway_timeout"),
        (529, "service_overload"),
    ] {
        client.sandbox.fault(Fault::status(status).once());
        let (found, body) = client.get("users/me").await;
        assert_eq!((found, &body["code"], &body["status"]), (status, &json!(code), &json!(status)));
    }
    client.sandbox.fault(Fault::status(502).shape(Shape::Html).once());
    let response = client.send(Method::GET, "users/me", None).await.unwrap();
    assert_eq!(response.headers()["content-type"], "text/html");
    assert!(response.headers().get("x-notion-request-id").is_none());
}

#[tokio::test]
async fn a_write_may_have_happened_though_its_answer_did_not_come() {
    let client = Client::with_deals(0);
    let body = json!({"parent": {"data_source_id": client.sandbox.notion_data_source_id()}});
    client.sandbox.fault(Fault::status(503).applied().on("POST", "/v1/pages").once());
    let (status, answer) = client.post("pages", &body).await;
    assert_eq!(status, 503);
    let made = client.sandbox.notion_page_ids();
    assert_eq!(answer["additional_data"]["committed_resource_id"], json!(made[0]));
    assert_eq!(answer["message"], "The change was saved, but the response could not be built in time.");
    client.sandbox.fault(Fault::drop_answer().on("POST", "/v1/pages").once());
    assert!(client.send(Method::POST, "pages", Some(&body)).await.is_err());
    assert_eq!(client.sandbox.notion_page_ids().len(), 2);
    client.sandbox.fault(Fault::drop_request().once());
    assert!(client.send(Method::POST, "pages", Some(&body)).await.is_err());
    assert_eq!(client.sandbox.notion_page_ids().len(), 2);
    assert_eq!(client.sandbox.stats().answers_with("POST", "/v1/pages", "cut"), 2);
}

#[tokio::test]
async fn the_hundred_and_eighty_first_request_of_a_minute_is_refused_until_it_ends() {
    let client = Client::with_deals(0);
    client.sandbox.freeze_clock(true);
    client.sandbox.set_knobs(Knobs { limits: Limits::REAL, ..Knobs::default() });
    for _ in 0..180 {
        assert_eq!(client.get("users/me").await.0, 200);
    }
    client.sandbox.advance_clock(Duration::from_millis(20_500));
    let refused = client.send(Method::GET, "users/me", None).await.unwrap();
    assert_eq!((refused.status().as_u16(), &refused.headers()["retry-after"]), (429, &"40".parse().unwrap()));
    let body: Value = refused.json().await.unwrap();
    let expected = json!({"rate_limit_reason": "public_api_request_rate_limit", "retry_after": "40"});
    assert_eq!((&body["code"], &body["additional_data"]), (&json!("rate_limited"), &expected));
    client.sandbox.advance_clock(Duration::from_secs(40));
    assert_eq!(client.get("users/me").await.0, 200);
}
