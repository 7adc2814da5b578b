//! The memory store keeps the contract, and its side door does what people do.

#![expect(clippy::unwrap_used, reason = "what surprises a test may panic")]

use std::future::{Ready, ready};
use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use connector_core::clock::Clock;
use connector_core::id::{ConnectionId, DealId, RunId, UnitKey};
use connector_core::plan::Conflict;
use connector_core::stage::Vocabulary;
use connector_core::store::{LogEntry, RunRecord, Store};
use connector_core::testing::store_suite::{Roles, StoreHarness};
use connector_core::testing::{EditClock, FaultyStore, Fuse, ManualClock, MemoryStore, NotThere};
use connector_core::unit::{Unit, UnitKind, Units};
use connector_core::value::Value;
use rust_decimal::Decimal;

struct Memory {
    /// The store under test: the memory itself, or the memory in a wrapper.
    tested: Box<dyn Store>,
    store: MemoryStore,
    clock: ManualClock,
}

impl Memory {
    fn new() -> Self {
        let clock = ManualClock::default();
        let units = Units::new([
            Unit::new("title", UnitKind::Text { max: Some(200) }, "Title").required(),
            Unit::new("stage", UnitKind::Stage(Vocabulary::new(["prospect", "gagné"])), "Stage"),
            Unit::new("amount", UnitKind::Money { scale: 2 }, "Amount").positive(),
            Unit::new("due", UnitKind::Date, "Due"),
            Unit::new("sectors", UnitKind::Tags, "Sectors"),
            Unit::new("hot", UnitKind::Flag, "Hot"),
            Unit::new("met", UnitKind::Instant, "Met"),
            Unit::new("notes", UnitKind::Text { max: None }, "Notes"),
            Unit::new("weighted", UnitKind::Money { scale: 2 }, "Weighted").derived(),
        ]);
        let store = MemoryStore::new(units.unwrap(), Arc::new(clock.clone()));
        Self { tested: Box::new(store.clone()), store, clock }
    }
}

mod itself {
    use super::*;

    fn make() -> Ready<Memory> {
        ready(Memory::new())
    }
    connector_core::store_suite!(make);
}

/// The wrapper for crashes changes nothing as long as there is none.
mod in_a_faulty_wrapper {
    use super::*;

    fn make() -> Ready<Memory> {
        let mut memory = Memory::new();
        memory.tested = Box::new(FaultyStore::new(memory.store.clone(), Fuse::new()));
        ready(memory)
    }
    connector_core::store_suite!(make);
}

#[async_trait]
impl StoreHarness for Memory {
    fn store(&self) -> &dyn Store {
        self.tested.as_ref()
    }

    fn connection(&self) -> ConnectionId {
        "airtable".into()
    }

    fn other_connection(&self) -> ConnectionId {
        "notion".into()
    }

    fn roles(&self) -> Roles {
        Roles { text: "notes".into(), number: "amount".into(), date: "due".into(), tags: "sectors".into() }
    }

    fn sample(&self, n: usize) -> Vec<(UnitKey, Value)> {
        let day = NaiveDate::default() + Days::new(n.try_into().unwrap());
        vec![
            ("title".into(), Value::Text(format!("Deal {n}"))),
            ("stage".into(), Value::Text("prospect".into())),
            ("amount".into(), Value::Number(Decimal::from(n) + Decimal::ONE)),
            ("due".into(), Value::Date(day)),
            ("sectors".into(), Value::tags(["Santé".to_owned(), format!("Sector {n}")])),
            ("hot".into(), Value::Flag(n.is_multiple_of(2))),
            ("met".into(), Value::Instant(self.clock.now())),
            ("notes".into(), Value::Text(format!("Notes {n}"))),
        ]
    }

    fn refused(&self) -> (UnitKey, Value) {
        ("amount".into(), Value::Number(Decimal::ZERO))
    }

    async fn insert_deal(&self, values: Vec<(UnitKey, Value)>) -> DealId {
        self.store.insert_deal(values).unwrap()
    }

    async fn edit_deal(&self, id: &DealId, unit: &UnitKey, value: Value) {
        self.store.edit_deal(id, unit.clone(), value).unwrap();
    }

    async fn delete_deal(&self, id: &DealId) {
        self.store.delete_deal(id).unwrap();
    }

    async fn log(&self, run: &RunId) -> Vec<LogEntry> {
        self.store.log().into_iter().filter(|(of, _)| of == run).map(|(_, line)| line).collect()
    }

    async fn run(&self, run: &RunId) -> Option<RunRecord> {
        self.store.runs().into_iter().find(|record| record.id == *run)
    }

    async fn open_conflicts(&self, connection: &ConnectionId) -> Vec<Conflict> {
        self.store.open_conflicts(connection)
    }

    async fn decided_conflicts(&self, connection: &ConnectionId) -> Vec<Conflict> {
        self.store.decided_conflicts(connection)
    }

    fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    fn forward(&self, step: TimeDelta) {
        self.clock.advance(step);
    }
}

#[test]
fn derived_units_follow_every_write() {
    let Memory { store, .. } = Memory::new();
    let store = store.deriving(|units, values| {
        let amount = values.get(units.position("amount").unwrap()).cloned();
        if let (Some(Value::Number(amount)), Some(weighted)) = (amount, values.last_mut()) {
            *weighted = Value::Number(amount / Decimal::TWO);
        }
    });
    let id = store.insert_deal([("amount", Value::Number(Decimal::TEN))]).unwrap();
    assert_eq!(store.deal(&id).unwrap().values.last(), Some(&Value::Number(5.into())));
    store.edit_deal(&id, "amount", Value::Number(Decimal::TWO)).unwrap();
    assert_eq!(store.deal(&id).unwrap().values.last(), Some(&Value::Number(Decimal::ONE)));
}

#[test]
fn a_person_cannot_write_what_is_not_there() {
    let Memory { store, .. } = Memory::new();
    let id = store.insert_deal([("title", Value::Text("A deal".into()))]).unwrap();
    assert_eq!(store.edit_deal(&id, "colour", Value::Empty), Err(NotThere::Unit("colour".into())));
    store.delete_deal(&id).unwrap();
    assert_eq!(store.edit_deal(&id, "title", Value::Empty), Err(NotThere::Deal(id.clone())));
    assert_eq!(store.delete_deal(&id), Err(NotThere::Deal(id)));
}

#[test]
fn edits_are_dated_as_finely_as_the_crm_does() {
    let Memory { store, clock, .. } = Memory::new();
    let id = store.insert_deal([("title", Value::Text("A deal".into()))]).unwrap();
    clock.advance(TimeDelta::seconds(90));
    store.edit_deal(&id, "title", Value::Text("Edited".into())).unwrap();
    let edited = |store: &MemoryStore| store.deal(&id).unwrap().edited;
    let exact = edited(&store).unwrap();
    assert_eq!((exact.lo, exact.hi), (clock.now(), clock.now()));
    let store = store.dating(EditClock::Floored(TimeDelta::minutes(1)));
    let floored = edited(&store).unwrap();
    assert_eq!(floored.lo, clock.now() - TimeDelta::seconds(30));
    assert_eq!(floored.hi - floored.lo, TimeDelta::milliseconds(59_999));
    assert_eq!(edited(&store.dating(EditClock::None)), None);
}
