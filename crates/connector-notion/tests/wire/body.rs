//! The body of a page as one text.

use connector_core::ErrorKind;
use connector_core::connector::{Change, DealConnector, Listing, Outcome};
use connector_core::value::Value as Cell;
use rstest::rstest;
use serde_json::{Value, json};
use wiremock::matchers::{body_json, method, query_param, query_param_is_missing};

use crate::notion::{
    AndPath, Notion, PAGES, QUERY, fields, list, ok, page, read_pages, refusal, text, update, write_one,
};

const BODY: &str = "page-body";
const CHILDREN: &str = "/v1/blocks/p1/children";

fn block(id: &str, kind: &str, words: &str, has_children: bool) -> Value {
    json!({"object": "block", "id": id, "type": kind, "has_children": has_children, kind: {"rich_text": [text(words)]}})
}

/// A page that the bot `b1` made, and that this user edited last.
fn made_by_us(editor: &str) -> Value {
    let mut page = page("p1", "Acme", &json!({}));
    page["created_by"] = json!({"object": "user", "id": "b1"});
    page["last_edited_by"] = json!({"object": "user", "id": editor});
    page
}

async fn start(listed: &Value) -> Notion {
    let notion = Notion::start().await;
    notion.answer(method("POST").and_path(QUERY), ok(&list(std::slice::from_ref(listed), None))).await;
    notion.answer(method("GET").and_path("/v1/users/me"), ok(&json!({"object": "user", "id": "b1"}))).await;
    notion
}

async fn read(connector: &dyn DealConnector) -> Cell {
    let pages = read_pages(connector, Listing::everything(fields([BODY]))).await.unwrap();
    pages[0].deals[0].cell(&BODY.into()).clone()
}

#[tokio::test]
async fn a_body_is_read_with_what_stands_in_its_blocks_to_the_last_page() {
    let notion = start(&page("p1", "Acme", &json!({}))).await;
    let first = [block("a", "heading_2", "Réunion", false), block("b", "bulleted_list_item", "Ana", true)];
    let start = method("GET").and_path(CHILDREN).and(query_param_is_missing("start_cursor"));
    notion.answer(start, ok(&list(&first, Some("c1")))).await;
    let last =
        [block("d", "numbered_list_item", "un", false), block("e", "numbered_list_item", "deux", false)];
    let next = method("GET").and_path(CHILDREN).and(query_param("start_cursor", "c1"));
    notion.answer(next, ok(&list(&last, None))).await;
    let inner = [block("c", "to_do", "rappeler", false)];
    notion.answer(method("GET").and_path("/v1/blocks/b/children"), ok(&list(&inner, None))).await;
    let expected = "## Réunion\n- Ana\n  - [ ] rappeler\n1. un\n2. deux";
    assert_eq!(read(&*notion.connector()).await, Cell::text(expected));
}

#[rstest]
#[case::a_block_that_is_not_shown(list(&[json!({"object": "block", "id": "b"})], None))]
#[case::more_without_a_place(json!({"object": "list", "results": [], "has_more": true, "next_cursor": null}))]
#[case::no_list(json!({"object": "list", "results": null}))]
#[tokio::test]
async fn a_body_that_is_not_shown_whole_is_unknown(#[case] children: Value) {
    let notion = start(&page("p1", "Acme", &json!({}))).await;
    notion.answer(method("GET").and_path(CHILDREN), ok(&children)).await;
    assert!(read(&*notion.connector()).await.is_unknown());
}

#[tokio::test]
async fn every_type_of_block_is_read_as_a_line_and_a_new_one_by_its_name() {
    let held = |kind: &str, held: Value| {
        let mut block =
            json!({"object": "block", "id": kind, "type": kind, "has_children": false, "new_key": 1});
        block[kind] = held;
        block
    };
    let title = json!({"title": "Annexe"});
    let address = json!({"type": "external", "external": {"url": "https://a.b/c"}, "caption": []});
    let blocks = [
        held("paragraph", json!({"rich_text": [text("a")], "icon": null, "color": "default"})),
        held("heading_1", json!({"rich_text": [text("a")], "is_toggleable": false})),
        held("heading_4", json!({"rich_text": [text("a")]})),
        held("callout", json!({"rich_text": [text("a")], "icon": {"type": "emoji", "emoji": "💡"}})),
        held("code", json!({"rich_text": [text("a")], "caption": [], "language": "rust"})),
        held("divider", json!({})),
        held("equation", json!({"expression": "x"})),
        held("bookmark", json!({"url": "https://a.b", "caption": [text("b")]})),
        held("embed", json!({"url": "https://a.b"})),
        held("image", address.clone()),
        held(
            "file",
            json!({"type": "file", "file": {"url": "https://s3/x?sig=1"}, "caption": [], "name": "x.pdf"}),
        ),
        held("link_preview", json!({"url": "https://a.b"})),
        held("link_to_page", json!({"type": "page_id", "page_id": "p9"})),
        held("child_page", title.clone()),
        held("child_database", title),
        held("meeting_notes", json!({"title": [text("Point")], "status": "notes_ready"})),
        held("table_of_contents", json!({"color": "default"})),
        held("breadcrumb", json!({})),
        held("synced_block", json!({"synced_from": null})),
        held("unsupported", json!({"block_type": "form"})),
        held("something_new", json!(null)),
    ];
    let notion = start(&page("p1", "Acme", &json!({}))).await;
    notion.answer(method("GET").and_path(CHILDREN), ok(&list(&blocks, None))).await;
    let expected = "a\n# a\n#### a\n> a\n```rust\na\n```\n---\n$$x$$\n[b](https://a.b)\nhttps://a.b\nhttps://a.b/c\n\
        [x.pdf]\nhttps://a.b\n[link_to_page]\n[Annexe]\n[Annexe]\nPoint\n[unsupported]\n[something_new]";
    assert_eq!(read(&*notion.connector()).await, Cell::text(expected));
}

#[tokio::test]
async fn only_the_body_of_a_page_that_was_edited_is_read_again() {
    let notion = Notion::start().await;
    let edited = |at: &str| {
        let mut page = page("p1", "Acme", &json!({}));
        page["last_edited_time"] = json!(at);
        ok(&list(&[page], None))
    };
    notion.answer_once(method("POST").and_path(QUERY), edited("2026-05-01T09:30:00.000Z")).await;
    notion.answer_once(method("POST").and_path(QUERY), edited("2026-05-01T09:30:00.000Z")).await;
    notion.answer(method("POST").and_path(QUERY), edited("2026-05-01T09:45:00.000Z")).await;
    notion
        .answer_once(
            method("GET").and_path(CHILDREN),
            ok(&list(&[block("a", "paragraph", "une", false)], None)),
        )
        .await;
    notion
        .answer(method("GET").and_path(CHILDREN), ok(&list(&[block("a", "paragraph", "deux", false)], None)))
        .await;
    let connector = notion.connector();
    let mut bodies = Vec::new();
    for _ in 0..3 {
        bodies.push(read(&*connector).await);
    }
    assert_eq!(bodies, [Cell::text("une"), Cell::text("une"), Cell::text("deux")]);
    let reads = notion.requests().await.into_iter().filter(|request| request.ends_with("/children")).count();
    assert_eq!(reads, 2);
}

#[tokio::test]
async fn blocks_thirty_deep_and_a_body_that_cannot_be_read_are_unknown_with_the_reason() {
    let notion = start(&page("p1", "Acme", &json!({}))).await;
    let deeper = |level: usize| ok(&list(&[block(&format!("b{level}"), "toggle", "plus", true)], None));
    notion.answer(method("GET").and_path(CHILDREN), deeper(0)).await;
    for level in 0..30 {
        notion
            .answer(method("GET").and_path(&format!("/v1/blocks/b{level}/children")), deeper(level + 1))
            .await;
    }
    let connector = notion.connector();
    assert!(matches!(read(&*connector).await, Cell::Unknown(why) if why.contains("more than 20 deep")));

    let notion = start(&page("p1", "Acme", &json!({}))).await;
    notion.answer(method("GET").and_path(CHILDREN), refusal(403, "restricted_resource", "no content")).await;
    assert!(matches!(read(&*notion.connector()).await, Cell::Unknown(why) if why.contains("no content")));
}

#[tokio::test]
async fn a_body_that_nobody_asked_for_costs_nothing_and_is_asked_for_by_no_property() {
    let notion = start(&page("p1", "Acme", &json!({}))).await;
    let connector = notion.connector();
    read_pages(&*connector, Listing::everything(fields(["title"]))).await.unwrap();
    assert_eq!(notion.requests().await.len(), 1);
    notion.answer(method("GET").and_path(CHILDREN), ok(&list(&[], None))).await;
    assert_eq!(read(&*connector).await, Cell::Empty);
    let asked = notion.server.received_requests().await.unwrap();
    assert!(!asked.iter().any(|request| request.url.query().unwrap_or_default().contains("body")));
}

#[tokio::test]
async fn a_page_is_made_with_its_body() {
    let notion = start(&page("p1", "Acme", &json!({}))).await;
    notion.answer(method("POST").and_path(PAGES), ok(&made_by_us("b1"))).await;
    let shown = [block("a", "paragraph", "un", false), block("b", "bulleted_list_item", "deux", false)];
    notion.answer(method("GET").and_path(CHILDREN), ok(&list(&shown, None))).await;
    let cells = vec![("title".into(), Cell::text("Acme")), (BODY.into(), Cell::text("un\n- deux"))];
    let outcome = write_one(&*notion.connector(), Change::Create { stamp: None, cells }).await;
    let Outcome::Applied { deal, .. } = outcome else { panic!("{outcome:?}") };
    assert_eq!(deal.cell(&BODY.into()), &Cell::text("un\n- deux"));
    let made = notion.server.received_requests().await.unwrap();
    let made = made.iter().find(|request| request.url.path() == PAGES).unwrap();
    let made: Value = serde_json::from_slice(&made.body).unwrap();
    let expected = json!([
        {"type": "paragraph", "paragraph": {"rich_text": [{"text": {"content": "un"}}]}},
        {"type": "bulleted_list_item", "bulleted_list_item": {"rich_text": [{"text": {"content": "deux"}}]}},
    ]);
    assert_eq!(made["children"], expected);
}

#[tokio::test]
async fn a_body_of_ours_is_replaced_the_new_text_first() {
    let notion = start(&page("p1", "Acme", &json!({}))).await;
    notion.answer(method("GET").and_path("/v1/pages/p1"), ok(&made_by_us("b1"))).await;
    let old = [
        block("a", "paragraph", "avant", false),
        json!({"object": "block", "id": "k", "type": "child_page", "has_children": true, "child_page": {"title": "Annexe"}}),
    ];
    notion.answer_once(method("GET").and_path(CHILDREN), ok(&list(&old, None))).await;
    let new = [old[1].clone(), block("n", "paragraph", "après", false)];
    notion.answer(method("GET").and_path(CHILDREN), ok(&list(&new, None))).await;
    let body = json!({"children": [{"type": "paragraph", "paragraph": {"rich_text": [{"text": {"content": "après"}}]}}]});
    notion.answer(method("PATCH").and_path(CHILDREN).and(body_json(body)), ok(&list(&[], None))).await;
    notion.answer(method("DELETE").and_path("/v1/blocks/a"), ok(&old[0])).await;
    let outcome = write_one(&*notion.connector(), update("p1", BODY, Cell::text("après"))).await;
    let Outcome::Applied { deal, .. } = outcome else { panic!("{outcome:?}") };
    assert_eq!(deal.cell(&BODY.into()), &Cell::text("[Annexe]\naprès"));
    let requests = notion.requests().await;
    let at = |wanted: &str| requests.iter().position(|request| request == wanted).unwrap();
    assert!(at("PATCH /v1/blocks/p1/children") < at("DELETE /v1/blocks/a"), "{requests:?}");
    assert!(!requests.iter().any(|request| request.ends_with("/v1/blocks/k")), "a page in the page stays");
}

#[tokio::test]
async fn a_body_that_a_person_touched_is_never_written() {
    for (page, words) in
        [(made_by_us("u1"), "edited the page"), (page("p1", "Acme", &json!({})), "made the page")]
    {
        let notion = start(&page).await;
        notion.answer(method("GET").and_path("/v1/pages/p1"), ok(&page)).await;
        match write_one(&*notion.connector(), update("p1", BODY, Cell::text("après"))).await {
            Outcome::Refused(error) => {
                assert_eq!(error.kind(), ErrorKind::Rejected);
                assert!(error.detail().unwrap().contains(words), "{error}");
            }
            other => panic!("{other:?}"),
        }
        let writes = notion.requests().await.into_iter().filter(|request| !request.starts_with("GET"));
        assert_eq!(writes.count(), 0);
    }
}
