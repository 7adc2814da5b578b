//! Which unit of a deal goes with which field of the remote.
//!
//! A [`Mapping`] is what the user chose and what is stored. [`Mapping::suggest`] proposes one, [`Mapping::check`] says
//! what is wrong with one or lost by it, [`Mapping::fingerprint`] tells whether it still means what was approved, and
//! a [`Binding`] is a mapping made ready for the rows of one run.

mod binding;
mod check;
mod fingerprint;
mod names;
mod suggest;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, VariantArray};

pub use binding::{Binding, Bound};
pub use check::{Finding, Problem, Severity};
pub use fingerprint::Fingerprint;
pub use names::ByNames;
pub use suggest::{Confidence, Guess, Reason, Suggestion};

use crate::id::{FieldId, OptionId, UnitKey};
use crate::lens::{Carries, Fidelity, Lens};
use crate::plan::{Side, Strategy};
use crate::schema::{Field, FieldKind};
use crate::stage::Vocabulary;
use crate::unit::{Unit, UnitKind};

/// Which unit goes with which field, and how a deal and a record find each other.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Mapping {
    /// The pairs; a unit stands in one at most, and so does a field.
    pub pairs: Vec<Pair>,
    /// The field that holds the stamps, if the container has one.
    #[serde(default)]
    pub key_field: Option<FieldId>,
    /// The units that together tell which deal a record is when it has no stamp.
    #[serde(default)]
    pub natural_key: Vec<UnitKey>,
}

/// One unit and one field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pair {
    /// The unit.
    pub unit: UnitKey,
    /// The field.
    pub field: FieldId,
    /// The field's name when it was mapped: what to call it once it is gone.
    pub label: String,
    /// Which way values go.
    #[serde(default)]
    pub direction: Direction,
    /// Who wins, if not as for the other units.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub strategy: Option<Strategy>,
    /// Which stage each option means; what is not here goes by its name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub stages: BTreeMap<OptionId, String>,
}

/// Which way values go.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    Default,
    Serialize,
    Deserialize,
    Display,
    EnumString,
    VariantArray,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Direction {
    /// Both ways.
    #[default]
    Both,
    /// From the CRM to the remote only.
    ToRemote,
    /// From the remote to the CRM only.
    ToCrm,
}

impl Mapping {
    /// The field of each mapped unit, whether or not it is still there.
    #[must_use]
    pub fn fields(&self) -> BTreeMap<UnitKey, FieldId> {
        self.pairs.iter().map(|pair| (pair.unit.clone(), pair.field.clone())).collect()
    }
}

impl Direction {
    /// Whether values may go to `side`.
    #[must_use]
    pub const fn reaches(self, side: Side) -> bool {
        match side {
            Side::Crm => !matches!(self, Self::ToRemote),
            Side::Remote => !matches!(self, Self::ToCrm),
        }
    }

    /// What is left of it where only one way is possible; itself where none is.
    fn possible(self, fidelity: &Fidelity) -> Self {
        let goes = |side| self.reaches(side) && fidelity.towards(side).is_possible();
        match (goes(Side::Remote), goes(Side::Crm)) {
            (true, false) => Self::ToRemote,
            (false, true) => Self::ToCrm,
            (true, true) | (false, false) => self,
        }
    }
}

impl Pair {
    /// Joins `unit` and `field` in the directions that are possible, with the stages that the options' names mean.
    /// A field of people is only read.
    #[must_use]
    pub fn new(unit: &Unit, field: &Field) -> Self {
        let stages = match &unit.kind {
            UnitKind::Stage(vocabulary) => stages_by_name(vocabulary, &field.kind),
            _ => BTreeMap::new(),
        };
        // Names cannot be turned into people, so nothing is sent there unless the user asks for it.
        let wanted =
            if matches!(field.kind, FieldKind::People { .. }) { Direction::ToCrm } else { Direction::Both };
        let direction = wanted.possible(&Lens::new(unit, field, &stages, false).fidelity());
        Self {
            unit: unit.key.clone(),
            field: field.id.clone(),
            label: field.name.clone(),
            direction,
            strategy: None,
            stages,
        }
    }
}

impl Mapping {
    /// The pair of the unit called `key`.
    #[must_use]
    pub fn pair(&self, key: &UnitKey) -> Option<&Pair> {
        self.pairs.iter().find(|pair| pair.unit == *key)
    }
}

impl Fidelity {
    /// What becomes of values on their way to `side`.
    #[must_use]
    pub const fn towards(&self, side: Side) -> &Carries {
        match side {
            Side::Crm => &self.to_crm,
            Side::Remote => &self.to_remote,
        }
    }
}

/// The stages that the options' names mean; an option that means none is left out.
fn stages_by_name(vocabulary: &Vocabulary, field: &FieldKind) -> BTreeMap<OptionId, String> {
    let known = |option: &crate::schema::FieldOption| {
        vocabulary.resolve(&option.name).map(|stage| (option.id.clone(), stage.to_owned()))
    };
    field.options().iter().filter_map(known).collect()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::id::OptionId;
    use crate::schema::{FieldOption, Schema};
    use crate::unit::Units;

    /// The units of a small CRM.
    pub(crate) fn units() -> Units {
        let stages = Vocabulary::new(["prospect", "gagné"])
            .with_variants("prospect", &["lead"])
            .with_variants("gagné", &["won"])
            .with_fallback("prospect");
        Units::new([
            Unit::new("client", UnitKind::Text { max: Some(255) }, "Client").required(),
            Unit::new("statut", UnitKind::Stage(stages), "Statut").required(),
            Unit::new("montant_brut", UnitKind::Money { scale: 2 }, "Montant").required().positive(),
            Unit::new("secteur", UnitKind::Tags, "Secteur"),
            Unit::new("date_echeance", UnitKind::Date, "Échéance"),
            Unit::new("assignee", UnitKind::Text { max: Some(100) }, "Commercial"),
            Unit::new("notes", UnitKind::Text { max: None }, "Notes"),
            Unit::new("probabilite", UnitKind::Number { scale: 2 }, "Probabilité").derived(),
        ])
        .unwrap()
    }

    /// A writable field whose id is `fld` and its name without blanks.
    pub(crate) fn field(name: &str, kind: FieldKind) -> Field {
        let id = FieldId::from(format!("fld{}", name.replace(' ', "")));
        Field { id, name: name.into(), kind, writable: true, primary: false }
    }

    /// A container of these fields.
    pub(crate) fn schema(fields: Vec<Field>) -> Schema {
        Schema { container: "tbl".into(), name: "Deals".into(), fields }
    }

    /// A select field; the ids of options are their names without case.
    pub(crate) fn select(names: &[&str]) -> FieldKind {
        let option =
            |name: &&str| FieldOption { id: OptionId::from(name.to_lowercase()), name: (*name).into() };
        FieldKind::Select { options: names.iter().map(option).collect(), extensible: true }
    }

    /// The table that Airtable users have, in English.
    pub(crate) fn english() -> Schema {
        let mut name = field("Name", FieldKind::Text { max: None });
        name.primary = true;
        schema(vec![
            name,
            field("Status", select(&["Lead", "Won"])),
            field("Amount", FieldKind::Currency { scale: Some(2), symbol: Some("€".into()) }),
            field("Sector", FieldKind::MultiSelect { options: Vec::new(), extensible: true }),
            field("Due Date", FieldKind::Date),
            field("Assignee", FieldKind::People { many: false }),
            field("Notes", FieldKind::Text { max: Some(100_000) }),
            field("Probability", FieldKind::Percent { scale: Some(0) }),
            field("CRM ID", FieldKind::Text { max: None }),
        ])
    }

    #[test]
    fn a_pair_goes_only_the_ways_that_are_possible() {
        let units = units();
        let direction = |unit: &str, field: &Field| Pair::new(units.get(unit).unwrap(), field).direction;
        let amount = field("Amount", FieldKind::Number { scale: None });
        let computed = Field { writable: false, ..amount.clone() };
        assert_eq!(direction("montant_brut", &amount), Direction::Both);
        assert_eq!(direction("montant_brut", &computed), Direction::ToCrm);
        assert_eq!(direction("probabilite", &amount), Direction::ToRemote);
        let owner = field("Owner", FieldKind::People { many: false });
        assert_eq!(direction("assignee", &owner), Direction::ToCrm);
    }

    #[test]
    fn a_mapping_is_stored_and_read_again() {
        let units = units();
        let pair = Pair::new(units.get("statut").unwrap(), &field("Status", select(&["Won", "?"])));
        let mapping = Mapping { pairs: vec![pair], key_field: None, natural_key: vec!["client".into()] };
        let stored = serde_json::to_string(&mapping).unwrap();
        assert_eq!(serde_json::from_str::<Mapping>(&stored).unwrap(), mapping);
        assert!(stored.contains(r#""stages":{"won":"gagné"}"#), "{stored}");
    }
}
