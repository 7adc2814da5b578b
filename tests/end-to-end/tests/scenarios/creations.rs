//! Scenarios 8 to 13: records that are made once, and recognised.

use std::sync::Arc;

use chrono::TimeDelta;
use connector_core::plan::{Guard, QuestionKind};
use connector_core::store::Store as _;
use connector_core::testing::{Blow, FaultyStore, Fuse};
use connector_core::value::Value;
use connector_sandbox::{Edit, Fault, Knobs, Remote};
use crm_sync_server::crm;
use end_to_end::Backend;
use insta::assert_snapshot;
use rstest::rstest;
use serde_json::json;

use crate::story::Story;

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn s08_a_page_whose_answer_was_lost_is_made_once(#[case] backend: Backend) {
    let story = Story::begin(backend).await;
    let trio = &story.trio;
    let deal = trio.add_deal("Acme").await;
    trio.sandbox.fault(Fault::drop_answer().on("POST", "/v1/pages").once());
    story.sync(&trio.notion).await;
    trio.pass(TimeDelta::seconds(5));
    story.sync(&trio.notion).await;
    assert_eq!(trio.linked_page(&deal).await.unwrap().as_str(), trio.page());
    assert_snapshot!("s08_timeout_on_create", without_causes(&story.told()));
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn s09_a_page_without_a_link_is_adopted_and_an_edit_of_it_is_pulled(#[case] backend: Backend) {
    for step in 1..20 {
        let story = Story::begin(backend).await;
        let trio = &story.trio;
        let deal = trio.add_deal("Acme").await;
        let store = FaultyStore::new(trio.store.clone(), Fuse::at(step, Blow::Before));
        // The program ends at this write of its books.
        drop(trio.engine_on(&trio.notion, Arc::new(store)).sync(&trio.request()).await);
        if trio.sandbox.notion_page_ids().is_empty() || trio.linked_page(&deal).await.is_some() {
            continue;
        }
        trio.pass(TimeDelta::minutes(2));
        trio.edit_notion(&trio.page(), "meanwhile");
        trio.pass(TimeDelta::minutes(2));
        story.sync(&trio.notion).await;
        assert_eq!(trio.crm_and_notion(&deal).await, ["meanwhile", "meanwhile"]);
        assert_snapshot!("s09_crash_between_create_and_commit", story.told());
        return;
    }
    panic!("no end of the program lies between the page and its link");
}

#[tokio::test]
async fn s10_a_lookup_that_lags_makes_no_second_page() {
    let story = Story::begin(Backend::Sqlite).await;
    let trio = &story.trio;
    trio.sandbox.set_knobs(Knobs { index_lag_ms: 30_000, ..trio.sandbox.knobs() });
    let deal = trio.add_deal("Acme").await;
    trio.sandbox.fault(Fault::drop_answer().on("POST", "/v1/pages").once());
    story.sync(&trio.notion).await;
    for _ in 0..3 {
        trio.pass(TimeDelta::seconds(11));
        story.sync(&trio.notion).await;
        assert_eq!(trio.sandbox.stats().requests_to("POST", "/v1/pages"), 1);
    }
    assert_eq!(trio.linked_page(&deal).await.unwrap().as_str(), trio.page());
    assert_snapshot!("s10_lagging_lookup", without_causes(&story.told()));
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn s11_a_copied_row_is_asked_about_or_a_deal_of_its_own(#[case] backend: Backend) {
    let mut story = Story::begin(backend).await;
    let (deal, record) = story.linked(&story.trio.airtable, "Acme").await;
    story.trio.sandbox.edit(&Edit::duplicate_record(&record)).unwrap();
    let copy = story.trio.sandbox.airtable_record_ids().into_iter().find(|id| *id != record).unwrap();
    story.in_airtable(&copy, json!({"Notes": "of the copy"}));
    let report = story.sync(&story.trio.airtable).await;
    assert_eq!(report.plan.unwrap().questions[0].kind, QuestionKind::Copy);
    story.note("copies are deals of their own");
    story.trio.airtable.connection.policy.copies = true;
    let trio = &story.trio;
    story.sync_past(&trio.airtable, Guard::SettingsChanged).await;
    assert_eq!(
        trio.linked(&trio.airtable, &deal).await.unwrap().as_str(),
        record,
        "the original keeps the link"
    );
    assert_eq!(trio.held(&deal, crm::NOTES).await, Some(Value::text("first")));
    assert_eq!(trio.held(&"2".into(), crm::NOTES).await, Some(Value::text("of the copy")));
    assert_eq!((story.cell(&record, "CRM ID"), story.cell(&copy, "CRM ID")), (json!("1"), json!("2")));
    assert_snapshot!("s11_duplicated_row", story.told());
}

#[tokio::test]
async fn s12_two_rows_with_one_id_are_reported_and_neither_is_written() {
    let story = Story::begin(Backend::Sqlite).await;
    let trio = &story.trio;
    let deal = trio.add_deal("Acme").await;
    for client in ["Acme A", "Acme B"] {
        let row = json!({"Name": client, "Amount": 5, "Status": "Prospect", "CRM ID": deal.as_str()});
        trio.sandbox.edit(&Edit::create_record(row)).unwrap();
    }
    trio.sandbox.reset_stats();
    let report = story.sync(&trio.airtable).await;
    let plan = report.plan.unwrap();
    assert_eq!((plan.questions[0].kind, plan.questions[0].remotes.len()), (QuestionKind::Ambiguous, 2));
    assert_eq!((trio.writes(), trio.store.deals().await.unwrap().len()), (0, 1));
    assert_snapshot!("s12_ambiguous_upsert", story.told());
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn s13_a_hostile_name_finds_its_deal_in_both_remotes(#[case] backend: Backend) {
    const HOSTILE: &str = r#"O'Brien & "Sons", 100 %"#;
    let story = Story::begin(backend).await;
    let trio = &story.trio;
    let deal = trio.add_deal(HOSTILE).await;
    let row = json!({"Name": HOSTILE, "Amount": 1000, "Status": "Prospect"});
    trio.sandbox.edit(&Edit::create_record(row.clone())).unwrap();
    trio.sandbox.edit(&Edit::create_record(row).of(Remote::Notion)).unwrap();
    trio.pass(TimeDelta::minutes(1));
    for tool in [&trio.airtable, &trio.notion] {
        story.sync(tool).await;
        assert!(trio.linked(tool, &deal).await.is_some());
    }
    assert_eq!((trio.sandbox.airtable_record_ids().len(), trio.sandbox.notion_page_ids().len()), (1, 1));
    assert_eq!(trio.store.deals().await.unwrap().len(), 1);
    assert_snapshot!("s13_hostile_key", story.told());
}

/// Without the words of the network about what was cut.
fn without_causes(told: &str) -> String {
    let lines = told.lines().map(|line| line.split_once(" — unknown: ").map_or(line, |(line, _)| line));
    lines.collect::<Vec<_>>().join("\n")
}
