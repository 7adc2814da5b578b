//! No write into a remote by a run that lost its connection.

use std::future::poll_fn;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use connector_core::clock::Clock;
use connector_core::connector::{
    Capabilities, Change, DealConnector, Listing, Outcome, Page, Presence, RemoteDeal, Usage,
};
use connector_core::engine::{Event, Watch};
use connector_core::error::{Error, ErrorKind, Result};
use connector_core::id::{ConnectionId, FieldId, RemoteId, RunId};
use connector_core::schema::{Field, Schema};
use connector_core::store::StoreError;
use futures::stream::BoxStream;

use crate::app::App;
use crate::store::DieselStore;

/// A connector whose writes wait for proof that their run still has the connection.
///
/// The database refuses what a run writes after another one took its place; a remote cannot. So each write asks the
/// database first, and looks at the clock again whenever it goes on after a wait: a program that was frozen past its
/// lease, and thaws in the middle of a write, drops it. What remains is the moment between that look and the request on
/// the wire; the intents and stamps of a run make such a request harmless, for they are looked for before anything is
/// made again.
#[derive(Debug)]
pub(super) struct Fenced {
    inner: Arc<dyn DealConnector>,
    store: Arc<DieselStore>,
    clock: Arc<dyn Clock>,
    connection: ConnectionId,
    /// The run under way.
    run: Mutex<Option<RunId>>,
}

impl Fenced {
    /// The connector `inner`, which writes only while the run that [`Lookout`] saw has the connection.
    pub(super) fn new(inner: Arc<dyn DealConnector>, app: &App, connection: &ConnectionId) -> Self {
        let (store, clock) = (app.store.clone(), app.clock.clone());
        Self { inner, store, clock, connection: connection.clone(), run: Mutex::default() }
    }

    /// Until when the run under way has the connection, if it still has.
    async fn held_until(&self) -> Result<Option<DateTime<Utc>>, StoreError> {
        let run = self.run.lock().unwrap_or_else(PoisonError::into_inner).clone();
        match run {
            Some(run) => self.store.held_until(&self.connection, &run).await,
            None => Ok(None),
        }
    }

    /// Why nothing may be written, in the connector's words.
    fn lost(&self) -> Error {
        Error::new(ErrorKind::Unavailable, self.inner.remote(), "writing deals")
            .with_detail("another run has taken over")
    }
}

#[async_trait]
#[deny(clippy::missing_trait_methods, reason = "a method that is not forwarded is lost")]
impl DealConnector for Fenced {
    fn remote(&self) -> &'static str {
        self.inner.remote()
    }

    fn capabilities(&self) -> Capabilities {
        self.inner.capabilities()
    }

    fn usage(&self) -> Usage {
        self.inner.usage()
    }

    async fn schema(&self) -> Result<Schema> {
        self.inner.schema().await
    }

    fn list(&self, listing: Listing) -> BoxStream<'static, Result<Page>> {
        self.inner.list(listing)
    }

    async fn read(&self, ids: &[RemoteId], fields: &[FieldId]) -> Result<Vec<Presence>> {
        self.inner.read(ids, fields).await
    }

    async fn find(&self, field: &FieldId, keys: &[String], fields: &[FieldId]) -> Result<Vec<RemoteDeal>> {
        self.inner.find(field, keys, fields).await
    }

    async fn write(&self, changes: Vec<Change>) -> Vec<Outcome> {
        let count = changes.len();
        let mut writing = None;
        loop {
            let until = match self.held_until().await {
                Ok(Some(until)) => until,
                // Nothing was begun, or it was dropped in the middle: then nobody knows.
                other => {
                    let outcome = if writing.is_some() { Outcome::Unknown } else { Outcome::Refused };
                    let error = |_| match &other {
                        Err(error) => self.lost().with_detail(error.to_string()),
                        Ok(_) => self.lost(),
                    };
                    return (0..count).map(error).map(outcome).collect();
                }
            };
            let writing = writing.get_or_insert_with(|| self.inner.write(changes.clone()));
            let outcomes = poll_fn(|context| {
                if self.clock.now() >= until {
                    return Poll::Ready(None);
                }
                writing.as_mut().poll(context).map(Some)
            });
            if let Some(outcomes) = outcomes.await {
                return outcomes;
            }
        }
    }

    async fn create_key_field(&self, name: &str) -> Result<Field> {
        self.inner.create_key_field(name).await
    }
}

/// Tells a connector which run is under way.
#[derive(Debug)]
pub(super) struct Lookout {
    fenced: Arc<Fenced>,
    watch: Arc<dyn Watch>,
}

impl Lookout {
    /// Tells `fenced` which run is under way, and `watch` everything.
    pub(super) fn new(fenced: Arc<Fenced>, watch: Arc<dyn Watch>) -> Self {
        Self { fenced, watch }
    }
}

impl Watch for Lookout {
    fn see(&self, event: &Event) {
        if let Event::Started { run } = event {
            *self.fenced.run.lock().unwrap_or_else(PoisonError::into_inner) = Some(run.clone());
        }
        self.watch.see(event);
    }
}
