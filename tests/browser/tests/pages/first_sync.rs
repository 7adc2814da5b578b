//! From nothing to a first sync: with the mouse, with the keyboard alone, without scripts, and from the demo.

use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

use connector_sandbox::Edit;
use serde_json::json;
use test_browser::{Browser, Office, Screen, Setup, key};

/// What a person knows of each tool who sets it up.
struct Tool<'a> {
    remote: &'a str,
    refusal: &'a str,
    token: &'a str,
    table: &'a str,
}

fn tools(office: &Office) -> [Tool<'_>; 2] {
    [
        Tool {
            remote: "airtable",
            refusal: "Token Airtable invalide ou expiré",
            token: office.sandbox.airtable_token(),
            table: "Deals",
        },
        Tool {
            remote: "notion",
            refusal: "Token Notion invalide ou révoqué",
            token: office.sandbox.notion_token(),
            table: "Deals",
        },
    ]
}

/// Every step of one tool, by its buttons, from the cards to the saved mapping.
fn set_up(browser: &Browser, tool: &Tool<'_>) {
    browser.visit("/connectors");
    browser.click(&format!("[aria-labelledby='{}-name'] .button.main", tool.remote));
    browser.arrives(&format!("/connectors/{}", tool.remote));
    browser.types("#token-input", "patWrong");
    browser.press("Enregistrer et tester");
    browser.sees(tool.refusal);
    assert_eq!(browser.value("#token-input"), "", "a token is never shown again");
    assert!(browser.count("[aria-invalid='true'][aria-describedby='token-fault']") == 1);
    browser.types("#token-input", tool.token);
    browser.press("Enregistrer et tester");
    browser.sees("Connecté");
    browser.click("#table .button");
    browser.sees(tool.table);
    browser.press(tool.table);
    browser.arrives(&format!("/connectors/{}/mapping", tool.remote));
    browser.press("Créer le champ CRM ID");
    browser.sees("Chaque ligne porte l'identifiant");
    browser.click("#mapping .row:last-of-type .button.main");
    browser.arrives(&format!("/connectors/{}?done=saved", tool.remote));
    browser.sees("Configuration sauvegardée");
}

/// The preview and its application.
fn sync(browser: &Browser) {
    browser.press("Prévisualiser");
    browser.arrives("/plans/");
    browser.sees("À créer dans");
    browser.click("[data-apply]");
    browser.arrives("/runs/");
    browser.sees("Terminé");
}

#[test]
fn a_newcomer_gets_from_an_empty_start_to_a_first_sync_of_both_tools() {
    let office = Office::open(Setup::default());
    let browser = Browser::open(&office.url, Screen::default());
    for tool in tools(&office) {
        set_up(&browser, &tool);
        sync(&browser);
    }
    // Six deals of the CRM, and six that both tools had from the start.
    assert_eq!(office.sandbox.airtable_record_ids().len(), 12);
    assert_eq!(office.sandbox.notion_page_ids().len(), 12);
    browser.visit("/connectors");
    assert_eq!(browser.console(), Vec::<String>::new());
}

#[test]
fn without_scripts_the_same_path_leads_to_the_same_place() {
    let office = Office::open(Setup::default());
    let browser = Browser::open(&office.url, Screen { scripts: false, ..Screen::narrow() });
    let [tool, _] = tools(&office);
    set_up(&browser, &tool);
    sync(&browser);
    browser.sees("Créés dans Airtable");
    assert_eq!(office.sandbox.airtable_record_ids().len(), 12);
}

#[test]
fn the_keyboard_alone_is_enough() {
    let office = Office::open(Setup::default());
    let browser = Browser::open(&office.url, Screen::default());
    browser.visit("/connectors");
    browser.tab_to("a[href='/connectors/airtable'].button.main");
    browser.keys(key::ENTER);
    browser.arrives("/connectors/airtable");
    browser.tab_to("#token-input");
    browser.keys(office.sandbox.airtable_token());
    browser.keys(key::ENTER);
    browser.sees("Connecté");
    browser.tab_to("#table .button");
    browser.keys(key::ENTER);
    browser.arrives("/connectors/airtable/table");
    browser.tab_to(".pill[href*='mapping']");
    browser.keys(key::ENTER);
    browser.arrives("/connectors/airtable/mapping");
    browser.tab_to("#field-notes");
    browser.tab_to("[data-save]");
    browser.keys(key::ENTER);
    browser.arrives("/connectors/airtable?done=saved");
    browser.tab_to("form[action$='/plan'] .button.main");
    browser.keys(key::ENTER);
    browser.arrives("/plans/");
    browser.tab_to("input[name='pick']");
    let all = browser.read("[data-apply]");
    browser.keys(key::SPACE);
    browser.until("the button counts", || browser.read("[data-apply]") != all);
    browser.tab_to("[data-apply]");
    browser.keys(key::ENTER);
    browser.arrives("/runs/");
    browser.sees("Terminé");
    assert_eq!(browser.read(".figure:nth-of-type(3) dd"), "5", "one of the table's six records was left out");
}

#[test]
fn before_the_first_sync_its_preview_can_be_made_to_match_only() {
    let office = Office::open(Setup::connected());
    let browser = Browser::open(&office.url, Screen { scripts: false, ..Screen::narrow() });
    browser.visit("/connectors/airtable");
    browser.press("Prévisualiser");
    browser.arrives("/plans/");
    assert_eq!(browser.read("[data-apply]"), "Appliquer 12 opérations");
    browser.press("Choisir autrement ce qui est relié et créé");
    browser.click("[name='pairing'][value='match_only']");
    browser.press("Refaire l'aperçu ainsi");
    browser.sees("Tout est déjà en accord");
    assert_eq!(browser.count("[name='pairing'][value='match_only']:checked"), 1);
    browser.press("Choisir autrement ce qui est relié et créé");
    browser.click("[name='pairing'][value='create_only']");
    browser.press("Refaire l'aperçu ainsi");
    browser.until("all is made", || browser.count("[data-apply]") == 1);
    browser.click("[data-apply]");
    browser.arrives("/runs/");
    browser.sees("Terminé");
    browser.visit("/connectors/airtable");
    browser.press("Prévisualiser");
    browser.arrives("/plans/");
    assert_eq!(browser.count("#first"), 0, "after the first sync it is a setting");
}

#[test]
fn one_unknown_stage_of_forty_rows_is_one_warning_before_and_after_the_sync() {
    let office = Office::open(Setup { records: 0, ..Setup::connected() });
    for number in 0..40 {
        let fields = json!({"Name": format!("Client {number:02}"), "Amount": 100, "Status": "Perdu"});
        office.edit(&Edit::create_record(fields));
    }
    let browser = Browser::open(&office.url, Screen::narrow());
    browser.visit("/connectors/airtable");
    browser.press("Prévisualiser");
    browser.arrives("/plans/");
    browser.sees("40 fiches : Client ");
    browser.sees(" … et 37 autres");
    assert_eq!(browser.text().matches("« Perdu »").count(), 1);
    browser.click("[data-apply]");
    browser.arrives("/runs/");
    browser.sees("Terminé");
    browser.sees("40 fiches : Client ");
    assert_eq!(browser.overflow(), 0);
}

#[test]
fn from_the_demo_to_a_previewed_and_applied_sync_it_takes_few_clicks() {
    const AT_MOST: u32 = 6;
    let folder = tempfile::tempdir().unwrap();
    let mut demo = test_browser::program()
        .args(["demo", "--data"])
        .arg(folder.path().join("world"))
        .env("CRM_SYNC_LANG", "fr")
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let lines = BufReader::new(demo.stdout.take().unwrap()).lines().map_while(Result::ok);
    let url = lines.map(|line| line.trim().to_owned()).find(|line| line.starts_with("http://")).unwrap();

    let browser = Browser::open(&url, Screen::default());
    browser.visit("/");
    let mut clicks = 0;
    browser.press("Prévisualiser");
    clicks += 1;
    browser.arrives("/plans/");
    browser.sees("Hôtel Bréhat");
    browser.sees("Énergies du Littoral");
    browser.click("[data-apply]");
    clicks += 1;
    browser.arrives("/runs/");
    browser.sees("Terminé");
    browser.sees("Hôtel Bréhat");
    demo.kill().unwrap();
    demo.wait().unwrap();
    assert!(clicks <= AT_MOST);
}
