//! A run, live and afterwards.

use connector_core::store::{Counts, OpOutcome};

use super::words;
use crate::messages::{Lang, say};

words! {
    run_title: "Synchronisation" / "Sync run";
    run_live_lead: "Vous pouvez fermer cette page\u{a0}: la synchronisation continue sur le serveur." / "You may close this page: the sync goes on at the server.";
    run_cancel: "Interrompre" / "Stop";
    run_cancel_busy: "Interruption demandée…" / "Stopping…";
    run_read_deals: "deals lus" / "deals read";
    run_read_records: "lignes lues" / "records read";
    run_phase_failed: "Échec" / "Failed";
    run_not_applied: "non appliquées" / "not applied";
    run_refresh: "Actualiser" / "Refresh";
    run_when: "Début" / "Started";
    run_remote: "Connecteur" / "Connector";
    run_way: "Sens" / "Direction";
    run_state: "Résultat" / "Result";
    run_created: "Créés" / "Created";
    run_updated: "Modifiés" / "Updated";
    run_failed: "Erreurs" / "Errors";
    run_phase_start: "Démarrage" / "Starting";
    run_phase_read: "Lecture des deux côtés" / "Reading both sides";
    run_phase_plan: "Comparaison" / "Comparing";
    run_phase_write: "Écriture" / "Writing";
    run_left: "Temps restant" / "Time left";
    run_per_minute: "par minute" / "a minute";
    run_done_of: "Opérations" / "Operations";
    run_summary: "Résumé" / "Summary";
    run_operations: "Opérations" / "What it did";
    run_no_operations: "Cette synchronisation n'a rien eu à écrire\u{a0}: les deux côtés étaient en accord." / "This sync had nothing to write: both sides agreed.";
    run_nothing_written: "Cette synchronisation n'a rien écrit." / "This sync wrote nothing.";
    run_undo: "Annuler cette synchronisation" / "Undo this sync";
    run_undo_why: "Vous verrez d'abord ce que cela rétablit." / "You will first see what that brings back.";
    run_undone: "Cette synchronisation a été annulée." / "This sync was undone.";
    run_undone_link: "Voir l'annulation" / "See the undoing";
    run_continues: "Cette synchronisation termine celle que l'arrêt d'un serveur a coupée." / "This sync finishes one that was cut off when a server ended.";
    run_continues_link: "Voir ce qu'elle avait fait" / "See what that one did";
    run_duration: "Durée" / "Duration";
    run_calls: "Requêtes" / "Requests";
    run_asked_by: "Demandé par" / "Asked by";
    run_plan_link: "Voir l'aperçu et décider" / "See the preview and decide";
    run_next_history: "Voir l'historique" / "See the history";
    run_next_connector: "Retour au connecteur" / "Back to the connector";
    run_story: "Histoire du deal" / "Story of the deal";
    run_deal: "Deal" / "Deal's name";
    deal_title: "Son histoire" / "Its story";
    deal_lead: "Qui a changé quoi, où, quand, et pourquoi la synchronisation l'a porté." / "Who changed what, where, when, and why the sync carried it.";
    deal_nothing: "Aucune synchronisation n'a encore touché ce deal." / "No sync has touched this deal yet.";
    deal_records: "Ce deal ailleurs" / "This deal elsewhere";
    deal_now: "Aujourd'hui dans le CRM" / "In the CRM now";
    deal_run: "Voir la synchronisation" / "See the sync";
    deal_deleted: "Ce deal n'est plus dans le CRM\u{a0}; voici ce qui en reste." / "This deal is no longer in the CRM; this is what is left of it.";
    rule_one_sided: "modifié d'un seul côté" / "changed on one side only";
    rule_later: "conflit\u{a0}: la modification la plus récente l'emporte" / "conflict: the later edit wins";
    rule_tie: "conflit\u{a0}: ordre inconnu, le côté préféré l'emporte" / "conflict: order unknown, the preferred side wins";
    rule_preferred: "conflit\u{a0}: le côté choisi l'emporte" / "conflict: the chosen side wins";
    rule_whole_record: "suit le reste de la ligne" / "follows the rest of the record";
    rule_filled: "vide de l'autre côté" / "empty on the other side";
    rule_same: "égal des deux côtés" / "equal on both sides";
    rule_whole: "nouveau" / "new";
}

/// What a run left for a person, each in a sentence.
#[must_use]
pub fn left_over(lang: Lang, counts: &Counts) -> Vec<String> {
    let told = |number: u64, fr: [&str; 2], en: [&str; 2]| {
        let [one, several] = match lang {
            Lang::Fr => fr,
            Lang::En => en,
        };
        let number = usize::try_from(number).unwrap_or(usize::MAX);
        (number > 0).then(|| lang.count(number, one, several))
    };
    let lines = [
        told(
            counts.waiting,
            ["décision vous attend.", "décisions vous attendent."],
            ["decision waits for you.", "decisions wait for you."],
        ),
        told(
            counts.skipped,
            [
                "valeur n'a pas pu être reprise telle quelle : l'aperçu la nomme.",
                "valeurs n'ont pas pu être reprises telles quelles : l'aperçu les nomme une par une.",
            ],
            [
                "value could not be carried as it is: the preview names it.",
                "values could not be carried as they are: the preview names them one by one.",
            ],
        ),
        told(
            counts.stale,
            [
                "deal a été modifié entre-temps et laissé tel quel : la prochaine synchronisation le reprend.",
                "deals ont été modifiés entre-temps et laissés tels quels : la prochaine synchronisation les reprend.",
            ],
            [
                "deal was edited meanwhile and left alone: the next sync takes it up.",
                "deals were edited meanwhile and left alone: the next sync takes them up.",
            ],
        ),
        told(
            counts.untried,
            [
                "opération n'a pas encore été tentée : relancez dans une minute. Si une première tentative est restée sans réponse, rien n'est créé deux fois.",
                "opérations n'ont pas encore été tentées : relancez dans une minute. Si une première tentative est restée sans réponse, rien n'est créé deux fois.",
            ],
            [
                "operation was not tried yet: sync again in a minute. If an earlier attempt got no answer, nothing is made twice.",
                "operations were not tried yet: sync again in a minute. If an earlier attempt got no answer, nothing is made twice.",
            ],
        ),
        told(
            counts.failed,
            [
                "opération a été refusée ou est restée sans réponse ; la raison est ci-dessous.",
                "opérations ont été refusées ou sont restées sans réponse ; les raisons sont ci-dessous.",
            ],
            [
                "operation was refused or got no answer; the reason is below.",
                "operations were refused or got no answer; the reasons are below.",
            ],
        ),
    ];
    lines.into_iter().flatten().collect()
}

/// Who or what asked for a run.
#[must_use]
pub fn asked_by(lang: Lang, trigger: &str) -> String {
    match trigger {
        "cli" => say!(lang, "la ligne de commande", "the command line"),
        "demo" => say!(lang, "la démonstration", "the demo"),
        "page" => say!(lang, "ces pages", "these pages"),
        "api" => say!(lang, "l'API", "the API"),
        "crm" => say!(lang, "le CRM", "the CRM"),
        other => other.to_owned(),
    }
}

/// What became of an operation, in a word.
#[must_use]
pub fn outcome_name(lang: Lang, outcome: OpOutcome) -> String {
    match outcome {
        OpOutcome::Applied => say!(lang, "Fait", "Done"),
        OpOutcome::Stale => say!(lang, "Modifié entre-temps", "Edited meanwhile"),
        OpOutcome::Refused => say!(lang, "Refusé", "Refused"),
        OpOutcome::Unknown => say!(lang, "Sans réponse", "No answer"),
        OpOutcome::Skipped => say!(lang, "Pas tenté", "Not tried"),
    }
}

/// So many seconds, as people say it.
#[must_use]
pub fn seconds(lang: Lang, seconds: i64) -> String {
    let (minutes, rest) = (seconds / 60, seconds % 60);
    match (lang, minutes) {
        (_, 0) if rest == 0 => say!(lang, "moins d'une seconde", "less than a second"),
        (_, 0) => format!("{rest} s"),
        _ => say!(lang, "{minutes} min {rest:02} s", "{minutes} min {rest:02} s"),
    }
}
