//! `undo`, `verify`, `conflicts`, `questions` and `answer`.

use connector_sandbox::{Edit, Fault};
use rstest::rstest;
use serde_json::{Value, json};

use crate::office::{Kind, Office};

/// An office with one deal in agreement; its record.
fn agreed(kind: Kind) -> (Office, String) {
    let office = Office::connected_beside(kind);
    assert_eq!(office.deals(&["Atelier Morin,Lead,2026-12-01,Zoé,SaaS,note,1200"]).code, 0);
    assert_eq!(office.run(&["sync", "airtable", "--yes"]).code, 0);
    let record = office.sandbox.airtable_record_ids().remove(0);
    (office, record)
}

fn edit(office: &Office, record: &str, fields: Value) {
    office.sandbox.edit(&Edit::update_record(record, fields)).unwrap();
}

fn runs(office: &Office) -> Vec<Value> {
    let status = office.run(&["status", "--json"]).json();
    status["connections"][0]["runs"].as_array().unwrap().clone()
}

#[rstest]
#[case::postgres(Kind::Postgres)]
#[case::sqlite(Kind::Sqlite)]
fn a_run_is_taken_back_and_so_is_its_undoing(#[case] kind: Kind) {
    let (office, record) = agreed(kind);
    edit(&office, &record, json!({"Amount": 1500}));
    office.crm("UPDATE deals SET notes = 'rappeler'");
    assert_eq!(office.run(&["sync", "airtable"]).code, 0);
    let run = runs(&office)[0]["id"].as_str().unwrap().to_owned();

    let before = office.writes();
    let asked = office.run(&["undo", "last"]);
    assert_eq!(asked.code, 4, "{asked:?}");
    assert!(asked.text().contains(&format!("Annulation de l'exécution {run}")), "{asked:?}");
    assert!(asked.text().contains("Montant : 1 500,00 € → 1 200,00 €"), "{asked:?}");
    assert!(asked.err.contains("crm-sync-server apply"), "{asked:?}");
    assert_eq!(office.run(&["undo", &run, "--dry-run"]).code, 0);
    assert_eq!((office.writes(), office.cell(&record, "Amount")), (before, json!(1500)));

    let undone = office.run(&["undo", &run, "--yes", "--json"]);
    assert_eq!(undone.code, 0, "{undone:?}");
    assert_eq!(undone.json()["run"]["purpose"], json!({"kind": "undo", "run": run}), "{undone:?}");
    assert_eq!(office.cell(&record, "Notes"), json!("note"));
    let verified = office.run(&["verify", "airtable", "--json"]).json();
    assert_eq!(verified["status"], "in_agreement", "they agree to differ: {verified:#}");
    let nothing = office.run(&["sync", "airtable"]);
    assert!(nothing.text().contains("rien à écrire"), "it does not come back by itself: {nothing:?}");

    let by = undone.json()["run"]["id"].as_str().unwrap().to_owned();
    let of = |id: &str| runs(&office).into_iter().find(|one| one["id"] == id).unwrap();
    assert_eq!(of(&run)["undone_by"], json!(by));
    assert!(office.run(&["status"]).text().contains(&format!("annulée par {by}")));
    let twice = office.run(&["undo", &run, "--yes"]);
    assert_eq!(twice.code, 1, "{twice:?}");
    assert!(twice.err.contains(&format!("l'exécution {by} l'a déjà annulée")), "{twice:?}");

    let again = office.run(&["undo", "last", "--yes", "--json"]).json();
    assert_eq!(again["run"]["purpose"]["run"], json!(by), "{again:#}");
    assert_eq!(office.cell(&record, "Notes"), json!("rappeler"));
    assert_eq!(of(&run)["undone_by"], json!(null), "it is in force again");
    assert_eq!(of(&by)["undone_by"], again["run"]["id"]);
}

#[test]
fn an_undoing_says_first_what_stays_and_why() {
    let (office, record) = agreed(Kind::Sqlite);
    let created = office.run(&["undo", "last"]);
    assert_eq!(created.code, 4, "{created:?}");
    let told = created.text();
    assert!(told.contains("Restera tel quel (1)\n  • Atelier Morin"), "{told}");
    assert!(told.contains("Rien ne peut être annulé"), "a record made in Airtable cannot be trashed: {told}");

    office.crm("UPDATE deals SET notes = 'un', montant_brut = 7");
    assert_eq!(office.run(&["sync", "airtable"]).code, 0);
    edit(&office, &record, json!({"Notes": "plus tard"}));
    let undone = office.run(&["undo", "last", "--yes"]);
    assert_eq!(undone.code, 0, "{undone:?}");
    let told = undone.text();
    let (stays, goes) =
        (told.find("Notes (« Notes ») = « plus tard »\n    modifié depuis"), told.find("À mettre à jour"));
    assert!(stays.is_some() && stays < goes, "{told}");
    assert_eq!(office.cell(&record, "Notes"), json!("plus tard"));
    assert_eq!(office.cell(&record, "Amount"), json!(1200));
}

#[test]
fn what_cannot_be_undone_is_refused_in_words() {
    let office = Office::connected();
    let none = office.run(&["undo", "last"]);
    assert!(none.code == 1 && none.err.contains("il n'y a rien à annuler"), "{none:?}");
    let unknown = office.run(&["undo", "nope"]);
    assert!(unknown.code == 1 && unknown.err.contains("L'exécution nope n'existe pas"), "{unknown:?}");
    assert_eq!(office.run(&["sync", "airtable", "--yes"]).code, 0);
    let empty = runs(&office)[0]["id"].as_str().unwrap().to_owned();
    let wrote_nothing = office.run(&["undo", &empty]);
    assert!(
        wrote_nothing.code == 1 && wrote_nothing.err.contains("elle n'a rien écrit"),
        "{wrote_nothing:?}"
    );

    office.deals(&["Atelier Morin,Lead,2026-12-01,Zoé,SaaS,note,1200"]);
    assert_eq!(office.run(&["sync", "airtable"]).code, 0);
    let other = office.run(&[
        "configure",
        "airtable",
        "--base",
        office.base(),
        "--table",
        "Companies",
        "--map",
        "montant_brut=",
    ]);
    if other.code == 0 {
        let refused = office.run(&["undo", "last"]);
        assert!(refused.code == 1 && refused.err.contains("une autre table est connectée"), "{refused:?}");
    }
}

#[test]
fn a_verification_names_what_differs_and_is_remembered() {
    let (office, record) = agreed(Kind::Sqlite);
    assert!(office.run(&["status"]).text().contains("Jamais vérifié"));
    let agrees = office.run(&["verify"]);
    assert_eq!(agrees.code, 0, "{agrees:?}");
    assert!(agrees.text().contains("CRM et Airtable sont en accord : 1 paire comparée."), "{agrees:?}");

    edit(&office, &record, json!({"Amount": 1500}));
    let before = office.writes();
    let drift = office.run(&["verify", "airtable"]);
    assert_eq!(drift.code, 3, "{drift:?}");
    let told = drift.text();
    for wanted in [
        "Atelier Morin — Montant",
        "Le CRM : 1 200,00 €",
        "Airtable : 1 500,00 €",
        "Dernier accord : 1 200,00 €",
    ] {
        assert!(told.contains(wanted), "“{wanted}” is missing:\n{told}");
    }
    let found = office.run(&["verify", "airtable", "--json"]);
    assert_eq!((found.code, &found.json()["status"]), (3, &json!("drift")), "{found:?}");
    let status = office.run(&["status", "--json"]).json();
    assert_eq!(status["connections"][0]["verified"]["found"]["drifts"], 1, "{status:#}");
    assert_eq!(office.writes(), before);
    assert_eq!(runs(&office).len(), 1, "it is no run");
}

#[rstest]
#[case::postgres(Kind::Postgres)]
#[case::sqlite(Kind::Sqlite)]
fn the_other_value_of_a_conflict_is_one_command_away(#[case] kind: Kind) {
    let (office, record) = agreed(kind);
    assert_eq!(office.run(&["configure", "airtable", "--strategy", "manual"]).code, 0);
    edit(&office, &record, json!({"Amount": 1500}));
    office.crm("UPDATE deals SET montant_brut = 1300");
    assert_eq!(office.run(&["sync", "airtable"]).code, 4, "another strategy is looked at first");
    office.run(&["sync", "airtable", "--override", "settings_changed"]);
    let listed = office.run(&["conflicts"]);
    assert!(listed.text().contains("Conflits qui attendent votre décision (1)"), "{listed:?}");
    let open = office.run(&["conflicts", "airtable", "--json"]).json()["results"][0]["open"].clone();
    let id = open[0]["conflict"]["id"].as_str().unwrap();
    let listings = || office.sandbox.stats().requests_to("POST", "/v0/{base}/{table}/listRecords");
    let before = listings();

    let used = office.run(&["conflicts", "use", &id[..10], "remote"]);
    assert_eq!(used.code, 0, "{used:?}");
    let amount = |office: &Office| {
        let plan = office.run(&["verify", "airtable", "--json"]).json();
        (plan["status"].clone(), office.cell(&record, "Amount"))
    };
    assert_eq!(amount(&office), (json!("in_agreement"), json!(1500)));
    let decided = office.run(&["conflicts", "--json"]).json()["results"][0].clone();
    assert_eq!(decided["open"], json!([]), "{decided:#}");
    assert_eq!(decided["decided"][0]["conflict"]["winner"], "remote", "{decided:#}");

    let other = office.run(&["conflicts", "use", id, "crm", "--json"]);
    assert_eq!(other.json()["run"]["purpose"]["kind"], "choice", "{other:?}");
    assert_eq!(amount(&office), (json!("in_agreement"), json!(1300)));
    assert!(listings() > before, "only the verifications listed the table");

    edit(&office, &record, json!({"Amount": 9}));
    let moved = office.run(&["conflicts", "use", id, "remote"]);
    assert!(moved.code == 1 && moved.err.contains("la valeur a été modifiée depuis ce conflit"), "{moved:?}");
    let unknown = office.run(&["conflicts", "use", "zzz", "crm"]);
    assert!(unknown.code == 1 && unknown.err.contains("Le conflit zzz n'existe pas"), "{unknown:?}");
}

#[test]
fn a_question_is_listed_and_answered_without_touching_anything_else() {
    let (office, record) = agreed(Kind::Sqlite);
    let copy =
        office.sandbox.edit(&Edit::duplicate_record(&record)).unwrap()["id"].as_str().unwrap().to_owned();
    assert_eq!(office.run(&["sync", "airtable"]).code, 0);
    let listed = office.run(&["questions"]);
    assert!(listed.text().contains(&copy) && listed.text().contains("est-ce une copie"), "{listed:?}");
    edit(&office, &record, json!({"Amount": 1500}));

    let answered = office.run(&["answer", "airtable", "keep", &copy, "--json"]).json();
    assert_eq!(answered["run"]["counts"]["created_crm"], 1, "{answered:#}");
    assert_eq!(answered["run"]["counts"]["pulled"], 0, "what was not asked waits: {answered:#}");
    let none = office.run(&["questions"]);
    assert!(none.text().contains("aucune question n'attend"), "{none:?}");
}

#[test]
fn status_counts_what_is_set_aside_and_tells_how_to_try_it_again() {
    let (office, _) = agreed(Kind::Sqlite);
    office.crm("UPDATE deals SET notes = 'rappeler'");
    office.sandbox.fault(Fault::status(422).on("PATCH", "/v0/{base}/{table}"));
    for _ in 0..5 {
        assert_eq!(office.run(&["sync", "airtable"]).code, 3);
    }
    let status = office.run(&["status"]);
    assert!(status.text().contains("1 fiche refusée cinq fois de suite est mise de côté"), "{status:?}");
    assert!(status.text().contains("crm-sync-server sync airtable --retry"), "{status:?}");
    assert_eq!(office.run(&["status", "--json"]).json()["connections"][0]["set_aside"], 1);
    office.sandbox.clear_faults();
    assert_eq!(office.run(&["sync", "airtable", "--retry"]).code, 0);
    assert_eq!(office.run(&["status", "--json"]).json()["connections"][0]["set_aside"], 0);
}
