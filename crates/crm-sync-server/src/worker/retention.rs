//! Forgetting what is too old, little by little.

use std::hash::{BuildHasher as _, RandomState};
use std::ops::ControlFlow;
use std::time::Duration;

use super::handle::Worker;

/// How many rows of a kind are forgotten in one transaction: few, so that nobody waits for it.
const BATCH: u32 = 200;
/// How long others may write between two of them.
const BREATH: Duration = Duration::from_millis(50);

/// Forgets what is too old now and then, until the program ends.
pub(super) async fn keep_short(worker: Worker) {
    loop {
        if pause(&worker, worker.0.settings.retention).await.is_break() {
            return;
        }
        loop {
            match worker.0.app.store.prune(worker.0.settings.ages, BATCH).await {
                Ok(0) => break,
                Ok(rows) => tracing::debug!(rows, "old rows were forgotten"),
                Err(error) => {
                    tracing::warn!(%error, "old rows cannot be forgotten");
                    break;
                }
            }
            if worker.0.closing.run_until_cancelled(tokio::time::sleep(BREATH)).await.is_none() {
                return;
            }
        }
    }
}

/// Waits for about `interval`, so that several servers do not do the same at once; breaks when the program ends.
pub(super) async fn pause(worker: &Worker, interval: Duration) -> ControlFlow<()> {
    // A hasher with random keys: the one source of chance that the standard library has.
    let percent = u32::try_from(RandomState::new().hash_one(()) % 100).unwrap_or_default() + 50;
    let pause = interval * percent / 100;
    match worker.0.closing.run_until_cancelled(tokio::time::sleep(pause)).await {
        Some(()) => ControlFlow::Continue(()),
        None => ControlFlow::Break(()),
    }
}
