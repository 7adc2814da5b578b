//! The mapping.

use connector_core::mapping::{Confidence, Reason};

use super::words;
use crate::messages::{Lang, remote_name, say};

words! {
    mapping_lead: "Chaque champ du CRM à gauche, le champ qui lui correspond à droite. Tirez un trait, ou choisissez dans la liste." / "Each field of the CRM on the left, the field that goes with it on the right. Draw a line, or choose from the list.";
    mapping_crm: "Champs du CRM" / "Fields of the CRM";
    mapping_field: "Champ associé" / "Mapped field";
    mapping_unmapped: "— non associé —" / "— not mapped —";
    mapping_direction: "Sens" / "Direction";
    mapping_both: "⇄ les deux sens" / "⇄ both ways";
    mapping_to_crm: "← vers le CRM" / "← to the CRM";
    mapping_required: "obligatoire" / "required";
    mapping_derived: "calculé par le CRM" / "computed by the CRM";
    mapping_exact: "Sans perte" / "Exact";
    mapping_lossy: "Avec perte" / "Lossy";
    mapping_impossible: "Impossible" / "Impossible";
    mapping_off: "Non associé" / "Not mapped";
    mapping_draw: "Tirer un trait" / "Draw a line";
    mapping_in_crm: "CRM" / "In the CRM";
    mapping_refresh: "Actualiser l'aperçu" / "Refresh the preview";
    mapping_save: "Enregistrer" / "Save";
    mapping_stages: "Statuts" / "Stages";
    mapping_stages_lead: "Quel statut du CRM chaque option signifie. Sans choix, son nom décide." / "Which stage of the CRM each option means. Without a choice its name decides.";
    mapping_option: "Option" / "Option";
    mapping_option_rows: "Lignes" / "Records";
    mapping_stage: "Statut du CRM" / "Stage of the CRM";
    mapping_stage_none: "— aucun —" / "— none —";
    mapping_identity: "Reconnaître un deal" / "Recognising a deal";
    mapping_key_there: "Chaque ligne porte l'identifiant de son deal\u{a0}: une ligne renommée, copiée ou restaurée reste reconnue." / "Each record carries its deal's id: one renamed, copied or restored is still recognised.";
    mapping_key_absent: "Avec un champ qui garde l'identifiant du deal, une ligne renommée, copiée ou restaurée reste reconnue." / "With a field that keeps the deal's id, a record renamed, copied or restored is still recognised.";
    mapping_key_create: "Créer le champ CRM ID" / "Create the CRM ID field";
    mapping_natural: "Sans identifiant, reconnaître par" / "Without an id, recognise by";
    mapping_options: "Options" / "Options";
    mapping_strategy: "Si un champ a changé des deux côtés" / "When both sides changed a field";
    strategy_newest_unit: "La modification la plus récente l'emporte" / "The later edit wins";
    strategy_newest_unit_why: "Champ par champ. L'autre valeur reste dans le journal." / "Field by field. The other value stays in the log.";
    strategy_newest_record: "La ligne modifiée en dernier l'emporte" / "The record edited last wins";
    strategy_newest_record_why: "Tout le deal suit son dernier auteur." / "The whole deal follows its last author.";
    strategy_crm_wins: "Le CRM l'emporte" / "The CRM wins";
    strategy_crm_wins_why: "Toujours, quelle que soit l'heure." / "Always, whatever the time.";
    strategy_remote_wins: "L'outil l'emporte" / "The tool wins";
    strategy_remote_wins_why: "Toujours, quelle que soit l'heure." / "Always, whatever the time.";
    strategy_manual: "Me demander" / "Ask me";
    strategy_manual_why: "Rien ne bouge avant votre décision, page Conflits." / "Nothing moves before you decide, on the page Conflicts.";
    mapping_create_options: "Créer les options qui manquent" / "Create missing options";
    mapping_create_options_why: "Une étiquette nouvelle dans le CRM devient une option là-bas. Sinon elle est signalée." / "A new tag in the CRM becomes an option there. Otherwise it is reported.";
    mapping_deletions: "Suppressions" / "Deletions";
    mapping_deletions_told: "Ce qui arrive de l'autre côté quand un deal ou sa ligne est supprimé. Rien n'est supprimé tant que vous ne le demandez pas\u{a0}; rien n'est marqué tant qu'une marque n'est pas choisie dans les réglages avancés." / "What happens on the other side when a deal or its record is deleted. Nothing is deleted unless you ask for it, and nothing is marked unless a mark is chosen in the advanced settings.";
    mapping_approve: "Demander mon accord avant chaque suppression" / "Ask me before each deletion";
    mapping_approve_why: "Sans réponse, rien n'est supprimé." / "Without an answer, nothing is deleted.";
    deletion_of_deal: "Un deal est supprimé dans le CRM" / "A deal is deleted in the CRM";
    deletion_off: "Le signaler, ne rien supprimer" / "Report it, delete nothing";
    deletion_flag: "Marquer l'autre" / "Mark the other";
    deletion_archive: "Retirer l'autre, récupérable" / "Remove the other, recoverable";
    deletion_hard: "Supprimer l'autre" / "Delete the other";
    mapping_broken: "Rien n'a été enregistré. Corrigez ce qui est signalé en rouge." / "Nothing was saved. Mend what is marked in red.";
}

/// The question what becomes of a deal whose record is deleted.
#[must_use]
pub fn deletion_of_record(lang: Lang, remote: &str) -> String {
    let there = remote_name(remote);
    say!(lang, "Une ligne est supprimée dans {there}", "A record is deleted in {there}")
}

/// A direction: towards the remote of this name.
#[must_use]
pub fn to_there(lang: Lang, there: &str) -> String {
    say!(lang, "→ vers {there}", "→ to {there}")
}

/// Why a pair was suggested.
#[must_use]
pub fn suggested(lang: Lang, reason: Reason, confidence: Confidence) -> String {
    let why = match reason {
        Reason::SameName => say!(lang, "même nom", "same name"),
        Reason::Synonym => say!(lang, "noms de même sens", "names of one meaning"),
        Reason::SimilarName { percent } => {
            say!(lang, "noms semblables à {percent}\u{a0}%", "names {percent}% alike")
        }
        Reason::NamesTheRecord => say!(lang, "nomme la ligne", "it names the record"),
    };
    match confidence {
        Confidence::Sure => say!(lang, "Suggéré : {why}", "Suggested: {why}"),
        Confidence::Likely => say!(lang, "Suggéré, à vérifier : {why}", "Suggested, to check: {why}"),
    }
}

/// How many rows were looked at to count options.
#[must_use]
pub fn rows_looked_at(lang: Lang, rows: usize, all: bool) -> String {
    let told =
        lang.count(rows, say!(lang, "ligne", "record").as_str(), say!(lang, "lignes", "records").as_str());
    if all {
        say!(lang, "Compté sur {told}.", "Counted in {told}.")
    } else {
        say!(lang, "Compté sur les premières {told}.", "Counted in the first {told}.")
    }
}

/// What a kind of field is called.
#[must_use]
pub fn field_kind(lang: Lang, kind: &str) -> String {
    match kind {
        "text" => say!(lang, "Texte", "Text"),
        "rich_text" => say!(lang, "Texte mis en forme", "Formatted text"),
        "email" => "E-mail".to_owned(),
        "url" => say!(lang, "Adresse web", "Web address"),
        "phone" => say!(lang, "Téléphone", "Telephone"),
        "number" => say!(lang, "Nombre", "Number"),
        "currency" => say!(lang, "Montant", "Amount"),
        "percent" => say!(lang, "Pourcentage", "Percentage"),
        "duration" => say!(lang, "Durée", "Duration"),
        "rating" => say!(lang, "Note en étoiles", "Rating"),
        "checkbox" => say!(lang, "Case à cocher", "Checkbox"),
        "date" => "Date".to_owned(),
        "date_time" => say!(lang, "Date et heure", "Date and time"),
        "select" => say!(lang, "Choix unique", "Single select"),
        "multi_select" => say!(lang, "Choix multiples", "Multiple select"),
        "people" => say!(lang, "Personnes", "People"),
        "links" => say!(lang, "Liens", "Links"),
        "files" => say!(lang, "Fichiers", "Files"),
        other => other.to_owned(),
    }
}

/// What the CRM's unit is called: by its French name in French, else in English.
#[must_use]
pub fn unit_hint(lang: Lang, key: &str) -> Option<&'static str> {
    if lang == Lang::Fr {
        return None;
    }
    match key {
        "client" => Some("client"),
        "statut" => Some("stage"),
        "montant_brut" => Some("amount"),
        "secteur" => Some("sector"),
        "date_echeance" => Some("due date"),
        "assignee" => Some("salesperson"),
        "notes" => Some("notes"),
        "probabilite" => Some("probability"),
        "valeur_ponderee" => Some("weighted value"),
        _ => None,
    }
}
