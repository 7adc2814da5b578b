//! What the engine remembers: links, intents, conflicts, runs, plans, leases.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, TimeDelta, Utc};

use super::deals::Deals;
use crate::id::{ConnectionId, DealId, PlanId, RemoteId, RunId};
use crate::plan::{Conflict, Plan};
use crate::state::{Agreement, Baseline, Intent, Link, LinkStatus, State, Trouble};
use crate::store::{
    Commit, Committed, Effect, IntentWrite, Lease, LogEntry, RunRecord, SavedPlan, StoreError,
};

/// The engine's books for every connection.
#[derive(Debug, Clone, Default)]
pub(super) struct Books {
    connections: HashMap<ConnectionId, Connection>,
    plans: HashMap<PlanId, SavedPlan>,
    pub(super) runs: BTreeMap<RunId, RunRecord>,
    pub(super) log: Vec<(RunId, LogEntry)>,
}

#[derive(Debug, Clone, Default)]
struct Connection {
    fence: i64,
    holder: Option<Holder>,
    links: BTreeMap<RemoteId, Link>,
    intents: BTreeMap<DealId, Intent>,
    troubles: Vec<Trouble>,
    baseline: Option<Baseline>,
    open: BTreeMap<String, Conflict>,
    decided: BTreeMap<String, Conflict>,
}

#[derive(Debug, Clone)]
struct Holder {
    run: RunId,
    until: DateTime<Utc>,
}

impl Books {
    pub(super) fn state(&self, connection: &ConnectionId) -> State {
        self.connections.get(connection).map_or_else(State::default, |books| State {
            links: books.links.values().cloned().collect(),
            intents: books.intents.values().cloned().collect(),
            troubles: books.troubles.clone(),
            baseline: books.baseline.clone(),
        })
    }

    pub(super) fn open_conflicts(&self, connection: &ConnectionId) -> Vec<Conflict> {
        let books = self.connections.get(connection);
        books.into_iter().flat_map(|books| books.open.values().cloned()).collect()
    }

    pub(super) fn decided_conflicts(&self, connection: &ConnectionId) -> Vec<Conflict> {
        let books = self.connections.get(connection);
        books.into_iter().flat_map(|books| books.decided.values().cloned()).collect()
    }

    pub(super) fn acquire(
        &mut self,
        connection: &ConnectionId,
        run: &RunId,
        now: DateTime<Utc>,
        ttl: TimeDelta,
    ) -> Result<Lease, StoreError> {
        let books = self.connections.entry(connection.clone()).or_default();
        if let Some(holder) = books.holder.as_ref().filter(|holder| now < holder.until) {
            return Err(StoreError::Held(holder.run.clone()));
        }
        books.fence += 1;
        books.holder = Some(Holder { run: run.clone(), until: now + ttl });
        Ok(Lease { connection: connection.clone(), run: run.clone(), fence: books.fence })
    }

    pub(super) fn renew(&mut self, lease: &Lease, until: DateTime<Utc>) -> Result<(), StoreError> {
        let books = self.newest(lease)?;
        // Nobody else took it: an expired lease may go on.
        books.holder = Some(Holder { run: lease.run.clone(), until });
        Ok(())
    }

    pub(super) fn release(&mut self, lease: &Lease) {
        if let Ok(books) = self.newest(lease) {
            books.holder = None;
        }
    }

    pub(super) fn save_plan(&mut self, plan: &Plan) {
        self.plans.insert(plan.id.clone(), SavedPlan { plan: plan.clone(), applied_by: None });
    }

    pub(super) fn plan(&self, id: &PlanId) -> Option<SavedPlan> {
        self.plans.get(id).cloned()
    }

    pub(super) fn commit(
        &mut self,
        lease: &Lease,
        commit: Commit,
        deals: &mut Deals,
        now: DateTime<Utc>,
    ) -> Result<Vec<Committed>, StoreError> {
        self.newest(lease)?;
        if let Some(id) = &commit.applies {
            self.mark_applied(id, &lease.run)?;
        }
        let effects = commit.effects.into_iter();
        let committed = effects.map(|effect| self.apply(lease, effect, deals, now)).collect();
        let books = self.connections.entry(lease.connection.clone()).or_default();
        if let Some(open) = commit.open_conflicts {
            books.open = open.into_iter().map(|conflict| (conflict.id.clone(), conflict)).collect();
        }
        if let Some(mut troubles) = commit.troubles {
            troubles.sort_by(|a, b| a.attempt.cmp(&b.attempt));
            books.troubles = troubles;
        }
        if commit.baseline.is_some() {
            books.baseline = commit.baseline;
        }
        if let Some(run) = commit.run {
            self.runs.insert(run.id.clone(), run);
        }
        Ok(committed)
    }

    /// Applies one effect whole, or leaves everything as it was.
    fn apply(&mut self, lease: &Lease, effect: Effect, deals: &mut Deals, now: DateTime<Utc>) -> Committed {
        let edited = (effect.is_brought() != Some(true)).then_some(now);
        let checked = match deals.check(&effect.deal) {
            Ok(checked) => checked,
            Err(committed) => return committed,
        };
        let books = self.connections.entry(lease.connection.clone()).or_default();
        let deal = checked.deal.clone();
        let links = match books.links_of(deal.as_ref(), effect.links) {
            Ok(links) => links,
            Err(why) => return Committed::Refused(why),
        };
        deals.write(checked, effect.origins, edited, &lease.connection);
        books.links.extend(links.into_iter().map(|link| (link.agreement.remote.clone(), link)));
        match (effect.intent, &deal) {
            (IntentWrite::Put(intent), _) => {
                books.intents.insert(intent.deal.clone(), intent);
            }
            (IntentWrite::Close, Some(deal)) => {
                books.intents.remove(deal);
            }
            (IntentWrite::Close, None) | (IntentWrite::Keep, _) => {}
        }
        for conflict in effect.conflicts {
            books.open.remove(&conflict.id);
            books.decided.insert(conflict.id.clone(), conflict);
        }
        if let Some(mut entry) = effect.log {
            entry.deal = entry.deal.or_else(|| deal.clone());
            self.log.push((lease.run.clone(), entry));
        }
        Committed::Done(deal)
    }

    fn mark_applied(&mut self, id: &PlanId, run: &RunId) -> Result<(), StoreError> {
        let unknown = || StoreError::Database(format!("plan {id} was not kept").into());
        let saved = self.plans.get_mut(id).ok_or_else(unknown)?;
        if let Some(run) = &saved.applied_by {
            return Err(StoreError::AlreadyApplied(run.clone()));
        }
        saved.applied_by = Some(run.clone());
        Ok(())
    }

    /// The books of a lease that nobody took over.
    fn newest(&mut self, lease: &Lease) -> Result<&mut Connection, StoreError> {
        let books = self.connections.get_mut(&lease.connection);
        books.filter(|books| books.fence == lease.fence).ok_or(StoreError::Fenced)
    }
}

impl Connection {
    /// The links that an effect about `deal` would write, or why they cannot stand beside the others.
    fn links_of(&self, deal: Option<&DealId>, agreements: Vec<Agreement>) -> Result<Vec<Link>, String> {
        let mut links = Vec::with_capacity(agreements.len());
        for agreement in agreements {
            let known = self.links.get(&agreement.remote);
            let owner = deal.or(known.map(|link| &link.deal)).cloned();
            let owner = owner.ok_or_else(|| format!("record {} has no deal to link", agreement.remote))?;
            if let Some(link) = known.filter(|link| is_live(link) && link.deal != owner) {
                return Err(format!("record {} is linked to deal {}", agreement.remote, link.deal));
            }
            links.push(Link { deal: owner, agreement });
        }
        for link in links.iter().filter(|link| is_live(link)) {
            let kept = self.links.values().filter(|old| links.iter().all(|new| !is_of_one_record(old, new)));
            let rivals = kept.chain(&links).filter(|other| !is_of_one_record(other, link));
            if let Some(rival) = rivals.filter(|other| is_live(other)).find(|other| other.deal == link.deal) {
                return Err(format!("deal {} is linked to record {}", link.deal, rival.agreement.remote));
            }
        }
        Ok(links)
    }
}

fn is_live(link: &Link) -> bool {
    link.agreement.status == LinkStatus::Live
}

fn is_of_one_record(a: &Link, b: &Link) -> bool {
    a.agreement.remote == b.agreement.remote
}
