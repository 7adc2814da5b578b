//! What deleted deals held.

use super::harness::{
    HOUR, StoreHarness, all, assert_holds, begin, commit_one, deal, effect, now, sampled, text, update, value,
};
use crate::clock::Interval;
use crate::id::DealId;
use crate::state::{Grave, Origin};
use crate::store::{Committed, DealWrite, Effect};

/// A person deletes a deal, with whatever program: what it held, when it was edited and where its values came from is
/// still known.
pub async fn a_deleted_deal_leaves_what_it_held(harness: &dyn StoreHarness) {
    let unit = harness.roles().text;
    let lease = begin(harness, 1).await;
    let id = harness.insert_deal(harness.sample(1)).await;
    let other = harness.insert_deal(harness.sample(2)).await;
    let edited = Interval::new(now(harness) - HOUR, now(harness));
    let origin =
        Origin { unit: unit.clone(), value: text("Brought"), edited, connection: harness.connection() };
    let write = update(&id, &unit, sampled(harness, 1, &unit), text("Brought"));
    let brought = Effect { origins: vec![origin], ..effect(write) };
    assert_eq!(commit_one(harness, &lease, brought).await, Committed::Done(Some(id.clone())));
    let held = deal(harness, &id).await.expect("the deal");
    harness.forward(HOUR / 2);
    harness.delete_deal(&id).await;
    assert_eq!(grave(harness, &id).await, Some(Grave { deal: held, by: None }));
    assert_eq!(grave(harness, &other).await, None, "it is there");
    assert_eq!(grave(harness, &DealId::from("4711")).await, None, "it never was");
}

/// A deal that comes back is as old as it was, and its values come from where they came from.
pub async fn a_deal_that_comes_back_was_edited_when_it_was(harness: &dyn StoreHarness) {
    let lease = begin(harness, 1).await;
    let values = harness.sample(1);
    let id = harness.insert_deal(values.clone()).await;
    let held = deal(harness, &id).await.expect("the deal");
    harness.delete_deal(&id).await;
    harness.forward(HOUR / 2);
    let write = DealWrite::Restore { id: id.clone(), values: values.clone() };
    assert_eq!(commit_one(harness, &lease, effect(write)).await, Committed::Done(Some(id.clone())));
    let back = deal(harness, &id).await.expect("the deal");
    assert_holds(harness, &back, &values);
    assert_eq!((back.edited, back.origins), (held.edited, held.origins));
    assert_eq!(grave(harness, &id).await, None, "a deal that is there has no grave");
}

/// What a sync deletes is known to be deleted by it, and for which connection.
pub async fn a_sync_signs_the_graves_it_digs(harness: &dyn StoreHarness) {
    let lease = begin(harness, 1).await;
    let id = harness.insert_deal(harness.sample(1)).await;
    let write = DealWrite::Delete { id: id.clone(), expected: harness.sample(1) };
    assert_eq!(commit_one(harness, &lease, effect(write)).await, Committed::Done(Some(id.clone())));
    assert!(all(harness).await.is_empty());
    let grave = grave(harness, &id).await.expect("the grave");
    assert_eq!(grave.by, Some(harness.connection()));
    assert_holds(harness, &grave.deal, &harness.sample(1));
}

/// A deal that somebody edited meanwhile, or deleted, is not deleted.
pub async fn a_deal_that_moved_is_not_deleted(harness: &dyn StoreHarness) {
    let unit = harness.roles().text;
    let lease = begin(harness, 1).await;
    let id = harness.insert_deal(harness.sample(1)).await;
    harness.edit_deal(&id, &unit, text("A person's")).await;
    let write = DealWrite::Delete { id: id.clone(), expected: harness.sample(1) };
    assert_eq!(commit_one(harness, &lease, effect(write.clone())).await, Committed::Stale);
    assert_eq!(value(harness, &id, &unit).await, text("A person's"));
    harness.delete_deal(&id).await;
    assert_eq!(commit_one(harness, &lease, effect(write)).await, Committed::Stale);
    assert_eq!(grave(harness, &id).await.and_then(|grave| grave.by), None, "a person deleted it");
}

async fn grave(harness: &dyn StoreHarness, id: &DealId) -> Option<Grave> {
    harness.store().graves(std::slice::from_ref(id)).await.expect("the graves").pop()
}
