//! A CRM, an Airtable and a Notion, and one clock that the test moves for all of them.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use chrono::{DateTime, TimeDelta, Utc};
use connector_core::clock::Clock as _;
use connector_core::engine::{Engine, Pass, Report, Request, sync_all};
use connector_core::id::{DealId, RemoteId};
use connector_core::plan::Mode;
use connector_core::store::Store;
use connector_core::testing::ManualClock;
use connector_core::value::Value;
use connector_sandbox::{Edit, Remote, Sandbox, Settings};
use crm_sync_server::crm;
use crm_sync_server::store::DieselStore;
use serde_json::{Value as Json, json};

use crate::counting::writes;
use crate::premises::Premises;
use crate::{Backend, Tool};

/// Three tools, empty at first.
#[derive(Debug)]
pub struct Trio {
    /// Both remotes.
    pub sandbox: Sandbox,
    /// The CRM's database and our books in it.
    pub store: DieselStore,
    /// Airtable's table.
    pub airtable: Tool,
    /// Notion's data source.
    pub notion: Tool,
    clock: ManualClock,
    runs: AtomicU32,
    premises: Premises,
}

impl Trio {
    /// At nine in the morning.
    pub async fn open(backend: Backend) -> Self {
        let clock = ManualClock::default();
        let settings = Settings { deals: 0, start_at: Some(clock.now()), ..Settings::default() };
        let sandbox = Sandbox::start(settings).expect("a sandbox");
        sandbox.freeze_clock(true);
        sandbox.set_clock(clock.now());
        let premises = Premises::new(backend);
        let units = crm::units().expect("the CRM's units");
        let opened = DieselStore::open(premises.database(), units.clone(), Arc::new(clock.clone())).await;
        let airtable = Tool::open(&sandbox, Remote::Airtable, &units).await;
        let notion = Tool::open(&sandbox, Remote::Notion, &units).await;
        sandbox.reset_stats();
        let store = opened.expect("a store");
        Self { sandbox, store, airtable, notion, clock, runs: AtomicU32::new(0), premises }
    }

    /// The time now, everywhere.
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Lets time pass, everywhere.
    pub fn pass(&self, time: TimeDelta) {
        self.clock.advance(time);
        self.sandbox.set_clock(self.clock.now());
    }

    /// Waits until the clock shows this many seconds of a minute.
    pub fn wait_for_second(&self, second: i64) {
        let now = self.now().timestamp().rem_euclid(60);
        self.pass(TimeDelta::seconds((second - now).rem_euclid(60)));
    }

    /// The engine of this remote's connection.
    pub fn engine(&self, tool: &Tool) -> Engine {
        self.engine_on(tool, Arc::new(self.store.clone()))
    }

    /// The same, on a store that the test stands in front of.
    pub fn engine_on(&self, tool: &Tool, store: Arc<dyn Store>) -> Engine {
        let connector = Arc::clone(&tool.connector);
        Engine::new(tool.connection.clone(), connector, store, Arc::new(self.clock.clone()))
    }

    /// A request for a run that comes after all earlier ones.
    pub fn request(&self) -> Request {
        let run = self.runs.fetch_add(1, Ordering::Relaxed);
        Request::new(format!("run-{run:04}"), Mode::Sync, "test")
    }

    /// One run with one remote.
    pub async fn sync(&self, tool: &Tool) -> Report {
        self.engine(tool).sync(&self.request()).await.expect("a run")
    }

    /// One pass over both remotes, in this order.
    pub async fn sync_all(&self, order: [&Tool; 2]) -> Vec<Pass> {
        let engines = order.map(|tool| self.engine(tool));
        sync_all(&engines, |_| self.request()).await
    }

    /// Adds a deal to the CRM.
    pub async fn add_deal(&self, client: &str) -> DealId {
        let row = vec![
            (crm::CLIENT.into(), Value::text(client)),
            (crm::STATUT.into(), Value::text("prospect")),
            (crm::MONTANT_BRUT.into(), Value::Number(1_000.into())),
            (crm::NOTES.into(), Value::text("first")),
        ];
        let mut made = self.store.import_deals(vec![row]).await.expect("a database");
        made.pop().and_then(Result::ok).expect("a deal that the CRM keeps")
    }

    /// Edits a deal's notes in the CRM, now.
    pub fn edit_crm(&self, deal: &DealId, notes: &str) {
        self.change_crm(deal, &format!("notes = '{notes}'"));
    }

    /// Changes a deal in the CRM, now; `assignment` is SQL, `notes = 'x'`.
    pub fn change_crm(&self, deal: &DealId, assignment: &str) {
        self.premises.person_edits(deal, assignment, self.now());
    }

    /// Deletes a deal in the CRM, as its own page does.
    pub fn delete_in_crm(&self, deal: &DealId) {
        self.premises.person_deletes(deal);
    }

    /// What a unit of a deal holds, if the deal is there.
    pub async fn held(&self, deal: &DealId, unit: &str) -> Option<Value> {
        let deals = self.store.deals().await.expect("a database");
        let position = self.store.units().position(unit).expect("a unit");
        deals.into_iter().find(|found| found.id == *deal)?.values.get(position).cloned()
    }

    /// Edits the notes of a record in Airtable, now.
    pub fn edit_airtable(&self, record: &str, notes: &str) {
        let edit = Edit::update_record(record, json!({"Notes": notes}));
        self.sandbox.edit(&edit).expect("an edit");
    }

    /// Edits the notes of a page in Notion, now.
    pub fn edit_notion(&self, page: &str, notes: &str) {
        let edit = Edit::update_record(page, json!({"Notes": notes})).of(Remote::Notion);
        self.sandbox.edit(&edit).expect("an edit");
    }

    /// The only record in Airtable.
    pub fn record(&self) -> String {
        only(self.sandbox.airtable_record_ids())
    }

    /// The only page in Notion.
    pub fn page(&self) -> String {
        only(self.sandbox.notion_page_ids())
    }

    /// What the notes of the deal are: in the CRM, in the only record of Airtable, in the only page of Notion.
    pub async fn notes(&self, deal: &DealId) -> [String; 3] {
        [self.crm_notes(deal).await, self.airtable_notes(), self.notion_notes()]
    }

    /// What the notes of the deal are in the CRM and in the only page of Notion.
    pub async fn crm_and_notion(&self, deal: &DealId) -> [String; 2] {
        [self.crm_notes(deal).await, self.notion_notes()]
    }

    async fn crm_notes(&self, deal: &DealId) -> String {
        let deals = self.store.deals().await.expect("a database");
        let position = self.store.units().position(crm::NOTES).expect("a unit");
        let held = deals.iter().find(|found| found.id == *deal).and_then(|deal| deal.values.get(position));
        if let Some(Value::Text(text)) = held { text.clone() } else { String::new() }
    }

    fn airtable_notes(&self) -> String {
        let record = self.sandbox.airtable_record(&self.record()).unwrap_or_default();
        record.pointer("/fields/Notes").and_then(Json::as_str).unwrap_or_default().to_owned()
    }

    fn notion_notes(&self) -> String {
        let page = self.sandbox.notion_page(&self.page()).unwrap_or_default();
        let first = page.pointer("/properties/Notes/rich_text/0/plain_text").and_then(Json::as_str);
        first.unwrap_or_default().to_owned()
    }

    /// How many requests wrote into a remote.
    pub fn writes(&self) -> u64 {
        writes(&self.sandbox)
    }

    /// The page that the deal is linked to, if it is to one.
    pub async fn linked_page(&self, deal: &DealId) -> Option<RemoteId> {
        self.linked(&self.notion, deal).await
    }

    /// The record or page that the deal is linked to, if it is to one.
    pub async fn linked(&self, tool: &Tool, deal: &DealId) -> Option<RemoteId> {
        let state = self.store.state(&tool.connection.id).await.expect("a database");
        let link = state.links.into_iter().find(|link| link.deal == *deal);
        link.map(|link| link.agreement.remote)
    }
}

/// The only one there is.
fn only<T: fmt::Debug>(mut all: Vec<T>) -> T {
    assert_eq!(all.len(), 1, "{all:?}");
    all.pop().expect("one")
}
