//! The rate limit, the monthly quota, and the forms of their answers.

use std::time::Duration;

use connector_sandbox::{Knobs, Limits, Shape};
use serde_json::json;

use crate::Wire;

const LIMIT: &str = "Rate limit exceeded. Please try again later";

#[tokio::test]
async fn the_sixth_request_of_a_second_starts_thirty_seconds_of_refusals_on_the_base() {
    let wire = Wire::new(1);
    wire.sandbox.freeze_clock(true);
    wire.sandbox.set_knobs(Knobs { limits: Limits::REAL, ..Knobs::default() });
    for _ in 0..5 {
        wire.ok("GET", &wire.deals(""), None).await;
    }
    let object = json!({"error": {"type": "RATE_LIMIT_REACHED", "message": LIMIT}});
    assert_eq!(wire.call("GET", &wire.deals(""), None).await, (429, object));
    // Webhooks belong to the base; what names no base is free.
    assert_eq!(wire.call("GET", &wire.webhooks(""), None).await.0, 429);
    wire.ok("GET", "/v0/meta/whoami", None).await;
    wire.sandbox.advance_clock(Duration::from_secs(29));
    assert_eq!(wire.call("GET", &wire.deals(""), None).await.0, 429);
    wire.sandbox.advance_clock(Duration::from_secs(1));
    wire.ok("GET", &wire.deals(""), None).await;
}

#[tokio::test]
async fn a_refusal_has_the_form_that_was_chosen() {
    let wire = Wire::new(1);
    wire.sandbox.freeze_clock(true);
    let knobs =
        Knobs { limits: Limits::REAL, limit_shape: Shape::List, limit_retry_after: true, ..Knobs::default() };
    wire.sandbox.set_knobs(knobs);
    for _ in 0..5 {
        wire.ok("GET", &wire.deals(""), None).await;
    }
    let request = wire.request("GET", &wire.deals("")).bearer_auth(wire.sandbox.airtable_token());
    let response = request.send().await.unwrap();
    assert_eq!(
        (response.status().as_u16(), response.headers()["retry-after"].to_str().unwrap()),
        (429, "30")
    );
    let list = json!({"errors": [{"error": "RATE_LIMIT_REACHED", "message": LIMIT}]});
    assert_eq!(response.json::<serde_json::Value>().await.unwrap(), list);
}

#[tokio::test]
async fn a_spent_quota_stops_the_data_and_not_the_metadata() {
    let wire = Wire::new(1);
    wire.sandbox.set_knobs(Knobs { quota_exhausted: true, ..Knobs::default() });
    wire.sandbox.advance_clock(Duration::from_hours(1));
    let (status, body) = wire.call("GET", &wire.deals(""), None).await;
    assert_eq!((status, &body["error"]["type"]), (429, &json!("PUBLIC_API_BILLING_LIMIT_EXCEEDED")));
    wire.ok("GET", "/v0/meta/bases", None).await;
}
