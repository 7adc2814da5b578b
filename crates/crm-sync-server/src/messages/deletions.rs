//! How far deletions are passed on.

use connector_core::plan::{Deletion, Deletions, Side};

use super::{Lang, remote_name, say};
use crate::app::AIRTABLE;

/// What becomes of the other side of a deletion, each way, and what is missing for it.
#[must_use]
pub fn deletions(lang: Lang, deletions: &Deletions, remote: &str) -> Vec<String> {
    let there = remote_name(remote);
    let crm = step(lang, deletions, Side::Crm, remote);
    let record = step(lang, deletions, Side::Remote, remote);
    let mut told = vec![
        say!(
            lang,
            "Ligne supprimée dans {there} : le deal {crm}.",
            "Record deleted in {there}: the deal {crm}."
        ),
        say!(
            lang,
            "Deal supprimé dans le CRM : la ligne {record}.",
            "Deal deleted in the CRM: the record {record}."
        ),
    ];
    if deletions.approval {
        told.push(say!(
            lang,
            "Chaque suppression attend votre réponse : crm-sync-server questions {remote}",
            "Each deletion waits for your answer: crm-sync-server questions {remote}"
        ));
    }
    told
}

fn step(lang: Lang, deletions: &Deletions, side: Side, remote: &str) -> String {
    let (wanted, is_marked, can_return) = match side {
        Side::Crm => (deletions.crm, deletions.deal_mark.is_some(), true),
        // Airtable has no trash that a program can reach.
        Side::Remote => (deletions.remote, deletions.record_mark.is_some(), remote != AIRTABLE),
    };
    // A deal is masculine, a record feminine.
    let (e, le) = if side == Side::Crm { ("", "") } else { ("e", "le") };
    match wanted {
        Deletion::Off => say!(lang, "reste tel{le} quel{le}", "is left alone"),
        Deletion::Hard if can_return => say!(lang, "est supprimé{e} à son tour", "is deleted too"),
        Deletion::Hard => say!(lang, "est supprimé{e} pour de bon", "is deleted for good"),
        Deletion::Archive if can_return => {
            say!(lang, "est supprimé{e} à son tour, et peut revenir", "is deleted too, and can come back")
        }
        Deletion::Flag | Deletion::Archive if is_marked => {
            say!(lang, "reçoit la marque choisie", "gets the mark")
        }
        Deletion::Flag | Deletion::Archive => {
            let option = if side == Side::Crm { "--mark-deal" } else { "--mark-record" };
            say!(
                lang,
                "reste tel{le} quel{le}, faute de marque. Choisissez-en une avec {option}",
                "is left alone, for lack of a mark. Choose one with {option}"
            )
        }
    }
}
