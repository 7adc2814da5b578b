//! Databases and data sources: made, patched, put into the trash.

use serde_json::{Value, json};

use crate::client::{Client, VERSIONS, id};

/// Makes a database with these properties and gives the path of its data source.
async fn table(client: &Client, properties: Value) -> String {
    let body = json!({
        "parent": {"type": "page_id", "page_id": client.sandbox.notion_parent_page_id()},
        "title": [{"text": {"content": "Suivi"}}],
        "initial_data_source": {"properties": properties},
    });
    let made = Client::ok(client.post("databases", &body).await);
    assert_eq!(made["data_sources"][0]["name"], "Suivi");
    assert!(made.get("properties").is_none());
    format!("data_sources/{}", id(&made["data_sources"][0]))
}

#[tokio::test]
async fn every_type_that_a_schema_takes_comes_back() {
    let client = Client::with_deals(0);
    let companies = client.sandbox.notion_data_source_id_of("Companies").unwrap();
    let path = table(
        &client,
        json!({
            "Deal": {"title": {}}, "Amount": {"number": {"format": "euro"}}, "Close": {"date": {}},
            "Won": {"checkbox": {}}, "Stage": {"select": {"options": [{"name": "Lead", "color": "gray"}]}},
            "Tags": {"multi_select": {"options": []}}, "Owner": {"people": {}}, "Mail": {"email": {}},
            "Site": {"url": {}}, "Tel": {"phone_number": {}}, "Notes": {"rich_text": {}}, "Files": {"files": {}},
            "State": {"status": {}}, "Where": {"place": {}}, "No": {"unique_id": {"prefix": "D"}},
            "Company": {"relation": {"data_source_id": companies, "type": "dual_property", "dual_property": {}}},
            "Sum": {"rollup": {"function": "sum", "relation_property_name": "Company",
                "rollup_property_name": "Revenue"}},
            "Calc": {"formula": {"expression": "now()"}}, "Created": {"created_time": {}},
            "Edited": {"last_edited_time": {}}, "By": {"created_by": {}}, "Editor": {"last_edited_by": {}},
        }),
    )
    .await;
    let source = Client::ok(client.get(&path).await);
    let properties = source["properties"].as_object().unwrap();
    assert_eq!(properties.len(), 22);
    assert_eq!(properties["Deal"]["id"], "title");
    assert_eq!(properties["Stage"]["select"]["options"][0]["color"], "gray");
    let states = properties["State"]["status"]["options"].as_array().unwrap().iter();
    let states: Vec<&Value> = states.map(|option| &option["name"]).collect();
    assert_eq!(states, ["Not started", "In progress", "Done"]);
    assert_eq!(
        properties["Company"]["relation"]["dual_property"]["synced_property_name"],
        "Related to Suivi (Company)"
    );
    let other = Client::ok(client.get(&format!("data_sources/{companies}")).await);
    assert_eq!(other["properties"]["Related to Suivi (Company)"]["relation"]["data_source_id"], source["id"]);
}

#[tokio::test]
async fn a_schema_is_patched_property_by_property() {
    let client = Client::with_deals(1);
    let source = format!("data_sources/{}", client.sandbox.notion_data_source_id());
    let before = client.sandbox.notion_property_id("Amount").unwrap();
    let wanted = json!({"properties": {
        "Amount": {"name": "Montant"}, "CRM ID": {"rich_text": {}}, "Phone": null, "Website": {"rich_text": {}},
    }});
    let changed = Client::ok(client.patch(&source, &wanted).await);
    assert_eq!(changed["properties"]["Montant"]["id"], before);
    assert_eq!(changed["properties"]["CRM ID"]["type"], "rich_text");
    assert_eq!(changed["properties"]["Website"]["type"], "rich_text");
    assert!(changed["properties"].get("Phone").is_none());
    for (properties, words) in [
        (json!({"Name": null}), "Cannot delete the title property."),
        (json!({"Name": {"number": {}}}), "Cannot change the type of the title property."),
        (json!({"X": null}), "X is not a property that exists."),
        (json!({"Another": {"title": {}}}), "Only one title property is allowed."),
    ] {
        assert_eq!(Client::refused(client.patch(&source, &json!({"properties": properties})).await), words);
    }
    let kept = changed["properties"]["Priority"]["select"]["options"][0]["id"].clone();
    let wanted =
        json!({"properties": {"Priority": {"select": {"options": [{"id": kept}, {"name": "Urgente"}]}}}});
    let changed = Client::ok(client.patch(&source, &wanted).await);
    assert_eq!(changed["properties"]["Priority"]["select"]["options"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn old_versions_see_a_database_with_one_data_source_as_a_table() {
    let mut client = Client::with_deals(1);
    let database = format!("databases/{}", client.sandbox.notion_database_id());
    client.version = "2022-06-28";
    let shown = Client::ok(client.get(&database).await);
    assert_eq!(shown["properties"]["Amount"]["type"], "number");
    assert!(shown.get("data_sources").is_none());
    let row = &Client::ok(client.post(&format!("{database}/query"), &json!({})).await)["results"][0];
    let parent = json!({"type": "database_id", "database_id": client.sandbox.notion_database_id()});
    assert_eq!(row["parent"], parent);

    client.version = "2025-09-03";
    let second = json!({"parent": {"type": "database_id", "database_id": client.sandbox.notion_database_id()},
        "title": [{"text": {"content": "Archives"}}], "properties": {"Nom": {"title": {}}}});
    let second = Client::ok(client.post("data_sources", &second).await);
    client.version = "2022-06-28";
    let words = "Databases with multiple data sources are not supported in this API version.";
    let (status, body) = client.get(&database).await;
    assert_eq!((status, &body["message"]), (400, &json!(words)));
    assert_eq!(body["additional_data"]["child_data_source_ids"][1], second["id"]);
}

#[tokio::test]
async fn a_database_in_the_trash_is_readable_and_comes_back() {
    let mut client = Client::with_deals(1);
    let path = format!("databases/{}", client.sandbox.notion_database_id());
    for version in VERSIONS {
        client.version = version;
        let block = Client::ok(client.delete(&path.replace("databases", "blocks")).await);
        assert_eq!((&block["object"], &block["type"]), (&json!("block"), &json!("child_database")));
        assert_eq!(Client::ok(client.get(&path).await)["in_trash"], json!(true));
        let back = Client::ok(client.patch(&path, &json!({"in_trash": false})).await);
        assert_eq!(back["in_trash"], json!(false));
    }
}
