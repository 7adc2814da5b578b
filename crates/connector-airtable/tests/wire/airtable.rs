//! Airtable with a table of deals, as scripted answers.

use std::sync::Arc;
use std::time::Duration;

use connector_airtable::{AirtableProvider, Policy, Timeouts, Tuning};
use connector_core::Error;
use connector_core::connector::{Change, DealConnector, Listing, Outcome, Page};
use connector_core::provider::{ConnectorSettings, Provider};
use connector_core::value::Value as Cell;
use futures::TryStreamExt;
use serde_json::{Value, json};
use wiremock::matchers::{any, method, path};
use wiremock::{Mock, MockBuilder, MockServer, Request, ResponseTemplate};

pub(crate) const TOKEN: &str =
    "patAAAAAAAAAAAAA1.0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
pub(crate) const TABLES: &str = "/v0/meta/bases/appB/tables";
pub(crate) const TABLE: &str = "/v0/appB/tblD";
pub(crate) const LIST: &str = "/v0/appB/tblD/listRecords";

/// Airtable with a table of deals, which answers with status 418 what a test does not expect.
pub(crate) struct Airtable {
    pub(crate) server: MockServer,
}

impl Airtable {
    pub(crate) async fn start() -> Self {
        let server = MockServer::start().await;
        let unexpected = |request: &Request| {
            let what = format!(
                "{} {} was not expected: {:?}",
                request.method,
                request.url,
                String::from_utf8_lossy(&request.body)
            );
            ResponseTemplate::new(418)
                .set_body_json(json!({"error": {"type": "UNEXPECTED", "message": what}}))
        };
        Mock::given(any()).respond_with(unexpected).with_priority(u8::MAX).mount(&server).await;
        let airtable = Self { server };
        airtable.answer(method("GET").and_path(TABLES), ok(&tables())).await;
        airtable
    }

    pub(crate) async fn answer(&self, request: MockBuilder, answer: ResponseTemplate) {
        request.respond_with(answer).mount(&self.server).await;
    }

    /// Answers the first such request so, before any other answer to it.
    pub(crate) async fn answer_once(&self, request: MockBuilder, answer: ResponseTemplate) {
        request.respond_with(answer).up_to_n_times(1).with_priority(1).mount(&self.server).await;
    }

    pub(crate) fn provider(&self) -> AirtableProvider {
        self.provider_within(Duration::from_secs(20))
    }

    pub(crate) fn provider_within(&self, total: Duration) -> AirtableProvider {
        let policy = Policy {
            backoff: Duration::from_millis(1),
            penalty: Duration::from_millis(120),
            seed: 1,
            ..Policy::default()
        };
        let timeouts = Timeouts { total, ..Timeouts::default() };
        let tuning = Tuning { requests_per_base: 1_000, requests_per_token: 1_000, policy, timeouts };
        AirtableProvider::tuned(&self.server.uri(), &TOKEN.into(), tuning).unwrap()
    }

    pub(crate) fn connector(&self) -> Arc<dyn DealConnector> {
        self.provider().connect(settings()).unwrap()
    }

    /// The requests for records, as method and path.
    pub(crate) async fn record_requests(&self) -> Vec<String> {
        let requests = self.server.received_requests().await.unwrap();
        let requests = requests.iter().filter(|request| !request.url.path().starts_with("/v0/meta"));
        requests.map(|request| format!("{} {}", request.method, request.url.path())).collect()
    }
}

pub(crate) fn settings() -> ConnectorSettings {
    ConnectorSettings { base: "appB".into(), container: "tblD".into(), create_options: false }
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

pub(crate) fn refusal(status: u16, kind: &str, message: &str) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_json(json!({"error": {"type": kind, "message": message}}))
}

pub(crate) fn tables() -> Value {
    json!({"tables": [
        {"id": "tblD", "name": "Deals", "primaryFieldId": "fldName", "views": [], "fields": [
            {"id": "fldName", "name": "Name", "type": "singleLineText"},
            {"id": "fldAmount", "name": "Amount", "type": "currency", "options": {"precision": 2, "symbol": "€"}},
            {"id": "fldStage", "name": "Stage", "type": "singleSelect",
             "options": {"choices": [{"id": "selLead", "name": "Lead", "color": "blueLight2"}]}},
            {"id": "fldKey", "name": "CRM id", "type": "singleLineText"},
            {"id": "fldCompany", "name": "Company", "type": "multipleRecordLinks",
             "options": {"linkedTableId": "tblC", "isReversed": false, "prefersSingleRecordLink": false}},
            {"id": "fldEdited", "name": "Edited", "type": "lastModifiedTime",
             "options": {"isValid": true, "referencedFieldIds": [], "result": {"type": "dateTime"}}},
        ]},
        {"id": "tblC", "name": "Companies", "primaryFieldId": "fldCName", "fields": [
            {"id": "fldCName", "name": "Name", "type": "singleLineText"}]},
    ]})
}

pub(crate) fn record(id: &str, fields: &Value) -> Value {
    json!({"id": id, "createdTime": "2026-05-01T09:00:00.000Z", "fields": fields})
}

pub(crate) fn records(records: &[Value]) -> Value {
    json!({ "records": records })
}

pub(crate) fn fields<const N: usize>(ids: [&str; N]) -> Vec<connector_core::id::FieldId> {
    ids.map(Into::into).to_vec()
}

pub(crate) async fn list(connector: &dyn DealConnector, listing: Listing) -> Result<Vec<Page>, Error> {
    connector.list(listing).try_collect().await
}

pub(crate) async fn list_names(connector: &dyn DealConnector) -> Result<Vec<Page>, Error> {
    list(connector, Listing::everything(fields(["fldName"]))).await
}

pub(crate) fn update(id: &str, field: &str, value: Cell) -> Change {
    Change::Update { id: id.into(), cells: vec![(field.into(), value)] }
}

pub(crate) async fn write_one(connector: &dyn DealConnector, change: Change) -> Outcome {
    connector.write(vec![change]).await.remove(0)
}
