//! What the program leaves in the CRM's own tables, and takes from them.

use std::sync::Arc;

use crm_sync_server::clock::SystemClock;
use crm_sync_server::crm;
use crm_sync_server::store::{ConfigChange, Database, DieselStore};
use serde_json::json;

use crate::office::{Office, Said};

/// The office's CRM, as the CRM itself would open it.
async fn crm_of(office: &Office) -> DieselStore {
    let folder = office.folder.path().join("data");
    std::fs::create_dir_all(&folder).unwrap();
    let database = Database::sqlite(folder.join("crm.db"));
    DieselStore::open(database, crm::units().unwrap(), Arc::new(SystemClock)).await.unwrap()
}

#[tokio::test]
async fn a_configuration_of_the_first_version_is_taken_over_by_its_names() {
    let office = Office::open();
    let names = json!({"client": "Name", "montant_brut": "Amount", "statut": "Status", "notes": ""});
    let old = ConfigChange {
        base_id: Some(office.base().to_owned()),
        table_name: Some("Deals".to_owned()),
        field_mapping: Some(names.to_string()),
        is_active: Some(true),
    };
    crm_of(&office).await.save_connector_config("airtable", old).await.unwrap();
    let said = office.run(&["configure", "airtable", "--json"]);
    assert_eq!(said.code, 0, "{said:?}");
    let mapping = &said.json()["settings"]["connection"]["mapping"];
    let pairs = mapping["pairs"].as_array().unwrap();
    let units: Vec<&str> = pairs.iter().map(|pair| pair["unit"].as_str().unwrap()).collect();
    assert_eq!(units, ["client", "statut", "montant_brut"]);
    assert_eq!(mapping["natural_key"], json!(["client"]));
}

#[tokio::test]
async fn the_crms_own_list_shows_each_direction_of_a_sync() {
    let office = Office::connected();
    office.deals(&["Atelier Morin,Lead,2026-12-01,Zoé,SaaS,note,1200"]);
    office.record("Verrerie Nord", 3_000, "Qualifié");
    office.record("Chocolaterie", 0, "Prospect");
    assert_eq!(office.run(&["sync", "airtable", "--yes"]).code, 3);
    let logs = crm_of(&office).await.sync_logs(Some("airtable"), 10).await.unwrap();
    let lines: Vec<_> = logs
        .iter()
        .map(|log| (log.direction.as_str(), log.status.as_str(), log.processed, log.created))
        .collect();
    let expected = [("export", "partial", Some(1), Some(1)), ("import", "partial", Some(2), Some(1))];
    assert_eq!(lines, expected);
    let error = logs[0].error.as_deref().unwrap();
    assert!(error.contains("Chocolaterie : doit être supérieur à zéro"), "{error}");
}

#[test]
fn the_same_commands_work_beside_a_crm_on_postgresql() {
    let office = Office::open();
    let database = test_postgres::CLUSTER.database();
    let run = |arguments: &[&str]| {
        let output = office.command(arguments).env("DATABASE_URL", database.url()).output();
        Said::from(output.unwrap())
    };
    let configured =
        ["configure", "airtable", "--base", office.base(), "--table", "Deals", "--key-field", "create"];
    assert_eq!(run(&configured).code, 0);
    let file = office.csv(&["Atelier Morin,Lead,2026-12-01,Zoé,SaaS,note,8500.10"]);
    assert_eq!(run(&["import-csv", file.to_str().unwrap()]).code, 0);
    office.record("Verrerie Nord", 3_000, "Qualifié");
    let synced = run(&["sync", "airtable", "--yes"]);
    assert_eq!(synced.code, 0, "{synced:?}");
    assert_eq!(office.clients(), ["Atelier Morin", "Verrerie Nord"]);
    let again = run(&["sync", "airtable"]);
    assert!(again.text().contains("rien à écrire"), "{again:?}");
    assert_eq!(run(&["status"]).code, 0);
}
