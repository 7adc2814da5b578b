//! What is remembered of a connection: links, intents, the baseline.

use std::collections::BTreeSet;

use super::harness::{
    HOUR, StoreHarness, agreement, begin, begin_on, commit, commit_one, effect, links, now, run_id, text,
};
use crate::id::{ConnectionId, DealId};
use crate::state::{Agreement, Baseline, Intent, Link, LinkStatus, State, Trouble};
use crate::store::{Commit, Committed, DealWrite, Effect, IntentWrite, Lease};
use crate::value::Value;

/// Links of every status, with each side's values, where they never agreed and where one holds nothing.
pub async fn what_was_written_is_remembered(harness: &dyn StoreHarness) {
    let lease = begin(harness, 1).await;
    let mut expected = Vec::new();
    for (n, status) in
        [LinkStatus::Live, LinkStatus::DealDeleted, LinkStatus::RecordDeleted, LinkStatus::Tombstone]
            .into_iter()
            .enumerate()
    {
        let deal = harness.insert_deal(harness.sample(n)).await;
        let mut agreed = agreement(harness, &format!("rec{n}"), &harness.sample(n));
        agreed.status = status;
        agreed.theirs[0] = None;
        agreed.crm[1] = Some(Value::Empty);
        agreed.theirs[1] = Some(text("as the remote has it 🤝"));
        agreed.seen_at = agreed.seen_at.filter(|_| n % 2 == 0);
        if n % 2 == 1 {
            agreed.held.insert(harness.roles().text, text("taken back 🤝"));
            agreed.held.insert(harness.roles().date, Value::Empty);
        }
        link(harness, &lease, &deal, vec![agreed.clone()]).await;
        expected.push(Link { deal, agreement: agreed });
    }
    let first = harness.store().state(&lease.connection).await.expect("the state");
    let mut read = first.links.clone();
    read.sort_by(|a, b| a.agreement.remote.cmp(&b.agreement.remote));
    assert_eq!(read, expected);
    let second = harness.store().state(&lease.connection).await.expect("the state");
    assert_eq!(second, first, "the order is the same each time");
}

/// Nobody has heard of it, and that is no failure.
pub async fn an_unknown_connection_remembers_nothing(harness: &dyn StoreHarness) {
    let unknown = ConnectionId::from("no such connection");
    assert_eq!(harness.store().state(&unknown).await.expect("the state"), State::default());
}

/// A record has one link: writing it again replaces all of it.
pub async fn a_link_is_rewritten_by_its_record(harness: &dyn StoreHarness) {
    let lease = begin(harness, 1).await;
    let deal = harness.insert_deal(harness.sample(1)).await;
    link(harness, &lease, &deal, vec![agreement(harness, "rec0001", &harness.sample(1))]).await;
    harness.forward(HOUR / 2);
    let mut later = agreement(harness, "rec0001", &harness.sample(2));
    later.status = LinkStatus::RecordDeleted;
    link(harness, &lease, &deal, vec![later.clone()]).await;
    assert_eq!(links(harness).await, [Link { deal: deal.clone(), agreement: later }]);

    let other = harness.insert_deal(harness.sample(2)).await;
    let moved = agreement(harness, "rec0001", &harness.sample(2));
    link(harness, &lease, &other, vec![moved.clone()]).await;
    let moved = Link { deal: other, agreement: moved };
    assert_eq!(links(harness).await, [moved], "a link not in force may move to another deal");
}

/// A record made again: the old link ends as the new one begins, in either order.
pub async fn a_tombstone_is_kept_beside_the_link_in_force(harness: &dyn StoreHarness) {
    let lease = begin(harness, 1).await;
    let deal = harness.insert_deal(harness.sample(1)).await;
    let mut live = agreement(harness, "rec1", &harness.sample(1));
    link(harness, &lease, &deal, vec![live.clone()]).await;
    for n in 2..4 {
        let mut old = live;
        old.status = LinkStatus::Tombstone;
        live = agreement(harness, &format!("rec{n}"), &harness.sample(n));
        let mut both = vec![old, live.clone()];
        if n == 3 {
            both.reverse();
        }
        link(harness, &lease, &deal, both).await;
    }
    let mut read: Vec<_> = links(harness).await;
    read.sort_by(|a, b| a.agreement.remote.cmp(&b.agreement.remote));
    assert!(read.iter().all(|link| link.deal == deal));
    let read: Vec<_> = read.into_iter().map(|link| link.agreement.status).collect();
    assert_eq!(read, [LinkStatus::Tombstone, LinkStatus::Tombstone, LinkStatus::Live]);
}

/// Two deals cannot both be one record.
pub async fn a_record_in_force_is_not_taken_by_another_deal(harness: &dyn StoreHarness) {
    let lease = begin(harness, 1).await;
    let owner = harness.insert_deal(harness.sample(1)).await;
    let rival = harness.insert_deal(harness.sample(2)).await;
    let agreed = agreement(harness, "rec0001", &harness.sample(1));
    link(harness, &lease, &owner, vec![agreed.clone()]).await;
    let taken = agreement(harness, "rec0001", &harness.sample(2));
    let taken = Effect { links: vec![taken], ..effect(DealWrite::Keep(rival)) };
    assert!(matches!(commit_one(harness, &lease, taken).await, Committed::Refused(_)));
    assert_eq!(links(harness).await, [Link { deal: owner, agreement: agreed }]);
}

/// One deal cannot be two records at once.
pub async fn a_deal_has_one_link_in_force(harness: &dyn StoreHarness) {
    let lease = begin(harness, 1).await;
    let deal = harness.insert_deal(harness.sample(1)).await;
    let agreed = agreement(harness, "rec0001", &harness.sample(1));
    link(harness, &lease, &deal, vec![agreed.clone()]).await;
    let second = agreement(harness, "rec0002", &harness.sample(1));
    let second = Effect { links: vec![second], ..effect(DealWrite::Keep(deal.clone())) };
    assert!(matches!(commit_one(harness, &lease, second).await, Committed::Refused(_)));
    assert_eq!(links(harness).await, [Link { deal, agreement: agreed }]);
}

/// The books know whose link it is; a record that they do not know cannot be linked to nothing.
pub async fn a_link_can_be_rewritten_without_naming_its_deal(harness: &dyn StoreHarness) {
    let lease = begin(harness, 1).await;
    let deal = harness.insert_deal(harness.sample(1)).await;
    link(harness, &lease, &deal, vec![agreement(harness, "rec0001", &harness.sample(1))]).await;
    let later = agreement(harness, "rec0001", &harness.sample(2));
    let unnamed = Effect { links: vec![later.clone()], ..effect(DealWrite::None) };
    let unowned = agreement(harness, "rec0002", &harness.sample(2));
    let unowned = Effect { links: vec![unowned], ..effect(DealWrite::None) };
    let committed = commit(harness, &lease, vec![unnamed, unowned]).await;
    assert_eq!(committed[0], Committed::Done(None));
    assert!(matches!(committed[1], Committed::Refused(_)), "{committed:?}");
    assert_eq!(links(harness).await, [Link { deal, agreement: later }]);
}

/// Two remotes of one CRM: the same deal, the same record's id, and books of their own.
pub async fn connections_do_not_see_each_other(harness: &dyn StoreHarness) {
    let ours = begin(harness, 1).await;
    let theirs = begin_on(harness, &harness.other_connection(), 2).await;
    let deal = harness.insert_deal(harness.sample(1)).await;
    link(harness, &ours, &deal, vec![agreement(harness, "rec0001", &harness.sample(1))]).await;
    put(harness, &ours, intent(harness, &deal)).await;
    let baseline = baseline(harness);
    let with = Commit { baseline: Some(baseline), ..Commit::default() };
    harness.store().commit(&ours, with).await.expect("a commit");
    let others = harness.store().state(&theirs.connection).await.expect("the state");
    assert_eq!(others, State::default());

    let before = harness.store().state(&ours.connection).await.expect("the state");
    let mut other = agreement(harness, "rec0001", &harness.sample(2));
    other.status = LinkStatus::Tombstone;
    link(harness, &theirs, &deal, vec![other]).await;
    assert_eq!(harness.store().state(&ours.connection).await.expect("the state"), before);
}

/// One creation under way for each deal: begun, sent, ended.
pub async fn an_intent_is_put_replaced_and_closed(harness: &dyn StoreHarness) {
    let lease = begin(harness, 1).await;
    let deal = harness.insert_deal(harness.sample(1)).await;
    let other = harness.insert_deal(harness.sample(2)).await;
    let kept = intent(harness, &other);
    put(harness, &lease, kept.clone()).await;
    let mut begun = intent(harness, &deal);
    put(harness, &lease, begun.clone()).await;
    begun.sent_at = Some(now(harness));
    put(harness, &lease, begun.clone()).await;
    let mut intents = harness.store().state(&lease.connection).await.expect("the state").intents;
    intents.sort_by(|a, b| a.deal.cmp(&b.deal));
    let mut expected = vec![begun, kept.clone()];
    expected.sort_by(|a, b| a.deal.cmp(&b.deal));
    assert_eq!(intents, expected);

    let close = Effect { intent: IntentWrite::Close, ..effect(DealWrite::Keep(deal)) };
    let again = close.clone();
    let closed = commit(harness, &lease, vec![close, again]).await;
    assert!(closed.iter().all(|done| matches!(done, Committed::Done(_))), "closing twice is no harm");
    assert_eq!(harness.store().state(&lease.connection).await.expect("the state").intents, [kept]);
}

/// A commit that gives none leaves the last one.
pub async fn a_baseline_stays_until_the_next_one(harness: &dyn StoreHarness) {
    let lease = begin(harness, 1).await;
    let mut expected = baseline(harness);
    for settings in ["first", "second"] {
        settings.clone_into(&mut expected.fingerprint);
        let with = Commit { baseline: Some(expected.clone()), ..Commit::default() };
        harness.store().commit(&lease, with).await.expect("a commit");
        harness.store().commit(&lease, Commit::default()).await.expect("an empty commit");
        let read = harness.store().state(&lease.connection).await.expect("the state").baseline;
        assert_eq!(read.as_ref(), Some(&expected));
        expected.unsettled.clear();
        expected.fields = None;
    }
}

/// A commit that names what is refused names all of it; one that names none leaves it. Each connection has its own.
pub async fn troubles_are_those_last_named(harness: &dyn StoreHarness) {
    let lease = begin(harness, 1).await;
    let deal = harness.insert_deal(harness.sample(1)).await;
    let trouble = |attempt: &str, times| Trouble {
        attempt: attempt.into(),
        deal: (times > 1).then(|| deal.clone()),
        remote: (times < 3).then(|| "rec0001".into()),
        times,
        message: "O'Brien's record \"was\" refused 🤝".into(),
    };
    for troubles in [vec![trouble("a", 1), trouble("b", 2)], vec![trouble("b", 3)], Vec::new()] {
        let commit = Commit { troubles: Some(troubles.clone()), ..Commit::default() };
        harness.store().commit(&lease, commit).await.expect("a commit");
        harness.store().commit(&lease, Commit::default()).await.expect("an empty commit");
        let state = harness.store().state(&lease.connection).await.expect("the state");
        assert_eq!(state.troubles, troubles);
        let other = harness.store().state(&harness.other_connection()).await.expect("the state");
        assert_eq!(other.troubles, []);
    }
}

async fn link(harness: &dyn StoreHarness, lease: &Lease, deal: &DealId, links: Vec<Agreement>) {
    let effect = Effect { links, ..effect(DealWrite::Keep(deal.clone())) };
    assert_eq!(commit_one(harness, lease, effect).await, Committed::Done(Some(deal.clone())));
}

async fn put(harness: &dyn StoreHarness, lease: &Lease, intent: Intent) {
    let write = DealWrite::Keep(intent.deal.clone());
    let put = Effect { intent: IntentWrite::Put(intent), ..effect(write) };
    assert!(matches!(commit_one(harness, lease, put).await, Committed::Done(_)));
}

fn intent(harness: &dyn StoreHarness, deal: &DealId) -> Intent {
    Intent { deal: deal.clone(), run: run_id(1), payload: harness.sample(1), sent_at: None }
}

fn baseline(harness: &dyn StoreHarness) -> Baseline {
    let unsettled: BTreeSet<_> = ["rec0001", "O'Brien \"&\" 🤝"].map(Into::into).into();
    let fields = [(harness.roles().text, "fldNotes".into()), (harness.roles().date, "O'Brien 🤝".into())];
    Baseline { fingerprint: "settings".into(), seen_at: now(harness), unsettled, fields: Some(fields.into()) }
}
