//! A plan, in sentences.

use connector_core::plan::{Action, Conflict, Mode, Reading, Rule, Side, Strategy};

use super::{Lang, capitalised, edited, in_side, remote_name, say, side_name};

/// The line above a plan.
#[must_use]
pub fn plan_title(lang: Lang, mode: Mode, remote: &str, id: &str) -> String {
    let there = remote_name(remote);
    let way = match mode {
        Mode::Sync => say!(lang, "CRM ⇄ {there}", "CRM ⇄ {there}"),
        Mode::Import => say!(lang, "import : {there} → CRM", "import: {there} → CRM"),
        Mode::Export => say!(lang, "export : CRM → {there}", "export: CRM → {there}"),
    };
    say!(lang, "Plan {id} ({way})", "Plan {id} ({way})")
}

/// What was read.
#[must_use]
pub fn plan_reading(lang: Lang, reading: &Reading, remote: &str) -> String {
    let deals = lang.count(reading.deals, "deal", "deals");
    let there = remote_name(remote);
    let unchanged = super::whole(lang, reading.unchanged);
    let told = match lang {
        Lang::Fr => format!(
            "Lu : {deals} dans le CRM, {} dans {there}, dont {unchanged} déjà en accord.",
            lang.count(reading.records, "ligne", "lignes")
        ),
        Lang::En => format!(
            "Read: {deals} in the CRM, {} in {there}, of which {unchanged} agree already.",
            lang.count(reading.records, "record", "records")
        ),
    };
    if reading.complete {
        return told;
    }
    let warning = say!(
        lang,
        "La lecture de {there} s'est interrompue : rien n'est conclu de ce qui manque.",
        "The reading of {there} broke off: nothing is concluded from what is missing."
    );
    format!("{told} {warning}")
}

/// Nothing is to be done.
#[must_use]
pub fn plan_empty(lang: Lang) -> String {
    say!(lang, "Tout est déjà en accord : rien à écrire.", "Everything agrees already: nothing to write.")
}

/// How many requests a plan costs.
#[must_use]
pub fn plan_cost(lang: Lang, calls: u64, remote: &str) -> String {
    let there = remote_name(remote);
    let calls = usize::try_from(calls).unwrap_or(usize::MAX);
    match lang {
        Lang::Fr => format!("Coût prévu : {} à {there}.", lang.count(calls, "requête", "requêtes")),
        Lang::En => format!("Expected cost: {} to {there}.", lang.count(calls, "request", "requests")),
    }
}

/// What is to be done on one side: “In Airtable: 4 to create, 2 to update.”, and what is to be deleted or marked as such.
#[must_use]
pub fn plan_side(
    lang: Lang,
    side: Side,
    (created, updated, deleted): (usize, usize, usize),
    remote: &str,
) -> String {
    let place = capitalised(&in_side(lang, side, remote));
    let told = match lang {
        Lang::Fr => {
            let (one, several) = match side {
                Side::Crm => ("deal à créer", "deals à créer"),
                Side::Remote => ("ligne à créer", "lignes à créer"),
            };
            format!("{place} : {}, {updated} à mettre à jour", lang.count(created, one, several))
        }
        Lang::En => {
            let (one, several) = match side {
                Side::Crm => ("deal", "deals"),
                Side::Remote => ("record", "records"),
            };
            format!("{place}: {} to create, {updated} to update", lang.count(created, one, several))
        }
    };
    match deleted {
        0 => format!("{told}."),
        _ => say!(lang, "{told}, {deleted} à supprimer ou signaler.", "{told}, {deleted} to delete or flag."),
    }
}

/// The heading of a list of operations.
#[must_use]
pub fn ops_title(lang: Lang, action: Action, remote: &str) -> String {
    let there = remote_name(remote);
    match action {
        Action::CreateDeal => say!(lang, "À créer dans le CRM", "To create in the CRM"),
        Action::RestoreDeal => say!(lang, "À rétablir dans le CRM", "To bring back in the CRM"),
        Action::UpdateDeal => say!(lang, "À mettre à jour dans le CRM", "To update in the CRM"),
        Action::CreateRecord => say!(lang, "À créer dans {there}", "To create in {there}"),
        Action::RecreateRecord => say!(lang, "À recréer dans {there}", "To make again in {there}"),
        Action::UpdateRecord => say!(lang, "À mettre à jour dans {there}", "To update in {there}"),
        Action::Link => say!(lang, "Reconnus des deux côtés", "Recognised on both sides"),
        Action::Agree => say!(lang, "Déjà égaux des deux côtés", "Equal on both sides already"),
        Action::Forget => say!(lang, "Supprimés des deux côtés", "Deleted on both sides"),
        Action::Release => {
            say!(lang, "Supprimés d'un côté, laissés de l'autre", "Deleted on one side, left on the other")
        }
        Action::FlagDeal => say!(lang, "À signaler dans le CRM", "To flag in the CRM"),
        Action::FlagRecord => say!(lang, "À signaler dans {there}", "To flag in {there}"),
        Action::DeleteDeal => say!(lang, "À supprimer dans le CRM", "To delete in the CRM"),
        Action::DeleteRecord => say!(lang, "À supprimer dans {there}", "To delete in {there}"),
        Action::RestoreRecord => {
            say!(lang, "À sortir de la corbeille de {there}", "To take from the trash of {there}")
        }
        Action::Stamp => {
            say!(lang, "À marquer de leur identifiant dans {there}", "To mark with their id in {there}")
        }
    }
}

/// The end of a list that was cut.
#[must_use]
pub fn and_more(lang: Lang, more: usize) -> String {
    match lang {
        Lang::Fr if more == 1 => "… et 1 autre".to_owned(),
        Lang::Fr => format!("… et {} autres", super::whole(lang, more)),
        Lang::En => format!("… and {} more", super::whole(lang, more)),
    }
}

/// How many deals and records a notice is about, and the first of them.
#[must_use]
pub fn concerned(lang: Lang, count: usize, labels: &[String]) -> String {
    let names: Vec<String> = labels.iter().map(|label| super::short(label)).collect();
    let more = match count.saturating_sub(labels.len()) {
        0 => String::new(),
        more => format!(" {}", and_more(lang, more)),
    };
    let (count, names) = (super::whole(lang, count), names.join(", "));
    say!(lang, "{count} fiches : {names}{more}", "{count} deals: {names}{more}")
}

/// One unit that changes.
#[must_use]
pub fn unit_change(lang: Lang, unit: &str, before: &str, after: &str, rule: Rule) -> String {
    let why = rule_text(lang, rule).map_or_else(String::new, |why| format!(" ({why})"));
    say!(lang, "{unit} : {before} → {after}{why}", "{unit}: {before} → {after}{why}")
}

/// Why a unit moves, where its direction does not say so.
fn rule_text(lang: Lang, rule: Rule) -> Option<String> {
    match rule {
        Rule::OneSided | Rule::Whole | Rule::Same => None,
        Rule::Later => {
            Some(say!(lang, "conflit : la plus récente l'emporte", "conflict: the later edit wins"))
        }
        Rule::Tie => Some(say!(lang, "conflit : ordre inconnu", "conflict: order unknown")),
        Rule::Preferred => Some(say!(lang, "conflit : côté choisi", "conflict: the chosen side")),
        Rule::WholeRecord => Some(say!(lang, "suit le reste de la ligne", "follows the rest of the record")),
        Rule::Filled => Some(say!(lang, "vide de l'autre côté", "empty on the other side")),
    }
}

/// What a conflict shows of one side: the value, and when it was written.
#[must_use]
pub fn conflict_side(lang: Lang, conflict: &Conflict, side: Side, shown: &str, remote: &str) -> String {
    let name = capitalised(&side_name(lang, side, remote));
    let time = edited(
        lang,
        match side {
            Side::Crm => conflict.crm_edited,
            Side::Remote => conflict.remote_edited,
        },
    );
    say!(lang, "{name} : {shown} ({time})", "{name}: {shown} ({time})")
}

/// Who wins a conflict, why, and what becomes of the other value.
#[must_use]
pub fn conflict_verdict(lang: Lang, conflict: &Conflict, loser: &str, remote: &str) -> String {
    let Some(winner) = conflict.winner else {
        return say!(
            lang,
            "→ Personne ne l'emporte : c'est à vous de décider.",
            "→ Nobody wins: it is for you to decide."
        );
    };
    let name = capitalised(&side_name(lang, winner, remote));
    let why = match (conflict.tie, conflict.strategy) {
        (true, _) => say!(
            lang,
            "égalité, l'ordre des modifications est inconnu et ce côté est préféré",
            "a tie: the order of the edits is unknown, and this side is preferred"
        ),
        (false, Strategy::NewestUnit) => say!(lang, "modification la plus récente", "the later edit"),
        (false, Strategy::NewestRecord) => say!(lang, "ligne modifiée en dernier", "the record edited last"),
        (false, Strategy::CrmWins | Strategy::RemoteWins) => {
            say!(lang, "c'est le réglage choisi", "that is the chosen setting")
        }
        (false, Strategy::Manual) => say!(lang, "votre décision", "your decision"),
    };
    say!(
        lang,
        "→ {name} l'emporte ({why}). L'autre valeur, {loser}, est conservée dans le journal.",
        "→ {name} wins ({why}). The other value, {loser}, is kept in the log."
    )
}

/// The heading of the conflicts that a plan decides, and of those that wait.
#[must_use]
pub fn conflicts_title(lang: Lang, decided: bool) -> String {
    if decided {
        say!(lang, "Conflits, modifiés des deux côtés", "Conflicts, edited on both sides")
    } else {
        say!(lang, "Conflits qui attendent votre décision", "Conflicts that wait for your decision")
    }
}

/// The heading of what cannot be synced.
#[must_use]
pub fn refused_title(lang: Lang) -> String {
    say!(lang, "Ne peut pas être synchronisé", "Cannot be synced")
}

/// The heading of what is carried with a change.
#[must_use]
pub fn altered_title(lang: Lang) -> String {
    say!(lang, "Synchronisé avec un changement", "Synced with a change")
}

/// The heading of what only a person can say.
#[must_use]
pub fn questions_title(lang: Lang) -> String {
    say!(lang, "À vous de décider", "For you to decide")
}

/// The heading of the guards that stop a plan.
#[must_use]
pub fn trips_title(lang: Lang) -> String {
    say!(lang, "Arrêté par précaution, rien n'a été écrit", "Stopped as a precaution, nothing was written")
}

/// What to do about guards that stopped a run, for somebody who sees neither the plan nor a command line.
#[must_use]
pub fn trips_remedy(lang: Lang) -> String {
    say!(
        lang,
        "Rien n'a été écrit : ouvrez l'aperçu dans les pages de CRM Sync, et approuvez-le s'il est juste.",
        "Nothing was written: open the preview on the pages of CRM Sync, and approve it if it is right."
    )
}

/// What to do with a plan that is kept.
#[must_use]
pub fn plan_next(lang: Lang, id: &str) -> String {
    say!(
        lang,
        "Rien n'a été modifié. Pour appliquer exactement ce plan dans l'heure : crm-sync-server apply {id}",
        "Nothing was changed. To apply exactly this plan within the hour: crm-sync-server apply {id}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use strum::VariantArray as _;

    #[test]
    fn every_action_has_a_heading_in_both_languages() {
        for action in Action::VARIANTS {
            let (fr, en) =
                (ops_title(Lang::Fr, *action, "airtable"), ops_title(Lang::En, *action, "airtable"));
            assert!(!fr.is_empty() && fr != en, "{action}");
        }
    }

    #[test]
    fn a_cut_list_says_how_many_more() {
        assert_eq!(and_more(Lang::Fr, 42), "… et 42 autres");
        assert_eq!(and_more(Lang::Fr, 1), "… et 1 autre");
        assert_eq!(and_more(Lang::En, 42), "… and 42 more");
    }

    #[test]
    fn a_side_counts_in_the_singular_and_in_the_plural() {
        let told = |created| plan_side(Lang::Fr, Side::Remote, (created, 2, 0), "airtable");
        assert_eq!(told(1), "Dans Airtable : 1 ligne à créer, 2 à mettre à jour.");
        assert_eq!(told(3), "Dans Airtable : 3 lignes à créer, 2 à mettre à jour.");
        let told = plan_side(Lang::En, Side::Crm, (1, 0, 3), "airtable");
        assert_eq!(told, "In the CRM: 1 deal to create, 0 to update, 3 to delete or flag.");
    }
}
