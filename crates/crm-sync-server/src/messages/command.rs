//! What the other commands say: configuration, history, import.

use connector_core::store::Counts;

use super::{Lang, remote_name, say};
use crate::service::deals_file::Imported;

/// A configuration was stored.
#[must_use]
pub fn configuration_saved(lang: Lang) -> String {
    say!(lang, "Configuration sauvegardée", "Configuration saved")
}

/// What a person is asked before everything of the program is taken out.
#[must_use]
pub fn retire_question(lang: Lang) -> String {
    say!(
        lang,
        "Retirer du CRM les réglages, les liens et tout l'historique des synchronisations ? Les deals restent. [o/N] ",
        "Take the settings, the links and the whole history of syncs out of the CRM? The deals stay. [y/N] "
    )
}

/// Nobody said yes to it.
#[must_use]
pub fn retire_unconfirmed(lang: Lang) -> String {
    say!(
        lang,
        "Rien n'a été retiré. Pour le faire sans question : --yes",
        "Nothing was taken out. To do it without a question: --yes"
    )
}

/// Everything of the program is out of the database.
#[must_use]
pub fn retired(lang: Lang) -> String {
    say!(
        lang,
        "La base de données est celle du CRM seul, deals et journal compris. Le dossier de données de ce programme peut être supprimé.",
        "The database is the CRM's alone, deals and log included. This program's data folder can be deleted."
    )
}

/// Which table is connected.
#[must_use]
pub fn connection_line(lang: Lang, remote: &str, table: &str, base: &str) -> String {
    let (there, table) = (remote_name(remote), lang.quoted(table));
    say!(lang, "{there} : table {table}, base {base}", "{there}: table {table}, base {base}")
}

/// The heading of the pairs.
#[must_use]
pub fn pairs_title(lang: Lang, remote: &str) -> String {
    let there = remote_name(remote);
    say!(lang, "Associations, CRM et {there}", "Mapping, CRM and {there}")
}

/// How a record and a deal find each other.
#[must_use]
pub fn identity_line(lang: Lang, key_field: Option<&str>, natural_key: &[String]) -> String {
    let natural = natural_key.join(" + ");
    match (key_field, natural_key.is_empty()) {
        (Some(field), false) => say!(
            lang,
            "Un deal et sa ligne se reconnaissent par le champ « {field} », sinon par : {natural}.",
            "A deal and its record know each other by the field “{field}”, else by: {natural}."
        ),
        (Some(field), true) => say!(
            lang,
            "Un deal et sa ligne se reconnaissent par le champ « {field} ».",
            "A deal and its record know each other by the field “{field}”."
        ),
        (None, false) => say!(
            lang,
            "Un deal et sa ligne se reconnaissent la première fois par : {natural}.",
            "A deal and its record know each other the first time by: {natural}."
        ),
        (None, true) => say!(
            lang,
            "Rien ne dit qu'un deal et une ligne sont les mêmes : tout sera créé des deux côtés.",
            "Nothing tells that a deal and a record are the same: everything will be made on both sides."
        ),
    }
}

/// Nothing was synced yet.
#[must_use]
pub fn no_run_yet(lang: Lang) -> String {
    say!(lang, "Aucune synchronisation effectuée pour le moment", "No sync was made so far")
}

/// The heading of the last runs.
#[must_use]
pub fn runs_title(lang: Lang) -> String {
    say!(lang, "Dernières exécutions", "Last runs")
}

/// What a run counted, on one line.
#[must_use]
pub fn counts_line(lang: Lang, counts: &Counts, calls: u64, remote: &str) -> String {
    let there = remote_name(remote);
    let Counts { created_crm, pulled, created_remote, pushed, failed, conflicts, .. } = counts;
    say!(
        lang,
        "CRM {created_crm} créés, {pulled} mis à jour · {there} {created_remote} créées, {pushed} mises à jour · {conflicts} conflits · {failed} erreurs · {calls} requêtes",
        "CRM {created_crm} created, {pulled} updated · {there} {created_remote} created, {pushed} updated · {conflicts} conflicts · {failed} errors · {calls} requests"
    )
}

/// What a CSV file brought.
#[must_use]
pub fn imported_counts(lang: Lang, imported: &Imported) -> String {
    let Imported { rows, created, known, refused, .. } = imported;
    match lang {
        Lang::Fr => format!(
            "{} : {}, {} déjà là (même client, même montant, même échéance), {}.",
            lang.count(*rows, "ligne lue", "lignes lues"),
            lang.count(*created, "deal créé", "deals créés"),
            known,
            lang.count(refused.len(), "ligne refusée", "lignes refusées")
        ),
        Lang::En => format!(
            "{}: {}, {} there already (same client, amount and due date), {}.",
            lang.count(*rows, "row read", "rows read"),
            lang.count(*created, "deal created", "deals created"),
            known,
            lang.count(refused.len(), "row refused", "rows refused")
        ),
    }
}

/// The heading of the rows that were refused.
#[must_use]
pub fn refused_rows_title(lang: Lang) -> String {
    say!(lang, "Lignes refusées", "Rows refused")
}

/// Where a row stands in its file.
#[must_use]
pub fn line_number(lang: Lang, line: u64) -> String {
    say!(lang, "ligne {line}", "line {line}")
}
