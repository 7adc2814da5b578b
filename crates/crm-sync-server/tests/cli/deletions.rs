//! Deletions: how far they go, waiting for an answer, and the mark.

use connector_sandbox::Edit;
use rstest::rstest;
use serde_json::json;

use crate::office::{Kind, Office};

/// An office with two deals in agreement, whose deletions go as far as these options say; the record of the first.
fn agreed(kind: Kind, options: &[&str]) -> (Office, String) {
    let office = Office::connected_beside(kind);
    let configured = office.run(&[&["configure", "airtable"], options].concat());
    assert_eq!(configured.code, 0, "{configured:?}");
    let deals = ["Atelier Morin,Lead,2026-12-01,Zoé,SaaS,note,1200", "Hôtel Bréhat,won,2026-12-02,,B2B,,800"];
    assert_eq!(office.deals(&deals).code, 0);
    assert_eq!(office.run(&["sync", "airtable", "--yes"]).code, 0);
    let ids = office.sandbox.airtable_record_ids();
    let first = ids.into_iter().find(|id| office.cell(id, "Name") == "Atelier Morin").unwrap();
    (office, first)
}

fn deals(office: &Office) -> u64 {
    let read = office.run(&["plan", "airtable", "--json"]).json();
    read["plan"]["reading"]["deals"].as_u64().unwrap()
}

#[rstest]
#[case::postgres(Kind::Postgres)]
#[case::sqlite(Kind::Sqlite)]
fn a_deletion_waits_for_an_answer_which_does_nothing_else(#[case] kind: Kind) {
    let (office, record) = agreed(kind, &["--deletions-in-crm", "archive", "--deletions-ask", "true"]);
    office.sandbox.edit(&Edit::delete_record(&record)).unwrap();
    assert_eq!(office.run(&["sync", "airtable"]).code, 0);
    assert_eq!(deals(&office), 2, "it waits");
    let status = office.run(&["status"]);
    assert!(status.text().contains("1 suppression attend votre accord"), "{status:?}");
    let listed = office.run(&["questions"]);
    assert!(listed.text().contains("Atelier Morin") && listed.text().contains(&record), "{listed:?}");
    assert!(listed.text().contains("crm-sync-server answer airtable delete|keep"), "{listed:?}");

    office.crm("UPDATE deals SET notes = 'plus tard' WHERE client = 'Hôtel Bréhat'");
    let answered = office.run(&["answer", "airtable", "delete", &record, "--json"]);
    assert_eq!(answered.code, 0, "{answered:?}");
    let counts = answered.json()["run"]["counts"].clone();
    assert_eq!((&counts["deleted_crm"], &counts["pushed"]), (&json!(1), &json!(0)), "{counts:#}");
    assert_eq!(deals(&office), 1);
    assert_eq!(office.run(&["status", "--json"]).json()["connections"][0]["deletions_waiting"], 0);

    let undone = office.run(&["undo", "last", "--yes"]);
    assert_eq!((undone.code, deals(&office)), (0, 2), "{undone:?}");
}

#[test]
fn what_is_kept_stays_and_is_asked_no_more() {
    let (office, record) =
        agreed(Kind::Sqlite, &["--deletions-in-crm", "archive", "--deletions-ask", "true"]);
    office.sandbox.edit(&Edit::delete_record(&record)).unwrap();
    assert_eq!(office.run(&["sync", "airtable"]).code, 0);
    let kept = office.run(&["answer", "airtable", "keep", &record]);
    assert_eq!(kept.code, 0, "{kept:?}");
    assert_eq!(office.run(&["sync", "airtable"]).code, 0);
    assert_eq!(deals(&office), 2);
    assert!(office.run(&["questions"]).text().contains("aucune question n'attend"));
}

#[test]
fn a_record_whose_deal_was_deleted_gets_the_mark() {
    let (office, record) =
        agreed(Kind::Sqlite, &["--deletions-in-remote", "flag", "--mark-record", "Signed=oui"]);
    office.crm("DELETE FROM deals WHERE client = 'Atelier Morin'");
    assert_eq!(office.run(&["sync", "airtable"]).code, 0);
    assert_eq!(office.cell(&record, "Signed"), json!(true));
    assert_eq!(office.clients().len(), 2);
}

#[test]
fn what_would_not_do_is_refused_and_a_missing_mark_is_told() {
    let office = Office::connected();
    let configure = |options: &[&str]| office.run(&[&["configure", "airtable"], options].concat());
    for (mark, told) in [
        ("Amount=1", "« Amount » est associé"),
        ("Signed=peut-être", "« Signed » ne peut pas contenir « peut-être »"),
        ("Files=x", "« Files » ne peut pas contenir de marque"),
        ("Nulle part=x", "La table n'a pas de champ « Nulle part »"),
    ] {
        let refused = configure(&["--mark-record", mark]);
        assert!(refused.code == 1 && refused.err.contains(told), "{refused:?}");
    }
    let unmarked = configure(&["--deletions-in-remote", "archive"]);
    assert!(
        unmarked.text().contains("faute de marque. Choisissez-en une avec --mark-record"),
        "{unmarked:?}"
    );
    assert!(office.run(&["check"]).text().contains("faute de marque"));
    assert_eq!(configure(&["--deletions-in-crm", "sometimes"]).code, 2);
}
