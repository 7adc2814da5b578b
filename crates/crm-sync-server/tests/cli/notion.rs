//! The same with Notion, and with both.

use connector_sandbox::{Edit, NotionGrant, Remote};
use rstest::rstest;
use serde_json::{Value, json};

use crate::office::{Office, Said};

const DEALS: [&str; 2] =
    ["Atelier Morin,Lead,2026-12-01,Zoé Martin,SaaS,note,1200", "Hôtel Bréhat,won,2026-12-02,,B2B,,800.10"];

/// How a person may name the database.
#[derive(Debug, Clone, Copy)]
enum Named {
    Database,
    DataSource,
    BareDigits,
    Address,
    Name,
}

impl Named {
    fn of(self, office: &Office) -> String {
        let database = office.sandbox.notion_database_id();
        let digits = database.replace('-', "");
        match self {
            Self::Database => database.to_owned(),
            Self::DataSource => office.sandbox.notion_data_source_id().to_owned(),
            Self::BareDigits => digits.to_uppercase(),
            Self::Address => {
                format!("https://www.notion.so/acme/Deals-{digits}?v=0123456789abcdef0123456789abcdef&pvs=4")
            }
            Self::Name => "deals".to_owned(),
        }
    }
}

#[rstest]
#[case(Named::Database)]
#[case(Named::DataSource)]
#[case(Named::BareDigits)]
#[case(Named::Address)]
#[case(Named::Name)]
fn a_database_is_connected_however_it_is_named(#[case] named: Named) {
    let office = Office::open();
    let said =
        office.run(&["configure", "notion", "--base", &named.of(&office), "--key-field", "create", "--json"]);
    assert_eq!(said.code, 0, "{said:?}");
    let settings = &said.json()["settings"];
    assert_eq!(settings["base"], office.sandbox.notion_database_id());
    assert_eq!(settings["table"], office.sandbox.notion_data_source_id());
    let mapping = &settings["connection"]["mapping"];
    assert_eq!(mapping["pairs"].as_array().unwrap().len(), 7, "{mapping:#}");
    assert_eq!(mapping["key_field"], office.sandbox.notion_property_id("CRM ID").unwrap());
}

/// Adds a data source to the database of the deals, as another program would.
async fn add_data_source(office: &Office, name: &str) {
    let body = json!({
        "parent": {"type": "database_id", "database_id": office.sandbox.notion_database_id()},
        "title": [{"type": "text", "text": {"content": name}}],
        "properties": {"Name": {"title": {}}, "Amount": {"number": {"format": "euro"}}},
    });
    let request = reqwest::Client::new()
        .post(format!("{}/v1/data_sources", office.sandbox.notion_url()))
        .bearer_auth(office.sandbox.notion_token())
        .header("notion-version", "2026-03-11");
    let made = request.json(&body).send().await.unwrap();
    assert!(made.status().is_success(), "{}", made.text().await.unwrap());
}

#[tokio::test]
async fn of_several_data_sources_one_is_asked_for() {
    let office = Office::open();
    add_data_source(&office, "Leads").await;
    let configure = |more: &[&str]| {
        let base = ["configure", "notion", "--base", office.sandbox.notion_database_id()];
        office.run(&[&base[..], more].concat())
    };
    let said = configure(&[]);
    assert_eq!(said.code, 1, "{said:?}");
    assert!(said.err.contains("Plusieurs sources de données") && said.err.contains("« Leads »"), "{said:?}");
    let wrong = configure(&["--table", "Clients"]);
    assert!(wrong.err.contains("Source de données introuvable : « Clients »"), "{wrong:?}");
    let source = office.sandbox.notion_data_source_id().to_owned();
    for chosen in ["Leads", "deals", &source, &source.replace('-', "")] {
        let said = configure(&["--table", chosen, "--json"]);
        assert_eq!(said.code, 0, "{said:?}");
        assert_eq!(said.json()["settings"]["table"] == source, chosen != "Leads", "{said:?}");
    }
    // A data source's own id leaves no question.
    let said = office.run(&["configure", "notion", "--base", &source, "--json"]);
    assert_eq!(said.json()["settings"]["base"], office.sandbox.notion_database_id(), "{said:?}");
}

#[test]
fn both_ways_once_and_then_nothing_more() {
    let office = Office::connected_to_notion();
    assert_eq!(office.deals(&DEALS).code, 0);
    office.page("Verrerie Nord", 3_000, "Qualifié");
    office.page("Atelier Morin", 1_200, "Prospect");
    let waits = office.run(&["sync", "notion"]);
    assert_eq!(waits.code, 4, "{waits:?}");
    let said = office.run(&["sync", "notion", "--yes"]);
    assert_eq!(said.code, 0, "{said:?}");
    assert!(said.text().contains("Le CRM : 1 deal créé"), "{said:?}");
    assert_eq!(office.notion_clients(), ["Atelier Morin", "Hôtel Bréhat", "Verrerie Nord"]);
    let before = office.writes();
    let again = office.run(&["sync", "notion"]);
    assert_eq!(again.code, 0, "{again:?}");
    assert!(again.text().contains("Tout est déjà en accord : rien à écrire."), "{again:?}");
    assert_eq!(office.writes(), before);
    let status = office.run(&["status"]);
    assert!(status.text().contains("Notion"), "{status:?}");
}

#[test]
fn the_doctor_reads_notion_rows_and_writes_nothing() {
    let office = Office::connected_to_notion();
    for number in 0..7 {
        office.page(&format!("Client {number}"), 1_000 + number, "Perdu");
    }
    let before = office.writes();
    let said = office.run(&["check", "notion"]);
    assert_eq!(said.code, 0, "{said:?}");
    for wanted in [
        "✓ Le jeton Notion fonctionne (Intégration CRM – Atelier Nord)",
        "✓ Table « Deals »",
        "Exemples de lignes Notion, lues comme des deals (5)",
        "Requêtes prévues à Notion : 2",
    ] {
        assert!(said.text().contains(wanted), "“{wanted}” is missing:\n{}", said.text());
    }
    assert!(!said.text().contains("Corps des pages"), "{said:?}");
    assert_eq!(office.writes(), before);
}

#[test]
fn meeting_notes_are_mapped_on_request_and_told_what_they_cost() {
    let office = Office::connected_to_notion();
    let said = office.run(&["configure", "notion", "--map", "notes=Page body"]);
    assert_eq!(said.code, 0, "{said:?}");
    assert!(said.text().contains("coûte au moins un appel de plus"), "{said:?}");
    assert_eq!(office.deals(&DEALS).code, 0);
    let said = office.run(&["sync", "notion", "--yes"]);
    assert_eq!(said.code, 0, "{said:?}");
    let check = office.run(&["check", "notion"]);
    assert!(check.text().contains("Corps des pages : 2 de plus au moins à la première lecture"), "{check:?}");
    let again = office.run(&["sync", "notion"]);
    assert!(again.text().contains("Tout est déjà en accord : rien à écrire."), "{again:?}");
}

#[test]
fn what_notion_does_not_show_is_told_with_the_remedy() {
    let office = Office::connected_to_notion();
    let told = |said: &Said| format!("{}{}", said.out, said.err);

    let mut wrong = office.command(&["sync", "notion"]);
    let said = Said::from(wrong.env("NOTION_TOKEN", "ntn_WRONG").output().unwrap());
    assert_eq!(said.code, 1, "{said:?}");
    assert!(told(&said).contains("Token Notion invalide ou révoqué"), "{said:?}");
    assert!(!told(&said).contains("ntn_WRONG"), "{said:?}");

    let mut none = office.command(&["sync", "notion"]);
    let said = Said::from(none.env_remove("NOTION_TOKEN").output().unwrap());
    assert!(said.err.contains("Aucun jeton Notion") && said.err.contains("NOTION_TOKEN"), "{said:?}");

    let elsewhere = NotionGrant { workspace: Some("Autre".to_owned()), ..NotionGrant::default() };
    let mut other = office.command(&["sync", "notion"]);
    let said =
        Said::from(other.env("NOTION_TOKEN", office.sandbox.issue_notion_token(elsewhere)).output().unwrap());
    let out_of_reach =
        "Base de données Notion inaccessible. Vérifiez que l'intégration est connectée à la page";
    assert_eq!(said.code, 1, "{said:?}");
    assert!(told(&said).contains(out_of_reach), "{said:?}");

    let mut reader = office.command(&["configure", "notion", "--key-field", "Brief"]);
    let said = Said::from(
        reader
            .env("NOTION_TOKEN", office.sandbox.issue_notion_token(NotionGrant::read_only()))
            .output()
            .unwrap(),
    );
    assert_eq!(said.code, 0, "reading is enough to configure: {said:?}");

    office.sandbox.edit(&Edit::unshare(office.sandbox.notion_database_id())).unwrap();
    for command in [&["check", "notion"][..], &["sync", "notion"], &["configure", "notion"]] {
        let said = office.run(command);
        assert_eq!(said.code, 1, "{said:?}");
        assert!(told(&said).contains(out_of_reach), "{said:?}");
    }
    let by_name = office.run(&["configure", "notion", "--base", "Pipeline"]);
    assert!(told(&by_name).contains("Base de données Notion introuvable : « Pipeline »"), "{by_name:?}");
}

#[test]
fn all_three_tools_agree_after_one_command() {
    let office = Office::connected();
    let said = office.run(&["configure", "notion", "--base", "Deals", "--key-field", "create"]);
    assert_eq!(said.code, 0, "{said:?}");
    assert_eq!(office.deals(&DEALS).code, 0);
    office.record("Verrerie Nord", 3_000, "Qualifié");
    let page = office.page("Chocolaterie Hugo", 4_000, "Négociation");
    let first = office.run(&["sync", "all", "--yes"]);
    assert_eq!(first.code, 0, "{first:?}");
    let everybody = ["Atelier Morin", "Chocolaterie Hugo", "Hôtel Bréhat", "Verrerie Nord"];
    assert_eq!(
        (office.clients(), office.notion_clients()),
        (everybody.map(String::from).to_vec(), everybody.map(String::from).to_vec())
    );

    // What changes in Notion reaches Airtable in the same pass.
    let edit = Edit::update_record(&page, json!({"Amount": 4_500})).of(Remote::Notion);
    office.sandbox.edit(&edit).unwrap();
    let said = office.run(&["sync", "all", "--json"]);
    assert_eq!(said.code, 0, "{said:?}");
    let amounts: Vec<Value> = office
        .sandbox
        .airtable_record_ids()
        .iter()
        .map(|id| office.sandbox.airtable_record(id).unwrap()["fields"].clone())
        .filter(|fields| fields["Name"] == "Chocolaterie Hugo")
        .map(|fields| fields["Amount"].clone())
        .collect();
    assert_eq!(amounts, [json!(4_500)]);
    let before = office.writes();
    let idle = office.run(&["sync", "all"]);
    assert_eq!((idle.code, office.writes()), (0, before), "{idle:?}");
}

#[test]
fn a_connection_is_checked_in_three_requests_whatever_the_size_of_the_database() {
    let office = Office::connected_to_notion();
    for (more, told) in [(3, "40 champs, 3 lignes."), (97, "100 lignes."), (150, "plus de 100 lignes.")] {
        for number in 0..more {
            office.page(&format!("Client {number}"), 1_000 + number, "Prospect");
        }
        office.sandbox.reset_stats();
        let said = office.run(&["check", "notion"]);
        assert!(said.text().contains(told), "{said:?}");
        assert_eq!(office.sandbox.stats().requests(), 3, "{:#?}", office.sandbox.stats());
    }
    let json = office.run(&["check", "notion", "--json"]).json();
    assert_eq!(json["records"], json!({"count": 100, "exact": false}));
}
