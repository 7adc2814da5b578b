//! What is wrong with a mapping, and what it loses.

use std::collections::HashSet;
use std::fmt;

use serde::{Deserialize, Serialize};
use strum::{Display, EnumString};

use super::{Direction, Mapping, Pair};
use crate::id::{FieldId, OptionId, UnitKey};
use crate::lens::{Fidelity, Lens, Loss, Obstacle};
use crate::plan::Side;
use crate::schema::{FieldKind, Schema};
use crate::unit::{UnitKind, Units};

/// One thing to know about a mapping.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// The unit, if it is about one.
    pub unit: Option<UnitKey>,
    /// The field's name, if it is about one: the one of now, or when it was mapped if it is gone.
    pub field: Option<String>,
    /// What it is.
    pub problem: Problem,
}

/// How bad a finding is. The least comes first.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Display, EnumString,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Severity {
    /// Good to know.
    Info,
    /// Some values are lost or refused.
    Warning,
    /// The pair, or the key, does not work.
    Error,
}

/// What is wrong, or lost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "problem", rename_all = "snake_case")]
pub enum Problem {
    /// The mapping names a unit that is not declared.
    UnknownUnit,
    /// The field is no longer there.
    FieldMissing,
    /// Two pairs are about one unit.
    UnitTwice,
    /// Two pairs are about one field, or it is the key field.
    FieldTwice,
    /// A deal needs the unit, and no field brings it.
    RequiredUnmapped,
    /// No value can go to `side`, though the direction asks for it.
    Impossible {
        /// Where values should go.
        side: Side,
        /// Why they cannot.
        obstacle: Obstacle,
    },
    /// Some values are changed or refused on their way to `side`.
    Lossy {
        /// Where values go.
        side: Side,
        /// How they are changed.
        loss: Loss,
    },
    /// The mapping gives options a stage that is none.
    UnknownStages {
        /// The words.
        stages: Vec<String>,
    },
    /// The mapping gives a stage to options that are gone.
    OptionsGone {
        /// Their stages.
        stages: Vec<String>,
    },
    /// There is no key field.
    NoKeyField,
    /// The key field is no longer there.
    KeyFieldMissing,
    /// The key field cannot hold a stamp.
    KeyFieldNotText {
        /// Its kind.
        kind: String,
    },
    /// The key field cannot be written.
    KeyFieldReadOnly,
    /// A unit of the natural key is not mapped, so that nothing is matched by it.
    NaturalKeyUnmapped,
}

impl Finding {
    fn about(pair: &Pair, label: &str, severity: Severity, problem: Problem) -> Self {
        Self { severity, unit: Some(pair.unit.clone()), field: Some(label.to_owned()), problem }
    }

    fn about_unit(unit: &UnitKey, severity: Severity, problem: Problem) -> Self {
        Self { severity, unit: Some(unit.clone()), field: None, problem }
    }

    /// A pair about a field that serves already.
    pub(super) fn twice(pair: &Pair) -> Self {
        Self::about(pair, &pair.label, Severity::Error, Problem::FieldTwice)
    }
}

impl Mapping {
    /// Everything that is wrong with this mapping or lost by it, the worst first.
    #[must_use]
    pub fn check(&self, units: &Units, schema: &Schema) -> Vec<Finding> {
        let mut findings = Vec::new();
        for pair in &self.pairs {
            match suspension(pair, units, schema) {
                Some(finding) => findings.push(finding),
                None => findings.extend(check_pair(pair, units, schema)),
            }
        }
        findings.extend(self.doubles());
        findings.extend(self.unmapped(units));
        findings.extend(self.check_key_field(schema));
        // Stable: among equals the order of the pairs.
        findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
        findings
    }

    fn doubles(&self) -> Vec<Finding> {
        let mut units: HashSet<&UnitKey> = HashSet::new();
        let mut fields: HashSet<&FieldId> = self.key_field.iter().collect();
        let mut findings = Vec::new();
        for pair in &self.pairs {
            if !units.insert(&pair.unit) {
                findings.push(Finding::about(pair, &pair.label, Severity::Error, Problem::UnitTwice));
            }
            if !fields.insert(&pair.field) {
                findings.push(Finding::twice(pair));
            }
        }
        findings
    }

    fn unmapped(&self, units: &Units) -> Vec<Finding> {
        let brought = |key: &UnitKey| self.pair(key).is_some_and(|pair| pair.direction.reaches(Side::Crm));
        let needed = units.iter().filter(|unit| unit.required && !unit.derived && !brought(&unit.key));
        let required =
            needed.map(|unit| Finding::about_unit(&unit.key, Severity::Warning, Problem::RequiredUnmapped));
        let absent = self.natural_key.iter().filter(|key| self.pair(key).is_none());
        let natural =
            absent.map(|key| Finding::about_unit(key, Severity::Error, Problem::NaturalKeyUnmapped));
        required.chain(natural).collect()
    }

    fn check_key_field(&self, schema: &Schema) -> Option<Finding> {
        let (severity, label, problem) = match self.key_field.as_ref().map(|key| schema.field(key)) {
            None => (Severity::Info, None, Problem::NoKeyField),
            Some(None) => (Severity::Error, None, Problem::KeyFieldMissing),
            Some(Some(field)) => {
                let problem = if !matches!(field.kind, FieldKind::Text { .. }) {
                    Problem::KeyFieldNotText { kind: field.kind.name().to_owned() }
                } else if !field.writable {
                    Problem::KeyFieldReadOnly
                } else {
                    return None;
                };
                (Severity::Error, Some(field.name.clone()), problem)
            }
        };
        Some(Finding { severity, unit: None, field: label, problem })
    }
}

/// Why a pair can carry nothing at all, if so.
pub(super) fn suspension(pair: &Pair, units: &Units, schema: &Schema) -> Option<Finding> {
    let Some(unit) = units.get(pair.unit.as_str()) else {
        return Some(Finding::about(pair, &pair.label, Severity::Error, Problem::UnknownUnit));
    };
    let Some(field) = schema.field(&pair.field) else {
        return Some(Finding::about(pair, &pair.label, Severity::Error, Problem::FieldMissing));
    };
    let fidelity = Lens::new(unit, field, &pair.stages, false).fidelity();
    let mut obstacle = None;
    for side in asked(pair.direction) {
        obstacle = Some((side, fidelity.towards(side).obstacle()?.clone()));
    }
    let (side, obstacle) = obstacle?;
    Some(Finding::about(pair, &field.name, Severity::Error, Problem::Impossible { side, obstacle }))
}

/// The sides that a direction asks to reach; the remote last, whose obstacle says more.
fn asked(direction: Direction) -> impl Iterator<Item = Side> {
    [Side::Crm, Side::Remote].into_iter().filter(move |side| direction.reaches(*side))
}

/// What a pair that works loses.
fn check_pair(pair: &Pair, units: &Units, schema: &Schema) -> Vec<Finding> {
    let (Some(unit), Some(field)) = (units.get(pair.unit.as_str()), schema.field(&pair.field)) else {
        return Vec::new();
    };
    let fidelity = Lens::new(unit, field, &pair.stages, false).fidelity();
    let mut problems: Vec<(Severity, Problem)> =
        asked(pair.direction).flat_map(|side| losses(&fidelity, side)).collect();
    if let UnitKind::Stage(vocabulary) = &unit.kind {
        let unknown: Vec<String> =
            pair.stages.values().filter(|stage| vocabulary.resolve(stage).is_none()).cloned().collect();
        if !unknown.is_empty() {
            problems.push((Severity::Error, Problem::UnknownStages { stages: unknown }));
        }
        let is_there = |id: &OptionId| field.kind.options().iter().any(|option| option.id == *id);
        let gone: Vec<String> =
            pair.stages.iter().filter(|(id, _)| !is_there(id)).map(|(_, stage)| stage.clone()).collect();
        if !gone.is_empty() {
            problems.push((Severity::Info, Problem::OptionsGone { stages: gone }));
        }
    }
    let finding = |(severity, problem)| Finding::about(pair, &field.name, severity, problem);
    problems.into_iter().map(finding).collect()
}

/// What is lost on the way to `side`, or why nothing arrives there although the other way works.
fn losses(fidelity: &Fidelity, side: Side) -> Vec<(Severity, Problem)> {
    let carries = fidelity.towards(side);
    if let Some(obstacle) = carries.obstacle() {
        // What a derived unit or a computed field does is its nature; anything else surprises.
        let severity = match obstacle {
            Obstacle::Derived | Obstacle::ReadOnly => Severity::Info,
            Obstacle::NoTimeOfDay | Obstacle::ImportOnly { .. } | Obstacle::Kinds { .. } => Severity::Warning,
        };
        return vec![(severity, Problem::Impossible { side, obstacle: obstacle.clone() })];
    }
    let lossy = |loss: &Loss| (severity_of(loss), Problem::Lossy { side, loss: loss.clone() });
    carries.losses().iter().map(lossy).collect()
}

/// Whether a loss drops or refuses contents, or only changes how they look.
const fn severity_of(loss: &Loss) -> Severity {
    match loss {
        Loss::Reformatted
        | Loss::SpelledAsOption
        | Loss::OnlyOptionNames
        | Loss::OptionsMerged { .. }
        | Loss::ShownRounded { .. }
        | Loss::PeopleAsNames
        | Loss::LinksAsNames
        | Loss::TagsWithSeparator => Severity::Info,
        Loss::Styles
        | Loss::ReadOneByOne
        | Loss::OnlyOurRecords
        | Loss::OnlyNumbers
        | Loss::OnlyPercentages
        | Loss::OnlyDurations
        | Loss::OnlyRatings { .. }
        | Loss::OnlyDates
        | Loss::OnlyInstants
        | Loss::OnlyYesNo
        | Loss::OnlyEmails
        | Loss::OnlyOptions
        | Loss::OnlyOne
        | Loss::OptionsJoined
        | Loss::Rounded { .. }
        | Loss::TimeOfDay
        | Loss::AsText
        | Loss::StagesWithoutOption { .. }
        | Loss::OptionsWithoutStage { .. }
        | Loss::UnknownWords { .. } => Severity::Warning,
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.unit, &self.field) {
            (Some(unit), Some(field)) => write!(f, "{unit} and “{field}”: {}", self.problem),
            (Some(unit), None) => write!(f, "{unit}: {}", self.problem),
            (None, Some(field)) => write!(f, "“{field}”: {}", self.problem),
            (None, None) => write!(f, "{}", self.problem),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownUnit => f.write_str("the CRM has no such unit; remove the pair"),
            Self::FieldMissing => {
                f.write_str("the remote no longer has the field; bring it back or map another one")
            }
            Self::UnitTwice => f.write_str("the unit has another field already; keep one"),
            Self::FieldTwice => f.write_str("the field serves another unit or holds the stamps; keep one"),
            Self::RequiredUnmapped => {
                f.write_str("a deal needs it and no field brings it, so new records cannot be imported; map a field")
            }
            Self::Impossible { side, obstacle } => write!(f, "nothing can go to {}: {obstacle}", called(*side)),
            Self::Lossy { side, loss } => write!(f, "to {}: {loss}", called(*side)),
            Self::UnknownStages { stages } => {
                write!(f, "options are given to what is no stage ({}); choose a stage", stages.join(", "))
            }
            Self::OptionsGone { stages } => {
                write!(f, "options that meant {} are gone; nothing to do", stages.join(", "))
            }
            Self::NoKeyField => f.write_str(
                "no field holds the CRM's ids, so copies and restored records are harder to tell; add “CRM ID”",
            ),
            Self::KeyFieldMissing => {
                f.write_str("the field that held the CRM's ids is gone; bring it back or choose another one")
            }
            Self::KeyFieldNotText { kind } => {
                write!(f, "the field for the CRM's ids is a {kind} field; choose one of plain text")
            }
            Self::KeyFieldReadOnly => {
                f.write_str("the field for the CRM's ids cannot be written; choose another one")
            }
            Self::NaturalKeyUnmapped => {
                f.write_str("records are to be matched by it, and it has no field; map one or match otherwise")
            }
        }
    }
}

const fn called(side: Side) -> &'static str {
    match side {
        Side::Crm => "the CRM",
        Side::Remote => "the remote",
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{english, field, select, units};
    use super::*;

    fn mapping() -> Mapping {
        Mapping::suggest(&units(), &english()).mapping
    }

    /// The findings of at least `least`, as lines.
    fn told(mapping: &Mapping, schema: &Schema, least: Severity) -> Vec<String> {
        let findings = mapping.check(&units(), schema);
        let bad = findings.iter().filter(|finding| finding.severity >= least);
        bad.map(|finding| format!("{}: {finding}", finding.severity)).collect()
    }

    #[test]
    fn a_good_mapping_has_no_error() {
        insta::assert_snapshot!(told(&mapping(), &english(), Severity::Info).join("\n"), @"
        warning: secteur and “Sector”: to the remote: words that are no option of the field are left out
        info: secteur and “Sector”: to the remote: words take the spelling of the option
        info: assignee and “Assignee”: to the CRM: people become their names
        ");
    }

    #[test]
    fn what_is_broken_comes_first_with_its_remedy() {
        let mut schema = english();
        schema.fields[1].kind = select(&["Lead", "Perdu"]);
        schema.fields.remove(2);
        schema.fields.last_mut().unwrap().kind = FieldKind::Checkbox;
        let mut mapping = mapping();
        mapping.pairs.retain(|pair| pair.unit.as_str() != "client");
        let twice = Pair { unit: "notes".into(), ..mapping.pairs[0].clone() };
        mapping.pairs.push(twice);
        mapping.pairs.push(Pair { unit: "ville".into(), ..mapping.pairs[0].clone() });
        insta::assert_snapshot!(told(&mapping, &schema, Severity::Warning).join("\n"), @"
        error: montant_brut and “Amount”: the remote no longer has the field; bring it back or map another one
        error: ville and “Status”: the CRM has no such unit; remove the pair
        error: notes and “Status”: the unit has another field already; keep one
        error: notes and “Status”: the field serves another unit or holds the stamps; keep one
        error: ville and “Status”: the field serves another unit or holds the stamps; keep one
        error: client: records are to be matched by it, and it has no field; map one or match otherwise
        error: “CRM ID”: the field for the CRM's ids is a checkbox field; choose one of plain text
        warning: statut and “Status”: to the CRM: options without a stage become “prospect” (“Perdu”); choose a stage for each
        warning: statut and “Status”: to the remote: no option means “gagné”; add one to the field or choose one
        warning: secteur and “Sector”: to the remote: words that are no option of the field are left out
        warning: notes and “Status”: to the remote: words that are no option of the field are left out
        warning: client: a deal needs it and no field brings it, so new records cannot be imported; map a field
        ");
    }

    #[test]
    fn a_field_that_became_computed_is_told_and_still_read() {
        let mut schema = english();
        schema.fields[2].writable = false;
        let found = told(&mapping(), &schema, Severity::Info);
        let told = "info: montant_brut and “Amount”: nothing can go to the remote: the remote computes the field, so \
                    it is only read";
        assert!(found.contains(&told.to_owned()), "{found:#?}");
    }

    #[test]
    fn a_date_cannot_be_sent_to_a_field_with_time() {
        let mut schema = english();
        schema.fields[4] = field("Due Date", FieldKind::DateTime);
        let found = told(&mapping(), &schema, Severity::Warning);
        assert!(found.iter().any(|line| line.starts_with("warning: date_echeance")), "{found:#?}");
    }
}
