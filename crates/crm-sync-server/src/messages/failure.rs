//! Why a command could not be done, and what to do: never a raw error, never a token.

use std::io;

use connector_core::ErrorKind;
use connector_core::engine::EngineError;
use connector_core::store::StoreError;

use super::{Lang, finding, remote_name, say};
use crate::failure::Failure;
use crate::store::OpenError;

/// What happened and what to do, in one or two sentences.
#[must_use]
pub fn failure(lang: Lang, failure: &Failure) -> String {
    match failure {
        Failure::Open(error) => open_failure(lang, error),
        Failure::Store(error) => store_failure(lang, error),
        Failure::Remote(error) => remote_failure(lang, error.kind(), error.remote(), error.detail()),
        Failure::Engine(error) => engine_failure(lang, error),
        Failure::NotYet { remote } => {
            let there = remote_name(remote);
            say!(
                lang,
                "{there} n'est pas encore pris en charge par cette version ; seul Airtable l'est.",
                "This version does not support {there} yet; only Airtable."
            )
        }
        Failure::NoToken { remote } => {
            let (there, variable) = (remote_name(remote), format!("{}_TOKEN", remote.to_uppercase()));
            say!(
                lang,
                "Aucun jeton {there}. Créez-en un chez {there} et donnez-le dans la variable {variable}.",
                "There is no {there} token. Create one at {there} and give it in the variable {variable}."
            )
        }
        Failure::NotConfigured { remote } => say!(
            lang,
            "Aucune configuration trouvée pour {remote}. Configurez d'abord le connecteur : crm-sync-server configure {remote} --base … --table …",
            "No configuration found for {remote}. Configure the connector first: crm-sync-server configure {remote} --base … --table …"
        ),
        Failure::NoBase { remote, wanted, known } => {
            let (there, wanted, known) = (remote_name(remote), lang.quoted(wanted), one_of(lang, known));
            say!(
                lang,
                "Base {there} introuvable : {wanted}. Ce jeton voit {known}.",
                "{there} base not found: {wanted}. This token sees {known}."
            )
        }
        Failure::NoTable { wanted, known } => {
            let (wanted, known) = (lang.quoted(wanted), one_of(lang, known));
            say!(
                lang,
                "Table introuvable : {wanted}. Cette base contient {known}.",
                "Table not found: {wanted}. This base has {known}."
            )
        }
        Failure::UnknownUnits { wanted, known } => {
            let (wanted, known) = (lang.all_quoted(wanted), known.join(", "));
            say!(
                lang,
                "Le CRM n'a pas de donnée {wanted}. Les données sont : {known}.",
                "The CRM has no unit {wanted}. The units are: {known}."
            )
        }
        Failure::UnknownFields { wanted, known } => {
            let (wanted, known) = (lang.all_quoted(wanted), one_of(lang, known));
            say!(
                lang,
                "La table n'a pas de champ {wanted}. Elle contient {known}.",
                "The table has no field {wanted}. It has {known}."
            )
        }
        Failure::BrokenMapping { remote, findings } => {
            let mut told = say!(
                lang,
                "Ces associations ne peuvent pas fonctionner, rien n'a été enregistré :",
                "These pairs cannot work, nothing was saved:"
            );
            for found in findings {
                told.push_str("\n  ✗ ");
                told.push_str(&finding(lang, found, found.unit.as_ref().map(connector_core::id::UnitKey::as_str), remote));
            }
            told
        }
        Failure::File { path, source } => {
            let (path, why) = (path.display(), io_reason(lang, source));
            say!(lang, "{path} : {why}.", "{path}: {why}.")
        }
        Failure::Csv { path, source } => {
            let path = path.display();
            let line = source.position().map_or(1, csv::Position::line);
            say!(
                lang,
                "{path} : la ligne {line} n'est pas du CSV en UTF-8. Enregistrez le fichier en « CSV UTF-8 ».",
                "{path}: line {line} is no CSV in UTF-8. Save the file as “CSV UTF-8”."
            )
        }
        Failure::CsvColumns { path, missing } => {
            let (path, missing) = (path.display(), missing.join(", "));
            say!(
                lang,
                "{path} : aucune colonne pour {missing}. Les en-têtes du CRM sont Task Name, Status, Montant Deal, Tags, Due Date, Assignees, Task Content.",
                "{path}: no column for {missing}. The CRM's headings are Task Name, Status, Montant Deal, Tags, Due Date, Assignees, Task Content."
            )
        }
        Failure::Sandbox(error) => say!(
            lang,
            "Le bac à sable ne démarre pas : {error}. Avec --fresh, la démonstration repart de zéro.",
            "The sandbox does not start: {error}. With --fresh the demo begins anew."
        ),
        Failure::Demo(told) => told.clone(),
    }
}

/// A failure of a remote, by its kind, in the words that users know.
#[must_use]
pub fn remote_failure(lang: Lang, kind: ErrorKind, remote: &str, detail: Option<&str>) -> String {
    let there = remote_name(remote);
    let told = match (kind, remote) {
        (ErrorKind::Unauthenticated, "notion") => say!(
            lang,
            "Token Notion invalide ou révoqué. Créez-en un nouveau et donnez-le dans NOTION_TOKEN",
            "Notion token wrong or revoked. Create a new one and give it in NOTION_TOKEN"
        ),
        (ErrorKind::Unauthenticated, _) => say!(
            lang,
            "Token {there} invalide ou expiré. Créez-en un nouveau et donnez-le dans AIRTABLE_TOKEN",
            "{there} token wrong or expired. Create a new one and give it in AIRTABLE_TOKEN"
        ),
        (ErrorKind::ContainerMissing, "notion") => say!(
            lang,
            "Base de données Notion inaccessible. Vérifiez que l'intégration est connectée à la page",
            "Notion database out of reach. Check that the integration is connected to the page"
        ),
        (ErrorKind::ContainerMissing, _) => say!(
            lang,
            "Base {there} introuvable, ou sans cette table. Vérifiez son identifiant et que le jeton y donne accès",
            "{there} base not found, or without this table. Check its id, and that the token gives access to it"
        ),
        (ErrorKind::Forbidden, _) => say!(
            lang,
            "Le jeton {there} n'a pas ce droit, ou la base {there} est introuvable avec lui. Donnez-lui accès à la base et les droits data.records:read, data.records:write et schema.bases:read",
            "The {there} token may not do this, or does not see the base. Give it access to the base and the scopes data.records:read, data.records:write and schema.bases:read"
        ),
        (ErrorKind::SchemaChanged, _) => say!(
            lang,
            "Une colonne a disparu ou changé de type pendant la synchronisation. Relancez-la, puis vérifiez avec « check »",
            "A column was deleted or retyped during the sync. Start again, then look with “check”"
        ),
        (ErrorKind::QuotaExhausted, _) => say!(
            lang,
            "Le nombre mensuel de requêtes {there} est épuisé. Attendez le mois prochain, ou changez d'abonnement",
            "The monthly number of {there} requests is used up. Wait for the next month, or change the plan"
        ),
        (ErrorKind::RateLimited, _) => say!(
            lang,
            "{there} limite les requêtes, même après plusieurs essais. Réessayez dans quelques minutes",
            "{there} limits the requests, even after several tries. Try again in some minutes"
        ),
        (ErrorKind::Unavailable | ErrorKind::TimedOut, _) => say!(
            lang,
            "{there} ne répond pas, même après plusieurs essais. Vérifiez la connexion, puis réessayez",
            "{there} does not answer, even after several tries. Check the network, then try again"
        ),
        (ErrorKind::Malformed, _) => say!(
            lang,
            "La réponse de {there} est incompréhensible. Vérifiez l'adresse, puis réessayez",
            "The answer of {there} cannot be understood. Check the address, then try again"
        ),
        (ErrorKind::Settings, _) => say!(
            lang,
            "Les réglages de {there} sont faux. Corrigez l'adresse ou l'identifiant",
            "The settings for {there} are wrong. Correct the address or the id"
        ),
        (ErrorKind::RecordMissing, _) => {
            say!(lang, "La ligne n'existe plus dans {there}", "The record is no longer in {there}")
        }
        _ => say!(lang, "{there} refuse la demande", "{there} refuses the request"),
    };
    match (lang, detail.map(super::short).filter(|detail| !detail.is_empty())) {
        (_, None) => format!("{told}."),
        (Lang::Fr, Some(detail)) => format!("{told}. Réponse de {there} : « {detail} »."),
        (Lang::En, Some(detail)) => format!("{told}. {there} said: “{detail}”."),
    }
}

/// Why a run ended early, as its history keeps it: the kind of failure is known by its words.
#[must_use]
pub fn run_message(lang: Lang, message: &str, remote: &str) -> String {
    const KINDS: [ErrorKind; 13] = [
        ErrorKind::Unauthenticated,
        ErrorKind::Forbidden,
        ErrorKind::ContainerMissing,
        ErrorKind::SchemaChanged,
        ErrorKind::QuotaExhausted,
        ErrorKind::RecordMissing,
        ErrorKind::Rejected,
        ErrorKind::RateLimited,
        ErrorKind::Unavailable,
        ErrorKind::TimedOut,
        ErrorKind::Malformed,
        ErrorKind::Unsupported,
        ErrorKind::Settings,
    ];
    let rest = message.strip_prefix(remote).and_then(|rest| rest.strip_prefix(": "));
    let kind = rest.and_then(|rest| {
        KINDS.into_iter().find(|kind| rest.strip_prefix(&kind.to_string()).is_some_and(|rest| rest.starts_with(" while ")))
    });
    let detail = message.split_once('(').and_then(|(_, detail)| detail.strip_suffix(')'));
    kind.map_or_else(|| message.to_owned(), |kind| remote_failure(lang, kind, remote, detail))
}

fn engine_failure(lang: Lang, error: &EngineError) -> String {
    match error {
        EngineError::Running(run) => super::already_running(lang, run.as_str()),
        EngineError::Remote(error) => remote_failure(lang, error.kind(), error.remote(), error.detail()),
        EngineError::Store(error) => store_failure(lang, error),
        EngineError::NoPlan(plan) => say!(
            lang,
            "Le plan {plan} n'existe pas. Faites-en un avec « crm-sync-server plan airtable ».",
            "There is no plan {plan}. Make one with “crm-sync-server plan airtable”."
        ),
        EngineError::ForeignPlan(plan) | EngineError::OutdatedPlan(plan) => say!(
            lang,
            "Les réglages ou les colonnes ont changé depuis le plan {plan} ; rien n'a été écrit. Faites un nouveau plan.",
            "The settings or the columns changed since plan {plan}; nothing was written. Make a new plan."
        ),
        EngineError::ExpiredPlan(plan, minutes) => say!(
            lang,
            "Le plan {plan} a plus de {minutes} minutes ; rien n'a été écrit. Faites un nouveau plan.",
            "Plan {plan} is older than {minutes} minutes; nothing was written. Make a new plan."
        ),
        EngineError::AppliedPlan(plan, run) => say!(
            lang,
            "Le plan {plan} a déjà été appliqué par l'exécution {run} ; rien n'a été écrit.",
            "Plan {plan} was applied by run {run} already; nothing was written."
        ),
        _ => say!(
            lang,
            "La synchronisation n'a pas pu avoir lieu. Réessayez, et regardez « status ».",
            "The sync could not take place. Try again, and look at “status”."
        ),
    }
}

fn open_failure(lang: Lang, error: &OpenError) -> String {
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

fn store_failure(lang: Lang, error: &StoreError) -> String {
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
        StoreError::Database(error) => database_failure(lang, &error.to_string(), error.source().map(ToString::to_string).as_deref()),
        _ => say!(lang, "La base de données a échoué.", "The database failed."),
    }
}

/// The failures of a database that have a remedy.
fn database_failure(lang: Lang, message: &str, cause: Option<&str>) -> String {
    let says = |words: &str| message.contains(words) || cause.is_some_and(|cause| cause.contains(words));
    if says("locked") || says("writing to the SQLite file") {
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

fn io_reason(lang: Lang, error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => say!(lang, "introuvable", "not found"),
        io::ErrorKind::PermissionDenied => say!(lang, "accès refusé", "permission denied"),
        io::ErrorKind::StorageFull => say!(lang, "disque plein", "the disk is full"),
        io::ErrorKind::AlreadyExists => say!(lang, "existe déjà", "exists already"),
        _ => say!(lang, "illisible ou impossible à écrire", "cannot be read or written"),
    }
}

/// A list of names, cut where it is long.
fn one_of(lang: Lang, known: &[String]) -> String {
    const SHOWN: usize = 12;
    if known.is_empty() {
        return say!(lang, "rien", "nothing");
    }
    let mut told = lang.all_quoted(known.get(..SHOWN).unwrap_or(known));
    if known.len() > SHOWN {
        told.push(' ');
        told.push_str(&super::and_more(lang, known.len() - SHOWN));
    }
    told
}

#[cfg(test)]
mod tests {
    use connector_core::Error;

    use super::*;

    #[test]
    fn users_read_the_words_they_know() {
        let told = |kind, remote| remote_failure(Lang::Fr, kind, remote, None);
        assert!(told(ErrorKind::Unauthenticated, "airtable").starts_with("Token Airtable invalide ou expiré"));
        assert!(told(ErrorKind::ContainerMissing, "airtable").starts_with("Base Airtable introuvable"));
        assert!(told(ErrorKind::Unauthenticated, "notion").starts_with("Token Notion invalide ou révoqué"));
        assert!(told(ErrorKind::ContainerMissing, "notion").starts_with("Base de données Notion inaccessible"));
        let missing = Failure::NotConfigured { remote: "airtable".into() };
        let told = failure(Lang::Fr, &missing);
        assert!(told.starts_with("Aucune configuration trouvée pour airtable. Configurez d'abord le connecteur"));
    }

    #[test]
    fn the_kind_of_an_old_failure_is_known_by_its_words() {
        let error = Error::new(ErrorKind::Unauthenticated, "airtable", "listing deals").with_detail("Invalid token");
        let told = run_message(Lang::Fr, &error.to_string(), "airtable");
        assert!(told.starts_with("Token Airtable invalide ou expiré"), "{told}");
        assert!(told.ends_with("« Invalid token »."), "{told}");
        assert_eq!(run_message(Lang::Fr, "something else", "airtable"), "something else");
    }

    #[test]
    fn a_full_disk_and_a_locked_file_have_their_remedy() {
        let told = |message: &str| store_failure(Lang::Fr, &StoreError::Database(message.into()));
        assert!(told("database or disk is full").contains("Faites de la place"));
        assert!(told("database is locked").contains("Réessayez quand il a fini"));
    }
}
