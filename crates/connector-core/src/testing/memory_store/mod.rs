//! A store in memory that keeps the whole contract, and lets a person work in its CRM by the side door.

mod books;
mod deals;
mod person;

use std::sync::{Arc, Mutex, MutexGuard};

use async_trait::async_trait;
use chrono::TimeDelta;

use self::books::Books;
use self::deals::{Deals, Derive};
use super::EditClock;
use super::lock::locked;
use crate::clock::Clock;
use crate::id::{ConnectionId, DealId, PlanId, RunId};
use crate::plan::{Conflict, Plan};
use crate::state::{Deal, Grave, Link, State};
use crate::store::{Commit, Committed, Lease, LogEntry, RunRecord, SavedPlan, Store, StoreError};
use crate::unit::Units;
use crate::value::Value;

pub use self::person::NotThere;

/// A CRM and the engine's books in memory, with a clock. Clones are handles on the same store.
///
/// It is strict: it refuses units that are not declared or derived, values of another kind, unreadable ones, text with
/// NUL, words that are no stage, and what [`Unit::check`](crate::unit::Unit::check) refuses. Deals are numbered from 1.
///
/// Besides the port there is a person's side door, which checks nothing: [`insert_deal`](Self::insert_deal),
/// [`edit_deal`](Self::edit_deal), [`delete_deal`](Self::delete_deal); and a view of the books that the port does not
/// give: [`log`](Self::log), [`runs`](Self::runs), [`open_conflicts`](Self::open_conflicts).
#[derive(Debug, Clone)]
pub struct MemoryStore {
    units: Arc<Units>,
    clock: Arc<dyn Clock>,
    inner: Arc<Mutex<Inner>>,
}

#[derive(Debug, Clone)]
struct Inner {
    deals: Deals,
    books: Books,
}

impl MemoryStore {
    /// An empty store. Its CRM dates edits exactly and computes no derived units.
    #[must_use]
    pub fn new(units: Units, clock: Arc<dyn Clock>) -> Self {
        let units = Arc::new(units);
        let inner = Inner { deals: Deals::new(Arc::clone(&units)), books: Books::default() };
        Self { units, clock, inner: Arc::new(Mutex::new(inner)) }
    }

    /// Lets the CRM compute its derived units: `derive` is given all values of a deal after each write, in the order of
    /// the units.
    #[must_use]
    pub fn deriving(self, derive: impl Fn(&Units, &mut [Value]) + Send + Sync + 'static) -> Self {
        self.lock().deals.derive = Some(Derive(Arc::new(derive)));
        self
    }

    /// Lets the CRM date its edits otherwise.
    #[must_use]
    pub fn dating(self, edit_clock: EditClock) -> Self {
        self.lock().deals.edit_clock = edit_clock;
        self
    }

    /// A store of its own that holds the same and goes on by `clock`.
    #[must_use]
    pub fn fork(&self, clock: Arc<dyn Clock>) -> Self {
        let inner = self.lock().clone();
        Self { units: Arc::clone(&self.units), clock, inner: Arc::new(Mutex::new(inner)) }
    }

    /// The log, oldest first: each line with its run.
    #[must_use]
    pub fn log(&self) -> Vec<(RunId, LogEntry)> {
        self.lock().books.log.clone()
    }

    /// The runs by id.
    #[must_use]
    pub fn runs(&self) -> Vec<RunRecord> {
        self.lock().books.runs.values().cloned().collect()
    }

    /// The links of `connection` by record.
    #[must_use]
    pub fn links(&self, connection: &ConnectionId) -> Vec<Link> {
        self.lock().books.state(connection).links
    }

    /// The conflicts of `connection` that wait for a person, by id.
    #[must_use]
    pub fn open_conflicts(&self, connection: &ConnectionId) -> Vec<Conflict> {
        self.lock().books.open_conflicts(connection)
    }

    /// The conflicts of `connection` that were decided, by id.
    #[must_use]
    pub fn decided_conflicts(&self, connection: &ConnectionId) -> Vec<Conflict> {
        self.lock().books.decided_conflicts(connection)
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        locked(&self.inner)
    }
}

#[async_trait]
impl Store for MemoryStore {
    fn units(&self) -> &Units {
        &self.units
    }

    async fn deals(&self) -> Result<Vec<Deal>, StoreError> {
        Ok(self.lock().deals.all())
    }

    async fn graves(&self, deals: &[DealId]) -> Result<Vec<Grave>, StoreError> {
        let inner = self.lock();
        Ok(deals.iter().filter_map(|id| inner.deals.grave(id)).collect())
    }

    async fn state(&self, connection: &ConnectionId) -> Result<State, StoreError> {
        Ok(self.lock().books.state(connection))
    }

    async fn acquire(
        &self,
        connection: &ConnectionId,
        run: &RunId,
        ttl: TimeDelta,
    ) -> Result<Lease, StoreError> {
        self.lock().books.acquire(connection, run, self.clock.now(), ttl)
    }

    async fn renew(&self, lease: &Lease, ttl: TimeDelta) -> Result<(), StoreError> {
        self.lock().books.renew(lease, self.clock.now() + ttl)
    }

    async fn release(&self, lease: &Lease) -> Result<(), StoreError> {
        self.lock().books.release(lease);
        Ok(())
    }

    async fn commit(&self, lease: &Lease, commit: Commit) -> Result<Vec<Committed>, StoreError> {
        let Inner { deals, books } = &mut *self.lock();
        books.commit(lease, commit, deals, self.clock.now())
    }

    async fn save_plan(&self, plan: &Plan) -> Result<(), StoreError> {
        self.lock().books.save_plan(plan);
        Ok(())
    }

    async fn plan(&self, id: &PlanId) -> Result<Option<SavedPlan>, StoreError> {
        Ok(self.lock().books.plan(id))
    }
}
