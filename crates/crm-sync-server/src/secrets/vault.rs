//! Where each remote's token comes from, and the only way in and out of the database for one.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use secrecy::{ExposeSecret as _, SecretString};
use tokio::task::spawn_blocking;

use super::error::SecretsError;
use super::key::{DerivedKey, Purpose};
use super::key_file::KeyFile;
use super::keyring::KeySource;
use super::resealing;
use super::sealed::{Held, can_be_token};
use crate::logs;
use crate::settings::Settings;
use crate::store::{DieselStore, TokenEdit, Tokens};

/// Keeps the remotes' tokens.
///
/// The database is asked each time, and so are the keys: another replica may have stored a token, the CRM may have
/// written one in clear, `rotate-key` may have changed the key.
#[derive(Debug, Clone)]
pub struct Vault {
    store: Arc<DieselStore>,
    keys: KeySource,
    environment: BTreeMap<&'static str, SecretString>,
}

/// What there is of a remote's token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::Display)]
#[strum(serialize_all = "snake_case")]
pub enum TokenState {
    /// None.
    Absent,
    /// The environment's, which wins over a stored one.
    Environment,
    /// A stored one that opens.
    Stored,
    /// A stored one that was sealed with a key that is not at hand.
    OtherKey,
    /// A stored one that was changed since it was sealed.
    Damaged,
}

/// What was done with the tokens in clear that a database held.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Adopted {
    /// Whose tokens were sealed.
    pub remotes: Vec<String>,
    /// Whether nothing of the clear text is left in the database's files; if not, the next start tries again.
    pub is_wiped: bool,
}

/// What a change of the key came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rotated {
    /// Whose tokens are sealed with the new key now.
    pub remotes: Vec<String>,
    /// Where the new key is, if it is in a file.
    pub file: Option<PathBuf>,
}

impl Vault {
    /// The vault of these settings, on this store.
    #[must_use]
    pub fn new(settings: &Settings, store: Arc<DieselStore>) -> Self {
        let remotes = [(crate::app::AIRTABLE, &settings.airtable), (crate::app::NOTION, &settings.notion)];
        let tokens = remotes.into_iter().filter_map(|(name, remote)| Some((name, remote.token.clone()?)));
        Self {
            store,
            keys: KeySource {
                environment: settings.secret_key.clone(),
                previous: settings.previous_secret_key.clone(),
                file: KeyFile::of(&settings.data),
            },
            environment: tokens.collect(),
        }
    }

    /// The token of a remote: the environment's, else the stored one.
    pub async fn token_of(&self, remote: &str) -> Result<Option<SecretString>, SecretsError> {
        if let Some(token) = self.environment.get(remote) {
            return Ok(Some(token.clone()));
        }
        let token = match self.stored(remote).await {
            // The key was changed between the two looks, at the database and at the keys.
            Err(SecretsError::OtherKey { .. }) => self.stored(remote).await,
            looked => looked,
        }?;
        token.iter().cloned().for_each(logs::hide);
        Ok(token)
    }

    /// Where the token of a remote comes from, and whether it can be used.
    pub async fn state_of(&self, remote: &str) -> Result<TokenState, SecretsError> {
        if self.environment.contains_key(remote) {
            return Ok(TokenState::Environment);
        }
        match self.token_of(remote).await {
            Ok(None) => Ok(TokenState::Absent),
            Ok(Some(_)) => Ok(TokenState::Stored),
            Err(SecretsError::OtherKey { .. }) => Ok(TokenState::OtherKey),
            Err(SecretsError::Damaged { .. }) => Ok(TokenState::Damaged),
            Err(other) => Err(other),
        }
    }

    /// Stores a token, sealed, in the place of the one before.
    pub async fn store(&self, remote: &str, token: &SecretString) -> Result<(), SecretsError> {
        logs::hide(token.clone());
        if !can_be_token(token.expose_secret()) {
            return Err(SecretsError::NoToken { remote: remote.to_owned() });
        }
        let (keys, remote, token) = (self.keys.clone(), remote.to_owned(), token.clone());
        let seal = move |_: &Tokens| {
            let sealed = keys.load_or_make()?.seal(&remote, &token)?;
            Ok((vec![TokenEdit::new(&remote, Some(sealed.to_string()))], ()))
        };
        self.store.edit_tokens(seal).await?
    }

    /// Forgets the stored token of a remote.
    pub async fn forget(&self, remote: &str) -> Result<(), SecretsError> {
        let edit = TokenEdit::new(remote, None);
        self.store.edit_tokens(move |_| Ok((vec![edit.clone()], ()))).await?
    }

    /// Seals the tokens that are in clear, and wipes the clear text from the database's files.
    pub async fn adopt(&self) -> Result<Adopted, SecretsError> {
        let mut remotes = Vec::new();
        if resealing::has_clear(&self.store.tokens().await?) {
            let keys = self.keys.clone();
            remotes = self.store.edit_tokens(move |tokens| resealing::seal_clear(&keys, tokens)).await??;
        }
        Ok(Adopted { remotes, is_wiped: self.store.wipe_tokens().await? })
    }

    /// Changes the key: all stored tokens are sealed anew, in one transaction, or none is.
    ///
    /// The key of the environment is taken as the new one; what earlier keys sealed is opened with the environment's
    /// previous key or the file's. Without a key in the environment a new one is made, and takes the file's place.
    /// Cut off in the middle, it is finished by being called again; until then both keys open.
    pub async fn rotate(&self) -> Result<Rotated, SecretsError> {
        let is_file = self.keys.environment.is_none();
        let keys = self.keys.clone();
        if is_file {
            let file = keys.file.clone();
            blocking(move || {
                file.make()?;
                file.make_next()
            })
            .await?;
        }
        let remotes = self.store.edit_tokens(move |tokens| resealing::seal_all(&keys, tokens)).await??;
        self.store.wipe_tokens().await?;
        if !is_file {
            return Ok(Rotated { remotes, file: None });
        }
        let file = self.keys.file.clone();
        let path = file.path();
        blocking(move || file.go_over()).await?;
        Ok(Rotated { remotes, file: Some(path) })
    }

    /// Puts the stored tokens back as a CRM that does not encrypt keeps them: the way back.
    pub async fn bare(&self) -> Result<(), SecretsError> {
        let keys = self.keys.clone();
        self.store.edit_tokens(move |tokens| Ok((resealing::open_all(&keys, tokens)?, ()))).await?
    }

    /// Forgets all stored tokens.
    pub async fn forget_all(&self) -> Result<(), SecretsError> {
        let forget = |tokens: &Tokens| -> Result<_, SecretsError> {
            Ok((tokens.keys().map(|remote| TokenEdit::new(remote, None)).collect(), ()))
        };
        self.store.edit_tokens(forget).await??;
        self.store.wipe_tokens().await?;
        Ok(())
    }

    /// A key for another use than tokens: the same in every replica that has the same key.
    pub async fn derive(&self, purpose: Purpose) -> Result<DerivedKey, SecretsError> {
        let keys = self.keys.clone();
        blocking(move || Ok(keys.load_or_make()?.current().derive(purpose))).await
    }

    async fn stored(&self, remote: &str) -> Result<Option<SecretString>, SecretsError> {
        let Some(text) = self.store.token(remote).await? else { return Ok(None) };
        match Held::of(Some(&text)) {
            Held::Nothing => Ok(None),
            Held::Clear => {
                // The CRM's own page wrote it since the start.
                self.adopt().await?;
                Ok(Some(SecretString::from(text.trim())))
            }
            Held::Damaged => Err(SecretsError::Damaged { remote: remote.to_owned() }),
            Held::Sealed(sealed) => {
                let (keys, remote) = (self.keys.clone(), remote.to_owned());
                blocking(move || match keys.load()? {
                    Some(keyring) => keyring.open(&remote, &sealed).map(Some),
                    None => Err(SecretsError::OtherKey { remote }),
                })
                .await
            }
        }
    }
}

/// Files are read and written away from the threads that must not wait.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, SecretsError> + Send + 'static,
) -> Result<T, SecretsError> {
    spawn_blocking(work).await.map_err(|_| SecretsError::Interrupted)?
}
