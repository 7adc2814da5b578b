//! What a sync costs in requests, counted by the sandbox.

use connector_core::plan::Mode;
use connector_core::store::RunStatus;
use connector_sandbox::{Edit, Settings};
use end_to_end::{Backend, Office};
use rstest::rstest;

fn empty_table() -> Settings {
    Settings { deals: 0, ..Settings::default() }
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn a_first_export_writes_in_tens_and_reads_a_constant(#[case] backend: Backend) {
    let office = Office::open(backend, empty_table()).await;
    office.add_deals(125).await;
    let report = office.run(Mode::Export).await;
    assert_eq!(report.record.status, RunStatus::Ok, "{:?}", report.record);
    assert_eq!(report.record.counts.created_remote, 125);
    assert_eq!(office.writes(), 13);
    assert_eq!(office.sandbox.stats().requests() - office.writes(), 2, "one schema, one empty listing");
    assert_eq!(report.record.usage.calls, office.sandbox.stats().requests(), "what was spent is known");
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn nothing_to_do_costs_one_request_a_page_and_one_for_the_schema(#[case] backend: Backend) {
    let office = Office::open(backend, empty_table()).await;
    office.add_deals(1_000).await;
    office.run(Mode::Sync).await;
    office.sandbox.reset_stats();
    let report = office.run(Mode::Sync).await;
    assert_eq!(report.record.status, RunStatus::Ok, "{:?}", report.record);
    assert_eq!(report.record.counts.unchanged, 1_000);
    assert_eq!((office.listings(), office.writes()), (10, 0));
    assert_eq!(office.sandbox.stats().requests(), 11);
}

#[tokio::test]
async fn one_changed_deal_among_a_thousand_is_one_write() {
    let office = Office::open(Backend::Sqlite, empty_table()).await;
    office.add_deals(1_000).await;
    office.run(Mode::Sync).await;
    let record = office.sandbox.airtable_record_ids().swap_remove(500);
    office
        .sandbox
        .edit(&Edit::update_record(&record, serde_json::json!({"Notes": "edited in Airtable"})))
        .expect("an edit");
    office.sandbox.reset_stats();
    let report = office.run(Mode::Sync).await;
    assert_eq!((report.record.counts.pulled, office.writes()), (1, 0), "{:?}", report.plan);

    // The other way: a value that only the CRM changes.
    let deals = office.add_deals(1).await;
    office.sandbox.reset_stats();
    let report = office.run(Mode::Sync).await;
    assert_eq!(deals.len(), 1);
    assert_eq!((report.record.counts.created_remote, office.writes()), (1, 1));
}

#[tokio::test]
async fn an_import_of_the_table_stamps_in_tens_and_then_rests() {
    let office = Office::open(Backend::Sqlite, Settings::default()).await;
    let report = office.run(Mode::Import).await;
    let made = report.record.counts.created_crm;
    assert!(made > 150, "{:?}", report.record);
    assert_eq!(office.writes(), made.div_ceil(10));
    office.sandbox.reset_stats();
    let again = office.run(Mode::Sync).await;
    assert_eq!(again.record.counts.unchanged, made);
    assert_eq!(office.writes(), 0, "{:?}", again.plan);
}
