//! What the demo tells its reader.

use std::path::Path;

use super::{Lang, say};

/// The chapters of the demo.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chapter {
    /// What there is.
    Welcome,
    /// The table is connected.
    Connect,
    /// The first sync.
    First,
    /// Two people edit one deal.
    Edit,
    /// The conflict is decided.
    Decide,
    /// A sync with nothing to do.
    Idle,
    /// The data of an earlier demo is there.
    Again,
}

/// What a chapter says before it shows.
#[must_use]
pub fn chapter(lang: Lang, chapter: Chapter) -> String {
    match chapter {
        Chapter::Welcome => say!(
            lang,
            "Démonstration : un CRM (fichier SQLite) et une table Airtable, tous deux sur cette machine. Aucun compte, aucun jeton.",
            "Demo: a CRM (an SQLite file) and an Airtable table, both on this machine. No account, no token."
        ),
        Chapter::Connect => say!(
            lang,
            "1. Connexion de la table : les colonnes sont reconnues par leur nom et leur type.",
            "1. Connecting the table: the columns are recognised by name and type."
        ),
        Chapter::First => say!(
            lang,
            "2. Première synchronisation : les deals se retrouvent des deux côtés, une ligne sans montant valable est signalée.",
            "2. First sync: the deals come to stand on both sides, a record without a good amount is told."
        ),
        Chapter::Edit => say!(
            lang,
            "3. Deux personnes modifient le même deal : d'abord dans le CRM, puis dans Airtable.",
            "3. Two people edit the same deal: first in the CRM, then in Airtable."
        ),
        Chapter::Decide => say!(
            lang,
            "4. Synchronisation : la dernière modification l'emporte, l'autre valeur est conservée.",
            "4. Sync: the later edit wins, the other value is kept."
        ),
        Chapter::Idle => say!(
            lang,
            "5. Synchronisation sans rien à faire : aucune écriture.",
            "5. A sync with nothing to do: no write."
        ),
        Chapter::Again => say!(
            lang,
            "Les données de la dernière démonstration sont là (--fresh repart de zéro). Nouvelle synchronisation :",
            "The data of the last demo is there (--fresh begins anew). Another sync:"
        ),
    }
}

/// What stands on each side at the start.
#[must_use]
pub fn demo_start(lang: Lang, deals: usize, records: usize, folder: &Path) -> String {
    let folder = folder.display();
    match lang {
        Lang::Fr => format!(
            "{} dans le CRM, {} dans Airtable. Données : {folder}",
            lang.count(deals, "deal", "deals"),
            lang.count(records, "ligne", "lignes")
        ),
        Lang::En => format!(
            "{} in the CRM, {} in Airtable. Data: {folder}",
            lang.count(deals, "deal", "deals"),
            lang.count(records, "record", "records")
        ),
    }
}

/// One edit of one of the two people.
#[must_use]
pub fn demo_edit(lang: Lang, place: &str, deal: &str, before: &str, after: &str) -> String {
    say!(
        lang,
        "   {place} : {deal}, montant {before} → {after}",
        "   {place}: {deal}, amount {before} → {after}"
    )
}

/// How many writes a sync made.
#[must_use]
pub fn demo_writes(lang: Lang, writes: u64) -> String {
    let writes = usize::try_from(writes).unwrap_or(usize::MAX);
    match lang {
        Lang::Fr => format!("=> {}.", lang.count(writes, "écriture", "écritures")),
        Lang::En => format!("=> {}.", lang.count(writes, "write", "writes")),
    }
}

/// The demo did not end as it should.
#[must_use]
pub fn demo_failed(lang: Lang, what: &str) -> String {
    say!(lang, "La démonstration n'a pas abouti : {what}", "The demo did not come out: {what}")
}

/// A sync wrote although nothing was to be done.
#[must_use]
pub fn demo_wrote(lang: Lang, writes: u64) -> String {
    say!(
        lang,
        "{writes} écritures, alors que rien n'était à faire.",
        "{writes} writes, and nothing was to be done."
    )
}

/// How to go on while the sandbox stays up.
#[must_use]
pub fn demo_stays(lang: Lang, variables: &[(&str, String)], control: &str) -> String {
    let exports: Vec<String> =
        variables.iter().map(|(name, value)| format!("  export {name}='{value}'")).collect();
    let exports = exports.join("\n");
    say!(
        lang,
        "L'Airtable de démonstration reste ouvert. Dans un autre terminal :\n{exports}\n  crm-sync-server check airtable\n  crm-sync-server sync airtable --dry-run\n  crm-sync-server status\nPour modifier une ligne comme le ferait une personne :\n  curl {control}/edit -d '{{\"action\":\"create_record\",\"fields\":{{\"Name\":\"Hôtel Bréhat\",\"Amount\":4200}}}}'\nCtrl-C pour terminer.",
        "The demo's Airtable stays up. In another terminal:\n{exports}\n  crm-sync-server check airtable\n  crm-sync-server sync airtable --dry-run\n  crm-sync-server status\nTo edit a record as a person would:\n  curl {control}/edit -d '{{\"action\":\"create_record\",\"fields\":{{\"Name\":\"Hôtel Bréhat\",\"Amount\":4200}}}}'\nCtrl-C to end."
    )
}

/// The end of a demo that was cut short.
#[must_use]
pub fn demo_unfinished(lang: Lang) -> String {
    say!(
        lang,
        "La dernière démonstration n'est pas allée au bout : elle repart de zéro.",
        "The last demo did not come to its end: it begins anew."
    )
}
