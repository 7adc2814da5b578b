//! The CRM's own table of deals.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::person::NotThere;
use crate::canon::same;
use crate::id::{DealId, UnitKey};
use crate::state::{Deal, Origin};
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
    /// All its values, if they are to be written.
    values: Option<Box<[Value]>>,
}

impl Deals {
    pub(super) fn new(units: Arc<Units>) -> Self {
        Self { units, derive: None, edit_clock: EditClock::Exact, rows: BTreeMap::new(), last: 0 }
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
            DealWrite::None => Ok(Checked { deal: None, values: None }),
            DealWrite::Keep(id) => Ok(Checked { deal: Some(id.clone()), values: None }),
            DealWrite::Insert { values } => Ok(Checked {
                deal: Some(DealId::from((self.last + 1).to_string())),
                values: Some(self.check_whole(values)?),
            }),
            DealWrite::Restore { id, .. } if self.rows.contains_key(&key(id)) => Err(Committed::Stale),
            DealWrite::Restore { id, values } => {
                Ok(Checked { deal: Some(id.clone()), values: Some(self.check_whole(values)?) })
            }
            DealWrite::Update { id, expected, values } => {
                let row = self.rows.get(&key(id)).ok_or(Committed::Stale)?;
                for (unit, value) in expected {
                    let (at, unit) = self.unit(unit).ok_or_else(|| undeclared(unit))?;
                    if !row.values.get(at).is_some_and(|now| same(&unit.kind, now, value)) {
                        return Err(Committed::Stale);
                    }
                }
                let values = self.check_values(row.values.clone(), values)?;
                Ok(Checked { deal: Some(id.clone()), values: Some(values) })
            }
        }
    }

    /// Makes a checked write; `edited` when it is an edit of the CRM.
    pub(super) fn write(&mut self, checked: Checked, origins: Vec<Origin>, edited: Option<DateTime<Utc>>) {
        let Some(id) = checked.deal else { return };
        if let Some(values) = checked.values {
            self.put(&id, values, edited);
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
        let before = self.rows.remove(&key(id));
        let edited = edited.or_else(|| before.as_ref().and_then(|row| row.edited));
        let origins = before.map(|row| row.origins).unwrap_or_default();
        let origins = origins.into_iter().filter(|origin| self.holds(&values, origin)).collect();
        self.rows.insert(key(id), Row { values, edited, origins });
    }

    pub(super) fn remove(&mut self, id: &DealId) -> Result<(), NotThere> {
        self.rows.remove(&key(id)).map(|_| ()).ok_or_else(|| NotThere::Deal(id.clone()))
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
