//! How much a field's name is like what a unit is called.

use crate::fold::fold;
use crate::unit::Unit;

/// Why two names go together, the strongest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Likeness {
    /// They are one name.
    Same,
    /// They mean the same.
    Synonym,
    /// They look alike, by so much.
    Similar { percent: u32 },
}

/// Names of one meaning, folded, in English and French.
const SYNONYMS: [&[&str]; 14] = [
    &[
        "name",
        "nom",
        "client",
        "customer",
        "account",
        "company",
        "societe",
        "entreprise",
        "prospect",
        "deal",
        "deal name",
        "nom du client",
        "nom du deal",
        "task name",
        "opportunity",
        "opportunite",
        "affaire",
        "title",
        "titre",
    ],
    &[
        "status",
        "statut",
        "stage",
        "etape",
        "phase",
        "state",
        "etat",
        "pipeline",
        "avancement",
        "deal stage",
        "pipeline stage",
    ],
    &[
        "amount",
        "montant",
        "montant brut",
        "montant deal",
        "value",
        "valeur",
        "deal value",
        "price",
        "prix",
        "revenue",
        "budget",
        "ca",
        "chiffre d affaires",
    ],
    &["probability", "probabilite", "proba", "win probability", "chance", "confidence"],
    &[
        "weighted amount",
        "weighted value",
        "weighted",
        "montant pondere",
        "valeur ponderee",
        "expected revenue",
        "forecast",
    ],
    &[
        "sector",
        "secteur",
        "secteur d activite",
        "industry",
        "industrie",
        "tags",
        "tag",
        "etiquettes",
        "category",
        "categorie",
        "vertical",
        "market",
        "marche",
        "segment",
    ],
    &[
        "due date",
        "due",
        "deadline",
        "date echeance",
        "date d echeance",
        "echeance",
        "close date",
        "closing date",
        "expected close",
        "expected close date",
        "date de cloture",
        "date limite",
        "date prevue",
    ],
    &[
        "assignee",
        "assignees",
        "assigned to",
        "assigne",
        "assigne a",
        "owner",
        "deal owner",
        "responsable",
        "commercial",
        "salesperson",
        "sales rep",
        "account manager",
        "proprietaire",
        "vendeur",
    ],
    &[
        "notes",
        "note",
        "comments",
        "comment",
        "commentaire",
        "commentaires",
        "description",
        "remarks",
        "remarques",
        "details",
        "task content",
        "contenu",
    ],
    &["email", "e mail", "mail", "courriel", "adresse e mail", "email address"],
    &["phone", "telephone", "tel", "mobile", "portable", "phone number"],
    &["website", "web site", "site", "site web", "url", "web", "lien"],
    &["currency", "devise", "monnaie"],
    &["country", "pays"],
];

/// Below these, names of different things look alike too (measured on pairs of column names).
const LEAST_DICE: f64 = 0.5;
const LEAST_JARO_WINKLER: f64 = 0.85;

/// How a field's name goes with what `unit` is called, if it does.
pub(super) fn of(unit: &Unit, field: &str) -> Option<Likeness> {
    let field = fold(field);
    if field.is_empty() {
        return None;
    }
    let called: Vec<String> =
        unit.names.iter().map(String::as_str).chain([unit.key.as_str()]).map(fold).collect();
    if called.contains(&field) {
        return Some(Likeness::Same);
    }
    let meaning = meaning_of(&field);
    if meaning.is_some() && called.iter().any(|name| meaning_of(name) == meaning) {
        return Some(Likeness::Synonym);
    }
    let percent = called.iter().map(|name| similarity(name, &field)).max().filter(|percent| *percent > 0)?;
    Some(Likeness::Similar { percent })
}

fn meaning_of(folded: &str) -> Option<usize> {
    SYNONYMS.iter().position(|names| names.contains(&folded))
}

/// In percent; 0 when it is not enough to count.
fn similarity(a: &str, b: &str) -> u32 {
    let (dice, jaro) = (strsim::sorensen_dice(a, b), strsim::jaro_winkler(a, b));
    let counted = |score: f64, least: f64| if score > least { score } else { 0.0 };
    let score = counted(dice, LEAST_DICE).max(counted(jaro, LEAST_JARO_WINKLER));
    // The greatest whole percentage that the score reaches.
    (1..=100_u32).rev().find(|percent| f64::from(*percent) / 100.0 <= score).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::unit::UnitKind;

    fn likeness(key: &str, name: &str, field: &str) -> Option<Likeness> {
        of(&Unit::new(key, UnitKind::Flag, name), field)
    }

    #[test]
    fn the_table_has_each_name_once_and_folded() {
        let mut all: Vec<&str> = SYNONYMS.iter().flat_map(|names| names.iter().copied()).collect();
        assert!(all.iter().all(|name| fold(name) == *name));
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count);
    }

    #[rstest]
    #[case("date_echeance", "Échéance", "echeance", Some(Likeness::Same))]
    #[case("date_echeance", "Échéance", "Deadline", Some(Likeness::Synonym))]
    #[case("montant_brut", "Montant", "Amount", Some(Likeness::Synonym))]
    #[case("city", "City", "Cty", Some(Likeness::Similar { percent: 92 }))]
    #[case("secteur", "Secteur", "Assignee", None)]
    #[case("statut", "Statut", "Secteur", None)]
    #[case("city", "City", "—", None)]
    fn names_are_compared(
        #[case] key: &str,
        #[case] name: &str,
        #[case] field: &str,
        #[case] expected: Option<Likeness>,
    ) {
        assert_eq!(likeness(key, name, field), expected);
    }
}
