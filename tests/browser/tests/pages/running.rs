//! A sync under way: previewed with one unticked, watched from two tabs, reloaded, cancelled.

use std::time::Duration;

use connector_sandbox::Fault;
use test_browser::{Browser, Office, Screen, Setup};

/// At ten a request and five requests a second, half a minute's work: enough to look at it from two tabs.
const DEALS: usize = 1_500;

/// Applies the preview of an office with so much to do that a run takes a while.
fn begin(office: &Office) -> Browser {
    let browser = Browser::open(&office.url, Screen::default());
    browser.visit("/connectors/airtable");
    browser.press("Prévisualiser");
    browser.arrives("/plans/");
    browser.sees("À créer dans Airtable");
    office.slow_down(1_000);
    browser.click("[data-apply]");
    browser.arrives("/runs/");
    browser
}

#[test]
fn what_is_unticked_is_left_out_and_the_rest_is_done() {
    let office = Office::open(Setup { records: 0, ..Setup::connected() });
    let browser = Browser::open(&office.url, Screen::default());
    browser.visit("/connectors/airtable");
    browser.press("Prévisualiser");
    browser.arrives("/plans/");
    browser.sees("Boulangerie Lefèvre & Fils");
    assert!(browser.read("[data-apply]").starts_with("Appliquer 6"));
    browser.click("[aria-label$='Clinique Saint-Roch']");
    browser.until("the button counts", || browser.read("[data-apply]").starts_with("Appliquer 5"));
    browser.click("[data-apply]");
    browser.arrives("/runs/");
    browser.sees("Terminé");
    let names = office.sandbox.airtable_record_ids().into_iter().map(|id| {
        office.sandbox.airtable_record(&id).unwrap()["fields"]["Name"].as_str().unwrap().to_owned()
    });
    let names: Vec<String> = names.collect();
    assert_eq!(names.len(), 5, "{names:?}");
    assert!(!names.iter().any(|name| name == "Clinique Saint-Roch"), "{names:?}");
}

#[test]
fn a_run_is_watched_from_two_tabs_survives_a_reload_and_stops_when_told() {
    let office = Office::open(Setup { deals: DEALS, records: 0, ..Setup::connected() });
    let browser = begin(&office);
    browser.sees("Écriture");
    browser.until("the time left", || browser.read("[data-left]").contains("Temps restant"));
    let run = browser.path();
    browser.reload();
    browser.sees("Écriture");

    let first = browser.new_tab();
    browser.visit("/connectors/airtable");
    browser.sees("Synchronisation en cours");
    browser.press("Suivre la synchronisation");
    browser.arrives(&run);
    browser.sees("Écriture");
    browser.press("Interrompre");
    browser.sees("Interrompu à votre demande");
    browser.look_at(&first);
    browser.sees("Interrompu à votre demande");

    let done = office.sandbox.airtable_record_ids().len();
    assert!((1..DEALS).contains(&done), "{done} of {DEALS} were written before the stop");
    office.slow_down(0);
    browser.visit("/connectors/airtable");
    browser.press("Prévisualiser");
    browser.arrives("/plans/");
    let rest = browser.read("[data-apply]").replace(' ', "");
    assert_eq!(rest, format!("Appliquer{}opérations", DEALS - done), "the rest is still to be done");
}

#[test]
fn without_scripts_a_preview_that_fails_late_ends_as_a_page_that_tells_why() {
    let office = Office::open(Setup::connected());
    let browser = Browser::open(&office.url, Screen { scripts: false, ..Screen::narrow() });
    browser.visit("/connectors/airtable");
    // The fields come late, and the records not at all.
    office.sandbox.fault(Fault::delay(Duration::from_secs(4)).on("GET", "/v0/meta/bases/{base}/tables"));
    office.sandbox.fault(Fault::status(403).on("GET", "/v0/{base}/{table}"));
    browser.press("Prévisualiser");
    browser.arrives("/plans/");
    browser.sees("Les deux côtés sont lus et comparés");
    browser.sees("Cela n'a pas fonctionné");
    browser.sees("Airtable");
    browser.reload();
    browser.sees("Cela n'a pas fonctionné");
    browser.press("Revenir aux connecteurs");
    browser.arrives("/connectors");
}

#[test]
fn one_reason_why_many_deals_are_refused_is_told_once() {
    let office = Office::open(Setup { deals: 12, records: 0, ..Setup::connected() });
    for method in ["POST", "PATCH"] {
        office.sandbox.fault(Fault::status(422).on(method, "/v0/{base}/{table}"));
    }
    let browser = Browser::open(&office.url, Screen::narrow());
    browser.visit("/connectors/airtable");
    browser.press("Prévisualiser");
    browser.arrives("/plans/");
    browser.click("[data-apply]");
    browser.arrives("/runs/");
    browser.sees("12 fiches : ");
    browser.sees(" … et 9 autres");
    assert_eq!(browser.overflow(), 0);
}
