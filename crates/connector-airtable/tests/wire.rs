//! What goes over the wire: exact requests, and every documented way to fail.

use std::time::{Duration, Instant};

use connector_airtable::{AirtableProvider, Policy, Timeouts, Tuning};
use connector_core::connector::{
    Change, Cursor, DealConnector, Listing, Outcome, Page, Presence, Scope, Stamp,
};
use connector_core::provider::{ConnectorSettings, Provider};
use connector_core::value::Value as Cell;
use connector_core::{Error, ErrorKind};
use futures::TryStreamExt;
use rstest::rstest;
use serde_json::{Value, json};
use std::sync::Arc;
use wiremock::matchers::{any, body_json, header, method, path, query_param, query_param_is_missing};
use wiremock::{Mock, MockBuilder, MockServer, Request, ResponseTemplate};

const TOKEN: &str = "patAAAAAAAAAAAAA1.0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
const TABLES: &str = "/v0/meta/bases/appB/tables";
const TABLE: &str = "/v0/appB/tblD";
const LIST: &str = "/v0/appB/tblD/listRecords";

/// Airtable with a table of deals, which answers with status 418 what a test does not expect.
struct Airtable {
    server: MockServer,
}

impl Airtable {
    async fn start() -> Self {
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

    async fn answer(&self, request: MockBuilder, answer: ResponseTemplate) {
        request.respond_with(answer).mount(&self.server).await;
    }

    /// Answers the first such request so, before any other answer to it.
    async fn answer_once(&self, request: MockBuilder, answer: ResponseTemplate) {
        request.respond_with(answer).up_to_n_times(1).with_priority(1).mount(&self.server).await;
    }

    fn provider(&self) -> AirtableProvider {
        self.provider_within(Duration::from_secs(20))
    }

    fn provider_within(&self, total: Duration) -> AirtableProvider {
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

    fn connector(&self) -> Arc<dyn DealConnector> {
        self.provider().connect(settings()).unwrap()
    }

    /// The requests for records, as method and path.
    async fn record_requests(&self) -> Vec<String> {
        let requests = self.server.received_requests().await.unwrap();
        let requests = requests.iter().filter(|request| !request.url.path().starts_with("/v0/meta"));
        requests.map(|request| format!("{} {}", request.method, request.url.path())).collect()
    }
}

fn settings() -> ConnectorSettings {
    ConnectorSettings { base: "appB".into(), container: "tblD".into(), create_options: false }
}

trait AndPath {
    fn and_path(self, at: &str) -> MockBuilder;
}

impl<M: wiremock::Match + 'static> AndPath for M {
    fn and_path(self, at: &str) -> MockBuilder {
        Mock::given(self).and(path(at))
    }
}

fn ok(body: &Value) -> ResponseTemplate {
    ResponseTemplate::new(200).insert_header("Date", "Fri, 01 May 2026 10:00:00 GMT").set_body_json(body)
}

fn refusal(status: u16, kind: &str, message: &str) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_json(json!({"error": {"type": kind, "message": message}}))
}

fn tables() -> Value {
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

fn record(id: &str, fields: &Value) -> Value {
    json!({"id": id, "createdTime": "2026-05-01T09:00:00.000Z", "fields": fields})
}

fn records(records: &[Value]) -> Value {
    json!({ "records": records })
}

fn fields<const N: usize>(ids: [&str; N]) -> Vec<connector_core::id::FieldId> {
    ids.map(Into::into).to_vec()
}

async fn list(connector: &dyn DealConnector, listing: Listing) -> Result<Vec<Page>, Error> {
    connector.list(listing).try_collect().await
}

async fn list_names(connector: &dyn DealConnector) -> Result<Vec<Page>, Error> {
    list(connector, Listing::everything(fields(["fldName"]))).await
}

fn update(id: &str, field: &str, value: Cell) -> Change {
    Change::Update { id: id.into(), cells: vec![(field.into(), value)] }
}

async fn write_one(connector: &dyn DealConnector, change: Change) -> Outcome {
    connector.write(vec![change]).await.remove(0)
}

#[tokio::test]
async fn a_listing_asks_for_its_fields_by_id_and_for_the_time_of_the_last_edit() {
    let airtable = Airtable::start().await;
    let request = method("GET")
        .and_path(TABLE)
        .and(header("Authorization", format!("Bearer {TOKEN}")))
        .and(query_param("pageSize", "100"))
        .and(query_param("returnFieldsByFieldId", "true"))
        .and(query_param_is_missing("offset"));
    let first = record(
        "rec1",
        &json!({"fldName": "Acme", "fldAmount": 0.1, "fldEdited": "2026-05-01T09:30:00.000Z"}),
    );
    airtable.answer(request, ok(&json!({"records": [first], "offset": "itr1/rec1"}))).await;
    let empty = json!({"records": [], "offset": "itr1/rec2"});
    airtable.answer(method("GET").and_path(TABLE).and(query_param("offset", "itr1/rec1")), ok(&empty)).await;
    let last = records(&[record("rec2", &json!({}))]);
    airtable.answer(method("GET").and_path(TABLE).and(query_param("offset", "itr1/rec2")), ok(&last)).await;

    let pages =
        list(&*airtable.connector(), Listing::everything(fields(["fldName", "fldAmount"]))).await.unwrap();

    let asked = airtable.server.received_requests().await.unwrap().remove(1);
    let asked: Vec<_> =
        asked.url.query_pairs().filter(|(key, _)| key == "fields[]").map(|(_, id)| id.into_owned()).collect();
    assert_eq!(asked, ["fldAmount", "fldEdited", "fldName"]);
    assert_eq!(pages.iter().map(|page| page.deals.len()).collect::<Vec<_>>(), [1, 0, 1]);
    let deal = &pages[0].deals[0];
    assert_eq!(deal.cell(&"fldAmount".into()), &Cell::Number("0.1".parse().unwrap()));
    assert_eq!(deal.cells.len(), 2, "the time of the edit was not asked for");
    let edited = deal.edited.unwrap();
    assert_eq!(
        (edited.lo.to_rfc3339(), (edited.hi - edited.lo).num_milliseconds()),
        ("2026-05-01T09:30:00+00:00".into(), 999)
    );
    assert_eq!(deal.url.as_deref(), Some("https://airtable.com/appB/tblD/rec1"));
    assert_eq!(
        pages[2].deals[0].edited.unwrap().lo,
        pages[2].deals[0].created.unwrap(),
        "never edited since made"
    );
    assert_eq!(pages[0].cursor, None);
    assert_eq!(pages[2].cursor, Some(Cursor("2026-05-01T10:00:00Z".into())));
}

#[tokio::test]
async fn a_schema_and_a_listing_begun_together_cost_one_call_each() {
    let airtable = Airtable::start().await;
    airtable.answer(method("GET").and_path(TABLE), ok(&records(&[record("rec1", &json!({}))]))).await;
    let connector = airtable.connector();
    let (schema, pages) = tokio::join!(connector.schema(), list_names(&*connector));
    assert_eq!((schema.unwrap().fields.len(), pages.unwrap().len()), (6, 1));
    assert_eq!(airtable.server.received_requests().await.unwrap().len(), 2);
    assert_eq!(connector.usage().calls, 2);
}

#[tokio::test]
async fn a_listing_does_not_wait_for_a_schema_that_was_known_before() {
    let airtable = Airtable::start().await;
    airtable.answer(method("GET").and_path(TABLE), ok(&records(&[]))).await;
    let connector = airtable.connector();
    connector.schema().await.unwrap();
    let slow = ok(&tables()).set_delay(Duration::from_millis(400));
    airtable.answer_once(method("GET").and_path(TABLES), slow).await;
    let sent = async {
        while airtable.record_requests().await.is_empty() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        Instant::now()
    };
    let schema = async {
        connector.schema().await.unwrap();
        Instant::now()
    };
    let (read, _, sent) = tokio::join!(schema, list_names(&*connector), sent);
    assert!(sent < read, "the listing waited for the schema");
    assert_eq!(connector.usage().calls, 3);
}

#[tokio::test]
async fn a_field_that_vanished_since_the_schema_was_read_is_not_asked_for_again() {
    let airtable = Airtable::start().await;
    let connector = airtable.connector();
    connector.schema().await.unwrap();
    let mut later = tables();
    later["tables"][0]["fields"].as_array_mut().unwrap().pop();
    airtable.answer_once(method("GET").and_path(TABLES), ok(&later)).await;
    airtable
        .answer_once(
            method("GET").and_path(TABLE),
            refusal(422, "UNKNOWN_FIELD_NAME", "Unknown field name: \"fldEdited\""),
        )
        .await;
    airtable.answer(method("GET").and_path(TABLE), ok(&records(&[record("rec1", &json!({}))]))).await;
    let pages = list_names(&*connector).await.unwrap();
    assert_eq!(pages[0].deals[0].edited, None);
}

#[tokio::test]
async fn deals_are_read_again_in_one_request_with_a_body() {
    let airtable = Airtable::start().await;
    let body = json!({
        "fields": ["fldEdited", "fldName"],
        "filterByFormula": "OR(RECORD_ID()='rec1',RECORD_ID()='rec2')",
        "pageSize": 100,
        "returnFieldsByFieldId": true,
    });
    let request = method("POST").and_path(LIST).and(body_json(body));
    airtable.answer(request, ok(&records(&[record("rec2", &json!({"fldName": "Two"}))]))).await;
    let ids = ["rec2".into(), "rec1".into(), "rec2".into()];
    let read = airtable.connector().read(&ids, &fields(["fldName"])).await.unwrap();
    assert!(matches!(&read[..], [Presence::Live(_), Presence::Deleted, Presence::Live(_)]), "{read:?}");
}

#[tokio::test]
async fn keys_are_looked_for_quoted_and_by_the_hundred() {
    let airtable = Airtable::start().await;
    let formula = r"OR({fldKey}='O\'Brien \\ 1',{fldKey}='a')";
    let request = method("GET").and_path(TABLE).and(query_param("filterByFormula", formula));
    airtable.answer(request, ok(&records(&[record("rec1", &json!({"fldKey": "a"}))]))).await;
    let keys = [r"O'Brien \ 1", "a", "", "a"].map(str::to_owned);
    let connector = airtable.connector();
    let found = connector.find(&"fldKey".into(), &keys, &[]).await.unwrap();
    assert_eq!(found.len(), 1);

    airtable.answer(method("POST").and_path(LIST), ok(&records(&[]))).await;
    let keys: Vec<_> = (0..150).map(|number| format!("{number:0>400}")).collect();
    connector.find(&"fldKey".into(), &keys, &[]).await.unwrap();
    let requests = airtable.record_requests().await;
    let by_body = format!("POST {LIST}");
    assert_eq!(requests[1..], [by_body.clone(), by_body], "an address has at most 16,000 characters");
}

#[tokio::test]
async fn the_feed_asks_for_what_was_touched_since_two_minutes_before_the_cursor() {
    let airtable = Airtable::start().await;
    let formula = "OR(IS_AFTER(CREATED_TIME(),DATETIME_PARSE('2026-05-01T09:58:00.000Z')),\
                   IS_AFTER(LAST_MODIFIED_TIME(),DATETIME_PARSE('2026-05-01T09:58:00.000Z')))";
    let request = method("GET").and_path(TABLE).and(query_param("filterByFormula", formula));
    airtable.answer(request, ok(&records(&[]))).await;
    let scope = Scope::Since(Cursor("2026-05-01T10:00:00Z".into()));
    let pages = list(&*airtable.connector(), Listing { scope, fields: fields(["fldName"]), limit: None })
        .await
        .unwrap();
    assert_eq!(pages[0].cursor, Some(Cursor("2026-05-01T10:00:00Z".into())));
}

#[tokio::test]
async fn an_update_sends_only_its_cells_exactly_and_null_for_a_cleared_one() {
    let airtable = Airtable::start().await;
    let written = records(&[record("rec1", &json!({"fldAmount": 12.5}))]);
    airtable.answer(method("PATCH").and_path(TABLE), ok(&written)).await;
    let amount: Cell = Cell::Number("1234567890.123456789012345".parse().unwrap());
    let cells = vec![("fldAmount".into(), amount), ("fldName".into(), Cell::Empty)];
    let outcome = write_one(&*airtable.connector(), Change::Update { id: "rec1".into(), cells }).await;
    assert!(matches!(outcome, Outcome::Applied { adopted: false, .. }), "{outcome:?}");
    let body = airtable.server.received_requests().await.unwrap().pop().unwrap().body;
    let expected = r#"{"records":[{"id":"rec1","fields":{"fldAmount":1234567890.123456789012345,"fldName":null}}],"returnFieldsByFieldId":true}"#;
    assert_eq!(String::from_utf8(body).unwrap(), expected);
}

#[rstest]
#[case::made(&[], false)]
#[case::found(&["rec1"], true)]
#[tokio::test]
async fn a_stamped_creation_is_an_upsert_and_tells_whether_it_adopted(
    #[case] updated: &[&str],
    #[case] adopts: bool,
) {
    let airtable = Airtable::start().await;
    let body = json!({
        "records": [{"fields": {"fldKey": "deal-1", "fldName": "Acme"}}],
        "performUpsert": {"fieldsToMergeOn": ["fldKey"]},
        "returnFieldsByFieldId": true,
    });
    let answer = json!({"records": [record("rec1", &json!({"fldName": "Acme"}))], "createdRecords": [], "updatedRecords": updated});
    airtable.answer(method("PATCH").and_path(TABLE).and(body_json(body)), ok(&answer)).await;
    let stamp = Some(Stamp { field: "fldKey".into(), key: "deal-1".into() });
    let change = Change::Create { stamp, cells: vec![("fldName".into(), Cell::text("Acme"))] };
    match write_one(&*airtable.connector(), change).await {
        Outcome::Applied { adopted, .. } => assert_eq!(adopted, adopts),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn records_are_deleted_in_the_address() {
    let airtable = Airtable::start().await;
    airtable
        .answer(
            method("DELETE")
                .and_path(TABLE)
                .and(query_param("records[]", "rec1"))
                .and(query_param("records[]", "rec2")),
            ok(&json!({"records": [{"id": "rec1", "deleted": true}, {"id": "rec2", "deleted": true}]})),
        )
        .await;
    let changes = ["rec1", "rec2"].map(|id| Change::Delete { id: id.into() });
    let outcomes = airtable.connector().write(changes.into()).await;
    assert!(outcomes.iter().all(|outcome| matches!(outcome, Outcome::Applied { .. })), "{outcomes:?}");
    assert_eq!(airtable.record_requests().await.len(), 1);
}

#[rstest]
#[case::wrong_kind("fldAmount", Cell::text("a lot"), "“Amount” holds currency")]
#[case::computed("fldEdited", Cell::text("now"), "“Edited” is computed")]
#[case::too_long("fldName", Cell::Text("x".repeat(100_001)), "“Name” has 100001 characters")]
#[case::unreadable("fldName", Cell::Unknown("cut".into()), "could not be read: cut")]
#[case::unknown_option("fldStage", Cell::Choice(connector_core::value::Choice { id: None, name: "Won".into() }), "“Stage” has no option “Won”")]
#[tokio::test]
async fn what_a_field_cannot_hold_is_refused_in_words_before_it_is_sent(
    #[case] field: &str,
    #[case] value: Cell,
    #[case] words: &str,
) {
    let airtable = Airtable::start().await;
    match write_one(&*airtable.connector(), update("rec1", field, value)).await {
        Outcome::Refused(error) => {
            assert_eq!(error.kind(), ErrorKind::Rejected);
            assert!(error.detail().unwrap().contains(words), "{error}");
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(airtable.record_requests().await, Vec::<String>::new());
}

#[tokio::test]
async fn linked_records_are_named_by_one_listing_of_their_primary_field() {
    let airtable = Airtable::start().await;
    let deals = [
        record("rec1", &json!({"fldCompany": ["recC1", "recC2"]})),
        record("rec2", &json!({"fldCompany": ["recC1"]})),
    ];
    airtable.answer(method("GET").and_path(TABLE), ok(&records(&deals))).await;
    let body = json!({
        "fields": ["fldCName"],
        "filterByFormula": "OR(RECORD_ID()='recC1',RECORD_ID()='recC2')",
        "pageSize": 100,
        "returnFieldsByFieldId": true,
    });
    let companies = records(&[record("recC1", &json!({"fldCName": "Acme"}))]);
    let request = method("POST").and_path("/v0/appB/tblC/listRecords").and(body_json(body));
    airtable.answer(request, ok(&companies)).await;
    let pages = list(&*airtable.connector(), Listing::everything(fields(["fldCompany"]))).await.unwrap();
    let Cell::Links(links) = pages[0].deals[0].cell(&"fldCompany".into()) else { panic!("{pages:?}") };
    let names: Vec<_> = links.iter().map(|link| (link.id.as_str(), link.name.as_deref())).collect();
    assert_eq!(names, [("recC1", Some("Acme")), ("recC2", None)]);
    assert_eq!(airtable.record_requests().await.len(), 2);
}

#[rstest]
#[case::object(refusal(429, "RATE_LIMIT_REACHED", "Rate limit exceeded."), 120)]
#[case::list(ResponseTemplate::new(429).set_body_json(json!({"errors": [{"error": "RATE_LIMIT_REACHED", "message": "m"}]})), 120)]
#[case::asked_for_a_second(refusal(429, "RATE_LIMIT_REACHED", "m").insert_header("Retry-After", "1"), 1_000)]
#[tokio::test]
async fn too_many_requests_wait_for_the_penalty_or_for_what_is_asked(
    #[case] answer: ResponseTemplate,
    #[case] millis: u64,
) {
    let airtable = Airtable::start().await;
    airtable.answer_once(method("GET").and_path(TABLE), answer).await;
    airtable.answer(method("GET").and_path(TABLE), ok(&records(&[]))).await;
    let start = Instant::now();
    list_names(&*airtable.connector()).await.unwrap();
    assert!(start.elapsed() >= Duration::from_millis(millis), "{:?}", start.elapsed());
}

#[rstest]
#[case::unauthenticated(
    refusal(401, "AUTHENTICATION_REQUIRED", "Authentication required"),
    ErrorKind::Unauthenticated,
    1
)]
#[case::forbidden(refusal(403, "INVALID_PERMISSIONS_OR_MODEL_NOT_FOUND", "m"), ErrorKind::Forbidden, 1)]
#[case::bare(ResponseTemplate::new(404).set_body_json(json!({"error": "NOT_FOUND"})), ErrorKind::ContainerMissing, 1)]
#[case::quota(refusal(429, "PUBLIC_API_BILLING_LIMIT_EXCEEDED", "m"), ErrorKind::QuotaExhausted, 1)]
#[case::html(ResponseTemplate::new(502).set_body_raw("<h1>Bad gateway</h1>", "text/html"), ErrorKind::Unavailable, 5)]
#[case::busy(refusal(503, "RETRIABLE_ERROR", "m"), ErrorKind::Unavailable, 5)]
#[case::redirect(ResponseTemplate::new(302).insert_header("Location", "https://example.com/"), ErrorKind::Settings, 1)]
#[case::not_json(ResponseTemplate::new(200).set_body_raw("<p>Hello</p>", "text/html"), ErrorKind::Malformed, 1)]
#[case::too_large(ResponseTemplate::new(200).set_body_raw(vec![b' '; 17 * 1024 * 1024], "application/json"), ErrorKind::Malformed, 1)]
#[tokio::test]
async fn each_failure_has_its_kind_and_its_number_of_attempts(
    #[case] answer: ResponseTemplate,
    #[case] kind: ErrorKind,
    #[case] attempts: usize,
) {
    let airtable = Airtable::start().await;
    airtable.answer(method("GET").and_path(TABLE), answer).await;
    let error = list_names(&*airtable.connector()).await.unwrap_err();
    assert_eq!(error.kind(), kind, "{error}");
    assert_eq!(airtable.record_requests().await.len(), attempts);
}

#[tokio::test]
async fn an_answer_that_does_not_come_in_time_is_asked_for_again_and_given_up() {
    let airtable = Airtable::start().await;
    let connector = airtable.provider_within(Duration::from_millis(150)).connect(settings()).unwrap();
    let late = ok(&records(&[])).set_delay(Duration::from_secs(10));
    airtable.answer(method("GET").and_path(TABLE), late.clone()).await;
    let error = list_names(&*connector).await.unwrap_err();
    assert_eq!((error.kind(), airtable.record_requests().await.len()), (ErrorKind::TimedOut, 5));

    airtable.answer(method("POST").and_path(TABLE), late).await;
    match write_one(&*connector, Change::Create { stamp: None, cells: Vec::new() }).await {
        Outcome::Unknown(error) => assert_eq!(error.kind(), ErrorKind::TimedOut),
        other => panic!("{other:?}"),
    }
    assert_eq!(airtable.record_requests().await.len(), 6);
}

#[rstest]
#[case::a_create_is_sent_once(None, 500, 1)]
#[case::even_if_a_gateway_answered(None, 502, 1)]
#[case::an_upsert_again(Some(Stamp { field: "fldKey".into(), key: "deal-1".into() }), 500, 5)]
#[tokio::test]
async fn a_write_without_a_clear_answer_is_unknown(
    #[case] stamp: Option<Stamp>,
    #[case] status: u16,
    #[case] attempts: usize,
) {
    let airtable = Airtable::start().await;
    let how = if stamp.is_some() { "PATCH" } else { "POST" };
    airtable.answer(method(how).and_path(TABLE), ResponseTemplate::new(status)).await;
    let outcome = write_one(&*airtable.connector(), Change::Create { stamp, cells: Vec::new() }).await;
    assert!(matches!(outcome, Outcome::Unknown(_)), "{outcome:?}");
    assert_eq!(airtable.record_requests().await.len(), attempts);
}

#[tokio::test]
async fn a_create_that_airtable_did_not_carry_out_is_sent_again() {
    let airtable = Airtable::start().await;
    airtable.answer_once(method("POST").and_path(TABLE), refusal(503, "RETRIABLE_ERROR", "m")).await;
    airtable.answer(method("POST").and_path(TABLE), ok(&records(&[record("rec1", &json!({}))]))).await;
    let outcome = write_one(&*airtable.connector(), Change::Create { stamp: None, cells: Vec::new() }).await;
    assert!(matches!(outcome, Outcome::Applied { .. }), "{outcome:?}");
}

#[tokio::test]
async fn a_deletion_whose_answer_was_lost_is_done() {
    let airtable = Airtable::start().await;
    airtable.answer_once(method("DELETE").and_path(TABLE), ResponseTemplate::new(500)).await;
    let gone = refusal(404, "NOT_FOUND", "Could not find a record with ID \"rec1\".");
    airtable.answer(method("DELETE").and_path(TABLE), gone).await;
    let outcome = write_one(&*airtable.connector(), Change::Delete { id: "rec1".into() }).await;
    assert!(matches!(outcome, Outcome::Applied { .. }), "{outcome:?}");
}

#[tokio::test]
async fn a_refusal_that_ends_the_run_is_not_looked_for_row_by_row() {
    let airtable = Airtable::start().await;
    airtable
        .answer(method("PATCH").and_path(TABLE), refusal(403, "INVALID_PERMISSIONS", "You are not permitted"))
        .await;
    let changes = (0..10).map(|row| update(&format!("rec{row}"), "fldName", Cell::text("x"))).collect();
    let outcomes = airtable.connector().write(changes).await;
    let forbidden = |outcome: &Outcome| matches!(outcome, Outcome::Refused(error) if error.kind() == ErrorKind::Forbidden);
    assert!(outcomes.iter().all(forbidden), "{outcomes:?}");
    assert_eq!(airtable.record_requests().await.len(), 1);
}

#[tokio::test]
async fn a_listing_that_goes_round_in_circles_ends_with_an_error() {
    let airtable = Airtable::start().await;
    let answer = json!({"records": [record("rec1", &json!({}))], "offset": "itr/rec1"});
    airtable.answer(method("GET").and_path(TABLE), ok(&answer)).await;
    let error = list_names(&*airtable.connector()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable, "{error}");
    assert!(airtable.record_requests().await.len() < 20);
}

#[tokio::test]
async fn a_token_that_is_echoed_is_not_shown() {
    let airtable = Airtable::start().await;
    let echo = refusal(422, "INVALID_REQUEST_UNKNOWN", &format!("you sent Bearer {TOKEN} and {TOKEN}"));
    airtable.answer(method("GET").and_path(TABLE), echo).await;
    let connector = airtable.connector();
    let error = list_names(&*connector).await.unwrap_err();
    let shown = format!("{error} {error:?} {connector:?}");
    assert!(!shown.contains("0123456789abcdef"), "{shown}");
}

#[tokio::test]
async fn bases_are_listed_page_by_page_and_tables_with_their_views() {
    let airtable = Airtable::start().await;
    let first = json!({"bases": [{"id": "appA", "name": "A", "permissionLevel": "read"}], "offset": "o/1"});
    airtable.answer_once(method("GET").and_path("/v0/meta/bases"), ok(&first)).await;
    let second = json!({"bases": [{"id": "appB", "name": "B", "permissionLevel": "create"}]});
    airtable
        .answer(method("GET").and_path("/v0/meta/bases").and(query_param("offset", "o/1")), ok(&second))
        .await;
    airtable.answer(method("GET").and_path("/v0/meta/whoami"), ok(&json!({"id": "usr1"}))).await;
    let provider = airtable.provider();
    let bases: Vec<_> = provider
        .bases()
        .await
        .unwrap()
        .into_iter()
        .map(|base| (base.id.to_string(), base.writable))
        .collect();
    assert_eq!(bases, [("appA".to_owned(), Some(false)), ("appB".to_owned(), Some(true))]);
    assert_eq!(provider.containers(&"appB".into()).await.unwrap().len(), 2);
    assert_eq!(provider.identity().await.unwrap().id, "usr1");
    assert_eq!(provider.meter().attempts(), 4);
}
