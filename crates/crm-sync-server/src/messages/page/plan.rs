//! The preview.

use chrono::{DateTime, Utc};
use connector_core::plan::{Action, Guard};

use super::words;
use crate::messages::{Lang, moment, remote_name, say, whole};

words! {
    plan_reading_lead: "Les deux côtés sont lus et comparés. Rien n'est écrit\u{a0}; l'aperçu s'ouvre ensuite." / "Both sides are read and compared. Nothing is written; the preview opens next.";
    plan_title_page: "Aperçu" / "Preview";
    plan_lead: "Voici tout ce que la synchronisation ferait. Rien n'est encore écrit\u{a0}; décochez ce qui ne doit pas l'être." / "This is all that the sync would do. Nothing is written yet; untick what should not be.";
    undo_title_page: "Annuler une synchronisation" / "Undo a sync";
    undo_lead: "Voici ce que l'annulation rétablirait. Rien n'est encore écrit\u{a0}; ce qui a été modifié depuis reste tel quel." / "This is what undoing would bring back. Nothing is written yet; what was edited since stays as it is.";
    undo_stays: "Restera tel quel" / "Will stay as it is";
    undo_nothing: "Rien ne peut être annulé\u{a0}: tout a été modifié depuis, ou ne se rétablit pas." / "Nothing can be undone: all of it was edited since, or cannot be brought back.";
    plan_nothing: "Tout est déjà en accord" / "Everything agrees already";
    plan_nothing_told: "Il n'y a rien à écrire, d'aucun côté." / "There is nothing to write, on either side.";
    plan_filter: "Montrer" / "Show";
    filter_all: "Tout" / "All";
    filter_create: "Créations" / "Creations";
    filter_update: "Mises à jour" / "Updates";
    filter_conflicts: "Conflits" / "Conflicts";
    filter_books: "Liens et identifiants" / "Links and ids";
    plan_deal: "Deal" / "Name of the deal";
    plan_what: "Opération" / "Operation";
    plan_changes: "Ce qui change" / "What changes";
    plan_pick: "Appliquer cette opération" / "Apply this operation";
    plan_was: "avant" / "before";
    plan_is: "après" / "after";
    plan_apply_busy: "Démarrage…" / "Starting…";
    plan_again: "Refaire l'aperçu" / "Preview again";
    plan_refused: "Ne peut pas être synchronisé" / "Cannot be synced";
    plan_refused_lead: "Ces lignes sont laissées telles quelles. Corrigez-les, puis refaites l'aperçu." / "These are left as they are. Correct them, then preview again.";
    retry: "Réessayer" / "Try again";
    plan_altered: "Synchronisé avec un changement" / "Synced with a change";
    plan_questions: "À vous de décider" / "For you to decide";
    plan_open_conflicts: "Conflits qui attendent votre décision" / "Conflicts that wait for your decision";
    plan_guard: "Arrêté par précaution" / "Stopped as a precaution";
    plan_guard_lead: "Ce plan ressemble à un accident. Rien ne sera écrit tant que vous ne l'aurez pas confirmé ci-dessous." / "This plan looks like an accident. Nothing will be written until you confirm it below.";
    plan_override: "J'ai vérifié\u{a0}: continuer malgré tout" / "I have checked: go on all the same";
    plan_old: "Cet aperçu est trop ancien pour être appliqué. Refaites-le\u{a0}: c'est une lecture, rien n'est écrit." / "This preview is too old to be applied. Make it again: it only reads, nothing is written.";
    plan_page_apply_hint: "Seules les opérations cochées seront exécutées, sur toutes les pages." / "Only ticked operations will run, on all pages.";
    figure_create_crm: "À créer dans le CRM" / "To create in the CRM";
    figure_update_crm: "À modifier dans le CRM" / "To update in the CRM";
    figure_created_crm: "Créés dans le CRM" / "Created in the CRM";
    figure_updated_crm: "Modifiés dans le CRM" / "Updated in the CRM";
    figure_conflicts: "Conflits" / "Conflicts";
    figure_refused: "Non synchronisables" / "Cannot be synced";
    figure_unchanged: "Déjà en accord" / "Agree already";
}

/// When a plan was made.
#[must_use]
pub fn plan_made(lang: Lang, at: DateTime<Utc>, way: &str) -> String {
    let at = moment(lang, at);
    say!(lang, "{way}, lu le {at}.", "{way}, read on {at}.")
}

/// The heading of a figure about the remote.
#[must_use]
pub fn figure_create_there(lang: Lang, remote: &str) -> String {
    let there = remote_name(remote);
    say!(lang, "À créer dans {there}", "To create in {there}")
}

/// The heading of a figure about the remote.
#[must_use]
pub fn figure_update_there(lang: Lang, remote: &str) -> String {
    let there = remote_name(remote);
    say!(lang, "À modifier dans {there}", "To update in {there}")
}

/// The heading of a figure about what was done in the remote.
#[must_use]
pub fn created_there(lang: Lang, remote: &str) -> String {
    let there = remote_name(remote);
    say!(lang, "Créés dans {there}", "Created in {there}")
}

/// The heading of a figure about what was done in the remote.
#[must_use]
pub fn updated_there(lang: Lang, remote: &str) -> String {
    let there = remote_name(remote);
    say!(lang, "Modifiés dans {there}", "Updated in {there}")
}

/// The button that applies so many operations.
#[must_use]
pub fn apply_so_many(lang: Lang, operations: usize) -> String {
    match lang {
        Lang::Fr => format!("Appliquer {}", lang.count(operations, "opération", "opérations")),
        Lang::En => format!("Apply {}", lang.count(operations, "operation", "operations")),
    }
}

/// Which operations of a list are shown.
#[must_use]
pub fn shown_of(lang: Lang, first: usize, last: usize, all: usize) -> String {
    let (first, last, all) = (whole(lang, first), whole(lang, last), whole(lang, all));
    say!(lang, "{first} à {last} sur {all}", "{first} to {last} of {all}")
}

/// An operation, in a few words.
#[must_use]
pub fn operation_name(lang: Lang, action: Action, remote: &str) -> String {
    let there = remote_name(remote);
    match action {
        Action::CreateDeal => say!(lang, "Créer dans le CRM", "Create in the CRM"),
        Action::RestoreDeal => say!(lang, "Rétablir dans le CRM", "Bring back in the CRM"),
        Action::UpdateDeal => say!(lang, "Modifier dans le CRM", "Update in the CRM"),
        Action::CreateRecord => say!(lang, "Créer dans {there}", "Create in {there}"),
        Action::RecreateRecord => say!(lang, "Recréer dans {there}", "Make again in {there}"),
        Action::UpdateRecord => say!(lang, "Modifier dans {there}", "Update in {there}"),
        Action::Link => say!(lang, "Relier : reconnus des deux côtés", "Link: recognised on both sides"),
        Action::Agree => say!(lang, "Noter l'accord", "Note the agreement"),
        Action::Forget => say!(lang, "Oublier : supprimé des deux côtés", "Forget: deleted on both sides"),
        Action::Release => {
            say!(lang, "Détacher : supprimé d'un côté", "Let go: deleted on one side")
        }
        Action::FlagDeal => {
            say!(lang, "Marquer dans le CRM : supprimé dans {there}", "Flag in the CRM: deleted in {there}")
        }
        Action::FlagRecord => {
            say!(lang, "Marquer dans {there} : supprimé dans le CRM", "Flag in {there}: deleted in the CRM")
        }
        Action::DeleteDeal => say!(lang, "Supprimer du CRM", "Delete from the CRM"),
        Action::DeleteRecord => say!(lang, "Supprimer de {there}", "Delete from {there}"),
        Action::RestoreRecord => {
            say!(lang, "Sortir de la corbeille de {there}", "Take from the trash of {there}")
        }
        Action::Stamp => say!(lang, "Écrire le CRM ID dans {there}", "Write the CRM ID in {there}"),
    }
}

/// What a guard is called.
#[must_use]
pub fn guard_name(lang: Lang, guard: Guard) -> String {
    match guard {
        Guard::MassDelete => say!(lang, "Suppressions en masse", "Many deletions"),
        Guard::AccessLost => say!(lang, "Accès perdu", "Access lost"),
        Guard::SchemaLost => say!(lang, "Colonnes disparues", "Columns gone"),
        Guard::EmptySide => say!(lang, "Un côté est vide", "One side is empty"),
        Guard::EverythingChanged => say!(lang, "Presque tout a changé", "Nearly everything changed"),
        Guard::CreateFlood => say!(lang, "Créations en masse", "Many creations"),
        Guard::SettingsChanged => say!(lang, "Réglages modifiés", "Settings changed"),
        Guard::Budget => say!(lang, "Quota de requêtes", "Budget of requests"),
        Guard::MassClear => say!(lang, "Effacements en masse", "Many cells emptied"),
    }
}
