//! Conflicts that wait for a person, and those that were decided.

use connector_sandbox::Edit;
use serde_json::json;
use test_browser::{Browser, Office, Screen, Setup};

fn office(strategy: &'static str) -> Office {
    let office = Office::open(Setup { records: 0, strategy, ..Setup::connected() });
    office.run(&["sync", "airtable", "--yes"]);
    office.disagree();
    office.run(&["sync", "airtable"]);
    office
}

fn amounts(office: &Office) -> Vec<u64> {
    let ids = office.sandbox.airtable_record_ids();
    let amount = |id: &String| office.sandbox.airtable_record(id).unwrap()["fields"]["Amount"].as_f64();
    ids.iter().filter_map(amount).map(|amount| format!("{amount:.0}").parse().unwrap()).collect()
}

#[test]
fn a_conflict_shows_both_values_and_the_one_that_is_kept_goes_to_both_sides() {
    let office = office("manual");
    let browser = Browser::open(&office.url, Screen::default());
    browser.visit("/connectors");
    browser.sees("1 conflit attend votre décision");
    browser.press("Décider des conflits");
    browser.arrives("/conflicts");
    for wanted in ["1 200,00 €", "1 350,00 €", "1 400,00 €"] {
        browser.sees(wanted);
    }
    browser.click("button[name='keep'][value='crm']");
    browser.sees("Décision appliquée");
    browser.sees("Aucun conflit n'attend votre décision");
    assert!(amounts(&office).contains(&1_350), "{:?}", amounts(&office));

    browser.press("Prendre l'autre valeur");
    browser.sees("Décision appliquée");
    assert!(amounts(&office).contains(&1_400), "{:?}", amounts(&office));
}

#[test]
fn the_story_of_a_deal_tells_who_won_and_leads_to_both_records() {
    let office = office("newest_unit");
    office.edit(&Edit::create_record(json!({"Name": "Hôtel Bréhat", "Amount": 4_200})));
    office.run(&["sync", "airtable"]);
    let browser = Browser::open(&office.url, Screen::default());
    browser.visit("/deals/1");
    browser.sees("conflit");
    browser.sees("Boulangerie Lefèvre & Fils");
    assert_eq!(browser.count("a[href^='https://airtable.com/app'][rel~='noreferrer']"), 1);
}

#[test]
fn decided_conflicts_are_paged() {
    let office = office("newest_unit");
    office.execute(
        "INSERT INTO sync_conflicts (connection, id, deal, remote, unit, state, conflict, run, noted_at) \
         WITH RECURSIVE numbers(number) AS \
             (SELECT 1 UNION ALL SELECT number + 1 FROM numbers WHERE number < 44) \
         SELECT connection, id || number, deal, remote, unit, state, conflict, run, '2026-01-02T03:04:05.000000Z' \
         FROM sync_conflicts, numbers",
    );
    let browser = Browser::open(&office.url, Screen { scripts: false, ..Screen::narrow() });
    browser.visit("/conflicts");
    browser.sees("1 à 20 sur 45");
    browser.press("Suivants");
    browser.sees("21 à 40 sur 45");
    browser.press("Suivants");
    browser.sees("41 à 45 sur 45");
    assert_eq!(browser.count("[aria-labelledby='decided'] form"), 5);
    browser.press("Précédents");
    browser.sees("21 à 40 sur 45");
    assert_eq!(browser.overflow(), 0);
}
