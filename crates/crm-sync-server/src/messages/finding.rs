//! What is wrong with a mapping, and what it loses.

use connector_core::lens::{Loss, Obstacle};
use connector_core::mapping::{Finding, Problem, Severity};

use super::{Lang, say, side_name};
use crate::app::NOTION;

/// One finding as a sentence: the pair, what is wrong, what to do.
#[must_use]
pub fn finding(lang: Lang, finding: &Finding, unit: Option<&str>, remote: &str) -> String {
    let what = mapping_problem(lang, &finding.problem, remote);
    let field = finding.field.as_deref().map(|field| lang.quoted(field));
    match (unit, field) {
        (Some(unit), Some(field)) => say!(lang, "{unit} ↔ {field} : {what}", "{unit} ↔ {field}: {what}"),
        (Some(about), None) => say!(lang, "{about} : {what}", "{about}: {what}"),
        (None, Some(about)) => say!(lang, "{about} : {what}", "{about}: {what}"),
        (None, None) => what,
    }
}

/// The mark before a finding.
#[must_use]
pub const fn severity_mark(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "✗",
        Severity::Warning => "!",
        Severity::Info => "·",
    }
}

fn mapping_problem(lang: Lang, problem: &Problem, remote: &str) -> String {
    // Notion shows no relation to what it does not share.
    if remote == NOTION && *problem == Problem::FieldMissing {
        return say!(
            lang,
            "le champ n'existe plus, ou la base de données liée n'est plus partagée avec l'intégration. Remettez-le, partagez-la, ou associez un autre champ",
            "the field is no longer there, or the database that it relates to is no longer shared with the integration. Put it back, share it, or map another field"
        );
    }
    if lang == Lang::En {
        return problem.to_string();
    }
    match problem {
        Problem::UnknownUnit => "le CRM n'a pas cette donnée. Retirez l'association".to_owned(),
        Problem::FieldMissing => "le champ n'existe plus. Remettez-le, ou associez-en un autre".to_owned(),
        Problem::UnitTwice => "associé deux fois. N'en gardez qu'une".to_owned(),
        Problem::FieldTwice => {
            "le champ sert déjà à autre chose. Gardez une seule association".to_owned()
        }
        Problem::RequiredUnmapped => {
            "un deal en a besoin et aucun champ ne l'apporte : rien de nouveau ne pourra être importé. Associez un champ"
                .to_owned()
        }
        Problem::Impossible { side, obstacle: why } => {
            format!("rien ne peut aller vers {} : {}", side_name(lang, *side, remote), obstacle(lang, why))
        }
        Problem::Lossy { side, loss: lost } => {
            format!("vers {} : {}", side_name(lang, *side, remote), loss(lang, lost))
        }
        Problem::UnknownStages { stages } => {
            format!("des options désignent un statut qui n'existe pas ({}). Choisissez un statut", stages.join(", "))
        }
        Problem::OptionsGone { stages } => {
            format!("les options qui voulaient dire {} ont disparu. Rien à faire", stages.join(", "))
        }
        Problem::NoKeyField => {
            "aucun champ ne garde l'identifiant du CRM : copies et lignes restaurées sont plus difficiles à reconnaître. Ajoutez-le avec --key-field create"
                .to_owned()
        }
        Problem::KeyFieldMissing => {
            "le champ de l'identifiant du CRM a disparu. Remettez-le, ou choisissez-en un autre".to_owned()
        }
        Problem::KeyFieldNotText { kind } => {
            format!("le champ de l'identifiant du CRM est de type {kind}. Choisissez un champ de texte simple")
        }
        Problem::KeyFieldReadOnly => {
            "le champ de l'identifiant du CRM ne peut pas être écrit. Choisissez-en un autre".to_owned()
        }
        Problem::NaturalKeyUnmapped => {
            "les lignes doivent être reconnues par cette donnée, qui n'a pas de champ. Associez-en un, ou changez --natural-key"
                .to_owned()
        }
    }
}

/// Why no value can go one way.
#[must_use]
pub fn obstacle(lang: Lang, obstacle: &Obstacle) -> String {
    match (lang, obstacle) {
        (Lang::En, _) => obstacle.to_string(),
        (Lang::Fr, Obstacle::Derived) => "le CRM la calcule, elle est seulement envoyée".to_owned(),
        (Lang::Fr, Obstacle::ReadOnly) => "le champ est calculé, il est seulement lu".to_owned(),
        (Lang::Fr, Obstacle::NoTimeOfDay) => {
            "une date n'a pas d'heure, et le champ en veut une. Choisissez un champ de date sans heure"
                .to_owned()
        }
        (Lang::Fr, Obstacle::ImportOnly { field }) => {
            format!("un champ de type {field} peut seulement être lu. Choisissez un autre type pour envoyer")
        }
        (Lang::Fr, Obstacle::Kinds { field, .. }) => {
            format!("un champ de type {field} ne peut pas contenir cette donnée. Choisissez un autre type")
        }
    }
}

/// How some values are changed on their way, or which are left out.
#[must_use]
pub fn loss(lang: Lang, loss: &Loss) -> String {
    if lang == Lang::En {
        return loss.to_string();
    }
    match loss {
        Loss::Styles => "gras, liens et autres styles peuvent être réécrits".to_owned(),
        Loss::ReadOneByOne => {
            "chaque ligne modifiée, et chaque ligne la première fois, coûte au moins un appel de plus"
                .to_owned()
        }
        Loss::OnlyOurRecords => {
            "seules les lignes créées par ce programme, et que personne n'a modifiées depuis, sont écrites"
                .to_owned()
        }
        Loss::Reformatted => "les valeurs prennent une écriture simple, comme 12500 ou 2026-12-31".to_owned(),
        Loss::OnlyNumbers => "un texte qui n'est pas un nombre est laissé de côté".to_owned(),
        Loss::OnlyPercentages => {
            "un texte qui n'est pas un pourcentage, comme 12 %, est laissé de côté".to_owned()
        }
        Loss::OnlyDurations => {
            "un texte qui n'est pas une durée, comme 1:30:00, est laissé de côté".to_owned()
        }
        Loss::OnlyRatings { max } => format!("ce qui n'est pas un entier de 1 à {max} est laissé de côté"),
        Loss::OnlyDates => "un texte qui n'est pas une date, comme 2026-12-31, est laissé de côté".to_owned(),
        Loss::OnlyInstants => {
            "un texte qui n'est pas une date avec heure, comme 2026-12-31T08:00:00Z, est laissé de côté"
                .to_owned()
        }
        Loss::OnlyYesNo => "les mots autres que oui et non sont laissés de côté".to_owned(),
        Loss::OnlyEmails => {
            "une personne se trouve par son adresse e-mail seulement ; les noms sont laissés de côté"
                .to_owned()
        }
        Loss::OnlyOptions => "les mots qui ne sont pas une option du champ sont laissés de côté".to_owned(),
        Loss::OnlyOptionNames => {
            "les mots nouveaux deviennent des options ; ceux qui ont une virgule sont laissés de côté"
                .to_owned()
        }
        Loss::SpelledAsOption => "les mots prennent l'orthographe de l'option".to_owned(),
        Loss::OnlyOne => "s'il y en a plusieurs à la fois, ils sont laissés de côté".to_owned(),
        Loss::OptionsJoined => "plusieurs options deviennent un texte avec des virgules".to_owned(),
        Loss::TagsWithSeparator => "une étiquette qui contient | est laissée de côté".to_owned(),
        Loss::Rounded { scale } => format!("arrondi à {scale} décimales"),
        Loss::ShownRounded { scale } => {
            format!("{scale} décimales sont affichées ; au-delà, rien n'est comparé")
        }
        Loss::TimeOfDay => "l'heure est perdue ; le jour est celui de l'heure UTC".to_owned(),
        Loss::PeopleAsNames => "les personnes deviennent leurs noms".to_owned(),
        Loss::LinksAsNames => "les enregistrements liés deviennent leurs noms".to_owned(),
        Loss::AsText => "ce qui s'y trouve devient du texte, si possible".to_owned(),
        Loss::StagesWithoutOption { stages } => {
            format!(
                "aucune option ne correspond à {}. Ajoutez-en une au champ, ou choisissez-en une",
                lang.all_quoted(stages)
            )
        }
        Loss::OptionsWithoutStage { options, become_stage: Some(stage) } => {
            format!(
                "sans statut correspondant, devient « {stage} » : {}. Choisissez un statut pour chaque option",
                lang.all_quoted(options)
            )
        }
        Loss::OptionsWithoutStage { options, become_stage: None } => {
            format!(
                "sans statut correspondant, laissé de côté : {}. Choisissez un statut pour chaque option",
                lang.all_quoted(options)
            )
        }
        Loss::OptionsMerged { stage, options } => {
            format!(
                "{} veulent toutes dire « {stage} » ; au retour, la première est écrite",
                lang.all_quoted(options)
            )
        }
        Loss::UnknownWords { become_stage: Some(stage) } => {
            format!("un texte qui n'est pas un statut devient « {stage} »")
        }
        Loss::UnknownWords { become_stage: None } => {
            "un texte qui n'est pas un statut est laissé de côté".to_owned()
        }
    }
}

#[cfg(test)]
mod tests {
    use connector_core::plan::Side;

    use super::*;

    #[test]
    fn a_finding_names_the_pair_the_trouble_and_the_remedy() {
        let told = Finding {
            severity: Severity::Error,
            unit: Some("montant_brut".into()),
            field: Some("Amount".into()),
            problem: Problem::FieldMissing,
        };
        assert_eq!(
            finding(Lang::Fr, &told, Some("Montant"), "airtable"),
            "Montant ↔ « Amount » : le champ n'existe plus. Remettez-le, ou associez-en un autre"
        );
        assert!(finding(Lang::En, &told, Some("Montant"), "airtable").starts_with("Montant ↔ “Amount”: "));
    }

    #[test]
    fn a_loss_says_towards_whom() {
        let lossy = Problem::Lossy { side: Side::Remote, loss: Loss::OnlyOptions };
        let told = mapping_problem(Lang::Fr, &lossy, "airtable");
        assert_eq!(told, "vers Airtable : les mots qui ne sont pas une option du champ sont laissés de côté");
    }
}
