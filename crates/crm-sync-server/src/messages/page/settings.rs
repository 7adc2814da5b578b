//! Settings and health.

use super::words;
use crate::messages::{Lang, remote_name, say};

words! {
    settings_lead: "La langue, le nombre de requêtes, et ce qu'un examen complet trouve." / "The language, the number of requests, and what a full checkup finds.";
    settings_language: "Langue des pages" / "Language of the pages";
    settings_language_save: "Choisir" / "Choose";
    settings_budget: "Requêtes ce mois-ci" / "Requests this month";
    settings_doctor: "Examen" / "Checkup";
    settings_doctor_lead: "Jeton, table, correspondances, cinq lignes lues comme des deals, et le prix d'une synchronisation. Rien n'est écrit." / "Token, table, mapping, five records read as deals, and the cost of a sync. Nothing is written.";
    settings_doctor_run: "Examiner" / "Examine";
    settings_version: "Version" / "Version";
    settings_server: "Serveur" / "Server";
    settings_database: "Base de données" / "Database";
    settings_edit_times: "Heures des modifications du CRM" / "Times of the CRM's edits";
    settings_edit_times_on: "Notées\u{a0}: la modification la plus récente est connue." / "Noted: the later edit is known.";
    settings_edit_times_off: "Non notées\u{a0}: entre deux lectures, l'ordre des modifications est inconnu." / "Not noted: between two readings the order of edits is unknown.";
    settings_sound: "Tout va bien" / "All is well";
    settings_unsound: "À corriger" / "To mend";
}

/// How many requests of the monthly cap are used.
#[must_use]
pub fn calls_of_cap(lang: Lang, calls: &str, cap: Option<&str>, remote: &str) -> String {
    let there = remote_name(remote);
    match cap {
        Some(cap) => say!(
            lang,
            "{calls} requêtes à {there} ce mois-ci. L'offre gratuite en compte {cap}.",
            "{calls} requests to {there} this month. Its free plan has {cap}."
        ),
        None => {
            say!(lang, "{calls} requêtes à {there} ce mois-ci.", "{calls} requests to {there} this month.")
        }
    }
}
