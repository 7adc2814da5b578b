use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::TimeDelta;
use futures::{StreamExt, TryStreamExt};

use crate::connector::{Change, DealConnector, Listing, Outcome};
use crate::error::Result;
use crate::id::RemoteId;
use crate::schema::{FieldKind, Schema};
use crate::store::{Commit, DealWrite, Effect, IntentWrite, Store};
use crate::testing::{
    Blow, CallKind, Faults, Faulty, FaultyStore, Fuse, ManualClock, MemoryConnector, MemorySettings,
    MemoryStore, field,
};
use crate::unit::{Unit, UnitKind, Units};
use crate::value::Value;

fn remote() -> MemoryConnector {
    let fields = vec![field("name", "Name", FieldKind::Text { max: None })];
    let schema = Schema { container: "deals".into(), name: "Deals".into(), fields };
    MemoryConnector::new(MemorySettings::default(), schema, Arc::new(ManualClock::default()))
}

fn filled(rows: usize) -> (MemoryConnector, Vec<RemoteId>) {
    let remote = remote();
    let name = |n: usize| [("name", Value::Text(format!("Deal {n}")))];
    let ids = (0..rows).map(|n| remote.insert(name(n)).unwrap()).collect();
    (remote, ids)
}

fn creation(name: &str) -> Change {
    Change::Create { stamp: None, cells: vec![("name".into(), Value::Text(name.into()))] }
}

fn update(id: &RemoteId) -> Change {
    Change::Update { id: id.clone(), cells: vec![("name".into(), Value::Text("New".into()))] }
}

async fn listed(connector: &dyn DealConnector) -> Result<Vec<RemoteId>> {
    let pages: Vec<_> = connector.list(Listing::everything(["name".into()])).try_collect().await?;
    Ok(pages.into_iter().flat_map(|page| page.deals).map(|deal| deal.id).collect())
}

#[tokio::test]
async fn a_blurred_listing_still_gives_every_row() {
    let (remote, ids) = filled(250);
    let faults = Faults { shuffle: true, repeat: 0.3, ..Faults::default() };
    let rows = listed(&Faulty::new(remote.clone(), 1).with(faults)).await.unwrap();
    assert!(rows.len() > 250, "some rows come twice: {}", rows.len());
    assert_ne!(rows, ids);
    assert_eq!(rows.iter().collect::<BTreeSet<_>>(), ids.iter().collect());
    let again = listed(&Faulty::new(remote.clone(), 1).with(faults)).await.unwrap();
    assert_eq!(again, rows, "the same seed gives the same listing");
    let other = listed(&Faulty::new(remote, 2).with(faults)).await.unwrap();
    assert_ne!(other, rows, "another seed gives another");
}

#[tokio::test]
async fn a_cut_listing_ends_with_an_error() {
    let (remote, _) = filled(250);
    let faulty = Faulty::new(remote, 1).with(Faults { cut_after: Some(2), ..Faults::default() });
    let pages: Vec<_> = faulty.list(Listing::everything(["name".into()])).collect().await;
    assert_eq!(pages.iter().map(Result::is_ok).collect::<Vec<_>>(), [true, true, false]);
}

#[tokio::test]
async fn a_lost_answer_belongs_to_a_change_that_was_made() {
    let remote = remote();
    let faulty = Faulty::new(remote.clone(), 1).with(Faults { lose_answer: 1.0, ..Faults::default() });
    let outcomes = faulty.write(vec![creation("One"), creation("Two")]).await;
    assert!(matches!(outcomes[..], [Outcome::Unknown(_), Outcome::Unknown(_)]), "{outcomes:?}");
    assert_eq!(remote.records().len(), 2);
}

#[tokio::test]
async fn a_refused_change_was_never_made() {
    let remote = remote();
    let faulty = Faulty::new(remote.clone(), 1).with(Faults { fail: 0.5, ..Faults::default() });
    let mut refused = 0;
    let mut applied = BTreeSet::new();
    for n in 0..50 {
        match faulty.write(vec![creation(&format!("Deal {n}"))]).await.remove(0) {
            Outcome::Applied { deal, .. } => assert!(applied.insert(deal.id)),
            Outcome::Refused(_) | Outcome::Unknown(_) => refused += 1,
        }
    }
    assert!(refused > 10 && applied.len() > 10, "{refused} of 50 were refused");
    assert_eq!(remote.records().into_iter().map(|deal| deal.id).collect::<BTreeSet<_>>(), applied);
}

#[tokio::test]
async fn people_work_between_two_pages() {
    let (remote, ids) = filled(150);
    let (person, last) = (remote.clone(), ids[149].clone());
    let faulty = Faulty::new(remote, 1).on_call(move |call| {
        if (call.number, call.kind) == (2, CallKind::Page) {
            person.delete(&last).unwrap();
        }
    });
    assert_eq!(listed(&faulty).await.unwrap(), ids[..149]);
}

#[tokio::test(start_paused = true)]
async fn two_writes_of_one_deal_at_once_are_noticed() {
    let (remote, ids) = filled(2);
    let delay = std::time::Duration::from_secs(5);
    let faulty = Faulty::new(remote, 1).with(Faults { delay, ..Faults::default() });
    futures::join!(faulty.write(vec![update(&ids[0])]), faulty.write(vec![update(&ids[1])]));
    assert_eq!((faulty.most_in_flight(), faulty.collisions()), (2, 0));
    futures::join!(faulty.write(vec![update(&ids[0])]), faulty.write(vec![update(&ids[0])]));
    assert_eq!(faulty.collisions(), 1);
}

/// A process of two steps that matter, one in each of remote and store; whether each was made.
async fn live(fuse: &Fuse) -> (bool, bool) {
    let units = Units::new([Unit::new("name", UnitKind::Text { max: None }, "Name")]).unwrap();
    let memory = MemoryStore::new(units, Arc::new(ManualClock::default()));
    let remote = remote();
    let store = FaultyStore::new(memory.clone(), fuse.clone());
    let faulty = Faulty::new(remote.clone(), 1).fused(fuse.clone());
    let lease = store.acquire(&"memory".into(), &"1".into(), TimeDelta::hours(1)).await;
    if let Ok(lease) = lease {
        drop(faulty.write(vec![creation("A deal")]).await);
        let effect = Effect {
            deal: DealWrite::Insert { values: Vec::new() },
            links: Vec::new(),
            intent: IntentWrite::Keep,
            origins: Vec::new(),
            conflicts: Vec::new(),
            log: None,
        };
        let committed = store.commit(&lease, Commit { effects: vec![effect], ..Commit::default() }).await;
        assert_eq!(committed.is_err(), fuse.is_blown());
    }
    assert_eq!(store.deals().await.is_err(), fuse.is_blown(), "nothing works in a process that ended");
    assert_eq!(faulty.schema().await.is_err(), fuse.is_blown());
    (!remote.records().is_empty(), !memory.deals().await.unwrap().is_empty())
}

#[tokio::test]
async fn a_process_ends_before_or_after_any_of_its_steps() {
    let counting = Fuse::new();
    assert_eq!(live(&counting).await, (true, true));
    assert_eq!((counting.steps(), counting.is_blown()), (4, false));
    for (step, blow, made) in [
        (1, Blow::After, (false, false)),
        (2, Blow::Before, (false, false)),
        (2, Blow::After, (true, false)),
        (3, Blow::Before, (true, false)),
        (3, Blow::After, (true, true)),
    ] {
        let fuse = Fuse::at(step, blow);
        assert_eq!(live(&fuse).await, made, "{blow:?} step {step}");
        assert!(fuse.is_blown());
        assert_eq!(fuse.steps(), step);
    }
}
