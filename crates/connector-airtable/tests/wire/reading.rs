//! Schemas, listings, readings and lookups.

use std::time::{Duration, Instant};

use connector_core::ErrorKind;
use connector_core::connector::{Cursor, Listing, Presence, Scope};
use connector_core::provider::Provider;
use connector_core::value::Value as Cell;
use serde_json::json;
use wiremock::matchers::{body_json, header, method, query_param, query_param_is_missing};

use crate::airtable::{
    Airtable, AndPath, LIST, TABLE, TABLES, TOKEN, fields, list, list_names, ok, record, records, refusal,
    tables,
};

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
    let sent = tokio::time::timeout(Duration::from_secs(10), sent);
    let (read, _, sent) = tokio::join!(schema, list_names(&*connector), sent);
    let sent = sent.expect("the listing was sent");
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
