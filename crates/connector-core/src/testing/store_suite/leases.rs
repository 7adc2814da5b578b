//! One run at a time: leases, fences, expiry.

use chrono::TimeDelta;

use super::harness::{HOUR, StoreHarness, agreement, all, begin, effect, line, links, run_id, run_record};
use crate::state::State;
use crate::store::{Commit, DealWrite, Effect, StoreError};

/// Who comes second learns which run has it.
pub async fn one_run_has_the_connection(harness: &dyn StoreHarness) {
    let store = harness.store();
    let connection = harness.connection();
    let lease = store.acquire(&connection, &run_id(1), HOUR).await.expect("a lease");
    assert_eq!((&lease.connection, &lease.run), (&connection, &run_id(1)));
    harness.forward(HOUR - TimeDelta::seconds(1));
    let held = store.acquire(&connection, &run_id(2), HOUR).await;
    assert!(matches!(&held, Err(StoreError::Held(run)) if *run == run_id(1)), "{held:?}");
}

/// A lease that was given back can be taken at once, with a greater fence.
pub async fn a_released_lease_is_free_and_its_fence_is_past(harness: &dyn StoreHarness) {
    let store = harness.store();
    let connection = harness.connection();
    let mut fence = i64::MIN;
    for n in 1..4 {
        let lease = store.acquire(&connection, &run_id(n), HOUR).await.expect("a free lease");
        assert!(lease.fence > fence, "fences only grow");
        fence = lease.fence;
        store.release(&lease).await.expect("a release");
    }
}

/// Whoever died is not waited for any longer than the lease lasts; the old holder is refused from then on.
pub async fn an_expired_lease_is_taken_over(harness: &dyn StoreHarness) {
    let store = harness.store();
    let old = begin(harness, 1).await;
    harness.forward(HOUR);
    let new = begin(harness, 2).await;
    assert!(new.fence > old.fence);
    let renewed = store.renew(&old, HOUR).await;
    assert!(matches!(renewed, Err(StoreError::Fenced)), "{renewed:?}");
    let committed = store.commit(&old, Commit::default()).await;
    assert!(matches!(committed, Err(StoreError::Fenced)), "{committed:?}");
    store.commit(&new, Commit::default()).await.expect("the new holder's commit");
}

/// Nothing of a commit with an old fence is written.
pub async fn a_fenced_commit_leaves_nothing_behind(harness: &dyn StoreHarness) {
    let old = begin(harness, 1).await;
    harness.forward(HOUR);
    let new = begin(harness, 2).await;
    let values = harness.sample(1);
    let effect = Effect {
        links: vec![agreement(harness, "rec0001", &values)],
        log: Some(line(harness, 1, None)),
        ..effect(DealWrite::Insert { values })
    };
    let run = run_record(harness, run_id(9));
    let commit = Commit { effects: vec![effect], run: Some(run), ..Commit::default() };
    let committed = harness.store().commit(&old, commit.clone()).await;
    assert!(matches!(committed, Err(StoreError::Fenced)), "{committed:?}");
    assert!(all(harness).await.is_empty());
    let state = harness.store().state(&old.connection).await.expect("the state");
    assert_eq!(state, State::default());
    assert!(harness.log(&old.run).await.is_empty());
    assert!(harness.run(&run_id(9)).await.is_none());

    harness.store().commit(&new, commit).await.expect("the new holder's commit");
    assert_eq!(links(harness).await.len(), 1, "the same commit goes through with the newest fence");
}

/// A run that lives keeps its lease.
pub async fn a_renewed_lease_lasts(harness: &dyn StoreHarness) {
    let store = harness.store();
    let connection = harness.connection();
    let lease = store.acquire(&connection, &run_id(1), HOUR).await.expect("a lease");
    for _ in 0..3 {
        harness.forward(HOUR - TimeDelta::minutes(1));
        store.renew(&lease, HOUR).await.expect("a renewal");
        let held = store.acquire(&connection, &run_id(2), HOUR).await;
        assert!(matches!(held, Err(StoreError::Held(_))), "{held:?}");
    }
    harness.forward(HOUR);
    store.acquire(&connection, &run_id(2), HOUR).await.expect("a lease that expired");
}

/// A run that was slow and not replaced may go on.
pub async fn an_expired_lease_that_nobody_took_goes_on(harness: &dyn StoreHarness) {
    let lease = begin(harness, 1).await;
    harness.forward(HOUR * 2);
    harness.store().commit(&lease, Commit::default()).await.expect("a commit");
    harness.store().renew(&lease, HOUR).await.expect("a renewal");
    let held = harness.store().acquire(&lease.connection, &run_id(2), HOUR).await;
    assert!(matches!(held, Err(StoreError::Held(_))), "{held:?}");
}

/// Who lost the lease cannot give away what another has.
pub async fn releasing_a_lost_lease_does_not_free_it(harness: &dyn StoreHarness) {
    let old = begin(harness, 1).await;
    harness.forward(HOUR);
    let new = begin(harness, 2).await;
    harness.store().release(&old).await.expect("nothing happens");
    let held = harness.store().acquire(&new.connection, &run_id(3), HOUR).await;
    assert!(matches!(&held, Err(StoreError::Held(run)) if *run == new.run), "{held:?}");
}

/// Two remotes of one CRM run side by side.
pub async fn each_connection_has_a_lease_of_its_own(harness: &dyn StoreHarness) {
    let store = harness.store();
    let ours = store.acquire(&harness.connection(), &run_id(1), HOUR).await.expect("a lease");
    let other = harness.other_connection();
    let theirs = store.acquire(&other, &run_id(2), HOUR).await.expect("another lease");
    store.release(&ours).await.expect("a release");
    let held = store.acquire(&other, &run_id(3), HOUR).await;
    assert!(matches!(&held, Err(StoreError::Held(run)) if *run == theirs.run), "{held:?}");
}
