//! Airtable on the wire: what the official clients do not show or cannot provoke.

#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "all of this is tests, their shared functions included"
)]

mod cells;
mod limits;
mod lists;
mod refusals;
mod webhooks;

use connector_sandbox::{Sandbox, Settings};
use reqwest::Method;
use serde_json::Value;

/// A sandbox and a plain HTTP client.
struct Wire {
    sandbox: Sandbox,
    client: reqwest::Client,
}

impl Wire {
    fn new(deals: u32) -> Self {
        let sandbox = Sandbox::start(Settings { deals, ..Settings::default() }).unwrap();
        Self { sandbox, client: reqwest::Client::new() }
    }

    /// A path of the deals table, with what follows it.
    fn deals(&self, rest: &str) -> String {
        format!("/v0/{}/{}{rest}", self.sandbox.airtable_base_id(), self.sandbox.airtable_table_id())
    }

    /// A path of the base's webhooks.
    fn webhooks(&self, rest: &str) -> String {
        format!("/v0/bases/{}/webhooks{rest}", self.sandbox.airtable_base_id())
    }

    fn request(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        let method: Method = method.parse().unwrap();
        self.client.request(method, format!("{}{path}", self.sandbox.airtable_url()))
    }

    /// Status and body of a call with the sandbox's own token.
    async fn call(&self, method: &str, path: &str, body: Option<&Value>) -> (u16, Value) {
        self.call_as(self.sandbox.airtable_token(), method, path, body).await
    }

    async fn call_as(&self, token: &str, method: &str, path: &str, body: Option<&Value>) -> (u16, Value) {
        let request = self.request(method, path).bearer_auth(token);
        answer(match body {
            Some(body) => request.json(body),
            None => request,
        })
        .await
    }

    /// The body of a call that must succeed.
    async fn ok(&self, method: &str, path: &str, body: Option<&Value>) -> Value {
        let (status, body) = self.call(method, path, body).await;
        assert_eq!(status, 200, "{method} {path}: {body}");
        body
    }

    /// A record that was made with these cells.
    async fn create(&self, fields: &Value) -> Value {
        self.ok("POST", &self.deals(""), Some(&serde_json::json!({"fields": fields}))).await
    }
}

async fn answer(request: reqwest::RequestBuilder) -> (u16, Value) {
    let response = request.send().await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap())
}

/// The ids of an answer's records.
fn ids(body: &Value) -> Vec<&str> {
    let records = body["records"].as_array().unwrap_or_else(|| panic!("no records: {body}"));
    records.iter().map(|record| record["id"].as_str().unwrap()).collect()
}
