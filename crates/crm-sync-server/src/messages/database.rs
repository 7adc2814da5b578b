//! A database's failures, with their remedies.

use connector_core::store::StoreError;

use super::{Lang, say};
use crate::store::OpenError;

/// Why a database cannot be used.
#[must_use]
pub fn open_failure(lang: Lang, error: &OpenError) -> String {
    match error {
        OpenError::Connect { database, .. } => say!(
            lang,
            "La base de données ne s'ouvre pas ({database}). Vérifiez DATABASE_URL, que le serveur répond ou que le fichier est accessible.",
            "The database cannot be opened ({database}). Check DATABASE_URL, and that the server answers or the file can be reached."
        ),
        OpenError::Migrate { database, source } => {
            let why = store_failure(lang, source);
            say!(
                lang,
                "La base de données ne peut pas être préparée ({database}). {why}",
                "The database cannot be prepared ({database}). {why}"
            )
        }
        OpenError::Unit(unit) => {
            say!(lang, "Le CRM n'a pas de colonne pour {unit}.", "The CRM has no column for {unit}.")
        }
        OpenError::Interrupted => say!(lang, "Le programme s'arrête.", "The program is ending."),
    }
}

/// Why the state could not be read or written.
#[must_use]
pub fn store_failure(lang: Lang, error: &StoreError) -> String {
    match error {
        StoreError::Held(run) => super::already_running(lang, run.as_str()),
        StoreError::Fenced => say!(
            lang,
            "Une autre exécution a repris cette synchronisation ; celle-ci s'est arrêtée sans rien écrire de plus.",
            "Another run took this sync over; this one stopped and wrote nothing more."
        ),
        StoreError::AlreadyApplied(run) => say!(
            lang,
            "Ce plan a déjà été appliqué par l'exécution {run}.",
            "This plan was applied by run {run} already."
        ),
        StoreError::Corrupt { table, key, .. } => say!(
            lang,
            "La ligne {key} de la table {table} est illisible. Restaurez une sauvegarde de la base de données.",
            "Row {key} of table {table} cannot be read. Restore a backup of the database."
        ),
        StoreError::Database(error) => {
            database_failure(lang, &error.to_string(), error.source().map(ToString::to_string).as_deref())
        }
        _ => say!(lang, "La base de données a échoué.", "The database failed."),
    }
}

/// The failures of a database that have a remedy.
fn database_failure(lang: Lang, message: &str, cause: Option<&str>) -> String {
    let says = |words: &str| message.contains(words) || cause.is_some_and(|cause| cause.contains(words));
    if says("locked") || says("lock timeout") || says("writing to the SQLite file") {
        say!(
            lang,
            "Un autre programme écrit dans la base de données depuis trop longtemps. Réessayez quand il a fini.",
            "Another program has been writing to the database for too long. Try again when it is done."
        )
    } else if says("full") || says("no space") {
        say!(
            lang,
            "Il n'y a plus de place sur le disque ; rien n'a été écrit. Faites de la place, puis recommencez.",
            "The disk is full; nothing was written. Make room, then start again."
        )
    } else if says("readonly") || says("read-only") {
        say!(
            lang,
            "La base de données est en lecture seule. Donnez à ce programme le droit d'y écrire.",
            "The database is read-only. Let this program write to it."
        )
    } else if says("newer version") {
        say!(
            lang,
            "Une version plus récente de ce programme a préparé la base de données. Mettez ce programme à jour.",
            "A newer version of this program prepared the database. Update this program."
        )
    } else {
        let message = super::short(message);
        say!(
            lang,
            "La base de données a échoué ({message}). Réessayez ; si cela se répète, regardez le journal du serveur de base de données.",
            "The database failed ({message}). Try again; if it happens again, look at the database server's log."
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_and_a_locked_file_have_their_remedy() {
        let told = |message: &str| store_failure(Lang::Fr, &StoreError::Database(message.into()));
        assert!(told("database or disk is full").contains("Faites de la place"));
        assert!(told("database is locked").contains("Réessayez quand il a fini"));
    }
}
