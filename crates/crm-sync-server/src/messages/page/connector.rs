//! The connectors and their steps.

use chrono::{DateTime, TimeDelta, Utc};

use super::words;
use crate::messages::{Lang, moment, remote_name, say};

words! {
    connectors_lead: "Chaque connecteur garde les deals du CRM et ceux d'un outil en accord, dans les deux sens. Rien n'est écrit avant votre accord." / "Each connector keeps the CRM's deals and those of one tool in agreement, both ways. Nothing is written before you agree.";
    connectors_manage: "Gérer" / "Manage";
    connectors_recent: "Dernières synchronisations" / "Last syncs";
    connectors_all_runs: "Tout l'historique" / "The whole history";
    configure_first: "Configurez d'abord le connecteur" / "Configure the connector first";
    token_first: "Enregistrez d'abord un jeton" / "Store a token first";
    state_new: "À configurer" / "Not set up";
    state_token: "À terminer" / "To finish";
    state_ready: "Prêt" / "Ready";
    state_syncing: "Synchronisation en cours" / "Syncing";
    state_ok: "À jour" / "Up to date";
    state_attention: "À regarder" / "Needs attention";
    next_set_up: "Configurer" / "Set up";
    next_table: "Choisir la table" / "Choose the table";
    next_preview: "Prévisualiser" / "Preview";
    next_follow: "Suivre la synchronisation" / "Follow the sync";
    next_look: "Voir ce qui s'est passé" / "See what happened";
    next_decide: "Décider des conflits" / "Decide the conflicts";
    told_new: "Collez un jeton, choisissez une table\u{a0}: les colonnes se reconnaissent toutes seules." / "Paste a token, choose a table: the columns recognise themselves.";
    told_token: "Le jeton est là. Il reste à choisir ce qui est synchronisé." / "The token is there. Choose what is synced.";
    told_ready: "Prêt. L'aperçu montre ce qui changerait, deal par deal, avant d'écrire quoi que ce soit." / "Ready. The preview shows what would change, deal by deal, before anything is written.";
    sync_title: "Synchroniser" / "Sync";
    sync_action: "Synchroniser sans aperçu" / "Sync without a preview";
    sync_first: "La première synchronisation passe par l'aperçu\u{a0}: relisez-la une fois." / "The first sync goes by way of the preview: read it once.";
    sync_ready: "L'aperçu lit les deux côtés et n'écrit rien. Vous l'appliquez ensuite, en entier ou en partie." / "The preview reads both sides and writes nothing. You then apply it, whole or in part.";
    sync_not_ready: "Une fois ces étapes terminées, tout commence ici." / "Once these steps are done, this is where it all starts.";
    preview_action: "Prévisualiser" / "Preview";
    follow_run: "Suivre la synchronisation" / "Follow the sync";
    way_both: "Dans les deux sens" / "Both ways";
    way_import: "Importer vers le CRM" / "Import into the CRM";
    way_export: "Exporter du CRM" / "Export from the CRM";
    way_undo: "Annulation" / "Undoing";
    way_choice: "Décision d'un conflit" / "Decision of a conflict";
    verify_title: "Vérification" / "Verification";
    verify_lead: "Compare les deux côtés avec leur dernier accord, champ par champ. Rien n'est écrit." / "Compares both sides with their last agreement, field by field. Nothing is written.";
    verify_action: "Vérifier maintenant" / "Verify now";
    verify_agrees: "En accord" / "In agreement";
    verify_differs: "Écarts" / "Differences";
    verify_next: "L'aperçu montre ce qu'une synchronisation en ferait." / "The preview shows what a sync would do about it.";
    step_done: "(fait)" / "(done)";
    token_title: "Jeton d'accès" / "Access token";
    token_save: "Enregistrer et tester" / "Store and test";
    token_replace: "Remplacer le jeton" / "Replace the token";
    token_where: "Où trouver un jeton\u{a0}?" / "Where do I find a token?";
    token_address: "Adresse\u{a0}:" / "Address:";
    token_missing: "Collez d'abord un jeton." / "Paste a token first.";
    token_malformed: "Un jeton n'a ni espace ni retour à la ligne. Copiez-le à nouveau, en entier." / "A token has no blank and no line break. Copy it again, whole.";
    test_title: "Test de la connexion" / "Connection test";
    test_lead: "Vérifie le jeton, ses droits et la table choisie. Rien n'est écrit." / "Checks the token, its scopes and the chosen table. Nothing is written.";
    test_action: "Tester la connexion" / "Test the connection";
    test_works: "Connecté" / "Connected";
    test_fails: "Échec" / "Failed";
    test_missing: "Il manque" / "Missing";
    table_lead: "Choisissez dans la liste de ce que le jeton peut voir, ou collez une adresse." / "Choose from what the token can see, or paste an address.";
    table_paste: "Adresse de la table, copiée du navigateur" / "Address of the table, copied from the browser";
    table_open: "Ouvrir cette table" / "Open this table";
    table_seen: "Ce que le jeton peut voir" / "What the token can see";
    table_show: "Voir les tables" / "Show the tables";
    table_read_only: "Lecture seule" / "Read only";
    table_choose: "Choisir" / "Choose";
    table_change: "Choisir une autre table" / "Choose another table";
    table_nothing: "Le jeton ne voit rien. Donnez-lui accès chez l'outil, puis rechargez cette page." / "The token sees nothing. Give it access in the tool, then reload this page.";
    table_not_found: "Rien ne correspond à cette recherche." / "Nothing matches this search.";
    table_no_address: "Cette adresse n'est pas celle d'une table. Ouvrez la table dans votre navigateur et copiez son adresse." / "This is not the address of a table. Open the table in your browser and copy its address.";
    mapping_step: "Correspondances et options" / "Mapping and options";
    mapping_todo: "Quel champ du CRM va avec quel champ, et qui l'emporte en cas de conflit." / "Which field of the CRM goes with which field, and who wins a conflict.";
    mapping_begin: "Vérifier les correspondances" / "Check the mapping";
    mapping_change: "Modifier" / "Change";
}

/// Where the token comes from when the environment gives it.
#[must_use]
pub fn token_of_environment(lang: Lang, variable: &str) -> String {
    say!(
        lang,
        "Donné par l'environnement du serveur ({variable}) ; il ne se change pas ici.",
        "Given by the server's environment ({variable}); it is not changed here."
    )
}

/// A token is stored.
#[must_use]
pub fn token_is_stored(lang: Lang) -> String {
    say!(
        lang,
        "Un jeton est enregistré, chiffré. Il n'est jamais réaffiché ; en coller un autre le remplace.",
        "A token is stored, encrypted. It is never shown again; pasting another replaces it."
    )
}

/// A token is stored that cannot be opened.
#[must_use]
pub fn token_is_unreadable(lang: Lang) -> String {
    say!(
        lang,
        "Le jeton enregistré ne s'ouvre pas avec la clé de ce serveur. Collez-le à nouveau.",
        "The stored token does not open with this server's key. Paste it again."
    )
}

/// The step that chooses a container, by the remote's own words.
#[must_use]
pub fn table_title(lang: Lang, remote: &str) -> String {
    match remote {
        "notion" => say!(lang, "Base de données", "Database"),
        _ => say!(lang, "Base et table", "Base and table"),
    }
}

/// No token is stored.
#[must_use]
pub fn token_is_wanted(lang: Lang, remote: &str) -> String {
    let there = remote_name(remote);
    say!(
        lang,
        "Le serveur parle à {there} avec un jeton que vous créez et pouvez retirer à tout moment.",
        "The server talks to {there} with a token that you create and can take back at any time."
    )
}

/// The label of the token's input.
#[must_use]
pub fn token_label(lang: Lang, remote: &str) -> String {
    let there = remote_name(remote);
    say!(lang, "Jeton {there}", "{there} token")
}

/// What a connector's page is for.
#[must_use]
pub fn connector_lead(lang: Lang, remote: &str, is_ready: bool) -> String {
    let there = remote_name(remote);
    if is_ready {
        return say!(
            lang,
            "Le CRM et {there} sont reliés. Chaque étape ci-dessous reste modifiable.",
            "The CRM and {there} are connected. Each step below can still be changed."
        );
    }
    say!(
        lang,
        "Quatre étapes, dans l'ordre, puis l'aperçu de la première synchronisation avec {there}.",
        "Four steps, in order, then the preview of the first sync with {there}."
    )
}

/// How long ago something happened.
#[must_use]
pub fn ago(lang: Lang, at: DateTime<Utc>, now: DateTime<Utc>) -> String {
    let past = now - at;
    let (minutes, hours) = (past.num_minutes(), past.num_hours());
    if past < TimeDelta::minutes(1) {
        say!(lang, "à l'instant", "just now")
    } else if past < TimeDelta::hours(1) {
        say!(lang, "il y a {minutes} min", "{minutes} min ago")
    } else if past < TimeDelta::hours(24) {
        say!(lang, "il y a {hours} h", "{hours} h ago")
    } else {
        let at = moment(lang, at);
        say!(lang, "le {at}", "on {at}")
    }
}

/// When the last sync was, and what it did.
#[must_use]
pub fn last_sync(lang: Lang, when: &str, created: u64, updated: u64, failed: u64) -> String {
    let count =
        |number: u64, one, several| lang.count(usize::try_from(number).unwrap_or(usize::MAX), one, several);
    match lang {
        Lang::Fr => format!(
            "Dernière synchronisation {when} : {}, {}, {}.",
            count(created, "création", "créations"),
            count(updated, "mise à jour", "mises à jour"),
            count(failed, "erreur", "erreurs")
        ),
        Lang::En => format!(
            "Last sync {when}: {created} created, {updated} updated, {}.",
            count(failed, "error", "errors")
        ),
    }
}

/// Conflicts that wait.
#[must_use]
pub fn conflicts_wait(lang: Lang, number: usize) -> String {
    match lang {
        Lang::Fr => format!("{} votre décision.", lang.count(number, "conflit attend", "conflits attendent")),
        Lang::En => format!("{} for your decision.", lang.count(number, "conflict waits", "conflicts wait")),
    }
}

/// How many records a table has, as far as counted.
#[must_use]
pub fn records_counted(lang: Lang, table: &str, records: usize, all: bool) -> String {
    let table = lang.quoted(table);
    let records =
        lang.count(records, say!(lang, "ligne", "record").as_str(), say!(lang, "lignes", "records").as_str());
    if all {
        say!(lang, "La table {table} est lisible : {records}.", "The table {table} can be read: {records}.")
    } else {
        say!(
            lang,
            "La table {table} est lisible : plus de {records}.",
            "The table {table} can be read: more than {records}."
        )
    }
}

/// Which table is connected, for people.
#[must_use]
pub fn table_named(lang: Lang, table: &str) -> String {
    let table = lang.quoted(table);
    say!(lang, "Table {table}.", "Table {table}.")
}

/// A scope that the token lacks.
#[must_use]
pub fn scope_missing(lang: Lang, scope: &str, why: &str) -> String {
    say!(lang, "le droit {scope} : {why}", "the scope {scope}: {why}")
}

/// How many pairs a mapping has.
#[must_use]
pub fn pairs_mapped(lang: Lang, pairs: usize, of: usize) -> String {
    match lang {
        Lang::Fr => format!("{} sur {of}.", lang.count(pairs, "champ associé", "champs associés")),
        Lang::En => format!("{} of {of} mapped.", lang.count(pairs, "field", "fields")),
    }
}

/// How a token is made, step by step.
#[must_use]
pub fn token_help(lang: Lang, remote: &str) -> Vec<String> {
    let lines: &[(&str, &str)] = match remote {
        "airtable" => &[
            (
                "Ouvrez l'adresse ci-dessous et choisissez « Create token ».",
                "Open the address below and choose “Create token”.",
            ),
            ("Donnez-lui les droits de la liste.", "Give it the scopes of the list."),
            (
                "Sous « Access », ajoutez la base où sont vos deals.",
                "Under “Access”, add the base with your deals.",
            ),
            ("Copiez le jeton et collez-le ici.", "Copy the token and paste it here."),
        ],
        "notion" => &[
            (
                "Ouvrez l'adresse ci-dessous et créez une intégration interne.",
                "Open the address below and create an internal integration.",
            ),
            (
                "Autorisez-la à lire, modifier et insérer du contenu.",
                "Let it read, update and insert content.",
            ),
            (
                "Dans Notion, ouvrez la base de données, menu « … », « Connexions », et ajoutez l'intégration.",
                "In Notion, open the database, menu “…”, “Connections”, and add the integration.",
            ),
            (
                "Copiez le secret de l'intégration et collez-le ici.",
                "Copy the integration's secret and paste it here.",
            ),
        ],
        _ => &[],
    };
    let said = |(fr, en): &(&str, &str)| match lang {
        Lang::Fr => (*fr).to_owned(),
        Lang::En => (*en).to_owned(),
    };
    lines.iter().map(said).collect()
}

/// What a right of a token is for.
#[must_use]
pub fn scope_why(lang: Lang, scope: &str) -> String {
    match scope {
        "data.records:read" => say!(lang, "lire les lignes", "read the records"),
        "data.records:write" => say!(lang, "écrire les lignes", "write the records"),
        "schema.bases:read" => {
            say!(lang, "voir les bases, les tables et leurs champs", "see bases, tables and their fields")
        }
        "schema.bases:write" => {
            say!(lang, "facultatif : créer le champ « CRM ID »", "optional: add the field “CRM ID”")
        }
        other => other.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_ago_is_said_as_people_say_it() {
        let now = Utc::now();
        let told = |minutes| ago(Lang::Fr, now - TimeDelta::minutes(minutes), now);
        assert_eq!([told(0), told(5), told(130)], ["à l'instant", "il y a 5 min", "il y a 2 h"]);
        assert!(told(3_000).starts_with("le "));
    }

    #[test]
    fn the_last_sync_agrees_in_number() {
        assert_eq!(
            last_sync(Lang::Fr, "à l'instant", 1, 2, 0),
            "Dernière synchronisation à l'instant : 1 création, 2 mises à jour, 0 erreur."
        );
        assert_eq!(
            last_sync(Lang::En, "just now", 1, 2, 1),
            "Last sync just now: 1 created, 2 updated, 1 error."
        );
    }
}
