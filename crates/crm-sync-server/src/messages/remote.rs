//! A remote's failures, in the words that users know.

use connector_core::ErrorKind;

use super::{Lang, remote_name, say};

/// A failure of a remote, by its kind, in the words that users know.
#[must_use]
pub fn remote_failure(lang: Lang, kind: ErrorKind, remote: &str, detail: Option<&str>) -> String {
    let there = remote_name(remote);
    let told = match (kind, remote) {
        (ErrorKind::Unauthenticated, "notion") => say!(
            lang,
            "Token Notion invalide ou révoqué. Créez-en un nouveau et donnez-le dans NOTION_TOKEN",
            "Notion token wrong or revoked. Create a new one and give it in NOTION_TOKEN"
        ),
        (ErrorKind::Unauthenticated, _) => say!(
            lang,
            "Token {there} invalide ou expiré. Créez-en un nouveau et donnez-le dans AIRTABLE_TOKEN",
            "{there} token wrong or expired. Create a new one and give it in AIRTABLE_TOKEN"
        ),
        (ErrorKind::ContainerMissing, "notion") => say!(
            lang,
            "Base de données Notion inaccessible. Vérifiez que l'intégration est connectée à la page",
            "Notion database out of reach. Check that the integration is connected to the page"
        ),
        (ErrorKind::ContainerMissing, _) => say!(
            lang,
            "Base {there} introuvable, ou sans cette table. Vérifiez son identifiant et que le jeton y donne accès",
            "{there} base not found, or without this table. Check its id, and that the token gives access to it"
        ),
        (ErrorKind::Forbidden, "notion") => say!(
            lang,
            "L'intégration Notion n'a pas ce droit. Dans ses réglages, donnez-lui la lecture, la mise à jour et l'insertion de contenu, et les utilisateurs avec leur adresse e-mail",
            "The Notion integration may not do this. In its settings, let it read, update and insert content, and see users with their e-mail addresses"
        ),
        (ErrorKind::Forbidden, _) => say!(
            lang,
            "Le jeton {there} n'a pas ce droit, ou la base {there} est introuvable avec lui. Donnez-lui accès à la base et les droits data.records:read, data.records:write et schema.bases:read",
            "The {there} token may not do this, or does not see the base. Give it access to the base and the scopes data.records:read, data.records:write and schema.bases:read"
        ),
        (ErrorKind::SchemaChanged, _) => say!(
            lang,
            "Une colonne a disparu ou changé de type pendant la synchronisation. Relancez-la, puis vérifiez avec « check »",
            "A column was deleted or retyped during the sync. Start again, then look with “check”"
        ),
        (ErrorKind::QuotaExhausted, _) => say!(
            lang,
            "Le nombre mensuel de requêtes {there} est épuisé. Attendez le mois prochain, ou changez d'abonnement",
            "The monthly number of {there} requests is used up. Wait for the next month, or change the plan"
        ),
        (ErrorKind::RateLimited, _) => say!(
            lang,
            "{there} limite les requêtes, même après plusieurs essais. Réessayez dans quelques minutes",
            "{there} limits the requests, even after several tries. Try again in some minutes"
        ),
        (ErrorKind::Unavailable | ErrorKind::TimedOut, _) => say!(
            lang,
            "{there} ne répond pas, même après plusieurs essais. Vérifiez la connexion, puis réessayez",
            "{there} does not answer, even after several tries. Check the network, then try again"
        ),
        (ErrorKind::Malformed, _) => say!(
            lang,
            "La réponse de {there} est incompréhensible. Vérifiez l'adresse, puis réessayez",
            "The answer of {there} cannot be understood. Check the address, then try again"
        ),
        (ErrorKind::Settings, _) => say!(
            lang,
            "Les réglages de {there} sont faux. Corrigez l'adresse ou l'identifiant",
            "The settings for {there} are wrong. Correct the address or the id"
        ),
        (ErrorKind::RecordMissing, _) => {
            say!(lang, "La ligne n'existe plus dans {there}", "The record is no longer in {there}")
        }
        _ => say!(lang, "{there} refuse la demande", "{there} refuses the request"),
    };
    // Without an answer, the detail is a network library's.
    let answered = !matches!(kind, ErrorKind::Unavailable | ErrorKind::TimedOut);
    match detail.map(super::short).filter(|detail| answered && !detail.is_empty()) {
        None => format!("{told}."),
        Some(detail) => {
            let detail = lang.quoted(&detail);
            say!(lang, "{told}. {there} a répondu : {detail}.", "{told}. {there} said: {detail}.")
        }
    }
}

/// Why a run ended early, as its history keeps it: the kind of failure is known by its words.
#[must_use]
pub fn run_message(lang: Lang, message: &str, remote: &str) -> String {
    const KINDS: [ErrorKind; 13] = [
        ErrorKind::Unauthenticated,
        ErrorKind::Forbidden,
        ErrorKind::ContainerMissing,
        ErrorKind::SchemaChanged,
        ErrorKind::QuotaExhausted,
        ErrorKind::RecordMissing,
        ErrorKind::Rejected,
        ErrorKind::RateLimited,
        ErrorKind::Unavailable,
        ErrorKind::TimedOut,
        ErrorKind::Malformed,
        ErrorKind::Unsupported,
        ErrorKind::Settings,
    ];
    let rest = message.strip_prefix(remote).and_then(|rest| rest.strip_prefix(": "));
    let kind = rest.and_then(|rest| {
        KINDS
            .into_iter()
            .find(|kind| rest.strip_prefix(&kind.to_string()).is_some_and(|rest| rest.starts_with(" while ")))
    });
    let detail = message.split_once('(').and_then(|(_, detail)| detail.strip_suffix(')'));
    kind.map_or_else(|| message.to_owned(), |kind| remote_failure(lang, kind, remote, detail))
}

#[cfg(test)]
mod tests {
    use connector_core::Error;

    use super::*;

    #[test]
    fn users_read_the_words_they_know() {
        let told = |kind, remote| remote_failure(Lang::Fr, kind, remote, None);
        assert!(
            told(ErrorKind::Unauthenticated, "airtable").starts_with("Token Airtable invalide ou expiré")
        );
        assert!(told(ErrorKind::ContainerMissing, "airtable").starts_with("Base Airtable introuvable"));
        assert!(told(ErrorKind::Unauthenticated, "notion").starts_with("Token Notion invalide ou révoqué"));
        let lost = told(ErrorKind::ContainerMissing, "notion");
        assert!(
            lost.starts_with("Base de données Notion inaccessible. Vérifiez que l'intégration est connectée")
        );
    }

    #[test]
    fn the_kind_of_an_old_failure_is_known_by_its_words() {
        let error =
            |kind| Error::new(kind, "airtable", "listing deals").with_detail("Invalid token").to_string();
        let told = run_message(Lang::Fr, &error(ErrorKind::Unauthenticated), "airtable");
        assert!(told.starts_with("Token Airtable invalide ou expiré"), "{told}");
        assert!(told.ends_with("« Invalid token »."), "{told}");
        let told = run_message(Lang::En, &error(ErrorKind::TimedOut), "airtable");
        assert!(told.starts_with("Airtable does not answer") && !told.contains("Invalid"), "{told}");
        assert_eq!(run_message(Lang::Fr, "something else", "airtable"), "something else");
    }
}
