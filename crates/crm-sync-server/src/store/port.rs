//! The engine's port.

use async_trait::async_trait;
use chrono::TimeDelta;
use connector_core::id::{ConnectionId, DealId, PlanId, RunId};
use connector_core::plan::Plan;
use connector_core::state::{Deal, Grave, State};
use connector_core::store::{Commit, Committed, Lease, SavedPlan, Store, StoreError};
use connector_core::unit::Units;

use super::{DieselStore, baselines, commit, deals, intents, leases, links, plans, troubles};

#[async_trait]
impl Store for DieselStore {
    fn units(&self) -> &Units {
        &self.units
    }

    async fn deals(&self) -> Result<Vec<Deal>, StoreError> {
        let units = self.units.clone();
        self.run(move |conn| deals::read(conn, &units)).await
    }

    async fn graves(&self, deals: &[DealId]) -> Result<Vec<Grave>, StoreError> {
        let (units, deals) = (self.units.clone(), deals.to_vec());
        self.run(move |conn| deals::graves(conn, &units, &deals)).await
    }

    async fn state(&self, connection: &ConnectionId) -> Result<State, StoreError> {
        let (units, connection) = (self.units.clone(), connection.clone());
        self.run(move |conn| {
            conn.read(|conn| {
                Ok(State {
                    links: links::read(conn, &connection, &units)?,
                    intents: intents::read(conn, &connection)?,
                    troubles: troubles::read(conn, &connection)?,
                    baseline: baselines::read(conn, &connection)?,
                })
            })
        })
        .await
    }

    async fn acquire(
        &self,
        connection: &ConnectionId,
        run: &RunId,
        ttl: TimeDelta,
    ) -> Result<Lease, StoreError> {
        let (connection, run, now) = (connection.clone(), run.clone(), self.clock.now());
        self.run(move |conn| leases::acquire(conn, &connection, &run, now, now + ttl)).await
    }

    async fn renew(&self, lease: &Lease, ttl: TimeDelta) -> Result<(), StoreError> {
        let (lease, until) = (lease.clone(), self.clock.now() + ttl);
        self.run(move |conn| leases::renew(conn, &lease, until)).await
    }

    async fn release(&self, lease: &Lease) -> Result<(), StoreError> {
        let lease = lease.clone();
        self.run(move |conn| leases::release(conn, &lease)).await
    }

    async fn commit(&self, lease: &Lease, commit: Commit) -> Result<Vec<Committed>, StoreError> {
        let (units, lease, now) = (self.units.clone(), lease.clone(), self.clock.now());
        self.run(move |conn| commit::commit(conn, &units, &lease, &commit, now)).await
    }

    async fn save_plan(&self, plan: &Plan) -> Result<(), StoreError> {
        let plan = plan.clone();
        self.run(move |conn| plans::save(conn, &plan)).await
    }

    async fn plan(&self, id: &PlanId) -> Result<Option<SavedPlan>, StoreError> {
        let id = id.clone();
        self.run(move |conn| plans::find(conn, &id)).await
    }
}
