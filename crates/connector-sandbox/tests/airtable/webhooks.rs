use std::io::{Read, Write};
use std::net::TcpListener;
use std::time::Duration;

use connector_sandbox::{Change, Edit};
use serde_json::{Value, json};

use crate::client::{Client, error};

/// Makes a webhook on data, with more filters, and gives its id.
async fn webhook(client: &Client, filters: &Value, includes: &Value) -> String {
    let mut options = json!({"filters": {"dataTypes": ["tableData", "tableFields", "tableMetadata"]}});
    options["filters"].as_object_mut().unwrap().extend(filters.as_object().unwrap().clone());
    options["includes"] = includes.clone();
    let (status, made) =
        client.post(&client.webhooks(""), &json!({"specification": {"options": options}})).await;
    assert_eq!(status, 200, "{made}");
    made["id"].as_str().unwrap().to_owned()
}

async fn payloads(client: &Client, webhook: &str, query: &str) -> Value {
    let (status, answer) = client.get(&client.webhooks(&format!("/{webhook}/payloads{query}"))).await;
    assert_eq!(status, 200, "{answer}");
    answer
}

#[tokio::test]
async fn each_change_is_one_payload_with_what_changed() {
    let client = Client::with_deals(0);
    let hook = webhook(&client, &json!({}), &json!({"includePreviousCellValues": true})).await;
    let table = client.sandbox.airtable_table_id();
    let field = |name: &str| client.sandbox.airtable_field_id(name).unwrap();
    let id = client.make(json!({"Name": "Acme", "Status": "Prospect"})).await;
    client
        .patch(&client.deals(&format!("/{id}")), &json!({"fields": {"Status": "Perdu", "Name": null}}))
        .await;
    client.sandbox.edit(&Edit::update_record(&id, json!({"Amount": 5}))).unwrap();
    client.sandbox.edit(&Edit::rename_field("Notes", "Remarques")).unwrap();
    client.delete(&client.deals(&format!("/{id}"))).await;

    let answer = payloads(&client, &hook, "").await;
    assert_eq!((&answer["cursor"], &answer["mightHaveMore"]), (&json!(6), &json!(false)));
    let told: Vec<&Value> =
        answer["payloads"].as_array().unwrap().iter().map(|one| &one["changedTablesById"][table]).collect();
    assert_eq!(told[0]["createdRecordsById"][&id]["cellValuesByFieldId"][field("Name")], "Acme");
    let change = &told[1]["changedRecordsById"][&id];
    assert_eq!(change["current"]["cellValuesByFieldId"][field("Status")]["name"], "Perdu");
    assert_eq!(change["previous"]["cellValuesByFieldId"][field("Status")]["name"], "Prospect");
    assert_eq!(change["current"]["cellValuesByFieldId"][field("Name")], Value::Null);
    let sources: Vec<&Value> =
        answer["payloads"].as_array().unwrap().iter().map(|one| &one["actionMetadata"]["source"]).collect();
    assert_eq!(sources, ["publicApi", "publicApi", "client", "client", "publicApi"]);
    assert_eq!(told[3]["changedFieldsById"][field("Remarques")]["previous"]["name"], "Notes");
    assert_eq!(told[4]["destroyedRecordIds"], json!([id]));
}

#[tokio::test]
async fn cursors_page_through_at_most_fifty() {
    let client = Client::with_deals(0);
    let hook = webhook(&client, &json!({}), &json!({})).await;
    for _ in 0..55 {
        client.make(json!({})).await;
    }
    let first = payloads(&client, &hook, "?cursor=1&limit=100").await;
    assert_eq!(first["payloads"].as_array().unwrap().len(), 50);
    assert_eq!((&first["cursor"], &first["mightHaveMore"]), (&json!(51), &json!(true)));
    let second = payloads(&client, &hook, "?cursor=51").await;
    assert_eq!(second["payloads"].as_array().unwrap().len(), 5);
    assert_eq!((&second["cursor"], &second["mightHaveMore"]), (&json!(56), &json!(false)));
    let third = payloads(&client, &hook, "?cursor=56").await;
    assert_eq!((&third["payloads"], &third["cursor"]), (&json!([]), &json!(56)));
}

#[tokio::test]
async fn filters_keep_what_is_not_wanted_away() {
    let client = Client::with_deals(1);
    let amount = client.sandbox.airtable_field_id("Amount").unwrap();
    let people = webhook(&client, &json!({"fromSources": ["client"]}), &json!({})).await;
    let watched = webhook(&client, &json!({"watchDataInFieldIds": [amount]}), &json!({})).await;
    let removed = webhook(&client, &json!({"changeTypes": ["remove"]}), &json!({})).await;
    let id = client.sandbox.airtable_record_ids()[0].clone();
    client.patch(&client.deals(&format!("/{id}")), &json!({"fields": {"Name": "x"}})).await;
    client.sandbox.edit(&Edit::update_record(&id, json!({"Amount": 5}))).unwrap();
    for (hook, expected) in [(&people, 1), (&watched, 1), (&removed, 0)] {
        let answer = payloads(&client, hook, "").await;
        assert_eq!(answer["payloads"].as_array().unwrap().len(), expected, "{answer}");
    }
}

#[tokio::test]
async fn a_webhook_lives_seven_days_from_its_last_reading() {
    let client = Client::with_deals(0);
    let hook = webhook(&client, &json!({}), &json!({})).await;
    let days = |days: u64| Duration::from_hours(24 * days);
    client.make(json!({})).await;
    client.sandbox.advance_clock(days(6));
    assert_eq!(payloads(&client, &hook, "").await["payloads"].as_array().unwrap().len(), 1);
    client.sandbox.advance_clock(days(6));
    assert_eq!(client.post(&client.webhooks(&format!("/{hook}/refresh")), &json!({})).await.0, 200);
    assert_eq!(payloads(&client, &hook, "").await["payloads"], json!([]), "payloads are kept for seven days");
    client.sandbox.advance_clock(days(8));
    client.make(json!({})).await;
    let (_, listed) = client.get(&client.webhooks("")).await;
    assert_eq!(listed["webhooks"][0]["isHookEnabled"], false);
    assert_eq!(listed["webhooks"][0]["cursorForNextPayload"], 2, "an expired webhook learns nothing");
    assert_eq!(client.post(&client.webhooks(&format!("/{hook}/refresh")), &json!({})).await.0, 422);
    assert_eq!(client.delete(&client.webhooks(&format!("/{hook}"))).await.0, 200);
    assert_eq!(client.get(&client.webhooks(&format!("/{hook}/payloads"))).await.0, 403);
}

#[tokio::test]
async fn a_deleted_watched_field_breaks_the_webhook_silently() {
    let client = Client::with_deals(0);
    let amount = client.sandbox.airtable_field_id("Amount").unwrap();
    let hook = webhook(&client, &json!({"watchDataInFieldIds": [amount]}), &json!({})).await;
    client.sandbox.edit(&Edit::new(Change::DeleteField { field: "Amount".to_owned() })).unwrap();
    let answer = payloads(&client, &hook, "").await;
    assert_eq!(answer["payloads"], json!([{"error": true, "code": "INVALID_HOOK"}]));
    assert_eq!(client.get(&client.webhooks("")).await.1["webhooks"][0]["isHookEnabled"], true);
}

#[tokio::test]
async fn a_base_has_ten_webhooks_at_most() {
    let client = Client::with_deals(0);
    for _ in 0..10 {
        webhook(&client, &json!({}), &json!({})).await;
    }
    let body = json!({"specification": {"options": {"filters": {"dataTypes": ["tableData"]}}}});
    assert_eq!(client.post(&client.webhooks(""), &body).await.0, 422);
    let invalid = "Invalid request: parameter validation failed. Check your request data.";
    let nothing = json!({"specification": {"options": {"filters": {"dataTypes": []}}}});
    let refused = client.post(&client.webhooks(""), &nothing).await;
    assert_eq!(refused, (422, error("INVALID_REQUEST_UNKNOWN", invalid)));
}

#[tokio::test]
async fn a_ping_is_signed_and_says_nothing_else() {
    let client = Client::with_deals(0);
    let receiver = TcpListener::bind("127.0.0.1:0").unwrap();
    let body = json!({
        "notificationUrl": format!("http://{}/hook", receiver.local_addr().unwrap()),
        "specification": {"options": {"filters": {"dataTypes": ["tableData"]}}},
    });
    let (_, hook) = client.post(&client.webhooks(""), &body).await;
    let ping = std::thread::spawn(move || {
        let (mut stream, _) = receiver.accept().unwrap();
        let (mut text, mut piece) = (String::new(), [0; 4096]);
        while !text.ends_with('}') {
            let read = stream.read(&mut piece).unwrap();
            text.push_str(std::str::from_utf8(&piece[..read]).unwrap());
        }
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").unwrap();
        text
    });
    client.make(json!({"Name": "secret"})).await;
    let text = ping.join().unwrap();
    assert!(text.starts_with("POST /hook HTTP/1.1"));
    assert!(text.contains("X-Airtable-Content-MAC: hmac-sha256="));
    assert!(text.contains(hook["id"].as_str().unwrap()) && !text.contains("Name"));
}
