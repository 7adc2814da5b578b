//! What the demo tells its reader.

use std::path::Path;

use super::{Lang, say};

/// The chapters of the demo.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chapter {
    /// What there is.
    Welcome,
    /// Table and database are connected.
    Connect,
    /// The first sync.
    First,
    /// Three people edit one deal.
    Edit,
    /// The conflicts are decided.
    Decide,
    /// A sync with nothing to do.
    Idle,
    /// People go on editing.
    Onwards,
    /// The data of an earlier demo is there.
    Again,
}

/// What a chapter says before it shows.
#[must_use]
pub fn chapter(lang: Lang, chapter: Chapter) -> String {
    match chapter {
        Chapter::Welcome => say!(
            lang,
            "Démonstration : un CRM (fichier SQLite), une table Airtable et une base de données Notion, tous trois sur cette machine. Aucun compte, aucun jeton.",
            "Demo: a CRM (an SQLite file), an Airtable table and a Notion database, all three on this machine. No account, no token."
        ),
        Chapter::Connect => say!(
            lang,
            "1. Connexion de la table Airtable et de la base Notion : les colonnes sont reconnues par leur nom et leur type.",
            "1. Connecting the Airtable table and the Notion database: the columns are recognised by name and type."
        ),
        Chapter::First => say!(
            lang,
            "2. Première synchronisation : les deals se retrouvent dans les trois outils, une ligne sans montant valable est signalée.",
            "2. First sync: the deals come to stand in all three tools, a record without a good amount is told."
        ),
        Chapter::Edit => say!(
            lang,
            "3. Trois personnes modifient le même deal : d'abord dans le CRM, puis dans Notion, puis dans Airtable.",
            "3. Three people edit the same deal: first in the CRM, then in Notion, then in Airtable."
        ),
        Chapter::Decide => say!(
            lang,
            "4. Synchronisation : la dernière modification l'emporte, les autres valeurs sont conservées.",
            "4. Sync: the last edit wins, the other values are kept."
        ),
        Chapter::Idle => say!(
            lang,
            "5. Synchronisation sans rien à faire : aucune écriture.",
            "5. A sync with nothing to do: no write."
        ),
        Chapter::Onwards => say!(
            lang,
            "6. Le travail continue : un deal de plus dans Airtable, quelques modifications, dont un montant changé des deux côtés. Rien n'est encore synchronisé.",
            "6. Work goes on: one more deal in Airtable, some edits, one amount among them on both sides. None of it is synced yet."
        ),
        Chapter::Again => say!(
            lang,
            "Les données de la dernière démonstration sont là (--fresh repart de zéro). Nouvelle synchronisation :",
            "The data of the last demo is there (--fresh begins anew). Another sync:"
        ),
    }
}

/// What stands in each tool at the start.
#[must_use]
pub fn demo_start(lang: Lang, deals: usize, records: usize, pages: usize, folder: &Path) -> String {
    let folder = folder.display();
    match lang {
        Lang::Fr => format!(
            "{} dans le CRM, {} dans Airtable, {} dans Notion. Données : {folder}",
            lang.count(deals, "deal", "deals"),
            lang.count(records, "ligne", "lignes"),
            lang.count(pages, "page", "pages")
        ),
        Lang::En => format!(
            "{} in the CRM, {} in Airtable, {} in Notion. Data: {folder}",
            lang.count(deals, "deal", "deals"),
            lang.count(records, "record", "records"),
            lang.count(pages, "page", "pages")
        ),
    }
}

/// One edit of one of the three people.
#[must_use]
pub fn demo_edit(lang: Lang, place: &str, deal: &str, before: &str, after: &str) -> String {
    say!(
        lang,
        "   {place} : {deal}, montant {before} → {after}",
        "   {place}: {deal}, amount {before} → {after}"
    )
}

/// What the same person edits besides.
#[must_use]
pub fn demo_edit_stage(lang: Lang, stage: &str) -> String {
    let stage = lang.quoted(stage);
    say!(lang, ", et le statut passe à {stage}", ", and the stage becomes {stage}")
}

/// Why three edits of one amount come to this one.
#[must_use]
pub fn demo_three_way(lang: Lang, amount: &str, is_tie: bool) -> String {
    let first = say!(
        lang,
        "Pourquoi {amount} partout : Airtable date ses modifications à la seconde, et la sienne est postérieure à celle du CRM, qui prend sa valeur avec l'heure de cette modification.",
        "Why {amount} everywhere: Airtable dates its edits to the second, and its edit is later than the CRM's, which takes its value together with the time of that edit."
    );
    let second = if is_tie {
        say!(
            lang,
            "Notion ne date les siennes qu'à la minute : rien ne dit que celle de Notion est postérieure ; c'est une égalité, et la valeur du CRM, venue d'Airtable, reste.",
            "Notion dates its own to the minute only: nothing tells that Notion's is later; that is a tie, and the CRM's value, which came from Airtable, stays."
        )
    } else {
        say!(
            lang,
            "Celle de Notion, d'une minute plus ancienne, est antérieure à celle d'Airtable.",
            "Notion's, of an earlier minute, is before Airtable's."
        )
    };
    let third = say!(
        lang,
        "Les deux autres montants sont dans le journal. Le statut n'a été modifié que dans Notion : il passe partout.",
        "The two other amounts are in the log. The stage was edited in Notion only: it goes everywhere."
    );
    format!("{first} {second} {third}")
}

/// What one tool holds of the deal in the end.
#[must_use]
pub fn demo_held(lang: Lang, place: &str, amount: &str, stage: &str) -> String {
    say!(lang, "   {place} : {amount}, {stage}", "   {place}: {amount}, {stage}")
}

/// The tools hold different things although they were synced.
#[must_use]
pub fn demo_disagrees(lang: Lang, deal: &str) -> String {
    let deal = lang.quoted(deal);
    say!(
        lang,
        "{deal} n'est pas le même dans les trois outils.",
        "{deal} is not the same in all three tools."
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

/// How to go on while the sandbox and the pages stay up.
#[must_use]
pub fn demo_stays(lang: Lang, pages: &str, variables: &[(&str, String)], control: &str) -> String {
    let exports: Vec<String> =
        variables.iter().map(|(name, value)| format!("  export {name}='{value}'")).collect();
    let exports = exports.join("\n");
    say!(
        lang,
        "Les pages vous attendent. Choisissez « Prévisualiser », lisez, puis appliquez :\n\n  {pages}\n\nL'Airtable et le Notion de démonstration restent ouverts. Dans un autre terminal :\n{exports}\n  crm-sync-server check notion\n  crm-sync-server sync all --dry-run\n  crm-sync-server status\nPour modifier une ligne comme le ferait une personne :\n  curl {control}/edit -d '{{\"action\":\"create_record\",\"fields\":{{\"Name\":\"Hôtel Bréhat\",\"Amount\":4200}}}}'\nCtrl-C pour terminer.",
        "The pages wait for you. Choose “Preview”, read, then apply:\n\n  {pages}\n\nThe demo's Airtable and Notion stay up. In another terminal:\n{exports}\n  crm-sync-server check notion\n  crm-sync-server sync all --dry-run\n  crm-sync-server status\nTo edit a record as a person would:\n  curl {control}/edit -d '{{\"action\":\"create_record\",\"fields\":{{\"Name\":\"Hôtel Bréhat\",\"Amount\":4200}}}}'\nCtrl-C to end."
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
