//! Cells: how each type is written, cleared and shown.

use std::time::Duration;

use connector_sandbox::Edit;
use serde_json::{Value, json};

use crate::Wire;

#[tokio::test]
async fn each_type_reads_back_what_was_written() {
    let wire = Wire::new(2);
    let company =
        wire.sandbox.edit(&Edit::create_record(json!({"Name": "Nord"})).in_table("Companies")).unwrap();
    let cells = [
        ("Name", json!("Ligne\nseconde")),
        ("Status", json!("Gagné - en cours")),
        ("Amount", json!(1_234.565)),
        ("Sector", json!(["SaaS", "B2B"])),
        ("Due Date", json!("2024-02-29")),
        ("Contact Email", json!("not an address")),
        ("Website", json!("https://a.example/?q=1")),
        ("Phone", json!("+33 1 02 03")),
        ("Employees", json!(0)),
        ("Probability", json!(0.123)),
        ("Call Time", json!(5400)),
        ("Priority", json!(5)),
        ("Signed", json!(true)),
        ("Next Meeting", json!("2024-05-01T10:00:00.125Z")),
        ("Company", json!([company["id"]])),
        ("Badge", json!({"text": "3700", "type": "ean13"})),
    ];
    for (field, value) in cells {
        let record = wire.create(&json!({field: value})).await;
        assert_eq!(record["fields"][field], value, "{field}");
        let path = wire.deals(&format!("/{}", record["id"].as_str().unwrap()));
        let cleared = wire.ok("PATCH", &path, Some(&json!({"fields": {field: null}}))).await;
        assert!(cleared["fields"].get(field).is_none(), "{field}");
    }
}

#[tokio::test]
async fn each_type_refuses_what_is_not_its_own() {
    let wire = Wire::new(1);
    let cells = [
        ("Name", json!(5)),
        ("Amount", json!("1200")),
        ("Sector", json!("SaaS")),
        ("Due Date", json!("29/02/2024")),
        ("Due Date", json!("2023-02-29")),
        ("Employees", json!(true)),
        ("Priority", json!(6)),
        ("Priority", json!(2.5)),
        ("Signed", json!("true")),
        ("Next Meeting", json!("tomorrow")),
        ("Company", json!(["Nord"])),
        ("Company", json!("recAAAAAAAAAAAAAA")),
        ("Owner", json!("Camille Durand")),
        ("Owner", json!({"email": "nobody@nowhere.example"})),
        ("Files", json!("https://a.example/b.pdf")),
        ("Badge", json!("3700")),
    ];
    for (field, value) in cells {
        let body = json!({"fields": {field: value}});
        let (status, answer) = wire.call("POST", &wire.deals(""), Some(&body)).await;
        assert_eq!((status, &answer["error"]["type"]), (422, &json!("INVALID_VALUE_FOR_COLUMN")), "{body}");
    }
    assert_eq!(wire.sandbox.airtable_record_ids().len(), 1);
}

#[tokio::test]
async fn a_time_without_an_offset_is_read_in_the_fields_zone() {
    let wire = Wire::new(0);
    for (written, read) in [
        ("2024-07-01T10:00:00", "2024-07-01T08:00:00.000Z"),
        ("2024-07-01", "2024-06-30T22:00:00.000Z"),
        ("2024-07-01T10:00:00+05:00", "2024-07-01T05:00:00.000Z"),
    ] {
        let record = wire.create(&json!({"Next Meeting": written})).await;
        assert_eq!(record["fields"]["Next Meeting"], read, "{written}");
    }
}

#[tokio::test]
async fn typecast_reads_loose_texts_and_makes_what_is_missing() {
    let wire = Wire::new(0);
    let fields = json!({
        "Amount": "€1,200.50", "Probability": "12%", "Signed": "checked", "Due Date": "5/1/2024",
        "Sector": "SaaS, Neuf", "Company": "Atelier Neuf", "Owner": "camille@atelier-nord.example",
        "Call Time": "1:30:00", "Priority": "4", "Name": 12,
    });
    let record = wire.ok("POST", &wire.deals(""), Some(&json!({"fields": fields, "typecast": true}))).await;
    let cells = &record["fields"];
    let expected = json!({
        "Amount": 1200.5, "Probability": 0.12, "Signed": true, "Due Date": "2024-05-01",
        "Sector": ["SaaS", "Neuf"], "Call Time": 5400, "Priority": 4, "Name": "12",
    });
    for (field, value) in expected.as_object().unwrap() {
        assert_eq!(&cells[field], value, "{field}");
    }
    assert_eq!(cells["Owner"]["name"], "Camille Durand");
    let company = wire.sandbox.airtable_record(cells["Company"][0].as_str().unwrap()).unwrap();
    assert_eq!(company["fields"]["Name"], "Atelier Neuf");
    assert_eq!(company["fields"]["Deals"], json!([record["id"]]));
}

#[tokio::test]
async fn a_record_of_another_table_is_found_with_its_own_fields() {
    let wire = Wire::new(4);
    let company =
        wire.sandbox.edit(&Edit::create_record(json!({"Name": "Nord"})).in_table("Companies")).unwrap();
    let path = wire.deals(&format!("/{}", company["id"].as_str().unwrap()));
    assert_eq!(wire.ok("GET", &path, None).await["fields"], json!({"Name": "Nord"}));
    assert_eq!(wire.call("PATCH", &path, Some(&json!({"fields": {}}))).await.0, 403);
}

#[tokio::test]
async fn an_attachment_completes_later_under_an_address_that_changes_and_ends() {
    let wire = Wire::new(0);
    let files = json!([{"url": "https://files.example/plan.png"}]);
    let record = wire.create(&json!({"Files": files})).await;
    let file = |record: &Value| record["fields"]["Files"][0].clone();
    assert_eq!(file(&record)["filename"], "plan.png");
    assert!(file(&record).get("size").is_none());
    wire.sandbox.advance_clock(Duration::from_secs(2));
    let path = wire.deals(&format!("/{}", record["id"].as_str().unwrap()));
    let (first, second) = (wire.ok("GET", &path, None).await, wire.ok("GET", &path, None).await);
    assert!(file(&first)["size"].is_u64() && file(&first)["type"] == "image/png");
    assert_ne!(file(&first)["url"], file(&second)["url"]);
    assert_eq!(file(&first)["id"], file(&second)["id"]);
    let address = file(&second)["url"].as_str().unwrap().to_owned();
    assert_eq!(wire.client.get(&address).send().await.unwrap().status(), 200);
    wire.sandbox.advance_clock(Duration::from_hours(3));
    assert_eq!(wire.client.get(&address).send().await.unwrap().status(), 410);

    let body = json!({"contentType": "text/plain", "file": "SGVsbG8=", "filename": "a.txt"});
    let id = record["id"].as_str().unwrap();
    let upload = format!("/v0/{}/{id}/Files/uploadAttachment", wire.sandbox.airtable_base_id());
    let field = wire.sandbox.airtable_field_id("Files").unwrap();
    let uploaded = wire.ok("POST", &upload, Some(&body)).await;
    assert_eq!(uploaded["fields"][&field][1]["filename"], "a.txt");
    let address = uploaded["fields"][&field][1]["url"].as_str().unwrap();
    assert_eq!(wire.client.get(address).send().await.unwrap().text().await.unwrap(), "Hello");
}
