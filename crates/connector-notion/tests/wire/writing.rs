//! Updates, creations, the trash and the key property.

use connector_core::ErrorKind;
use connector_core::connector::{Change, Outcome, Stamp};
use connector_core::value::{Choice, Value as Cell};
use rstest::rstest;
use serde_json::json;
use wiremock::ResponseTemplate;
use wiremock::matchers::{body_json, method};

use crate::notion::{
    AndPath, Notion, PAGES, SOURCE, SOURCE_ID, ok, page, properties, refusal, source, update, write_one,
};

const PAGE: &str = "/v1/pages/p1";

fn creation() -> Change {
    let stamp = Some(Stamp { field: "ke".into(), key: "deal-1".into() });
    Change::Create { stamp, cells: vec![("title".into(), Cell::text("Acme"))] }
}

#[tokio::test]
async fn an_update_sends_only_its_properties_exactly_by_id() {
    let notion = Notion::start().await;
    notion.answer(method("PATCH").and_path(PAGE), ok(&page("p1", "Acme", &json!({})))).await;
    let stage = Cell::Choice(Choice { id: Some("s1".into()), name: "Old name".into() });
    let cells = vec![
        ("am%3At".into(), Cell::Number("1234567.89".parse().unwrap())),
        ("title".into(), Cell::Empty),
        ("st".into(), stage),
    ];
    let outcome = write_one(&*notion.connector(), Change::Update { id: "p1".into(), cells }).await;
    assert!(matches!(outcome, Outcome::Applied { adopted: false, .. }), "{outcome:?}");
    let body = notion.server.received_requests().await.unwrap().pop().unwrap().body;
    let expected =
        r#"{"properties":{"am%3At":{"number":1234567.89},"st":{"status":{"id":"s1"}},"title":{"title":[]}}}"#;
    assert_eq!(String::from_utf8(body).unwrap(), expected);
}

#[tokio::test]
async fn a_creation_carries_its_stamp_in_the_same_request() {
    let notion = Notion::start().await;
    let body = json!({
        "parent": {"type": "data_source_id", "data_source_id": SOURCE_ID},
        "properties": {
            "ke": {"rich_text": [{"text": {"content": "deal-1"}}]},
            "title": {"title": [{"text": {"content": "Acme"}}]},
        },
    });
    notion
        .answer(method("POST").and_path(PAGES).and(body_json(body)), ok(&page("p1", "Acme", &json!({}))))
        .await;
    let Outcome::Applied { deal, adopted } = write_one(&*notion.connector(), creation()).await else {
        panic!("not applied")
    };
    assert_eq!((deal.id.as_str(), adopted), ("p1", false));
    assert_eq!(deal.cell(&"title".into()), &Cell::text("Acme"));
}

#[rstest]
#[case::server_error(500, "internal_server_error", 1)]
#[case::gateway(504, "gateway_timeout", 1)]
#[case::unavailable(503, "service_unavailable", 1)]
#[tokio::test]
async fn a_creation_without_a_clear_answer_is_unknown_and_sent_once(
    #[case] status: u16,
    #[case] code: &str,
    #[case] attempts: usize,
) {
    let notion = Notion::start().await;
    notion.answer(method("POST").and_path(PAGES), refusal(status, code, "m")).await;
    let outcome = write_one(&*notion.connector(), creation()).await;
    assert!(matches!(outcome, Outcome::Unknown(_)), "{outcome:?}");
    assert_eq!(notion.requests().await.len(), attempts);
}

#[rstest]
#[case::conflict(refusal(409, "conflict_error", "Conflict occurred while saving. Please try again."))]
#[case::too_many(refusal(429, "rate_limited", "m").insert_header("Retry-After", "0"))]
#[case::overload(refusal(529, "service_overload", "m").insert_header("Retry-After", "0"))]
#[tokio::test]
async fn a_creation_that_was_certainly_not_saved_is_sent_again(#[case] refused: ResponseTemplate) {
    let notion = Notion::start().await;
    notion.answer_once(method("POST").and_path(PAGES), refused).await;
    notion.answer(method("POST").and_path(PAGES), ok(&page("p1", "Acme", &json!({})))).await;
    let outcome = write_one(&*notion.connector(), creation()).await;
    assert!(matches!(outcome, Outcome::Applied { .. }), "{outcome:?}");
    assert_eq!(notion.requests().await.len(), 2);
}

#[rstest]
#[case::creation("POST", PAGES, creation())]
#[case::update("PATCH", PAGE, update("p1", "title", Cell::text("Acme")))]
#[tokio::test]
async fn what_was_saved_though_the_answer_failed_is_read_and_not_sent_again(
    #[case] how: &str,
    #[case] at: &str,
    #[case] change: Change,
) {
    let notion = Notion::start().await;
    let saved = json!({"object": "error", "status": 503, "code": "service_unavailable",
        "message": "The change was saved, but the response could not be built in time",
        "additional_data": {"committed_resource_id": "p1", "retry_guidance": ["Do not repeat the write."]}});
    notion.answer(method(how).and_path(at), ResponseTemplate::new(503).set_body_json(saved)).await;
    notion.answer(method("GET").and_path(PAGE), ok(&page("p1", "Acme", &json!({})))).await;
    let outcome = write_one(&*notion.connector(), change).await;
    assert!(matches!(&outcome, Outcome::Applied { deal, .. } if deal.id.as_str() == "p1"), "{outcome:?}");
    assert_eq!(notion.requests().await, [format!("{how} {at}"), format!("GET {PAGE}")]);
}

#[tokio::test]
async fn an_update_is_sent_again_whatever_happened_to_its_answer() {
    let notion = Notion::start().await;
    notion
        .answer_once(
            method("PATCH").and_path(PAGE),
            ResponseTemplate::new(502).set_body_raw("<h1>502</h1>", "text/html"),
        )
        .await;
    notion.answer(method("PATCH").and_path(PAGE), ok(&page("p1", "Acme", &json!({})))).await;
    let outcome = write_one(&*notion.connector(), update("p1", "title", Cell::text("Acme"))).await;
    assert!(matches!(outcome, Outcome::Applied { .. }), "{outcome:?}");
}

#[rstest]
#[case::trashed(
    refusal(
        400,
        "validation_error",
        "Can't edit block that is archived. You must unarchive the block before editing."
    ),
    ErrorKind::RecordMissing
)]
#[case::gone(refusal(404, "object_not_found", "Could not find page with ID: p1."), ErrorKind::RecordMissing)]
#[case::status(
    refusal(400, "validation_error", "Invalid status option. Status option \"X\" does not exist\"."),
    ErrorKind::Rejected
)]
#[case::conflict(
    refusal(409, "conflict_error", "Conflict occurred while saving. Please try again."),
    ErrorKind::Rejected
)]
#[tokio::test]
async fn a_refusal_concerns_its_page_only(#[case] answer: ResponseTemplate, #[case] kind: ErrorKind) {
    let notion = Notion::start().await;
    notion.answer(method("PATCH").and_path(PAGE), answer).await;
    match write_one(&*notion.connector(), update("p1", "title", Cell::text("x"))).await {
        Outcome::Refused(error) => assert!(error.kind() == kind && !error.kind().ends_run(), "{error}"),
        other => panic!("{other:?}"),
    }
}

#[rstest]
#[case::retyped(SOURCE_ID, ErrorKind::SchemaChanged)]
#[case::moved("another", ErrorKind::RecordMissing)]
#[tokio::test]
async fn a_property_refused_ends_the_run_unless_only_this_page_has_moved(
    #[case] parent: &str,
    #[case] kind: ErrorKind,
) {
    let notion = Notion::start().await;
    let refused = refusal(400, "validation_error", "Name is expected to be rich_text.");
    notion.answer(method("PATCH").and_path(PAGE), refused).await;
    let mut there = page("p1", "Acme", &json!({}));
    there["parent"] = json!({"type": "data_source_id", "data_source_id": parent});
    notion.answer(method("GET").and_path(PAGE), ok(&there)).await;
    match write_one(&*notion.connector(), update("p1", "title", Cell::text("x"))).await {
        Outcome::Refused(error) => assert_eq!(error.kind(), kind, "{error}"),
        other => panic!("{other:?}"),
    }
}

#[rstest]
#[case::wrong_kind("am%3At", Cell::text("a lot"), "“Amount” holds currency")]
#[case::computed("re", Cell::Number(1.into()), "“Revenue” is computed")]
#[case::too_long("title", Cell::Text("x".repeat(200_001)), "Notion takes 100 runs of 2000")]
#[case::too_large("title", Cell::Text("漢".repeat(199_999)), "Notion takes 500000 in one request")]
#[case::unreadable("title", Cell::Unknown("cut".into()), "could not be read: cut")]
#[case::unknown_option("st", Cell::Choice(Choice { id: None, name: "Won".into() }), "“Stage” has no option “Won”")]
#[tokio::test]
async fn what_a_property_cannot_hold_is_refused_in_words_before_it_is_sent(
    #[case] field: &str,
    #[case] value: Cell,
    #[case] words: &str,
) {
    let notion = Notion::start().await;
    match write_one(&*notion.connector(), update("p1", field, value)).await {
        Outcome::Refused(error) => {
            assert_eq!(error.kind(), ErrorKind::Rejected);
            assert!(error.detail().unwrap().contains(words), "{error}");
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(notion.requests().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_page_goes_to_the_trash_and_comes_back() {
    let notion = Notion::start().await;
    let answer = ok(&page("p1", "Acme", &json!({})));
    let trash = method("PATCH").and_path(PAGE).and(body_json(json!({"in_trash": true})));
    notion.answer(trash, answer.clone()).await;
    let restore = method("PATCH").and_path(PAGE).and(body_json(json!({"in_trash": false})));
    notion.answer(restore, answer).await;
    let connector = notion.connector();
    let Outcome::Applied { deal, .. } = write_one(&*connector, Change::Delete { id: "p1".into() }).await
    else {
        panic!("not deleted")
    };
    assert!(deal.cells.is_empty());
    let Outcome::Applied { deal, .. } = write_one(&*connector, Change::Restore { id: "p1".into() }).await
    else {
        panic!("not restored")
    };
    assert_eq!(deal.cell(&"title".into()), &Cell::text("Acme"));
}

#[tokio::test]
async fn a_deletion_whose_answer_was_lost_is_done() {
    let notion = Notion::start().await;
    notion.answer_once(method("PATCH").and_path(PAGE), ResponseTemplate::new(500)).await;
    let gone = refusal(
        400,
        "validation_error",
        "Can't edit block that is archived. You must unarchive the block before editing.",
    );
    notion.answer(method("PATCH").and_path(PAGE), gone).await;
    let outcome = write_one(&*notion.connector(), Change::Delete { id: "p1".into() }).await;
    assert!(matches!(outcome, Outcome::Applied { .. }), "{outcome:?}");
}

#[tokio::test]
async fn two_writes_to_one_page_never_meet() {
    let notion = Notion::start().await;
    let slow = ok(&page("p1", "Acme", &json!({}))).set_delay(std::time::Duration::from_millis(120));
    notion.answer(method("PATCH").and_path(PAGE), slow).await;
    let connector = notion.connector();
    connector.schema().await.unwrap();
    let start = std::time::Instant::now();
    let write = |name: &str| write_one(&*connector, update("p1", "title", Cell::text(name)));
    let (first, second) = tokio::join!(write("a"), write("b"));
    assert!(matches!((first, second), (Outcome::Applied { .. }, Outcome::Applied { .. })));
    assert!(start.elapsed() >= std::time::Duration::from_millis(240));
}

#[tokio::test]
async fn a_key_property_is_made_and_a_taken_name_is_not_retyped() {
    let notion = Notion::start().await;
    let mut made = source();
    made["properties"]["Clé CRM"] =
        json!({"id": "n%3Aw", "name": "Clé CRM", "type": "rich_text", "rich_text": {}});
    let body = json!({"properties": {"Clé CRM": {"rich_text": {}}}});
    notion.answer(method("PATCH").and_path(SOURCE).and(body_json(body)), ok(&made)).await;
    let connector = notion.connector();
    let field = connector.create_key_field("Clé CRM").await.unwrap();
    assert_eq!((field.id.as_str(), field.kind.name(), field.writable), ("n%3Aw", "text", true));
    assert!(properties()["Amount"].is_object());
    assert_eq!(connector.create_key_field("amount").await.unwrap_err().kind(), ErrorKind::Rejected);
}

#[tokio::test]
async fn a_day_written_over_a_period_moves_it_and_keeps_its_times_its_zone_and_its_length() {
    let notion = Notion::start().await;
    let due = |date: serde_json::Value| {
        page("p1", "Acme", &json!({"Due": {"id": "du", "type": "date", "date": date}}))
    };
    let seen = json!({"start": "2026-05-03T10:00:00.000+02:00", "end": "2026-05-04T11:30:00.000+02:00", "time_zone": "Europe/Paris"});
    notion.answer(method("GET").and_path(PAGE), ok(&due(seen))).await;
    let moved = json!({"start": "2026-12-01T10:00:00.000", "end": "2026-12-02T11:30:00.000", "time_zone": "Europe/Paris"});
    notion.answer(method("PATCH").and_path(PAGE), ok(&due(moved.clone()))).await;
    let connector = notion.connector();
    connector.read(&["p1".into()], &["du".into()]).await.unwrap();
    let december = Cell::Date("2026-12-01".parse().unwrap());
    let outcome = write_one(&*connector, update("p1", "du", december)).await;
    assert_eq!(notion.last_body().await["properties"]["du"]["date"], moved);
    let Outcome::Applied { deal, .. } = outcome else { panic!("{outcome:?}") };
    let Cell::Period(period) = deal.cell(&"du".into()) else { panic!("{deal:?}") };
    assert_eq!(period.start.day(), "2026-12-01".parse().unwrap());
}
