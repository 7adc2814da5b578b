//! Scenarios 18, 19 and 22: columns and options that change, and one that does not exist.

use connector_core::plan::Guard;
use connector_core::store::RunStatus;
use connector_core::value::Value;
use connector_sandbox::{Change, Edit};
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
async fn s18_renaming_a_column_and_an_option_changes_nothing(#[case] backend: Backend) {
    let story = Story::begin(backend).await;
    let trio = &story.trio;
    let (deal, record) = story.linked(&trio.airtable, "Acme").await;
    trio.change_crm(&deal, "statut = 'gagné'");
    story.sync(&trio.airtable).await;
    trio.sandbox.edit(&Edit::rename_field("Amount", "Value")).unwrap();
    let option =
        Change::RenameChoice { field: "Status".into(), choice: "Gagné".into(), name: "Closed won".into() };
    trio.sandbox.edit(&Edit::new(option)).unwrap();
    assert_eq!(story.cell(&record, "Status"), json!("Closed won"));
    trio.sandbox.reset_stats();
    let report = story.sync(&trio.airtable).await;
    assert!(report.plan.unwrap().ops.is_empty());
    assert_eq!(trio.writes(), 0);
    assert_snapshot!("s18_rename", story.told());
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn s19_a_column_that_is_deleted_clears_nothing_and_is_told_once(#[case] backend: Backend) {
    let story = Story::begin(backend).await;
    let trio = &story.trio;
    let (first, record) = story.linked(&trio.airtable, "Acme").await;
    let (second, _) = story.linked(&trio.airtable, "Bréhat").await;
    trio.sandbox.edit(&Edit::delete_field("Notes")).unwrap();
    trio.change_crm(&first, "montant_brut = 4000");
    let stopped = story.sync(&trio.airtable).await;
    assert_eq!(stopped.record.status, RunStatus::Halted, "a person looks first");
    let report = story.sync_past(&trio.airtable, Guard::SettingsChanged).await;
    assert_eq!(report.plan.unwrap().notices.len(), 1, "one warning for all deals");
    for deal in [&first, &second] {
        assert_eq!(trio.held(deal, crm::NOTES).await, Some(Value::text("first")));
    }
    assert_eq!(story.cell(&record, "Amount"), json!(4000), "the other columns go on");
    assert_snapshot!("s19_column_deleted", story.told());
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn s22_one_bad_row_is_named_with_field_value_and_remedy_and_nine_are_written(#[case] backend: Backend) {
    let story = Story::begin(backend).await;
    let trio = &story.trio;
    let deals = story.linked_all(&trio.airtable, 10).await;
    for (number, deal) in deals.iter().enumerate() {
        let sector = if number == 4 { "Astrologie" } else { "Industrie" };
        trio.change_crm(deal, &format!("secteur = '{sector}'"));
    }
    let report = story.sync(&trio.airtable).await;
    assert_eq!((report.record.status, report.record.counts.pushed), (RunStatus::Partial, 9));
    let notice = &report.plan.unwrap().notices[0];
    assert_eq!((notice.field.as_deref(), notice.label.as_str()), (Some("Sector"), "Client 004"));
    assert!(notice.to_string().contains("Astrologie"), "{notice}");
    assert_snapshot!("s22_one_bad_row", story.told());
}
