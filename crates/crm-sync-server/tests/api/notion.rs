//! The CRM's own addresses with Notion.

use connector_sandbox::{Edit, Remote};
use rstest::rstest;
use serde_json::json;

use crate::house::{House, names};
use crate::place::Kind;

const TEST: &str = "/api/connectors/test/notion";

/// Fills in the CRM's own form as it is for Notion: no table.
async fn configure(house: &House) {
    let body = json!({
        "api_token": house.sandbox.notion_token(),
        "base_id": house.sandbox.notion_database_id().replace('-', ""),
        "field_mapping": names(),
    });
    house.put("/api/connectors/config/notion", body).await.ok(200);
}

fn add_pages(house: &House, count: u32) {
    for number in 0..count {
        let fields =
            json!({"Name": format!("Client {number}"), "Amount": 1_000 + number, "Status": "Prospect"});
        house.sandbox.edit(&Edit::create_record(fields).of(Remote::Notion)).unwrap();
    }
}

#[tokio::test]
async fn a_connection_is_tried_in_three_requests_whatever_the_size_of_the_database() {
    let house = House::fresh(Kind::Sqlite).await;
    configure(&house).await;
    for (more, records, told) in [
        (0, 0, "Connexion réussie à « Deals » : 0 enregistrement"),
        (100, 100, "Connexion réussie à « Deals » : 100 enregistrements"),
        (150, 100, "Connexion réussie à « Deals » : plus de 100 enregistrements"),
    ] {
        add_pages(&house, more);
        house.sandbox.reset_stats();
        let tried = house.press(TEST).await.ok(200);
        assert_eq!((&tried["success"], &tried["message"]), (&json!(true), &json!(told)), "{tried:#}");
        assert_eq!((&tried["table_name"], &tried["record_count"]), (&json!("Deals"), &json!(records)));
        assert!(house.sandbox.stats().requests() <= 3, "{:#?}", house.sandbox.stats());
    }
    house.close().await;
}

#[rstest]
#[case::postgres(Kind::Postgres)]
#[case::sqlite(Kind::Sqlite)]
#[tokio::test]
async fn a_database_is_imported_and_the_deals_are_exported_into_it(#[case] kind: Kind) {
    let house = House::fresh(kind).await;
    configure(&house).await;
    add_pages(&house, 2);
    let import = house.press("/api/sync/notion/import").await.ok(200);
    assert_eq!((&import["status"], &import["records_created"]), (&json!("success"), &json!(2)), "{import:#}");
    let mut clients = house.clients();
    clients.sort();
    assert_eq!(clients, ["Client 0", "Client 1"]);
    house.deal("Atelier Morin");
    let export = house.press("/api/sync/notion/export").await.ok(200);
    assert_eq!((&export["status"], &export["records_created"]), (&json!("success"), &json!(1)), "{export:#}");
    assert_eq!(house.sandbox.notion_page_ids().len(), 3);
    let state = house.get("/api/sync/notion").await.ok(200);
    assert_eq!(state["success"], true, "{state:#}");
    house.close().await;
}

#[tokio::test]
async fn what_notion_does_not_show_is_told_in_the_words_that_users_know() {
    let house = House::fresh(Kind::Sqlite).await;
    configure(&house).await;
    house.sandbox.edit(&Edit::unshare(house.sandbox.notion_database_id())).unwrap();
    let tried = house.press(TEST).await.ok(200);
    let told = tried["message"].as_str().unwrap();
    assert_eq!(tried["success"], false);
    assert!(
        told.starts_with(
            "Base de données Notion inaccessible. Vérifiez que l'intégration est connectée à la page."
        ),
        "{told}"
    );
    house.put("/api/connectors/config/notion", json!({"api_token": "ntn_WRONG"})).await.ok(200);
    let tried = house.press(TEST).await.ok(200);
    let told = tried["message"].as_str().unwrap();
    assert!(told.starts_with("Token Notion invalide ou révoqué"), "{told}");
    house.close().await;
}
