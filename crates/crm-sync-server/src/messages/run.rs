//! A run and what became of it, in sentences.

use connector_core::engine::Event;
use connector_core::id::RunId;
use connector_core::plan::{Mode, Side};
use connector_core::store::{OpOutcome, RunRecord, RunStatus};

use super::{Lang, capitalised, remote_name, say, side_name, whole};

/// The guards that a run was told to let pass, and who told it; nothing if there are none.
#[must_use]
pub fn overridden(lang: Lang, run: &RunRecord) -> Option<String> {
    let who = super::asked_by(lang, &run.trigger);
    // Each is noted with who let it pass, which is who asked for the run.
    let guards: Vec<String> = run
        .overrides
        .iter()
        .filter_map(|noted| noted.split(' ').next()?.parse().ok())
        .map(|guard| super::guard_name(lang, guard))
        .collect();
    let told = guards.join(", ");
    (!guards.is_empty())
        .then(|| say!(lang, "Précautions levées par {who} : {told}", "Guards let pass by {who}: {told}"))
}

/// A run that does the work of another one to its end.
#[must_use]
pub fn continues(lang: Lang, run: &RunId) -> String {
    say!(lang, "suite de {run}, coupée", "goes on with {run}, which was cut off")
}

/// How a run ended.
#[must_use]
pub fn run_status(lang: Lang, status: RunStatus) -> String {
    match status {
        RunStatus::Running => say!(lang, "En cours", "Under way"),
        RunStatus::Ok => say!(lang, "Terminé", "Done"),
        RunStatus::Partial => say!(lang, "Terminé en partie", "Done in part"),
        RunStatus::Halted => {
            say!(lang, "Arrêté : une décision est nécessaire", "Halted: a decision is needed")
        }
        RunStatus::Cancelled => say!(lang, "Interrompu à votre demande", "Stopped at your request"),
        RunStatus::Interrupted => {
            say!(lang, "Coupé : la suite se fait d'elle-même", "Cut off: the rest follows by itself")
        }
        RunStatus::Failed => say!(lang, "Échec", "Failed"),
    }
}

/// Which way a run goes, as a noun.
#[must_use]
pub fn mode_name(lang: Lang, mode: Mode) -> String {
    match mode {
        Mode::Sync => say!(lang, "synchronisation", "sync"),
        Mode::Import => say!(lang, "import", "import"),
        Mode::Export => say!(lang, "export", "export"),
    }
}

/// What was written on one side.
#[must_use]
pub fn written(lang: Lang, side: Side, created: u64, updated: u64, remote: &str) -> String {
    let name = capitalised(&side_name(lang, side, remote));
    let count =
        |number: u64, one, several| lang.count(usize::try_from(number).unwrap_or(usize::MAX), one, several);
    match (lang, side) {
        (Lang::Fr, Side::Crm) => format!(
            "{name} : {}, {}.",
            count(created, "deal créé", "deals créés"),
            count(updated, "mis à jour", "mis à jour")
        ),
        (Lang::Fr, Side::Remote) => format!(
            "{name} : {}, {}.",
            count(created, "ligne créée", "lignes créées"),
            count(updated, "mise à jour", "mises à jour")
        ),
        (Lang::En, Side::Crm) => {
            format!("{name}: {} created, {updated} updated.", count(created, "deal", "deals"))
        }
        (Lang::En, Side::Remote) => {
            format!("{name}: {} created, {updated} updated.", count(created, "record", "records"))
        }
    }
}

/// How many operations failed, and how many values were left out.
#[must_use]
pub fn run_errors(lang: Lang, errors: u64, warnings: u64) -> String {
    let count =
        |number: u64, one, several| lang.count(usize::try_from(number).unwrap_or(usize::MAX), one, several);
    match lang {
        Lang::Fr => format!(
            "{}, {}.",
            capitalised(&count(errors, "erreur", "erreurs")),
            count(warnings, "avertissement", "avertissements")
        ),
        Lang::En => {
            format!("{}, {}.", count(errors, "error", "errors"), count(warnings, "warning", "warnings"))
        }
    }
}

/// What a run cost.
#[must_use]
pub fn run_cost(lang: Lang, calls: u64, waited_ms: u64, remote: &str) -> String {
    let there = remote_name(remote);
    let calls = usize::try_from(calls).unwrap_or(usize::MAX);
    let told = match lang {
        Lang::Fr => format!("{} à {there}", lang.count(calls, "requête envoyée", "requêtes envoyées")),
        Lang::En => format!("{} sent to {there}", lang.count(calls, "request", "requests")),
    };
    let waited = waited_ms / 1000;
    match (lang, waited) {
        (_, 0) => format!("{told}."),
        (Lang::Fr, _) => format!("{told}, dont {waited} s d'attente pour respecter ses limites."),
        (Lang::En, _) => format!("{told}, {waited} s of waiting to keep its limits."),
    }
}

/// The words of the remote that mean no stage.
#[must_use]
pub fn unknown_stages(lang: Lang, words: &[String]) -> String {
    let listed = lang.all_quoted(words);
    match lang {
        Lang::Fr if words.len() == 1 => format!("Statut inconnu, devenu « prospect » : {listed}."),
        Lang::Fr => format!("Statuts inconnus, devenus « prospect » : {listed}."),
        Lang::En if words.len() == 1 => format!("Unknown stage, now “prospect”: {listed}."),
        Lang::En => format!("Unknown stages, now “prospect”: {listed}."),
    }
}

/// What became of an operation that was not applied.
#[must_use]
pub fn outcome(lang: Lang, outcome: OpOutcome, remote: &str) -> String {
    let there = remote_name(remote);
    match outcome {
        OpOutcome::Applied => say!(lang, "fait", "done"),
        OpOutcome::Stale => say!(
            lang,
            "modifié entre-temps, rien n'a été écrit ; la prochaine synchronisation regardera à nouveau",
            "edited meanwhile, nothing was written; the next sync looks again"
        ),
        OpOutcome::Refused => say!(lang, "refusé, rien n'a été écrit", "refused, nothing was written"),
        OpOutcome::Unknown => say!(
            lang,
            "{there} n'a pas répondu ; la prochaine synchronisation regardera ce qu'il en est",
            "{there} did not answer; the next sync looks what became of it"
        ),
        OpOutcome::Skipped => {
            say!(lang, "pas encore tenté ; relancez dans une minute", "not tried yet; sync again in a minute")
        }
    }
}

/// The heading of the operations that were not applied.
#[must_use]
pub fn not_applied_title(lang: Lang) -> String {
    say!(lang, "Pas écrit", "Not written")
}

/// A step of a run, for whoever waits; `None` for steps that a bar shows better.
#[must_use]
pub fn progress(lang: Lang, event: &Event, remote: &str) -> Option<String> {
    match event {
        Event::Started { run } => Some(say!(lang, "Exécution {run}", "Run {run}")),
        Event::Reading { side, rows } => {
            let name = side_name(lang, *side, remote);
            Some(match lang {
                Lang::Fr => format!("Lecture ({name}) : {}", lang.count(*rows, "ligne", "lignes")),
                Lang::En => format!("Reading {name}: {}", lang.count(*rows, "row", "rows")),
            })
        }
        Event::Planned { ops, .. } => Some(match lang {
            Lang::Fr => format!("Plan : {}", lang.count(*ops, "opération", "opérations")),
            Lang::En => format!("Plan: {}", lang.count(*ops, "operation", "operations")),
        }),
        Event::Operation { done, total, .. } => {
            let (done, total) = (whole(lang, *done), whole(lang, *total));
            Some(say!(lang, "Écriture : {done} sur {total}", "Writing: {done} of {total}"))
        }
        Event::Finished { .. } => None,
    }
}

/// Another run has the connection.
#[must_use]
pub fn already_running(lang: Lang, run: &str) -> String {
    say!(
        lang,
        "Une synchronisation est déjà en cours (exécution {run}) : elle continue, celle-ci n'a rien fait.",
        "A sync is under way already (run {run}): it goes on, this one did nothing."
    )
}

/// A person asked to stop.
#[must_use]
pub fn stopping(lang: Lang) -> String {
    say!(
        lang,
        "Interruption demandée : l'opération en cours se termine, le reste attendra la prochaine synchronisation.",
        "Stop requested: the operation under way ends, the rest waits for the next sync."
    )
}

/// Asks whether to apply the first plan of a connection.
#[must_use]
pub fn ask_to_apply(lang: Lang) -> String {
    say!(
        lang,
        "Première synchronisation de cette table. Appliquer ce plan ? [o/N] ",
        "First sync of this table. Apply this plan? [y/N] "
    )
}

/// Whether an answer means yes.
#[must_use]
pub fn is_yes(answer: &str) -> bool {
    matches!(answer.trim().to_lowercase().as_str(), "o" | "oui" | "y" | "yes")
}

/// The first sync waits for an approval, and nobody can be asked.
#[must_use]
pub fn first_sync_waits(lang: Lang, id: &str) -> String {
    say!(
        lang,
        "Première synchronisation de cette table : relisez le plan, puis appliquez-le avec « crm-sync-server apply {id} », ou relancez avec --yes.",
        "First sync of this table: read the plan, then apply it with “crm-sync-server apply {id}”, or start again with --yes."
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use strum::VariantArray as _;

    #[test]
    fn every_status_and_outcome_is_told_in_both_languages() {
        for status in RunStatus::VARIANTS {
            assert_ne!(run_status(Lang::Fr, *status), run_status(Lang::En, *status));
        }
        for end in OpOutcome::VARIANTS {
            assert_ne!(outcome(Lang::Fr, *end, "airtable"), outcome(Lang::En, *end, "airtable"));
        }
    }

    #[test]
    fn an_override_names_the_guards_and_who_gave_it() {
        let mut run: RunRecord = serde_json::from_value(serde_json::json!({
            "id": "run-1", "mode": "sync", "trigger": "crm", "plan": null, "started": "2026-03-01T10:00:00Z",
            "finished": null, "status": "running", "counts": {}, "usage": {"calls": 0, "waited_ms": 0},
            "message": null, "overrides": ["mass_delete by crm", "settings_changed by crm"]
        }))
        .unwrap();
        let told = overridden(Lang::Fr, &run).unwrap();
        assert_eq!(told, "Précautions levées par le CRM : Suppressions en masse, Réglages modifiés");
        run.overrides.clear();
        assert_eq!(overridden(Lang::En, &run), None);
    }

    #[test]
    fn what_was_written_agrees_in_number() {
        assert_eq!(
            written(Lang::Fr, Side::Remote, 1, 2, "airtable"),
            "Airtable : 1 ligne créée, 2 mises à jour."
        );
        assert_eq!(written(Lang::Fr, Side::Crm, 3, 1, "airtable"), "Le CRM : 3 deals créés, 1 mis à jour.");
        assert_eq!(written(Lang::En, Side::Crm, 1, 0, "airtable"), "The CRM: 1 deal created, 0 updated.");
        assert_eq!(run_errors(Lang::Fr, 0, 2), "0 erreur, 2 avertissements.");
        assert_eq!(run_errors(Lang::En, 0, 1), "0 errors, 1 warning.");
    }

    #[test]
    fn yes_is_understood_in_both_languages() {
        assert!(is_yes(" Oui\n") && is_yes("y") && !is_yes("") && !is_yes("non"));
    }
}
