//! What waits for a person: conflicts, and questions.

use super::{Lang, remote_name, say};

/// No conflict waits.
#[must_use]
pub fn no_conflict(lang: Lang, remote: &str) -> String {
    let there = remote_name(remote);
    say!(lang, "{there} : aucun conflit n'attend.", "{there}: no conflict waits.")
}

/// The heading of the conflicts that were decided, with the values that lost.
#[must_use]
pub fn decided_title(lang: Lang) -> String {
    say!(lang, "Conflits décidés, l'autre valeur est conservée", "Decided conflicts, the other value is kept")
}

/// How to decide a conflict, or to decide it otherwise.
#[must_use]
pub fn conflicts_next(lang: Lang) -> String {
    say!(
        lang,
        "Pour garder la valeur d'un côté, sur les deux : crm-sync-server conflicts use CONFLIT crm|remote",
        "To keep one side's value, on both: crm-sync-server conflicts use CONFLICT crm|remote"
    )
}

/// What a record, a deal or a page is called by.
#[must_use]
pub fn handle(lang: Lang, id: &str) -> String {
    say!(lang, "n° {id}", "no. {id}")
}

/// Nothing waits for an answer.
#[must_use]
pub fn no_question(lang: Lang, remote: &str) -> String {
    let there = remote_name(remote);
    say!(lang, "{there} : aucune question n'attend.", "{there}: no question waits.")
}

/// How to answer.
#[must_use]
pub fn questions_next(lang: Lang, remote: &str) -> String {
    say!(
        lang,
        "Pour répondre : crm-sync-server answer {remote} delete|keep LIGNE…",
        "To answer: crm-sync-server answer {remote} delete|keep RECORD…"
    )
}

/// How many deletions wait for an approval.
#[must_use]
pub fn deletions_waiting(lang: Lang, count: usize, remote: &str) -> String {
    let told = match lang {
        Lang::Fr => lang.count(count, "suppression attend", "suppressions attendent"),
        Lang::En => lang.count(count, "deletion waits", "deletions wait"),
    };
    say!(
        lang,
        "{told} votre accord : crm-sync-server questions {remote}",
        "{told} for your approval: crm-sync-server questions {remote}"
    )
}

/// How many deals and records are set aside.
#[must_use]
pub fn set_aside(lang: Lang, count: usize) -> String {
    match lang {
        Lang::Fr => {
            let told = lang.count(count, "fiche refusée", "fiches refusées");
            let aside = if lang.is_one(count) { "est mise" } else { "sont mises" };
            format!("{told} cinq fois de suite {aside} de côté jusqu'à la prochaine modification.")
        }
        Lang::En => {
            let told = lang.count(count, "deal that was", "deals that were");
            let aside = if lang.is_one(count) { "is" } else { "are" };
            format!("{told} refused five times in a row {aside} set aside until the next edit.")
        }
    }
}

/// How to try again what is set aside.
#[must_use]
pub fn retry_next(lang: Lang, remote: &str) -> String {
    say!(
        lang,
        "Pour réessayer : crm-sync-server sync {remote} --retry",
        "To try again: crm-sync-server sync {remote} --retry"
    )
}
