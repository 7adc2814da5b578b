//! What keeps a value or a row from being carried, and what a person is asked.

use connector_core::lens::{Note, Refusal};
use connector_core::plan::{Guard, Lasting, Problem, QuestionKind, Side, Trip};
use connector_core::unit::Fault;

use super::{Lang, capitalised, day, moment, number, obstacle, remote_name, say, side_name, whole};

/// What is wrong with a value, and what to do about it.
#[must_use]
pub fn problem(lang: Lang, problem: &Problem) -> String {
    match problem {
        Problem::Fault { fault } => fault_text(lang, fault),
        Problem::Refused { refusal } => refusal_text(lang, refusal),
        Problem::Altered { note } => note_text(lang, note),
        Problem::Unreadable { why } => say!(
            lang,
            "illisible ({why}) ; laissé tel quel des deux côtés. Corrigez la cellule",
            "it could not be read ({why}) and is left alone on both sides. Correct the cell"
        ),
        Problem::Suspended => say!(
            lang,
            "le champ a disparu, changé de type ou n'est plus partagé ; il n'est plus synchronisé. Partagez-le ou associez-le à nouveau",
            "the field is gone, has another type or is no longer shared; it is no longer synced. Share it or map it again"
        ),
        Problem::KeyFieldGone => say!(
            lang,
            "la colonne « CRM ID » a disparu ou n'est plus partagée : les copies et les lignes rétablies ne sont plus reconnues. Choisissez-la à nouveau, ou faites-en créer une, dans les réglages",
            "the “CRM ID” column is gone or no longer shared: copies and restored rows are no longer recognised. Choose it again, or have one made, in the settings"
        ),
        Problem::EditedSince => {
            say!(lang, "modifié depuis : reste tel quel", "edited since: it stays as it is")
        }
        Problem::CannotBeUndone { why } => lasting(lang, *why),
        Problem::Held => say!(
            lang,
            "changement annulé par vous : il n'est plus transmis. Pour le transmettre quand même, approuvez un nouveau plan",
            "you took this change back: it is not carried again. To carry it after all, approve a new plan"
        ),
        Problem::SetAside { times, why, .. } => say!(
            lang,
            "refusé {times} fois de suite ({why}) ; mis de côté jusqu'à ce que l'un des deux côtés soit modifié. Corrigez la valeur, ou demandez un nouvel essai",
            "refused {times} times in a row ({why}); set aside until one of the two sides is edited. Correct the value, or ask for another try"
        ),
        Problem::ClocksDiffer { minutes } => say!(
            lang,
            "L'horloge de ce serveur et celle du service diffèrent de {minutes} minutes : en cas de conflit, l'ordre des modifications est incertain. Mettez l'horloge à l'heure",
            "This server's clock and the service's differ by {minutes} minutes: in a conflict, the order of the edits is uncertain. Set the clock right"
        ),
    }
}

/// Why what a run did stays, and what a person can do.
fn lasting(lang: Lang, why: Lasting) -> String {
    match why {
        Lasting::MadeWithoutTrash => say!(
            lang,
            "la ligne créée reste : il n'y a pas de corbeille d'où elle pourrait revenir. Supprimez-la à la main si besoin",
            "the record that was made stays: there is no trash that it could come back from. Delete it by hand if needed"
        ),
        Lasting::Deleted => say!(
            lang,
            "la ligne supprimée ne peut être rétablie que par vous, depuis la corbeille de l'outil",
            "only you can bring the deleted record back, from the tool's trash"
        ),
        Lasting::Marked => say!(
            lang,
            "la marque reste : le journal ne dit pas ce qu'il y avait avant. Effacez-la à la main si besoin",
            "the mark stays: the log does not tell what was there before. Clear it by hand if needed"
        ),
        Lasting::Untold => say!(
            lang,
            "le journal ne garde pas l'ancienne valeur de cette donnée. Corrigez-la à la main si besoin",
            "the log does not keep the old value of this. Correct it by hand if needed"
        ),
        Lasting::Unmapped => say!(
            lang,
            "le champ n'est plus associé : il reste tel quel. Associez-le à nouveau, puis recommencez",
            "the field is not mapped any more and stays as it is. Map it again, then start again"
        ),
    }
}

fn fault_text(lang: Lang, fault: &Fault) -> String {
    match fault {
        Fault::Missing => say!(
            lang,
            "vide, alors qu'un deal en a besoin. Remplissez la cellule",
            "empty, and a deal needs it. Fill the cell in"
        ),
        Fault::NotPositive => {
            say!(
                lang,
                "doit être supérieur à zéro. Corrigez le montant",
                "must be greater than zero. Correct it"
            )
        }
        Fault::TooLong { max, chars } => say!(
            lang,
            "{chars} caractères, et le CRM en garde {max} au plus. Raccourcissez le texte",
            "{chars} characters, and the CRM keeps at most {max}. Shorten it"
        ),
    }
}

fn refusal_text(lang: Lang, refusal: &Refusal) -> String {
    if lang == Lang::En {
        return refusal.to_string();
    }
    match refusal {
        Refusal::NoSuchOption { name, options, more } => {
            let others = if *more == 0 { String::new() } else { format!(" et {more} autres") };
            let options = lang.all_quoted(options);
            format!(
                "« {name} » n'est pas une option du champ, qui propose {options}{others}. Ajoutez l'option, ou choisissez-en une"
            )
        }
        Refusal::OptionWithComma { name } => {
            format!(
                "« {name} » contient une virgule, ce qu'une option ne peut pas. Ajoutez l'option à la main ou retirez la virgule"
            )
        }
        Refusal::TooLong { max, chars } => {
            format!("{chars} caractères, et le champ en accepte {max} au plus. Raccourcissez le texte")
        }
        Refusal::NotAPerson { value } => {
            format!(
                "« {value} » n'est pas une adresse e-mail, et elle seule désigne une personne. Écrivez l'adresse"
            )
        }
        Refusal::ReadOnly { field } => {
            format!(
                "le champ « {field} » est calculé et ne peut pas être écrit. Associez un champ modifiable"
            )
        }
        Refusal::NotANumber { value } => {
            format!("« {value} » n'est pas sûrement un nombre. Écrivez-le comme 12500.50")
        }
        Refusal::NotAPercentage { value } => {
            format!("« {value} » n'est pas un pourcentage. Écrivez-le comme 12 %")
        }
        Refusal::NotADuration { value } => {
            format!("« {value} » n'est pas une durée. Écrivez-la comme 1:30:00")
        }
        Refusal::NotARating { value, max } => {
            format!(
                "« {value} » n'est pas un nombre entier de 1 à {max}, seul accepté par le champ. Corrigez-le ou effacez-le"
            )
        }
        Refusal::NotADate { value } => format!("« {value} » n'est pas une date. Écrivez-la comme 2026-12-31"),
        Refusal::NotAnInstant { value } => {
            format!("« {value} » n'est pas une date avec heure. Écrivez-la comme 2026-12-31T08:00:00Z")
        }
        Refusal::NotYesOrNo { value } => format!("« {value} » n'est ni oui ni non. Écrivez l'un des deux"),
        Refusal::NotAStage { value, stages } => {
            let stages = lang.all_quoted(stages);
            format!("« {value} » n'est pas un statut. Les statuts sont {stages}")
        }
        Refusal::OnlyOne { count } => {
            format!(
                "il y en a {count}, et le champ en accepte un seul. Gardez-en un, ou associez un champ à choix multiples"
            )
        }
        Refusal::TagWithSeparator { tag } => {
            format!("l'étiquette « {tag} » contient |, qui sépare les étiquettes. Renommez-la")
        }
        Refusal::Unreadable { why } => {
            format!("la valeur n'a pas pu être lue ({why}) ; elle n'est donc pas écrite")
        }
        Refusal::WrongKind { value } => format!("{value} n'est pas ce que cette colonne contient"),
        Refusal::Impossible(why) => obstacle(lang, why),
    }
}

/// What was replaced while a cell was read.
#[must_use]
pub fn note_text(lang: Lang, note: &Note) -> String {
    match (lang, note) {
        (Lang::En, _) => note.to_string(),
        (Lang::Fr, Note::UnknownStage { word, became }) => {
            format!("le statut « {word} » est inconnu et devient « {became} »")
        }
        (Lang::Fr, Note::TimeDropped { at, day: date }) => {
            format!("{} devient le {}", moment(lang, *at), day(lang, *date))
        }
        (Lang::Fr, Note::PeriodDropped { period, day: date }) => {
            format!("{period} devient le {}", day(lang, *date))
        }
        (Lang::Fr, Note::Rounded { from, to }) => {
            format!("{} est arrondi à {}", number(lang, *from), number(lang, *to))
        }
        (Lang::Fr, Note::PeopleAsNames { names }) => {
            format!("les personnes deviennent leurs noms : {}", lang.all_quoted(names))
        }
        (Lang::Fr, Note::OptionsJoined { names }) => {
            format!("plusieurs options deviennent un texte : {}", lang.all_quoted(names))
        }
        (Lang::Fr, Note::Concealed) => "quelque chose a été remplacé".to_owned(),
    }
}

/// What only a person can decide.
#[must_use]
pub fn question(lang: Lang, kind: QuestionKind, remote: &str) -> String {
    let there = remote_name(remote);
    match kind {
        QuestionKind::Ambiguous => say!(
            lang,
            "plusieurs deals ou lignes ont la même clé : lesquels vont ensemble ? Distinguez-les par leur nom, ou écrivez l'identifiant du deal dans « CRM ID »",
            "several deals or records have one key: which belong together? Tell them apart by name, or write the deal's id into “CRM ID”"
        ),
        QuestionKind::Copy => say!(
            lang,
            "cette ligne porte l'identifiant d'un deal lié à une autre ligne : est-ce une copie ? Videz son « CRM ID » pour en faire un nouveau deal",
            "this record carries the id of a deal that is linked to another one: a copy? Empty its “CRM ID” to make it a new deal"
        ),
        QuestionKind::Restored => say!(
            lang,
            "cette ligne porte l'identifiant d'un deal supprimé : doit-il revenir ? Videz son « CRM ID » pour en faire un nouveau deal",
            "this record carries the id of a deleted deal: shall it come back? Empty its “CRM ID” to make it a new deal"
        ),
        QuestionKind::UnknownStamp => say!(
            lang,
            "aucun deal ne porte cet identifiant. Videz le « CRM ID » de la ligne pour en faire un nouveau deal",
            "no deal has this id. Empty the record's “CRM ID” to make it a new deal"
        ),
        QuestionKind::SecondDeal => say!(
            lang,
            "la ligne correspondante est déjà liée à un autre deal. Distinguez les deux deals par leur nom",
            "the matching record is linked to another deal already. Tell the two deals apart by name"
        ),
        QuestionKind::EditedAfterDelete(side) => {
            let (kept, gone) = (side_name(lang, side, remote), side_name(lang, side.other(), remote));
            say!(
                lang,
                "supprimé d'un côté ({gone}), modifié de l'autre ({kept}). Supprimez-le aussi, ou recréez-le",
                "deleted on one side ({gone}), edited on the other ({kept}). Delete it too, or make it again"
            )
        }
        QuestionKind::DeletedOn(side) => {
            let gone = side_name(lang, side, remote);
            say!(
                lang,
                "supprimé ({gone}) ; l'autre côté est laissé tel quel. Supprimez-le aussi si c'est voulu",
                "deleted ({gone}); the other side is left alone. Delete it too if it was meant"
            )
        }
        QuestionKind::LostCreate => say!(
            lang,
            "une création interrompue a peut-être abouti. Regardez dans {there} avant de recommencer",
            "a creation that was cut off may have gone through. Look in {there} before trying again"
        ),
        QuestionKind::Merged => say!(
            lang,
            "supprimé dans le CRM, où un autre deal porte le même nom. S'ils ont été fusionnés, la ligne de {there} contient peut-être ce que personne n'a repris : la supprimer ou la garder ?",
            "deleted in the CRM, where another deal has the same name. If the two were merged, the record in {there} may hold what nobody carried over: delete it or keep it?"
        ),
        QuestionKind::Vanished => say!(
            lang,
            "la ligne n'est plus visible, sans preuve qu'elle soit supprimée. Vérifiez vos droits dans {there}",
            "the record is not to be seen any more, without proof that it was deleted. Check your access in {there}"
        ),
    }
}

/// A guard that stopped a plan, its numbers, and how to let the plan pass.
#[must_use]
pub fn trip(lang: Lang, trip: &Trip, unit: Option<&str>, remote: &str) -> String {
    let (told, guard) = (trip_told(lang, trip, unit, remote), trip.guard);
    say!(lang, "{told} Si c'est voulu : --override {guard}", "{told} If it is meant: --override {guard}")
}

/// A guard that stopped a plan, and its numbers.
#[must_use]
pub fn trip_told(lang: Lang, trip: &Trip, unit: Option<&str>, remote: &str) -> String {
    let side = trip.side.map_or_else(|| remote_name(remote).to_owned(), |side| side_name(lang, side, remote));
    let (count, of) = (amount(lang, trip.count), amount(lang, trip.of));
    let unit = lang.quoted(unit.unwrap_or_default());
    let told = match trip.guard {
        Guard::MassDelete => say!(
            lang,
            "{count} lignes liées sur {of} ont disparu ({side})",
            "{count} of {of} linked rows are gone ({side})"
        ),
        Guard::EmptySide => say!(
            lang,
            "un côté est vide ({side}) alors que {count} lignes y sont liées",
            "one side is empty ({side}) although {count} rows of it are linked"
        ),
        Guard::AccessLost => say!(
            lang,
            "aucune des {count} lignes liées n'est visible dans {side}, mais d'autres le sont : est-ce une copie ?",
            "none of the {count} linked records is to be seen in {side}, but others are: is it a copy?"
        ),
        Guard::SchemaLost => say!(
            lang,
            "{count} colonnes associées sur {of} ont disparu d'un coup ({side}) : est-ce la bonne table, et ses colonnes sont-elles toujours partagées ?",
            "{count} of {of} mapped columns are gone at once ({side}): is it the right table, and are its columns still shared?"
        ),
        Guard::EverythingChanged => say!(
            lang,
            "{unit} changerait dans {count} lignes sur {of} ({side})",
            "{unit} would change in {count} of {of} rows ({side})"
        ),
        Guard::CreateFlood => say!(
            lang,
            "{count} créations pour {of} lignes liées ({side}) : l'identité des lignes est sans doute perdue",
            "{count} creations for {of} linked rows ({side}): the rows' identity is probably lost"
        ),
        Guard::SettingsChanged => say!(
            lang,
            "les réglages ou les colonnes ont changé depuis la dernière synchronisation",
            "the settings or the columns changed since the last sync"
        ),
        Guard::Budget => say!(
            lang,
            "{count} requêtes prévues, pour une limite de {of}",
            "{count} requests are expected, and the limit is {of}"
        ),
        Guard::MassClear => say!(
            lang,
            "{count} cellules remplies seraient vidées ({side}) ; la limite est de {of}",
            "{count} filled cells would be emptied ({side}); the limit is {of}"
        ),
    };
    format!("{}.", capitalised(&told))
}

fn amount(lang: Lang, count: u64) -> String {
    whole(lang, usize::try_from(count).unwrap_or(usize::MAX))
}

/// Why a unit is written to `side`: the CRM or the remote was edited.
#[must_use]
pub fn edited_on(lang: Lang, side: Side, remote: &str) -> String {
    let name = side_name(lang, side, remote);
    say!(lang, "modifié dans {name}", "edited in {name}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use strum::VariantArray as _;

    fn questions() -> Vec<QuestionKind> {
        let mut kinds = vec![
            QuestionKind::Ambiguous,
            QuestionKind::Copy,
            QuestionKind::Restored,
            QuestionKind::UnknownStamp,
            QuestionKind::SecondDeal,
            QuestionKind::LostCreate,
            QuestionKind::Merged,
            QuestionKind::Vanished,
        ];
        for side in [Side::Crm, Side::Remote] {
            kinds.push(QuestionKind::EditedAfterDelete(side));
            kinds.push(QuestionKind::DeletedOn(side));
        }
        kinds
    }

    #[test]
    fn every_question_is_told_in_both_languages() {
        for kind in questions() {
            let (fr, en) = (question(Lang::Fr, kind, "airtable"), question(Lang::En, kind, "airtable"));
            assert!(fr.len() > 20 && en.len() > 20 && fr != en, "{kind:?}");
        }
    }

    #[test]
    fn whatever_stays_is_told_in_both_languages() {
        for why in Lasting::VARIANTS {
            assert_ne!(lasting(Lang::Fr, *why), lasting(Lang::En, *why));
        }
    }

    #[test]
    fn every_guard_is_told_with_its_numbers_and_its_override() {
        for guard in Guard::VARIANTS {
            let tripped = Trip { guard: *guard, side: Some(Side::Crm), unit: None, count: 31, of: 40 };
            for lang in [Lang::Fr, Lang::En] {
                let told = trip(lang, &tripped, Some("Montant"), "airtable");
                assert!(told.ends_with(&format!("--override {guard}")), "{told}");
                assert!(told.contains("31") || *guard == Guard::SettingsChanged, "{told}");
            }
        }
    }

    #[test]
    fn a_bad_amount_is_told_with_its_remedy() {
        let bad = Problem::Fault { fault: Fault::NotPositive };
        assert_eq!(problem(Lang::Fr, &bad), "doit être supérieur à zéro. Corrigez le montant");
        assert_eq!(problem(Lang::En, &bad), "must be greater than zero. Correct it");
    }
}
