//! Where values came from that a sync put into the CRM.

use super::harness::{
    HOUR, StoreHarness, assert_holds, begin, commit_one, deal, effect, insert, now, sampled, text, update,
    value,
};
use crate::clock::Interval;
use crate::id::{DealId, UnitKey};
use crate::state::Origin;
use crate::store::{Committed, DealWrite, Effect, Lease};
use crate::value::Value;

/// A value that a sync brought is told with its author's time, until somebody changes the value.
pub async fn an_origin_stays_as_long_as_the_value(harness: &dyn StoreHarness) {
    let unit = harness.roles().text;
    let lease = begin(harness, 1).await;
    let id = insert(harness, &lease, harness.sample(1)).await;
    assert!(origins(harness, &id).await.is_empty());
    let brought = origin(harness, &unit, text("Brought"));
    bring(harness, &lease, &id, brought.clone()).await;
    assert_eq!(value(harness, &id, &unit).await, text("Brought"));
    assert_eq!(origins(harness, &id).await, [brought]);
    harness.forward(HOUR / 2);
    harness.edit_deal(&id, &unit, text("A person's")).await;
    assert!(origins(harness, &id).await.is_empty(), "the value is a person's now");
}

/// A person's edit of one unit says nothing about the others.
pub async fn another_units_edit_leaves_an_origin(harness: &dyn StoreHarness) {
    let roles = harness.roles();
    let lease = begin(harness, 1).await;
    let id = insert(harness, &lease, harness.sample(1)).await;
    let brought = origin(harness, &roles.text, text("Brought"));
    bring(harness, &lease, &id, brought.clone()).await;
    let date = sampled(harness, 2, &roles.date);
    harness.edit_deal(&id, &roles.date, date.clone()).await;
    assert_eq!(origins(harness, &id).await, [brought]);
    let deal = deal(harness, &id).await.expect("the deal");
    assert_holds(harness, &deal, &[(roles.date, date)]);
}

/// One origin for each unit: the last one.
pub async fn a_later_origin_replaces_the_earlier_one(harness: &dyn StoreHarness) {
    let unit = harness.roles().text;
    let lease = begin(harness, 1).await;
    let id = insert(harness, &lease, harness.sample(1)).await;
    for name in ["First", "Second"] {
        harness.forward(HOUR / 4);
        let brought = origin(harness, &unit, text(name));
        bring(harness, &lease, &id, brought.clone()).await;
        assert_eq!(origins(harness, &id).await, [brought]);
    }
}

/// What a sync brings has its author's time, and is no edit of the CRM: the deal was last edited when it was.
pub async fn a_value_that_was_brought_is_no_edit(harness: &dyn StoreHarness) {
    let roles = harness.roles();
    let lease = begin(harness, 1).await;
    let id = harness.insert_deal(harness.sample(1)).await;
    let edited = deal(harness, &id).await.expect("the deal").edited;
    harness.forward(HOUR / 4);
    bring(harness, &lease, &id, origin(harness, &roles.text, text("Brought"))).await;
    assert_eq!(deal(harness, &id).await.expect("the deal").edited, edited);
    let own = update(&id, &roles.date, sampled(harness, 1, &roles.date), sampled(harness, 2, &roles.date));
    commit_one(harness, &lease, effect(own)).await;
    let after = deal(harness, &id).await.expect("the deal").edited;
    assert!(edited.is_none() || after != edited, "a write without an origin is an edit");
}

fn origin(harness: &dyn StoreHarness, unit: &UnitKey, value: Value) -> Origin {
    let edited = Interval::new(now(harness) - HOUR, now(harness));
    Origin { unit: unit.clone(), value, edited, connection: harness.connection() }
}

/// Writes a value with its origin.
async fn bring(harness: &dyn StoreHarness, lease: &Lease, id: &DealId, origin: Origin) {
    let values = vec![(origin.unit.clone(), origin.value.clone())];
    let write = DealWrite::Update { id: id.clone(), expected: Vec::new(), values };
    let brought = Effect { origins: vec![origin], ..effect(write) };
    assert_eq!(commit_one(harness, lease, brought).await, Committed::Done(Some(id.clone())));
}

async fn origins(harness: &dyn StoreHarness, id: &DealId) -> Vec<Origin> {
    deal(harness, id).await.expect("the deal").origins
}
