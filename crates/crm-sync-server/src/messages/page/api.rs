//! The documentation of the product's own API.

use super::words;
use crate::messages::{Lang, say};

words! {
    api_title: "API" / "API";
    api_lead: "Tout ce que font les pages et la ligne de commande, pour vos programmes. Le même document, pour les outils\u{a0}:" / "Everything that the pages and the command line do, for your programs. The same document, for tools:";
    api_how: "En bref" / "In short";
    api_key: "Clé" / "Key";
    api_language: "Langue des messages" / "Language of the messages";
    api_paging: "Longues listes" / "Long lists";
    api_paging_told: "donnez le next d'une page comme cursor de la suivante." / "give one page's next as the cursor of the following one.";
    api_retry: "Renvoyer sans refaire" / "Sending again";
    api_retry_told: "la même clé avec la même demande ne lance rien de plus pendant 24 h." / "the same key with the same request starts nothing more for 24 hours.";
    api_tabs: "Deux onglets" / "Two tabs";
    api_tabs_told: "l'ETag de la configuration lue\u{a0}; une autre personne l'a changée\u{a0}: 412." / "the ETag of the configuration that was read; somebody else changed it: 412.";
    api_events: "Suivre une exécution" / "Following a run";
    api_events_told: "la lecture reprend après cet événement\u{a0}; finished est le dernier." / "reading goes on after that event; finished is the last one.";
    api_chapters: "Chapitres" / "Chapters";
    api_common: "Réponses communes" / "Common answers";
    api_shapes: "Structures" / "Shapes";
}

/// What a tag of the document is about.
#[must_use]
pub fn api_chapter(lang: Lang, tag: &str) -> String {
    match tag {
        "connections" => say!(lang, "Connecteurs", "Connectors"),
        "tables" => say!(lang, "Bases et tables", "Bases and tables"),
        "plans" => say!(lang, "Plans", "Plans"),
        "runs" => say!(lang, "Exécutions", "Runs"),
        "conflicts" => say!(lang, "Conflits et suppressions", "Conflicts and deletions"),
        "deals" => say!(lang, "Deals", "Deals"),
        "crm" => say!(lang, "Adresses historiques du CRM", "The CRM's own addresses"),
        "health" => say!(lang, "Surveillance", "Monitoring"),
        "documentation" => say!(lang, "Documentation", "Documentation"),
        other => other.to_owned(),
    }
}
