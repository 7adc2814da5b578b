//! Pages are made once, though Notion has no key that would keep a second one out.

use std::sync::Arc;

use chrono::TimeDelta;
use connector_core::store::RunStatus;
use connector_core::testing::{Blow, FaultyStore, Fuse};
use connector_sandbox::{Fault, Knobs};
use end_to_end::{Backend, Trio};
use rstest::rstest;

/// How many pages were asked for.
fn asked_for(trio: &Trio) -> u64 {
    trio.sandbox.stats().requests_to("POST", "/v1/pages")
}

fn lose(trio: &Trio, fault: Fault) {
    trio.sandbox.fault(fault.on("POST", "/v1/pages").once());
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn a_page_whose_answer_was_lost_is_found_and_linked(#[case] backend: Backend) {
    let trio = Trio::open(backend).await;
    let deal = trio.add_deal("Acme").await;
    lose(&trio, Fault::drop_answer());
    let report = trio.sync(&trio.notion).await;
    assert_eq!(report.record.counts.failed, 1, "{:?}", report.record);
    assert_eq!((trio.sandbox.notion_page_ids().len(), trio.linked_page(&deal).await), (1, None));

    trio.pass(TimeDelta::seconds(5));
    let report = trio.sync(&trio.notion).await;
    assert_eq!(report.record.status, RunStatus::Ok, "{:?}", report.record);
    let page = trio.linked_page(&deal).await.expect("a link");
    assert_eq!((asked_for(&trio), page.as_str()), (1, trio.page().as_str()));
    assert_eq!(trio.crm_and_notion(&deal).await, ["first", "first"]);
}

#[tokio::test]
async fn an_index_that_lags_does_not_make_a_second_page() {
    let trio = Trio::open(Backend::Sqlite).await;
    trio.sandbox.set_knobs(Knobs { index_lag_ms: 30_000, ..trio.sandbox.knobs() });
    let deal = trio.add_deal("Acme").await;
    lose(&trio, Fault::drop_answer());
    trio.sync(&trio.notion).await;
    for _ in 0..2 {
        trio.pass(TimeDelta::seconds(14));
        let report = trio.sync(&trio.notion).await;
        assert_eq!((asked_for(&trio), trio.linked_page(&deal).await), (1, None), "{:?}", report.record);
    }
    trio.pass(TimeDelta::seconds(3));
    trio.sync(&trio.notion).await;
    let page = trio.linked_page(&deal).await.expect("a link");
    assert_eq!((asked_for(&trio), page.as_str()), (1, trio.page().as_str()));
}

#[tokio::test]
async fn a_page_that_was_never_made_is_asked_for_again_when_it_could_have_come_to_light() {
    let trio = Trio::open(Backend::Sqlite).await;
    let deal = trio.add_deal("Acme").await;
    lose(&trio, Fault::drop_request());
    trio.sync(&trio.notion).await;
    trio.pass(TimeDelta::seconds(58));
    trio.sync(&trio.notion).await;
    assert_eq!((asked_for(&trio), trio.sandbox.notion_page_ids().len()), (1, 0));
    trio.pass(TimeDelta::seconds(3));
    let report = trio.sync(&trio.notion).await;
    assert_eq!(report.record.status, RunStatus::Ok, "{:?}", report.record);
    assert_eq!((asked_for(&trio), trio.sandbox.notion_page_ids().len()), (2, 1));
    assert!(trio.linked_page(&deal).await.is_some());
}

/// A program that ends at any write of its books while it makes a page, a person who edits that page meanwhile, and the
/// program started again.
#[tokio::test]
async fn wherever_the_program_ends_there_is_one_page_and_a_persons_edit_of_it_is_pulled() {
    let whole = Fuse::new();
    create_through(&Trio::open(Backend::Sqlite).await, &whole).await;
    let (mut adopted, mut ends) = (0, 0);
    for step in 1..=whole.steps() {
        for blow in [Blow::Before, Blow::After] {
            ends += 1;
            let trio = Trio::open(Backend::Sqlite).await;
            let fuse = Fuse::at(step, blow);
            let deal = create_through(&trio, &fuse).await;
            assert!(fuse.is_blown(), "step {step} {blow:?}");

            trio.pass(TimeDelta::minutes(2));
            let mut wanted = "first";
            if let [page] = trio.sandbox.notion_page_ids().as_slice() {
                adopted += u32::from(trio.linked_page(&deal).await.is_none());
                wanted = "meanwhile";
                trio.edit_notion(page, wanted);
            }
            trio.pass(TimeDelta::minutes(2));
            for _ in 0..2 {
                trio.sync(&trio.notion).await;
                trio.pass(TimeDelta::minutes(2));
            }
            let at = format!("step {step} of {}, {blow:?}", whole.steps());
            assert_eq!(trio.crm_and_notion(&deal).await, [wanted, wanted], "{at}");
            let page = trio.linked_page(&deal).await.expect("a link");
            assert_eq!((asked_for(&trio), page.as_str()), (1, trio.page().as_str()), "{at}");
        }
    }
    assert!(adopted > 0, "of {ends} ends, one lies between the page and its link");
}

/// Adds a deal and runs a sync whose store has this fuse.
async fn create_through(trio: &Trio, fuse: &Fuse) -> connector_core::id::DealId {
    let deal = trio.add_deal("Acme").await;
    let store = FaultyStore::new(trio.store.clone(), fuse.clone());
    let ended = trio.engine_on(&trio.notion, Arc::new(store)).sync(&trio.request()).await;
    assert_eq!(ended.is_ok(), !fuse.is_blown(), "{ended:?}");
    deal
}

#[tokio::test]
async fn one_lost_answer_keeps_no_other_page_from_being_made() {
    let trio = Trio::open(Backend::Sqlite).await;
    for number in 0..12 {
        trio.add_deal(&format!("Acme {number}")).await;
    }
    lose(&trio, Fault::drop_answer().skip(2));
    let report = trio.sync(&trio.notion).await;
    assert_eq!(report.record.status, RunStatus::Partial, "{:?}", report.record);
    assert_eq!((report.record.counts.created_remote, report.record.counts.failed), (11, 1));
    trio.pass(TimeDelta::seconds(5));
    let report = trio.sync(&trio.notion).await;
    assert_eq!(report.record.status, RunStatus::Ok, "{:?}", report.record);
    assert_eq!((asked_for(&trio), trio.sandbox.notion_page_ids().len()), (12, 12));
}
