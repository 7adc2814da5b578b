//! `sync`, `plan`, `apply` and `status`.

use std::process::Stdio;

use connector_sandbox::{Edit, Fault};
use serde_json::json;

use crate::office::{Office, Said};

const DEALS: [&str; 2] =
    ["Atelier Morin,Lead,2026-12-01,Zoé,SaaS,note,1200", "Hôtel Bréhat,won,2026-12-02,,B2B,,800.10"];

/// An office with two deals and two records, nothing of it linked.
fn furnished() -> Office {
    let office = Office::connected();
    assert_eq!(office.deals(&DEALS).code, 0);
    office.record("Verrerie Nord", 3_000, "Qualifié");
    office.record("Atelier Morin", 1_200, "Prospect");
    office
}

#[test]
fn both_ways_once_and_then_nothing_more() {
    let office = furnished();
    let said = office.run(&["sync", "airtable", "--yes"]);
    assert_eq!(said.code, 0, "{said:?}");
    assert!(said.text().contains("Le CRM : 1 deal créé"), "{said:?}");
    assert_eq!(office.clients(), ["Atelier Morin", "Hôtel Bréhat", "Verrerie Nord"]);
    let before = office.writes();
    let again = office.run(&["sync", "airtable"]);
    assert_eq!(again.code, 0, "{again:?}");
    assert!(again.text().contains("Tout est déjà en accord : rien à écrire."), "{again:?}");
    assert_eq!(office.writes(), before);
}

#[test]
fn an_import_writes_the_crm_and_an_export_the_table() {
    let office = furnished();
    let import = office.run(&["sync", "airtable", "--import", "--yes", "--json"]).json();
    assert_eq!(import["run"]["counts"]["created_crm"], 1, "{import:#}");
    assert_eq!(import["run"]["counts"]["created_remote"], 0, "{import:#}");
    assert_eq!(office.clients().len(), 2);
    let export = office.run(&["sync", "airtable", "--export", "--json"]).json();
    assert_eq!(
        (&export["status"], &export["run"]["counts"]["created_remote"]),
        (&json!("ok"), &json!(1)),
        "{export:#}"
    );
    assert_eq!(office.clients().len(), 3);
}

#[test]
fn the_first_plan_waits_for_an_approval_and_is_applied_exactly() {
    let office = furnished();
    let before = office.writes();
    let waits = office.run(&["sync", "airtable"]);
    assert_eq!(waits.code, 4, "{waits:?}");
    assert!(waits.err.contains("crm-sync-server apply"), "{waits:?}");
    assert_eq!(office.writes(), before);

    let plan = office.run(&["plan", "airtable", "--json"]).json()["plan"].clone();
    let id = plan["id"].as_str().unwrap();
    let ops = plan["ops"].as_array().unwrap();
    let create = ops.iter().find(|op| op["action"] == "create_record").unwrap();
    assert_eq!(create["label"], "Hôtel Bréhat");
    let applied = office.run(&["apply", id, "--without", &create["seq"].to_string()]);
    assert_eq!(applied.code, 0, "{applied:?}");
    assert_eq!(office.clients().len(), 2);
    let twice = office.run(&["apply", id]);
    assert_eq!(twice.code, 1);
    assert!(twice.err.contains("a déjà été appliqué"), "{twice:?}");
    let unknown = office.run(&["apply", "nope"]);
    assert!(unknown.code == 1 && unknown.err.contains("Le plan nope n'existe pas"), "{unknown:?}");
}

#[test]
fn a_dry_run_changes_nothing() {
    let office = furnished();
    let before = office.writes();
    let said = office.run(&["sync", "airtable", "--dry-run"]);
    assert_eq!(said.code, 0, "{said:?}");
    assert!(said.text().contains("Rien n'a été modifié. Pour appliquer exactement ce plan"), "{said:?}");
    assert_eq!(office.writes(), before);
    let status = office.run(&["status"]);
    assert!(status.text().contains("Aucune synchronisation effectuée pour le moment"), "{status:?}");
}

#[test]
fn one_bad_record_stops_no_other_and_makes_the_sync_partial() {
    let office = furnished();
    office.record("Chocolaterie", 0, "Prospect");
    let said = office.run(&["sync", "all", "--yes"]);
    assert_eq!(said.code, 3, "{said:?}");
    assert!(said.text().contains("Chocolaterie — Montant (« Amount ») = 0,00 €"), "{said:?}");
    assert!(said.text().contains("Le CRM : 1 deal créé"), "{said:?}");
    let status = office.run(&["status", "--json"]).json();
    assert_eq!(status["connections"][0]["runs"][0]["status"], "partial", "{status:#}");
}

#[test]
fn a_guard_halts_the_sync_until_it_is_overridden() {
    let office = furnished();
    assert_eq!(office.run(&["sync", "airtable", "--yes"]).code, 0);
    for id in office.sandbox.airtable_record_ids() {
        office.sandbox.edit(&Edit::delete_record(&id)).unwrap();
    }
    let halted = office.run(&["sync", "airtable"]);
    assert_eq!(halted.code, 4, "{halted:?}");
    assert!(halted.text().contains("--override empty_side"), "{halted:?}");
    let passed = office.run(&["sync", "airtable", "--override", "empty_side"]);
    assert!(passed.code != 4 && passed.code != 2, "{passed:?}");
}

#[test]
fn a_remote_that_is_away_is_told_and_noted() {
    let office = furnished();
    assert_eq!(office.run(&["sync", "airtable", "--yes"]).code, 0);
    office.sandbox.fault(Fault::status(404).on("GET", "/v0/meta/bases/{base}/tables"));
    let said = office.run(&["sync", "airtable", "--lang", "en"]);
    assert_eq!(said.code, 1, "{said:?}");
    assert!(said.text().contains("Airtable base not found"), "{said:?}");
    let status = office.run(&["status"]);
    assert!(status.text().contains("Échec"), "{status:?}");
}

#[test]
fn a_second_sync_names_the_one_that_is_under_way() {
    let office = furnished();
    assert_eq!(office.run(&["sync", "airtable", "--yes"]).code, 0);
    office.sandbox.set_knobs(connector_sandbox::Knobs { latency_ms: 3_000, ..office.sandbox.knobs() });
    let mut first =
        office.command(&["sync", "airtable"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = std::io::BufRead::lines(std::io::BufReader::new(first.stderr.take().unwrap()));
    let run = lines.next().unwrap().unwrap().strip_prefix("Exécution ").unwrap().to_owned();
    let second = office.run(&["sync", "airtable", "--json"]);
    assert_eq!(second.code, 0, "{second:?}");
    let told = second.json();
    assert_eq!((&told["status"], &told["run"]), (&json!("already_running"), &json!(run)), "{told:#}");
    assert_eq!(first.wait().unwrap().code(), Some(0));
}

#[test]
fn ctrl_c_ends_a_sync_between_operations_and_the_next_one_does_the_rest() {
    let office = Office::connected();
    let rows: Vec<String> =
        (0..120).map(|number| format!("Client {number},Lead,,,,,{}", 100 + number)).collect();
    office.deals(&rows.iter().map(String::as_str).collect::<Vec<_>>());
    office.sandbox.set_knobs(connector_sandbox::Knobs { latency_ms: 800, ..office.sandbox.knobs() });
    let mut first = office.command(&["sync", "airtable", "--yes", "--json"]);
    let mut first = first.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = std::io::BufRead::lines(std::io::BufReader::new(first.stderr.take().unwrap()));
    // The sync is under way as soon as the sandbox was asked.
    while office.sandbox.stats().requests_to("GET", "/v0/{base}/{table}") == 0 {
        assert!(first.try_wait().unwrap().is_none(), "the sync ended early");
        std::thread::yield_now();
    }
    let interrupted = std::process::Command::new("kill").args(["-INT", &first.id().to_string()]).status();
    assert!(interrupted.unwrap().success());
    assert!(lines.any(|line| line.unwrap().contains("Interruption demandée")));
    let ended = Said::from(first.wait_with_output().unwrap());
    assert_eq!((ended.code, &ended.json()["status"]), (3, &json!("cancelled")), "{ended:?}");
    office.sandbox.set_knobs(connector_sandbox::Knobs { latency_ms: 0, ..office.sandbox.knobs() });
    assert_eq!(office.run(&["sync", "airtable", "--yes"]).code, 0);
    assert_eq!(office.clients().len(), 120);
}

#[test]
fn nothing_configured_is_told_with_the_command_that_configures() {
    let office = Office::open();
    for command in ["sync", "plan", "check"] {
        let said = office.run(&[command, "airtable"]);
        let told = format!("{}{}", said.out, said.err);
        assert!(said.code == 1 && told.contains("Configurez d'abord le connecteur"), "{said:?}");
    }
    let said: Said = office.run(&["status"]);
    assert!(said.code == 1 && said.err.contains("Aucune configuration trouvée"), "{said:?}");
}

#[test]
fn one_unknown_stage_of_many_rows_is_one_warning() {
    let office = Office::connected();
    for number in 0..12 {
        let fields = json!({"Name": format!("Client {number:02}"), "Amount": 100, "Status": "Perdu"});
        office.sandbox.edit(&Edit::create_record(fields)).unwrap();
    }
    let told = office.run(&["sync", "airtable", "--dry-run"]).text();
    assert!(told.contains("Synchronisé avec un changement (12)"), "{told}");
    assert!(told.contains("12 fiches : Client ") && told.contains(" … et 9 autres"), "{told}");
    assert_eq!(told.matches("« Perdu »").count(), 1, "{told}");
}
