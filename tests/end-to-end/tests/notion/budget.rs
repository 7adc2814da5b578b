//! What a sync with Notion costs in requests, counted by the sandbox.

use connector_core::plan::Mode;
use connector_core::store::RunStatus;
use connector_sandbox::{Edit, Remote, Settings};
use end_to_end::{Backend, Office};
use rstest::rstest;
use serde_json::json;

async fn office(backend: Backend) -> Office {
    Office::beside(Remote::Notion, backend, Settings { deals: 0, ..Settings::default() }).await
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn creations_cost_a_request_each_and_a_sync_with_nothing_to_do_one_a_hundred_rows(
    #[case] backend: Backend,
) {
    let office = office(backend).await;
    office.add_deals(250).await;
    let report = office.run(Mode::Export).await;
    assert_eq!(report.record.status, RunStatus::Ok, "{:?}", report.record);
    assert_eq!((report.record.counts.created_remote, office.writes()), (250, 250));
    let requests = office.sandbox.stats().requests();
    assert_eq!(requests - office.writes(), 2, "one schema, one empty query");
    assert_eq!(report.record.usage.calls, requests, "what was spent is known");

    office.sandbox.reset_stats();
    let report = office.run(Mode::Sync).await;
    assert_eq!(report.record.counts.unchanged, 250, "{:?}", report.record);
    assert_eq!((office.listings(), office.writes(), office.sandbox.stats().requests()), (3, 0, 4));
}

#[tokio::test]
async fn one_change_is_one_write() {
    let office = office(Backend::Sqlite).await;
    office.add_deals(120).await;
    office.run(Mode::Sync).await;
    let page = office.sandbox.notion_page_ids().swap_remove(60);
    let edit = Edit::update_record(&page, json!({"Notes": "edited in Notion"})).of(Remote::Notion);
    office.sandbox.edit(&edit).unwrap();
    office.sandbox.reset_stats();
    let report = office.run(Mode::Sync).await;
    assert_eq!((report.record.counts.pulled, office.writes()), (1, 0), "{:?}", report.plan);
    assert_eq!(office.sandbox.stats().requests(), 3, "one schema, two queries");

    office.add_deals(1).await;
    office.sandbox.reset_stats();
    let report = office.run(Mode::Sync).await;
    assert_eq!((report.record.counts.created_remote, office.writes()), (1, 1), "{:?}", report.plan);
}
