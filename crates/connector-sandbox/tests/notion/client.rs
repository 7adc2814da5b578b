//! A plain client of a sandbox of its own.

use connector_sandbox::{Sandbox, Settings};
use reqwest::{Method, Response};
use serde_json::{Value, json};

/// A status and a JSON body; null where the body is not JSON.
pub(crate) type Answer = (u16, Value);

pub(crate) const VERSIONS: [&str; 3] = ["2022-06-28", "2025-09-03", "2026-03-11"];

pub(crate) struct Client {
    pub(crate) sandbox: Sandbox,
    pub(crate) http: reqwest::Client,
    pub(crate) token: String,
    pub(crate) version: &'static str,
}

impl Client {
    /// A sandbox with this many deals, asked in the newest version.
    pub(crate) fn with_deals(deals: u32) -> Self {
        Self::with(Settings { deals, ..Settings::default() })
    }

    pub(crate) fn with(settings: Settings) -> Self {
        let sandbox = Sandbox::start(settings).unwrap();
        let token = sandbox.notion_token().to_owned();
        // A pooled connection that a fault has cut would be tried again without a word.
        let http = reqwest::Client::builder().pool_max_idle_per_host(0).build().unwrap();
        Self { sandbox, http, token, version: "2026-03-11" }
    }

    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> reqwest::Result<Response> {
        let url = format!("{}/v1/{path}", self.sandbox.notion_url());
        let request = self.http.request(method, url).bearer_auth(&self.token);
        let request = request.header("notion-version", self.version);
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

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.ask(Method::DELETE, path, None).await
    }

    /// The body of a call that must succeed.
    pub(crate) fn ok((status, body): Answer) -> Value {
        assert_eq!(status, 200, "{body}");
        body
    }

    /// The words of a call that must be refused with 400 `validation_error`.
    pub(crate) fn refused((status, body): Answer) -> String {
        assert_eq!((status, &body["code"]), (400, &json!("validation_error")), "{body}");
        body["message"].as_str().unwrap().to_owned()
    }

    /// Makes a deal and gives it.
    pub(crate) async fn make(&self, properties: Value) -> Value {
        let parent = json!({"data_source_id": self.sandbox.notion_data_source_id()});
        Self::ok(self.post("pages", &json!({"parent": parent, "properties": properties})).await)
    }

    /// Makes an empty deal in a version's way and gives its id.
    pub(crate) async fn make_in(&self, version: &str) -> String {
        let parent = if version == "2022-06-28" {
            json!({"database_id": self.sandbox.notion_database_id()})
        } else {
            json!({"data_source_id": self.sandbox.notion_data_source_id()})
        };
        let made = Self::ok(self.post("pages", &json!({"parent": parent, "properties": {}})).await);
        id(&made).to_owned()
    }

    /// A page of the deals.
    pub(crate) async fn query(&self, body: &Value) -> Value {
        let source = self.sandbox.notion_data_source_id();
        Self::ok(self.post(&format!("data_sources/{source}/query"), body).await)
    }
}

/// The id of an answer.
pub(crate) fn id(object: &Value) -> &str {
    object["id"].as_str().unwrap()
}
