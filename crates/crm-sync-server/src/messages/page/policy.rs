//! What is chosen of a connection's policy.

use super::words;

words! {
    advanced: "Réglages avancés" / "Advanced settings";
    advanced_lead: "Tels quels, ces réglages conviennent presque toujours." / "As they are, these settings suit almost always.";
    pairing: "Deals et lignes qui n'ont jamais été liés" / "Deals and records that were never linked";
    pairing_match_then_create: "Relier, puis créer" / "Match, then create";
    pairing_match_then_create_why: "Ceux qui se ressemblent sont reliés, les autres sont créés de l'autre côté." / "Those that are alike are linked, the others are made on the other side.";
    pairing_match_only: "Relier seulement" / "Match only";
    pairing_match_only_why: "Ceux qui se ressemblent sont reliés, les autres restent où ils sont." / "Those that are alike are linked, the others stay where they are.";
    pairing_create_only: "Créer seulement" / "Create only";
    pairing_create_only_why: "Tout est créé de l'autre côté, même ce qui se ressemble\u{a0}: à choisir si rien n'y est encore." / "All of it is made on the other side, even what is alike: for when nothing is there yet.";
    precedence: "Si un deal et une ligne reliés pour la première fois diffèrent" / "When a deal and a record that are linked for the first time differ";
    precedence_lead: "Ce qui est vide d'un côté est rempli depuis l'autre, quel que soit ce choix." / "What is empty on one side is filled from the other, whatever the choice.";
    tie: "Si l'ordre de deux modifications est inconnu" / "When the order of two edits is unknown";
    copies: "Faire un deal de chaque copie" / "Make a deal of each copy";
    copies_why: "Une ligne copiée devient un deal à part. Sinon elle attend votre réponse." / "A copied record becomes a deal of its own. Otherwise it waits for your answer.";
    stamp: "Écrire l'identifiant du deal dans la ligne importée" / "Write the deal's id into an imported record";
    stamp_why: "Une importation seule remplit alors le champ de l'identifiant. Sinon elle n'écrit rien dans l'outil." / "An import alone then fills the field of the id. Otherwise it writes nothing in the tool.";
    delete_beats_edit: "Supprimer même ce qui a été modifié entre-temps" / "Delete even what was edited meanwhile";
    delete_beats_edit_why: "Seulement si le côté qui a supprimé l'emporte toujours. Sinon la question vous est posée." / "Only where the side that deleted always wins. Otherwise you are asked.";
    marks_lead: "Marquer demande un champ non associé, et ce qui y est écrit\u{a0}: oui pour une case à cocher, une option pour une liste, un mot pour un texte." / "Marking asks for a field that is not mapped, and what is written there: yes for a checkbox, an option for a list, a word for a text.";
    mark_of_deal: "La marque d'un deal dont la ligne a été supprimée" / "The mark of a deal whose record was deleted";
    mark_of_record: "La marque d'une ligne dont le deal a été supprimé" / "The mark of a record whose deal was deleted";
    mark_place: "Champ" / "Field";
    mark_none: "— aucune marque —" / "— no mark —";
    mark_value: "Ce qui y est écrit" / "What is written there";
    mark_missing: "Aucune marque n'est choisie\u{a0}: rien n'est marqué. Choisissez-en une dans les réglages avancés." / "No mark is chosen: nothing is marked. Choose one in the advanced settings.";
    first_choices: "Choisir autrement ce qui est relié et créé" / "Choose otherwise what is linked and made";
    first_again: "Refaire l'aperçu ainsi" / "Preview again so";
}
