//! Schemas, listings and readings.

use std::time::Duration;

use connector_core::ErrorKind;
use connector_core::connector::{Cursor, Listing, Presence, Scope};
use connector_core::provider::Provider;
use connector_core::value::Value as Cell;
use connector_notion::Version;
use rstest::rstest;
use serde_json::json;
use wiremock::ResponseTemplate;
use wiremock::matchers::{body_json, body_partial_json, header, method, query_param};

use crate::notion::{
    AndPath, DATABASE_ID, Notion, QUERY, SOURCE, SOURCE_ID, TOKEN, fields, list, list_names, ok, page,
    read_pages, refusal, settings, source, text,
};

#[tokio::test]
async fn a_listing_asks_for_its_properties_oldest_first_and_follows_the_cursor() {
    let notion = Notion::start().await;
    let sorts = json!([{"timestamp": "created_time", "direction": "ascending"}]);
    let request = method("POST")
        .and_path(QUERY)
        .and(header("Authorization", format!("Bearer {TOKEN}")))
        .and(header("Notion-Version", "2026-03-11"))
        .and(query_param("filter_properties", "am:t"))
        .and(query_param("filter_properties", "title"));
    let amount = json!({"Amount": {"id": "am%3At", "type": "number", "number": 0.1}});
    notion
        .answer(
            request.and(body_json(json!({"sorts": sorts, "page_size": 100}))),
            ok(&list(&[page("p1", "Acme", &amount)], Some("c1"))),
        )
        .await;
    let next = |cursor: &str| {
        let body = json!({"sorts": sorts, "page_size": 100, "start_cursor": cursor});
        method("POST").and_path(QUERY).and(body_json(body))
    };
    notion.answer(next("c1"), ok(&list(&[], Some("c2")))).await;
    let other = json!({"object": "data_source", "id": "wiki"});
    notion.answer(next("c2"), ok(&list(&[page("p2", "", &json!({})), other], None))).await;

    let pages =
        read_pages(&*notion.connector(), Listing::everything(fields(["title", "am%3At"]))).await.unwrap();

    assert_eq!(pages.iter().map(|page| page.deals.len()).collect::<Vec<_>>(), [1, 0, 1]);
    let deal = &pages[0].deals[0];
    assert_eq!(deal.cell(&"am%3At".into()), &Cell::Number("0.1".parse().unwrap()));
    assert_eq!(deal.cell(&"title".into()), &Cell::text("Acme"));
    let edited = deal.edited.unwrap();
    assert_eq!(
        (edited.lo.to_rfc3339(), (edited.hi - edited.lo).num_milliseconds()),
        ("2026-05-01T09:30:00+00:00".into(), 59_999)
    );
    assert_eq!(deal.url.as_deref(), Some("https://app.notion.com/p/p1"));
    assert_eq!(pages[0].cursor, None);
    assert_eq!(pages[2].cursor, Some(Cursor("2026-05-01T10:00:00Z".into())));
}

#[tokio::test]
async fn a_schema_and_a_listing_begun_together_cost_one_call_each() {
    let notion = Notion::start().await;
    notion.answer(method("POST").and_path(QUERY), ok(&list(&[page("p1", "Acme", &json!({}))], None))).await;
    let connector = notion.connector();
    let (schema, pages) = tokio::join!(connector.schema(), list_names(&*connector));
    assert_eq!((schema.unwrap().fields.len(), pages.unwrap().len()), (9, 1));
    assert_eq!(connector.usage().calls, 2);
}

#[tokio::test]
async fn a_cursor_that_expired_begins_the_listing_again() {
    let notion = Notion::start().await;
    let first = list(&[page("p1", "One", &json!({}))], Some("c1"));
    let second = list(&[page("p2", "Two", &json!({}))], None);
    let after = method("POST").and_path(QUERY).and(body_partial_json(json!({"start_cursor": "c1"})));
    notion
        .answer_once(after, refusal(400, "validation_error", "The start_cursor provided is invalid: c1"))
        .await;
    let after = method("POST").and_path(QUERY).and(body_partial_json(json!({"start_cursor": "c1"})));
    after.respond_with(ok(&second)).with_priority(2).mount(&notion.server).await;
    notion.answer(method("POST").and_path(QUERY), ok(&first)).await;
    let pages = list_names(&*notion.connector()).await.unwrap();
    let ids: Vec<_> = pages.iter().flat_map(|page| &page.deals).map(|deal| deal.id.as_str()).collect();
    assert_eq!(ids, ["p1", "p1", "p2"], "a deal may come twice, none is left out");
}

#[tokio::test]
async fn a_query_that_takes_too_long_is_asked_for_in_smaller_pages() {
    let notion = Notion::start().await;
    let slow = json!({"object": "error", "status": 503, "code": "service_unavailable", "message": "Try later.",
        "additional_data": {"endpoint_name": "public_queryDataSource", "notion_error_name": "PgPoolWaitConnectionTimeout"}});
    for page_size in [100, 50] {
        let request = method("POST").and_path(QUERY).and(body_partial_json(json!({"page_size": page_size})));
        notion.answer(request, ResponseTemplate::new(503).set_body_json(&slow)).await;
    }
    let smaller = |more: serde_json::Value| method("POST").and_path(QUERY).and(body_partial_json(more));
    let second = ok(&list(&[page("p2", "Two", &json!({}))], None));
    notion.answer(smaller(json!({"page_size": 25, "start_cursor": "c1"})), second).await;
    let first = ok(&list(&[page("p1", "One", &json!({}))], Some("c1")));
    notion.answer(smaller(json!({"page_size": 25})), first).await;
    let pages = list_names(&*notion.connector()).await.unwrap();
    assert_eq!(pages.iter().map(|page| page.deals.len()).sum::<usize>(), 2);
    assert_eq!(notion.requests().await.len(), 2 * 5 + 2, "each size is tried as often as any call");
}

#[tokio::test]
async fn a_listing_that_always_loses_its_place_ends_with_an_error() {
    let notion = Notion::start().await;
    let after = method("POST").and_path(QUERY).and(body_partial_json(json!({"start_cursor": "c1"})));
    let stale = refusal(400, "validation_error", "The start_cursor provided is invalid: c1");
    after.respond_with(stale).with_priority(1).mount(&notion.server).await;
    notion
        .answer(method("POST").and_path(QUERY), ok(&list(&[page("p1", "One", &json!({}))], Some("c1"))))
        .await;
    let error = list_names(&*notion.connector()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable, "{error}");
    assert!(notion.requests().await.len() < 20);
}

/// A page of a query that Notion cut off at 10,000 rows.
fn capped(pages: &[serde_json::Value]) -> serde_json::Value {
    let mut capped = list(pages, None);
    capped["request_status"] =
        json!({"type": "incomplete", "incomplete_reason": "query_result_limit_reached"});
    capped
}

fn made(id: &str, at: &str) -> serde_json::Value {
    let mut page = page(id, id, &json!({}));
    page["created_time"] = json!(at);
    page
}

#[tokio::test]
async fn beyond_ten_thousand_pages_the_listing_goes_on_in_windows_by_creation() {
    let notion = Notion::start().await;
    let window = json!({"filter": {"timestamp": "created_time", "created_time": {"on_or_after": "2026-05-01T09:02:00.000Z"}}});
    let again = [made("p2", "2026-05-01T09:02:00.000Z"), made("p3", "2026-05-01T09:03:00.000Z")];
    let second = method("POST").and_path(QUERY).and(body_partial_json(window));
    second.respond_with(ok(&list(&again, None))).with_priority(1).mount(&notion.server).await;
    let first = [made("p1", "2026-05-01T09:01:00.000Z"), made("p2", "2026-05-01T09:02:00.000Z")];
    notion.answer(method("POST").and_path(QUERY), ok(&capped(&first))).await;
    let pages = list_names(&*notion.connector()).await.unwrap();
    let ids: Vec<_> = pages.iter().flat_map(|page| &page.deals).map(|deal| deal.id.as_str()).collect();
    assert_eq!(ids, ["p1", "p2", "p2", "p3"]);
    assert!(pages[0].cursor.is_none() && pages[1].cursor.is_some());
}

#[tokio::test]
async fn ten_thousand_pages_of_one_minute_are_no_complete_listing() {
    let notion = Notion::start().await;
    let same = [made("p1", "2026-05-01T09:01:00.000Z"), made("p2", "2026-05-01T09:01:00.000Z")];
    notion.answer(method("POST").and_path(QUERY), ok(&capped(&same))).await;
    let error = list_names(&*notion.connector()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
}

#[tokio::test]
async fn more_pages_without_a_cursor_are_no_complete_listing() {
    let notion = Notion::start().await;
    let mut broken = list(&[page("p1", "One", &json!({}))], None);
    broken["has_more"] = json!(true);
    notion.answer(method("POST").and_path(QUERY), ok(&broken)).await;
    assert_eq!(list_names(&*notion.connector()).await.unwrap_err().kind(), ErrorKind::Malformed);
}

#[tokio::test]
async fn the_feed_asks_for_what_was_edited_since_two_minutes_before_the_cursor() {
    let notion = Notion::start().await;
    let filter = json!({"timestamp": "last_edited_time", "last_edited_time": {"on_or_after": "2026-05-01T09:58:00.000Z"}});
    let request = method("POST").and_path(QUERY).and(body_partial_json(json!({ "filter": filter })));
    notion.answer(request, ok(&list(&[], None))).await;
    let scope = Scope::Since(Cursor("2026-05-01T10:00:00Z".into()));
    let listing = Listing { scope, fields: fields(["title"]), limit: None };
    let pages = read_pages(&*notion.connector(), listing).await.unwrap();
    assert_eq!(pages[0].cursor, Some(Cursor("2026-05-01T10:00:00Z".into())));
}

#[tokio::test]
async fn a_page_that_cannot_be_seen_whole_is_unknown_and_not_empty() {
    let notion = Notion::start().await;
    notion
        .answer(method("POST").and_path(QUERY), ok(&list(&[json!({"object": "page", "id": "p1"})], None)))
        .await;
    let pages = list_names(&*notion.connector()).await.unwrap();
    assert!(pages[0].deals[0].cell(&"title".into()).is_unknown());
}

#[tokio::test]
async fn where_a_deal_stands_is_told_apart() {
    let notion = Notion::start().await;
    let answer = |id: &str, change: &dyn Fn(&mut serde_json::Value)| {
        let mut page = page(id, id, &json!({}));
        change(&mut page);
        (format!("/v1/pages/{id}"), ok(&page))
    };
    let elsewhere = json!({"type": "data_source_id", "data_source_id": "other", "database_id": DATABASE_ID});
    let scripted = [
        answer("live", &|_| {}),
        answer("trashed", &|page| page["in_trash"] = json!(true)),
        answer("old-trashed", &|page| page["archived"] = json!(true)),
        answer("moved", &|page| page["parent"] = elsewhere.clone()),
        answer("under-a-page", &|page| page["parent"] = json!({"type": "page_id", "page_id": "x"})),
        answer("archived", &|page| page["is_archived"] = json!(true)),
        ("/v1/pages/gone".into(), refusal(404, "object_not_found", "Could not find page with ID: gone.")),
        ("/v1/pages/partial".into(), ok(&json!({"object": "page", "id": "partial"}))),
    ];
    let mut ids = Vec::new();
    for (at, answer) in scripted {
        ids.push(at.rsplit('/').next().unwrap().into());
        notion.answer(method("GET").and_path(&at), answer).await;
    }
    let read = notion.connector().read(&ids, &fields(["title"])).await.unwrap();
    assert!(
        matches!(
            &read[..],
            [
                Presence::Live(_),
                Presence::Trashed(_),
                Presence::Trashed(_),
                Presence::Elsewhere,
                Presence::Elsewhere,
                Presence::Elsewhere,
                Presence::Vanished,
                Presence::Vanished
            ]
        ),
        "{read:?}"
    );
}

#[rstest]
#[case::unshared(
    refusal(404, "object_not_found", "Could not find database with ID: x."),
    ErrorKind::ContainerMissing,
    "Could not find database"
)]
#[case::trashed(ok(&{ let mut trashed = source(); trashed["in_trash"] = json!(true); trashed }), ErrorKind::ContainerMissing, "trash")]
#[case::bad_token(
    refusal(401, "unauthorized", "API token is invalid."),
    ErrorKind::Unauthenticated,
    "invalid"
)]
#[tokio::test]
async fn a_data_source_that_cannot_be_used_says_why(
    #[case] answer: wiremock::ResponseTemplate,
    #[case] kind: ErrorKind,
    #[case] words: &str,
) {
    let notion = Notion::bare().await;
    notion.answer(method("GET").and_path(SOURCE), answer).await;
    let missing = refusal(404, "object_not_found", "Could not find database with ID: x.");
    notion.answer(method("GET").and_path(&format!("/v1/databases/{SOURCE_ID}")), missing).await;
    let error = notion.connector().schema().await.unwrap_err();
    assert_eq!(error.kind(), kind, "{error}");
    assert!(error.detail().unwrap().contains(words), "{error}");
}

#[tokio::test]
async fn a_property_that_is_gone_ends_the_listing() {
    let notion = Notion::start().await;
    let listing = Listing::everything(fields(["title", "go%3An"]));
    let error = read_pages(&*notion.connector(), listing).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::SchemaChanged, "{error}");
    assert_eq!(notion.requests().await, Vec::<String>::new());
}

#[tokio::test]
async fn the_oldest_version_has_its_paths_its_parent_and_its_trash() {
    let notion = Notion::bare().await;
    let at = format!("/v1/databases/{DATABASE_ID}");
    let mut database = source();
    database["object"] = json!("database");
    database["id"] = json!(DATABASE_ID);
    database["parent"] = json!({"type": "page_id", "page_id": "x"});
    notion
        .answer(method("GET").and_path(&at).and(header("Notion-Version", "2022-06-28")), ok(&database))
        .await;
    let mut old = page("p1", "Acme", &json!({}));
    old["parent"] = json!({"type": "database_id", "database_id": DATABASE_ID});
    old["archived"] = json!(false);
    notion.answer(method("POST").and_path(&format!("{at}/query")), ok(&list(&[old.clone()], None))).await;
    notion.answer(method("GET").and_path("/v1/pages/p1"), ok(&old)).await;
    notion
        .answer(method("PATCH").and_path("/v1/pages/p1").and(body_json(json!({"archived": true}))), ok(&old))
        .await;
    let made = json!({"parent": {"type": "database_id", "database_id": DATABASE_ID},
        "properties": {"title": {"title": [{"text": {"content": "New"}}]}}});
    notion.answer(method("POST").and_path("/v1/pages").and(body_json(made)), ok(&old)).await;

    let provider = notion.provider_of(Version::V2022_06_28, Duration::from_secs(20));
    assert_eq!(provider.containers(&DATABASE_ID.into()).await.unwrap()[0].id, DATABASE_ID.into());
    let connector = provider.connect(settings(DATABASE_ID)).unwrap();
    assert_eq!(connector.schema().await.unwrap().name, "Deals");
    assert_eq!(list_names(&*connector).await.unwrap()[0].deals.len(), 1);
    let read = connector.read(&["p1".into()], &fields(["title"])).await.unwrap();
    assert!(matches!(&read[..], [Presence::Live(_)]), "{read:?}");
    let changes = [
        connector_core::connector::Change::Delete { id: "p1".into() },
        connector_core::connector::Change::Create {
            stamp: None,
            cells: vec![("title".into(), Cell::text("New"))],
        },
    ];
    for outcome in connector.write(changes.into()).await {
        assert!(matches!(outcome, connector_core::connector::Outcome::Applied { .. }), "{outcome:?}");
    }
}

#[tokio::test]
async fn styled_text_is_read_whole() {
    let notion = Notion::start().await;
    let mut styled = page("p1", "", &json!({}));
    let bold = json!({"type": "text", "text": {"content": "Acme "}, "annotations": {"bold": true}, "plain_text": "Acme "});
    let equation = json!({"type": "equation", "equation": {"expression": "x"}, "plain_text": "x"});
    styled["properties"]["Name"]["title"] = json!([bold, text("renewal "), equation]);
    notion.answer(method("POST").and_path(QUERY), ok(&list(&[styled], None))).await;
    let pages = list_names(&*notion.connector()).await.unwrap();
    assert_eq!(pages[0].deals[0].cell(&"title".into()), &Cell::text("Acme renewal x"));
}
