//! What the stories are told on.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::TimeDelta;
use connector_core::connector::DealConnector;
use connector_core::engine::{Connection, Engine, Request};
use connector_core::id::{DealId, FieldId, RemoteId};
use connector_core::mapping::{Mapping, Pair};
use connector_core::plan::{Mode, Policy};
use connector_core::schema::{FieldKind, Schema};
use connector_core::stage::Vocabulary;
use connector_core::store::{RunStatus, Store as _};
use connector_core::testing::{ManualClock, MemoryConnector, MemorySettings, MemoryStore, field, options};
use connector_core::unit::{Unit, UnitKind, Units};
use connector_core::value::{Choice, Value};

/// A CRM and a remote in memory, and their connection.
pub(crate) struct Desk {
    pub(crate) clock: ManualClock,
    pub(crate) connector: MemoryConnector,
    pub(crate) store: MemoryStore,
    pub(crate) connection: Connection,
    runs: std::sync::atomic::AtomicU32,
}

fn units() -> Vec<Unit> {
    let stages =
        Vocabulary::new(["prospect", "won"]).with_variants("won", &["Closed won"]).with_fallback("prospect");
    vec![
        Unit::new("client", UnitKind::Text { max: Some(255) }, "Client").required(),
        Unit::new("stage", UnitKind::Stage(stages), "Stage").required(),
        Unit::new("amount", UnitKind::Money { scale: 2 }, "Amount").required().positive(),
        Unit::new("notes", UnitKind::Text { max: None }, "Notes"),
    ]
}

fn schema() -> Schema {
    let text = FieldKind::Text { max: None };
    let select = FieldKind::Select { options: options(&["Prospect", "Won"]), extensible: true };
    Schema {
        container: "tbl".into(),
        name: "Deals".into(),
        fields: vec![
            field("fName", "Name", text.clone()),
            field("fStage", "Status", select),
            field("fAmount", "Amount", FieldKind::Number { scale: Some(2) }),
            field("fNotes", "Notes", text.clone()),
            field("fKey", "CRM ID", text),
        ],
    }
}

impl Desk {
    pub(crate) fn new(policy: Policy) -> Self {
        Self::with(MemorySettings::like_airtable(), policy)
    }

    pub(crate) fn with(settings: MemorySettings, policy: Policy) -> Self {
        Self::of(units(), settings, policy)
    }

    /// One whose deals have a unit more, which has no field yet.
    pub(crate) fn with_unit(unit: Unit) -> Self {
        let units = units().into_iter().chain([unit]).collect();
        Self::of(units, MemorySettings::like_airtable(), Policy::default())
    }

    fn of(units: Vec<Unit>, settings: MemorySettings, policy: Policy) -> Self {
        let clock = ManualClock::default();
        let (units, schema) = (Units::new(units).unwrap(), schema());
        let pair = |unit: &str, field: &str| {
            Pair::new(units.get(unit).unwrap(), schema.field(&FieldId::from(field)).unwrap())
        };
        let mapping = Mapping {
            pairs: vec![
                pair("client", "fName"),
                pair("stage", "fStage"),
                pair("amount", "fAmount"),
                pair("notes", "fNotes"),
            ],
            key_field: Some("fKey".into()),
            natural_key: vec!["client".into()],
        };
        Self {
            connector: MemoryConnector::new(settings, schema, Arc::new(clock.clone())),
            store: MemoryStore::new(units, Arc::new(clock.clone())),
            connection: Connection { id: "desk".into(), mapping, policy, create_options: false },
            runs: 0.into(),
            clock,
        }
    }

    pub(crate) fn engine(&self) -> Engine {
        self.engine_through(self.connector.clone())
    }

    /// An engine that sees the remote through something.
    pub(crate) fn engine_through(&self, connector: impl DealConnector) -> Engine {
        Engine::new(
            self.connection.clone(),
            Arc::new(connector),
            Arc::new(self.store.clone()),
            Arc::new(self.clock.clone()),
        )
    }

    pub(crate) fn request(&self, mode: Mode) -> Request {
        let run = self.runs.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        Request::new(format!("run-{run:03}"), mode, "test")
    }

    /// One sync; its status and its plan as sentences.
    pub(crate) async fn sync(&self) -> (RunStatus, String) {
        let report = self.engine().sync(&self.request(Mode::Sync)).await.unwrap();
        self.clock.advance(TimeDelta::minutes(1));
        (report.record.status, report.plan.unwrap().to_string())
    }

    pub(crate) fn deal(&self, client: &str, amount: i64) -> DealId {
        let values = [
            ("client", Value::Text(client.into())),
            ("stage", Value::Text("prospect".into())),
            ("amount", Value::Number(amount.into())),
        ];
        self.store.insert_deal(values).unwrap()
    }

    pub(crate) fn record(&self, client: &str, amount: i64) -> RemoteId {
        let stage = Value::Choice(Choice { id: Some("opt-Won".into()), name: "Won".into() });
        let cells = [
            ("fName", Value::Text(client.into())),
            ("fStage", stage),
            ("fAmount", Value::Number(amount.into())),
        ];
        self.connector.insert(cells).unwrap()
    }

    /// A deal and its record in agreement.
    pub(crate) async fn linked(&self, client: &str) -> (DealId, RemoteId) {
        let deal = self.deal(client, 100);
        let before: BTreeSet<RemoteId> =
            self.connector.records().into_iter().map(|record| record.id).collect();
        self.sync().await;
        let made = self.connector.records().into_iter().find(|record| !before.contains(&record.id)).unwrap();
        (deal, made.id)
    }

    /// Maps a unit that has no field yet to a new one.
    pub(crate) fn map_new(&mut self, unit: &str, kind: FieldKind) -> FieldId {
        let field = self.connector.add_field(unit, kind);
        self.connection.mapping.pairs.push(Pair::new(self.store.units().get(unit).unwrap(), &field));
        field.id
    }

    pub(crate) fn held(&self, deal: &DealId, unit: &str) -> Value {
        self.store.deal(deal).unwrap().values[self.store.units().position(unit).unwrap()].clone()
    }

    pub(crate) fn cell(&self, record: &RemoteId, field: &str) -> Value {
        self.connector.record(record).unwrap().cell(&field.into()).clone()
    }
}

pub(crate) fn text(text: &str) -> Value {
    Value::Text(text.into())
}
