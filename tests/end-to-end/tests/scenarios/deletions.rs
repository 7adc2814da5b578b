//! Scenarios 7 and 14 to 17: deletions, and what only looks like one.

use chrono::TimeDelta;
use connector_core::plan::{Deletion, Deletions, Guard, QuestionKind};
use connector_core::store::{RunStatus, Store as _};
use connector_core::value::Value;
use connector_sandbox::{Change, Edit, Fault, Remote};
use crm_sync_server::crm;
use end_to_end::Backend;
use insta::assert_snapshot;
use rstest::rstest;

use crate::story::Story;

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn s07_an_edit_beats_a_deletion_and_brings_back_what_was_not_synced_yet(#[case] backend: Backend) {
    let story = Story::begin(backend).await;
    let trio = &story.trio;
    let (deal, page) = story.linked(&trio.notion, "Acme").await;
    story.linked(&trio.notion, "Bréhat").await;
    trio.change_crm(&deal, "montant_brut = 2500");
    trio.pass(TimeDelta::minutes(2));
    trio.delete_in_crm(&deal);
    trio.pass(TimeDelta::minutes(2));
    trio.edit_notion(&page, "still wanted");
    trio.pass(TimeDelta::minutes(2));
    story.sync(&trio.notion).await;
    story.sync(&trio.notion).await;
    assert_eq!(trio.held(&deal, crm::NOTES).await, Some(Value::text("still wanted")));
    assert_eq!(trio.held(&deal, crm::MONTANT_BRUT).await, Some(Value::Number(2_500.into())));
    assert_snapshot!("s07_edit_versus_delete", story.told());
}

#[tokio::test]
async fn s14_a_listing_that_breaks_off_deletes_nothing_and_what_was_read_goes_on() {
    let mut story = Story::begin(Backend::Sqlite).await;
    let everything = Deletions { remote: Deletion::Hard, crm: Deletion::Hard, ..Deletions::default() };
    story.trio.airtable.connection.policy.deletions = everything;
    let trio = &story.trio;
    let deals = story.linked_all(&trio.airtable, 400).await;
    let of = |number: usize| trio.linked(&trio.airtable, &deals[number]);
    // Airtable lists in the order of creation, a hundred on a page.
    let order = trio.sandbox.airtable_record_ids();
    let (mut read, mut unread) = (None, None);
    for number in 0..deals.len() {
        let record = of(number).await.unwrap();
        let place = order.iter().position(|id| id == record.as_str()).unwrap();
        if place < 200 {
            read.get_or_insert(number)
        } else {
            unread.get_or_insert(number)
        };
    }
    let (read, unread) = (read.unwrap(), unread.unwrap());
    trio.edit_crm(&deals[read], "on a page that is read");
    trio.edit_crm(&deals[unread], "on a page that is not");
    trio.sandbox.edit(&Edit::delete_record(order.last().unwrap())).unwrap();
    trio.sandbox.edit(&Edit::delete_record(&order[100])).unwrap();
    trio.sandbox.fault(Fault::status(500).on("GET", "/v0/{base}/{table}").skip(2).times(5));
    let report = story.sync(&trio.airtable).await;
    assert_eq!(report.record.status, RunStatus::Partial);
    assert_eq!((report.record.counts.pushed, trio.store.deals().await.unwrap().len()), (1, 400));
    let record = of(read).await.unwrap();
    assert_eq!(story.cell(record.as_str(), "Notes"), "on a page that is read");
    assert_snapshot!("s14_page_3_fails", story.told().replace(&format!("Client {read:03}"), "a client"));
}

#[rstest]
#[case::notion_is_unshared(true)]
#[case::airtables_token_is_revoked(false)]
#[tokio::test]
async fn s15_access_that_is_revoked_ends_the_run_before_any_plan(#[case] notion: bool) {
    let mut story = Story::begin(Backend::Sqlite).await;
    let everything = Deletions { remote: Deletion::Hard, crm: Deletion::Hard, ..Deletions::default() };
    story.trio.airtable.connection.policy.deletions = everything.clone();
    story.trio.notion.connection.policy.deletions = everything;
    let trio = &story.trio;
    let tool = if notion { &trio.notion } else { &trio.airtable };
    let (deal, _) = story.linked(tool, "Acme").await;
    if notion {
        trio.sandbox.edit(&Edit::unshare(trio.sandbox.notion_database_id())).unwrap();
    } else {
        assert!(trio.sandbox.revoke_token(trio.sandbox.airtable_token()));
    }
    let report = story.sync(tool).await;
    assert_eq!((report.record.status, report.plan), (RunStatus::Failed, None));
    assert!(trio.held(&deal, crm::CLIENT).await.is_some());
    assert_snapshot!(format!("s15_access_revoked_{}", tool.connection.id), story.told());
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn s16_a_mass_deletion_halts_and_an_override_passes_exactly_those(#[case] backend: Backend) {
    let mut story = Story::begin(backend).await;
    story.trio.airtable.connection.policy.deletions.crm = Deletion::Archive;
    let trio = &story.trio;
    story.linked_all(&trio.airtable, 100).await;
    for record in trio.sandbox.airtable_record_ids().iter().take(60) {
        trio.sandbox.edit(&Edit::delete_record(record)).unwrap();
    }
    let report = story.sync(&trio.airtable).await;
    assert_eq!(report.record.status, RunStatus::Halted);
    assert_eq!(trio.store.deals().await.unwrap().len(), 100);
    let report = story.sync_past(&trio.airtable, Guard::MassDelete).await;
    assert_eq!((report.record.status, report.record.counts.deleted_crm), (RunStatus::Ok, 60));
    assert_eq!(trio.store.deals().await.unwrap().len(), 40);
    let told = story.told();
    let heads = told.lines().filter(|line| {
        !line.trim_start().starts_with(|c: char| c.is_ascii_digit()) || line.contains("pairs")
    });
    assert_snapshot!("s16_mass_delete", heads.collect::<Vec<_>>().join("\n"));
}

#[tokio::test]
async fn s17_pages_that_left_the_scope_are_held_and_nothing_is_deleted() {
    let mut story = Story::begin(Backend::Sqlite).await;
    story.trio.notion.connection.policy.deletions.crm = Deletion::Hard;
    let trio = &story.trio;
    let deals = story.linked_all(&trio.notion, 6).await;
    for deal in deals.iter().take(3) {
        let page = trio.linked_page(deal).await.unwrap().to_string();
        let away = Change::MoveRecord { record: page, to: "Companies".into() };
        trio.sandbox.edit(&Edit::new(away).of(Remote::Notion)).unwrap();
    }
    for _ in 0..2 {
        let report = story.sync(&trio.notion).await;
        let plan = report.plan.unwrap();
        assert!(plan.ops.is_empty(), "{plan}");
        assert!(plan.questions.iter().all(|question| question.kind == QuestionKind::Vanished));
        assert_eq!(plan.questions.len(), 3);
    }
    assert_eq!(trio.store.deals().await.unwrap().len(), 6);
    assert_snapshot!("s17_out_of_scope", story.told());
}
