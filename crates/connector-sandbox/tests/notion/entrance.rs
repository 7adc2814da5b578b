//! What every request meets first: the path, the token, the version, the body.

use connector_sandbox::NotionGrant;
use reqwest::Method;
use serde_json::{Value, json};

use crate::client::{Client, VERSIONS};

#[tokio::test]
async fn every_answer_has_a_request_id_in_its_body_and_in_a_header() {
    let client = Client::with_deals(0);
    for path in ["users/me", "users/nobody", "nowhere"] {
        let response = client.send(Method::GET, path, None).await.unwrap();
        let header = response.headers()["x-notion-request-id"].to_str().unwrap().to_owned();
        assert_eq!(response.headers()["content-type"], "application/json; charset=utf-8");
        let body: Value = response.json().await.unwrap();
        assert_eq!(body["request_id"], header);
    }
}

#[tokio::test]
async fn the_bot_knows_itself_in_every_version() {
    let mut client = Client::with_deals(0);
    for version in VERSIONS {
        client.version = version;
        let me = Client::ok(client.get("users/me/").await);
        assert_eq!(
            (&me["object"], &me["type"], &me["id"]),
            (&json!("user"), &json!("bot"), &json!(client.sandbox.notion_bot_id()))
        );
        assert_eq!(me["bot"]["workspace_name"], "Atelier Nord");
    }
}

#[tokio::test]
async fn refusals_at_the_door_come_in_order_and_in_the_frame() {
    let mut client = Client::with_deals(0);
    let frame = |status: u16, code: &str, message: &str| {
        (status, json!({"object": "error", "status": status, "code": code, "message": message}))
    };
    let plain = |(status, mut body): (u16, Value)| {
        body.as_object_mut().unwrap().remove("request_id").unwrap();
        (status, body)
    };
    client.version = "2024-01-01";
    "nobody".clone_into(&mut client.token);
    assert_eq!(plain(client.get("nowhere").await), frame(400, "invalid_request_url", "Invalid request URL."));
    assert_eq!(
        plain(client.delete("pages/x").await),
        frame(400, "invalid_request_url", "Invalid request URL.")
    );
    assert_eq!(plain(client.get("users").await), frame(401, "unauthorized", "API token is invalid."));
    client.sandbox.notion_token().clone_into(&mut client.token);
    let words = "Notion-Version header failed validation: Notion-Version header should be \"2021-05-11\", \
                 \"2021-05-13\", \"2021-08-16\", \"2022-02-22\", \"2022-06-28\", \"2025-09-03\", or \
                 \"2026-03-11\", instead was `\"2024-01-01\"`.";
    assert_eq!(plain(client.get("users").await), frame(400, "validation_error", words));
    let url = format!("{}/v1/users", client.sandbox.notion_url());
    let bare = client.http.get(url).bearer_auth(&client.token).send().await.unwrap();
    assert_eq!(bare.status(), 400);
    assert_eq!(bare.json::<Value>().await.unwrap()["code"], "missing_version");
    client.version = "2025-09-03";
    let url = format!("{}/v1/search", client.sandbox.notion_url());
    let broken = client.http.post(url).bearer_auth(&client.token).header("notion-version", client.version);
    let broken = broken.body("{").send().await.unwrap();
    assert_eq!(broken.json::<Value>().await.unwrap()["message"], "Error parsing JSON body.");
    let words = "path failed validation: path.page_id should be a valid uuid, instead was `\"AAA\"`.";
    assert_eq!(plain(client.get("pages/AAA").await), frame(400, "validation_error", words));
}

#[tokio::test]
async fn paths_of_another_version_lead_nowhere() {
    let mut client = Client::with_deals(1);
    let old = format!("databases/{}/query", client.sandbox.notion_database_id());
    let new = format!("data_sources/{}/query", client.sandbox.notion_data_source_id());
    for version in VERSIONS {
        client.version = version;
        let (works, fails) = if version == "2022-06-28" { (&old, &new) } else { (&new, &old) };
        assert_eq!(client.post(works, &json!({})).await.0, 200, "{version}");
        let (status, body) = client.post(fails, &json!({})).await;
        assert_eq!((status, &body["code"]), (400, &json!("invalid_request_url")), "{version}");
    }
}

#[tokio::test]
async fn users_are_listed_without_guests_and_without_addresses_unless_allowed() {
    use connector_sandbox::Capability::{ReadContent, ReadUsers};
    let mut client = Client::with_deals(0);
    let users = Client::ok(client.get("users?page_size=3").await);
    assert_eq!((users["results"].as_array().unwrap().len(), &users["has_more"]), (3, &json!(true)));
    let next = format!("users?start_cursor={}", users["next_cursor"].as_str().unwrap());
    let rest = Client::ok(client.get(&next).await);
    let names: Vec<&str> =
        rest["results"].as_array().unwrap().iter().map(|user| user["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["Inès Benali", "Maël Le Goff", "Zoé Martin"]);
    assert_eq!(rest["results"][0]["person"]["email"], "ines@atelier-nord.example");
    client.token = client.sandbox.issue_notion_token(NotionGrant::capabilities(&[ReadUsers]));
    let users = Client::ok(client.get("users").await);
    assert_eq!(users["results"][1]["person"], json!({}));
    client.token = client.sandbox.issue_notion_token(NotionGrant::capabilities(&[ReadContent]));
    let (status, body) = client.get("users").await;
    assert_eq!((status, &body["code"]), (403, &json!("restricted_resource")));
    client.token = client.sandbox.issue_notion_token(NotionGrant::of_workspace("Ailleurs"));
    assert_eq!(Client::ok(client.get("users/me").await)["bot"]["workspace_name"], "Ailleurs");
    let source = format!("data_sources/{}", client.sandbox.notion_data_source_id());
    assert_eq!(client.get(&source).await.0, 404);
}
