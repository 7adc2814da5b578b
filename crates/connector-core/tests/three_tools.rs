//! Stories of one deal in three tools: the CRM, and two remotes that never meet.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a story that cannot be told has failed")]

use std::sync::Arc;

use chrono::TimeDelta;
use connector_core::engine::{Connection, Engine, Pass, Request, sync_all};
use connector_core::id::{DealId, FieldId};
use connector_core::mapping::{Mapping, Pair};
use connector_core::plan::{Action, Mode, Policy};
use connector_core::schema::{FieldKind, Schema};
use connector_core::store::{RunStatus, Store};
use connector_core::testing::{
    Faults, Faulty, ManualClock, MemoryConnector, MemorySettings, MemoryStore, field,
};
use connector_core::unit::{Unit, UnitKind, Units};
use connector_core::value::Value;
use rstest::rstest;

/// A CRM, a remote like Airtable and one like Notion, with a deal that all three agree on.
struct Desk {
    clock: ManualClock,
    store: MemoryStore,
    airtable: MemoryConnector,
    notion: MemoryConnector,
    deal: DealId,
    runs: u32,
}

fn units() -> Units {
    let text = UnitKind::Text { max: None };
    Units::new([Unit::new("client", text.clone(), "Client").required(), Unit::new("notes", text, "Notes")])
        .unwrap()
}

fn schema() -> Schema {
    let text = FieldKind::Text { max: None };
    Schema {
        container: "tbl".into(),
        name: "Deals".into(),
        fields: vec![
            field("fName", "Name", text.clone()),
            field("fNotes", "Notes", text.clone()),
            field("fKey", "CRM ID", text),
        ],
    }
}

fn text(text: &str) -> Value {
    Value::Text(text.into())
}

impl Desk {
    async fn new() -> Self {
        let clock = ManualClock::default();
        let store = MemoryStore::new(units(), Arc::new(clock.clone()));
        let remote = |settings| MemoryConnector::new(settings, schema(), Arc::new(clock.clone()));
        let deal = store.insert_deal([("client", text("Acme")), ("notes", text("first"))]).unwrap();
        let mut desk = Self {
            airtable: remote(MemorySettings::like_airtable()),
            notion: remote(MemorySettings::like_notion()),
            clock,
            store,
            deal,
            runs: 0,
        };
        desk.sync(false).await;
        desk.clock.advance(TimeDelta::minutes(10));
        desk
    }

    fn engines(&self, notion_first: bool, airtable_faults: Faults) -> Vec<Engine> {
        let (units, schema) = (units(), schema());
        let pair = |unit: &str, field: &str| {
            Pair::new(units.get(unit).unwrap(), schema.field(&FieldId::from(field)).unwrap())
        };
        let mapping = Mapping {
            pairs: vec![pair("client", "fName"), pair("notes", "fNotes")],
            key_field: Some("fKey".into()),
            natural_key: Vec::new(),
        };
        let engine = |id: &str, connector: &MemoryConnector, faults| {
            let connection = Connection {
                id: id.into(),
                mapping: mapping.clone(),
                policy: Policy::default(),
                create_options: false,
            };
            let connector = Faulty::new(connector.clone(), 1).with(faults);
            let (store, clock) = (Arc::new(self.store.clone()), Arc::new(self.clock.clone()));
            Engine::new(connection, Arc::new(connector), store, clock)
        };
        let mut engines = vec![
            engine("airtable", &self.airtable, airtable_faults),
            engine("notion", &self.notion, Faults::default()),
        ];
        if notion_first {
            engines.reverse();
        }
        engines
    }

    async fn sync_through(&mut self, notion_first: bool, airtable_faults: Faults) -> Vec<Pass> {
        let engines = self.engines(notion_first, airtable_faults);
        sync_all(&engines, |_| {
            self.runs += 1;
            Request::new(format!("run-{:03}", self.runs), Mode::Sync, "test")
        })
        .await
    }

    async fn sync(&mut self, notion_first: bool) -> Vec<Pass> {
        self.sync_through(notion_first, Faults::default()).await
    }

    /// A person writes the notes of the only record.
    fn edit(remote: &MemoryConnector, notes: &str) {
        remote.edit(&remote.records()[0].id, "fNotes", text(notes)).unwrap();
    }

    /// What the notes say in the CRM, in Airtable and in Notion.
    fn notes(&self) -> [Value; 3] {
        let there = |remote: &MemoryConnector| remote.records()[0].cell(&"fNotes".into()).clone();
        [self.store.deal(&self.deal).unwrap().values[1].clone(), there(&self.airtable), there(&self.notion)]
    }
}

#[rstest]
#[case::airtable_first(false)]
#[case::notion_first(true)]
#[tokio::test(start_paused = true)]
async fn the_last_of_three_edits_is_in_all_three_tools_after_one_pass(#[case] notion_first: bool) {
    let mut desk = Desk::new().await;
    desk.store.edit_deal(&desk.deal, "notes", text("in the CRM, 10:00")).unwrap();
    desk.clock.advance(TimeDelta::minutes(10));
    Desk::edit(&desk.notion, "in Notion, 10:10");
    desk.clock.advance(TimeDelta::minutes(10));
    Desk::edit(&desk.airtable, "in Airtable, 10:20");
    desk.clock.advance(TimeDelta::minutes(10));
    desk.sync(notion_first).await;
    assert_eq!(desk.notes(), ["in Airtable, 10:20"; 3].map(text));
    let lost: Vec<Value> = ["airtable", "notion"]
        .iter()
        .flat_map(|id| desk.store.decided_conflicts(&(*id).into()))
        .filter_map(|conflict| conflict.loser().cloned())
        .collect();
    for value in ["in the CRM, 10:00", "in Notion, 10:10"] {
        assert!(lost.contains(&text(value)), "{value} is not in the ledger: {lost:?}");
    }
    let again = desk.sync(notion_first).await;
    assert!(again.iter().all(|pass| pass.report().unwrap().plan.as_ref().unwrap().ops.is_empty()));
}

#[tokio::test(start_paused = true)]
async fn the_first_remote_gets_what_the_second_brought_and_nothing_else() {
    let mut desk = Desk::new().await;
    Desk::edit(&desk.notion, "from Notion");
    let passes = desk.sync(false).await;
    let runs: Vec<(&str, bool)> = passes.iter().map(|pass| (pass.connection.as_str(), pass.again)).collect();
    assert_eq!(runs, [("airtable", false), ("notion", false), ("airtable", true)]);
    let actions = |pass: &Pass| -> Vec<Action> {
        pass.report().unwrap().plan.as_ref().unwrap().ops.iter().map(|op| op.action).collect()
    };
    assert_eq!(actions(&passes[2]), [Action::UpdateRecord]);
    assert_eq!(desk.notes(), ["from Notion"; 3].map(text));
    assert_eq!(desk.sync(false).await.len(), 2, "nothing was brought: there is no second run");
}

#[tokio::test(start_paused = true)]
async fn a_remote_that_cannot_be_reached_changes_nothing_for_the_other() {
    let mut desk = Desk::new().await;
    desk.store.edit_deal(&desk.deal, "notes", text("new")).unwrap();
    let before = desk.store.state(&"airtable".into()).await.unwrap();
    let passes = desk.sync_through(false, Faults { fail: 1.0, ..Faults::default() }).await;
    assert_eq!(passes.len(), 2);
    assert_eq!(passes[0].report().unwrap().record.status, RunStatus::Failed);
    assert_eq!(passes[1].report().unwrap().record.status, RunStatus::Ok);
    assert_eq!(desk.notes(), ["new", "first", "new"].map(text));
    assert_eq!(desk.store.state(&"airtable".into()).await.unwrap(), before);
    desk.sync(false).await;
    assert_eq!(desk.notes(), ["new"; 3].map(text));
}
