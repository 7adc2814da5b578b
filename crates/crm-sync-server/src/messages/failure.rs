//! Why a command could not be done, and what to do: never a raw error, never a token.

use std::io;

use connector_core::engine::EngineError;

use super::{Lang, finding, open_failure, remote_failure, remote_name, say, secrets_failure, store_failure};
use crate::app::NOTION;
use crate::failure::{Failure, MarkFault, NotUndoable};

/// What happened and what to do, in one or two sentences.
#[expect(clippy::too_many_lines, reason = "one arm for each failure, each a sentence or two")]
#[must_use]
pub fn failure(lang: Lang, failure: &Failure) -> String {
    match failure {
        Failure::Open(error) => open_failure(lang, error),
        Failure::Store(error) => store_failure(lang, error),
        Failure::Secrets(error) => secrets_failure(lang, error),
        Failure::Remote(error) | Failure::TokenRefused(error) => {
            remote_failure(lang, error.kind(), error.remote(), error.detail())
        }
        Failure::Engine(error) => engine_failure(lang, error),
        Failure::NotYet { remote } => {
            let there = remote_name(remote);
            say!(
                lang,
                "{there} n'est pas pris en charge par cette version ; Airtable et Notion le sont.",
                "This version does not support {there}; it supports Airtable and Notion."
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
        Failure::Changed => say!(
            lang,
            "La configuration a changé entre-temps ; rien n'a été enregistré. Relisez-la, puis recommencez.",
            "The configuration was changed meanwhile; nothing was saved. Read it again, then start anew."
        ),
        Failure::TokenOfEnvironment { remote } => {
            super::token_of_environment(lang, &format!("{}_TOKEN", remote.to_uppercase()))
        }
        Failure::FirstRun { remote } => {
            let there = remote_name(remote);
            say!(
                lang,
                "Personne n'a encore vu ce que la première synchronisation avec {there} changerait. Faites un plan, regardez-le et appliquez-le.",
                "Nobody has seen yet what the first sync with {there} would change. Make a plan, look at it and apply it."
            )
        }
        Failure::NoBase { remote, wanted, known } if remote == NOTION => {
            let (wanted, known) = (lang.quoted(wanted), one_of(lang, known));
            say!(
                lang,
                "Base de données Notion introuvable : {wanted}. Cette intégration voit {known}. Dans Notion, ouvrez la base de données, puis ••• > Connexions, et ajoutez l'intégration ; ou donnez son adresse.",
                "Notion database not found: {wanted}. This integration sees {known}. In Notion, open the database, then ••• > Connections, and add the integration; or give its address."
            )
        }
        Failure::NoBase { remote, wanted, known } => {
            let (there, wanted, known) = (remote_name(remote), lang.quoted(wanted), one_of(lang, known));
            say!(
                lang,
                "Base {there} introuvable : {wanted}. Ce jeton voit {known}.",
                "{there} base not found: {wanted}. This token sees {known}."
            )
        }
        Failure::WhichTable { remote, known } => {
            let known = one_of(lang, known);
            if remote == NOTION {
                say!(
                    lang,
                    "Plusieurs sources de données dans cette base de données Notion, ou aucune : {known}. Choisissez-en une avec --table.",
                    "Several data sources in this Notion database, or none: {known}. Choose one with --table."
                )
            } else {
                say!(
                    lang,
                    "Plusieurs tables dans cette base, ou aucune : {known}. Choisissez-en une avec --table.",
                    "Several tables in this base, or none: {known}. Choose one with --table."
                )
            }
        }
        Failure::NoTable { remote, wanted, known } if remote == NOTION => {
            let (wanted, known) = (lang.quoted(wanted), one_of(lang, known));
            say!(
                lang,
                "Source de données introuvable : {wanted}. Cette base de données Notion contient : {known}.",
                "Data source not found: {wanted}. This Notion database has: {known}."
            )
        }
        Failure::NoTable { wanted, known, .. } => {
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
                told.push_str(&finding(
                    lang,
                    found,
                    found.unit.as_ref().map(connector_core::id::UnitKey::as_str),
                    remote,
                ));
            }
            told
        }
        Failure::NoRun { run } => say!(
            lang,
            "L'exécution {run} n'existe pas. « crm-sync-server status » montre les dernières.",
            "There is no run {run}. “crm-sync-server status” shows the last ones."
        ),
        Failure::NothingToUndo => say!(
            lang,
            "Aucune des dernières exécutions n'a écrit quoi que ce soit : il n'y a rien à annuler.",
            "None of the last runs wrote anything: there is nothing to undo."
        ),
        Failure::NotUndoable { run, why } => {
            let why = not_undoable(lang, why);
            say!(
                lang,
                "L'exécution {run} ne peut pas être annulée : {why}",
                "Run {run} cannot be undone: {why}"
            )
        }
        Failure::NoConflict { id, is_several: false } => say!(
            lang,
            "Le conflit {id} n'existe pas. « crm-sync-server conflicts » les montre.",
            "There is no conflict {id}. “crm-sync-server conflicts” shows them."
        ),
        Failure::NoConflict { id, is_several: true } => say!(
            lang,
            "Plusieurs conflits commencent par {id}. Donnez plus de caractères.",
            "Several conflicts begin with {id}. Give more characters."
        ),
        Failure::ConflictMoved { label, unit } => {
            let label = lang.quoted(&super::short(label));
            say!(
                lang,
                "{label}, {unit} : la valeur a été modifiée depuis ce conflit, rien n'a été écrit. La prochaine synchronisation regardera à nouveau.",
                "{label}, {unit}: the value was edited since this conflict, nothing was written. The next sync looks again."
            )
        }
        Failure::Mark { place, value, why } => {
            let (place, value) = (lang.quoted(place), lang.quoted(value));
            match why {
                MarkFault::Mapped => say!(
                    lang,
                    "{place} est associé : une marque y serait une modification, synchronisée à son tour. Choisissez un champ qui n'est pas associé.",
                    "{place} is mapped: a mark there would be an edit, and synced in turn. Choose a field that is not mapped."
                ),
                MarkFault::Kind => say!(
                    lang,
                    "{place} ne peut pas contenir de marque. Choisissez un texte, une case à cocher ou une liste d'options.",
                    "{place} cannot hold a mark. Choose a text, a checkbox or a list of options."
                ),
                MarkFault::Value => say!(
                    lang,
                    "{place} ne peut pas contenir {value}. Pour une case à cocher, écrivez oui ; pour une liste, une de ses options.",
                    "{place} cannot hold {value}. For a checkbox, write yes; for a list, one of its options."
                ),
                MarkFault::Empty => say!(
                    lang,
                    "Il manque ce qui marque dans {place}. Pour une case à cocher, écrivez oui ; pour une liste, une de ses options ; sinon un mot.",
                    "What marks in {place} is missing. For a checkbox, write yes; for a list, one of its options; otherwise a word."
                ),
            }
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
        Failure::Listen { address, source } => {
            let why = io_reason(lang, source);
            say!(
                lang,
                "Impossible d'écouter sur {address} : {why}. Choisissez une autre adresse dans CRM_SYNC_BIND.",
                "Cannot listen on {address}: {why}. Choose another address in CRM_SYNC_BIND."
            )
        }
        Failure::Closing => say!(
            lang,
            "Le programme s'arrête : réessayez dans un instant.",
            "The program is ending: try again in a moment."
        ),
        Failure::Sandbox(error) => say!(
            lang,
            "Le bac à sable ne démarre pas : {error}. Avec --fresh, la démonstration repart de zéro.",
            "The sandbox does not start: {error}. With --fresh the demo begins anew."
        ),
        Failure::Demo(told) => told.clone(),
    }
}

fn not_undoable(lang: Lang, why: &NotUndoable) -> String {
    match why {
        NotUndoable::UnderWay => say!(
            lang,
            "elle n'est pas terminée. Attendez sa fin, puis recommencez.",
            "it is not over. Wait for its end, then start again."
        ),
        NotUndoable::TooOld { days } => say!(
            lang,
            "elle date de plus de {days} jours, et le journal ne remonte pas plus loin.",
            "it is more than {days} days old, and the log does not reach back further."
        ),
        NotUndoable::WroteNothing => {
            say!(lang, "elle n'a rien écrit.", "it wrote nothing.")
        }
        NotUndoable::Already { by } => say!(
            lang,
            "l'exécution {by} l'a déjà annulée. Pour la rétablir, annulez {by}.",
            "run {by} undid it already. To bring it back, undo {by}."
        ),
        NotUndoable::OtherTable => say!(
            lang,
            "une autre table est connectée depuis. Reconnectez la sienne avec « configure », puis recommencez.",
            "another table is connected since. Connect its own again with “configure”, then start again."
        ),
    }
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

pub(super) fn io_reason(lang: Lang, error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => say!(lang, "introuvable", "not found"),
        io::ErrorKind::PermissionDenied => say!(lang, "accès refusé", "permission denied"),
        io::ErrorKind::StorageFull => say!(lang, "disque plein", "the disk is full"),
        io::ErrorKind::AddrInUse => {
            say!(lang, "un autre programme y écoute déjà", "another program listens there already")
        }
        io::ErrorKind::AddrNotAvailable => {
            say!(lang, "cette machine n'a pas cette adresse", "this machine does not have that address")
        }
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
    use super::*;

    #[test]
    fn what_is_missing_is_told_with_what_to_do() {
        let missing = Failure::NotConfigured { remote: "airtable".into() };
        let told = failure(Lang::Fr, &missing);
        assert!(
            told.starts_with("Aucune configuration trouvée pour airtable. Configurez d'abord le connecteur")
        );
        let table = |remote: &str| Failure::NoTable {
            remote: remote.into(),
            wanted: "Dela".into(),
            known: vec!["Deals".into()],
        };
        let told = failure(Lang::En, &table("airtable"));
        assert_eq!(told, "Table not found: “Dela”. This base has “Deals”.");
        let told = failure(Lang::En, &table("notion"));
        assert_eq!(told, "Data source not found: “Dela”. This Notion database has: “Deals”.");
        let token = Failure::NoToken { remote: "airtable".into() };
        assert!(failure(Lang::Fr, &token).contains("AIRTABLE_TOKEN"));
    }
}
