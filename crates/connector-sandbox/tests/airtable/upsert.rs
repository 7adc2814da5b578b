use connector_sandbox::Edit;
use serde_json::{Value, json};

use crate::client::{Client, error, ids};

fn upsert(merge_on: &[&str], records: &Value) -> Value {
    json!({"performUpsert": {"fieldsToMergeOn": merge_on}, "records": records})
}

#[tokio::test]
async fn rows_are_matched_made_or_taken_by_id() {
    let client = Client::with_deals(0);
    let known = client.make(json!({"Name": "Acme", "Reference": "1"})).await;
    let other = client.make(json!({"Name": "Bolt", "Reference": "2"})).await;
    let records = json!([
        {"fields": {"Reference": "9", "Name": "Nouveau"}},
        {"fields": {"Reference": "1", "Amount": 10}},
        {"id": other, "fields": {"Amount": 20}},
        {"fields": {"Reference": null, "Name": "Sans référence"}},
    ]);
    let (status, answer) = client.patch(&client.deals(""), &upsert(&["Reference"], &records)).await;
    assert_eq!(status, 200, "{answer}");
    let rows = ids(&answer);
    assert_eq!((rows[1], rows[2]), (known.as_str(), other.as_str()));
    assert_eq!(answer["createdRecords"], json!([rows[0], rows[3]]));
    assert_eq!(answer["updatedRecords"], json!([known, other]));
    assert_eq!(answer["records"][1]["fields"]["Name"], "Acme");
}

#[tokio::test]
async fn a_put_clears_what_it_does_not_name() {
    let client = Client::with_deals(0);
    client.make(json!({"Name": "Acme", "Reference": "1", "Amount": 5})).await;
    let records = json!([{"fields": {"Reference": "1", "Name": "Acme 2"}}]);
    let (_, answer) = client.put(&client.deals(""), &upsert(&["Reference"], &records)).await;
    assert_eq!(answer["records"][0]["fields"].get("Amount"), None);
    assert_eq!(answer["createdRecords"], json!([]));
}

#[tokio::test]
async fn two_matches_fail_the_whole_request() {
    let client = Client::with_deals(0);
    for _ in 0..2 {
        client.make(json!({"Name": "Acme"})).await;
    }
    let records = json!([{"fields": {"Name": "Neuf"}}, {"fields": {"Name": "Acme"}}]);
    let (status, answer) = client.patch(&client.deals(""), &upsert(&["Name"], &records)).await;
    assert_eq!(status, 422);
    assert!(answer["error"]["message"].as_str().unwrap().contains("Cannot update more than one record"));
    assert_eq!(client.sandbox.airtable_record_ids().len(), 2);
}

#[tokio::test]
async fn merge_fields_are_checked() {
    let client = Client::with_deals(0);
    let invalid = "Invalid request: parameter validation failed. Check your request data.";
    let invalid = (422, error("INVALID_REQUEST_UNKNOWN", invalid));
    let one = json!([{"fields": {"Name": "x"}}]);
    for merge_on in
        [&[][..], &["Name", "Notes", "Amount", "Phone"], &["Number"], &["Company"], &["Reference"]]
    {
        assert_eq!(client.patch(&client.deals(""), &upsert(merge_on, &one)).await, invalid, "{merge_on:?}");
    }
    let unknown = (422, error("UNKNOWN_FIELD_NAME", "Unknown field name: \"Clef\""));
    assert_eq!(client.patch(&client.deals(""), &upsert(&["Clef"], &one)).await, unknown);
}

#[tokio::test]
async fn numbers_selects_and_dates_can_be_merged_on() {
    let client = Client::with_deals(0);
    let fields = json!({"Amount": 12.5, "Status": "Prospect", "Due Date": "2026-03-01"});
    let id = client.make(fields.clone()).await;
    let records = json!([{"fields": fields}]);
    let (_, answer) =
        client.patch(&client.deals(""), &upsert(&["Amount", "Status", "Due Date"], &records)).await;
    assert_eq!(answer["updatedRecords"], json!([id]));
}

#[tokio::test]
async fn a_row_is_found_by_the_values_it_has_now() {
    let client = Client::with_deals(0);
    let matched = async |key: &str| {
        let records = json!([{"fields": {"Name": key}}]);
        let (status, answer) = client.patch(&client.deals(""), &upsert(&["Name"], &records)).await;
        assert_eq!(status, 200, "{answer}");
        (ids(&answer)[0].to_owned(), answer["createdRecords"] == json!([]))
    };
    let (first, known) = matched("Acme").await;
    assert!(!known);
    let rename = |name: &str| json!({"fields": {"Name": name}});
    client.patch(&client.deals(&format!("/{first}")), &rename("Bolt")).await;
    assert_eq!(matched("Bolt").await, (first.clone(), true));
    let (second, known) = matched("Acme").await;
    assert!(!known);
    client.sandbox.edit(&Edit::delete_record(&second)).unwrap();
    let (third, known) = matched("Acme").await;
    assert!(!known);
    client.delete(&client.deals(&format!("/{third}"))).await;
    client.sandbox.edit(&Edit::restore_record(&second)).unwrap();
    assert_eq!(matched("Acme").await, (second.clone(), true));
    client.sandbox.edit(&Edit::update_record(&first, json!({"Name": "Acme"}))).unwrap();
    let records = json!([{"fields": {"Name": "Acme"}}]);
    assert_eq!(client.patch(&client.deals(""), &upsert(&["Name"], &records)).await.0, 422);
    // By other fields, the same rows.
    let records = json!([{"fields": {"Name": "Acme", "Amount": 0}}]);
    client.sandbox.edit(&Edit::update_record(&first, json!({"Amount": -0.0}))).unwrap();
    let (_, answer) = client.patch(&client.deals(""), &upsert(&["Name", "Amount"], &records)).await;
    assert_eq!(answer["updatedRecords"], json!([first]));
}
