//! The CRM's page, as it calls the server.

use std::time::Duration;

use serde_json::{Value, json};

use crate::patience::until;

/// Somebody who calls one server.
#[derive(Debug, Clone)]
pub struct Client {
    url: String,
    http: reqwest::Client,
}

/// An answer: its status and its JSON.
pub(crate) type Answer = Result<(u16, Value), reqwest::Error>;

impl Client {
    /// Somebody who calls what listens there.
    #[must_use]
    pub fn new(url: &str) -> Self {
        // The end of a process is an error at once; a frozen one is waited for.
        let http = reqwest::Client::builder().timeout(Duration::from_mins(2)).build();
        Self { url: url.to_owned(), http: http.expect("a client") }
    }

    /// Reads what is at that address.
    pub async fn get(&self, path: &str) -> Answer {
        answer(self.http.get(format!("{}{path}", self.url))).await
    }

    /// Reads what is at that address to its end, whatever it is; its status.
    pub async fn read(&self, path: &str) -> Result<u16, reqwest::Error> {
        let response = self.http.get(format!("{}{path}", self.url)).send().await?;
        let status = response.status().as_u16();
        response.bytes().await?;
        Ok(status)
    }

    /// Sends JSON to that address.
    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        answer(self.http.post(format!("{}{path}", self.url)).json(body)).await
    }

    /// Asks for a synchronisation both ways, and does not wait for it.
    pub async fn sync(&self, remote: &str) -> Answer {
        self.post(&format!("/api/sync/{remote}"), &json!({"direction": "both"})).await
    }

    /// Waits until no synchronisation of the remote is under way; what the last one came to.
    pub async fn idle(&self, remote: &str) -> String {
        until("no run is under way", async || {
            let (_, state) = self.get(&format!("/api/sync/{remote}")).await.expect("an answer");
            let status = state.get("status")?.as_str()?;
            (status != "running").then(|| status.to_owned())
        })
        .await
    }
}

async fn answer(request: reqwest::RequestBuilder) -> Answer {
    let response = request.send().await?;
    let status = response.status().as_u16();
    Ok((status, response.json().await?))
}
