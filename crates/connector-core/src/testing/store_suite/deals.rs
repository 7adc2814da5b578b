//! Writing the CRM's deals, each effect whole or not at all.

use super::harness::{
    StoreHarness, agreement, all, assert_holds, begin, commit, commit_one, conflict, deal, effect, insert,
    line, links, now, sampled, text, update, value,
};
use crate::clock::Interval;
use crate::id::{DealId, UnitKey};
use crate::state::{Intent, Origin};
use crate::store::{Committed, DealWrite, Effect, IntentWrite, Lease};
use crate::value::Value;

/// Each deal once, in the order of the CRM's ids.
pub async fn deals_come_by_id(harness: &dyn StoreHarness) {
    let mut ids = Vec::new();
    for n in 0..12 {
        ids.push(harness.insert_deal(harness.sample(n)).await);
    }
    assert_eq!(all(harness).await.into_iter().map(|deal| deal.id).collect::<Vec<_>>(), ids);
}

/// What was not known before the deal existed is filled in: the link's deal and the log's.
pub async fn an_insert_gives_an_id_and_fills_link_and_log(harness: &dyn StoreHarness) {
    let lease = begin(harness, 1).await;
    let values = harness.sample(1);
    let new = Effect {
        links: vec![agreement(harness, "rec0001", &values)],
        log: Some(line(harness, 1, None)),
        ..effect(DealWrite::Insert { values: values.clone() })
    };
    let Committed::Done(Some(id)) = commit_one(harness, &lease, new).await else {
        panic!("the deal was not made");
    };
    let deals = all(harness).await;
    assert_eq!(deals.iter().map(|deal| &deal.id).collect::<Vec<_>>(), [&id]);
    assert_holds(harness, &deals[0], &values);
    let links = links(harness).await;
    assert_eq!(links.iter().map(|link| &link.deal).collect::<Vec<_>>(), [&id]);
    assert_eq!(harness.log(&lease.run).await, [line(harness, 1, Some(&id))]);
}

/// A new deal holds nothing that it was not given.
pub async fn units_not_given_to_a_new_deal_are_empty(harness: &dyn StoreHarness) {
    let lease = begin(harness, 1).await;
    let roles = harness.roles();
    let optional = [&roles.text, &roles.date, &roles.tags];
    let values = harness.sample(1).into_iter().filter(|(unit, _)| !optional.contains(&unit)).collect();
    let id = insert(harness, &lease, values).await;
    for unit in optional {
        assert_eq!(value(harness, &id, unit).await, Value::Empty, "{unit}");
    }
}

/// An update leaves the other units and the other deals as they are.
pub async fn an_update_writes_only_the_units_given(harness: &dyn StoreHarness) {
    let roles = harness.roles();
    let lease = begin(harness, 1).await;
    let other = harness.insert_deal(harness.sample(2)).await;
    let id = insert(harness, &lease, harness.sample(1)).await;
    let write = update(&id, &roles.text, sampled(harness, 1, &roles.text), text("New"));
    assert_eq!(commit_one(harness, &lease, effect(write)).await, Committed::Done(Some(id.clone())));
    let mut expected = harness.sample(1);
    set(&mut expected, &roles.text, text("New"));
    assert_holds(harness, &deal(harness, &id).await.expect("the deal"), &expected);
    assert_holds(harness, &deal(harness, &other).await.expect("the other deal"), &harness.sample(2));

    let write = update(&id, &roles.date, sampled(harness, 1, &roles.date), Value::Empty);
    assert_eq!(commit_one(harness, &lease, effect(write)).await, Committed::Done(Some(id.clone())));
    assert_eq!(value(harness, &id, &roles.date).await, Value::Empty, "a unit can be cleared");
}

/// White space at the end, another composition of letters, another order of tags: no reason to be stale.
pub async fn an_expectation_is_compared_as_people_mean_it(harness: &dyn StoreHarness) {
    let roles = harness.roles();
    let lease = begin(harness, 1).await;
    let mut values = harness.sample(1);
    set(&mut values, &roles.text, text("Café\nserré"));
    set(&mut values, &roles.tags, Value::tags(["a", "b"]));
    set(&mut values, &roles.number, Value::Number("8500.1".parse().expect("a decimal")));
    let id = insert(harness, &lease, values).await;
    let expected = vec![
        (roles.text.clone(), text("Cafe\u{301}\r\nserré \n")),
        (roles.tags, Value::tags(["b ", "a", "a"])),
        (roles.number, Value::Number("8500.100".parse().expect("a decimal"))),
    ];
    let write = DealWrite::Update { id: id.clone(), expected, values: vec![(roles.text, text("New"))] };
    assert_eq!(commit_one(harness, &lease, effect(write)).await, Committed::Done(Some(id)));
}

/// A person was faster: the value stays, and neither link, intent, origin, conflict nor log tells of the effect. The
/// commit's other effects stand.
pub async fn a_stale_effect_leaves_nothing_behind(harness: &dyn StoreHarness) {
    let roles = harness.roles();
    let lease = begin(harness, 1).await;
    let id = insert(harness, &lease, harness.sample(1)).await;
    let before = sampled(harness, 1, &roles.text);
    harness.edit_deal(&id, &roles.text, text("A person's")).await;
    let stale = laden(harness, &lease, &id, update(&id, &roles.text, before, text("Never")));
    let good = effect(DealWrite::Insert { values: harness.sample(2) });
    let committed = commit(harness, &lease, vec![stale, good]).await;
    assert_eq!(committed[0], Committed::Stale);
    assert!(matches!(committed[1], Committed::Done(Some(_))), "the other effect stands: {committed:?}");
    assert_eq!(value(harness, &id, &roles.text).await, text("A person's"));
    assert_no_trace(harness, &lease, &id).await;
}

/// A deal that a person deleted does not come back by an update.
pub async fn an_effect_on_a_deleted_deal_is_stale(harness: &dyn StoreHarness) {
    let roles = harness.roles();
    let lease = begin(harness, 1).await;
    let id = harness.insert_deal(harness.sample(1)).await;
    harness.delete_deal(&id).await;
    let write = update(&id, &roles.text, sampled(harness, 1, &roles.text), text("Never"));
    let committed = commit_one(harness, &lease, laden(harness, &lease, &id, write)).await;
    assert_eq!(committed, Committed::Stale);
    assert!(all(harness).await.is_empty());
    assert_no_trace(harness, &lease, &id).await;
}

/// What the CRM cannot keep is refused with a reason, and nothing of the effect stands.
pub async fn a_refused_effect_leaves_nothing_behind(harness: &dyn StoreHarness) {
    let roles = harness.roles();
    let lease = begin(harness, 1).await;
    let id = insert(harness, &lease, harness.sample(1)).await;
    let write = DealWrite::Update {
        id: id.clone(),
        expected: Vec::new(),
        values: vec![(roles.text.clone(), text("Never")), harness.refused()],
    };
    let unknown = (UnitKey::from("no such unit"), text("x"));
    let undeclared = DealWrite::Update { id: id.clone(), expected: Vec::new(), values: vec![unknown] };
    let mut effects: Vec<Effect> = [write, undeclared].map(|write| laden(harness, &lease, &id, write)).into();
    effects.push(effect(update(
        &id,
        &roles.date,
        sampled(harness, 1, &roles.date),
        sampled(harness, 2, &roles.date),
    )));
    let committed = commit(harness, &lease, effects).await;
    for refused in &committed[..2] {
        assert!(matches!(refused, Committed::Refused(why) if !why.is_empty()), "{refused:?}");
    }
    assert_eq!(committed[2], Committed::Done(Some(id.clone())));
    let mut expected = harness.sample(1);
    set(&mut expected, &roles.date, sampled(harness, 2, &roles.date));
    assert_holds(harness, &deal(harness, &id).await.expect("the deal"), &expected);
    assert_no_trace(harness, &lease, &id).await;
}

/// A new deal that the CRM cannot keep is not made by half.
pub async fn a_refused_insert_leaves_no_deal(harness: &dyn StoreHarness) {
    let lease = begin(harness, 1).await;
    let mut values = harness.sample(1);
    let (unit, refused) = harness.refused();
    set(&mut values, &unit, refused);
    let new = Effect {
        links: vec![agreement(harness, "rec0001", &values)],
        log: Some(line(harness, 1, None)),
        ..effect(DealWrite::Insert { values })
    };
    let committed = commit_one(harness, &lease, new).await;
    assert!(matches!(committed, Committed::Refused(_)), "{committed:?}");
    assert!(all(harness).await.is_empty());
    assert!(links(harness).await.is_empty());
    assert!(harness.log(&lease.run).await.is_empty());
}

/// A deal that comes back is the same deal, among others that were made since.
pub async fn a_restored_deal_has_its_old_id(harness: &dyn StoreHarness) {
    let lease = begin(harness, 1).await;
    let id = harness.insert_deal(harness.sample(1)).await;
    let later = harness.insert_deal(harness.sample(2)).await;
    harness.delete_deal(&id).await;
    let values = harness.sample(3);
    let write = DealWrite::Restore { id: id.clone(), values: values.clone() };
    assert_eq!(commit_one(harness, &lease, effect(write)).await, Committed::Done(Some(id.clone())));
    assert_holds(harness, &deal(harness, &id).await.expect("the deal"), &values);
    let next = insert(harness, &lease, harness.sample(4)).await;
    assert!(![id, later].contains(&next), "a new deal has an id of its own");
    assert_eq!(all(harness).await.len(), 3);
}

/// A person brought the deal back meanwhile: theirs stays.
pub async fn a_deal_that_is_there_is_not_restored(harness: &dyn StoreHarness) {
    let lease = begin(harness, 1).await;
    let id = harness.insert_deal(harness.sample(1)).await;
    let write = DealWrite::Restore { id: id.clone(), values: harness.sample(2) };
    assert_eq!(commit_one(harness, &lease, laden(harness, &lease, &id, write)).await, Committed::Stale);
    assert_holds(harness, &deal(harness, &id).await.expect("the deal"), &harness.sample(1));
    assert_no_trace(harness, &lease, &id).await;
}

/// The books go on about a deal that was deleted: its link becomes a tombstone, its intent ends.
pub async fn a_kept_deal_may_be_gone(harness: &dyn StoreHarness) {
    let lease = begin(harness, 1).await;
    let id = harness.insert_deal(harness.sample(1)).await;
    harness.delete_deal(&id).await;
    let effect = laden(harness, &lease, &id, DealWrite::Keep(id.clone()));
    assert_eq!(commit_one(harness, &lease, effect).await, Committed::Done(Some(id.clone())));
    assert_eq!(links(harness).await.iter().map(|link| &link.deal).collect::<Vec<_>>(), [&id]);
    assert!(all(harness).await.is_empty());
}

/// The effects of a commit are applied in their order.
pub async fn later_effects_see_what_earlier_ones_of_the_commit_wrote(harness: &dyn StoreHarness) {
    let unit = harness.roles().text;
    let lease = begin(harness, 1).await;
    let id = insert(harness, &lease, harness.sample(1)).await;
    let before = sampled(harness, 1, &unit);
    let steps = vec![
        effect(update(&id, &unit, before.clone(), text("One"))),
        effect(update(&id, &unit, text("One"), text("Two"))),
        effect(update(&id, &unit, before, text("Never"))),
    ];
    let done = Committed::Done(Some(id.clone()));
    assert_eq!(commit(harness, &lease, steps).await, [done.clone(), done, Committed::Stale]);
    assert_eq!(value(harness, &id, &unit).await, text("Two"));
}

/// More effects than a statement of any database takes values.
pub async fn a_thousand_effects_go_in_one_commit(harness: &dyn StoreHarness) {
    let lease = begin(harness, 1).await;
    let made = |n: usize| {
        let values = harness.sample(n);
        Effect {
            links: vec![agreement(harness, &format!("rec{n:04}"), &values)],
            log: Some(line(harness, u32::try_from(n).unwrap_or_default(), None)),
            ..effect(DealWrite::Insert { values })
        }
    };
    let committed = commit(harness, &lease, (0..1_000).map(made).collect()).await;
    assert!(committed.iter().all(|done| matches!(done, Committed::Done(Some(_)))));
    let deals = all(harness).await;
    assert_eq!(deals.len(), 1_000);
    assert_eq!(links(harness).await.len(), 1_000);
    assert_eq!(harness.log(&lease.run).await.len(), 1_000);
    for (n, done) in committed.into_iter().enumerate().step_by(97) {
        let deal = deals.iter().find(|deal| done == Committed::Done(Some(deal.id.clone())));
        assert_holds(harness, deal.expect("the deal of the effect"), &harness.sample(n));
    }
}

/// An effect with something for each of the books.
fn laden(harness: &dyn StoreHarness, lease: &Lease, id: &DealId, write: DealWrite) -> Effect {
    let intent =
        Intent { deal: id.clone(), run: lease.run.clone(), payload: harness.sample(1), sent_at: None };
    let origin = Origin {
        unit: harness.roles().text,
        value: text("Never"),
        edited: Interval::at(now(harness)),
        connection: harness.connection(),
    };
    Effect {
        deal: write,
        links: vec![agreement(harness, "rec0001", &harness.sample(1))],
        intent: IntentWrite::Put(intent),
        origins: vec![origin],
        conflicts: vec![conflict(harness, id, 1)],
        log: Some(line(harness, 1, Some(id))),
    }
}

/// Asserts that nothing of a laden effect stands.
async fn assert_no_trace(harness: &dyn StoreHarness, lease: &Lease, id: &DealId) {
    let state = harness.store().state(&lease.connection).await.expect("the state");
    assert!(state.links.is_empty() && state.intents.is_empty(), "{state:?}");
    assert!(harness.log(&lease.run).await.is_empty(), "the log");
    assert!(harness.decided_conflicts(&lease.connection).await.is_empty(), "the conflicts");
    assert!(deal(harness, id).await.is_none_or(|deal| deal.origins.is_empty()), "the origins");
}

fn set(values: &mut [(UnitKey, Value)], unit: &UnitKey, value: Value) {
    values.iter_mut().find(|(key, _)| key == unit).expect("a value of each role").1 = value;
}
