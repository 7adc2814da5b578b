//! What a founder can take back, is asked about, and can have looked over.

use connector_sandbox::Fault;
use test_browser::{Browser, Office, Screen, Setup};

/// An office whose six deals are in both tools.
fn synced() -> Office {
    let office = Office::open(Setup { records: 0, ..Setup::connected() });
    office.run(&["sync", "airtable", "--yes"]);
    office
}

fn has_amount(office: &Office, wanted: f64) -> bool {
    let ids = office.sandbox.airtable_record_ids();
    let amount = |id: &String| office.sandbox.airtable_record(id).unwrap()["fields"]["Amount"].as_f64();
    ids.iter().filter_map(amount).any(|amount| (amount - wanted).abs() < 0.001)
}

#[test]
fn a_run_is_taken_back_by_a_plan_that_is_looked_at_first() {
    let office = synced();
    office.execute("UPDATE deals SET montant_brut = 1999 WHERE id = 1");
    office.run(&["sync", "airtable"]);
    assert!(has_amount(&office, 1_999.0));
    let browser = Browser::open(&office.url, Screen::default());
    browser.visit("/history");
    browser.click(".stack tbody th a");
    let run = browser.path();
    browser.press("Annuler cette synchronisation");
    browser.arrives("/plans/");
    browser.sees("Voici ce que l'annulation rétablirait");
    browser.sees("1 200,00 €");
    assert!(has_amount(&office, 1_999.0), "nothing is written before it is approved");
    browser.click("[data-apply]");
    browser.arrives("/runs/");
    browser.sees("Annulation");
    browser.until("the amount of before", || has_amount(&office, 1_200.0));
    browser.visit(&run);
    browser.sees("Cette synchronisation a été annulée");
}

#[test]
fn a_deletion_waits_until_it_is_approved() {
    let office = synced();
    let browser = Browser::open(&office.url, Screen::default());
    browser.visit("/connectors/airtable/mapping");
    browser.choose("#deletion-remote", "Supprimer l");
    browser.click("[data-save]");
    browser.arrives("/connectors/airtable?done=saved");
    office.execute("DELETE FROM deals WHERE id = 2");
    office.run(&["sync", "airtable", "--override", "settings_changed"]);
    assert_eq!(office.sandbox.airtable_record_ids().len(), 6, "nothing is deleted unasked");

    browser.visit("/conflicts");
    browser.sees("Clinique Saint-Roch");
    browser.press("Supprimer aussi de l'autre côté");
    browser.arrives("/runs/");
    browser.sees("Supprimer de Airtable");
    browser.until("the record is gone", || office.sandbox.airtable_record_ids().len() == 5);
    browser.visit("/conflicts");
    assert!(!browser.text().contains("Clinique Saint-Roch"), "{}", browser.text());
}

#[test]
fn a_verification_tells_where_both_sides_differ() {
    let office = synced();
    let browser = Browser::open(&office.url, Screen::default());
    browser.visit("/connectors/airtable");
    browser.press("Vérifier maintenant");
    browser.sees("CRM et Airtable sont en accord");
    office.execute("UPDATE deals SET montant_brut = 1999 WHERE id = 1");
    browser.press("Vérifier maintenant");
    browser.sees("1 écart");
    browser.sees("1 999,00 €");
}

#[test]
fn what_is_set_aside_is_told_and_tried_again_at_the_press_of_a_button() {
    let office = synced();
    office.execute("UPDATE deals SET montant_brut = 1999 WHERE id = 1");
    office.sandbox.fault(Fault::status(422).on("PATCH", "/v0/{base}/{table}"));
    for _ in 0..5 {
        office.run(&["sync", "airtable"]);
    }
    office.sandbox.clear_faults();
    let browser = Browser::open(&office.url, Screen { scripts: false, ..Screen::narrow() });
    browser.visit("/connectors/airtable");
    browser.sees("1 fiche refusée cinq fois de suite est mise de côté");
    browser.press("Prévisualiser");
    browser.arrives("/plans/");
    browser.sees("Tout est déjà en accord");
    browser.press("Réessayer");
    browser.until("the update is planned", || browser.count("[data-apply]") == 1);
    browser.click("[data-apply]");
    browser.arrives("/runs/");
    browser.until("the amount", || has_amount(&office, 1_999.0));
    browser.visit("/connectors/airtable");
    assert!(!browser.text().contains("mise de côté"), "{}", browser.text());
}
