//! People at work in the CRM and in every remote, and what they wrote.

use std::collections::{BTreeSet, HashSet};
use std::sync::{Arc, Mutex, MutexGuard};

use chrono::TimeDelta;
use connector_core::connector::RemoteDeal;
use connector_core::id::{DealId, RemoteId};
use connector_core::testing::{ManualClock, MemoryConnector, MemoryStore};
use connector_core::value::Value;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use crate::world::{KEY_FIELD, UNITS, units};

/// People with access to everything. Clones are the same people.
#[derive(Clone)]
pub(crate) struct People {
    pub(crate) clock: ManualClock,
    pub(crate) store: MemoryStore,
    pub(crate) remotes: Vec<MemoryConnector>,
    deeds: Arc<Mutex<Deeds>>,
}

/// What they did.
#[derive(Default, Clone)]
pub(crate) struct Deeds {
    /// Every value that they wrote.
    pub(crate) written: Vec<Value>,
    /// Values that they saw when replacing them, or when deleting a record.
    pub(crate) replaced: HashSet<Value>,
    /// Values that they saw when deleting a deal; they may be gone as long as the deal is.
    pub(crate) buried: Vec<(DealId, Value)>,
    /// How many deals they made, on either side; copies and what they took back from the trash included.
    pub(crate) entities: usize,
    /// Names of records that they copied or took back: those may stand twice.
    pub(crate) copied: HashSet<Value>,
    /// Deals' ids that they copied or wrote onto records.
    pub(crate) stamped: BTreeSet<String>,
    /// Whether they made a deal again under its name.
    remade: bool,
    /// Records that were in the trash.
    trashed: Vec<(usize, RemoteId)>,
}

impl Deeds {
    /// Whether one deal's id stands on one record only, no deal was made again, whose record goes by a name that somebody
    /// may change elsewhere meanwhile, and nothing was deleted: if that goes on to other sides, anywhere; else, on both.
    pub(crate) fn are_told_apart(&self, passed_on: bool) -> bool {
        let (deals, records) = (!self.buried.is_empty(), !self.trashed.is_empty());
        let is_one = self.stamped.is_empty() && !self.remade;
        is_one && !(if passed_on { deals || records } else { deals && records })
    }
}

impl People {
    pub(crate) fn new(clock: ManualClock, store: MemoryStore, remotes: Vec<MemoryConnector>) -> Self {
        Self { clock, store, remotes, deeds: Arc::default() }
    }

    /// The same people's doubles in another world.
    pub(crate) fn fork(&self, clock: ManualClock, store: MemoryStore, remotes: Vec<MemoryConnector>) -> Self {
        let deeds = Arc::new(Mutex::new(self.deeds().clone()));
        Self { clock, store, remotes, deeds }
    }

    pub(crate) fn deeds(&self) -> MutexGuard<'_, Deeds> {
        self.deeds.lock().unwrap()
    }

    fn fresh(&self, unit: &str) -> Value {
        let mut deeds = self.deeds();
        let number = deeds.written.len() + 1;
        let value = match unit {
            "amount" => Value::Number(number.into()),
            _ => Value::Text(format!("{unit} {number}")),
        };
        deeds.written.push(value.clone());
        value
    }

    pub(crate) fn insert_deal(&self) {
        let values: Vec<(&str, Value)> = UNITS.iter().map(|(unit, _)| (*unit, self.fresh(unit))).collect();
        self.store.insert_deal(values).unwrap();
        self.deeds().entities += 1;
    }

    pub(crate) fn insert_record(&self, remote: usize) {
        let cells: Vec<(&str, Value)> =
            UNITS.iter().map(|(unit, field)| (*field, self.fresh(unit))).collect();
        self.at(remote).1.insert(cells).unwrap();
        self.deeds().entities += 1;
    }

    pub(crate) fn edit_deal(&self, which: usize, unit: usize, clear: bool) {
        let Some(deal) = pick(&self.store.all_deals(), which) else { return };
        let (unit, _) = UNITS[unit % UNITS.len()];
        self.deeds().replaced.insert(deal.values[units().position(unit).unwrap()].clone());
        let value = if clear && unit != "name" { Value::Empty } else { self.fresh(unit) };
        self.store.edit_deal(&deal.id, unit, value).unwrap();
    }

    pub(crate) fn edit_record(&self, remote: usize, which: usize, unit: usize, clear: bool) {
        let (_, connector) = self.at(remote);
        let Some(record) = pick(&connector.records(), which) else { return };
        let (unit, field) = UNITS[unit % UNITS.len()];
        self.deeds().replaced.insert(record.cell(&field.into()).clone());
        let value = if clear && unit != "name" { Value::Empty } else { self.fresh(unit) };
        connector.edit(&record.id, field, value).unwrap();
    }

    pub(crate) fn delete_deal(&self, which: usize) {
        let Some(deal) = pick(&self.store.all_deals(), which) else { return };
        self.deeds().buried.extend(deal.values.iter().map(|value| (deal.id.clone(), value.clone())));
        self.store.delete_deal(&deal.id).unwrap();
    }

    /// Makes a deal again under the id that it had, as from a backup.
    pub(crate) fn revive_deal(&self, which: usize) {
        let buried = self.deeds().buried.clone();
        let Some((deal, _)) = pick(&buried, which) else { return };
        if self.store.deal(&deal).is_none() {
            let values: Vec<(&str, Value)> =
                UNITS.iter().map(|(unit, _)| (*unit, self.fresh(unit))).collect();
            self.store.put_deal(&deal, values).unwrap();
            let mut deeds = self.deeds();
            let seen = buried.into_iter().filter(|(id, _)| *id == deal).map(|(_, value)| value);
            deeds.replaced.extend(seen);
            deeds.entities += 1;
        }
    }

    /// Makes a deal again under another id, with the name that it had.
    pub(crate) fn remake_deal(&self, which: usize) {
        let Some(deal) = pick(&self.store.all_deals(), which) else { return };
        self.delete_deal(which);
        let again = |(unit, _): &(&'static str, &str)| match *unit {
            "name" => (*unit, deal.values[units().position(unit).unwrap()].clone()),
            unit => (unit, self.fresh(unit)),
        };
        let values: Vec<(&str, Value)> = UNITS.iter().map(again).collect();
        let name = values[0].1.clone();
        self.store.insert_deal(values).unwrap();
        let mut deeds = self.deeds();
        // Both stay where deals do not go by their names, or an edit brings the first one back.
        deeds.copied.insert(name);
        deeds.remade = true;
        deeds.entities += 1;
    }

    pub(crate) fn delete_record(&self, remote: usize, which: usize) {
        let (place, connector) = self.at(remote);
        let Some(record) = pick(&connector.records(), which) else { return };
        let mut deeds = self.deeds();
        deeds.replaced.extend(record.cells.into_iter().map(|(_, value)| value));
        deeds.trashed.push((place, record.id.clone()));
        connector.delete(&record.id).unwrap();
    }

    /// Takes a record back from the trash, where the remote has one.
    pub(crate) fn restore_record(&self, which: usize) {
        let trashed = self.deeds().trashed.clone();
        let Some((place, record)) = pick(&trashed, which) else { return };
        // Without a trash it stays gone.
        if self.remotes[place].restore(&record).is_err() {
            return;
        }
        // Another may have been made in its place meanwhile.
        self.doubled(&self.remotes[place].record(&record).unwrap());
    }

    /// Notes that a record may stand beside another one of the same deal.
    fn doubled(&self, record: &RemoteDeal) {
        let mut deeds = self.deeds();
        deeds.copied.insert(record.cell(&UNITS[0].1.into()).clone());
        if let Value::Text(stamp) = record.cell(&KEY_FIELD.into()) {
            deeds.stamped.insert(stamp.clone());
        }
        deeds.entities += 1;
    }

    /// Duplicates a record with all its cells, the deal's id included.
    pub(crate) fn copy_record(&self, remote: usize, which: usize) {
        let (_, connector) = self.at(remote);
        let Some(record) = pick(&connector.records(), which) else { return };
        connector.duplicate(&record.id).unwrap();
        self.doubled(&record);
    }

    /// Writes a deal's id onto some record.
    pub(crate) fn stamp_record(&self, remote: usize, which: usize, deal: usize) {
        let (_, connector) = self.at(remote);
        let found = (pick(&connector.records(), which), pick(&self.store.all_deals(), deal));
        let (Some(record), Some(deal)) = found else { return };
        let stamp = deal.id.as_str().to_owned();
        connector.edit(&record.id, KEY_FIELD, Value::Text(stamp.clone())).unwrap();
        // What it was may not be known any more.
        self.doubled(&record);
        self.deeds().stamped.insert(stamp);
    }

    /// Somebody does something somewhere, and takes time for it; in the remotes too, or only in the CRM.
    pub(crate) fn meddle(&self, seed: u64, everywhere: bool) {
        let mut dice = StdRng::seed_from_u64(seed);
        if !dice.random_bool(0.3) {
            return;
        }
        // Longer than a reading may be relied upon.
        self.clock.advance(TimeDelta::seconds(11));
        let mut number = || dice.random_range(0..1_000_usize);
        let (deed, which, unit, remote) = (number() % 10, number(), number(), number());
        match deed {
            0 => self.insert_deal(),
            1 if everywhere => self.insert_record(remote),
            2 => self.delete_deal(which),
            3 if everywhere => self.delete_record(remote, which),
            4..=6 if everywhere => self.edit_record(remote, which, unit, which % 5 == 0),
            _ => self.edit_deal(which, unit, which % 5 == 0),
        }
    }

    fn at(&self, remote: usize) -> (usize, &MemoryConnector) {
        let place = remote % self.remotes.len();
        (place, &self.remotes[place])
    }
}

fn pick<T: Clone>(all: &[T], which: usize) -> Option<T> {
    (!all.is_empty()).then(|| all[which % all.len()].clone())
}
