//! Taking a run back.

use connector_core::id::RunId;
use connector_core::plan::{Mode, Purpose};

use super::{Lang, mode_name, say};

/// The line above a plan that takes a run back.
#[must_use]
pub fn undo_title(lang: Lang, run: &RunId, plan: &str) -> String {
    say!(lang, "Annulation de l'exécution {run} (plan {plan})", "Undoing run {run} (plan {plan})")
}

/// The heading of what stays as it is.
#[must_use]
pub fn undo_stays_title(lang: Lang) -> String {
    say!(lang, "Restera tel quel", "Will stay as it is")
}

/// Nothing of a run can be taken back.
#[must_use]
pub fn undo_empty(lang: Lang) -> String {
    say!(
        lang,
        "Rien ne peut être annulé : tout a été modifié depuis, ou ne se rétablit pas.",
        "Nothing can be undone: all of it was edited since, or cannot be brought back."
    )
}

/// What happens after an undoing.
#[must_use]
pub fn undo_after(lang: Lang) -> String {
    say!(
        lang,
        "Ensuite, les deux côtés diffèrent là où l'exécution les avait mis en accord, et le restent jusqu'à la prochaine modification.",
        "Afterwards the two sides differ where the run had made them agree, and stay so until the next edit."
    )
}

/// Asks whether to take a run back.
#[must_use]
pub fn ask_to_undo(lang: Lang) -> String {
    say!(lang, "Annuler cette exécution ? [o/N] ", "Undo this run? [y/N] ")
}

/// An undoing waits for an approval, and nobody can be asked.
#[must_use]
pub fn undo_waits(lang: Lang, plan: &str) -> String {
    say!(
        lang,
        "Rien n'a été modifié. Relisez, puis « crm-sync-server apply {plan} » dans l'heure, ou relancez avec --yes.",
        "Nothing was changed. Read it, then “crm-sync-server apply {plan}” within the hour, or start again with --yes."
    )
}

/// What a run was for, as a noun: “sync”, “undoing of run …”.
#[must_use]
pub fn run_name(lang: Lang, purpose: &Purpose, mode: Mode) -> String {
    match purpose {
        Purpose::Agree => mode_name(lang, mode),
        Purpose::Undo { run } => say!(lang, "annulation de {run}", "undoing of {run}"),
        Purpose::Choice { .. } => say!(lang, "décision d'un conflit", "decision of a conflict"),
    }
}

/// A run that was taken back.
#[must_use]
pub fn undone_by(lang: Lang, by: &RunId) -> String {
    say!(lang, "annulée par {by}", "undone by {by}")
}
