//! What a sandbox keeps for its next start.

#![expect(clippy::unwrap_used, reason = "all of this is tests, their shared functions included")]

use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;

use connector_sandbox::{Edit, Remote, Sandbox, Settings, StartError};
use serde_json::{Value, json};

fn start(journal: &Path) -> Sandbox {
    Sandbox::start(Settings { deals: 3, journal: Some(journal.to_owned()), ..Settings::default() }).unwrap()
}

async fn create(sandbox: &Sandbox, fields: Value) -> Value {
    let url = format!(
        "{}/v0/{}/{}",
        sandbox.airtable_url(),
        sandbox.airtable_base_id(),
        sandbox.airtable_table_id()
    );
    let request = reqwest::Client::new().post(url).bearer_auth(sandbox.airtable_token());
    let request = request.json(&json!({"typecast": true, "fields": fields}));
    request.send().await.unwrap().json().await.unwrap()
}

/// Everything stored; addresses differ with the port.
fn world(sandbox: &Sandbox) -> String {
    sandbox.world().to_string().replace(sandbox.airtable_url(), "")
}

#[tokio::test]
async fn requests_and_edits_are_there_again_with_their_ids_and_times() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("airtable.jsonl");
    let before = {
        let sandbox = start(&path);
        let made = create(&sandbox, json!({"Name": "Boulangerie du Lac", "Status": "Relance"})).await;
        let record = made["id"].as_str().unwrap_or_else(|| panic!("{made}"));
        sandbox.edit(&Edit::update_record(record, json!({"Amount": 1200}))).unwrap();
        // Refused, yet it may have taken ids on its way.
        create(&sandbox, json!({"Nom": "?"})).await;
        create(&sandbox, json!({"Name": "Atelier Vauban"})).await;
        world(&sandbox)
    };
    assert_eq!(world(&start(&path)), before);
}

#[tokio::test]
async fn pages_of_notion_are_there_again_too() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notion.jsonl");
    let before = {
        let sandbox = start(&path);
        let properties = json!({"Sector": {"multi_select": [{"name": "Nouveau"}]}});
        let body =
            json!({"parent": {"data_source_id": sandbox.notion_data_source_id()}, "properties": properties});
        let post = async |body: &Value| -> Value {
            let request = reqwest::Client::new().post(format!("{}/v1/pages", sandbox.notion_url()));
            let request = request.bearer_auth(sandbox.notion_token()).header("notion-version", "2025-09-03");
            request.json(body).send().await.unwrap().json().await.unwrap()
        };
        let made = post(&body).await;
        let page = made["id"].as_str().unwrap_or_else(|| panic!("{made}"));
        sandbox.edit(&Edit::update_record(page, json!({"Amount": 1200})).of(Remote::Notion)).unwrap();
        sandbox.edit(&Edit::unshare(page)).unwrap();
        let mut refused = body.clone();
        refused["properties"]["Status"] = json!({"status": {"name": "?"}});
        assert_eq!(post(&refused).await["status"], 400);
        post(&body).await;
        sandbox.world()["notion"].clone()
    };
    assert_eq!(start(&path).world()["notion"]["pages"], before["pages"]);
    assert_eq!(start(&path).notion_page_ids().len(), 5);
    assert_eq!(start(&path).world()["notion"]["shared"], before["shared"]);
}

#[tokio::test]
async fn a_line_that_was_cut_off_is_dropped() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("airtable.jsonl");
    create(&start(&path), json!({"Name": "Atelier Vauban"})).await;
    OpenOptions::new().append(true).open(&path).unwrap().write_all(b"{\"entry\":\"edi").unwrap();
    let sandbox = start(&path);
    assert_eq!(sandbox.airtable_record_ids().len(), 4);
    create(&sandbox, json!({"Name": "Hôtel Bréhat"})).await;
    drop(sandbox);
    assert_eq!(start(&path).airtable_record_ids().len(), 5);
}

#[test]
fn a_journal_of_another_world_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("airtable.jsonl");
    drop(start(&path));
    let other = Settings { deals: 3, seed: 8, journal: Some(path), ..Settings::default() };
    let refused = Sandbox::start(other).unwrap_err();
    assert!(matches!(refused, StartError::Journal { .. }) && refused.to_string().contains("other settings"));
}
