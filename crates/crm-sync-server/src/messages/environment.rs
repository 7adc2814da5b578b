//! What is wrong with the environment.

use std::net::SocketAddr;

use super::{Lang, say};
use crate::secrets::KeyError;
use crate::settings::Fault;
use crate::store::UrlError;

/// The line above the list of faults.
#[must_use]
pub fn faults_title(lang: Lang, count: usize) -> String {
    match lang {
        Lang::Fr => format!(
            "Le programme ne peut pas démarrer : {} dans l'environnement.",
            lang.count(count, "erreur", "erreurs")
        ),
        Lang::En => {
            format!("The program cannot start: {} in the environment.", lang.count(count, "fault", "faults"))
        }
    }
}

/// The server is up.
#[must_use]
pub fn listening(lang: Lang, address: SocketAddr) -> String {
    say!(lang, "À l'écoute sur http://{address}", "Listening on http://{address}")
}

/// The server was asked to end.
#[must_use]
pub fn server_stopping(lang: Lang) -> String {
    say!(
        lang,
        "Arrêt : l'opération en cours se termine, le reste attendra le prochain démarrage.",
        "Stopping: the operation under way ends, the rest waits for the next start."
    )
}

/// One fault: the variable, what is wrong with it, what to write instead. Never a secret.
#[must_use]
pub fn environment_fault(lang: Lang, fault: &Fault) -> String {
    let variable = fault.variable();
    match fault {
        Fault::NotText { .. } => {
            say!(lang, "{variable} : n'est pas du texte UTF-8.", "{variable}: is not UTF-8 text.")
        }
        Fault::Lang { value } => say!(
            lang,
            "{variable} : « {value} » n'est pas une langue connue. Écrivez fr ou en.",
            "{variable}: “{value}” is no language that is known. Write fr or en."
        ),
        Fault::Database(UrlError::NoPath) => say!(
            lang,
            "{variable} : aucun fichier n'est nommé. Écrivez sqlite:chemin/vers/crm.db",
            "{variable}: no file is named. Write sqlite:path/to/crm.db"
        ),
        Fault::Database(UrlError::Scheme { .. }) => say!(
            lang,
            "{variable} : n'est pas une adresse de base de données. Écrivez postgres://utilisateur:motdepasse@serveur/base ou sqlite:chemin/vers/crm.db",
            "{variable}: is no address of a database. Write postgres://user:password@host/database or sqlite:path/to/crm.db"
        ),
        Fault::Address { .. } => say!(
            lang,
            "{variable} : n'est pas une adresse web. Écrivez https://serveur, sans la version.",
            "{variable}: is no web address. Write https://host, without the version."
        ),
        Fault::Token { .. } => say!(
            lang,
            "{variable} : contient un blanc ou un caractère de contrôle. Copiez le jeton à nouveau, en entier.",
            "{variable}: contains a blank or a control character. Copy the token again, all of it."
        ),
        Fault::Bind { value } => say!(
            lang,
            "{variable} : « {value} » n'est pas une adresse d'écoute. Écrivez 127.0.0.1:8080",
            "{variable}: “{value}” is no address to listen on. Write 127.0.0.1:8080"
        ),
        Fault::KeyMissing { bind } => say!(
            lang,
            "{variable} : obligatoire, puisque {bind} est joignable d'autres machines. Choisissez une clé d'au moins 16 caractères.",
            "{variable}: required, since {bind} can be reached from other machines. Choose a key of 16 characters or more."
        ),
        Fault::KeyShort => say!(
            lang,
            "{variable} : trop courte. Choisissez une clé d'au moins 16 caractères.",
            "{variable}: too short. Choose a key of 16 characters or more."
        ),
        Fault::SecretKey { error: KeyError::Shape, .. } => say!(
            lang,
            "{variable} : n'est pas une clé de 32 octets (64 chiffres hexadécimaux, ou base64). Faites-en une avec : openssl rand -hex 32",
            "{variable}: is no key of 32 bytes (64 hexadecimal digits, or base64). Make one with: openssl rand -hex 32"
        ),
        Fault::SecretKey { error: KeyError::Guessable, .. } => say!(
            lang,
            "{variable} : trop facile à trouver, car elle n'est pas due au hasard. Faites-en une avec : openssl rand -hex 32",
            "{variable}: can be guessed, for it is not random. Make one with: openssl rand -hex 32"
        ),
        Fault::LogFormat { value } => say!(
            lang,
            "{variable} : « {value} » n'est pas un format de journal. Écrivez text ou json.",
            "{variable}: “{value}” is no format of the log. Write text or json."
        ),
        Fault::Lease { value } => say!(
            lang,
            "{variable} : « {value} » n'est pas une durée. Écrivez un nombre de secondes entre 3 et 3600.",
            "{variable}: “{value}” is no duration. Write a number of seconds between 3 and 3600."
        ),
        Fault::Origin { value } => say!(
            lang,
            "{variable} : « {value} » n'est pas une origine. Écrivez https://serveur[:port], séparées par des virgules.",
            "{variable}: “{value}” is no origin. Write https://host[:port], with commas between them."
        ),
    }
}
