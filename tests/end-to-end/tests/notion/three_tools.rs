//! One deal in three tools.

use chrono::TimeDelta;
use connector_core::store::RunStatus;
use end_to_end::{Backend, Trio};
use rstest::rstest;

/// Who edits.
#[derive(Debug, Clone, Copy)]
enum Editor {
    Crm,
    Airtable,
    Notion,
}
use Editor::{Airtable, Crm, Notion};

#[rstest]
#[tokio::test]
async fn the_last_of_three_edits_stands_everywhere_in_any_order(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
    #[values([Crm, Notion, Airtable], [Airtable, Crm, Notion], [Notion, Airtable, Crm])] editors: [Editor; 3],
    #[values(false, true)] notion_first: bool,
) {
    let trio = Trio::open(backend).await;
    let order = if notion_first { [&trio.notion, &trio.airtable] } else { [&trio.airtable, &trio.notion] };
    let deal = trio.add_deal("Acme").await;
    trio.sync_all(order).await;
    assert_eq!(trio.notes(&deal).await, ["first"; 3]);
    let (record, page) = (trio.record(), trio.page());

    for (editor, notes) in editors.iter().zip(["10:00", "10:10", "10:20"]) {
        trio.pass(TimeDelta::minutes(10));
        match editor {
            Crm => trio.edit_crm(&deal, notes),
            Airtable => trio.edit_airtable(&record, notes),
            Notion => trio.edit_notion(&page, notes),
        }
    }
    trio.pass(TimeDelta::minutes(10));
    for pass in trio.sync_all(order).await {
        let report = pass.outcome.unwrap();
        assert_eq!(report.record.status, RunStatus::Ok, "{:?}", report.record);
    }
    assert_eq!(trio.notes(&deal).await, ["10:20"; 3], "one pass is enough");

    trio.pass(TimeDelta::minutes(10));
    trio.sandbox.reset_stats();
    trio.sync_all(order).await;
    assert_eq!(trio.writes(), 0);
}

#[tokio::test]
async fn what_only_one_tool_edits_reaches_the_others_in_one_pass() {
    let trio = Trio::open(Backend::Sqlite).await;
    let deal = trio.add_deal("Acme").await;
    let order = [&trio.airtable, &trio.notion];
    trio.sync_all(order).await;
    let (record, page) = (trio.record(), trio.page());
    for (notes, editor) in [("from Airtable", Airtable), ("from Notion", Notion), ("from the CRM", Crm)] {
        trio.pass(TimeDelta::minutes(5));
        match editor {
            Crm => trio.edit_crm(&deal, notes),
            Airtable => trio.edit_airtable(&record, notes),
            Notion => trio.edit_notion(&page, notes),
        }
        trio.pass(TimeDelta::minutes(5));
        trio.sync_all(order).await;
        assert_eq!(trio.notes(&deal).await, [notes; 3]);
    }
}
