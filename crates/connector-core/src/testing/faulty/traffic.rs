//! How many writes are under way, and on which deals.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};

use crate::connector::Change;
use crate::id::RemoteId;
use crate::testing::lock::locked;

/// Counts the writes under way.
#[derive(Debug, Clone, Default)]
pub(super) struct Traffic {
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    now: usize,
    most: usize,
    busy: HashSet<RemoteId>,
    collisions: usize,
}

/// A write under way; it ends when this is dropped, also when the write is cancelled.
#[derive(Debug)]
pub(super) struct Passage {
    traffic: Traffic,
    deals: Vec<RemoteId>,
}

impl Traffic {
    pub(super) fn enter(&self, changes: &[Change]) -> Passage {
        let mut state = locked(&self.state);
        state.now += 1;
        state.most = state.most.max(state.now);
        let mut deals = Vec::new();
        for change in changes {
            if let Change::Update { id, .. } | Change::Delete { id } | Change::Restore { id } = change {
                if state.busy.insert(id.clone()) {
                    deals.push(id.clone());
                } else {
                    state.collisions += 1;
                }
            }
        }
        Passage { traffic: self.clone(), deals }
    }

    pub(super) fn most(&self) -> usize {
        locked(&self.state).most
    }

    pub(super) fn collisions(&self) -> usize {
        locked(&self.state).collisions
    }
}

impl Drop for Passage {
    fn drop(&mut self) {
        let mut state = locked(&self.traffic.state);
        state.now -= 1;
        for id in &self.deals {
            state.busy.remove(id);
        }
    }
}
