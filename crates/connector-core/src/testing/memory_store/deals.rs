//! The CRM's own table of deals.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::person::NotThere;
use crate::canon::same;
use crate::id::{ConnectionId, DealId, UnitKey};
use crate::state::{Deal, Grave, Origin};
use crate::store::{Committed, DealWrite};
use crate::testing::EditClock;
use crate::unit::{Unit, UnitKind, Units};
use crate::value::Value;

/// Computes the derived units of a deal.
pub(super) type Deriving = dyn Fn(&Units, &mut [Value]) + Send + Sync;

/// [`Deriving`], shared and printable.
#[derive(Clone)]
pub(super) struct Derive(pub(super) Arc<Deriving>);

impl fmt::Debug for Derive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Derive")
    }
}

/// The deals of the CRM.
#[derive(Debug, Clone)]
pub(super) struct Deals {
    units: Arc<Units>,
    pub(super) derive: Option<Derive>,
    pub(super) edit_clock: EditClock,
    /// By length and then text of the id, so that 10 comes after 9.
    rows: BTreeMap<(usize, DealId), Row>,
    /// What deleted deals held, and the connection whose sync deleted them.
    graves: HashMap<DealId, (Row, Option<ConnectionId>)>,
    last: u64,
}

#[derive(Debug, Clone)]
struct Row {
    values: Box<[Value]>,
    /// When a person last edited it; never, when a sync brought all of it.
    edited: Option<DateTime<Utc>>,
    origins: Vec<Origin>,
}

/// A write that was checked and can no longer fail.
#[derive(Debug)]
pub(super) struct Checked {
    /// The deal that it is about.
    pub(super) deal: Option<DealId>,
    becomes: Becoming,
}

/// What becomes of a deal.
#[derive(Debug)]
enum Becoming {
    /// It stays as it is, or there is none.
    Same,
    /// It holds all these values.
    Holding(Box<[Value]>),
    /// It is brought back, with all these values.
    Returned(Box<[Value]>),
    /// It goes.
    Gone,
}

impl Checked {
    fn new(id: &DealId, becomes: Becoming) -> Self {
        Self { deal: Some(id.clone()), becomes }
    }
}

impl Deals {
    pub(super) fn new(units: Arc<Units>) -> Self {
        Self {
            units,
            derive: None,
            edit_clock: EditClock::Exact,
            rows: BTreeMap::new(),
            graves: HashMap::new(),
            last: 0,
        }
    }

    pub(super) fn all(&self) -> Vec<Deal> {
        self.rows.iter().map(|((_, id), row)| self.show(id, row)).collect()
    }

    pub(super) fn get(&self, id: &DealId) -> Option<Deal> {
        self.rows.get(&key(id)).map(|row| self.show(id, row))
    }

    /// Checks a write without making it; otherwise what becomes of its effect.
    pub(super) fn check(&self, write: &DealWrite) -> Result<Checked, Committed> {
        match write {
            DealWrite::None => Ok(Checked { deal: None, becomes: Becoming::Same }),
            DealWrite::Keep(id) => Ok(Checked::new(id, Becoming::Same)),
            DealWrite::Insert { values } => {
                Ok(Checked::new(&self.next_id(), Becoming::Holding(self.check_whole(values)?)))
            }
            DealWrite::Restore { id, .. } if self.rows.contains_key(&key(id)) => Err(Committed::Stale),
            DealWrite::Restore { id, values } => {
                Ok(Checked::new(id, Becoming::Returned(self.check_whole(values)?)))
            }
            DealWrite::Update { id, expected, values } => {
                let row = self.holding(id, expected)?;
                Ok(Checked::new(id, Becoming::Holding(self.check_values(row.values.clone(), values)?)))
            }
            DealWrite::Delete { id, expected } => {
                self.holding(id, expected)?;
                Ok(Checked::new(id, Becoming::Gone))
            }
        }
    }

    /// The deal, if it is there and holds what is expected.
    fn holding(&self, id: &DealId, expected: &[(UnitKey, Value)]) -> Result<&Row, Committed> {
        let row = self.rows.get(&key(id)).ok_or(Committed::Stale)?;
        for (unit, value) in expected {
            let (at, unit) = self.unit(unit).ok_or_else(|| undeclared(unit))?;
            if !row.values.get(at).is_some_and(|now| same(&unit.kind, now, value)) {
                return Err(Committed::Stale);
            }
        }
        Ok(row)
    }

    /// Makes a checked write on behalf of a connection; `edited` when it is an edit of the CRM.
    pub(super) fn write(
        &mut self,
        checked: Checked,
        origins: Vec<Origin>,
        edited: Option<DateTime<Utc>>,
        by: &ConnectionId,
    ) {
        let Some(id) = checked.deal else { return };
        match checked.becomes {
            Becoming::Same => {}
            Becoming::Holding(values) => self.put(&id, values, edited),
            Becoming::Returned(values) => {
                let before = self.graves.get(&id).and_then(|(row, _)| row.edited);
                self.put(&id, values, edited.filter(|_| before.is_none()));
            }
            Becoming::Gone => {
                // It was there when the write was checked.
                let _ = self.remove(&id, Some(by.clone()));
            }
        }
        let Some(mut row) = self.rows.remove(&key(&id)) else { return };
        for origin in origins.into_iter().filter(|origin| self.holds(&row.values, origin)) {
            row.origins.retain(|known| known.unit != origin.unit);
            row.origins.push(origin);
        }
        row.origins.sort_by_key(|origin| self.units.position(origin.unit.as_str()));
        self.rows.insert(key(&id), row);
    }

    /// Writes all values of a deal under this id, whether it exists or not.
    pub(super) fn put(&mut self, id: &DealId, mut values: Box<[Value]>, edited: Option<DateTime<Utc>>) {
        if let Some(Derive(derive)) = &self.derive {
            derive(&self.units, &mut values);
        }
        if let Ok(number) = id.as_str().parse() {
            self.last = self.last.max(number);
        }
        let buried = self.graves.remove(id).map(|(row, _)| row);
        let before = self.rows.remove(&key(id)).or(buried);
        let edited = edited.or_else(|| before.as_ref().and_then(|row| row.edited));
        let origins = before.map(|row| row.origins).unwrap_or_default();
        let origins = origins.into_iter().filter(|origin| self.holds(&values, origin)).collect();
        self.rows.insert(key(id), Row { values, edited, origins });
    }

    /// Takes a deal away; what it held stays in its grave.
    pub(super) fn remove(&mut self, id: &DealId, by: Option<ConnectionId>) -> Result<(), NotThere> {
        let row = self.rows.remove(&key(id)).ok_or_else(|| NotThere::Deal(id.clone()))?;
        self.graves.insert(id.clone(), (row, by));
        Ok(())
    }

    /// What a deal held when it was deleted.
    pub(super) fn grave(&self, id: &DealId) -> Option<Grave> {
        let (row, by) = self.graves.get(id)?;
        Some(Grave { deal: self.show(id, row), by: by.clone() })
    }

    pub(super) fn next_id(&self) -> DealId {
        DealId::from((self.last + 1).to_string())
    }

    /// All values of a deal, from those of some units over `values`; nothing is checked but the units' names.
    pub(super) fn overlaid(
        &self,
        mut values: Box<[Value]>,
        changes: impl IntoIterator<Item = (UnitKey, Value)>,
    ) -> Result<Box<[Value]>, NotThere> {
        for (unit, value) in changes {
            let slot = self.units.position(unit.as_str()).and_then(|at| values.get_mut(at));
            *slot.ok_or(NotThere::Unit(unit))? = value;
        }
        Ok(values)
    }

    /// The values of a deal that holds nothing.
    pub(super) fn nothing(&self) -> Box<[Value]> {
        vec![Value::Empty; self.units.len()].into()
    }

    fn check_whole(&self, values: &[(UnitKey, Value)]) -> Result<Box<[Value]>, Committed> {
        let values = self.check_values(self.nothing(), values)?;
        for (unit, value) in self.units.iter().zip(&values) {
            if !unit.derived {
                check(unit, value)?;
            }
        }
        Ok(values)
    }

    fn check_values(
        &self,
        mut row: Box<[Value]>,
        values: &[(UnitKey, Value)],
    ) -> Result<Box<[Value]>, Committed> {
        for (key, value) in values {
            let (at, unit) = self.unit(key).ok_or_else(|| undeclared(key))?;
            if unit.derived {
                return Err(Committed::Refused(format!("{}: the CRM computes it", unit.key)));
            }
            check(unit, value)?;
            if let Some(slot) = row.get_mut(at) {
                slot.clone_from(value);
            }
        }
        Ok(row)
    }

    fn unit(&self, key: &UnitKey) -> Option<(usize, &Unit)> {
        let at = self.units.position(key.as_str())?;
        Some((at, self.units.at(at)?))
    }

    fn holds(&self, values: &[Value], origin: &Origin) -> bool {
        self.unit(&origin.unit).is_some_and(|(at, unit)| {
            values.get(at).is_some_and(|value| same(&unit.kind, value, &origin.value))
        })
    }

    fn show(&self, id: &DealId, row: &Row) -> Deal {
        Deal {
            id: id.clone(),
            values: row.values.clone(),
            edited: row.edited.and_then(|edited| self.edit_clock.interval(edited)),
            origins: row.origins.clone(),
        }
    }
}

fn key(id: &DealId) -> (usize, DealId) {
    (id.as_str().len(), id.clone())
}

fn undeclared(unit: &UnitKey) -> Committed {
    Committed::Refused(format!("{unit}: no such unit"))
}

/// Checks that a unit can keep a value.
fn check(unit: &Unit, value: &Value) -> Result<(), Committed> {
    let refused = |why: &str| Committed::Refused(format!("{}: {why}", unit.key));
    unit.check(value).map_err(|fault| refused(&fault.to_string()))?;
    match (&unit.kind, value) {
        (UnitKind::Text { .. } | UnitKind::Stage(_), Value::Text(text)) if text.contains('\0') => {
            Err(refused("text must not contain NUL"))
        }
        (UnitKind::Tags, Value::Tags(tags)) if tags.iter().any(|tag| tag.contains('\0')) => {
            Err(refused("text must not contain NUL"))
        }
        (UnitKind::Stage(stages), Value::Text(word)) if stages.resolve(word).is_none() => {
            Err(refused("it is no stage"))
        }
        (_, Value::Empty)
        | (UnitKind::Text { .. } | UnitKind::Stage(_), Value::Text(_))
        | (UnitKind::Number { .. } | UnitKind::Money { .. }, Value::Number(_))
        | (UnitKind::Flag, Value::Flag(_))
        | (UnitKind::Date, Value::Date(_))
        | (UnitKind::Instant, Value::Instant(_))
        | (UnitKind::Tags, Value::Tags(_)) => Ok(()),
        _ => Err(refused("it cannot hold this value")),
    }
}
