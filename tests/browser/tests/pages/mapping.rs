//! Pairs, by the list and by the mouse; what each loses; stages; nothing saved that cannot work.

use test_browser::{Browser, Office, Screen, Setup};

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
