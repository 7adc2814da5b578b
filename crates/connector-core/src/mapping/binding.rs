//! A mapping made ready for rows.

use std::collections::HashSet;

use super::check::{Finding, suspension};
use super::{Direction, Mapping, Pair};
use crate::id::FieldId;
use crate::lens::Lens;
use crate::plan::Strategy;
use crate::schema::Schema;
use crate::unit::Units;

/// A mapping resolved against the units and the schema of a run: what reading and writing a row needs.
#[derive(Debug, Clone)]
pub struct Binding {
    /// One for each unit, in the units' order.
    bound: Vec<Option<Bound>>,
    suspended: Vec<Finding>,
    key_field: Option<FieldId>,
    has_lost_key: bool,
    natural_key: Vec<usize>,
}

/// A unit that has a field.
#[derive(Debug, Clone)]
pub struct Bound {
    /// The field.
    pub field: FieldId,
    /// The field's name now.
    pub label: String,
    /// Which way values go: where the user lets them and the lens can carry them.
    pub direction: Direction,
    /// Who wins, if not as for the other units.
    pub strategy: Option<Strategy>,
    /// What carries the values.
    pub lens: Lens,
}

impl Binding {
    /// Resolves `mapping`. A pair whose field is gone, or which can carry nothing any more, is suspended: its unit is
    /// neither read nor written, and its last agreement stays.
    #[must_use]
    pub fn new(units: &Units, mapping: &Mapping, schema: &Schema, create_options: bool) -> Self {
        let mut bound: Vec<Option<Bound>> = vec![None; units.len()];
        let mut suspended = Vec::new();
        let mut taken: HashSet<&FieldId> = mapping.key_field.iter().collect();
        for pair in &mapping.pairs {
            if let Some(finding) = suspension(pair, units, schema) {
                suspended.push(finding);
                continue;
            }
            let place = units.position(pair.unit.as_str()).and_then(|position| bound.get_mut(position));
            match place {
                Some(place @ None) if taken.insert(&pair.field) => {
                    *place = resolve(pair, units, schema, create_options);
                }
                _ => suspended.push(Finding::twice(pair)),
            }
        }
        let natural_key = natural_key(units, mapping, &bound);
        let key_field = mapping.key_field.clone().filter(|key| schema.field(key).is_some());
        let has_lost_key = mapping.key_field.is_some() && key_field.is_none();
        Self { bound, suspended, key_field, has_lost_key, natural_key }
    }

    /// The lens of the unit at `position`; none if it is not mapped or suspended.
    #[must_use]
    pub fn lens(&self, position: usize) -> Option<&Lens> {
        self.bound(position).map(|bound| &bound.lens)
    }

    /// The field of the unit at `position`; none if it is not mapped or suspended.
    #[must_use]
    pub fn bound(&self, position: usize) -> Option<&Bound> {
        self.bound.get(position)?.as_ref()
    }

    /// The units that have a field, with their positions, in the units' order.
    pub fn iter(&self) -> impl Iterator<Item = (usize, &Bound)> {
        self.bound.iter().enumerate().filter_map(|(position, bound)| Some((position, bound.as_ref()?)))
    }

    /// The fields to ask the remote for: those of the units and the key field.
    #[must_use]
    pub fn fields(&self) -> Vec<FieldId> {
        self.iter().map(|(_, bound)| bound.field.clone()).chain(self.key_field.clone()).collect()
    }

    /// The pairs that are mapped and can carry nothing: why.
    #[must_use]
    pub fn suspended(&self) -> &[Finding] {
        &self.suspended
    }

    /// The field of the stamps, if the container has it.
    #[must_use]
    pub const fn key_field(&self) -> Option<&FieldId> {
        self.key_field.as_ref()
    }

    /// Whether the mapping names a field for the stamps that the container does not have any more.
    #[must_use]
    pub const fn has_lost_key(&self) -> bool {
        self.has_lost_key
    }

    /// The positions of the units that tell which deal a record is; none when one of them is not bound, since fewer
    /// units would match too much.
    #[must_use]
    pub fn natural_key(&self) -> &[usize] {
        &self.natural_key
    }
}

fn resolve(pair: &Pair, units: &Units, schema: &Schema, create_options: bool) -> Option<Bound> {
    let (unit, field) = (units.get(pair.unit.as_str())?, schema.field(&pair.field)?);
    let lens = Lens::new(unit, field, &pair.stages, create_options);
    Some(Bound {
        field: field.id.clone(),
        label: field.name.clone(),
        direction: pair.direction.possible(&lens.fidelity()),
        strategy: pair.strategy,
        lens,
    })
}

fn natural_key(units: &Units, mapping: &Mapping, bound: &[Option<Bound>]) -> Vec<usize> {
    let position = |key: &crate::id::UnitKey| {
        let position = units.position(key.as_str())?;
        bound.get(position)?.as_ref().map(|_| position)
    };
    mapping.natural_key.iter().map(position).collect::<Option<Vec<usize>>>().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::tests::{english, units};
    use super::*;
    use crate::mapping::{Pair, Problem};
    use crate::schema::FieldKind;

    fn mapping() -> Mapping {
        Mapping::suggest(&units(), &english()).mapping
    }

    #[test]
    fn a_binding_has_the_current_names_and_asks_for_what_is_mapped() {
        let mut schema = english();
        schema.fields[2].name = "Value".into();
        let binding = Binding::new(&units(), &mapping(), &schema, false);
        assert_eq!(binding.bound(2).unwrap().label, "Value");
        assert_eq!(binding.fields().len(), 8);
        assert_eq!(binding.fields().last().unwrap().as_str(), "fldCRMID");
        assert_eq!(binding.natural_key(), [0]);
        assert!(binding.suspended().is_empty());
        assert!(binding.lens(99).is_none());
    }

    #[test]
    fn a_deleted_or_retyped_field_suspends_its_unit_and_no_other() {
        let mut schema = english();
        schema.fields.remove(0);
        schema.fields[1].kind = FieldKind::Files;
        let binding = Binding::new(&units(), &mapping(), &schema, false);
        assert!(binding.lens(0).is_none() && binding.lens(2).is_none());
        assert_eq!(binding.iter().count(), 5);
        let problems: Vec<&Problem> = binding.suspended().iter().map(|finding| &finding.problem).collect();
        assert!(
            matches!(problems.as_slice(), [Problem::FieldMissing, Problem::Impossible { .. }]),
            "{problems:?}"
        );
        assert_eq!(binding.natural_key(), [0; 0]);
    }

    #[test]
    fn a_field_serves_one_unit() {
        let mut mapping = mapping();
        let mut second = mapping.pairs[0].clone();
        second.unit = "notes".into();
        mapping.pairs.retain(|pair| pair.unit.as_str() != "notes");
        mapping.pairs.push(second);
        let binding = Binding::new(&units(), &mapping, &english(), false);
        assert!(binding.lens(0).is_some() && binding.lens(6).is_none());
        assert_eq!(binding.suspended().len(), 1);
    }

    #[test]
    fn values_go_where_both_the_user_and_the_lens_let_them() {
        let mut mapping = mapping();
        let (declared, schema) = (units(), english());
        let probability = (declared.get("probabilite").unwrap(), schema.field_named("Probability").unwrap());
        mapping.pairs.push(Pair::new(probability.0, probability.1));
        for pair in &mut mapping.pairs {
            pair.direction = Direction::Both;
        }
        let binding = Binding::new(&units(), &mapping, &english(), false);
        let direction = |position| binding.bound(position).unwrap().direction;
        assert_eq!(direction(0), Direction::Both);
        assert_eq!(direction(7), Direction::ToRemote, "the probability is derived");
    }
}
