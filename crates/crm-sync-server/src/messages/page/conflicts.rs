//! The conflicts.

use super::words;

words! {
    conflicts_title: "Conflits" / "Conflicts";
    conflicts_lead: "Un même champ modifié des deux côtés. Aucune valeur n'est perdue\u{a0}: celle qui n'a pas été gardée reste ici." / "One field edited on both sides. No value is lost: the one that was not kept stays here.";
    conflicts_open: "À décider" / "To decide";
    conflicts_decided: "Décidés" / "Decided";
    conflicts_none: "Aucun conflit n'attend votre décision." / "No conflict waits for your decision.";
    conflicts_none_decided: "Aucun conflit n'a encore été décidé." / "No conflict was decided so far.";
    questions_waiting: "Questions" / "Questions to answer";
    questions_waiting_lead: "Rien n'est fait tant que vous n'avez pas répondu." / "Nothing is done until you answer.";
    answer_delete: "Supprimer aussi de l'autre côté" / "Delete on the other side, too";
    answer_leave: "Laisser tel quel" / "Leave it as it is";
    answer_bring_back: "Garder, et rétablir de l'autre côté" / "Keep it, and bring it back on the other side";
    answer_own_deal: "En faire un deal à part" / "Make it a deal of its own";
    conflict_base: "Dernier accord" / "Last agreement";
    conflict_never: "Jamais en accord" / "Never agreed";
    conflict_keep: "Garder cette valeur" / "Keep this value";
    conflict_use_other: "Prendre l'autre valeur" / "Use the other one";
    conflict_won: "Gardée" / "Kept";
}
