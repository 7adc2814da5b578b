//! The CRM's deals, as data: what they are made of, in the CRM's own words, and what the CRM computes.

use connector_core::canon::rounded;
use connector_core::stage::Vocabulary;
use connector_core::unit::{DeclarationError, Unit, UnitKind, Units};
use rust_decimal::Decimal;

/// The prospect or company.
pub const CLIENT: &str = "client";
/// The stage.
pub const STATUT: &str = "statut";
/// The amount in euros.
pub const MONTANT_BRUT: &str = "montant_brut";
/// The tags.
pub const SECTEUR: &str = "secteur";
/// The day on which the deal should close.
pub const DATE_ECHEANCE: &str = "date_echeance";
/// The salesperson.
pub const ASSIGNEE: &str = "assignee";
/// Free text.
pub const NOTES: &str = "notes";
/// How likely the deal is, from its stage.
pub const PROBABILITE: &str = "probabilite";
/// The amount times the probability.
pub const VALEUR_PONDEREE: &str = "valeur_ponderee";

/// What stands between the tags of one cell.
pub const TAG_SEPARATOR: char = '|';

const PROSPECT: &str = "prospect";
const QUALIFIE: &str = "qualifié";
const NEGOCIATION: &str = "négociation";
const GAGNE: &str = "gagné";
const EN_COURS: &str = "gagné - en cours";

/// The units of a deal. A unit's key is its column; its first name is the one that the CRM's pages show.
pub fn units() -> Result<Units, DeclarationError> {
    Units::new([
        Unit::new(CLIENT, UnitKind::Text { max: Some(255) }, "Client")
            .also_called(&[
                "Nom",
                "Nom du client",
                "Prospect",
                "Entreprise",
                "Société",
                "Compte",
                "Affaire",
                "Name",
                "Company",
                "Customer",
                "Account",
                "Deal",
                "Deal Name",
                "Task Name",
            ])
            .required(),
        Unit::new(STATUT, UnitKind::Stage(stages()), "Statut").also_called(&[
            "Étape",
            "État",
            "Phase",
            "Status",
            "Stage",
            "Deal Stage",
        ]),
        Unit::new(MONTANT_BRUT, UnitKind::Money { scale: 2 }, "Montant")
            .also_called(&[
                "Montant brut",
                "Montant Deal",
                "Valeur",
                "Budget",
                "Prix",
                "Amount",
                "Deal Value",
                "Value",
                "Price",
            ])
            .required()
            .positive(),
        Unit::new(SECTEUR, UnitKind::Tags, "Secteur").also_called(&[
            "Étiquettes",
            "Domaine",
            "Sector",
            "Industry",
            "Tags",
            "Category",
        ]),
        Unit::new(DATE_ECHEANCE, UnitKind::Date, "Échéance").also_called(&[
            "Date d'échéance",
            "Date de clôture",
            "Date limite",
            "Due Date",
            "Close Date",
            "Expected Close Date",
            "Deadline",
        ]),
        Unit::new(ASSIGNEE, UnitKind::Text { max: Some(100) }, "Commercial").also_called(&[
            "Assigné à",
            "Responsable",
            "Vendeur",
            "Assignee",
            "Assignees",
            "Owner",
            "Deal Owner",
            "Salesperson",
        ]),
        Unit::new(NOTES, UnitKind::Text { max: None }, "Notes").also_called(&[
            "Note",
            "Commentaires",
            "Description",
            "Comments",
            "Task Content",
        ]),
        Unit::new(PROBABILITE, UnitKind::Number { scale: 2 }, "Probabilité")
            .also_called(&["Probability", "Chance", "Win Rate"])
            .derived(),
        Unit::new(VALEUR_PONDEREE, UnitKind::Money { scale: 2 }, "Valeur pondérée")
            .also_called(&["Montant pondéré", "Weighted Value", "Weighted Amount", "Expected Value"])
            .derived(),
    ])
}

/// The stages, in their order, with the spellings that an import accepts.
#[must_use]
pub fn stages() -> Vocabulary {
    Vocabulary::new([PROSPECT, QUALIFIE, NEGOCIATION, GAGNE, EN_COURS])
        .with_variants(PROSPECT, &["lead", "new", "lost"])
        .with_variants(QUALIFIE, &["qualified"])
        .with_variants(NEGOCIATION, &["negotiation", "negociation"])
        .with_variants(GAGNE, &["won", "closed won", "closed-won"])
        .with_variants(EN_COURS, &["in progress"])
        .with_fallback(PROSPECT)
}

/// How likely a deal of this stage is; `None` for a word that is none of [`stages`].
#[must_use]
pub fn probability(stage: &str) -> Option<Decimal> {
    let hundredths = match stage {
        PROSPECT => 10,
        QUALIFIE => 30,
        NEGOCIATION => 70,
        GAGNE | EN_COURS => 100,
        _ => return None,
    };
    Some(Decimal::new(hundredths, 2))
}

/// What the CRM shows as a deal's weighted value, in cents.
#[must_use]
pub fn weighted(amount: Decimal, probability: Decimal) -> Decimal {
    rounded(amount * probability, 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_stage_has_a_probability() {
        for stage in stages().stages() {
            assert!(probability(stage).is_some(), "{stage}");
        }
        assert_eq!(probability("perdu"), None);
    }

    #[test]
    fn the_spellings_of_an_import_are_known() {
        let stages = stages();
        for (word, stage) in [
            ("Lead", PROSPECT),
            ("LOST", PROSPECT),
            ("qualified", QUALIFIE),
            (" Negociation ", NEGOCIATION),
            ("closed-won", GAGNE),
            ("Closed Won", GAGNE),
            ("in progress", EN_COURS),
            ("Gagné - en cours", EN_COURS),
        ] {
            assert_eq!(stages.resolve(word), Some(stage), "{word}");
        }
    }

    #[test]
    fn a_weighted_value_is_rounded_to_the_cent() {
        let amount = Decimal::new(333_333, 2);
        assert_eq!(weighted(amount, Decimal::new(10, 2)), Decimal::new(33_333, 2));
        assert_eq!(weighted(Decimal::new(1005, 2), Decimal::new(10, 2)), Decimal::new(101, 2));
    }

    #[test]
    fn no_two_units_share_a_name() {
        let units = units().unwrap();
        let mut names: Vec<_> = units.iter().flat_map(|unit| &unit.names).collect();
        let all = names.len();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), all);
    }
}
