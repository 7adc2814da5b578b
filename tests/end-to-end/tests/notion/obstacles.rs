//! Pages that cannot be written as others can, in the middle of a run: it goes on without them.

use chrono::TimeDelta;
use connector_core::store::RunStatus;
use connector_sandbox::{Change, Edit, Fault, Remote};
use end_to_end::{Backend, Trio};

#[tokio::test]
async fn a_page_that_notion_keeps_refusing_is_named_and_the_others_are_made() {
    let trio = Trio::open(Backend::Sqlite).await;
    for number in 0..10 {
        trio.add_deal(&format!("Acme {number}")).await;
    }
    trio.sandbox.fault(Fault::status(409).on("POST", "/v1/pages").skip(3).times(8));
    let report = trio.sync(&trio.notion).await;
    let counts = report.record.counts;
    assert_eq!(counts.created_remote + counts.failed, 10, "{:?}", report.record);
    assert!(counts.created_remote >= 8, "{:?}", report.record);
    for result in report.results.values().filter(|result| result.message.is_some()) {
        let told = result.message.as_deref().unwrap();
        assert!(told.contains("Conflict occurred while saving"), "{told}");
    }
    let report = trio.sync(&trio.notion).await;
    assert_eq!(report.record.status, RunStatus::Ok, "{:?}", report.record);
    assert_eq!(trio.sandbox.notion_page_ids().len(), 10);
}

#[tokio::test]
async fn a_page_that_is_locked_against_people_is_still_written() {
    let trio = Trio::open(Backend::Sqlite).await;
    let deal = trio.add_deal("Acme").await;
    trio.sync(&trio.notion).await;
    let lock = Change::LockRecord { record: trio.page(), locked: true };
    trio.sandbox.edit(&Edit::new(lock).of(Remote::Notion)).unwrap();
    trio.pass(TimeDelta::minutes(2));
    trio.edit_crm(&deal, "second");
    let report = trio.sync(&trio.notion).await;
    assert_eq!(report.record.status, RunStatus::Ok, "{:?}", report.record);
    assert_eq!(trio.crm_and_notion(&deal).await, ["second", "second"]);
}

#[tokio::test]
async fn a_page_that_goes_to_the_trash_between_the_reading_and_the_write_is_not_written() {
    let trio = Trio::open(Backend::Sqlite).await;
    let deals = [trio.add_deal("Acme").await, trio.add_deal("Bréhat").await];
    trio.sync(&trio.notion).await;
    trio.pass(TimeDelta::minutes(2));
    for deal in &deals {
        trio.edit_crm(deal, "second");
    }
    let plan = trio.engine(&trio.notion).plan("plan-1".into(), &trio.request()).await.unwrap();
    let trashed = trio.linked_page(&deals[0]).await.unwrap();
    trio.sandbox.edit(&Edit::delete_record(trashed.as_str()).of(Remote::Notion)).unwrap();
    trio.pass(TimeDelta::minutes(2));
    let report = trio.engine(&trio.notion).apply(&plan.id, &trio.request()).await.unwrap();
    let counts = report.record.counts;
    assert_eq!((counts.pushed, counts.stale), (1, 1), "{:?}", report.record);
    assert_eq!(report.record.status, RunStatus::Partial, "{:?}", report.record);
}
