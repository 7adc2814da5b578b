//! Notion with one token: its databases, their data sources, and the pace that all connectors share.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use connector_core::connector::DealConnector;
use connector_core::id::BaseId;
use connector_core::provider::{Base, ConnectorSettings, Container, Identity, Place, Provider};
use connector_core::{Error, ErrorKind, Result};
use connector_http::header::HeaderName;
use connector_http::{Failure, Http, HttpSettings, Limiter, Meter, Policy, Timeouts, paged};
use futures::TryStreamExt;
use secrecy::SecretString;

use crate::address;
use crate::api::Api;
use crate::body::Bodies;
use crate::connector::NotionConnector;
use crate::directory::Directory;
use crate::failure::{About, Notion, REMOTE, into_error, kind};
use crate::source::Source;
use crate::version::Version;
use crate::wire;

/// Notion's own address.
pub const ENDPOINT: &str = "https://api.notion.com";

/// Notion as one token sees it.
///
/// Connectors of one provider share its connections, Notion's pace of 180 requests a minute for the token, what is known
/// of the workspace's people, and the bodies of pages that were read: keep one as long as the program runs.
#[derive(Debug)]
pub struct NotionProvider {
    api: Api,
    meter: Arc<Meter>,
    directory: Arc<Directory>,
    bodies: Arc<Bodies>,
    in_flight: NonZeroUsize,
}

/// How fast and how patient to be, and in which version to speak. The default is what Notion asks for.
#[derive(Debug, Clone)]
pub struct Tuning {
    /// Requests in a window, for the token: 600 in a Business or Enterprise workspace.
    pub requests: usize,
    /// How long a window is.
    pub window: Duration,
    /// When to send again.
    pub policy: Policy,
    /// How long to wait for an answer.
    pub timeouts: Timeouts,
    /// The version of the API, for remotes that play an older Notion. Versions are never mixed.
    pub version: Version,
}

impl Default for Tuning {
    /// 180 requests in a minute; a Notion that is down is asked again after a second, then more and more rarely.
    fn default() -> Self {
        Self {
            requests: 180,
            window: Duration::from_mins(1),
            policy: Policy {
                backoff: Duration::from_secs(1),
                longest_backoff: Duration::from_mins(1),
                ..Policy::default()
            },
            timeouts: Timeouts::default(),
            version: Version::default(),
        }
    }
}

impl Tuning {
    /// How many requests must be under way at once to use the pace up while each takes a second and a half.
    fn in_flight(&self) -> NonZeroUsize {
        const LATENCY_MILLIS: u128 = 1_500;
        const MOST: usize = 32;
        let requests = u128::try_from(self.requests).unwrap_or(u128::MAX);
        let busy = requests.saturating_mul(LATENCY_MILLIS).div_ceil(self.window.as_millis().max(1));
        let busy = usize::try_from(busy).unwrap_or(MOST).clamp(1, MOST);
        NonZeroUsize::new(busy).unwrap_or(NonZeroUsize::MIN)
    }
}

impl NotionProvider {
    /// Notion at `endpoint`, which is [`ENDPOINT`] or a sandbox's address, without the version. Calls nobody.
    ///
    /// # Errors
    /// [`ErrorKind::Settings`] if the address or the token cannot be one.
    pub fn new(endpoint: &str, token: &SecretString) -> Result<Self> {
        Self::tuned(endpoint, token, Tuning::default())
    }

    /// [`new`](Self::new) at another pace or in another version, for a sandbox that has one.
    pub fn tuned(endpoint: &str, token: &SecretString, tuning: Tuning) -> Result<Self> {
        let in_flight = tuning.in_flight();
        let Tuning { requests, window, policy, timeouts, version } = tuning;
        let headers = [(HeaderName::from_static("notion-version"), version.header())];
        let http = Http::new(HttpSettings {
            endpoint,
            token,
            headers: &headers,
            dialect: &Notion,
            policy,
            timeouts,
        })?;
        let meter = Arc::new(Meter::default());
        let http = http.paced_by(Limiter::new(requests, window)).metered_by(Arc::clone(&meter));
        let api = Api { http, version };
        let directory = Arc::new(Directory::new(api.clone()));
        Ok(Self { api, meter, directory, bodies: Arc::default(), in_flight })
    }

    /// What the calls with this token cost so far.
    #[must_use]
    pub fn meter(&self) -> Arc<Meter> {
        Arc::clone(&self.meter)
    }
}

#[async_trait]
impl Provider for NotionProvider {
    fn name(&self) -> &'static str {
        REMOTE
    }

    fn locate(&self, text: &str) -> Option<Place> {
        // A database and a data source look alike.
        Some(Place { base: address::id(text)?.into(), container: None })
    }

    async fn identity(&self) -> Result<Identity> {
        let failed = |failure| into_error(failure, About::Container, "asking whose token it is");
        let wire::User { id, name, bot, .. } = self.api.me().await.map_err(failed)?.body;
        let workspace = bot.and_then(|bot| bot.workspace_name);
        let names: Vec<String> = [name, workspace].into_iter().flatten().collect();
        let label = (!names.is_empty()).then(|| names.join(" – "));
        Ok(Identity { id, label, scopes: None })
    }

    async fn bases(&self) -> Result<Vec<Base>> {
        let turn = |(), cursor: Option<String>| async move {
            let list = self.api.search(cursor.as_deref()).await?.body;
            Ok::<_, Failure>((list.results, (), list.next_cursor.filter(|_| list.has_more)))
        };
        let pages = paged::pages((), turn, |()| Failure::endless());
        let failed = |failure| into_error(failure, About::Container, "listing databases");
        let pages: Vec<Vec<wire::Container>> = pages.try_collect().await.map_err(failed)?;
        let mut names: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for source in pages.into_iter().flatten().filter(|source| !source.is_trashed()) {
            let name = source.name();
            let database = source.parent.and_then(|parent| parent.database_id).unwrap_or(source.id);
            names.entry(database).or_default().push(name);
        }
        let base = |(id, mut names): (String, Vec<String>)| {
            names.sort();
            Base { id: id.into(), name: names.join(", "), writable: None }
        };
        Ok(names.into_iter().map(base).collect())
    }

    async fn containers(&self, base: &BaseId) -> Result<Vec<Container>> {
        let failed = |failure| into_error(failure, About::Container, "listing data sources");
        let id = parse(base.as_str())?;
        let container = |id: String, base: &str, name| {
            let base = address::id(base).map_or_else(|| base.into(), BaseId::from);
            Container { id: id.into(), base, name, views: Vec::new() }
        };
        let database = match self.api.database(&id).await {
            Ok(answer) => answer.body,
            Err(failure) if is_missing(&failure) => {
                // It may be a data source itself.
                let answer = match self.api.data_source(&id).await {
                    Ok(answer) => answer,
                    Err(other) if is_missing(&other) => return Err(failed(failure)),
                    Err(other) => return Err(failed(other)),
                };
                let (source, name) = (answer.body.id.clone(), answer.body.name());
                let database = answer.body.parent.and_then(|parent| parent.database_id);
                return Ok(vec![container(source, database.as_deref().unwrap_or(&id), name)]);
            }
            Err(failure) => return Err(failed(failure)),
        };
        if database.is_trashed() {
            return Err(Error::new(ErrorKind::ContainerMissing, REMOTE, "listing data sources")
                .with_detail(format!("“{}” is in Notion's trash; restore it there", database.name())));
        }
        if !self.api.version.has_data_sources() {
            let name = database.name();
            return Ok(vec![container(database.id, &id, name)]);
        }
        let sources = database.data_sources.into_iter();
        Ok(sources.map(|source| container(source.id, &id, source.name)).collect())
    }

    fn connect(&self, settings: ConnectorSettings) -> Result<Arc<dyn DealConnector>> {
        let ConnectorSettings { base, container, create_options } = settings;
        let chosen = if container.as_str().trim().is_empty() { base.as_str() } else { container.as_str() };
        let meter = Arc::new(Meter::default());
        let api = Api { http: self.api.http.metered_by(Arc::clone(&meter)), ..self.api };
        let source = Source::new(
            api,
            Arc::clone(&self.directory),
            Arc::clone(&self.bodies),
            parse(chosen)?,
            create_options,
        );
        Ok(Arc::new(NotionConnector::new(source, meter, self.in_flight)))
    }
}

fn is_missing(failure: &Failure) -> bool {
    kind(failure, About::Container) == ErrorKind::ContainerMissing
}

/// The id in what a person pasted.
fn parse(text: &str) -> Result<String> {
    address::id(text).ok_or_else(|| {
        Error::new(ErrorKind::Settings, REMOTE, "opening a database")
            .with_detail(format!("“{text}” is neither the id nor the address of a Notion database"))
    })
}
