//! What the CRM's own page reads, word for word: always in French.

use super::Lang;

/// Nothing is configured for this remote.
#[must_use]
pub fn crm_not_configured(remote: &str) -> String {
    format!("Aucune configuration trouvée pour {remote}. Configurez d'abord le connecteur.")
}

/// The connection works.
#[must_use]
pub fn crm_connected(table: &str, records: usize, is_whole: bool) -> String {
    let records = Lang::Fr.count(records, "enregistrement", "enregistrements");
    let more_than = if is_whole { "" } else { "plus de " };
    format!("Connexion réussie à « {table} » : {more_than}{records}")
}

/// An export without deals.
#[must_use]
pub fn crm_nothing_to_export() -> String {
    "Aucun deal à exporter".to_owned()
}

/// The server ended before the run did.
#[must_use]
pub fn crm_interrupted() -> String {
    "Le serveur s'est arrêté avant la fin ; la synchronisation reprendra d'elle-même.".to_owned()
}
