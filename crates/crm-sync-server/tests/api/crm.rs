//! The contract with the CRM's own page: its addresses in both spellings, its JSON, its French.

use connector_sandbox::{Edit, Fault};
use reqwest::Method;
use rstest::rstest;
use serde_json::json;

use crate::house::{House, names};
use crate::place::Kind;

const NOT_CONFIGURED: &str = "Aucune configuration trouvée pour airtable. Configurez d'abord le connecteur.";
const UNKNOWN: &str = "Provider non supporté. Valeurs acceptées: airtable, notion";

#[rstest]
#[case::postgres(Kind::Postgres)]
#[case::sqlite(Kind::Sqlite)]
#[tokio::test]
async fn a_fresh_house_is_told_what_to_do_first(#[case] kind: Kind) {
    let house = House::fresh(kind).await;
    assert_eq!(house.get("/api/connectors/config").await.ok(200), json!({"success": true, "data": []}));
    assert_eq!(house.get("/api/sync/logs").await.ok(200), json!({"success": true, "data": []}));
    for path in ["/api/connectors/test/airtable", "/api/sync/airtable/import", "/api/sync/airtable/export"] {
        let refused = house.press(path).await.ok(400);
        assert_eq!(refused, json!({"success": false, "error": NOT_CONFIGURED}), "{path}");
    }
    assert_eq!(house.press("/api/sync/airtable").await.ok(400)["error"], NOT_CONFIGURED);
    let state = house.get("/api/sync/airtable").await.ok(200);
    assert_eq!(state["message"], "Aucune synchronisation effectuée pour le moment");
    for (method, path) in [
        (Method::PUT, "/api/connectors/config/hubspot"),
        (Method::POST, "/api/connectors/test/hubspot"),
        (Method::POST, "/api/sync/hubspot/import"),
        (Method::POST, "/api/sync/hubspot/export"),
        (Method::POST, "/api/sync/hubspot"),
        (Method::GET, "/api/sync/hubspot"),
        (Method::GET, "/api/sync/logs?provider=hubspot"),
    ] {
        let refused = house.send(house.request(method, path).json(&json!({}))).await.ok(400);
        assert_eq!(refused, json!({"success": false, "error": UNKNOWN}), "{path}");
    }
    house.close().await;
}

#[rstest]
#[case::postgres(Kind::Postgres)]
#[case::sqlite(Kind::Sqlite)]
#[tokio::test]
async fn a_configuration_keeps_its_token_and_never_shows_it(#[case] kind: Kind) {
    let house = House::fresh(kind).await;
    let token = house.sandbox.airtable_token().to_owned();
    let path = "/api/connectors/config/airtable";
    let body =
        json!({"api_token": token, "base_id": "appOld", "table_name": "Deals", "field_mapping": names()});
    let saved = house.put(path, body).await.ok(200);
    assert_eq!(saved["data"]["api_token"], "***");
    assert_eq!(saved["data"]["is_active"], true);
    let mapping: serde_json::Value =
        serde_json::from_str(saved["data"]["field_mapping"].as_str().unwrap()).unwrap();
    assert_eq!(mapping, names());

    let base = house.sandbox.airtable_base_id();
    for body in [
        json!({"base_id": base}),
        json!({"base_id": base, "api_token": "***", "unknown": 1}),
        json!({"api_token": ""}),
        json!({"field_mapping": names().to_string()}),
    ] {
        assert_eq!(house.put(path, body).await.ok(200)["data"]["api_token"], "***");
    }
    let named = json!({"provider": "airtable", "is_active": false});
    assert_eq!(house.put("/api/connectors/config", named).await.ok(200)["data"]["is_active"], false);
    let named = json!({"provider": "hubspot"});
    assert_eq!(house.put("/api/connectors/config", named).await.ok(400)["error"], UNKNOWN);

    let listed = house.get("/api/connectors/config").await;
    assert!(!listed.text.contains(&token), "{listed:?}");
    assert_eq!(listed.json()["data"].as_array().unwrap().len(), 1);
    let stored = house.crm().cell("api_token", "FROM connector_configs");
    assert!(!stored.contains(&token) && !stored.is_empty(), "{stored}");
    // The stored token is the one that was given first: the connection works.
    assert_eq!(house.press("/api/connectors/test/airtable").await.ok(200)["success"], true);
    house.close().await;
}

#[rstest]
#[case::postgres(Kind::Postgres)]
#[case::sqlite(Kind::Sqlite)]
#[tokio::test]
async fn a_database_of_the_first_version_is_synced_as_it_is(#[case] kind: Kind) {
    let house = House::adopted(kind).await;
    let listed = house.get("/api/connectors/config").await.ok(200);
    assert_eq!(listed["data"][0]["api_token"], "***");
    assert_eq!(listed["data"][0]["base_id"], house.sandbox.airtable_base_id());
    let old = house.get("/api/sync/logs").await.ok(200);
    assert_eq!(old["data"][0]["error_message"], "Token ‹b›invalide‹/b›", "no HTML for a page that shows it");

    house.record(json!({"Name": "Verrerie Nord", "Amount": 3000, "Status": "Won"}));
    let tried = house.press("/api/connectors/test/airtable").await.ok(200);
    assert_eq!(tried["message"], "Connexion réussie à « Deals » : 1 enregistrement");
    assert_eq!((&tried["table_name"], &tried["record_count"]), (&json!("Deals"), &json!(1)));
    let import = house.press("/api/sync/airtable/import").await.ok(200);
    assert_eq!(import["status"], "success", "{import:#}");
    assert_eq!((&import["records_created"], &import["records_updated"]), (&json!(1), &json!(0)));
    assert_eq!(house.clients(), ["Acme", "Acme", "Verrerie Nord"]);
    let won = house.crm().cell("statut", "FROM deals WHERE client = 'Verrerie Nord'");
    assert_eq!(won, "gagné");

    let export = house.press("/api/sync/airtable/export").await.ok(200);
    assert_eq!(export["records_created"], 2, "two deals of one client are two: {export:#}");
    assert!(export.get("unknown_statuses").is_none());
    let logs = house.get("/api/sync/logs?provider=airtable&limit=2").await.ok(200);
    let told = |line: usize| {
        let line = &logs["data"][line];
        [&line["direction"], &line["status"], &line["records_created"]].map(Clone::clone)
    };
    assert_eq!(told(0), [json!("export"), json!("success"), json!(2)]);
    assert_eq!(told(1), [json!("import"), json!("success"), json!(1)]);
    house.close().await;
}

#[rstest]
#[case::postgres(Kind::Postgres)]
#[case::sqlite(Kind::Sqlite)]
#[tokio::test]
async fn a_bad_record_is_told_and_the_others_go_on(#[case] kind: Kind) {
    let house = House::fresh(kind).await;
    house.configure().await;
    let empty = house.press("/api/sync/airtable/export").await.ok(200);
    assert_eq!(empty["message"], "Aucun deal à exporter");
    assert_eq!((&empty["records_processed"], &empty["records_created"]), (&json!(0), &json!(0)));
    house.record(json!({"Name": "Atelier <i>Morin</i>", "Amount": 1200, "Status": "Perdu"}));
    house.record(json!({"Amount": 10}));
    house.record(json!({"Name": "Sans montant"}));
    let import = house.press("/api/sync/airtable/import").await.ok(200);
    assert_eq!((&import["success"], &import["status"]), (&json!(true), &json!("partial")), "{import:#}");
    assert_eq!(import["records_created"], 1);
    assert_eq!(import["errors"].as_array().unwrap().len(), 2, "{import:#}");
    let unknown = import["unknown_statuses"][0].as_str().unwrap();
    assert!(unknown.contains("Atelier ‹i›Morin") && unknown.contains("« Perdu »"), "{unknown}");
    house.close().await;
}

#[tokio::test]
async fn a_sync_that_a_guard_stopped_says_what_to_do() {
    let house = House::fresh(Kind::Sqlite).await;
    house.configure().await;
    house.deal("Atelier Morin");
    house.press("/api/sync/airtable/export").await.ok(200);
    for id in house.sandbox.airtable_record_ids() {
        house.sandbox.edit(&Edit::delete_record(&id)).unwrap();
    }
    let stopped = house.press("/api/sync/airtable/export").await.ok(200);
    let errors: Vec<&str> =
        stopped["errors"].as_array().unwrap().iter().filter_map(|error| error.as_str()).collect();
    assert_eq!(stopped["status"], "error", "{stopped:#}");
    assert!(errors[0].contains("est vide") && errors[1].contains("ouvrez l'aperçu"), "{errors:?}");
    house.close().await;
}

#[tokio::test]
async fn a_remote_that_refuses_is_told_in_the_words_that_users_know() {
    let house = House::fresh(Kind::Sqlite).await;
    house.configure().await;
    house.deal("Atelier Morin");
    house.put("/api/connectors/config/airtable", json!({"api_token": "patWRONG.0"})).await.ok(200);
    let tried = house.press("/api/connectors/test/airtable").await.ok(200);
    assert_eq!(tried["success"], false);
    assert!(tried["message"].as_str().unwrap().starts_with("Token Airtable invalide ou expiré"), "{tried}");
    let token = house.sandbox.airtable_token();
    house
        .put("/api/connectors/config/airtable", json!({"api_token": token, "base_id": "appAAAAAAAAAAAAAA"}))
        .await;
    let tried = house.press("/api/connectors/test/airtable").await.ok(200);
    let told = tried["message"].as_str().unwrap();
    assert!(told.contains("ase Airtable") && told.contains("introuvable"), "{tried}");

    // Configured, and then the token is revoked: the run is in the list, as an error.
    house.put("/api/connectors/config/airtable", json!({"base_id": house.sandbox.airtable_base_id()})).await;
    house.press("/api/sync/airtable/import").await.ok(200);
    assert!(house.sandbox.revoke_token(token));
    let failed = house.press("/api/sync/airtable/import").await.ok(500);
    assert!(failed["error"].as_str().unwrap().starts_with("Token Airtable invalide ou expiré"), "{failed}");
    let logs = house.get("/api/sync/logs?limit=1").await.ok(200);
    assert_eq!(logs["data"][0]["status"], "error", "{logs}");
    house.close().await;
}

#[rstest]
#[case::postgres(Kind::Postgres)]
#[case::sqlite(Kind::Sqlite)]
#[tokio::test]
async fn a_started_sync_is_one_run_however_often_it_is_asked_for(#[case] kind: Kind) {
    let house = House::fresh(kind).await;
    house.configure().await;
    house.deal("Hôtel Bréhat");
    house.record(json!({"Name": "Verrerie Nord", "Amount": 3000}));
    let slow = Fault::delay(std::time::Duration::from_millis(300)).on("GET", "/v0/{base}/{table}");
    house.sandbox.fault(slow.times(1));
    let (one, other) = tokio::join!(
        house.post("/api/sync/airtable", json!({"direction": "both"})),
        house.press("/api/sync/airtable")
    );
    let (one, other) = (one.ok(202), other.ok(202));
    assert_eq!(one["run"], other["run"]);
    assert_ne!(one["started"], other["started"], "one of them began it");
    let import = house.press("/api/sync/airtable/import").await.ok(200);
    assert_eq!(import["success"], true, "{import}");
    let state = house.get("/api/sync/airtable").await.ok(200);
    assert_eq!(state["status"], "success", "{state:#}");
    assert_eq!(house.clients().len(), 2);
    assert_eq!(house.sandbox.airtable_record_ids().len(), 2);
    house.close().await;
}

#[tokio::test]
async fn an_import_goes_on_when_its_caller_hangs_up() {
    let house = House::fresh(Kind::Sqlite).await;
    house.configure().await;
    house.record(json!({"Name": "Verrerie Nord", "Amount": 3000}));
    house.press("/api/connectors/test/airtable").await.ok(200);
    let slow = Fault::delay(std::time::Duration::from_millis(400)).on("GET", "/v0/{base}/{table}");
    house.sandbox.fault(slow.times(1));
    let request = house.request(Method::POST, "/api/sync/airtable/import");
    let hung_up = tokio::time::timeout(std::time::Duration::from_millis(200), request.send()).await;
    assert!(hung_up.is_err());
    for _ in 0..200 {
        if house.clients() == ["Verrerie Nord"] {
            return house.close().await;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("the import did not go on");
}
