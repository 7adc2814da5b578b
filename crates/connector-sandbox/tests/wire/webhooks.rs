//! Webhooks: what payloads hold, how they are read, how webhooks end.

use std::time::Duration;

use connector_sandbox::Edit;
use serde_json::{Value, json};

use crate::Wire;

const DAY: Duration = Duration::from_hours(24);

/// A new webhook on the deals with these further filters; its id.
async fn hook(wire: &Wire, filters: &Value, includes: &Value) -> String {
    let mut all = json!({"dataTypes": ["tableData"], "recordChangeScope": wire.sandbox.airtable_table_id()});
    all.as_object_mut().unwrap().extend(filters.as_object().unwrap().clone());
    let body = json!({"specification": {"options": {"filters": all, "includes": includes}}});
    let made = wire.ok("POST", &wire.webhooks(""), Some(&body)).await;
    assert!(made["macSecretBase64"].is_string() && made["expirationTime"].is_string());
    made["id"].as_str().unwrap().to_owned()
}

async fn payloads(wire: &Wire, hook: &str, query: &str) -> Value {
    wire.ok("GET", &wire.webhooks(&format!("/{hook}/payloads?{query}")), None).await
}

#[tokio::test]
async fn a_persons_edit_is_told_with_old_new_and_unchanged_values() {
    let wire = Wire::new(0);
    let record = wire.create(&json!({"Name": "A", "Status": "Prospect", "Amount": 5})).await;
    let id = record["id"].as_str().unwrap();
    let field = |name: &str| wire.sandbox.airtable_field_id(name).unwrap();
    let includes = json!({"includePreviousCellValues": true, "includeCellValuesInFieldIds": [field("Name")]});
    let hook = hook(&wire, &json!({"fromSources": ["client"]}), &includes).await;
    let path = wire.deals(&format!("/{id}"));
    wire.ok("PATCH", &path, Some(&json!({"fields": {"Name": "B"}}))).await;
    wire.sandbox.edit(&Edit::update_record(id, json!({"Status": "Perdu", "Amount": null}))).unwrap();
    wire.sandbox.edit(&Edit::delete_record(id)).unwrap();

    let body = payloads(&wire, &hook, "cursor=1").await;
    assert_eq!((&body["cursor"], &body["mightHaveMore"]), (&json!(3), &json!(false)));
    let table = wire.sandbox.airtable_table_id();
    let [first, second] = body["payloads"].as_array().unwrap().as_slice() else { panic!("{body}") };
    assert_eq!(first["actionMetadata"]["source"], "client");
    assert!(first["actionMetadata"]["sourceMetadata"]["user"]["email"].is_string());
    let change = &first["changedTablesById"][table]["changedRecordsById"][id];
    let cell = |part: &str, name: &str| change[part]["cellValuesByFieldId"][field(name)].clone();
    assert_eq!(cell("current", "Status")["name"], "Perdu");
    assert_eq!(cell("previous", "Status")["name"], "Prospect");
    assert!(change["current"]["cellValuesByFieldId"].as_object().unwrap().contains_key(&field("Amount")));
    assert_eq!((cell("current", "Amount"), cell("previous", "Amount")), (Value::Null, json!(5)));
    assert_eq!(cell("unchanged", "Name"), "B");
    assert_eq!(second["changedTablesById"][table]["destroyedRecordIds"], json!([id]));
    let number = |payload: &Value| payload["baseTransactionNumber"].as_u64().unwrap();
    assert!(number(second) > number(first));
}

#[tokio::test]
async fn payloads_are_read_by_fifty_and_by_cursor() {
    let wire = Wire::new(0);
    let hook = hook(&wire, &json!({}), &json!({})).await;
    for _ in 0..60 {
        wire.create(&json!({})).await;
    }
    let first = payloads(&wire, &hook, "").await;
    assert_eq!(first["payloads"].as_array().unwrap().len(), 50);
    assert_eq!((&first["cursor"], &first["mightHaveMore"]), (&json!(51), &json!(true)));
    let second = payloads(&wire, &hook, "cursor=51&limit=4").await;
    assert_eq!((&second["cursor"], &second["mightHaveMore"]), (&json!(55), &json!(true)));
    let last = payloads(&wire, &hook, "cursor=61").await;
    assert_eq!(last["payloads"], json!([]));
    assert_eq!((&last["cursor"], &last["mightHaveMore"]), (&json!(61), &json!(false)));
    assert_eq!(payloads(&wire, &hook, "cursor=1").await, first, "payloads may be read again");
}

#[tokio::test]
async fn a_webhook_lives_seven_days_from_its_last_reading() {
    let wire = Wire::new(0);
    let hook = hook(&wire, &json!({}), &json!({})).await;
    wire.create(&json!({"Name": "early"})).await;
    for _ in 0..3 {
        wire.sandbox.advance_clock(DAY * 3);
        payloads(&wire, &hook, "cursor=2").await;
    }
    assert_eq!(payloads(&wire, &hook, "").await["payloads"], json!([]), "payloads are kept for seven days");
    let refreshed = wire.ok("POST", &wire.webhooks(&format!("/{hook}/refresh")), None).await;
    assert!(refreshed["expirationTime"].is_string());
    wire.sandbox.advance_clock(DAY * 5);
    wire.create(&json!({"Name": "before the end"})).await;
    wire.sandbox.advance_clock(DAY * 2);
    wire.create(&json!({"Name": "after the end"})).await;
    let listed = wire.ok("GET", &wire.webhooks(""), None).await;
    assert_eq!(listed["webhooks"][0]["isHookEnabled"], false);
    assert_eq!(payloads(&wire, &hook, "cursor=2").await["payloads"].as_array().unwrap().len(), 1);
    assert_ne!(wire.call("POST", &wire.webhooks(&format!("/{hook}/refresh")), None).await.0, 200);
}

#[tokio::test]
async fn a_webhook_on_a_deleted_field_tells_nothing_but_that() {
    let wire = Wire::new(1);
    let notes = wire.sandbox.airtable_field_id("Notes").unwrap();
    let hook = hook(&wire, &json!({"watchDataInFieldIds": [notes]}), &json!({})).await;
    let record = wire.sandbox.airtable_record_ids()[0].clone();
    wire.sandbox.edit(&Edit::update_record(&record, json!({"Amount": 1}))).unwrap();
    assert_eq!(payloads(&wire, &hook, "").await["payloads"], json!([]));
    wire.sandbox.edit(&Edit::update_record(&record, json!({"Notes": "vu"}))).unwrap();
    assert_eq!(payloads(&wire, &hook, "").await["payloads"].as_array().unwrap().len(), 1);
    wire.sandbox.edit(&Edit::delete_field("Notes")).unwrap();
    let body = payloads(&wire, &hook, "cursor=2").await;
    assert_eq!(body["payloads"][0]["code"], "INVALID_HOOK");
    assert_eq!(wire.ok("GET", &wire.webhooks(""), None).await["webhooks"][0]["isHookEnabled"], true);
}

#[tokio::test]
async fn a_base_has_ten_webhooks_at_most() {
    let wire = Wire::new(0);
    for _ in 0..10 {
        hook(&wire, &json!({}), &json!({})).await;
    }
    let body = json!({"specification": {"options": {"filters": {"dataTypes": ["tableData"]}}}});
    assert_eq!(wire.call("POST", &wire.webhooks(""), Some(&body)).await.0, 422);
    for refused in [json!({}), json!({"specification": {"options": {"filters": {"dataTypes": ["cells"]}}}})] {
        assert_eq!(wire.call("POST", &wire.webhooks(""), Some(&refused)).await.0, 422, "{refused}");
    }
}
