//! `configure`, `check` and `import-csv`.

use connector_sandbox::{Edit, TokenGrant};
use serde_json::json;

use crate::office::Office;

#[test]
fn a_table_is_connected_by_name_and_its_columns_are_recognised() {
    let office = Office::open();
    let said = office.run(&[
        "configure",
        "airtable",
        "--base",
        "Ventes",
        "--table",
        "deals",
        "--key-field",
        "create",
        "--json",
    ]);
    assert_eq!(said.code, 0, "{said:?}");
    let mapping = &said.json()["settings"]["connection"]["mapping"];
    assert_eq!(mapping["pairs"].as_array().unwrap().len(), 7, "{mapping:#}");
    assert_eq!(mapping["natural_key"], json!(["client"]));
    assert_eq!(mapping["key_field"], office.sandbox.airtable_field_id("CRM ID").unwrap());
    let again = office.run(&[
        "configure",
        "airtable",
        "--map",
        "notes=Brief",
        "--map",
        "assignee=",
        "--strategy",
        "crm_wins",
        "--json",
    ]);
    let connection = &again.json()["settings"]["connection"];
    assert_eq!(connection["policy"]["strategy"], "crm_wins");
    let pairs = connection["mapping"]["pairs"].as_array().unwrap();
    assert!(pairs.iter().any(|pair| pair["unit"] == "notes" && pair["label"] == "Brief"), "{pairs:#?}");
    assert!(pairs.iter().all(|pair| pair["unit"] != "assignee"), "{pairs:#?}");
    assert_eq!(connection["mapping"]["key_field"], mapping["key_field"]);
}

#[test]
fn what_is_not_there_is_told_with_what_there_is() {
    let office = Office::open();
    let configure =
        |more: &[&str]| office.run(&[&["configure", "airtable", "--base", office.base()], more].concat());
    for (arguments, wanted) in [
        (
            &["--table", "Dela"][..],
            "Table introuvable : « Dela ». Cette base contient « Deals », « Companies ».",
        ),
        (&["--table", "Deals", "--map", "prix=Amount"], "Le CRM n'a pas de donnée « prix »"),
        (&["--table", "Deals", "--map", "notes=Remarques"], "La table n'a pas de champ « Remarques »"),
        (&["--table", "Deals", "--map", "montant_brut=Files"], "Ces associations ne peuvent pas fonctionner"),
        (&["--table", "Deals", "--natural-key", "nom"], "Le CRM n'a pas de donnée « nom »"),
    ] {
        let said = configure(arguments);
        assert_eq!(said.code, 1, "{said:?}");
        assert!(said.err.contains(wanted), "{wanted}: {said:?}");
    }
    let unknown = office.run(&["configure", "airtable", "--base", "appAAAAAAAAAAAAAA", "--table", "Deals"]);
    assert_eq!(unknown.code, 1);
    assert!(unknown.err.contains("base Airtable") || unknown.err.contains("Base Airtable"), "{unknown:?}");
    assert!(unknown.err.contains("introuvable"), "{unknown:?}");
}

#[test]
fn a_wrong_token_and_a_missing_one_are_told_apart() {
    let office = Office::connected();
    for command in ["check", "sync"] {
        let mut wrong = office.command(&[command, "airtable"]);
        let said = crate::office::Said::from(wrong.env("AIRTABLE_TOKEN", "patWRONG.0").output().unwrap());
        assert_eq!(said.code, 1, "{said:?}");
        let told = format!("{}{}", said.out, said.err);
        assert!(told.contains("Token Airtable invalide ou expiré"), "{said:?}");
        assert!(!told.contains("patWRONG"), "{said:?}");
    }
    let mut none = office.command(&["sync", "airtable"]);
    let said = crate::office::Said::from(none.env_remove("AIRTABLE_TOKEN").output().unwrap());
    assert_eq!(said.code, 1);
    assert!(said.err.contains("Aucun jeton Airtable") && said.err.contains("AIRTABLE_TOKEN"), "{said:?}");
}

#[test]
fn the_doctor_shows_rows_losses_and_costs_and_writes_nothing() {
    let office = Office::connected();
    for number in 0..7 {
        office.record(&format!("Client {number}"), 1_000 + number, "Perdu");
    }
    let before = office.writes();
    let said = office.run(&["check"]);
    assert_eq!(said.code, 0, "{said:?}");
    let told = said.text();
    for wanted in [
        "✓ Le jeton Airtable fonctionne",
        "✓ Table « Deals »",
        "Exemples de lignes Airtable, lues comme des deals (5)",
        "[le statut « Perdu » est inconnu et devient « prospect »]",
        "Montant ↔ « Amount »",
        "Requêtes prévues à Airtable : 2",
    ] {
        assert!(told.contains(wanted), "“{wanted}” is missing:\n{told}");
    }
    let json = office.run(&["check", "--json"]).json();
    assert_eq!((&json["sound"], json["sample"].as_array().unwrap().len()), (&json!(true), 5));
    assert_eq!(office.writes(), before);
}

#[test]
fn the_doctor_names_a_column_that_is_gone() {
    let office = Office::connected();
    office.sandbox.edit(&Edit::delete_field("Amount")).unwrap();
    let said = office.run(&["check"]);
    assert_eq!(said.code, 1, "{said:?}");
    assert!(said.text().contains("✗ Montant ↔ « Amount » : le champ n'existe plus"), "{said:?}");
}

#[test]
fn a_token_without_the_right_to_write_is_told_by_the_sync() {
    let office = Office::connected();
    office.deals(&["Atelier Morin,Lead,2026-12-01,Zoé,SaaS,note,1200"]);
    let reader = office.sandbox.issue_token(TokenGrant::read_only());
    let mut command = office.command(&["sync", "airtable", "--yes"]);
    let said = crate::office::Said::from(command.env("AIRTABLE_TOKEN", reader).output().unwrap());
    assert_eq!(said.code, 1, "{said:?}");
    assert!(said.text().contains("data.records:write"), "{said:?}");
}

#[test]
fn a_file_imported_again_adds_nothing_and_bad_rows_stop_no_other() {
    let office = Office::open();
    let rows = [
        "Été SAS,won,2026-12-31,Zoé,SaaS|B2B,note,\"12 500,50 €\"",
        ",won,2026-12-31,,,,10",
        "Sans montant,won,,,,,abc",
        "Deux fois,Lead,,,,,100",
        "Deux fois,Lead,,,,,100",
        "Perdu,perdu,,,,,5",
    ];
    let first = office.deals(&rows);
    assert_eq!(first.code, 3, "{first:?}");
    let told = first.text();
    assert!(told.contains("6 lignes lues : 4 deals créés, 0 déjà là"), "{told}");
    assert!(
        told.contains("ligne 3, Client : vide") && told.contains("ligne 4 (Sans montant), Montant"),
        "{told}"
    );
    assert!(told.contains("Statut inconnu, devenu « prospect » : « perdu »"), "{told}");
    let again = office.run(&["import-csv", "deals.csv", "--json"]).json();
    assert_eq!((&again["created"], &again["known"]), (&json!(0), &json!(4)), "{again:#}");
    let missing = office.run(&["import-csv", "absent.csv"]);
    assert_eq!(missing.code, 1);
    assert!(missing.err.contains("absent.csv : introuvable"), "{missing:?}");
}
