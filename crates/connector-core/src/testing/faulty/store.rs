//! A store whose process ends at a chosen write.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use chrono::TimeDelta;

use crate::id::{ConnectionId, DealId, PlanId, RunId};
use crate::plan::Plan;
use crate::state::{Deal, Grave, State};
use crate::store::{Commit, Committed, Lease, SavedPlan, Store, StoreError};
use crate::testing::Fuse;
use crate::testing::fuse::Step;
use crate::unit::Units;

type Hook = dyn Fn(&Commit) + Send + Sync;

/// A store that ends with its process: at a chosen write, before or after it was made, and for good.
///
/// The steps of its fuse are the writes: taking and giving back leases, commits, kept plans. Renewals are none, since
/// they come by the clock.
pub struct FaultyStore<S> {
    inner: S,
    fuse: Fuse,
    hook: Option<Arc<Hook>>,
}

impl<S: Store> FaultyStore<S> {
    /// Wraps a store in a process that ends when `fuse` blows.
    #[must_use]
    pub fn new(inner: S, fuse: Fuse) -> Self {
        Self { inner, fuse, hook: None }
    }

    /// Lets people work: `hook` runs just before each commit.
    #[must_use]
    pub fn before_commit(mut self, hook: impl Fn(&Commit) + Send + Sync + 'static) -> Self {
        self.hook = Some(Arc::new(hook));
        self
    }

    /// The store inside.
    pub fn inner(&self) -> &S {
        &self.inner
    }

    /// Fails when the process has ended.
    fn alive(&self) -> Result<(), StoreError> {
        if self.fuse.is_blown() { Err(ended()) } else { Ok(()) }
    }

    /// Begins a write: an error if it is not made.
    fn begin(&self) -> Result<Step, StoreError> {
        match self.fuse.step() {
            Step::Dead => Err(ended()),
            step => Ok(step),
        }
    }
}

fn ended() -> StoreError {
    StoreError::Database("the process has ended".into())
}

/// Ends a write that was made: its answer, unless nobody is left to hear it.
fn heard<T>(step: Step, answer: T) -> Result<T, StoreError> {
    if step == Step::LastWords { Err(ended()) } else { Ok(answer) }
}

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl<S: Store> Store for FaultyStore<S> {
    fn units(&self) -> &Units {
        self.inner.units()
    }

    async fn deals(&self) -> Result<Vec<Deal>, StoreError> {
        self.alive()?;
        self.inner.deals().await
    }

    async fn graves(&self, deals: &[DealId]) -> Result<Vec<Grave>, StoreError> {
        self.alive()?;
        self.inner.graves(deals).await
    }

    async fn state(&self, connection: &ConnectionId) -> Result<State, StoreError> {
        self.alive()?;
        self.inner.state(connection).await
    }

    async fn acquire(
        &self,
        connection: &ConnectionId,
        run: &RunId,
        ttl: TimeDelta,
    ) -> Result<Lease, StoreError> {
        let step = self.begin()?;
        let lease = self.inner.acquire(connection, run, ttl).await?;
        heard(step, lease)
    }

    async fn renew(&self, lease: &Lease, ttl: TimeDelta) -> Result<(), StoreError> {
        self.alive()?;
        self.inner.renew(lease, ttl).await
    }

    async fn release(&self, lease: &Lease) -> Result<(), StoreError> {
        let step = self.begin()?;
        self.inner.release(lease).await?;
        heard(step, ())
    }

    async fn commit(&self, lease: &Lease, commit: Commit) -> Result<Vec<Committed>, StoreError> {
        self.alive()?;
        if let Some(hook) = &self.hook {
            hook(&commit);
        }
        let step = self.begin()?;
        let committed = self.inner.commit(lease, commit).await?;
        heard(step, committed)
    }

    async fn save_plan(&self, plan: &Plan) -> Result<(), StoreError> {
        let step = self.begin()?;
        self.inner.save_plan(plan).await?;
        heard(step, ())
    }

    async fn plan(&self, id: &PlanId) -> Result<Option<SavedPlan>, StoreError> {
        self.alive()?;
        self.inner.plan(id).await
    }
}

impl<S: fmt::Debug> fmt::Debug for FaultyStore<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FaultyStore")
            .field("inner", &self.inner)
            .field("fuse", &self.fuse)
            .finish_non_exhaustive()
    }
}
