//! Why a request was refused, and what to do.

use super::{Lang, failure, say};
use crate::web::Refusal;
use crate::web::refusal::{FieldFault, Thing};

/// What happened and what to do, in one or two sentences.
#[must_use]
pub fn refusal(lang: Lang, refusal: &Refusal) -> String {
    match refusal {
        Refusal::Failure(error) => failure(lang, error),
        Refusal::Host => say!(
            lang,
            "Ce serveur ne répond pas à ce nom. Appelez-le par localhost, ou nommez l'adresse publique dans CRM_SYNC_ALLOWED_ORIGINS.",
            "This server does not answer to this name. Call it localhost, or name its public address in CRM_SYNC_ALLOWED_ORIGINS."
        ),
        Refusal::Origin => say!(
            lang,
            "Les pages de cette origine ne peuvent pas appeler ce serveur. Nommez-la dans CRM_SYNC_ALLOWED_ORIGINS.",
            "Pages of this origin may not call this server. Name it in CRM_SYNC_ALLOWED_ORIGINS."
        ),
        Refusal::Key => say!(
            lang,
            "Clé absente ou fausse. Montrez CRM_SYNC_API_KEY dans l'en-tête Authorization: Bearer …",
            "No key, or a wrong one. Show CRM_SYNC_API_KEY in the header Authorization: Bearer …"
        ),
        Refusal::Attempts(wait) => {
            let seconds = wait.as_secs().max(1);
            say!(
                lang,
                "Trop de clés fausses. Réessayez dans {seconds} s.",
                "Too many wrong keys. Try again in {seconds} s."
            )
        }
        Refusal::Path => say!(lang, "Rien à cette adresse.", "Nothing is at this address."),
        Refusal::Method { allow } => say!(
            lang,
            "Cette adresse n'accepte pas cette méthode, mais : {allow}.",
            "This address does not take this method, but: {allow}."
        ),
        Refusal::Missing(thing) => missing(lang, *thing),
        Refusal::TooLarge(bytes) => {
            let kilobytes = bytes / 1024;
            say!(lang, "La demande dépasse {kilobytes} Kio.", "The request is larger than {kilobytes} KiB.")
        }
        Refusal::Slow => say!(
            lang,
            "La demande n'est pas arrivée entière à temps.",
            "The request did not arrive whole in time."
        ),
        Refusal::MediaType => say!(
            lang,
            "La demande doit être du JSON : Content-Type: application/json.",
            "The request must be JSON: Content-Type: application/json."
        ),
        Refusal::Encoding => {
            say!(lang, "La demande n'est pas du texte UTF-8.", "The request is not UTF-8 text.")
        }
        Refusal::Nul => say!(
            lang,
            "La demande contient le caractère NUL, qu'une base de données ne peut pas garder.",
            "The request holds the character NUL, which a database cannot keep."
        ),
        Refusal::Syntax { line, column } => say!(
            lang,
            "La demande n'est pas du JSON valide : ligne {line}, colonne {column}.",
            "The request is no valid JSON: line {line}, column {column}."
        ),
        Refusal::Field { field, fault } => member(lang, field, fault),
        Refusal::Unconditional => say!(
            lang,
            "Dites quel état vous changez : l'en-tête If-Match avec l'ETag de la dernière lecture, ou If-None-Match: * pour créer.",
            "Say which state you change: the header If-Match with the ETag of the last reading, or If-None-Match: * to create."
        ),
        Refusal::KeyReused => say!(
            lang,
            "Cette clé d'idempotence a déjà servi à une autre demande. Prenez-en une nouvelle.",
            "This idempotency key was used for another request. Take a new one."
        ),
        Refusal::KeyBusy => say!(
            lang,
            "La même demande, avec cette clé d'idempotence, est encore en cours. Redemandez dans un instant.",
            "The same request with this idempotency key is still under way. Ask again in a moment."
        ),
        Refusal::Over => {
            say!(lang, "Cette exécution est déjà terminée.", "This run is over already.")
        }
    }
}

fn member(lang: Lang, field: &str, fault: &FieldFault) -> String {
    if field.is_empty() {
        return say!(
            lang,
            "La demande n'a pas la forme attendue.",
            "The request does not have the shape that is expected."
        );
    }
    let field = lang.quoted(field);
    match fault {
        FieldFault::Unknown => say!(lang, "Champ inconnu : {field}.", "Unknown member: {field}."),
        FieldFault::Missing => say!(lang, "Champ manquant : {field}.", "Missing member: {field}."),
        FieldFault::Twice => {
            say!(lang, "Champ donné deux fois : {field}.", "Member given twice: {field}.")
        }
        FieldFault::Value => say!(lang, "Valeur refusée pour {field}.", "Wrong value of {field}."),
    }
}

fn missing(lang: Lang, thing: Thing) -> String {
    match thing {
        Thing::Provider => say!(
            lang,
            "Provider non supporté. Valeurs acceptées: airtable, notion",
            "Unknown provider. There are: airtable, notion"
        ),
        Thing::Configuration => {
            say!(lang, "Cet outil n'est pas encore configuré.", "This tool is not configured yet.")
        }
        Thing::Table => say!(
            lang,
            "Cette table n'existe pas, ou le jeton ne la voit pas.",
            "There is no such table, or the token does not see it."
        ),
        Thing::Run => say!(lang, "Cette exécution n'existe pas.", "There is no such run."),
        Thing::Plan => say!(lang, "Ce plan n'existe pas.", "There is no such plan."),
        Thing::Deal => say!(lang, "Ce deal n'existe pas.", "There is no such deal."),
        Thing::Conflict => say!(lang, "Ce conflit n'existe pas.", "There is no such conflict."),
    }
}
