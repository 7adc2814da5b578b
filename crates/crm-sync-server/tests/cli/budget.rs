//! The requests of a month: counted, foreseen, and no more than allowed.

use serde_json::json;

use crate::office::Office;

#[test]
fn every_request_counts_and_a_plan_beyond_the_month_waits_for_a_person() {
    let office = Office::connected();
    assert_eq!(office.run(&["sync", "airtable", "--yes"]).code, 0);
    let month = |office: &Office| office.run(&["check", "--json"]).json()["month"].clone();
    let sent = || {
        let stats = serde_json::to_value(office.sandbox.stats()).unwrap();
        let routes = stats["routes"].as_array().unwrap().clone();
        routes.iter().map(|route| route["requests"].as_u64().unwrap()).sum::<u64>()
    };
    let told = month(&office);
    assert_eq!((&told["used"], &told["limit"]), (&json!(sent()), &json!(null)), "{told:#}");
    assert!(told["foreseen"].as_u64() >= told["used"].as_u64(), "{told:#}");

    assert_eq!(office.run(&["configure", "airtable", "--monthly-calls", "1"]).code, 0);
    assert_eq!(month(&office)["left"], 0);
    let idle = office.run(&["sync", "airtable"]);
    assert_eq!(idle.code, 0, "what writes nothing needs no more: {idle:?}");
    office.deals(&["Atelier Morin,Lead,2026-12-01,Zoé,SaaS,note,1200"]);
    let before = office.writes();
    let halted = office.run(&["sync", "airtable"]);
    assert_eq!((halted.code, office.writes()), (4, before), "{halted:?}");
    assert!(halted.text().contains("--override budget"), "{halted:?}");
    let told = office.run(&["check"]);
    assert!(told.text().contains("pour une limite de 1. Synchronisez moins souvent"), "{told:?}");
    assert_eq!(office.run(&["sync", "airtable", "--override", "budget"]).code, 0);
    assert_eq!(office.clients().len(), 1);

    assert_eq!(office.run(&["configure", "airtable", "--monthly-calls", "0"]).code, 0);
    assert_eq!(month(&office)["limit"], json!(null));
}

#[test]
fn the_doctor_says_what_a_page_that_cannot_be_read_means() {
    let office = Office::connected();
    office.sandbox.fault(connector_sandbox::Fault::status(403).on("POST", "/v0/{base}/{table}/listRecords"));
    office.sandbox.fault(connector_sandbox::Fault::status(403).on("GET", "/v0/{base}/{table}"));
    let said = office.run(&["check"]);
    assert_eq!(said.code, 1, "{said:?}");
    let told = said.text();
    assert!(
        told.contains("✓ La table est lisible") && told.contains("✗ Le jeton Airtable n'a pas ce droit"),
        "{told}"
    );
    assert!(told.contains("Airtable laisse passer 300 requêtes par minute"), "{told}");
}
