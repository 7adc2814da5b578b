//! The history.

use super::words;
use crate::messages::{Lang, say, whole};

words! {
    history_lead: "Toutes les synchronisations, de la plus récente à la plus ancienne." / "All syncs, newest first.";
    no_run_yet: "Aucune synchronisation effectuée pour le moment" / "No sync was made so far";
    no_run_here: "Aucune synchronisation ne correspond à ces filtres." / "No sync matches these filters.";
    history_filter: "Filtrer" / "Filter";
    history_any: "Tous" / "All";
    history_chart: "Créations, mises à jour et erreurs des dernières synchronisations" / "Creations, updates and errors of the last syncs";
    history_chart_table: "Voir le graphique en tableau" / "See the chart as a table";
    history_csv: "CSV" / "As CSV";
    history_json: "JSON" / "As JSON";
    history_older: "Plus anciennes →" / "Older →";
    history_newest: "← Les plus récentes" / "← Newest";
    key_created: "Créés" / "Created";
    key_updated: "Modifiés" / "Updated";
    key_failed: "Erreurs" / "Errors";
    history_start: "Configurer un connecteur" / "Set up a connector";
}

/// The chart in a sentence, for those who do not see it.
#[must_use]
pub fn chart_told(lang: Lang, runs: usize, created: usize, updated: usize, failed: usize) -> String {
    let (created, updated, failed) = (whole(lang, created), whole(lang, updated), whole(lang, failed));
    match lang {
        Lang::Fr => format!(
            "{} : {created} créations, {updated} mises à jour, {failed} erreurs.",
            lang.count(runs, "synchronisation", "synchronisations")
        ),
        Lang::En => {
            format!(
                "{}: {created} created, {updated} updated, {failed} errors.",
                lang.count(runs, "sync", "syncs")
            )
        }
    }
}

/// One bar of the chart.
#[must_use]
pub fn bar_told(lang: Lang, when: &str, created: u64, updated: u64, failed: u64) -> String {
    say!(
        lang,
        "{when} : {created} créés, {updated} modifiés, {failed} erreurs",
        "{when}: {created} created, {updated} updated, {failed} errors"
    )
}
