//! Comments: on pages and blocks, in discussions.

use connector_sandbox::{Capability, NotionGrant};
use serde_json::{Value, json};

use crate::client::{Client, id};

fn text(content: &str) -> Value {
    json!([{"text": {"content": content}}])
}

#[tokio::test]
async fn comments_are_made_listed_changed_and_deleted() {
    let client = Client::with_deals(1);
    let page = client.sandbox.notion_page_ids()[0].clone();
    let body = json!({"parent": {"page_id": page}, "rich_text": text("first")});
    let first = Client::ok(client.post("comments", &body).await);
    let reply = json!({"discussion_id": first["discussion_id"], "rich_text": text("reply")});
    let reply = Client::ok(client.post("comments", &reply).await);
    assert_eq!(reply["parent"], json!({"type": "page_id", "page_id": page}));
    let list = Client::ok(client.get(&format!("comments?block_id={page}")).await);
    assert_eq!((list["results"].as_array().unwrap().len(), &list["type"]), (2, &json!("comment")));
    let path = format!("comments/{}", id(&first));
    let changed = Client::ok(client.patch(&path, &json!({"rich_text": text("changed")})).await);
    assert_eq!(changed["rich_text"][0]["plain_text"], "changed");
    assert_eq!(Client::ok(client.get(&path).await)["rich_text"], changed["rich_text"]);
    Client::ok(client.delete(&path).await);
    assert_eq!(client.get(&path).await.0, 404);
}

#[tokio::test]
async fn a_block_has_comments_of_its_own_and_reading_them_is_a_capability() {
    let mut client = Client::with_deals(1);
    let page = client.sandbox.notion_page_ids()[0].clone();
    let children = json!({"children": [{"paragraph": {"rich_text": text("x")}}]});
    let made = Client::ok(client.patch(&format!("blocks/{page}/children"), &children).await);
    let block = id(&made["results"][0]).to_owned();
    let body = json!({"parent": {"block_id": block}, "rich_text": text("here")});
    let comment = Client::ok(client.post("comments", &body).await);
    assert_eq!(comment["parent"], json!({"type": "block_id", "block_id": block}));
    let list = async |of: &str| {
        let list = Client::ok(client.get(&format!("comments?block_id={of}")).await);
        list["results"].as_array().unwrap().len()
    };
    assert_eq!((list(&block).await, list(&page).await), (1, 0));
    let refused = Client::refused(client.post("comments", &json!({"parent": {}, "rich_text": []})).await);
    assert!(refused.contains("body.parent.page_id should be defined, instead was `undefined`."), "{refused}");
    client.token = client.sandbox.issue_notion_token(NotionGrant::capabilities(&[Capability::ReadContent]));
    assert_eq!(client.get(&format!("comments?block_id={page}")).await.0, 403);
}
