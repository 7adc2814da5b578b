//! Pairs, by the list and by the mouse; what each loses; stages; nothing saved that cannot work.

use test_browser::{Browser, Office, Screen, Setup, key};

fn open(office: &Office) -> Browser {
    let browser = Browser::open(&office.url, Screen::default());
    browser.visit("/connectors/airtable/mapping");
    browser
}

#[test]
fn a_line_is_drawn_with_the_mouse_or_chosen_from_the_list() {
    let office = Office::open(Setup::connected());
    let browser = open(&office);
    browser.until("the drawn lines", || browser.count("#board > svg path") >= 6);
    let lines = browser.count("#board > svg path");
    let notes = office.sandbox.airtable_field_id("Notes").unwrap();

    browser.choose("#field-notes", "— non associé");
    browser.until("a line less", || browser.count("#board > svg path") == lines - 1);
    browser.until("the server's word for it", || {
        browser.read(".unit[data-unit='notes'] .badge") == "Non associé"
    });

    browser.drag(".unit[data-unit='notes'] [data-port]", &format!(".remote-field[data-field='{notes}']"));
    browser.until("the line again", || browser.count("#board > svg path") == lines);
    assert_eq!(browser.value("#field-notes"), notes);
    browser.until("the server's word for it", || {
        browser.read(".unit[data-unit='notes'] .badge") != "Non associé"
    });
    browser.choose("#way-notes", "→ vers Airtable");
    browser.until("the server's answer", || browser.value("#way-notes") == "to_remote");
    browser.click("[data-save]");
    browser.arrives("/connectors/airtable?done=saved");

    let browser = open(&office);
    assert_eq!(browser.value("#field-notes"), notes);
    assert_eq!(browser.value("#way-notes"), "to_remote");
}

#[test]
fn what_cannot_work_is_told_at_its_field_and_not_saved() {
    let office = Office::open(Setup::connected());
    let browser = open(&office);
    browser.choose("#field-client", "— non associé");
    browser.until("the server's word for it", || {
        browser.read(".unit[data-unit='client'] .badge") == "Non associé"
    });
    browser.click("[data-save]");
    browser.sees("Rien n'a été enregistré");
    assert_eq!(browser.count("[aria-invalid='true']"), 1, "{}", browser.text());

    let browser = open(&office);
    assert_ne!(browser.value("#field-client"), "", "the mapping of before still stands");
}

#[test]
fn pairs_show_real_values_both_ways_and_stages_show_how_many_rows_they_concern() {
    let office = Office::open(Setup { records: 30, ..Setup::connected() });
    let browser = open(&office);
    let amount = browser.read(".unit[data-unit='montant_brut']");
    assert!(amount.contains("1 200,00 €") && amount.contains("Sans perte"), "{amount}");
    assert!(amount.contains("Airtable"), "a value of the table on its way to the CRM: {amount}");
    let stages = browser.read("#stages");
    for wanted in ["Perdu", "Gagné - en cours", "Compté sur 30 lignes"] {
        assert!(stages.contains(wanted), "{wanted}: {stages}");
    }
}

/// The cell of the record of this name.
fn cell(office: &Office, name: &str, field: &str) -> serde_json::Value {
    let records = office.sandbox.airtable_record_ids().into_iter();
    let mut records = records.filter_map(|id| office.sandbox.airtable_record(&id));
    records.find(|record| record["fields"]["Name"] == name).unwrap()["fields"][field].clone()
}

#[test]
fn the_advanced_settings_are_folded_kept_and_say_when_nothing_is_marked() {
    let office = Office::open(Setup { records: 0, ..Setup::connected() });
    office.run(&["sync", "airtable", "--yes"]);
    let browser = Browser::open(&office.url, Screen::narrow());
    browser.visit("/connectors/airtable/mapping");
    assert!(!browser.text().contains("Relier seulement"), "they frighten nobody who does not look for them");
    browser.choose("#deletion-remote", "Marquer l");
    browser.sees("rien n'est marqué tant qu'une marque n'est pas choisie");
    browser.tab_to("#advanced > summary");
    browser.keys(key::ENTER);
    browser.sees("Relier seulement");
    browser.choose("#mark-remote", "Signed");
    browser.types("#mark-value-remote", "peut-être");
    browser.click("[data-save]");
    browser.sees("« Signed » ne peut pas contenir « peut-être »");
    assert_eq!(browser.count("#mark-remote[aria-invalid='true']"), 1);
    assert_eq!(browser.overflow(), 0);
    browser.types("#mark-value-remote", "oui");
    browser.click("[name='pairing'][value='match_only']");
    browser.click("[name='approve_deletions']");
    browser.click("[data-save]");
    browser.arrives("/connectors/airtable?done=saved");

    browser.visit("/connectors/airtable/mapping");
    browser.click("#advanced > summary");
    assert_eq!(browser.count("[name='pairing'][value='match_only']:checked"), 1);
    assert_eq!(browser.value("#mark-value-remote"), "oui");
    office.execute("DELETE FROM deals WHERE client = 'Atelier Morin'");
    office.run(&["sync", "airtable", "--override", "settings_changed"]);
    assert_eq!(cell(&office, "Atelier Morin", "Signed"), true);
}

#[test]
fn without_scripts_a_mark_is_chosen_all_the_same() {
    let office = Office::open(Setup::connected());
    let browser = Browser::open(&office.url, Screen { scripts: false, ..Screen::narrow() });
    browser.visit("/connectors/airtable/mapping");
    browser.choose("#deletion-remote", "Marquer l");
    browser.click("[data-save]");
    browser.arrives("/connectors/airtable?done=saved");
    browser.sees("Aucune marque n'est choisie");
    browser.visit("/connectors/airtable/mapping");
    browser.click("#advanced > summary");
    browser.choose("#mark-remote", "Signed");
    browser.types("#mark-value-remote", "oui");
    browser.click("[data-save]");
    browser.arrives("/connectors/airtable?done=saved");
    assert!(!browser.text().contains("Aucune marque n'est choisie"), "{}", browser.text());
}
