//! Tokens and keys that cannot be used, with their remedies.

use super::failure::io_reason;
use super::{Lang, remote_name, say, store_failure};
use crate::secrets::{KeyFileFault, Rotated, SecretsError};

/// Why a token or its key cannot be used, and what to do.
#[must_use]
pub fn secrets_failure(lang: Lang, error: &SecretsError) -> String {
    match error {
        SecretsError::Store(error) => store_failure(lang, error),
        SecretsError::KeyFile { path, fault } => {
            let path = path.display();
            match fault {
                KeyFileFault::Io(error) => {
                    let why = io_reason(lang, error);
                    say!(
                        lang,
                        "Le fichier de clé {path} est inutilisable ({why}). Donnez à ce programme le droit d'écrire dans son dossier de données, ou une clé dans CRM_SYNC_SECRET_KEY.",
                        "The key file {path} cannot be used ({why}). Let this program write to its data folder, or give it a key in CRM_SYNC_SECRET_KEY."
                    )
                }
                KeyFileFault::Exposed => say!(
                    lang,
                    "Le fichier de clé {path} peut être lu par d'autres. Corrigez-le avec : chmod 600 {path}",
                    "Others can read the key file {path}. Mend it with: chmod 600 {path}"
                ),
                KeyFileFault::NoKey(_) => say!(
                    lang,
                    "Le fichier {path} ne contient pas de clé. Remettez celui d'une sauvegarde ; sans sauvegarde, supprimez-le et saisissez les jetons à nouveau.",
                    "The file {path} holds no key. Put back that of a backup; without a backup, delete it and enter the tokens again."
                ),
            }
        }
        SecretsError::OtherKey { remote } => {
            let there = remote_name(remote);
            say!(
                lang,
                "Le jeton {there} enregistré a été chiffré avec une autre clé. Remettez cette clé (CRM_SYNC_SECRET_KEY, CRM_SYNC_PREVIOUS_SECRET_KEY ou le fichier secret.key), ou saisissez le jeton à nouveau.",
                "The stored {there} token was encrypted with another key. Put that key back (CRM_SYNC_SECRET_KEY, CRM_SYNC_PREVIOUS_SECRET_KEY or the file secret.key), or enter the token again."
            )
        }
        SecretsError::Damaged { remote } => {
            let there = remote_name(remote);
            say!(
                lang,
                "Le jeton {there} enregistré est abîmé. Saisissez-le à nouveau.",
                "The stored {there} token is damaged. Enter it again."
            )
        }
        SecretsError::NoToken { remote } => {
            let there = remote_name(remote);
            say!(
                lang,
                "Ceci ne peut pas être un jeton {there} : il est vide, ou contient un blanc ou un caractère étranger. Copiez le jeton à nouveau, en entier.",
                "This cannot be a token of {there}: it is empty, or has a blank or a foreign character in it. Copy the token again, all of it."
            )
        }
        SecretsError::Random(_) => say!(
            lang,
            "Le système ne fournit pas de nombres aléatoires ; rien n'a été enregistré.",
            "The system gives no random numbers; nothing was stored."
        ),
        SecretsError::Interrupted => say!(lang, "Le programme s'arrête.", "The program is ending."),
    }
}

/// What a change of the key came to, and what is left to do.
#[must_use]
pub fn rotated(lang: Lang, rotated: &Rotated) -> String {
    let tokens = match lang {
        Lang::Fr => lang.count(rotated.remotes.len(), "jeton chiffré", "jetons chiffrés"),
        Lang::En => lang.count(rotated.remotes.len(), "token", "tokens"),
    };
    match &rotated.file {
        Some(path) => {
            let path = path.display();
            say!(
                lang,
                "{tokens} avec une nouvelle clé, dans {path}. Sauvegardez ce fichier. Les sessions ouvertes sont closes.",
                "{tokens} encrypted with a new key, in {path}. Back this file up. Open sessions are closed."
            )
        }
        None => say!(
            lang,
            "{tokens} avec la clé de CRM_SYNC_SECRET_KEY. Retirez maintenant CRM_SYNC_PREVIOUS_SECRET_KEY, et l'ancien fichier secret.key s'il y en a un.",
            "{tokens} encrypted with the key in CRM_SYNC_SECRET_KEY. Now remove CRM_SYNC_PREVIOUS_SECRET_KEY, and the old file secret.key if there is one."
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_does_not_open_is_told_with_the_remedy() {
        let told = secrets_failure(Lang::Fr, &SecretsError::OtherKey { remote: "airtable".into() });
        assert!(told.starts_with("Le jeton Airtable") && told.contains("CRM_SYNC_SECRET_KEY"), "{told}");
    }

    #[test]
    fn a_rotation_says_what_is_left_to_do() {
        let file = Rotated { remotes: vec!["airtable".into()], file: Some("data/secret.key".into()) };
        assert!(rotated(Lang::En, &file).starts_with("1 token encrypted with a new key, in data/secret.key"));
        let environment = Rotated { remotes: Vec::new(), file: None };
        assert!(rotated(Lang::Fr, &environment).contains("Retirez maintenant CRM_SYNC_PREVIOUS_SECRET_KEY"));
    }
}
