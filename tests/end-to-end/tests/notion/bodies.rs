//! Meeting notes in the bodies of Notion's pages.

use chrono::TimeDelta;
use connector_core::mapping::Pair;
use connector_core::store::RunStatus;
use connector_sandbox::{Edit, Remote};
use crm_sync_server::crm;
use end_to_end::{Backend, Trio};
use serde_json::{Value, json};

const BODY: &str = "/v1/blocks/{block_id}/children";

/// Three tools whose notes are the bodies of Notion's pages.
async fn open() -> Trio {
    let mut trio = Trio::open(Backend::Sqlite).await;
    let schema = trio.notion.connector.schema().await.unwrap();
    let units = crm::units().unwrap();
    let pair = Pair::new(units.get(crm::NOTES).unwrap(), schema.field_named("Page body").unwrap());
    let pairs = &mut trio.notion.connection.mapping.pairs;
    pairs.retain(|pair| pair.unit.as_str() != crm::NOTES);
    pairs.push(pair);
    trio
}

/// Writes at the end of a page, as a person does.
fn person_writes(trio: &Trio, page: &str, blocks: &[Value]) {
    trio.sandbox.edit(&Edit::append_blocks(page, blocks)).unwrap();
}

fn text(kind: &str, words: &str, children: Value) -> Value {
    let mut held = json!({"rich_text": [{"text": {"content": words}}]});
    if !children.is_null() {
        held["children"] = children;
    }
    json!({"type": kind, kind: held})
}

fn bodies_read(trio: &Trio) -> u64 {
    trio.sandbox.stats().requests_to("GET", BODY)
}

#[tokio::test]
async fn what_a_person_writes_under_a_page_becomes_the_deals_notes_as_markdown() {
    let trio = open().await;
    let deal = trio.add_deal("Acme").await;
    trio.sync(&trio.notion).await;
    trio.pass(TimeDelta::minutes(5));
    let nested =
        json!([text("bulleted_list_item", "prix", Value::Null), text("to_do", "devis", Value::Null)]);
    let blocks =
        [text("heading_2", "Rendez-vous", Value::Null), text("bulleted_list_item", "points", nested)];
    person_writes(&trio, &trio.page(), &blocks);
    trio.pass(TimeDelta::minutes(5));
    let report = trio.sync(&trio.notion).await;
    assert_eq!(report.record.status, RunStatus::Ok, "{:?}", report.record);
    let [notes, _] = trio.crm_and_notion(&deal).await;
    assert_eq!(notes, "first\n## Rendez-vous\n- points\n  - prix\n  - [ ] devis");
}

#[tokio::test]
async fn notes_go_into_a_page_of_ours_and_never_over_a_persons_words() {
    let trio = open().await;
    let deal = trio.add_deal("Acme").await;
    trio.sync(&trio.notion).await;
    trio.pass(TimeDelta::minutes(5));
    trio.edit_crm(&deal, "second");
    let report = trio.sync(&trio.notion).await;
    assert_eq!(
        (report.record.status, report.record.counts.pushed),
        (RunStatus::Ok, 1),
        "{:?}",
        report.record
    );
    let again = trio.sync(&trio.notion).await;
    assert_eq!(again.record.counts.unchanged, 1, "what was written reads as it was sent: {:?}", again.plan);

    trio.pass(TimeDelta::minutes(5));
    let touch = Edit::update_record(&trio.page(), json!({"Signed": true})).of(Remote::Notion);
    trio.sandbox.edit(&touch).unwrap();
    trio.pass(TimeDelta::minutes(5));
    trio.edit_crm(&deal, "third");
    let report = trio.sync(&trio.notion).await;
    assert_eq!(report.record.status, RunStatus::Partial, "{:?}", report.record);
    let told: Vec<_> = report.results.values().filter_map(|result| result.message.as_deref()).collect();
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].contains("a person edited the page"), "{told:?}");
    assert_eq!(trio.crm_and_notion(&deal).await[0], "third", "the CRM keeps its own");
}

#[tokio::test]
async fn only_the_body_of_an_edited_page_is_read_again() {
    let trio = open().await;
    for number in 0..5 {
        trio.add_deal(&format!("Acme {number}")).await;
    }
    trio.sync(&trio.notion).await;
    trio.pass(TimeDelta::minutes(5));
    trio.sync(&trio.notion).await;
    trio.sandbox.reset_stats();
    let report = trio.sync(&trio.notion).await;
    assert_eq!((report.record.counts.unchanged, bodies_read(&trio)), (5, 0), "{:?}", report.record);

    let page = trio.sandbox.notion_page_ids().pop().unwrap();
    person_writes(&trio, &page, &[text("paragraph", "décidé", Value::Null)]);
    trio.pass(TimeDelta::minutes(5));
    trio.sandbox.reset_stats();
    let report = trio.sync(&trio.notion).await;
    assert_eq!((report.record.counts.pulled, bodies_read(&trio)), (1, 1), "{:?}", report.record);
    assert_eq!(report.record.usage.calls, 3, "one schema, one query, one body");
}
