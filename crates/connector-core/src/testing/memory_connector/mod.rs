//! A remote in memory that keeps the whole contract of a connector, and lets a person work in it by the side door.

mod cell;
mod person;
mod settings;
mod table;

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard};

use async_trait::async_trait;
use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use futures::StreamExt;
use futures::stream::{self, BoxStream};

use self::table::{Slice, Table};
use super::lock::locked;
use crate::clock::Clock;
use crate::connector::{
    Capabilities, Change, Cursor, DealConnector, Listing, Outcome, Page, Presence, RemoteDeal, Scope, Usage,
};
use crate::error::{Error, ErrorKind, Result};
use crate::id::{FieldId, RemoteId};
use crate::schema::{Field, Schema};

pub use self::settings::{Counters, MemorySettings};

/// One container in memory, with a clock of its own. Clones are handles on the same container.
///
/// It is strict: it refuses unknown fields, values of another kind, options that do not exist, fields that cannot be
/// written, and batches larger than it said. Ids are given in order: `rec0001`, `fld0001`, `opt0001`.
///
/// Besides the port there is a person's side door: [`insert`](Self::insert), [`edit`](Self::edit),
/// [`delete`](Self::delete), [`rename_field`](Self::rename_field) and their like. A person's doings cost no calls.
#[derive(Debug, Clone)]
pub struct MemoryConnector {
    shared: Arc<Shared>,
    create_options: bool,
}

#[derive(Debug)]
struct Shared {
    settings: MemorySettings,
    clock: Arc<dyn Clock>,
    inner: Mutex<Inner>,
}

#[derive(Debug, Clone)]
struct Inner {
    table: Table,
    counters: Counters,
    calls: u64,
}

impl MemoryConnector {
    /// An empty container with these fields.
    #[must_use]
    pub fn new(settings: MemorySettings, schema: Schema, clock: Arc<dyn Clock>) -> Self {
        let table = Table::new(settings, schema);
        let inner = Mutex::new(Inner { table, counters: Counters::default(), calls: 0 });
        let create_options = settings.create_options;
        Self { shared: Arc::new(Shared { settings, clock, inner }), create_options }
    }

    /// Another handle on the same container, through which writing an unknown option makes it, or does not.
    #[must_use]
    pub fn creating_options(&self, create_options: bool) -> Self {
        Self { create_options, ..self.clone() }
    }

    /// A container of its own that holds the same and goes on by `clock`.
    #[must_use]
    pub fn fork(&self, clock: Arc<dyn Clock>) -> Self {
        let (settings, inner) = (self.shared.settings, Mutex::new(self.lock().clone()));
        Self { shared: Arc::new(Shared { settings, clock, inner }), create_options: self.create_options }
    }

    /// What was asked of it so far, by kind of call.
    #[must_use]
    pub fn counters(&self) -> Counters {
        self.lock().counters
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        locked(&self.shared.inner)
    }

    fn now(&self) -> DateTime<Utc> {
        self.shared.clock.now()
    }

    /// How many requests it takes to ask about this many deals.
    fn requests(&self, deals: usize) -> u64 {
        let requests = deals.div_ceil(self.shared.settings.capabilities.read_batch.get());
        u64::try_from(requests).unwrap_or(u64::MAX)
    }
}

#[async_trait]
impl DealConnector for MemoryConnector {
    fn remote(&self) -> &'static str {
        self.shared.settings.remote
    }

    fn capabilities(&self) -> Capabilities {
        self.shared.settings.capabilities
    }

    fn usage(&self) -> Usage {
        Usage { calls: self.lock().calls, waited_ms: 0 }
    }

    async fn schema(&self) -> Result<Schema> {
        let mut inner = self.lock();
        inner.calls += 1;
        inner.counters.schema += 1;
        Ok(inner.table.schema().clone())
    }

    fn list(&self, listing: Listing) -> BoxStream<'static, Result<Page>> {
        let reader = Reader { connector: self.clone(), listing, from: 0, given: 0, began: None };
        stream::unfold(Some(reader), |reader| async {
            let mut reader = reader?;
            Some(match reader.page() {
                Ok(page) if reader.began.is_none() => (Ok(page), None),
                Ok(page) => (Ok(page), Some(reader)),
                Err(error) => (Err(error), None),
            })
        })
        .boxed()
    }

    async fn read(&self, ids: &[RemoteId], fields: &[FieldId]) -> Result<Vec<Presence>> {
        let mut inner = self.lock();
        let requests = self.requests(ids.len());
        inner.calls += requests;
        inner.counters.read += requests;
        inner.table.require(fields, "reading deals")?;
        Ok(ids.iter().map(|id| inner.table.presence(id, fields)).collect())
    }

    async fn find(&self, field: &FieldId, keys: &[String], fields: &[FieldId]) -> Result<Vec<RemoteDeal>> {
        let now = self.now();
        let mut inner = self.lock();
        let requests = self.requests(keys.len());
        inner.calls += requests;
        inner.counters.find += requests;
        inner.table.require(std::slice::from_ref(field), "finding deals")?;
        inner.table.require(fields, "finding deals")?;
        Ok(inner.table.find(field, keys, fields, now))
    }

    async fn write(&self, changes: Vec<Change>) -> Vec<Outcome> {
        let now = self.now();
        let most = self.shared.settings.capabilities.batch.get();
        let mut inner = self.lock();
        inner.calls += 1;
        inner.counters.writes += 1;
        if changes.len() > most {
            let refusal = || self.refusal(format!("more than {most} changes at once"));
            return changes.iter().map(|_| Outcome::Refused(refusal())).collect();
        }
        let mut met = HashSet::new();
        let mut outcomes = Vec::with_capacity(changes.len());
        for change in changes {
            let twice = match &change {
                Change::Create { .. } => false,
                Change::Update { id, .. } | Change::Delete { id } | Change::Restore { id } => {
                    !met.insert(id.clone())
                }
            };
            let done = if twice {
                Err(self.refusal("one deal twice in one call"))
            } else {
                inner.table.apply(change, self.create_options, now)
            };
            outcomes.push(match done {
                Ok((deal, adopted)) => {
                    inner.counters.written += 1;
                    Outcome::Applied { deal, adopted }
                }
                Err(error) => Outcome::Refused(error),
            });
        }
        outcomes
    }

    async fn create_key_field(&self, name: &str) -> Result<Field> {
        let mut inner = self.lock();
        inner.calls += 1;
        inner.table.create_key_field(name)
    }
}

impl MemoryConnector {
    fn refusal(&self, detail: impl Into<String>) -> Error {
        Error::new(ErrorKind::Rejected, self.remote(), "writing deals").with_detail(detail)
    }
}

/// A listing that is under way.
struct Reader {
    connector: MemoryConnector,
    listing: Listing,
    /// The first row that is still to be looked at.
    from: usize,
    given: usize,
    /// Where the feed stood when the listing began; `None` before the first page and after the last.
    began: Option<u64>,
}

impl Reader {
    fn page(&mut self) -> Result<Page> {
        let Capabilities { page, feed, .. } = self.connector.shared.settings.capabilities;
        let now = self.connector.now();
        let mut inner = self.connector.lock();
        inner.calls += 1;
        inner.counters.list_pages += 1;
        inner.table.require(&self.listing.fields, "listing deals")?;
        let since = match &self.listing.scope {
            Scope::Everything => None,
            Scope::Since(cursor) => Some(inner.table.position(cursor)?),
        };
        let began = self.began.unwrap_or_else(|| inner.table.version());
        let left = self.listing.limit.map_or(usize::MAX, |limit| limit - self.given);
        let slice =
            Slice { from: self.from, most: page.get().min(left), since, fields: &self.listing.fields };
        let rows = inner.table.slice(&slice, now);
        self.given += rows.deals.len();
        let next = rows.next.filter(|_| self.listing.limit.is_none_or(|limit| self.given < limit));
        self.from = next.unwrap_or_default();
        self.began = next.map(|_| began);
        Ok(Page {
            deals: rows.deals,
            gone: rows.gone,
            clock: now.duration_trunc(TimeDelta::seconds(1)).ok(),
            cursor: (feed.is_some() && next.is_none()).then(|| Cursor(began.to_string())),
        })
    }
}
