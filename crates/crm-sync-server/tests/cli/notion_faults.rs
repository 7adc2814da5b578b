//! What people do to a Notion database that a sync does not expect: told in words with the remedy, and the other deals
//! go on.

use connector_sandbox::{Change, Edit, Fault, Remote};
use serde_json::{Value, json};

use crate::office::{Office, Said};

const DEALS: [&str; 2] =
    ["Atelier Morin,Lead,2026-12-01,Zoé Martin,SaaS,note,1200", "Hôtel Bréhat,won,2026-12-02,,B2B,,800.10"];

/// An office whose two deals are in Notion.
fn furnished() -> Office {
    let office = Office::connected_to_notion();
    assert_eq!(office.deals(&DEALS).code, 0);
    let said = office.run(&["sync", "notion", "--yes"]);
    assert_eq!(said.code, 0, "{said:?}");
    office
}

fn edit(office: &Office, edit: Edit) -> Value {
    office.sandbox.edit(&edit.of(Remote::Notion)).unwrap()
}

/// Calls Notion as another program does, and gives the answer.
async fn patch(office: &Office, path: &str, body: Value) -> Value {
    let url = format!("{}/v1/{path}", office.sandbox.notion_url());
    let request = reqwest::Client::new().patch(url).bearer_auth(office.sandbox.notion_token());
    let answer = request.header("notion-version", "2026-03-11").json(&body).send().await.unwrap();
    let (status, body) = (answer.status(), answer.text().await.unwrap());
    assert!(status.is_success(), "{body}");
    serde_json::from_str(&body).unwrap()
}

fn assert_says(said: &Said, code: i32, wanted: &[&str]) {
    let told = format!("{}{}", said.text(), said.err.replace('\u{a0}', " "));
    assert_eq!(said.code, code, "{told}");
    for wanted in wanted {
        assert!(told.contains(wanted), "“{wanted}” is missing:\n{told}");
    }
}

#[tokio::test]
async fn a_data_source_in_the_trash_ends_the_run_before_anything_is_written() {
    let office = furnished();
    let source = format!("data_sources/{}", office.sandbox.notion_data_source_id());
    patch(&office, &source, json!({"in_trash": true})).await;
    let before = office.writes();
    let out_of_reach = "Base de données Notion inaccessible. Vérifiez que l'intégration est connectée à la page. Notion a répondu : « “Deals” is in Notion's trash; restore it there »";
    for command in ["sync", "check"] {
        assert_says(&office.run(&[command, "notion"]), 1, &[out_of_reach]);
    }
    assert_eq!(office.writes(), before);
    patch(&office, &source, json!({"in_trash": false})).await;
    assert_says(&office.run(&["sync", "notion"]), 0, &["Tout est déjà en accord"]);
}

#[test]
fn a_renamed_property_changes_nothing_and_a_deleted_or_retyped_one_halts_until_it_is_wanted() {
    let office = furnished();
    edit(&office, Edit::rename_field("Amount", "Montant"));
    assert_says(&office.run(&["sync", "notion"]), 0, &["Tout est déjà en accord : rien à écrire."]);

    edit(&office, Edit::delete_field("Notes"));
    let retyped = Change::RetypeField { field: "Montant".into(), kind: "checkbox".into(), options: None };
    edit(&office, Edit::new(retyped));
    let gone = "le champ a disparu, changé de type ou n'est plus partagé ; il n'est plus synchronisé";
    let halted = office.run(&["sync", "notion"]);
    let (amount, notes) = ("  • Montant (« Montant »)\n    ", "  • Notes (« Notes »)\n    ");
    let settings = "--override settings_changed";
    assert_says(&halted, 4, &[settings, &format!("{amount}{gone}"), &format!("{notes}{gone}")]);
    assert_says(&office.run(&["check", "notion"]), 1, &["✗ Notes ↔ « Notes » : le champ n'existe plus"]);

    // The CRM keeps what it has, and the others go on.
    assert_eq!(office.deals(&["Verrerie Nord,lead,,,SaaS,note,300"]).code, 0);
    let said = office.run(&["sync", "notion", "--override", "settings_changed"]);
    assert_says(&said, 0, &["Notion : 1 ligne créée", "Le CRM : 0 deal créé, 0 mis à jour."]);
}

#[test]
fn an_option_that_does_not_exist_is_named_with_those_that_do_and_a_status_is_never_invented() {
    let office = furnished();
    let delete = Change::DeleteChoice { field: "Status".into(), choice: "Négociation".into() };
    edit(&office, Edit::new(delete));
    let rows = [
        "Verrerie Nord,négociation,,,SaaS,,100",
        "Garage,lead,,\"Durand, Camille\",Aviation,,200",
        "Bon,lead,,,SaaS,,300",
    ];
    assert_eq!(office.deals(&rows).code, 0);
    let said = office.run(&["sync", "notion"]);
    let stage = "Verrerie Nord — Statut (« Status ») = négociation\n    « négociation » n'est pas une option du champ, qui propose « Prospect », « Qualifié », « Gagné », « Gagné - en cours », « Perdu ». Ajoutez l'option";
    let sector = "Garage — Secteur (« Sector ») = Aviation\n    « Aviation » n'est pas une option du champ";
    assert_says(&said, 3, &[stage, sector, "Notion : 3 lignes créées"]);

    // With leave, select options are made: not a status, and none with a comma, which Notion takes for two.
    assert_eq!(office.run(&["configure", "notion", "--create-options", "true"]).code, 0);
    let said = office.run(&["sync", "notion", "--override", "settings_changed"]);
    let comma = "Garage — Commercial (« Assignee ») = « Durand, Camille »\n    ";
    assert_says(&said, 3, &[stage, comma, "virgule", "Notion : 0 ligne créée, 1 mise à jour."]);
}

#[test]
fn long_notes_are_carried_whole_and_longer_ones_than_notion_takes_are_told() {
    let office = furnished();
    let (long, longer) = ("ligne de notes ".repeat(8_000), "ligne de notes ".repeat(13_400));
    let rows = [
        &format!("Long,lead,,,SaaS,{long},100"),
        &format!("Trop long,lead,,,SaaS,{longer},100"),
        "Bon,lead,,,SaaS,,300",
    ];
    assert_eq!(office.deals(&rows).code, 0);
    let too_long = "caractères, et le champ en accepte 200000 au plus. Raccourcissez le texte";
    let said = office.run(&["sync", "notion"]);
    assert_says(&said, 3, &["Trop long — Notes (« Notes »)", too_long, "Notion : 3 lignes créées"]);
    let notes = |page: &String| {
        let page = office.sandbox.notion_page(page).unwrap();
        let runs = page["properties"]["Notes"]["rich_text"].as_array().cloned().unwrap();
        runs.iter().map(|run| run["plain_text"].as_str().unwrap()).collect::<String>()
    };
    let lengths: Vec<usize> = office.sandbox.notion_page_ids().iter().map(|page| notes(page).len()).collect();
    assert!(lengths.contains(&long.trim_end().len()), "{lengths:?}");
    assert_says(&office.run(&["sync", "notion"]), 3, &["Tout est déjà en accord : rien à écrire."]);
}

#[test]
fn what_notion_computes_is_only_read() {
    let office = Office::connected_to_notion();
    let said = office.run(&["configure", "notion", "--map", "montant_brut=Weighted Amount"]);
    assert_says(&said, 0, &["Montant ← Weighted Amount"]);
    assert_eq!(office.deals(&DEALS).code, 0);
    assert_says(&office.run(&["sync", "notion", "--yes"]), 0, &["Notion : 2 lignes créées"]);
}

#[test]
fn a_relation_to_a_database_that_is_not_shared_is_told_and_the_rest_goes_on() {
    let office = Office::connected_to_notion();
    let said = office.run(&["configure", "notion", "--map", "notes=Company"]);
    assert_says(&said, 0, &["Notes ← Company"]);
    let companies = office.sandbox.notion_data_source_id_of("Companies").unwrap();
    edit(&office, Edit::unshare(&companies));
    assert_eq!(office.deals(&DEALS).code, 0);
    let said = office.run(&["sync", "notion", "--yes"]);
    assert_says(&said, 0, &["Notes (« Company »)\n    le champ a disparu", "Notion : 2 lignes créées"]);
    let shared = "la base de données liée n'est plus partagée avec l'intégration";
    assert_says(&office.run(&["check", "notion"]), 1, &[shared]);
}

#[test]
fn a_page_in_the_trash_is_told_and_its_deal_stays() {
    let office = furnished();
    let page = office.sandbox.notion_page_ids().pop().unwrap();
    edit(&office, Edit::delete_record(&page));
    let told = "Supprimés d'un côté, laissés de l'autre (1)";
    assert_says(&office.run(&["sync", "notion"]), 0, &[told, "Le CRM : 0 deal créé, 0 mis à jour."]);
}

#[tokio::test]
async fn a_body_that_is_nested_too_deeply_is_left_alone_and_the_others_are_read() {
    const LEVELS: usize = 30;
    let office = Office::connected_to_notion();
    assert_eq!(office.run(&["configure", "notion", "--map", "notes=Page body"]).code, 0);
    let deep = office.page("Profond", 100, "Prospect");
    let flat = office.page("Plat", 200, "Prospect");
    let item = |text: &str| json!({"children": [{"type": "bulleted_list_item", "bulleted_list_item": {"rich_text": [{"text": {"content": text}}]}}]});
    patch(&office, &format!("blocks/{flat}/children"), item("plat")).await;
    let mut parent = deep;
    for level in 0..LEVELS {
        let made =
            patch(&office, &format!("blocks/{parent}/children"), item(&format!("niveau {level}"))).await;
        made["results"][0]["id"].as_str().unwrap().clone_into(&mut parent);
    }
    let unreadable = "Profond — Notes (« Page body ») = (illisible)\n    illisible (its blocks stand more than 20 deep in each other) ; laissé tel quel des deux côtés";
    let said = office.run(&["sync", "notion", "--yes"]);
    assert_says(&said, 0, &[unreadable, "Le CRM : 2 deals créés"]);
}

#[test]
fn a_conflict_of_notions_own_in_the_middle_of_a_run_is_tried_again() {
    let office = Office::connected_to_notion();
    assert_eq!(office.deals(&DEALS).code, 0);
    office.sandbox.fault(Fault::status(409).on("POST", "/v1/pages").once());
    assert_says(&office.run(&["sync", "notion", "--yes"]), 0, &["Notion : 2 lignes créées"]);
    assert_eq!(office.sandbox.notion_page_ids().len(), 2);
}
