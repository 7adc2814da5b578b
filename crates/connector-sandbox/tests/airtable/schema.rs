use connector_sandbox::Edit;
use serde_json::{Value, json};

use crate::client::{Client, error};

#[tokio::test]
async fn the_schema_begins_with_the_default_mapping_and_holds_every_type() {
    let client = Client::with_deals(0);
    let (status, schema) = client.get(&client.meta("/tables?include=visibleFieldIds")).await;
    assert_eq!(status, 200);
    let table = &schema["tables"][0];
    assert_eq!(table["id"], client.sandbox.airtable_table_id());
    assert_eq!(table["primaryFieldId"], table["fields"][0]["id"]);
    let fields = table["fields"].as_array().unwrap();
    let begin: Vec<(&str, &str)> = fields
        .iter()
        .take(7)
        .map(|field| (field["name"].as_str().unwrap(), field["type"].as_str().unwrap()))
        .collect();
    let expected = [
        ("Name", "singleLineText"),
        ("Status", "singleSelect"),
        ("Amount", "currency"),
        ("Sector", "multipleSelects"),
        ("Due Date", "date"),
        ("Assignee", "singleLineText"),
        ("Notes", "multilineText"),
    ];
    assert_eq!(begin, expected);
    let types: Vec<&str> = fields.iter().map(|field| field["type"].as_str().unwrap()).collect();
    for kind in [
        "richText",
        "email",
        "url",
        "phoneNumber",
        "number",
        "percent",
        "duration",
        "rating",
        "checkbox",
        "dateTime",
        "multipleRecordLinks",
        "multipleAttachments",
        "singleCollaborator",
        "multipleCollaborators",
        "barcode",
        "aiText",
        "autoNumber",
        "button",
        "count",
        "createdBy",
        "lastModifiedBy",
        "createdTime",
        "lastModifiedTime",
        "formula",
        "rollup",
        "multipleLookupValues",
        "externalSyncSource",
        "manualSort",
    ] {
        assert!(types.contains(&kind), "{kind}");
    }
    let stages: Vec<&Value> =
        fields[1]["options"]["choices"].as_array().unwrap().iter().map(|choice| &choice["name"]).collect();
    assert_eq!(stages, ["Prospect", "Qualifié", "Négociation", "Gagné", "Gagné - en cours", "Perdu"]);
    assert_eq!(fields[2]["options"], json!({"precision": 2, "symbol": "€"}));
    assert_eq!(table["views"][0]["visibleFieldIds"].as_array().unwrap().len(), fields.len());
    let (_, plain) = client.get(&client.meta("/tables")).await;
    assert_eq!(plain["tables"][0]["views"][0].get("visibleFieldIds"), None);
}

#[tokio::test]
async fn who_asks_and_which_bases_are_told() {
    let mut client = Client::with_deals(0);
    assert_eq!(client.get("/v0/meta/whoami").await.1["email"], "integration@atelier-nord.example");
    let bases = json!({"bases": [
        {"id": client.sandbox.airtable_base_id(), "name": "Ventes", "permissionLevel": "create"},
    ]});
    assert_eq!(client.get("/v0/meta/bases").await, (200, bases));
    client.token = client.sandbox.issue_token(connector_sandbox::TokenGrant::scopes(&[]));
    let (status, who) = client.get("/v0/meta/whoami").await;
    assert_eq!((status, who.get("email")), (200, None));
}

#[tokio::test]
async fn a_field_is_made_used_and_renamed() {
    let client = Client::with_deals(0);
    let path = client.meta(&format!("/tables/{}/fields", client.sandbox.airtable_table_id()));
    let (status, made) = client.post(&path, &json!({"name": "CRM ID", "type": "singleLineText"})).await;
    assert_eq!(status, 200, "{made}");
    let id = made["id"].as_str().unwrap();
    let deal = client.make(json!({"CRM ID": "42"})).await;
    let (_, renamed) = client.patch(&format!("{path}/{id}"), &json!({"name": "Identifiant"})).await;
    assert_eq!(renamed["name"], "Identifiant");
    assert_eq!(client.cells(&deal).await["Identifiant"], "42");
    client.sandbox.edit(&Edit::delete_field(id)).unwrap();
    let gone = client.post(&client.deals(""), &json!({"fields": {id: "43"}})).await;
    assert_eq!(gone, (422, error("UNKNOWN_FIELD_NAME", &format!("Unknown field name: \"{id}\""))));
}

#[tokio::test]
async fn definitions_are_checked() {
    let client = Client::with_deals(0);
    let path = client.meta(&format!("/tables/{}/fields", client.sandbox.airtable_table_id()));
    let cases = [
        (json!({"name": "name", "type": "singleLineText"}), "DUPLICATE_OR_EMPTY_FIELD_NAME"),
        (json!({"name": "", "type": "singleLineText"}), "DUPLICATE_OR_EMPTY_FIELD_NAME"),
        (
            json!({"name": "F", "type": "formula", "options": {"formula": "1"}}),
            "UNSUPPORTED_FIELD_TYPE_FOR_CREATE",
        ),
        (json!({"name": "F", "type": "autoNumber"}), "UNSUPPORTED_FIELD_TYPE_FOR_CREATE"),
        (json!({"name": "F", "type": "number"}), "INVALID_REQUEST_UNKNOWN"),
        (json!({"name": "F", "type": "number", "options": {"precision": 9}}), "INVALID_REQUEST_UNKNOWN"),
        (
            json!({"name": "F", "type": "singleSelect", "options": {"choices": [{"name": ""}]}}),
            "INVALID_REQUEST_UNKNOWN",
        ),
        (
            json!({"name": "F", "type": "date", "options": {"dateFormat": {"name": "iso", "format": "l"}}}),
            "INVALID_REQUEST_UNKNOWN",
        ),
    ];
    for (body, kind) in cases {
        let (status, answer) = client.post(&path, &body).await;
        assert_eq!((status, &answer["error"]["type"]), (422, &json!(kind)), "{body}");
    }
    let table = json!({"name": "deals", "fields": [{"name": "Name", "type": "singleLineText"}]});
    let (_, answer) = client.post(&client.meta("/tables"), &table).await;
    assert_eq!(answer["error"]["type"], "DUPLICATE_TABLE_NAME");
}

#[tokio::test]
async fn tables_links_and_bases_are_made() {
    let client = Client::with_deals(0);
    let deals = client.sandbox.airtable_table_id();
    let body = json!({"name": "Contacts", "description": "Personnes", "fields": [
        {"name": "Name", "type": "singleLineText"},
        {"name": "Affaires", "type": "multipleRecordLinks", "options": {"linkedTableId": deals}},
    ]});
    let (status, made) = client.post(&client.meta("/tables"), &body).await;
    assert_eq!((status, &made["description"]), (200, &json!("Personnes")), "{made}");
    let inverse = made["fields"][1]["options"]["inverseLinkFieldId"].as_str().unwrap();
    let (_, schema) = client.get(&client.meta("/tables")).await;
    let other = schema["tables"][0]["fields"]
        .as_array()
        .unwrap()
        .iter()
        .find(|field| field["id"] == inverse)
        .unwrap();
    assert_eq!((&other["name"], &other["options"]["linkedTableId"]), (&json!("Contacts"), &made["id"]));
    let path = client.meta(&format!("/tables/{}", made["id"].as_str().unwrap()));
    assert_eq!(client.patch(&path, &json!({"name": "Gens"})).await.1["name"], "Gens");
    let base = json!({"name": "Autre", "workspaceId": "wspAAAAAAAAAAAAAA", "tables": [
        {"name": "T", "fields": [{"name": "N", "type": "number", "options": {"precision": 0}}]},
    ]});
    let (status, made) = client.post("/v0/meta/bases", &base).await;
    assert_eq!(status, 200, "{made}");
    let path = format!("/v0/{}/T", made["id"].as_str().unwrap());
    assert_eq!(client.post(&path, &json!({"fields": {"N": 1}})).await.0, 200);
}

#[tokio::test]
async fn choices_are_added_and_renamed_by_options() {
    let client = Client::with_deals(3);
    let deals = client.sandbox.airtable_table_id();
    let status = client.sandbox.airtable_field_id("Status").unwrap();
    let path = client.meta(&format!("/tables/{deals}/fields/{status}"));
    let (_, schema) = client.get(&client.meta("/tables")).await;
    let mut choices = schema["tables"][0]["fields"][1]["options"]["choices"].clone();
    choices[0]["name"] = json!("Piste");
    choices.as_array_mut().unwrap().push(json!({"name": "Suspendu"}));
    let (code, changed) = client.patch(&path, &json!({"options": {"choices": choices}})).await;
    assert_eq!(code, 200, "{changed}");
    let names: Vec<&Value> =
        changed["options"]["choices"].as_array().unwrap().iter().map(|choice| &choice["name"]).collect();
    assert_eq!((names[0], names[6]), (&json!("Piste"), &json!("Suspendu")));
}
