//! The remotes: one provider for each, kept as long as its token stays the same.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use connector_airtable::AirtableProvider;
use connector_core::provider::Provider;
use connector_http::Meter;
use connector_notion::NotionProvider;
use secrecy::{ExposeSecret as _, SecretString};

use crate::app::{AIRTABLE, NOTION};
use crate::failure::Failure;
use crate::settings::Settings;

/// Opens remotes, and keeps them: the pace that a token allows, and what was learnt of a remote, are a provider's.
#[derive(Debug)]
pub struct Providers {
    airtable: String,
    notion: String,
    kept: Mutex<HashMap<String, Kept>>,
    /// What each remote was asked, for the providers of every token; what is counted is not counted again.
    meters: Mutex<Vec<Metered>>,
}

#[derive(Debug)]
struct Kept {
    token: SecretString,
    provider: Arc<dyn Provider>,
}

#[derive(Debug)]
struct Metered {
    remote: String,
    meter: Arc<Meter>,
    counted: u64,
}

impl Providers {
    /// The remotes at the addresses that the settings give.
    #[must_use]
    pub fn new(settings: &Settings) -> Self {
        Self {
            airtable: settings.airtable.endpoint.clone(),
            notion: settings.notion.endpoint.clone(),
            kept: Mutex::default(),
            meters: Mutex::default(),
        }
    }

    /// The remote of this name with this token: the provider of before if the token is the same. Calls nobody.
    pub fn of(&self, remote: &str, token: &SecretString) -> Result<Arc<dyn Provider>, Failure> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let known = kept.get(remote).filter(|kept| kept.token.expose_secret() == token.expose_secret());
        if let Some(known) = known {
            return Ok(Arc::clone(&known.provider));
        }
        let provider = self.open(remote, token)?;
        let opened = Kept { token: token.clone(), provider: Arc::clone(&provider) };
        kept.insert(remote.to_owned(), opened);
        Ok(provider)
    }

    /// The remote of this name with a token that need not be kept. Calls nobody.
    pub fn open(&self, remote: &str, token: &SecretString) -> Result<Arc<dyn Provider>, Failure> {
        let (provider, meter): (Arc<dyn Provider>, _) = match remote {
            AIRTABLE => {
                let provider = AirtableProvider::new(&self.airtable, token)?;
                let meter = provider.meter();
                (Arc::new(provider), meter)
            }
            NOTION => {
                let provider = NotionProvider::new(&self.notion, token)?;
                let meter = provider.meter();
                (Arc::new(provider), meter)
            }
            _ => return Err(Failure::NotYet { remote: remote.to_owned() }),
        };
        self.meters().push(Metered { remote: remote.to_owned(), meter, counted: 0 });
        Ok(provider)
    }

    /// How many requests each remote got since this was asked last.
    pub fn uncounted(&self) -> HashMap<String, u64> {
        let mut found = HashMap::new();
        self.meters().retain_mut(|metered| {
            let attempts = metered.meter.attempts();
            let more = attempts.saturating_sub(metered.counted);
            metered.counted = attempts;
            if more > 0 {
                *found.entry(metered.remote.clone()).or_insert(0) += more;
            }
            // Nobody else holds it: its provider is gone.
            Arc::strong_count(&metered.meter) > 1
        });
        found
    }

    fn meters(&self) -> MutexGuard<'_, Vec<Metered>> {
        self.meters.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_provider_is_kept_as_long_as_its_token_stays() {
        let providers = Providers::new(&Settings::default());
        for remote in [AIRTABLE, NOTION] {
            let open = |token: &str| providers.of(remote, &token.into()).unwrap();
            let (first, same, other) = (open("one"), open("one"), open("another"));
            assert_eq!(first.name(), remote);
            assert!(Arc::ptr_eq(&first, &same) && !Arc::ptr_eq(&first, &other));
        }
        assert!(matches!(providers.of("trello", &"one".into()), Err(Failure::NotYet { .. })));
    }
}
