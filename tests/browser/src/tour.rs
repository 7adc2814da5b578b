//! The pages in an order in which a founder comes to see them, for pictures and for what must hold of every page.

use connector_sandbox::{Edit, Remote};
use serde_json::json;

use crate::{Browser, Office, Setup};

/// A page in the state in which it is worth looking at.
#[derive(Debug, Clone)]
pub struct Stop {
    /// Its name, for a file.
    pub name: &'static str,
    /// Its address.
    pub path: String,
}

/// An office with something on every page, and the pages' addresses.
#[derive(Debug)]
pub struct Tour {
    /// The office that is shown.
    pub office: Office,
    /// One in which nothing is set up.
    pub empty: Office,
    /// The pages of `office`.
    pub stops: Vec<Stop>,
    /// The pages of `empty`.
    pub empty_stops: Vec<Stop>,
}

impl Tour {
    /// Works in the office for some days, by the pages themselves.
    pub fn prepare() -> Self {
        let office =
            Office::open(Setup { connected: &["airtable", "notion"], records: 9, ..Setup::default() });
        office.run(&["sync", "airtable", "--yes"]);
        office.run(&["sync", "notion", "--yes"]);
        office.execute("UPDATE deals SET montant_brut = montant_brut + 500 WHERE id = 1");
        let record = office.sandbox.airtable_record_ids().into_iter().next().expect("a record");
        office.edit(&Edit::update_record(&record, json!({"Amount": 7_100, "Status": "Won"})));
        office.edit(&Edit::create_record(json!({"Name": "Hôtel Bréhat", "Amount": 4_200, "Status": "Lead"})));
        office.edit(&Edit::create_record(json!({"Name": "Chocolaterie Hugo", "Amount": 0})));
        office.disagree();
        office.run(&["sync", "airtable"]);
        office.run(&["configure", "airtable", "--strategy", "manual"]);
        office.disagree();
        office.edit(&Edit::create_record(
            json!({"Name": "Ostréiculture Caradec", "Amount": 5_450, "Status": "Lead"}),
        ));
        office.execute("UPDATE deals SET notes = 'Rappeler après le salon' WHERE id = 3");
        office.run(&["sync", "airtable", "--override", "settings_changed"]);
        office.edit(&Edit::create_record(json!({"Name": "Verrerie du Nord", "Amount": 9_800})));
        office.execute("UPDATE deals SET statut = 'négociation' WHERE id = 2");
        office.edit(
            &Edit::create_record(json!({"Name": "Ferme des Oliviers", "Amount": 2_300})).of(Remote::Notion),
        );

        let browser = Browser::open(&office.url, crate::Screen::default());
        browser.visit("/connectors/airtable");
        browser.press("Prévisualiser");
        browser.arrives("/plans/");
        let plan = browser.path();
        browser.visit("/history");
        browser.click(".stack tbody th a");
        let run = browser.path();
        browser.click("#operations tbody th a");
        let deal = browser.path();
        let stop = |name, path: &str| Stop { name, path: path.to_owned() };
        let stops = vec![
            stop("connectors", "/connectors"),
            stop("connector", "/connectors/airtable?test=1"),
            stop("table", "/connectors/airtable/table"),
            stop("mapping", "/connectors/airtable/mapping"),
            stop("mapping-notion", "/connectors/notion/mapping"),
            stop("plan", &plan),
            stop("run", &run),
            stop("history", "/history"),
            stop("deal", &deal),
            stop("conflicts", "/conflicts"),
            stop("settings", "/settings?examine=airtable"),
            stop("missing", "/nowhere"),
            stop("embedded", "/embed/connectors"),
        ];
        let empty = Office::open(Setup { key: Some("a-key-for-the-tour"), ..Setup::default() });
        let empty_stops = vec![
            stop("sign-in", "/sign-in"),
            stop("empty-connectors", "/connectors"),
            stop("empty-connector", "/connectors/notion"),
            stop("empty-history", "/history"),
            stop("empty-conflicts", "/conflicts"),
            stop("empty-settings", "/settings"),
        ];
        Self { office, empty, stops, empty_stops }
    }

    /// Lets a browser into the office with nothing set up.
    pub fn enter(&self, browser: &Browser) {
        browser.visit("/sign-in");
        browser.types("#key", "a-key-for-the-tour");
        browser.click("main form button");
        browser.arrives("/connectors");
    }
}
