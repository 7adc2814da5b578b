//! One write at a time for each page: Notion refuses those that meet.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use connector_core::id::RemoteId;
use tokio::sync::OwnedMutexGuard;

/// Whose turn it is on each page that is being written.
#[derive(Debug, Default)]
pub(crate) struct Turns(Mutex<HashMap<RemoteId, Weak<tokio::sync::Mutex<()>>>>);

impl Turns {
    /// Waits until nobody else writes `page`; it is ours until the turn is dropped.
    pub(crate) async fn of(&self, page: &RemoteId) -> OwnedMutexGuard<()> {
        let turn = {
            let mut turns = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            turns.retain(|_, turn| turn.strong_count() > 0);
            if let Some(turn) = turns.get(page).and_then(Weak::upgrade) {
                turn
            } else {
                let turn = Arc::default();
                turns.insert(page.clone(), Arc::downgrade(&turn));
                turn
            }
        };
        turn.lock_owned().await
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::*;

    #[tokio::test]
    async fn a_page_has_one_turn_and_another_page_its_own() {
        let turns = Turns::default();
        let first = turns.of(&"a".into()).await;
        assert!(turns.of(&"a".into()).now_or_never().is_none());
        assert!(turns.of(&"b".into()).now_or_never().is_some());
        drop(first);
        assert!(turns.of(&"a".into()).now_or_never().is_some());
        assert_eq!(turns.0.lock().unwrap().len(), 1);
    }
}
