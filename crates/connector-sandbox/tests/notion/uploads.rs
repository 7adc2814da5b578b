//! Files on their way in, and bodies as Markdown.

use std::time::Duration;

use connector_sandbox::Settings;
use serde_json::{Value, json};

use crate::client::{Client, VERSIONS, id};

async fn send(client: &Client, upload: &str, fields: &str) -> (u16, Value) {
    let url = format!("{}/v1/file_uploads/{upload}/send", client.sandbox.notion_url());
    let request = client.http.post(url).bearer_auth(&client.token).header("notion-version", client.version);
    let request = request.header("content-type", "multipart/form-data; boundary=x7").body(fields.to_owned());
    let response = request.send().await.unwrap();
    (response.status().as_u16(), serde_json::from_str(&response.text().await.unwrap()).unwrap())
}

const FORM: &str =
    "--x7\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\nhello\r\n--x7--\r\n";

#[tokio::test]
async fn a_file_is_announced_sent_and_attached_within_an_hour() {
    let client = Client::with_deals(1);
    let upload = Client::ok(client.post("file_uploads", &json!({"filename": "a.txt"})).await);
    let address = format!("{}/v1/file_uploads/{}/send", client.sandbox.notion_url(), id(&upload));
    assert_eq!((&upload["status"], &upload["upload_url"]), (&json!("pending"), &json!(address)));
    let no_form = send(&client, id(&upload), "{}").await;
    assert!(Client::refused(no_form).contains("body.file should be defined"));
    assert_eq!(Client::ok(send(&client, id(&upload), FORM).await)["content_length"], 5);
    let again = Client::refused(send(&client, id(&upload), FORM).await);
    assert!(again.ends_with("should have a status of `pending`, instead was `uploaded`."), "{again}");
    let files = json!([{"file_upload": {"id": id(&upload)}, "name": "Devis"}]);
    let deal = client.make(json!({"Files": {"files": files}})).await;
    assert_eq!(deal["properties"]["Files"]["files"][0]["name"], "Devis");

    let late = Client::ok(client.post("file_uploads", &json!({"filename": "b.txt"})).await);
    client.sandbox.advance_clock(Duration::from_hours(1));
    let words = Client::refused(send(&client, id(&late), FORM).await);
    assert!(words.ends_with("instead was `expired`."), "{words}");
}

#[tokio::test]
async fn an_announcement_out_of_order_is_refused_by_its_path() {
    let client = Client::with_deals(0);
    for (body, words) in [
        (
            json!({"mode": "whole"}),
            "body.mode should be `\"single_part\"`, `\"multi_part\"`, or `\"external_url\"`",
        ),
        (json!({"mode": "multi_part", "number_of_parts": 2}), "body.filename should be defined"),
        (json!({"mode": "multi_part", "filename": "a"}), "body.number_of_parts should be a number"),
        (json!({"mode": "external_url", "filename": "a", "external_url": "http://a.b"}), "a secure URL"),
    ] {
        let refused = Client::refused(client.post("file_uploads", &body).await);
        assert!(refused.contains(words), "{refused}");
    }
    let listed = Client::refused(client.get("file_uploads?status=lost").await);
    assert!(listed.contains("query.status should be"), "{listed}");
}

#[tokio::test]
async fn a_body_in_markdown_is_the_blocks_that_it_shows() {
    let client = Client::with_deals(0);
    let parent = json!({"page_id": client.sandbox.notion_parent_page_id()});
    let page = json!({"parent": parent, "markdown": "## Point\n\n1. un\n1. deux\n\n```rust\nlet x;\n```"});
    let made = Client::ok(client.post("pages", &page).await);
    let path = format!("pages/{}/markdown", id(&made));
    let text = |shown: &Value| shown["markdown"].as_str().unwrap().to_owned();
    assert_eq!(text(&Client::ok(client.get(&path).await)), "## Point\n1. un\n1. deux\n```rust\nlet x;\n```");
    let blocks = Client::ok(client.get(&format!("blocks/{}/children", id(&made))).await);
    assert_eq!(blocks["results"].as_array().unwrap().len(), 4);

    let range = json!({"type": "replace_content_range", "replace_content_range": {"content_range": "1. un...deux", "content": "- trois"}});
    assert_eq!(
        text(&Client::ok(client.patch(&path, &range).await)),
        "## Point\n- trois\n```rust\nlet x;\n```"
    );
    let picture = json!({"children": [{"image": {"external": {"url": "https://a.b/c.png"}}}]});
    Client::ok(client.patch(&format!("blocks/{}/children", id(&made)), &picture).await);
    let shown = Client::ok(client.get(&path).await);
    assert_eq!(shown["unknown_block_ids"].as_array().unwrap().len(), 1);
    let replace = json!({"type": "replace_content", "replace_content": {"new_str": "x"}});
    let words = Client::refused(client.patch(&path, &replace).await);
    assert!(words.contains("can only be added to"), "no picture is lost: {words}");
    let wrong = json!({"type": "sing"});
    assert!(Client::refused(client.patch(&path, &wrong).await).contains("body.type should be"));
}

#[tokio::test]
async fn what_is_not_played_says_so_in_every_version() {
    let mut client = Client::with(Settings { deals: 0, ..Settings::default() });
    for version in VERSIONS {
        client.version = version;
        let (status, body) = client.post("views", &json!({})).await;
        assert_eq!((status, &body["code"]), (400, &json!("invalid_request")));
        assert!(body["message"].as_str().unwrap().starts_with("The sandbox does not play POST /v1/views."));
        let (_, body) = client.get("viewsters").await;
        assert_eq!(body["code"], "invalid_request_url");
    }
    let page = client.sandbox.notion_parent_page_id().to_owned();
    let sent = json!({"type": "file_upload", "file_upload": {"id": page}});
    let image = json!({"children": [{"image": sent}]});
    for (path, body) in
        [(format!("pages/{page}"), json!({"icon": sent})), (format!("blocks/{page}/children"), image)]
    {
        let (_, body) = client.patch(&path, &body).await;
        assert!(body["message"].as_str().unwrap().contains("does not play files that were sent"), "{body}");
    }
    let template = json!({"parent": {"page_id": page}, "template": {"type": "default"}});
    let (_, body) = client.post("pages", &template).await;
    assert!(body["message"].as_str().unwrap().contains("does not play templates"), "{body}");
}
