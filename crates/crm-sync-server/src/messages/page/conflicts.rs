//! The conflicts.

use super::words;

words! {
    conflicts_title: "Conflits" / "Conflicts";
    conflicts_lead: "Un même champ modifié des deux côtés. Aucune valeur n'est perdue\u{a0}: celle qui n'a pas été gardée reste ici." / "One field edited on both sides. No value is lost: the one that was not kept stays here.";
    conflicts_open: "À décider" / "To decide";
    conflicts_decided: "Décidés" / "Decided";
    conflicts_none: "Aucun conflit n'attend votre décision." / "No conflict waits for your decision.";
    conflicts_none_decided: "Aucun conflit n'a encore été décidé." / "No conflict was decided so far.";
    conflict_base: "Dernier accord" / "Last agreement";
    conflict_never: "Jamais en accord" / "Never agreed";
    conflict_keep: "Garder cette valeur" / "Keep this value";
    conflict_use_other: "Prendre l'autre valeur" / "Use the other one";
    conflict_won: "Gardée" / "Kept";
}
