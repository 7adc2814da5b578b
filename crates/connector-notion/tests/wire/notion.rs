//! Notion with a data source of deals, as scripted answers.

use std::sync::Arc;
use std::time::Duration;

use connector_core::Error;
use connector_core::connector::{Change, DealConnector, Listing, Outcome, Page};
use connector_core::id::FieldId;
use connector_core::provider::{ConnectorSettings, Provider};
use connector_core::value::Value as Cell;
use connector_notion::{NotionProvider, Policy, Timeouts, Tuning, Version};
use futures::TryStreamExt;
use serde_json::{Value, json};
use wiremock::matchers::{any, method, path};
use wiremock::{Mock, MockBuilder, MockServer, Request, ResponseTemplate};

pub(crate) const TOKEN: &str = "ntn_0123456789abcdef0123456789abcdef";
pub(crate) const SOURCE_ID: &str = "6ebc1ef2-0ab1-8000-9a3b-000b5f2c1d3e";
pub(crate) const DATABASE_ID: &str = "c171bce2-0ab1-8000-9a3b-000b5f2c1d3e";
pub(crate) const SOURCE: &str = "/v1/data_sources/6ebc1ef2-0ab1-8000-9a3b-000b5f2c1d3e";
pub(crate) const QUERY: &str = "/v1/data_sources/6ebc1ef2-0ab1-8000-9a3b-000b5f2c1d3e/query";
pub(crate) const PAGES: &str = "/v1/pages";

/// Notion with a data source of deals, which answers with status 418 what a test does not expect.
pub(crate) struct Notion {
    pub(crate) server: MockServer,
}

impl Notion {
    pub(crate) async fn start() -> Self {
        let notion = Self::bare().await;
        notion.answer(method("GET").and_path(SOURCE), ok(&source())).await;
        notion
    }

    /// Without the data source.
    pub(crate) async fn bare() -> Self {
        let server = MockServer::start().await;
        let unexpected = |request: &Request| {
            let what = format!(
                "{} {} was not expected: {:?}",
                request.method,
                request.url,
                String::from_utf8_lossy(&request.body)
            );
            refusal(418, "unexpected", &what)
        };
        Mock::given(any()).respond_with(unexpected).with_priority(u8::MAX).mount(&server).await;
        Self { server }
    }

    pub(crate) async fn answer(&self, request: MockBuilder, answer: ResponseTemplate) {
        request.respond_with(answer).mount(&self.server).await;
    }

    /// Answers the first such request so, before any other answer to it.
    pub(crate) async fn answer_once(&self, request: MockBuilder, answer: ResponseTemplate) {
        request.respond_with(answer).up_to_n_times(1).with_priority(1).mount(&self.server).await;
    }

    pub(crate) fn provider(&self) -> NotionProvider {
        self.provider_of(Version::default(), Duration::from_secs(20))
    }

    pub(crate) fn provider_of(&self, version: Version, total: Duration) -> NotionProvider {
        let policy = Policy {
            backoff: Duration::from_millis(1),
            penalty: Duration::from_millis(120),
            seed: 1,
            ..Policy::default()
        };
        let timeouts = Timeouts { total, ..Timeouts::default() };
        let tuning = Tuning { requests: 10_000, policy, timeouts, version, ..Tuning::default() };
        NotionProvider::tuned(&self.server.uri(), &TOKEN.into(), tuning).unwrap()
    }

    pub(crate) fn connector(&self) -> Arc<dyn DealConnector> {
        self.provider().connect(settings(SOURCE_ID)).unwrap()
    }

    /// The requests other than for the schema, as method and path.
    pub(crate) async fn requests(&self) -> Vec<String> {
        let requests = self.server.received_requests().await.unwrap();
        let requests = requests.iter().filter(|request| request.url.path() != SOURCE);
        requests.map(|request| format!("{} {}", request.method, request.url.path())).collect()
    }

    /// The body of the last request.
    pub(crate) async fn last_body(&self) -> Value {
        serde_json::from_slice(&self.server.received_requests().await.unwrap().pop().unwrap().body).unwrap()
    }
}

pub(crate) fn settings(container: &str) -> ConnectorSettings {
    ConnectorSettings { base: DATABASE_ID.into(), container: container.into(), create_options: false }
}

pub(crate) trait AndPath {
    fn and_path(self, at: &str) -> MockBuilder;
}

impl<M: wiremock::Match + 'static> AndPath for M {
    fn and_path(self, at: &str) -> MockBuilder {
        Mock::given(self).and(path(at))
    }
}

pub(crate) fn ok(body: &Value) -> ResponseTemplate {
    ResponseTemplate::new(200).insert_header("Date", "Fri, 01 May 2026 10:00:00 GMT").set_body_json(body)
}

pub(crate) fn refusal(status: u16, code: &str, message: &str) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_json(
        json!({"object": "error", "status": status, "code": code, "message": message, "request_id": "r1"}),
    )
}

/// The properties of the deals, as their data source tells them.
pub(crate) fn properties() -> Value {
    let property = |id: &str, name: &str, kind: &str, config: Value| json!({"id": id, "name": name, "description": null, "type": kind, kind: config});
    let stages = json!({"options": [{"id": "s1", "name": "Lead", "color": "gray"}], "groups": []});
    json!({
        "Amount": property("am%3At", "Amount", "number", json!({"format": "euro"})),
        "Stage": property("st", "Stage", "status", stages),
        "Due": property("du", "Due", "date", json!({})),
        "Owner": property("ow", "Owner", "people", json!({})),
        "CRM ID": property("ke", "CRM ID", "rich_text", json!({})),
        "Company": property("co", "Company", "relation",
            json!({"database_id": "dbC", "data_source_id": "dsC", "type": "single_property", "single_property": {}})),
        "Revenue": property("re", "Revenue", "rollup", json!({"function": "sum", "relation_property_id": "co",
            "relation_property_name": "Company", "rollup_property_id": "x", "rollup_property_name": "Revenue"})),
        "Name": property("title", "Name", "title", json!({})),
    })
}

pub(crate) fn source() -> Value {
    json!({
        "object": "data_source", "id": SOURCE_ID, "title": [{"type": "text", "plain_text": "Deals"}],
        "parent": {"type": "database_id", "database_id": DATABASE_ID}, "in_trash": false,
        "properties": properties(), "request_id": "r1",
    })
}

/// A page with this name and these properties.
pub(crate) fn page(id: &str, name: &str, others: &Value) -> Value {
    let mut properties = others.clone();
    properties["Name"] = json!({"id": "title", "type": "title", "title": [text(name)]});
    json!({
        "object": "page", "id": id,
        "created_time": "2026-05-01T09:00:00.000Z", "last_edited_time": "2026-05-01T09:30:00.000Z",
        "parent": {"type": "data_source_id", "data_source_id": SOURCE_ID, "database_id": DATABASE_ID},
        "in_trash": false, "is_archived": false, "is_locked": false,
        "properties": properties, "url": format!("https://app.notion.com/p/{id}"), "public_url": null,
    })
}

pub(crate) fn text(text: &str) -> Value {
    json!({"type": "text", "text": {"content": text, "link": null}, "plain_text": text, "href": null})
}

pub(crate) fn list(results: &[Value], next: Option<&str>) -> Value {
    json!({
        "object": "list", "results": results, "next_cursor": next, "has_more": next.is_some(),
        "type": "page_or_data_source", "page_or_data_source": {}, "request_id": "r1",
    })
}

pub(crate) fn fields<const N: usize>(ids: [&str; N]) -> Vec<FieldId> {
    ids.map(Into::into).to_vec()
}

pub(crate) async fn read_pages(connector: &dyn DealConnector, listing: Listing) -> Result<Vec<Page>, Error> {
    connector.list(listing).try_collect().await
}

pub(crate) async fn list_names(connector: &dyn DealConnector) -> Result<Vec<Page>, Error> {
    read_pages(connector, Listing::everything(fields(["title"]))).await
}

pub(crate) fn update(id: &str, field: &str, value: Cell) -> Change {
    Change::Update { id: id.into(), cells: vec![(field.into(), value)] }
}

pub(crate) async fn write_one(connector: &dyn DealConnector, change: Change) -> Outcome {
    connector.write(vec![change]).await.remove(0)
}
