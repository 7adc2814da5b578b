//! Airtable with one token: its bases, their tables, and the pace that all connectors share.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use connector_core::connector::DealConnector;
use connector_core::id::BaseId;
use connector_core::provider::{self, ConnectorSettings, Container, Identity, Place, Provider};
use connector_core::{Error, ErrorKind, Result};
use connector_http::{Failure, Http, HttpSettings, Limiter, Meter, Policy, Timeouts};
use futures::TryStreamExt;
use secrecy::SecretString;

use crate::address;
use crate::api::{BaseApi, TokenApi};
use crate::base::Base;
use crate::connector::AirtableConnector;
use crate::failure::{Airtable, REMOTE, into_error};
use crate::table::Table;

/// Airtable's own address.
pub const ENDPOINT: &str = "https://api.airtable.com";

/// Airtable as one token sees it.
///
/// Connectors of one provider share its connections, Airtable's pace of 5 requests a second for each base and 50
/// for the token, and what is known of each base's tables.
#[derive(Debug)]
pub struct AirtableProvider {
    api: TokenApi,
    meter: Arc<Meter>,
    bases: Mutex<HashMap<BaseId, Arc<Base>>>,
    requests_per_base: usize,
}

/// How fast and how patient to be. The default is what Airtable asks for.
#[derive(Debug, Clone)]
pub struct Tuning {
    /// Requests a second for each base.
    pub requests_per_base: usize,
    /// Requests a second for the token.
    pub requests_per_token: usize,
    /// When to send again.
    pub policy: Policy,
    /// How long to wait for an answer.
    pub timeouts: Timeouts,
}

impl Default for Tuning {
    fn default() -> Self {
        Self {
            requests_per_base: 5,
            requests_per_token: 50,
            policy: Policy::default(),
            timeouts: Timeouts::default(),
        }
    }
}

impl AirtableProvider {
    /// Airtable at `endpoint`, which is [`ENDPOINT`] or a sandbox's address, without the version. Calls nobody.
    ///
    /// # Errors
    /// [`ErrorKind::Settings`] if the address or the token cannot be one.
    pub fn new(endpoint: &str, token: &SecretString) -> Result<Self> {
        Self::tuned(endpoint, token, Tuning::default())
    }

    /// [`new`](Self::new) at another pace, for a sandbox that has one.
    pub fn tuned(endpoint: &str, token: &SecretString, tuning: Tuning) -> Result<Self> {
        let Tuning { requests_per_base, requests_per_token, policy, timeouts } = tuning;
        let dialect = &Airtable;
        let http = Http::new(HttpSettings { endpoint, token, headers: &[], dialect, policy, timeouts })?;
        let meter = Arc::new(Meter::default());
        let http = http.paced_by(Limiter::per_second(requests_per_token)).metered_by(Arc::clone(&meter));
        Ok(Self { api: TokenApi { http }, meter, bases: Mutex::default(), requests_per_base })
    }

    /// What the calls with this token cost so far.
    #[must_use]
    pub fn meter(&self) -> Arc<Meter> {
        Arc::clone(&self.meter)
    }

    fn base(&self, id: &BaseId) -> Arc<Base> {
        let mut bases = self.bases.lock().unwrap_or_else(PoisonError::into_inner);
        let open = || Arc::new(Base::new(Limiter::per_second(self.requests_per_base)));
        Arc::clone(bases.entry(id.clone()).or_insert_with(open))
    }

    fn base_api(&self, id: &BaseId, base: &Base) -> BaseApi {
        BaseApi { http: self.api.http.paced_by(Arc::clone(&base.pace)), base: id.to_string() }
    }
}

#[async_trait]
impl Provider for AirtableProvider {
    fn name(&self) -> &'static str {
        REMOTE
    }

    fn locate(&self, text: &str) -> Option<Place> {
        address::place(text)
    }

    async fn identity(&self) -> Result<Identity> {
        let answer =
            self.api.whoami().await.map_err(|failure| into_error(failure, "asking whose token it is"))?;
        Ok(Identity { id: answer.body.id, label: answer.body.email, scopes: answer.body.scopes })
    }

    async fn bases(&self) -> Result<Vec<provider::Base>> {
        let turn = |(), offset: Option<String>| async move {
            let answer = self.api.bases(offset).await?.body;
            Ok::<_, Failure>((answer.bases, (), answer.offset))
        };
        let pages = connector_http::paged::pages((), turn, |()| Failure::endless());
        let pages: Vec<_> =
            pages.try_collect().await.map_err(|failure| into_error(failure, "listing bases"))?;
        let base = |base: crate::wire::Base| provider::Base {
            id: base.id.into(),
            name: base.name,
            writable: base.permission_level.map(|level| matches!(level.as_str(), "edit" | "create")),
        };
        Ok(pages.into_iter().flatten().map(base).collect())
    }

    async fn containers(&self, base: &BaseId) -> Result<Vec<Container>> {
        let shared = self.base(base);
        Ok(shared
            .read(&self.base_api(base, &shared))
            .await?
            .iter()
            .map(|layout| layout.container(base))
            .collect())
    }

    fn connect(&self, settings: ConnectorSettings) -> Result<Arc<dyn DealConnector>> {
        let ConnectorSettings { base, container, create_options } = settings;
        let wrong = |why: String| Error::new(ErrorKind::Settings, REMOTE, "opening a table").with_detail(why);
        if !base.as_str().starts_with("app") {
            return Err(wrong(format!("“{base}” is not the id of a base: it starts with app")));
        }
        if container.as_str().trim().is_empty() {
            return Err(wrong("no table is chosen".into()));
        }
        let shared = self.base(&base);
        let meter = Arc::new(Meter::default());
        let mut api = self.base_api(&base, &shared);
        api.http = api.http.metered_by(Arc::clone(&meter));
        Ok(Arc::new(AirtableConnector::new(Table::new(api, shared, container, create_options), meter)))
    }
}
