//! Blocks: what a page holds, read, written and refused.

use std::time::Duration;

use connector_sandbox::{Change, Edit, Remote};
use serde_json::{Value, json};

use crate::client::{Client, VERSIONS, id};

fn text(content: &str) -> Value {
    json!([{"text": {"content": content}}])
}

fn paragraph(content: &str) -> Value {
    json!({"paragraph": {"rich_text": text(content)}})
}

fn words(list: &Value) -> Vec<String> {
    let word = |block: &Value| {
        let kind = block["type"].as_str().unwrap();
        let text = block[kind]["rich_text"][0]["plain_text"].as_str();
        text.or(block[kind]["title"].as_str()).unwrap_or(kind).to_owned()
    };
    list["results"].as_array().unwrap().iter().map(word).collect()
}

/// An empty deal, and the path of what is in it.
async fn page(client: &Client) -> (String, String) {
    let page = client.make(json!({})).await;
    (id(&page).to_owned(), format!("blocks/{}/children", id(&page)))
}

#[tokio::test]
async fn every_type_comes_back_as_it_was_written_with_its_defaults() {
    let client = Client::with_deals(0);
    let (_, children) = page(&client).await;
    let one = text("x");
    let external = |url: &str| json!({"external": {"url": url}});
    let full = |mut payload: Value, defaults: Value| {
        for (key, value) in defaults.as_object().unwrap() {
            payload.as_object_mut().unwrap().entry(key.clone()).or_insert(value.clone());
        }
        payload
    };
    let lines = json!({"color": "default"});
    // The type, what is written, and what comes back besides.
    let mut cases = vec![
        ("paragraph", json!({"rich_text": one}), json!({"color": "default", "icon": null})),
        ("to_do", json!({"rich_text": one, "checked": true}), lines.clone()),
        ("callout", json!({"rich_text": one, "icon": {"emoji": "🎉", "type": "emoji"}}), lines.clone()),
        ("code", json!({"rich_text": one, "language": "plain text"}), json!({"caption": []})),
        ("template", json!({"rich_text": one}), json!({})),
        ("equation", json!({"expression": "e=mc^2"}), json!({})),
        ("divider", json!({}), json!({})),
        ("breadcrumb", json!({}), json!({})),
        ("table_of_contents", json!({"color": "gray"}), json!({})),
        ("bookmark", json!({"url": "https://a.example"}), json!({"caption": []})),
        ("embed", json!({"url": "https://a.example"}), json!({"caption": []})),
        (
            "file",
            external("https://a.example/b/devis.pdf?x"),
            json!({"caption": [], "type": "external", "name": "devis.pdf"}),
        ),
        ("synced_block", json!({"synced_from": null}), json!({})),
    ];
    for kind in ["heading_1", "heading_2", "heading_3", "heading_4"] {
        cases.push((kind, json!({"rich_text": one}), json!({"color": "default", "is_toggleable": false})));
    }
    for kind in ["bulleted_list_item", "numbered_list_item", "toggle", "quote"] {
        cases.push((kind, json!({"rich_text": one, "color": "red_background"}), json!({})));
    }
    for kind in ["image", "video", "audio", "pdf"] {
        let defaults = json!({"caption": [], "type": "external"});
        cases.push((kind, external("https://a.example/x"), defaults));
    }
    for (kind, payload, defaults) in cases {
        let body = json!({"children": [{"object": "block", "type": kind, kind: payload}]});
        let made = Client::ok(client.patch(&children, &body).await);
        let block = &made["results"][0];
        let mut shown = block[kind].clone();
        if let Some(runs) = shown.get_mut("rich_text") {
            assert_eq!(runs[0]["plain_text"], "x");
            *runs = one.clone();
        }
        assert_eq!(shown, full(payload, defaults), "{kind}");
        assert_eq!((&block["type"], &block["has_children"]), (&json!(kind), &json!(false)));
        let got = Client::ok(client.get(&format!("blocks/{}", id(block))).await);
        assert_eq!(got[kind], block[kind]);
    }
}

#[tokio::test]
async fn what_is_inside_a_block_is_written_with_it_and_read_level_by_level() {
    let client = Client::with_deals(0);
    let (page, children) = page(&client).await;
    let cell = |content: &str| text(content);
    let blocks = json!([
        {"toggle": {"rich_text": text("outer"), "children": [
            {"toggle": {"rich_text": text("inner"), "children": [paragraph("deep")]}}, paragraph("beside")]}},
        {"table": {"table_width": 2, "has_column_header": true, "children": [
            {"table_row": {"cells": [cell("a"), cell("b")]}}, {"table_row": {"cells": [cell("c"), []]}}]}},
        {"column_list": {"children": [
            {"column": {"children": [paragraph("left")]}},
            {"column": {"width_ratio": 0.25, "children": [paragraph("right")]}}]}},
    ]);
    let made = Client::ok(client.patch(&children, &json!({"children": blocks})).await);
    assert_eq!(made["results"].as_array().unwrap().len(), 3);
    for block in made["results"].as_array().unwrap() {
        assert_eq!((&block["has_children"], &block["parent"]["page_id"]), (&json!(true), &json!(page)));
    }
    let inside =
        async |block: &Value| Client::ok(client.get(&format!("blocks/{}/children", id(block))).await);
    let outer = inside(&made["results"][0]).await;
    assert_eq!(words(&outer), ["inner", "beside"]);
    assert_eq!(outer["results"][0]["parent"]["block_id"], made["results"][0]["id"]);
    assert_eq!(words(&inside(&outer["results"][0]).await), ["deep"]);
    let rows = inside(&made["results"][1]).await;
    assert_eq!(rows["results"][1]["table_row"]["cells"][0][0]["plain_text"], "c");
    let columns = inside(&made["results"][2]).await;
    assert_eq!(columns["results"][1]["column"], json!({"width_ratio": 0.25}));
    assert_eq!(words(&inside(&columns["results"][1]).await), ["right"]);

    let row = json!({"children": [{"table_row": {"cells": [cell("d")]}}]});
    let table = format!("blocks/{}/children", id(&made["results"][1]));
    let refused = Client::refused(client.patch(&table, &row).await);
    assert_eq!(refused, "A row of this table has 2 cells, instead it had 1.");
    let deep = id(&inside(&outer["results"][0]).await["results"][0]).to_owned();
    let divider = json!({"children": [{"divider": {}}]});
    Client::ok(client.patch(&format!("blocks/{deep}/children"), &divider).await);
}

#[tokio::test]
async fn new_blocks_go_where_the_version_says() {
    let mut client = Client::with_deals(0);
    for version in VERSIONS {
        client.version = "2025-09-03";
        let (_, children) = page(&client).await;
        client.version = version;
        let made = json!({"children": [paragraph("a"), paragraph("d")]});
        let made = Client::ok(client.patch(&children, &made).await);
        let first = id(&made["results"][0]).to_owned();
        let after = json!({"children": [paragraph("b")], "after": first});
        let position = json!({"type": "after_block", "after_block": {"id": first}});
        let placed = json!({"children": [paragraph("b")], "position": position});
        if version == "2026-03-11" {
            let refused = Client::refused(client.patch(&children, &after).await);
            assert!(
                refused.starts_with("body failed validation: body.after should be not present"),
                "{refused}"
            );
            Client::ok(client.patch(&children, &placed).await);
        } else {
            Client::ok(client.patch(&children, &after).await);
        }
        let start = json!({"children": [paragraph("0")], "position": {"type": "start"}});
        Client::ok(client.patch(&children, &start).await);
        let end = json!({"children": [paragraph("e")], "position": {"type": "end"}});
        Client::ok(client.patch(&children, &end).await);
        let list = Client::ok(client.get(&children).await);
        assert_eq!(words(&list), ["0", "a", "b", "d", "e"], "{version}");
    }
}

#[tokio::test]
async fn a_block_is_changed_put_into_the_trash_and_taken_back_to_its_place() {
    let mut client = Client::with_deals(0);
    for version in VERSIONS {
        client.version = version;
        let flag = if version == "2022-06-28" { "archived" } else { "in_trash" };
        let created = client.make_in(version).await;
        let children = format!("blocks/{created}/children");
        let made = json!({"children": [paragraph("one"), paragraph("two")]});
        let made = Client::ok(client.patch(&children, &made).await);
        let block = format!("blocks/{}", id(&made["results"][0]));
        client.sandbox.advance_clock(Duration::from_mins(2));
        let changed = Client::ok(client.patch(&block, &paragraph("ONE")).await);
        assert_eq!(changed["paragraph"]["rich_text"][0]["plain_text"], "ONE");
        assert_ne!(changed["last_edited_time"], changed["created_time"]);
        let refused = client.patch(&block, &json!({"heading_1": {"rich_text": []}})).await;
        assert_eq!(Client::refused(refused), "Expected block type paragraph in request body");

        let gone = Client::ok(client.delete(&block).await);
        assert_eq!((&gone[flag], &gone["object"]), (&json!(true), &json!("block")));
        assert_eq!(words(&Client::ok(client.get(&children).await)), ["two"]);
        assert_eq!(Client::ok(client.get(&block).await)[flag], true);
        let refused = Client::refused(client.patch(&block, &paragraph("no")).await);
        assert_eq!(
            refused,
            "Can't edit block that is archived. You must unarchive the block before editing."
        );
        let back = Client::ok(client.patch(&block, &json!({flag: false})).await);
        assert_eq!(back[flag], false);
        assert_eq!(words(&Client::ok(client.get(&children).await)), ["ONE", "two"]);
    }
}

#[tokio::test]
async fn children_are_paged_and_a_strange_cursor_is_refused() {
    let client = Client::with_deals(0);
    let (_, children) = page(&client).await;
    for block in 0..3 {
        let many: Vec<Value> = (0..50).map(|line| paragraph(&(block * 50 + line).to_string())).collect();
        Client::ok(client.patch(&children, &json!({"children": many})).await);
    }
    let first = Client::ok(client.get(&children).await);
    assert_eq!((words(&first).len(), &first["has_more"]), (100, &json!(true)));
    let next = format!("{children}?start_cursor={}", first["next_cursor"].as_str().unwrap());
    let rest = Client::ok(client.get(&next).await);
    let expected: Vec<String> = (100..150).map(|line: u32| line.to_string()).collect();
    assert_eq!((words(&rest), &rest["next_cursor"]), (expected, &Value::Null));
    assert_eq!(
        Client::refused(client.get(&format!("{children}?start_cursor=bogus")).await),
        "query failed validation: query.start_cursor should be a valid uuid or `undefined`, instead was `\"bogus\"`."
    );
}

#[tokio::test]
async fn pages_and_databases_are_among_the_blocks_of_a_page() {
    let client = Client::with_deals(0);
    let parent = client.sandbox.notion_parent_page_id().to_owned();
    let sub =
        json!({"parent": {"page_id": parent}, "properties": {"title": [{"text": {"content": "Notes"}}]}});
    let sub = Client::ok(client.post("pages", &sub).await);
    let children = format!("blocks/{parent}/children");
    let list = Client::ok(client.get(&children).await);
    assert_eq!(words(&list), ["Companies", "Deals", "Notes"]);
    assert_eq!(list["results"][2]["type"], "child_page");
    assert_eq!(list["results"][1]["type"], "child_database");
    let path = format!("blocks/{}", id(&sub));
    Client::ok(client.patch(&path, &json!({"in_trash": true})).await);
    assert_eq!(words(&Client::ok(client.get(&children).await)), ["Companies", "Deals"]);
    assert_eq!(Client::ok(client.get(&format!("pages/{}", id(&sub))).await)["in_trash"], true);
    assert_eq!(client.patch(&path, &paragraph("no")).await.0, 400);
}

#[tokio::test]
async fn a_person_writes_blocks_that_the_api_only_shows() {
    let mut client = Client::with_deals(1);
    let page = client.sandbox.notion_page_ids()[0].clone();
    client.sandbox.advance_clock(Duration::from_mins(2));
    let blocks = [
        paragraph("by hand"),
        json!({"unsupported": {"block_type": "form"}}),
        json!({"meeting_notes": {"title": text("Point"), "status": "notes_ready"}}),
    ];
    let made = client.sandbox.edit(&Edit::append_blocks(&page, &blocks)).unwrap();
    let shown = Client::ok(client.get(&format!("pages/{page}")).await);
    assert_ne!(
        shown["last_edited_time"], shown["created_time"],
        "a person's edit of the body moves the time"
    );
    let list = Client::ok(client.get(&format!("blocks/{page}/children")).await);
    let kinds = |list: &Value| -> Vec<String> {
        let results = list["results"].as_array().unwrap().iter();
        results.map(|block| block["type"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(kinds(&list), ["paragraph", "unsupported", "meeting_notes"]);
    let unsupported = format!("blocks/{}", id(&list["results"][1]));
    let refused = client.patch(&unsupported, &json!({"unsupported": {}})).await;
    assert_eq!(Client::refused(refused), "Block type unsupported is not supported via the API.");
    let children = format!("blocks/{page}/children");
    let refused = client.patch(&children, &json!({"children": [blocks[1].clone()]})).await;
    assert!(
        Client::refused(refused).starts_with("body failed validation. Fix one:\nbody.children[0].paragraph")
    );
    client.version = "2025-09-03";
    assert_eq!(kinds(&Client::ok(client.get(&children).await))[2], "transcription");

    let change =
        Change::UpdateBlock { block: id(&made["blocks"][0]).to_owned(), content: paragraph("again") };
    client.sandbox.edit(&Edit::new(change).of(Remote::Notion)).unwrap();
    let change = Change::DeleteBlock { block: id(&made["blocks"][1]).to_owned() };
    client.sandbox.edit(&Edit::new(change).of(Remote::Notion)).unwrap();
    assert_eq!(words(&Client::ok(client.get(&children).await)), ["again", "transcription"]);
}
