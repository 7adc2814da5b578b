use std::time::Duration;

use connector_sandbox::{Edit, Settings};
use serde_json::{Value, json};

use crate::client::{Client, error};

/// Makes a company and gives its id.
async fn company(client: &Client, name: &str) -> String {
    let path = format!("/v0/{}/Companies", client.sandbox.airtable_base_id());
    let (_, made) = client.post(&path, &json!({"fields": {"Name": name}})).await;
    made["id"].as_str().unwrap().to_owned()
}

/// The deals that a company links to.
fn deals(client: &Client, company: &str) -> Value {
    client.sandbox.airtable_record(company).unwrap()["fields"]["Deals"].clone()
}

#[tokio::test]
async fn both_sides_are_kept_in_step() {
    let client = Client::with_deals(0);
    let (acme, bolt) = (company(&client, "Acme").await, company(&client, "Bolt").await);
    let deal = client.make(json!({"Name": "A", "Company": [acme]})).await;
    assert_eq!(deals(&client, &acme), json!([deal]));
    let path = client.deals(&format!("/{deal}"));
    client.patch(&path, &json!({"fields": {"Company": [bolt]}})).await;
    assert_eq!((deals(&client, &acme), deals(&client, &bolt)), (Value::Null, json!([deal])));
    // From the other side, too.
    let other = format!("/v0/{}/Companies/{acme}", client.sandbox.airtable_base_id());
    client.patch(&other, &json!({"fields": {"Deals": [deal]}})).await;
    assert_eq!(client.cells(&deal).await["Company"], json!([bolt, acme]));
    client.patch(&path, &json!({"fields": {"Company": []}})).await;
    assert_eq!((deals(&client, &acme), deals(&client, &bolt)), (Value::Null, Value::Null));
}

#[tokio::test]
async fn a_deleted_row_leaves_every_link_and_a_restored_one_comes_back() {
    let client = Client::with_deals(0);
    let acme = company(&client, "Acme").await;
    let deal = client.make(json!({"Name": "A", "Company": [acme]})).await;
    client.delete(&client.deals(&format!("/{deal}"))).await;
    assert_eq!(deals(&client, &acme), Value::Null);
    client.sandbox.edit(&Edit::restore_record(&deal)).unwrap();
    assert_eq!(deals(&client, &acme), json!([deal]));
    client.sandbox.edit(&Edit::delete_record(&acme).in_table("Companies")).unwrap();
    assert_eq!(client.cells(&deal).await.get("Company"), None);
    assert!(client.sandbox.edit(&Edit::restore_record("recAAAAAAAAAAAAAA")).is_err());
}

#[tokio::test]
async fn the_other_side_counts_as_edited() {
    let start = "2026-03-01T08:00:00Z".parse().unwrap();
    let client = Client::with(Settings { deals: 0, start_at: Some(start), ..Settings::default() });
    client.sandbox.freeze_clock(true);
    let acme = company(&client, "Acme").await;
    let deal = client.make(json!({"Name": "A"})).await;
    client.sandbox.advance_clock(Duration::from_mins(1));
    let other = format!("/v0/{}/Companies/{acme}", client.sandbox.airtable_base_id());
    client.patch(&other, &json!({"fields": {"Deals": [deal]}})).await;
    assert_eq!(client.cells(&deal).await["Modified"], "2026-03-01T08:01:00.000Z");
}

#[tokio::test]
async fn a_link_to_a_missing_row_is_refused_and_typecast_finds_or_makes_one() {
    let client = Client::with_deals(0);
    let message = "Record ID recAAAAAAAAAAAAAA does not exist in this table";
    let missing =
        client.post(&client.deals(""), &json!({"fields": {"Company": ["recAAAAAAAAAAAAAA"]}})).await;
    assert_eq!(missing, (422, error("ROW_DOES_NOT_EXIST", message)));
    let acme = company(&client, "Acme").await;
    let body = json!({"fields": {"Company": ["Acme", "Nouvelle"]}, "typecast": true});
    let (_, made) = client.post(&client.deals(""), &body).await;
    let links = made["fields"]["Company"].as_array().unwrap();
    assert_eq!((links.len(), &links[0]), (2, &json!(acme)));
    let new = client.sandbox.airtable_record(links[1].as_str().unwrap()).unwrap();
    assert_eq!((&new["fields"]["Name"], &new["fields"]["Deals"]), (&json!("Nouvelle"), &json!([made["id"]])));
}
