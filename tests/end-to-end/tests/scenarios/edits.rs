//! Scenarios 1 to 6, 20 and 21: edits of both sides.

use chrono::TimeDelta;
use connector_core::plan::{Guard, Side};
use connector_core::store::RunStatus;
use connector_core::value::Value;
use connector_sandbox::Edit;
use crm_sync_server::crm;
use end_to_end::Backend;
use insta::assert_snapshot;
use rstest::rstest;
use serde_json::{Value as Json, json};

use crate::story::Story;

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn s01_a_second_edit_in_the_same_minute_is_pulled(#[case] backend: Backend) {
    let story = Story::begin(backend).await;
    let trio = &story.trio;
    let (deal, page) = story.linked(&trio.notion, "Acme").await;
    trio.wait_for_second(5);
    trio.edit_notion(&page, "at 5 seconds");
    trio.wait_for_second(20);
    story.sync(&trio.notion).await;
    trio.wait_for_second(50);
    trio.edit_notion(&page, "at 50 seconds");
    trio.wait_for_second(55);
    story.sync(&trio.notion).await;
    assert_eq!(trio.held(&deal, crm::NOTES).await, Some(Value::text("at 50 seconds")));
    assert_snapshot!("s01_same_minute_second_edit", story.told());
}

#[tokio::test]
async fn s02_a_page_that_was_touched_and_not_changed_writes_nothing() {
    let story = Story::begin(Backend::Sqlite).await;
    let trio = &story.trio;
    let (_, page) = story.linked(&trio.notion, "Acme").await;
    let words = json!({"rich_text": [{"type": "text", "text": {"content": "From the meeting"}}]});
    let block = json!({"object": "block", "type": "paragraph", "paragraph": words});
    trio.sandbox.edit(&Edit::append_blocks(&page, &[block])).unwrap();
    trio.sandbox.reset_stats();
    story.sync(&trio.notion).await;
    assert_eq!(trio.writes(), 0);
    assert_snapshot!("s02_touched_not_changed", story.told());
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn s03_equal_edits_of_both_sides_are_no_conflict_and_write_nothing(#[case] backend: Backend) {
    let story = Story::begin(backend).await;
    let trio = &story.trio;
    let (deal, record) = story.linked(&trio.airtable, "Acme").await;
    trio.change_crm(&deal, "statut = 'gagné'");
    story.in_airtable(&record, json!({"Status": "Gagné"}));
    trio.sandbox.reset_stats();
    story.sync(&trio.airtable).await;
    story.sync(&trio.airtable).await;
    assert_eq!(trio.writes(), 0);
    assert!(trio.store.decided_conflicts(10).await.unwrap().is_empty());
    assert_snapshot!("s03_equal_edits", story.told());
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn s04_edits_of_different_units_merge(#[case] backend: Backend) {
    let story = Story::begin(backend).await;
    let trio = &story.trio;
    let (deal, record) = story.linked(&trio.airtable, "Acme").await;
    trio.change_crm(&deal, "montant_brut = 2000");
    story.in_airtable(&record, json!({"Assignee": "Paul"}));
    story.sync(&trio.airtable).await;
    assert_eq!(trio.held(&deal, crm::ASSIGNEE).await, Some(Value::text("Paul")));
    assert_eq!(story.cell(&record, "Amount"), json!(2000));
    assert!(trio.store.decided_conflicts(10).await.unwrap().is_empty());
    assert_snapshot!("s04_disjoint_edits", story.told());
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn s05_the_later_edit_wins_and_the_other_can_be_restored(#[case] backend: Backend) {
    let story = Story::begin(backend).await;
    let trio = &story.trio;
    let (deal, record) = story.linked(&trio.airtable, "Acme").await;
    trio.change_crm(&deal, "montant_brut = 2000");
    trio.pass(TimeDelta::minutes(5));
    story.in_airtable(&record, json!({"Amount": 3000}));
    trio.pass(TimeDelta::minutes(1));
    story.sync(&trio.airtable).await;
    assert_eq!(trio.held(&deal, crm::MONTANT_BRUT).await, Some(Value::Number(3_000.into())));
    let lost = trio.store.decided_conflicts(10).await.unwrap().pop().unwrap().conflict;
    assert_eq!((lost.loser(), lost.tie), (Some(&Value::Number(2_000.into())), false));

    story.note("the CRM's value is taken from the ledger");
    let engine = trio.engine(&trio.airtable);
    engine.plan_choice("choice".into(), &trio.request(), &lost, Side::Crm).await.unwrap();
    story.apply(&trio.airtable, "choice").await;
    assert_eq!(story.cell(&record, "Amount"), json!(2000));
    assert_snapshot!("s05_true_conflict", story.told());
}

#[tokio::test]
async fn s06_an_order_that_nobody_can_know_is_a_tie_and_decided_once() {
    let story = Story::begin(Backend::Sqlite).await;
    let trio = &story.trio;
    let (deal, page) = story.linked(&trio.notion, "Acme").await;
    trio.wait_for_second(10);
    trio.edit_notion(&page, "in Notion");
    trio.wait_for_second(30);
    trio.edit_crm(&deal, "in the CRM");
    trio.wait_for_second(45);
    story.sync(&trio.notion).await;
    story.sync(&trio.notion).await;
    assert!(trio.store.decided_conflicts(10).await.unwrap()[0].conflict.tie);
    assert_eq!(trio.crm_and_notion(&deal).await, ["in the CRM", "in the CRM"]);
    assert_snapshot!("s06_tie", story.told());
}

#[tokio::test]
async fn s20_every_date_moved_by_a_day_stops_the_run() {
    let story = Story::begin(Backend::Sqlite).await;
    let trio = &story.trio;
    let deals = story.linked_all(&trio.airtable, 25).await;
    for (number, deal) in (0..).zip(&deals) {
        let record = trio.linked(&trio.airtable, deal).await.unwrap();
        let day = chrono::NaiveDate::from_ymd_opt(2026, 3, 2).unwrap() + chrono::Days::new(number);
        story.in_airtable(record.as_str(), json!({"Due Date": day.to_string()}));
    }
    let report = story.sync(&trio.airtable).await;
    assert_eq!(report.record.status, RunStatus::Halted);
    assert_eq!(report.plan.unwrap().trips[0].guard, Guard::EverythingChanged);
    let first = chrono::NaiveDate::from_ymd_opt(2026, 3, 1).unwrap();
    assert_eq!(
        trio.held(&deals[0], crm::DATE_ECHEANCE).await,
        Some(Value::Date(first)),
        "nothing was written"
    );
    let stopped = story.told().lines().take(3).collect::<Vec<_>>().join("\n");
    assert_snapshot!("s20_everything_shifted", stopped);
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn s21_a_push_touches_no_other_cell_and_a_clearing_empties_one(#[case] backend: Backend) {
    let story = Story::begin(backend).await;
    let trio = &story.trio;
    let (deal, record) = story.linked(&trio.airtable, "Acme").await;
    story.in_airtable(&record, json!({"Phone": "+33 1 23 45 67 89", "Brief": "**Seen** on Monday"}));
    story.sync(&trio.airtable).await;
    let before = trio.sandbox.airtable_record(&record).unwrap();
    trio.edit_crm(&deal, "pushed");
    story.sync(&trio.airtable).await;
    let mut after = trio.sandbox.airtable_record(&record).unwrap();
    assert_eq!(after["fields"]["Notes"], json!("pushed"));
    for field in ["Notes", "Modified", "Modified By", "Summary"] {
        after["fields"][field] = before["fields"].get(field).cloned().unwrap_or(Json::Null);
    }
    let cells = |record: &Json| {
        let cells = record["fields"].as_object().unwrap().clone().into_iter();
        cells.filter(|(_, cell)| !cell.is_null()).collect::<serde_json::Map<_, _>>()
    };
    assert_eq!(cells(&after), cells(&before), "no other cell changed");

    trio.change_crm(&deal, "notes = NULL");
    story.sync(&trio.airtable).await;
    assert_eq!(story.cell(&record, "Notes"), Json::Null);
    assert_eq!(story.cell(&record, "Phone"), json!("+33 1 23 45 67 89"));
    assert_snapshot!("s21_unset_is_not_clear", story.told());
}
