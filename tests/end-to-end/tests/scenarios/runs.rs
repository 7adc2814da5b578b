//! Scenarios 23 to 25: kept plans, runs that meet, and three tools.

use std::sync::Arc;

use chrono::TimeDelta;
use connector_core::engine::EngineError;
use connector_core::id::RunId;
use connector_core::plan::Problem;
use connector_core::store::{OpOutcome, RunStatus, Store as _};
use connector_core::testing::{Blow, FaultyStore, Fuse};
use end_to_end::Backend;
use insta::assert_snapshot;
use rstest::rstest;
use serde_json::json;

use crate::story::Story;

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn s23_a_kept_plan_skips_what_moved_and_is_refused_under_another_mapping(#[case] backend: Backend) {
    let mut story = Story::begin(backend).await;
    let trio = &story.trio;
    let deals = story.linked_all(&trio.airtable, 5).await;
    for deal in &deals {
        trio.edit_crm(deal, "planned");
    }
    assert_eq!(story.plan(&trio.airtable, "plan-1").await.ops.len(), 5);
    let record = trio.linked(&trio.airtable, &deals[2]).await.unwrap();
    trio.pass(TimeDelta::minutes(5));
    story.in_airtable(record.as_str(), json!({"Notes": "a person's"}));
    let report = story.apply(&trio.airtable, "plan-1").await;
    let became = |outcome| report.results.values().filter(|result| result.outcome == outcome).count();
    assert_eq!((became(OpOutcome::Applied), became(OpOutcome::Stale)), (4, 1));
    assert_eq!(story.cell(record.as_str(), "Notes"), json!("a person's"));

    story.plan(&trio.airtable, "plan-2").await;
    story.trio.airtable.connection.mapping.pairs.pop();
    let trio = &story.trio;
    let refused = trio.engine(&trio.airtable).apply(&"plan-2".into(), &trio.request()).await;
    assert!(matches!(refused, Err(EngineError::OutdatedPlan(_))), "{refused:?}");
    story.note(&refused.unwrap_err().to_string());
    assert_snapshot!("s23_stale_plan", story.told());
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn s24_a_second_run_is_told_of_the_first_and_a_dead_one_is_finished(#[case] backend: Backend) {
    let story = Story::begin(backend).await;
    let trio = &story.trio;
    let mut deals = Vec::new();
    for number in 0..20 {
        deals.push(trio.add_deal(&format!("Client {number}")).await);
    }
    // It ends in the middle of making pages.
    let store = FaultyStore::new(trio.store.clone(), Fuse::at(26, Blow::Before));
    let request = trio.request();
    let dead: RunId = request.run.clone();
    let ended = trio.engine_on(&trio.notion, Arc::new(store)).sync(&request).await;
    assert!(ended.is_err(), "{ended:?}");
    let made = trio.sandbox.notion_page_ids().len();
    let noted = trio.store.state(&trio.notion.connection.id).await.unwrap().links.len();
    assert!(made > 0 && noted < 20, "{made} pages were made, and {noted} noted");

    let second = trio.engine(&trio.notion).sync(&trio.request()).await;
    let Err(EngineError::Running(running)) = second else { panic!("{second:?}") };
    assert_eq!(running, dead, "the run that has the connection is named");
    trio.pass(TimeDelta::minutes(2));
    let report = story.sync(&trio.notion).await;
    assert_eq!(report.record.status, RunStatus::Ok);
    assert_eq!(trio.sandbox.notion_page_ids().len(), 20, "none is there twice");
    let links = trio.store.state(&trio.notion.connection.id).await.unwrap().links;
    assert_eq!(links.len(), 20);
    assert!(story.sync(&trio.notion).await.plan.unwrap().ops.is_empty());
    assert_snapshot!("s24_overlap_and_dead_holder", story.told().lines().last().unwrap());
}

#[rstest]
#[tokio::test]
async fn s25_three_tools_agree_in_any_order_and_a_run_is_taken_back_and_held(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
    #[values(false, true)] notion_first: bool,
) {
    let story = Story::begin(backend).await;
    let trio = &story.trio;
    let deal = trio.add_deal("Acme").await;
    let order = if notion_first { [&trio.notion, &trio.airtable] } else { [&trio.airtable, &trio.notion] };
    trio.sync_all(order).await;
    let (record, page) = (trio.record(), trio.page());
    trio.pass(TimeDelta::minutes(10));
    trio.edit_crm(&deal, "crm 10:00");
    trio.pass(TimeDelta::minutes(10));
    trio.edit_notion(&page, "notion 10:10");
    trio.pass(TimeDelta::minutes(10));
    trio.edit_airtable(&record, "airtable 10:20");
    trio.pass(TimeDelta::minutes(10));
    let passes = trio.sync_all(order).await;
    assert_eq!(trio.notes(&deal).await, ["airtable 10:20"; 3]);

    // The run that brought Airtable's value into the CRM is taken back, there only.
    let runs = passes.into_iter().map(|pass| pass.outcome.unwrap());
    let brought = runs.into_iter().find(|run| {
        run.record.counts.pulled > 0 && run.plan.as_ref().unwrap().connection == trio.airtable.connection.id
    });
    let brought = brought.unwrap();
    trio.pass(TimeDelta::minutes(10));
    story.undo(&trio.airtable, &brought).await;
    let restored = if notion_first { "notion 10:10" } else { "crm 10:00" };
    assert_eq!(trio.notes(&deal).await[0], restored);
    trio.pass(TimeDelta::minutes(10));
    let report = story.sync(&trio.airtable).await;
    let plan = report.plan.unwrap();
    assert!(plan.ops.is_empty(), "{plan}");
    assert!(plan.notices.iter().any(|notice| notice.problem == Problem::Held), "{plan}");
    assert_eq!(trio.notes(&deal).await[..2], [restored, "airtable 10:20"], "it is held");
    let name = if notion_first { "s25_three_tools_notion_first" } else { "s25_three_tools_airtable_first" };
    assert_snapshot!(name, story.told());
}
