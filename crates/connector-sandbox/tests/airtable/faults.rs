use std::time::Duration;

use connector_sandbox::{Fault, Remote, Shape};
use reqwest::Method;
use serde_json::{Value, json};

use crate::client::{Client, error};

const TABLE: &str = "/v0/{base}/{table}";

#[tokio::test]
async fn an_error_strikes_the_requests_that_were_chosen() {
    let client = Client::with_deals(1);
    client.sandbox.fault(Fault::status(503).on("GET", TABLE).of(Remote::Airtable).skip(1).times(2));
    let retriable =
        "Server encountered an error while processing your request, and it is safe to retry the request";
    let refused = (503, error("RETRIABLE_ERROR", retriable));
    assert_eq!(client.get("/v0/meta/whoami").await.0, 200);
    assert_eq!(client.list(&[]).await.0, 200);
    assert_eq!(client.list(&[]).await, refused);
    assert_eq!(client.list(&[]).await, refused);
    assert_eq!(client.list(&[]).await.0, 200);
    assert!(client.sandbox.faults().is_empty());
}

#[tokio::test]
async fn bodies_come_in_every_form_that_has_been_seen() {
    let client = Client::with_deals(0);
    let words = "Rate limit exceeded. Please try again later";
    let cases = [
        (Shape::Object, error("RATE_LIMIT_REACHED", words)),
        (Shape::List, json!({"errors": [{"error": "RATE_LIMIT_REACHED", "message": words}]})),
        (Shape::Bare, json!({"error": "RATE_LIMIT_REACHED"})),
        (Shape::Html, Value::Null),
        (Shape::Empty, Value::Null),
    ];
    for (shape, body) in cases {
        client.sandbox.fault(Fault::status(429).shape(shape).retry_after(3).once());
        let response = client.send(Method::GET, &client.deals(""), None).await.unwrap();
        assert_eq!(response.headers()["retry-after"], "3");
        let text = response.text().await.unwrap();
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap_or_default(), body, "{shape:?}");
        assert_eq!(text.contains("<html>"), shape == Shape::Html);
    }
    client.sandbox.fault(Fault::status(422).saying("X", "y").once());
    assert_eq!(client.list(&[]).await, (422, error("X", "y")));
}

#[tokio::test]
async fn a_held_request_is_never_answered_whether_it_took_effect_or_not() {
    let client = Client::with_deals(0);
    let body = json!({"fields": {"Name": "Acme"}});
    for (fault, held, rows) in [(Fault::hold_request(), 1, 0), (Fault::hold_answer(), 2, 1)] {
        client.sandbox.fault(fault.on("POST", TABLE).once());
        let until_held = async {
            while client.sandbox.stats().answers_with("POST", TABLE, "held") < held {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        let table = client.deals("");
        tokio::select! {
            answer = client.send(Method::POST, &table, Some(&body)) => panic!("{answer:?}"),
            () = until_held => {}
        }
        assert_eq!(client.sandbox.airtable_record_ids().len(), rows);
    }
}

#[tokio::test]
async fn a_lost_answer_leaves_the_change_and_a_lost_request_does_not() {
    let client = Client::with_deals(0);
    let body = json!({"fields": {"Name": "Acme"}});
    for (fault, rows) in
        [(Fault::drop_request(), 0), (Fault::drop_answer(), 1), (Fault::status(502).applied(), 2)]
    {
        client.sandbox.fault(fault.on("POST", TABLE).once());
        let sent = client.send(Method::POST, &client.deals(""), Some(&body)).await;
        assert!(sent.is_err() || sent.is_ok_and(|answer| answer.status() == 502));
        assert_eq!(client.sandbox.airtable_record_ids().len(), rows);
    }
    assert_eq!(client.sandbox.stats().answers_with("POST", TABLE, "cut"), 2);
}

#[tokio::test]
async fn a_cut_body_ends_before_its_length() {
    let client = Client::with_deals(30);
    client.sandbox.fault(Fault::cut_body().on("GET", TABLE).once());
    let response = client.send(Method::GET, &client.deals(""), None).await.unwrap();
    assert_eq!(response.status(), 200);
    assert!(response.bytes().await.is_err());
    assert_eq!(client.list(&[]).await.0, 200);
}

#[tokio::test]
async fn a_slow_request_is_slow_alone() {
    let client = Client::with_deals(0);
    let delay = std::time::Duration::from_millis(400);
    client.sandbox.fault(Fault::delay(delay).on("GET", TABLE).once());
    let begun = std::time::Instant::now();
    let slow = async {
        client.list(&[]).await;
        begun.elapsed()
    };
    let fast = async {
        client.get("/v0/meta/whoami").await;
        begun.elapsed()
    };
    let (slow, fast) = futures::future::join(slow, fast).await;
    assert!(slow >= delay && fast < slow, "{slow:?} {fast:?}");
}
