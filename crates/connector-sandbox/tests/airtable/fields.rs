//! Each type's law: what may be written, what is read back, what is refused.

use serde_json::{Value, json};

use crate::client::{Client, error};

/// Writes a value and gives what is read back: null for an empty cell, the error's type and message otherwise.
async fn round(
    client: &Client,
    field: &str,
    value: &Value,
    typecast: bool,
) -> Result<Value, (String, String)> {
    let body = json!({"fields": {field: value}, "typecast": typecast});
    let (status, answer) = client.post(&client.deals(""), &body).await;
    if status == 200 {
        return Ok(answer["fields"].get(field).cloned().unwrap_or_default());
    }
    assert_eq!(status, 422, "{field} {value}");
    let text = |key: &str| answer["error"][key].as_str().unwrap().to_owned();
    Err((text("type"), text("message")))
}

#[tokio::test]
async fn values_are_read_as_the_type_says() {
    let client = Client::with_deals(0);
    let cases = [
        ("Name", json!("O'Brien & \"Sons\" 100 %"), json!("O'Brien & \"Sons\" 100 %")),
        ("Name", json!("Cafe\u{301}"), json!("Cafe\u{301}")),
        ("Notes", json!("a\nb\n"), json!("a\nb\n")),
        ("Brief", json!("#header\n* bullet"), json!("#header\n- bullet\n")),
        ("Contact Email", json!("not an address"), json!("not an address")),
        ("Phone", json!("06 12"), json!("06 12")),
        ("Reference", json!("0042"), json!("0042")),
        ("Amount", json!(8500.1), json!(8500.1)),
        ("Amount", json!(8500.0), json!(8500)),
        ("Amount", json!(0), json!(0)),
        ("Amount", json!(1.23456), json!(1.23456)),
        ("Probability", json!(33.3), json!(33.3)),
        ("Probability", json!(0), json!(0)),
        ("Call Time", json!(90.5), json!(90.5)),
        ("Priority", json!(5), json!(5)),
        ("Signed", json!(true), json!(true)),
        ("Status", json!("Gagné - en cours"), json!("Gagné - en cours")),
        ("Sector", json!(["B2B", "SaaS", "B2B"]), json!(["B2B", "SaaS"])),
        ("Due Date", json!("2026-03-01"), json!("2026-03-01")),
        ("Due Date", json!("2026-03-01T23:30:00Z"), json!("2026-03-01")),
        ("Next Meeting", json!("2026-07-01T10:00:00.125Z"), json!("2026-07-01T10:00:00.125Z")),
        ("Next Meeting", json!("2026-07-01T10:00:00"), json!("2026-07-01T08:00:00.000Z")),
        ("Next Meeting", json!(1_782_900_000_000_i64), json!("2026-07-01T10:00:00.000Z")),
        ("Badge", json!({"text": "37", "type": "ean13"}), json!({"text": "37", "type": "ean13"})),
    ];
    for (field, value, expected) in cases {
        assert_eq!(round(&client, field, &value, false).await, Ok(expected), "{field} {value}");
    }
}

#[tokio::test]
async fn the_empty_value_of_each_type_leaves_the_cell_out() {
    let client = Client::with_deals(12);
    let empty = [
        ("Name", vec![json!(null), json!("")]),
        ("Notes", vec![json!(null), json!("")]),
        ("Brief", vec![json!(null), json!("")]),
        ("Amount", vec![json!(null)]),
        ("Priority", vec![json!(null)]),
        ("Signed", vec![json!(null), json!(false)]),
        ("Status", vec![json!(null), json!("")]),
        ("Sector", vec![json!(null), json!([])]),
        ("Due Date", vec![json!(null), json!("")]),
        ("Next Meeting", vec![json!(null), json!("")]),
        ("Company", vec![json!(null), json!([])]),
        ("Files", vec![json!(null), json!([])]),
        ("Owner", vec![json!(null)]),
        ("Team", vec![json!(null), json!([])]),
        ("Badge", vec![json!(null), json!({"text": ""})]),
    ];
    for (field, values) in empty {
        for value in values {
            assert_eq!(round(&client, field, &value, false).await, Ok(Value::Null), "{field} {value}");
        }
    }
    let id = &client.sandbox.airtable_record_ids()[0];
    let path = client.deals(&format!("/{id}"));
    client.patch(&path, &json!({"fields": {"Amount": 1, "Signed": true}})).await;
    let (_, cleared) = client.patch(&path, &json!({"fields": {"Amount": null, "Signed": false}})).await;
    assert_eq!((cleared["fields"].get("Amount"), cleared["fields"].get("Signed")), (None, None));
}

#[tokio::test]
async fn values_of_another_type_are_refused_in_the_providers_words() {
    let client = Client::with_deals(0);
    let refused = |field: &str| format!("Field \"{field}\" cannot accept the provided value");
    let cases = [
        ("Name", json!(42), refused("Name")),
        ("Name", json!("x".repeat(100_001)), refused("Name")),
        ("Notes", json!(["a"]), refused("Notes")),
        ("Amount", json!("1200"), refused("Amount")),
        ("Probability", json!("12%"), refused("Probability")),
        ("Call Time", json!("1:30"), refused("Call Time")),
        ("Priority", json!(0), refused("Priority")),
        ("Priority", json!(6), refused("Priority")),
        ("Priority", json!(2.5), refused("Priority")),
        ("Signed", json!("true"), refused("Signed")),
        ("Signed", json!(1), refused("Signed")),
        ("Status", json!({"name": "Prospect"}), refused("Status")),
        ("Sector", json!("SaaS"), refused("Sector")),
        ("Due Date", json!("01/02/2026"), "Cannot parse value \"01/02/2026\" for field Due Date".to_owned()),
        ("Next Meeting", json!("demain"), "Cannot parse value \"demain\" for field Next Meeting".to_owned()),
        ("Due Date", json!(5), refused("Due Date")),
        ("Company", json!("rec"), "Value is not an array of record IDs.".to_owned()),
        ("Company", json!(["Acme"]), "Value is not an array of record IDs.".to_owned()),
        ("Files", json!([{"filename": "a"}]), refused("Files")),
        ("Files", json!([{"id": "attAAAAAAAAAAAAAA"}]), refused("Files")),
        ("Owner", json!({"email": "nobody@example.com"}), refused("Owner")),
        ("Team", json!([{"id": "usrAAAAAAAAAAAAAA"}]), refused("Team")),
        ("Badge", json!("37"), refused("Badge")),
    ];
    for (field, value, message) in cases {
        let expected = Err(("INVALID_VALUE_FOR_COLUMN".to_owned(), message));
        assert_eq!(round(&client, field, &value, false).await, expected, "{field}");
    }
    let choice = "Insufficient permissions to create new select option \"\\\"gagné\\\"\"".to_owned();
    let expected = Err(("INVALID_MULTIPLE_CHOICE_OPTIONS".to_owned(), choice));
    assert_eq!(round(&client, "Status", &json!("gagné"), false).await, expected);
    assert!(client.sandbox.airtable_record_ids().is_empty());
}

#[tokio::test]
async fn computed_fields_refuse_every_write_even_with_typecast() {
    let client = Client::with_deals(1);
    let computed = [
        "Summary",
        "Number",
        "Open",
        "Company Count",
        "Created By",
        "Modified By",
        "Created",
        "Modified",
        "Weighted Amount",
        "Company Revenue",
        "Company City",
        "Source",
        "Manual Order",
    ];
    for field in computed {
        let message = format!("Field \"{field}\" cannot accept a value because the field is computed");
        for (value, typecast) in [(json!(null), false), (json!("x"), true)] {
            let expected = Err(("INVALID_VALUE_FOR_COLUMN".to_owned(), message.clone()));
            assert_eq!(round(&client, field, &value, typecast).await, expected);
        }
    }
}

#[tokio::test]
async fn computed_cells_follow_the_cells_they_depend_on() {
    let client = Client::with_deals(8);
    let deals = client.sandbox.airtable_record_ids();
    let company = client.cells(&deals[0]).await["Company"][0].clone();
    let body = json!({"fields": {"Amount": 200, "Probability": 0.25, "Company": [company]}});
    let (_, made) = client.post(&client.deals(""), &body).await;
    let cells = &made["fields"];
    assert_eq!(cells["Weighted Amount"], 50);
    assert_eq!(cells["Company Count"], 1);
    assert!(cells["Company Revenue"].as_f64().unwrap() > 0.0);
    assert_eq!(cells["Company City"].as_array().unwrap().len(), 1);
    assert_eq!(cells["Created By"]["email"], "integration@atelier-nord.example");
    assert_eq!(cells["Open"]["label"], "Ouvrir");
    assert_eq!(cells["Summary"], json!({"state": "empty", "isStale": true, "value": null}));
    let (_, bare) = client.post(&client.deals(""), &json!({"fields": {}})).await;
    assert_eq!(bare["fields"]["Company Count"], 0, "a count of nothing is there");
    assert_eq!(bare["fields"].get("Company City"), None);
}

#[tokio::test]
async fn typecast_converts_texts_and_makes_choices() {
    let client = Client::with_deals(0);
    let cases = [
        ("Amount", json!("$1,200"), json!(1200)),
        ("Probability", json!("12%"), json!(0.12)),
        ("Call Time", json!("1:30"), json!(5400)),
        ("Priority", json!("4"), json!(4)),
        ("Signed", json!("checked"), json!(true)),
        ("Due Date", json!("5/1/2026"), json!("2026-05-01")),
        ("Name", json!(42), json!("42")),
        ("Status", json!("À revoir"), json!("À revoir")),
        ("Sector", json!("SaaS, Mer"), json!(["SaaS", "Mer"])),
        (
            "Owner",
            json!("zoe@atelier-nord.example"),
            json!({"id": "usr", "email": "zoe@atelier-nord.example", "name": "Zoé Martin"}),
        ),
    ];
    for (field, value, expected) in cases {
        let mut read = round(&client, field, &value, true).await.unwrap();
        if let Some(id) = read.get_mut("id") {
            *id = json!("usr");
        }
        assert_eq!(read, expected, "{field} {value}");
    }
    let (_, schema) = client.get(&client.meta("/tables")).await;
    let choices = schema["tables"][0]["fields"][1]["options"]["choices"].as_array().unwrap();
    let made = choices.last().unwrap();
    assert_eq!(made["name"], "À revoir");
    assert!(made["id"].as_str().unwrap().starts_with("sel"));
    // Two records of one request share the new choice.
    let records = json!([{"fields": {"Status": "Neuf"}}, {"fields": {"Status": "Neuf"}}]);
    client.post(&client.deals(""), &json!({"records": records, "typecast": true})).await;
    let (_, schema) = client.get(&client.meta("/tables")).await;
    assert_eq!(
        schema["tables"][0]["fields"][1]["options"]["choices"].as_array().unwrap().len(),
        choices.len() + 1
    );
}

#[tokio::test]
async fn a_refused_typecast_makes_no_choice() {
    let client = Client::with_deals(0);
    let before = client.get(&client.meta("/tables")).await;
    let body = json!({"fields": {"Sector": ["Mer"], "Amount": "many"}, "typecast": true});
    let refused = client.post(&client.deals(""), &body).await;
    let message = "Field \"Amount\" cannot accept the provided value";
    assert_eq!(refused, (422, error("INVALID_VALUE_FOR_COLUMN", message)));
    assert_eq!(client.get(&client.meta("/tables")).await, before);
}

#[tokio::test]
async fn string_cells_are_what_a_person_sees() {
    let client = Client::with_deals(0);
    client
        .make(json!({
            "Name": "Acme", "Amount": 1_234_567.5, "Probability": 0.3, "Signed": true, "Sector": ["SaaS", "B2B"],
            "Due Date": "2026-03-09", "Next Meeting": "2026-07-01T10:00:00Z", "Call Time": 3661,
        }))
        .await;
    let query = [("cellFormat", "string"), ("timeZone", "America/New_York"), ("userLocale", "fr")];
    let (status, listed) = client.list(&query).await;
    assert_eq!(status, 200);
    let cells = &listed["records"][0]["fields"];
    let expected = [
        ("Amount", "€1,234,567.50"),
        ("Probability", "30%"),
        ("Signed", "checked"),
        ("Sector", "SaaS, B2B"),
        ("Due Date", "9/3/2026"),
        // The field has a zone of its own, which the reader's does not replace.
        ("Next Meeting", "1/7/2026 12:00"),
        ("Call Time", "1:01:01"),
    ];
    for (field, text) in expected {
        assert_eq!(cells[field], text, "{field}");
    }
}
