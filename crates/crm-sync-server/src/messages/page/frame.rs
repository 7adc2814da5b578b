//! What stands around every page, and the pages of few words: sign-in, errors.

use super::words;
use crate::messages::{Lang, Words, say};

words! {
    skip: "Aller au contenu" / "Skip to the content";
    nav: "Menu principal" / "Main menu";
    language: "Langue" / "Language";
    sign_out: "Se déconnecter" / "Sign out";
    connectors: "Connecteurs" / "Connectors";
    history: "Historique" / "History";
    conflicts: "Conflits" / "Conflicts";
    settings: "Réglages" / "Settings";
    search: "Rechercher" / "Search";
    previous: "← Précédents" / "← Previous";
    next: "Suivants →" / "Next →";
    busy_reading: "Lecture en cours…" / "Reading…";
    busy_testing: "Test en cours…" / "Testing…";
    busy_saving: "Enregistrement…" / "Saving…";
    done_saved: "Configuration sauvegardée. Si elle change ce que fait la synchronisation, la prochaine vous montre d'abord un aperçu." / "Configuration saved. If it changes what a sync does, the next one shows you a preview first.";
    done_token: "Le jeton est enregistré et fonctionne. Il ne quitte jamais ce serveur." / "The token is stored and works. It never leaves this server.";
    done_key_field: "Le champ «\u{a0}CRM ID\u{a0}» est créé et servira à reconnaître chaque deal." / "The field “CRM ID” was added and will tell which deal each record is.";
    done_cancel: "Interruption demandée\u{a0}: l'opération en cours se termine, rien d'autre ne commence." / "Stop requested: the operation under way ends, nothing else begins.";
    done_resolved: "Décision appliquée des deux côtés." / "Your decision was applied on both sides.";
    sign_in_title: "Connexion" / "Sign in";
    sign_in_lead: "Ce serveur demande une clé\u{a0}: la valeur de CRM_SYNC_API_KEY, choisie lors de son installation." / "This server asks for a key: the value of CRM_SYNC_API_KEY, chosen when it was installed.";
    sign_in_key: "Clé" / "Key";
    sign_in_action: "Se connecter" / "Sign in";
    embed_sign_in: "Connectez-vous dans l'onglet qui s'ouvre, puis rechargez cette page." / "Sign in in the tab that opens, then reload this page.";
    sign_in_wrong: "Cette clé n'est pas la bonne. Vérifiez CRM_SYNC_API_KEY." / "That is not the key. Check CRM_SYNC_API_KEY.";
    trouble_title: "Cela n'a pas fonctionné" / "That did not work";
    trouble_missing: "Page introuvable" / "Page not found";
    trouble_missing_told: "Cette adresse ne mène à rien, ou ce qu'elle montrait n'existe plus." / "This address leads nowhere, or what it showed is no longer there.";
    trouble_csrf: "Ce formulaire n'est plus valable. Revenez à la page précédente, rechargez-la, puis recommencez\u{a0}: rien n'a été modifié." / "This form is no longer valid. Go back, reload the page and try again: nothing was changed.";
    trouble_back: "Revenir aux connecteurs" / "Back to the connectors";
    trouble_id: "Référence de la demande, pour le journal du serveur\u{a0}:" / "Reference of this request, for the server's log:";
}

impl Words {
    /// The language's code, for `lang`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        self.0.code()
    }
}

impl Lang {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Fr, Self::En];

    /// Its code: `fr`, `en`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Fr => "fr",
            Self::En => "en",
        }
    }

    /// Its own name.
    #[must_use]
    pub const fn own_name(self) -> &'static str {
        match self {
            Self::Fr => "Français",
            Self::En => "English",
        }
    }
}

/// After too many wrong keys.
#[must_use]
pub fn wait_to_sign_in(lang: Lang, seconds: u64) -> String {
    say!(
        lang,
        "Trop d'essais. Réessayez dans {seconds} secondes.",
        "Too many attempts. Try again in {seconds} seconds."
    )
}
