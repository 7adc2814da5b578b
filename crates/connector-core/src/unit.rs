//! What a deal is made of: declared as data by the embedding program.

use std::collections::HashMap;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::id::UnitKey;
use crate::stage::Vocabulary;
use crate::value::Value;

/// One unit of a deal: the least that is compared, written and fought over.
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent facts about a unit, each set by a method of its name"
)]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unit {
    /// How programs call it.
    pub key: UnitKey,
    /// What it holds.
    pub kind: UnitKind,
    /// How people call it: the first is shown, all serve to suggest a mapping.
    pub names: Vec<String>,
    /// Whether a deal without it is refused.
    pub required: bool,
    /// Whether the CRM computes it: it can be sent to the remote, never taken from it.
    pub derived: bool,
    /// Whether a number must be greater than zero.
    pub positive: bool,
    /// Whether logs may show only that it changed.
    pub sensitive: bool,
}

/// What a unit holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum UnitKind {
    /// Text of at most `max` characters, if the CRM has a limit.
    Text {
        /// The most characters that the CRM keeps.
        max: Option<usize>,
    },
    /// A decimal with `scale` digits after the point.
    Number {
        /// Digits after the point.
        scale: u32,
    },
    /// An amount of money with `scale` digits after the point, in the CRM's one currency.
    Money {
        /// Digits after the point.
        scale: u32,
    },
    /// Yes or no; absent is no.
    Flag,
    /// A civil date.
    Date,
    /// An instant.
    Instant,
    /// How far the deal has come.
    Stage(Vocabulary),
    /// A set of words.
    Tags,
}

impl Unit {
    /// An optional unit called `name`.
    pub fn new(key: impl Into<UnitKey>, kind: UnitKind, name: impl Into<String>) -> Self {
        Self {
            key: key.into(),
            kind,
            names: vec![name.into()],
            required: false,
            derived: false,
            positive: false,
            sensitive: false,
        }
    }

    /// Adds other names that people give it, in any language.
    #[must_use]
    pub fn also_called(mut self, names: &[&str]) -> Self {
        self.names.extend(names.iter().map(|name| (*name).to_owned()));
        self
    }

    /// Refuses a deal without it.
    #[must_use]
    pub fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// Computed by the CRM.
    #[must_use]
    pub fn derived(mut self) -> Self {
        self.derived = true;
        self
    }

    /// Refuses zero and less.
    #[must_use]
    pub fn positive(mut self) -> Self {
        self.positive = true;
        self
    }

    /// Keeps its contents out of the log.
    #[must_use]
    pub fn sensitive(mut self) -> Self {
        self.sensitive = true;
        self
    }

    /// What people call it.
    #[must_use]
    pub fn name(&self) -> &str {
        self.names.first().map_or(self.key.as_str(), String::as_str)
    }

    /// Checks a value that is about to enter the CRM.
    pub fn check(&self, value: &Value) -> Result<(), Fault> {
        match (&self.kind, value) {
            (_, Value::Empty) if self.required => Err(Fault::Missing),
            (UnitKind::Text { .. }, Value::Text(text)) if self.required && text.trim().is_empty() => {
                Err(Fault::Missing)
            }
            (UnitKind::Text { max: Some(max) }, Value::Text(text)) if text.chars().nth(*max).is_some() => {
                Err(Fault::TooLong { max: *max, chars: text.chars().count() })
            }
            (_, Value::Number(number)) if self.positive && *number <= Decimal::ZERO => {
                Err(Fault::NotPositive)
            }
            _ => Ok(()),
        }
    }
}

/// Why a value cannot enter the CRM.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "fault", rename_all = "snake_case")]
pub enum Fault {
    /// It is empty and must not be.
    #[error("it is empty, and a deal needs it")]
    Missing,
    /// It is zero or less.
    #[error("it must be greater than zero")]
    NotPositive,
    /// It is longer than the CRM's column.
    #[error("it has {chars} characters, and the CRM keeps at most {max}")]
    TooLong {
        /// The most that the CRM keeps.
        max: usize,
        /// What the value has.
        chars: usize,
    },
}

/// All the units of a deal, in a fixed order, and the groups of units that change together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Units {
    declared: Vec<Unit>,
    positions: HashMap<UnitKey, usize>,
    groups: Vec<Vec<usize>>,
}

/// Why units cannot be declared so.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DeclarationError {
    /// Two units have one key.
    #[error("unit {0} is declared twice")]
    Twice(UnitKey),
    /// A group names a unit that is not declared.
    #[error("a group names unit {0}, which is not declared")]
    Undeclared(UnitKey),
    /// A unit stands in two groups.
    #[error("unit {0} stands in two groups")]
    InTwoGroups(UnitKey),
}

impl Units {
    /// Declares the units of a deal, each in a group of its own.
    pub fn new(units: impl IntoIterator<Item = Unit>) -> Result<Self, DeclarationError> {
        let units: Vec<Unit> = units.into_iter().collect();
        let mut positions = HashMap::with_capacity(units.len());
        for (position, unit) in units.iter().enumerate() {
            if positions.insert(unit.key.clone(), position).is_some() {
                return Err(DeclarationError::Twice(unit.key.clone()));
            }
        }
        let groups = (0..units.len()).map(|position| vec![position]).collect();
        Ok(Self { declared: units, positions, groups })
    }

    /// Joins units that must move together: amount and currency, stage and reason.
    pub fn grouped(mut self, keys: &[&str]) -> Result<Self, DeclarationError> {
        let mut members = Vec::with_capacity(keys.len());
        for key in keys {
            let position = self.position(key).ok_or_else(|| DeclarationError::Undeclared((*key).into()))?;
            let alone = self.groups.iter().position(|group| group.as_slice() == [position]);
            let Some(alone) = alone else {
                return Err(DeclarationError::InTwoGroups((*key).into()));
            };
            self.groups.remove(alone);
            members.push(position);
        }
        members.sort_unstable();
        self.groups.push(members);
        self.groups.sort();
        Ok(self)
    }

    /// The units in their order.
    pub fn iter(&self) -> std::slice::Iter<'_, Unit> {
        self.declared.iter()
    }

    /// How many units there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.declared.len()
    }

    /// Whether no unit is declared.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.declared.is_empty()
    }

    /// The unit called `key`.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Unit> {
        self.declared.get(self.position(key)?)
    }

    /// The unit at `position`.
    #[must_use]
    pub fn at(&self, position: usize) -> Option<&Unit> {
        self.declared.get(position)
    }

    /// Where the unit called `key` stands.
    #[must_use]
    pub fn position(&self, key: &str) -> Option<usize> {
        self.positions.get(key).copied()
    }

    /// The groups, as positions of units; a unit that moves alone is a group of one.
    #[must_use]
    pub fn groups(&self) -> &[Vec<usize>] {
        &self.groups
    }
}

impl<'a> IntoIterator for &'a Units {
    type Item = &'a Unit;
    type IntoIter = std::slice::Iter<'a, Unit>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unit(key: &str) -> Unit {
        Unit::new(key, UnitKind::Text { max: Some(3) }, key)
    }

    #[test]
    fn a_declaration_that_contradicts_itself_is_refused() {
        let twice = Units::new([unit("a"), unit("a")]);
        assert_eq!(twice, Err(DeclarationError::Twice("a".into())));
        let units = Units::new([unit("a"), unit("b")]).unwrap().grouped(&["a", "b"]).unwrap();
        assert_eq!(units.groups(), [vec![0, 1]]);
        assert_eq!(units.grouped(&["b"]), Err(DeclarationError::InTwoGroups("b".into())));
    }

    #[test]
    fn a_value_that_the_crm_cannot_keep_is_named() {
        assert_eq!(unit("a").required().check(&Value::Text("  ".into())), Err(Fault::Missing));
        assert_eq!(unit("a").check(&Value::Text("éééé".into())), Err(Fault::TooLong { max: 3, chars: 4 }));
        let amount = Unit::new("amount", UnitKind::Money { scale: 2 }, "Amount").positive();
        assert_eq!(amount.check(&Value::Number(Decimal::ZERO)), Err(Fault::NotPositive));
        assert_eq!(amount.check(&Value::Empty), Ok(()));
    }
}
