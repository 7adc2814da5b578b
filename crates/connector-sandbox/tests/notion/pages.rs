//! Pages: made, read, changed, put into the trash and taken back.

use std::time::Duration;

use connector_sandbox::{Edit, Remote, Settings};
use serde_json::{Value, json};

use crate::client::{Client, VERSIONS, id};

#[tokio::test]
async fn a_page_comes_back_whole_from_create_get_update_and_query() {
    let client = Client::with_deals(0);
    let made = client
        .make(json!({
            "Name": {"title": [{"text": {"content": "Acme"}}]},
            "Amount": {"number": 1200},
            "Sector": {"multi_select": [{"name": "SaaS"}, {"name": "Nouveau"}]},
            "Due Date": {"date": {"start": "2026-12-01"}},
        }))
        .await;
    assert_eq!(made["properties"]["Name"]["title"][0]["plain_text"], "Acme");
    assert_eq!(made["properties"]["Amount"]["number"], 1200);
    assert_eq!(made["properties"]["Status"]["status"]["name"], "Prospect");
    let path = format!("pages/{}", id(&made));
    let change = json!({"properties": {"Amount": {"number": 8500.1}}});
    let changed = Client::ok(client.patch(&path, &change).await);
    assert_eq!(changed["properties"]["Amount"]["number"], 8500.1);
    let without_id = |mut object: Value| {
        object.as_object_mut().unwrap().remove("request_id");
        object
    };
    let changed = without_id(changed);
    assert_eq!(without_id(Client::ok(client.get(&path).await)), changed);
    let rows = client.query(&json!({})).await;
    assert_eq!((&rows["results"], &rows["has_more"]), (&json!([changed]), &json!(false)));
    assert_eq!(rows["type"], "page_or_data_source");
}

#[tokio::test]
async fn two_hundred_and_fifty_rows_are_paged_to_the_end() {
    let client = Client::with_deals(250);
    let mut body = json!({"page_size": 100});
    let (mut seen, mut pages) = (Vec::new(), 0);
    loop {
        let page = client.query(&body).await;
        pages += 1;
        seen.extend(page["results"].as_array().unwrap().iter().map(|row| id(row).to_owned()));
        if page["has_more"] == json!(false) {
            assert_eq!(page["next_cursor"], Value::Null);
            break;
        }
        body["start_cursor"] = page["next_cursor"].clone();
    }
    assert_eq!((seen.len(), pages), (250, 3));
    seen.sort();
    let mut known = client.sandbox.notion_page_ids();
    known.sort();
    assert_eq!(seen, known);
}

#[tokio::test]
async fn the_trash_hides_a_page_from_queries_and_not_from_its_id() {
    let mut client = Client::with_deals(1);
    let page = format!("pages/{}", client.sandbox.notion_page_ids()[0]);
    for version in VERSIONS {
        client.version = version;
        let key = if version == "2026-03-11" { "in_trash" } else { "archived" };
        let gone = Client::ok(client.patch(&page, &json!({key: true})).await);
        assert_eq!(gone["in_trash"], json!(true));
        assert_eq!(gone.get("archived").is_some(), version != "2026-03-11");
        assert_eq!(Client::ok(client.get(&page).await)["in_trash"], json!(true));
        assert!(client.sandbox.notion_page_ids().is_empty());
        let words =
            Client::refused(client.patch(&page, &json!({"properties": {"Amount": {"number": 1}}})).await);
        assert_eq!(words, "Can't edit block that is archived. You must unarchive the block before editing.");
        let back = json!({key: false, "properties": {"Amount": {"number": 2}}});
        assert_eq!(Client::ok(client.patch(&page, &back).await)["properties"]["Amount"]["number"], 2);
    }
    let words = Client::refused(client.patch(&page, &json!({"archived": true})).await);
    assert_eq!(words, "body failed validation: body.archived should be not present, instead was `true`.");
}

#[tokio::test]
async fn edit_times_are_whole_minutes_of_the_sandboxs_clock_and_name_who_edited() {
    let start = "2026-03-01T08:00:59.500Z".parse().unwrap();
    let client = Client::with(Settings { deals: 0, start_at: Some(start), ..Settings::default() });
    client.sandbox.freeze_clock(true);
    let made = client.make(json!({})).await;
    assert_eq!(made["created_time"], "2026-03-01T08:00:00.000Z");
    assert_eq!(made["last_edited_by"]["id"], client.sandbox.notion_bot_id());
    client.sandbox.advance_clock(Duration::from_secs(61));
    let edit = Edit::update_record(id(&made), json!({"Amount": 5, "Status": "Gagné"})).of(Remote::Notion);
    let edited = client.sandbox.edit(&edit).unwrap();
    assert_eq!(edited["last_edited_time"], "2026-03-01T08:02:00.000Z");
    assert_eq!(edited["created_time"], made["created_time"]);
    assert_ne!(edited["last_edited_by"], made["last_edited_by"]);
    assert_eq!(edited["properties"]["Status"]["status"]["name"], "Gagné");
}

#[tokio::test]
async fn what_is_not_shared_is_not_found() {
    let client = Client::with_deals(2);
    let page = client.sandbox.notion_page_ids()[0].clone();
    let path = format!("pages/{page}");
    client.sandbox.edit(&Edit::unshare(&page)).unwrap();
    let (status, body) = client.get(&path).await;
    assert_eq!((status, &body["code"]), (404, &json!("object_not_found")));
    let words = format!(
        "Could not find page with ID: {page}. Make sure the relevant pages and databases are shared with your \
         integration \"Intégration CRM\"."
    );
    assert_eq!(body["message"], words);
    assert_eq!(client.query(&json!({})).await["results"].as_array().unwrap().len(), 1);
    client.sandbox.edit(&Edit::share(&page)).unwrap();
    Client::ok(client.get(&path).await);
    client.sandbox.edit(&Edit::unshare(client.sandbox.notion_parent_page_id())).unwrap();
    let source = format!("data_sources/{}", client.sandbox.notion_data_source_id());
    assert_eq!(client.get(&source).await.0, 404);
    // What was shared by itself stays.
    Client::ok(client.get(&path).await);
}
