//! A CRM and a remote in memory, with people at work in both.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use chrono::TimeDelta;
use connector_core::connector::DealConnector;
use connector_core::engine::{Connection, Engine, Report, Request};
use connector_core::id::{DealId, FieldId, RemoteId};
use connector_core::mapping::{Mapping, Pair};
use connector_core::plan::{Guard, Mode, Policy, Strategy};
use connector_core::schema::{FieldKind, Schema};
use connector_core::store::Store;
use connector_core::testing::{
    Blow, EditClock, Faults, Faulty, FaultyStore, Fuse, ManualClock, MemoryConnector, MemorySettings,
    MemoryStore, field,
};
use connector_core::unit::{Unit, UnitKind, Units};
use connector_core::value::Value;
use strum::VariantArray;

/// The units that people edit, with the field of each.
pub(crate) const UNITS: [(&str, &str); 4] =
    [("name", "fldName"), ("notes", "fldNotes"), ("amount", "fldAmount"), ("currency", "fldCurrency")];
pub(crate) const KEY_FIELD: &str = "fldKey";

/// What kind of remote a history plays on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ground {
    pub(crate) strategy: Strategy,
    /// Whether creations adopt, batches are of ten and times exact; else as Notion.
    pub(crate) like_airtable: bool,
    pub(crate) keyed: bool,
    pub(crate) dated: bool,
}

pub(crate) struct World {
    pub(crate) ground: Ground,
    pub(crate) clock: ManualClock,
    pub(crate) connector: MemoryConnector,
    pub(crate) store: MemoryStore,
    /// Every value that a person wrote.
    pub(crate) written: Vec<Value>,
    /// Values that a person saw when replacing or deleting them.
    pub(crate) replaced: HashSet<Value>,
    /// How many deals people made, on either side.
    pub(crate) entities: usize,
    runs: u32,
}

pub(crate) fn units() -> Units {
    Units::new([
        Unit::new("name", UnitKind::Text { max: Some(200) }, "Name").required(),
        Unit::new("notes", UnitKind::Text { max: None }, "Notes"),
        Unit::new("amount", UnitKind::Money { scale: 2 }, "Amount").positive(),
        Unit::new("currency", UnitKind::Text { max: None }, "Currency"),
    ])
    .unwrap()
    .grouped(&["amount", "currency"])
    .unwrap()
}

fn schema() -> Schema {
    let text = FieldKind::Text { max: None };
    Schema {
        container: "tblDeals".into(),
        name: "Deals".into(),
        fields: vec![
            field("fldName", "Name", text.clone()),
            field("fldNotes", "Notes", text.clone()),
            field("fldAmount", "Amount", FieldKind::Currency { scale: Some(2), symbol: Some("€".into()) }),
            field("fldCurrency", "Currency", text.clone()),
            field(KEY_FIELD, "CRM ID", text),
        ],
    }
}

impl World {
    pub(crate) fn new(ground: Ground) -> Self {
        let clock = ManualClock::default();
        let mut settings = if ground.like_airtable {
            MemorySettings::like_airtable()
        } else {
            MemorySettings::like_notion()
        };
        if !ground.dated {
            settings.edit_clock = EditClock::None;
        }
        let connector = MemoryConnector::new(settings, schema(), Arc::new(clock.clone()));
        let store = MemoryStore::new(units(), Arc::new(clock.clone()));
        Self {
            ground,
            clock,
            connector,
            store,
            written: Vec::new(),
            replaced: HashSet::new(),
            entities: 0,
            runs: 0,
        }
    }

    pub(crate) fn connection(&self) -> Connection {
        let schema = schema();
        let units = units();
        let pairs = UNITS.iter().map(|(unit, field)| {
            Pair::new(units.get(unit).unwrap(), schema.field(&FieldId::from(*field)).unwrap())
        });
        Connection {
            id: "memory".into(),
            mapping: Mapping {
                pairs: pairs.collect(),
                key_field: self.ground.keyed.then(|| KEY_FIELD.into()),
                natural_key: Vec::new(),
            },
            policy: Policy {
                strategy: self.ground.strategy,
                overrides: Guard::VARIANTS.iter().copied().collect(),
                ..Policy::default()
            },
            create_options: false,
        }
    }

    pub(crate) fn engine(&self) -> Engine {
        self.engine_over(Arc::new(self.connector.clone()), Arc::new(self.store.clone()))
    }

    pub(crate) fn engine_over(&self, connector: Arc<dyn DealConnector>, store: Arc<dyn Store>) -> Engine {
        Engine::new(self.connection(), connector, store, Arc::new(self.clock.clone()))
    }

    pub(crate) fn request(&mut self, mode: Mode) -> Request {
        self.runs += 1;
        Request::new(format!("run-{:04}", self.runs), mode, "test")
    }

    pub(crate) async fn sync(&mut self) -> Report {
        let request = self.request(Mode::Sync);
        let report = self.engine().sync(&request).await.unwrap();
        self.clock.advance(TimeDelta::seconds(1));
        report
    }

    /// A sync in bad weather. What is left of it, the next one has to mend; a dead holder's lease runs out.
    pub(crate) async fn weather(&mut self, mode: Mode, seed: u64, killed: Option<(u64, bool)>) {
        let request = self.request(mode);
        let fuse = killed.map_or_else(Fuse::new, |(step, done)| {
            Fuse::at(step, if done { Blow::After } else { Blow::Before })
        });
        let connector = Faulty::new(self.connector.clone(), seed).with(Faults::some()).fused(fuse.clone());
        let store = FaultyStore::new(self.store.clone(), fuse);
        // Whatever it answers: the promises are about the state that it leaves.
        let _ = self.engine_over(Arc::new(connector), Arc::new(store)).sync(&request).await;
        self.clock.advance(TimeDelta::minutes(2));
    }

    // People at work.

    fn fresh(&mut self, unit: &str) -> Value {
        let number = self.written.len() + 1;
        let value = match unit {
            "amount" => Value::Number(number.into()),
            _ => Value::Text(format!("{unit} {number}")),
        };
        self.written.push(value.clone());
        value
    }

    pub(crate) fn insert_deal(&mut self) {
        let values: Vec<(&str, Value)> = UNITS.iter().map(|(unit, _)| (*unit, self.fresh(unit))).collect();
        self.store.insert_deal(values).unwrap();
        self.entities += 1;
    }

    pub(crate) fn insert_record(&mut self) {
        let cells: Vec<(&str, Value)> =
            UNITS.iter().map(|(unit, field)| (*field, self.fresh(unit))).collect();
        self.connector.insert(cells).unwrap();
        self.entities += 1;
    }

    pub(crate) async fn edit_deal(&mut self, which: usize, unit: usize, clear: bool) {
        let ids = self.deal_ids().await;
        let Some(id) = pick(&ids, which) else { return };
        let (unit, _) = UNITS[unit % UNITS.len()];
        let position = units().position(unit).unwrap();
        self.replaced.insert(self.store.deal(&id).unwrap().values[position].clone());
        let value = if clear && unit != "name" { Value::Empty } else { self.fresh(unit) };
        self.store.edit_deal(&id, unit, value).unwrap();
    }

    pub(crate) fn edit_record(&mut self, which: usize, unit: usize, clear: bool) {
        let Some(id) = pick(&self.record_ids(), which) else { return };
        let (unit, field) = UNITS[unit % UNITS.len()];
        let record = self.connector.record(&id).unwrap();
        self.replaced.insert(record.cell(&field.into()).clone());
        let value = if clear && unit != "name" { Value::Empty } else { self.fresh(unit) };
        self.connector.edit(&id, field, value).unwrap();
    }

    pub(crate) async fn delete_deal(&mut self, which: usize) {
        let ids = self.deal_ids().await;
        let Some(id) = pick(&ids, which) else { return };
        self.replaced.extend(self.store.deal(&id).unwrap().values.iter().cloned());
        self.store.delete_deal(&id).unwrap();
    }

    pub(crate) fn delete_record(&mut self, which: usize) {
        let Some(id) = pick(&self.record_ids(), which) else { return };
        let record = self.connector.record(&id).unwrap();
        self.replaced.extend(record.cells.into_iter().map(|(_, value)| value));
        self.connector.delete(&id).unwrap();
    }

    pub(crate) async fn deal_ids(&self) -> Vec<DealId> {
        self.store.deals().await.unwrap().into_iter().map(|deal| deal.id).collect()
    }

    pub(crate) fn record_ids(&self) -> Vec<RemoteId> {
        self.connector.records().into_iter().map(|record| record.id).collect()
    }

    /// What every deal and every record shows, by id.
    pub(crate) async fn contents(&self) -> (BTreeMap<DealId, Vec<Value>>, BTreeMap<RemoteId, Vec<Value>>) {
        let deals = self.store.deals().await.unwrap().into_iter().map(|deal| (deal.id, deal.values.to_vec()));
        let records = self.connector.records().into_iter().map(|record| {
            let cells = UNITS.iter().map(|(_, field)| record.cell(&FieldId::from(*field)).clone()).collect();
            (record.id, cells)
        });
        (deals.collect(), records.collect())
    }
}

fn pick<T: Clone>(ids: &[T], which: usize) -> Option<T> {
    (!ids.is_empty()).then(|| ids[which % ids.len()].clone())
}
