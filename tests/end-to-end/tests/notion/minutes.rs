//! Edits within one minute: Notion tells of both by the same time.

use chrono::TimeDelta;
use end_to_end::{Backend, Trio};
use rstest::rstest;

fn edited(trio: &Trio) -> String {
    let page = trio.sandbox.notion_page(&trio.page()).unwrap();
    page["last_edited_time"].as_str().unwrap().to_owned()
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn a_second_edit_in_the_minute_of_the_first_is_pulled(#[case] backend: Backend) {
    let trio = Trio::open(backend).await;
    let deal = trio.add_deal("Acme").await;
    trio.sync(&trio.notion).await;
    trio.pass(TimeDelta::minutes(10));

    trio.wait_for_second(5);
    trio.edit_notion(&trio.page(), "second");
    let first = edited(&trio);
    trio.wait_for_second(20);
    let report = trio.sync(&trio.notion).await;
    assert_eq!(report.record.counts.pulled, 1, "{:?}", report.record);

    trio.wait_for_second(50);
    trio.edit_notion(&trio.page(), "third");
    assert_eq!(edited(&trio), first, "Notion tells the minute only");
    trio.wait_for_second(55);
    let report = trio.sync(&trio.notion).await;
    assert_eq!(report.record.counts.pulled, 1, "{:?}", report.record);
    let [crm, _] = trio.crm_and_notion(&deal).await;
    assert_eq!(crm, "third");
}

#[tokio::test]
async fn an_edit_in_the_minute_of_our_own_write_is_no_echo() {
    let trio = Trio::open(Backend::Sqlite).await;
    let deal = trio.add_deal("Acme").await;
    trio.sync(&trio.notion).await;
    trio.wait_for_second(10);
    trio.edit_crm(&deal, "ours");
    let report = trio.sync(&trio.notion).await;
    assert_eq!(report.record.counts.pushed, 1, "{:?}", report.record);
    trio.wait_for_second(40);
    trio.edit_notion(&trio.page(), "theirs");
    let report = trio.sync(&trio.notion).await;
    assert_eq!((report.record.counts.pulled, report.record.counts.pushed), (1, 0), "{:?}", report.record);
    assert_eq!(trio.crm_and_notion(&deal).await, ["theirs", "theirs"]);
}

#[tokio::test]
async fn a_page_whose_time_moves_and_whose_properties_do_not_is_left_alone() {
    let trio = Trio::open(Backend::Sqlite).await;
    let deal = trio.add_deal("Acme").await;
    trio.sync(&trio.notion).await;
    trio.pass(TimeDelta::minutes(5));
    let before = edited(&trio);
    trio.edit_notion(&trio.page(), "first");
    assert_ne!(edited(&trio), before);
    trio.sandbox.reset_stats();
    let report = trio.sync(&trio.notion).await;
    assert_eq!((report.record.counts.unchanged, trio.writes()), (1, 0), "{:?}", report.record);
    assert_eq!(trio.crm_and_notion(&deal).await, ["first", "first"]);
}

#[tokio::test]
async fn an_order_that_minutes_cannot_tell_is_a_tie_that_is_told_and_decided_once() {
    let trio = Trio::open(Backend::Sqlite).await;
    let deal = trio.add_deal("Acme").await;
    trio.sync(&trio.notion).await;
    trio.wait_for_second(10);
    trio.edit_notion(&trio.page(), "in Notion");
    trio.wait_for_second(30);
    trio.edit_crm(&deal, "in the CRM");
    trio.wait_for_second(45);
    let report = trio.sync(&trio.notion).await;
    let plan = report.plan.unwrap();
    let conflicts: Vec<_> = plan.ops.iter().flat_map(|op| &op.conflicts).collect();
    assert_eq!(conflicts.len(), 1, "{plan:?}");
    assert!(conflicts[0].tie, "{:?}", conflicts[0]);
    assert_eq!(trio.crm_and_notion(&deal).await, ["in the CRM", "in the CRM"]);
    trio.sandbox.reset_stats();
    let again = trio.sync(&trio.notion).await;
    assert_eq!((again.record.counts.unchanged, trio.writes()), (1, 0), "{:?}", again.record);
}
