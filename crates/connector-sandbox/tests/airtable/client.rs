//! A plain client of a sandbox of its own.

use connector_sandbox::{Sandbox, Settings};
use reqwest::{Method, Response};
use serde_json::{Value, json};

/// A status and a JSON body; null where the body is not JSON.
pub(crate) type Answer = (u16, Value);

pub(crate) struct Client {
    pub(crate) sandbox: Sandbox,
    pub(crate) http: reqwest::Client,
    pub(crate) token: String,
}

impl Client {
    /// A sandbox with this many deals.
    pub(crate) fn with_deals(deals: u32) -> Self {
        Self::with(Settings { deals, ..Settings::default() })
    }

    pub(crate) fn with(settings: Settings) -> Self {
        let sandbox = Sandbox::start(settings).unwrap();
        let token = sandbox.airtable_token().to_owned();
        // A pooled connection that a fault has cut would be tried again without a word.
        let http = reqwest::Client::builder().pool_max_idle_per_host(0).build().unwrap();
        Self { sandbox, http, token }
    }

    /// The path of the Deals table, with a tail.
    pub(crate) fn deals(&self, tail: &str) -> String {
        format!("/v0/{}/{}{tail}", self.sandbox.airtable_base_id(), self.sandbox.airtable_table_id())
    }

    /// The path of the base in the metadata API, with a tail.
    pub(crate) fn meta(&self, tail: &str) -> String {
        format!("/v0/meta/bases/{}{tail}", self.sandbox.airtable_base_id())
    }

    pub(crate) fn webhooks(&self, tail: &str) -> String {
        format!("/v0/bases/{}/webhooks{tail}", self.sandbox.airtable_base_id())
    }

    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> reqwest::Result<Response> {
        let url = format!("{}{path}", self.sandbox.airtable_url());
        let request = self.http.request(method, url).bearer_auth(&self.token);
        match body {
            Some(body) => request.json(body).send().await,
            None => request.send().await,
        }
    }

    async fn ask(&self, method: Method, path: &str, body: Option<&Value>) -> Answer {
        let response = self.send(method, path, body).await.unwrap();
        let status = response.status().as_u16();
        let text = response.text().await.unwrap();
        (status, serde_json::from_str(&text).unwrap_or_default())
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.ask(Method::GET, path, None).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        self.ask(Method::POST, path, Some(body)).await
    }

    pub(crate) async fn patch(&self, path: &str, body: &Value) -> Answer {
        self.ask(Method::PATCH, path, Some(body)).await
    }

    pub(crate) async fn put(&self, path: &str, body: &Value) -> Answer {
        self.ask(Method::PUT, path, Some(body)).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.ask(Method::DELETE, path, None).await
    }

    /// A list with query parameters.
    pub(crate) async fn list(&self, query: &[(&str, &str)]) -> Answer {
        let url = format!("{}{}", self.sandbox.airtable_url(), self.deals(""));
        let response = self.http.get(url).query(query).bearer_auth(&self.token).send().await.unwrap();
        (response.status().as_u16(), response.json().await.unwrap())
    }

    /// Makes a deal and gives its id.
    pub(crate) async fn make(&self, fields: Value) -> String {
        let (status, made) = self.post(&self.deals(""), &json!({"fields": fields})).await;
        assert_eq!(status, 200, "{made}");
        made["id"].as_str().unwrap().to_owned()
    }

    /// The cells of a deal.
    pub(crate) async fn cells(&self, record: &str) -> Value {
        let (status, found) = self.get(&self.deals(&format!("/{record}"))).await;
        assert_eq!(status, 200, "{found}");
        found["fields"].clone()
    }
}

/// The names of an answer's records.
pub(crate) fn names(answer: &Value) -> Vec<&str> {
    answer["records"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["fields"]["Name"].as_str().unwrap_or(""))
        .collect()
}

/// The ids of an answer's records.
pub(crate) fn ids(answer: &Value) -> Vec<&str> {
    answer["records"].as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap()).collect()
}

/// An error body of the normal form.
pub(crate) fn error(kind: &str, message: &str) -> Value {
    json!({"error": {"type": kind, "message": message}})
}
