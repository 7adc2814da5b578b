//! A store on a database of its own, and the CRM beside it on a connection of its own.

use std::sync::Arc;

use connector_core::id::DealId;
use connector_core::plan::{Action, Reason, Side};
use connector_core::state::{Agreement, Deal, LinkStatus};
use connector_core::store::{
    Commit, Committed, DealWrite, Effect, IntentWrite, Lease, LogEntry, OpOutcome, Store as _,
};
use connector_core::testing::ManualClock;
use connector_core::value::Value;
use crm_sync_server::crm;
use crm_sync_server::store::DieselStore;

pub(crate) use crate::place::{Crm, Kind, Place};

impl Place {
    pub(crate) async fn store(&self, clock: &ManualClock) -> DieselStore {
        let clock = Arc::new(clock.clone());
        DieselStore::open(self.database(), crm::units().unwrap(), clock).await.unwrap()
    }
}

impl Crm {
    /// Adds a deal as the CRM's form does; its id.
    pub(crate) fn add(&mut self, client: &str) -> DealId {
        self.execute(&format!(
            "INSERT INTO deals (client, statut, montant_brut, probabilite, valeur_ponderee) \
             VALUES ('{client}', 'prospect', 1000, 0.1, 100)"
        ));
        self.cell("max(id)", "FROM deals").into()
    }
}

/// A store on a fresh database, with the CRM beside it.
pub(crate) struct Desk {
    pub(crate) store: DieselStore,
    pub(crate) clock: ManualClock,
    pub(crate) crm: Crm,
    pub(crate) place: Place,
}

impl Desk {
    pub(crate) async fn new(kind: Kind) -> Self {
        let place = Place::new(kind);
        let clock = ManualClock::default();
        let store = place.store(&clock).await;
        Self { store, clock, crm: place.crm(), place }
    }

    pub(crate) async fn lease(&self) -> Lease {
        self.store.acquire(&"airtable".into(), &"run-1".into(), chrono::TimeDelta::minutes(1)).await.unwrap()
    }

    pub(crate) async fn deal(&self, id: &DealId) -> Deal {
        let deals = self.store.deals().await.unwrap();
        deals.into_iter().find(|deal| deal.id == *id).unwrap()
    }

    /// What one unit of a deal holds.
    pub(crate) async fn value(&self, id: &DealId, unit: &str) -> Value {
        let position = self.store.units().position(unit).unwrap();
        self.deal(id).await.values[position].clone()
    }

    /// Commits these effects under a fresh lease.
    pub(crate) async fn commit(&self, effects: Vec<Effect>) -> Vec<Committed> {
        let lease = self.lease().await;
        let commit = Commit { effects, ..Commit::default() };
        let committed = self.store.commit(&lease, commit).await.unwrap();
        self.store.release(&lease).await.unwrap();
        committed
    }
}

pub(crate) fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

pub(crate) fn number(text: &str) -> Value {
    Value::Number(text.parse().unwrap())
}

/// An effect that only writes a deal.
pub(crate) fn effect(deal: DealWrite) -> Effect {
    Effect {
        deal,
        links: Vec::new(),
        intent: IntentWrite::Keep,
        origins: Vec::new(),
        conflicts: Vec::new(),
        log: None,
    }
}

pub(crate) fn insert(client: &str, amount: &str) -> DealWrite {
    DealWrite::Insert {
        values: vec![(crm::CLIENT.into(), text(client)), (crm::MONTANT_BRUT.into(), number(amount))],
    }
}

/// Changes one unit that must hold something.
pub(crate) fn update(id: &DealId, unit: &str, from: Value, to: Value) -> DealWrite {
    DealWrite::Update { id: id.clone(), expected: vec![(unit.into(), from)], values: vec![(unit.into(), to)] }
}

/// A link in force on which nothing was agreed yet.
pub(crate) fn link(remote: &str) -> Agreement {
    let units = crm::units().unwrap().len();
    Agreement {
        remote: remote.into(),
        status: LinkStatus::Live,
        crm: vec![None; units].into(),
        theirs: vec![None; units].into(),
        seen_at: None,
        held: std::collections::BTreeMap::new(),
    }
}

pub(crate) fn log(seq: u32, label: &str) -> LogEntry {
    LogEntry {
        seq,
        action: Action::CreateDeal,
        deal: None,
        remote: Some(format!("rec{seq}").into()),
        label: label.to_owned(),
        reason: Reason::New(Side::Remote),
        changes: Vec::new(),
        outcome: OpOutcome::Applied,
        message: None,
        at: chrono::DateTime::UNIX_EPOCH,
    }
}
