//! A mapping proposed from names and types.

mod assign;
mod likeness;

use std::fmt;

use serde::{Deserialize, Serialize};
use strum::{Display, EnumString};

use self::likeness::Likeness;
use super::{Mapping, Pair};
use crate::fold::fold;
use crate::id::{FieldId, UnitKey};
use crate::lens::{Carries, Fidelity, Lens};
use crate::schema::{Field, FieldKind, Schema};
use crate::unit::{Unit, UnitKind, Units};

/// A proposed mapping, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suggestion {
    /// The mapping.
    pub mapping: Mapping,
    /// One for each of its pairs, in their order.
    pub guesses: Vec<Guess>,
}

/// Why a unit and a field were put together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Guess {
    /// The unit.
    pub unit: UnitKey,
    /// The field.
    pub field: FieldId,
    /// How sure it is.
    pub confidence: Confidence,
    /// What speaks for it.
    pub reason: Reason,
}

/// How sure a guess is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Display, EnumString)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Confidence {
    /// Name and type both fit.
    Sure,
    /// One of them fits only roughly: a person should look.
    Likely,
}

/// What speaks for a guess.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum Reason {
    /// The field is called as the unit.
    SameName,
    /// The names mean the same.
    Synonym,
    /// The names look alike.
    SimilarName {
        /// How much.
        percent: u32,
    },
    /// The field names the record, and the unit is the text that a deal needs.
    NamesTheRecord,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SameName => f.write_str("same name"),
            Self::Synonym => f.write_str("the names mean the same"),
            Self::SimilarName { percent } => write!(f, "the names are {percent} % alike"),
            Self::NamesTheRecord => f.write_str("the field names the record"),
        }
    }
}

/// A field that a unit could have.
struct Candidate<'s> {
    field: &'s Field,
    weight: u32,
    confidence: Confidence,
    reason: Reason,
}

impl Mapping {
    /// Proposes the mapping with the greatest likeness overall: one field for a unit, one unit for a field.
    ///
    /// Names are compared without case, accents and punctuation, by a table of French and English synonyms, and by how
    /// alike they look; the types must have something in common. Derived units are left out. Options are given the stages that their names mean,
    /// a text field called “CRM ID” becomes the key field, and the unit that names the record the natural key.
    #[must_use]
    pub fn suggest(units: &Units, schema: &Schema) -> Suggestion {
        let key = key_field(schema);
        let fields: Vec<&Field> =
            schema.fields.iter().filter(|field| key.is_none_or(|key| key.id != field.id)).collect();
        let candidates: Vec<Vec<Candidate<'_>>> = units
            .iter()
            .map(|unit| fields.iter().filter_map(|field| candidate(unit, field)).collect())
            .collect();
        let weights: Vec<Vec<(&FieldId, u32)>> = candidates
            .iter()
            .map(|wanted| wanted.iter().map(|candidate| (&candidate.field.id, candidate.weight)).collect())
            .collect();

        let mut mapping = Mapping { key_field: key.map(|key| key.id.clone()), ..Mapping::default() };
        let mut guesses = Vec::new();
        for ((unit, wanted), chosen) in units.iter().zip(&candidates).zip(assign::assign(&weights)) {
            let chosen = chosen.and_then(|id| wanted.iter().find(|candidate| candidate.field.id == *id));
            let Some(Candidate { field, confidence, reason, .. }) = chosen else { continue };
            if field.primary && may_name_records(unit) {
                mapping.natural_key.push(unit.key.clone());
            }
            mapping.pairs.push(Pair::new(unit, field));
            guesses.push(Guess {
                unit: unit.key.clone(),
                field: field.id.clone(),
                confidence: *confidence,
                reason: *reason,
            });
        }
        Suggestion { mapping, guesses }
    }
}

/// The field that is meant to hold the CRM's ids: a writable text field called “CRM ID”.
pub(super) fn key_field(schema: &Schema) -> Option<&Field> {
    let fits = |field: &&Field| {
        matches!(field.kind, FieldKind::Text { .. }) && field.writable && fold(&field.name) == "crm id"
    };
    schema.fields.iter().find(fits)
}

fn candidate<'s>(unit: &Unit, field: &'s Field) -> Option<Candidate<'s>> {
    let fidelity = Lens::new(unit, field, &std::collections::BTreeMap::new(), true).fidelity();
    if !fidelity.to_remote.is_possible() && !fidelity.to_crm.is_possible() {
        return None;
    }
    // What the CRM computes is worth a column only to somebody who asks for it, and a body its calls.
    if unit.derived || matches!(field.kind, FieldKind::Body) {
        return None;
    }
    let names_the_record = field.primary && may_name_records(unit);
    let (reason, by_name) = match likeness::of(unit, &field.name) {
        Some(Likeness::Same) => (Reason::SameName, 700),
        Some(Likeness::Synonym) => (Reason::Synonym, 650),
        // A computed field that is only called alike holds something else: “Weighted Amount” is not the amount.
        Some(Likeness::Similar { .. }) if !field.writable => return None,
        Some(Likeness::Similar { percent }) => (Reason::SimilarName { percent }, percent.saturating_mul(6)),
        None if names_the_record => (Reason::NamesTheRecord, 250),
        None => return None,
    };
    let natural = is_natural(&unit.kind, &field.kind);
    let sure = natural && matches!(reason, Reason::SameName | Reason::Synonym);
    let bonus = u32::from(natural) * 100 + u32::from(names_the_record) * 40;
    Some(Candidate {
        field,
        weight: by_name + by_type(&fidelity) + bonus,
        confidence: if sure { Confidence::Sure } else { Confidence::Likely },
        reason,
    })
}

const fn may_name_records(unit: &Unit) -> bool {
    matches!(unit.kind, UnitKind::Text { .. }) && unit.required && !unit.derived
}

/// What the types add: at most 200.
fn by_type(fidelity: &Fidelity) -> u32 {
    let way = |carries: &Carries| match carries {
        Carries::Exact => 100,
        Carries::Lossy(_) => 80,
        Carries::Impossible(_) => 20,
    };
    way(&fidelity.to_remote) + way(&fidelity.to_crm)
}

/// Whether a field of this kind is what one would make for such a unit.
const fn is_natural(unit: &UnitKind, field: &FieldKind) -> bool {
    match unit {
        UnitKind::Text { .. } => matches!(
            field,
            FieldKind::Text { .. }
                | FieldKind::RichText
                | FieldKind::Email
                | FieldKind::Url
                | FieldKind::Phone
        ),
        UnitKind::Number { .. } => matches!(
            field,
            FieldKind::Number { .. }
                | FieldKind::Percent { .. }
                | FieldKind::Duration
                | FieldKind::Rating { .. }
        ),
        UnitKind::Money { .. } => matches!(field, FieldKind::Currency { .. } | FieldKind::Number { .. }),
        UnitKind::Flag => matches!(field, FieldKind::Checkbox),
        UnitKind::Date => matches!(field, FieldKind::Date),
        UnitKind::Instant => matches!(field, FieldKind::DateTime),
        UnitKind::Stage(_) => matches!(field, FieldKind::Select { .. }),
        UnitKind::Tags => matches!(field, FieldKind::MultiSelect { .. }),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{english, field, schema, select, units};
    use super::*;

    /// The pairs as lines: unit, field, confidence, reason.
    fn lines(schema: &Schema) -> Vec<String> {
        let suggestion = Mapping::suggest(&units(), schema);
        let line = |guess: &Guess| {
            let field = schema.field(&guess.field).unwrap();
            format!("{} = {} ({}, {})", guess.unit, field.name, guess.confidence, guess.reason)
        };
        suggestion.guesses.iter().map(line).collect()
    }

    #[test]
    fn the_usual_english_table_is_recognised() {
        insta::assert_snapshot!(lines(&english()).join("\n"), @"
        client = Name (sure, the names mean the same)
        statut = Status (sure, the names mean the same)
        montant_brut = Amount (sure, the names mean the same)
        secteur = Sector (sure, the names mean the same)
        date_echeance = Due Date (sure, the names mean the same)
        assignee = Assignee (likely, same name)
        notes = Notes (sure, same name)
        ");
        let mapping = Mapping::suggest(&units(), &english()).mapping;
        assert_eq!(mapping.key_field, Some("fldCRMID".into()));
        assert_eq!(mapping.natural_key, ["client".into()]);
        let stages: Vec<&str> = mapping.pairs[1].stages.values().map(String::as_str).collect();
        assert_eq!(stages, ["prospect", "gagné"]);
    }

    #[test]
    fn french_names_with_accents_and_other_words_are_recognised() {
        let french = schema(vec![
            field("Entreprise", FieldKind::Text { max: None }),
            field("Étape", select(&["Gagné"])),
            field("Montant (€)", FieldKind::Currency { scale: Some(2), symbol: None }),
            field("Secteur d'activité", FieldKind::MultiSelect { options: Vec::new(), extensible: true }),
            field("Date d'échéance", FieldKind::Date),
            field("Responsable", FieldKind::Text { max: None }),
            field("Commentaires", FieldKind::RichText),
            field("Logo", FieldKind::Files),
        ]);
        insta::assert_snapshot!(lines(&french).join("\n"), @"
        client = Entreprise (sure, the names mean the same)
        statut = Étape (sure, the names mean the same)
        montant_brut = Montant (€) (sure, same name)
        secteur = Secteur d'activité (sure, the names mean the same)
        date_echeance = Date d'échéance (sure, the names mean the same)
        assignee = Responsable (sure, the names mean the same)
        notes = Commentaires (sure, the names mean the same)
        ");
    }

    #[test]
    fn a_name_of_the_wrong_type_loses_to_a_synonym_of_the_right_one() {
        let schema = schema(vec![
            field("Montant", FieldKind::Files),
            field("Price", FieldKind::Number { scale: None }),
        ]);
        assert_eq!(lines(&schema), ["montant_brut = Price (sure, the names mean the same)"]);
    }

    #[test]
    fn a_title_of_any_name_is_taken_for_the_text_that_a_deal_needs() {
        let mut title = field("Zzz", FieldKind::Text { max: None });
        title.primary = true;
        assert_eq!(lines(&schema(vec![title])), ["client = Zzz (likely, the field names the record)"]);
    }

    #[test]
    fn the_order_of_the_fields_does_not_matter() {
        let mut reversed = english();
        reversed.fields.reverse();
        assert_eq!(lines(&reversed), lines(&english()));
    }
}
