//! The port to a remote: what a connector must do, and the promises of each call.

use std::fmt;
use std::num::NonZeroUsize;

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use futures::stream::BoxStream;
use serde::{Deserialize, Serialize};

use crate::clock::Interval;
use crate::error::{Error, Result};
use crate::id::{FieldId, RemoteId};
use crate::schema::{Field, Schema};
use crate::value::Value;

/// One remote container that keeps deals: an Airtable table, a Notion data source.
///
/// A connector is bound to its container when it is built, so no call can reach another one. Required methods
/// are the least that an engine needs; conveniences live in [`DealConnectorExt`], so that a wrapper cannot
/// forget to forward one. Retrying, pacing and paging are the connector's own business.
#[async_trait]
pub trait DealConnector: fmt::Debug + Send + Sync + 'static {
    /// The remote's name: `airtable`, `notion`.
    fn remote(&self) -> &'static str;

    /// What this connector can do, known without asking the remote.
    fn capabilities(&self) -> Capabilities;

    /// What this connector has cost so far, failed attempts included; the difference of two readings is a run's.
    fn usage(&self) -> Usage;

    /// Reads the container's fields: ids, names, types, options, which ones can be written.
    ///
    /// It asks the remote each time, so it is also the check that the credentials work and the container can
    /// be read.
    async fn schema(&self) -> Result<Schema>;

    /// Streams deals page by page, in no promised order.
    ///
    /// - A stream that ends without an error was complete; after an error it ends, and nothing may be concluded
    ///   from what it did not yield.
    /// - A page may be empty and not be the last. A deal may come twice: the later one counts.
    /// - A cell that could not be read whole is [`Value::Unknown`]; an empty one may be left out.
    fn list(&self, listing: Listing) -> BoxStream<'static, Result<Page>>;

    /// Reads these deals again, in as few calls as the remote allows; one answer for each id, in order.
    ///
    /// It tells why a listing did not show a deal, and what a deal holds just before it is written.
    async fn read(&self, ids: &[RemoteId], fields: &[FieldId]) -> Result<Vec<Presence>>;

    /// Finds the deals whose `field` holds one of `keys` as text, to recognise our own stamps.
    ///
    /// The remote may show a new deal only after [`Capabilities::lookup_lag`].
    async fn find(&self, field: &FieldId, keys: &[String], fields: &[FieldId]) -> Result<Vec<RemoteDeal>>;

    /// Writes at most [`Capabilities::batch`] changes and answers one [`Outcome`] for each, in order.
    ///
    /// There is no outer `Result`: half of a batch may be done when the connection fails, and what was done
    /// must have somewhere to be told. One refused change does not keep the others from being written. Only
    /// the cells given are written.
    async fn write(&self, changes: Vec<Change>) -> Vec<Outcome>;

    /// Makes a text field for the stamps that tell which deal a record is; only on the user's request.
    async fn create_key_field(&self, name: &str) -> Result<Field>;
}

/// What a connector can do, and within which limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capabilities {
    /// The most changes that one [`DealConnector::write`] takes.
    pub batch: NonZeroUsize,
    /// How many writes may be under way at once, never two on one deal.
    pub in_flight: NonZeroUsize,
    /// The most deals that one call of [`DealConnector::read`] costs one request for.
    pub read_batch: NonZeroUsize,
    /// The most deals that one page of a listing holds.
    pub page: NonZeroUsize,
    /// Whether [`Change::Create`] with a stamp that exists already finds that deal instead of making another.
    pub create_is_idempotent: bool,
    /// How long a new deal may stay unseen by [`DealConnector::find`] and [`DealConnector::list`].
    pub lookup_lag: TimeDelta,
    /// The change feed, if there is one.
    pub feed: Option<Feed>,
    /// Whether a deleted deal can be brought back.
    pub restores: bool,
}

/// What was spent on a remote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Usage {
    /// Requests sent, each attempt counted.
    pub calls: u64,
    /// Time spent waiting for the remote's limits, in milliseconds.
    pub waited_ms: u64,
}

/// What a change feed tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Feed {
    /// Whether [`Page::gone`] names deleted deals; if not, only a complete listing shows them.
    pub reports_deletions: bool,
}

/// Where a change feed stands. Only the connector that made it can read it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Cursor(pub String);

/// Which deals to list, and what of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    /// Which deals.
    pub scope: Scope,
    /// The fields to read; no other is asked for.
    pub fields: Vec<FieldId>,
    /// The most deals to read; such a listing is a sample, not a complete one.
    pub limit: Option<usize>,
}

impl Listing {
    /// Every deal, with these fields.
    pub fn everything(fields: impl Into<Vec<FieldId>>) -> Self {
        Self { scope: Scope::Everything, fields: fields.into(), limit: None }
    }

    /// A few deals, to show what there is.
    pub fn sample(fields: impl Into<Vec<FieldId>>, limit: usize) -> Self {
        Self { scope: Scope::Everything, fields: fields.into(), limit: Some(limit) }
    }
}

/// Which deals a listing covers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// Every deal. Only such a listing can show that a deal is gone.
    Everything,
    /// The change feed: what was edited since the cursor was given, and possibly a little before.
    Since(Cursor),
}

/// One page of a listing.
#[derive(Debug, Clone, Default)]
pub struct Page {
    /// The deals on it.
    pub deals: Vec<RemoteDeal>,
    /// Deals that the feed reports as deleted.
    pub gone: Vec<RemoteId>,
    /// The remote's clock when it answered, in whole seconds, if it told it.
    pub clock: Option<DateTime<Utc>>,
    /// On the last page: where the feed stands, for the next [`Scope::Since`].
    pub cursor: Option<Cursor>,
}

impl Page {
    /// Whether it is the last page of a listing of everything, as far as one page tells: where the change feed stands
    /// is told on the last one only; without a feed, a page that is not full is the last.
    #[must_use]
    pub fn is_last(&self, capabilities: &Capabilities) -> bool {
        match capabilities.feed {
            Some(_) => self.cursor.is_some(),
            None => self.deals.len() < capabilities.page.get(),
        }
    }
}

/// A deal as the remote has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoteDeal {
    /// Its id there.
    pub id: RemoteId,
    /// The cells that were asked for and are not empty.
    pub cells: Vec<(FieldId, Value)>,
    /// When it was last edited, in the remote's clock and as finely as the remote says, if it does.
    pub edited: Option<Interval>,
    /// When it was made, in the remote's clock, if the remote says.
    pub created: Option<DateTime<Utc>>,
    /// Where a person can look at it.
    pub url: Option<String>,
}

impl RemoteDeal {
    /// What `field` holds; what was not given is empty.
    #[must_use]
    pub fn cell(&self, field: &FieldId) -> &Value {
        self.cells.iter().find(|(id, _)| id == field).map_or(&Value::Empty, |(_, value)| value)
    }
}

/// Where one deal stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Presence {
    /// In the container.
    Live(RemoteDeal),
    /// In the remote's trash; it can be restored.
    Trashed(RemoteDeal),
    /// Still there, but moved to another container or out of scope.
    Elsewhere,
    /// Certainly deleted: the container is readable and does not have it.
    Deleted,
    /// Not found: deleted or no longer shared with us, one cannot tell.
    Vanished,
}

/// One thing to write. A cell set to [`Value::Empty`] is cleared; a cell not given is not touched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A new deal.
    Create {
        /// The field and the text that tell which deal it is, if the container has such a field.
        stamp: Option<Stamp>,
        /// Its cells.
        cells: Vec<(FieldId, Value)>,
    },
    /// New contents of some cells.
    Update {
        /// Which deal.
        id: RemoteId,
        /// The cells to write.
        cells: Vec<(FieldId, Value)>,
    },
    /// The end of a deal, in the remote's trash where it has one.
    Delete {
        /// Which deal.
        id: RemoteId,
    },
    /// A deal taken back from the trash.
    Restore {
        /// Which deal.
        id: RemoteId,
    },
}

/// What tells which deal a record is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    /// The field that holds it.
    pub field: FieldId,
    /// The deal's id.
    pub key: String,
}

/// What became of one [`Change`].
#[derive(Debug)]
#[must_use]
pub enum Outcome {
    /// The remote holds the change.
    Applied {
        /// The deal as it now stands there; only its id when it was deleted.
        deal: RemoteDeal,
        /// A create found a deal with its stamp already there and wrote into that one.
        adopted: bool,
    },
    /// The remote certainly does not hold it.
    Refused(Error),
    /// No answer came: it may or may not hold it. Look before writing again.
    Unknown(Error),
}

/// Conveniences over every [`DealConnector`].
#[async_trait]
pub trait DealConnectorExt: DealConnector {
    /// [`DealConnector::write`], cut into batches, one after the other.
    async fn write_all(&self, mut changes: Vec<Change>) -> Vec<Outcome> {
        let batch = self.capabilities().batch.get();
        let mut outcomes = Vec::with_capacity(changes.len());
        while !changes.is_empty() {
            let rest = changes.split_off(changes.len().min(batch));
            outcomes.extend(self.write(std::mem::replace(&mut changes, rest)).await);
        }
        outcomes
    }
}

impl<C: DealConnector + ?Sized> DealConnectorExt for C {}
