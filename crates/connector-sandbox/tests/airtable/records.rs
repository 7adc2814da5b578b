use std::time::Duration;

use connector_sandbox::Settings;
use serde_json::{Value, json};

use crate::client::{Client, ids};

#[tokio::test]
async fn a_record_lives_from_create_to_delete() {
    let client = Client::with_deals(0);
    let id = client.make(json!({"Name": "Acme", "Amount": 100.5, "Sector": ["SaaS", "B2B"]})).await;
    assert_eq!(client.cells(&id).await["Amount"], 100.5);
    let path = client.deals(&format!("/{id}"));
    let (_, patched) = client.patch(&path, &json!({"fields": {"Amount": 7}})).await;
    assert_eq!((&patched["fields"]["Amount"], &patched["fields"]["Name"]), (&json!(7), &json!("Acme")));
    let (_, replaced) = client.put(&path, &json!({"fields": {"Amount": 8}})).await;
    assert_eq!(replaced["fields"].get("Name"), None);
    assert_eq!(replaced["fields"].get("Sector"), None);
    assert_eq!(replaced["fields"]["Amount"], 8);
    assert!(replaced["fields"]["Number"].is_u64(), "computed cells stay: {replaced}");
    assert_eq!(client.delete(&path).await, (200, json!({"id": id, "deleted": true})));
    assert_eq!(client.get(&path).await.0, 403);
}

#[tokio::test]
async fn an_envelope_has_whole_seconds_and_names_or_ids() {
    let start = "2026-03-01T08:00:00.750Z".parse().unwrap();
    let client = Client::with(Settings { deals: 0, start_at: Some(start), ..Settings::default() });
    client.sandbox.freeze_clock(true);
    let name = client.sandbox.airtable_field_id("Name").unwrap();
    let body = json!({"fields": {&name: "Acme"}, "returnFieldsByFieldId": true});
    let (status, made) = client.post(&client.deals(""), &body).await;
    assert_eq!(status, 200);
    assert_eq!(made["createdTime"], "2026-03-01T08:00:00.000Z");
    assert_eq!(made["fields"][&name], "Acme");
    assert_eq!(made["fields"].get("Name"), None);
}

#[tokio::test]
async fn batches_keep_the_requests_order_and_all_or_none_are_written() {
    let client = Client::with_deals(0);
    let records: Vec<Value> = (0..10).map(|n| json!({"fields": {"Name": format!("deal {n}")}})).collect();
    let (status, made) = client.post(&client.deals(""), &json!({"records": records})).await;
    assert_eq!(status, 200);
    let made: Vec<String> = ids(&made).into_iter().map(str::to_owned).collect();
    let updates: Vec<Value> =
        made.iter().rev().map(|id| json!({"id": id, "fields": {"Amount": 1}})).collect();
    let (_, answer) = client.patch(&client.deals(""), &json!({"records": updates})).await;
    assert_eq!(ids(&answer), made.iter().rev().map(String::as_str).collect::<Vec<_>>());

    let bad = json!({"records": [{"fields": {"Name": "good"}}, {"fields": {"Amount": "bad"}}]});
    assert_eq!(client.post(&client.deals(""), &bad).await.0, 422);
    let next = client.make(json!({})).await;
    assert_eq!(client.cells(&next).await["Number"], 11, "a refused batch takes no number");

    let query: Vec<String> = made.iter().map(|id| format!("records[]={id}")).collect();
    let (_, deleted) = client.delete(&client.deals(&format!("?{}", query.join("&")))).await;
    assert_eq!(deleted["records"].as_array().unwrap().len(), 10);
    assert_eq!(client.sandbox.airtable_record_ids(), [next]);
}

#[tokio::test]
async fn a_batch_delete_with_one_stale_id_deletes_nothing() {
    let client = Client::with_deals(2);
    let known = client.sandbox.airtable_record_ids();
    let path = client.deals(&format!("?records[]={}&records[]=recAAAAAAAAAAAAAA", known[0]));
    let (status, body) = client.delete(&path).await;
    assert_eq!(status, 404);
    assert_eq!(body["error"]["message"], "Could not find a record with ID \"recAAAAAAAAAAAAAA\".");
    assert_eq!(client.sandbox.airtable_record_ids(), known);
}

#[tokio::test]
async fn edits_move_the_modified_time_of_their_field_and_no_others() {
    let start = "2026-03-01T08:00:00Z".parse().unwrap();
    let client = Client::with(Settings { deals: 0, start_at: Some(start), ..Settings::default() });
    client.sandbox.freeze_clock(true);
    let id = client.make(json!({"Name": "Acme"})).await;
    assert_eq!(client.cells(&id).await["Modified"], "2026-03-01T08:00:00.000Z");
    client.sandbox.advance_clock(Duration::from_millis(90_700));
    client.patch(&client.deals(&format!("/{id}")), &json!({"fields": {"Amount": 5}})).await;
    assert_eq!(client.cells(&id).await["Modified"], "2026-03-01T08:01:30.000Z");
    let later = |field: &str| {
        format!("IS_AFTER(LAST_MODIFIED_TIME({{{field}}}), DATETIME_PARSE('2026-03-01T08:01:00.000Z'))")
    };
    assert_eq!(ids(&client.list(&[("filterByFormula", &later("Amount"))]).await.1), [id.as_str()]);
    assert!(ids(&client.list(&[("filterByFormula", &later("Name"))]).await.1).is_empty());
    // The same value again is no edit.
    client.sandbox.advance_clock(Duration::from_mins(1));
    client.patch(&client.deals(&format!("/{id}")), &json!({"fields": {"Amount": 5}})).await;
    assert_eq!(client.cells(&id).await["Modified"], "2026-03-01T08:01:30.000Z");
}

#[tokio::test]
async fn a_record_is_found_by_id_from_any_table_of_the_base() {
    let client = Client::with_deals(1);
    let id = &client.sandbox.airtable_record_ids()[0];
    let path = format!("/v0/{}/Companies/{id}", client.sandbox.airtable_base_id());
    let (status, found) = client.get(&path).await;
    assert_eq!((status, &found["fields"]["Name"]), (200, &json!("Société Générale d'Énergie")));
}

#[tokio::test]
async fn the_same_seed_makes_the_same_world() {
    let (one, two) = (Client::with_deals(30), Client::with_deals(30));
    let rows = |client: &Client| {
        let mut rows = Vec::new();
        for id in client.sandbox.airtable_record_ids() {
            let mut cells = client.sandbox.airtable_record(&id).unwrap()["fields"].clone();
            // Addresses of files and buttons hold the port and the time.
            cells["Files"] = Value::Null;
            cells["Open"] = Value::Null;
            rows.push((id, cells));
        }
        rows
    };
    assert_eq!(rows(&one), rows(&two));
    let other = Client::with(Settings { deals: 30, seed: 8, ..Settings::default() });
    assert_ne!(rows(&one), rows(&other));
}

#[tokio::test]
async fn comments_are_counted_when_asked_for() {
    let client = Client::with_deals(1);
    let id = client.sandbox.airtable_record_ids()[0].clone();
    let path = client.deals(&format!("/{id}/comments"));
    let (_, made) = client.post(&path, &json!({"text": "À relancer"})).await;
    let comment = made["id"].as_str().unwrap();
    let (_, changed) = client.patch(&format!("{path}/{comment}"), &json!({"text": "Relancé"})).await;
    assert_eq!(changed["text"], "Relancé");
    assert_eq!(client.get(&path).await.1["comments"][0]["text"], "Relancé");
    let (_, listed) = client.list(&[("recordMetadata[]", "commentCount")]).await;
    assert_eq!(listed["records"][0]["commentCount"], 1);
    let (_, gone) = client.delete(&format!("{path}/{comment}")).await;
    assert_eq!(gone, json!({"id": comment, "deleted": true}));
    assert_eq!(client.get(&path).await.1, json!({"comments": [], "offset": null}));
}
