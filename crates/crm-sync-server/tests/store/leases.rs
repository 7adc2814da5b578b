//! One writer for each connection.

use chrono::TimeDelta;
use connector_core::id::{ConnectionId, RunId};
use connector_core::store::{Commit, Store as _, StoreError};
use rstest::rstest;

use crate::support::{Desk, Kind, effect, insert};

const TTL: TimeDelta = TimeDelta::seconds(60);

#[rstest]
#[case::postgres(Kind::Postgres)]
#[case::sqlite(Kind::Sqlite)]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_that_ask_at_once_exactly_one_has_the_lease(#[case] kind: Kind) {
    let desk = Desk::new(kind).await;
    for round in 0..5 {
        let connection = ConnectionId::from(format!("airtable-{round}"));
        let ask = |runner: u32| {
            let (store, connection) = (desk.store.clone(), connection.clone());
            tokio::spawn(
                async move { store.acquire(&connection, &format!("run-{runner}").into(), TTL).await },
            )
        };
        let asking: Vec<_> = (0..8).map(ask).collect();
        let mut leases = Vec::new();
        let mut holders = Vec::new();
        for answer in asking {
            match answer.await.unwrap() {
                Ok(lease) => leases.push(lease),
                Err(StoreError::Held(run)) => holders.push(run),
                Err(error) => panic!("{error}"),
            }
        }
        assert_eq!(leases.len(), 1);
        assert_eq!(holders, vec![leases[0].run.clone(); 7]);
        assert_eq!(desk.store.running(&connection).await.unwrap(), Some(leases[0].run.clone()));
    }
}

#[rstest]
#[case::postgres(Kind::Postgres)]
#[case::sqlite(Kind::Sqlite)]
#[tokio::test]
async fn an_expired_lease_is_taken_over_and_its_holder_is_fenced_off(#[case] kind: Kind) {
    let desk = Desk::new(kind).await;
    let connection = ConnectionId::from("airtable");
    let old = desk.store.acquire(&connection, &"run-1".into(), TTL).await.unwrap();
    desk.clock.advance(TTL);
    assert_eq!(desk.store.running(&connection).await.unwrap(), None);

    let new = desk.store.acquire(&connection, &"run-2".into(), TTL).await.unwrap();

    assert!(new.fence > old.fence);
    let write = || Commit { effects: vec![effect(insert("Acme", "1"))], ..Commit::default() };
    assert!(matches!(desk.store.commit(&old, write()).await, Err(StoreError::Fenced)));
    assert!(matches!(desk.store.renew(&old, TTL).await, Err(StoreError::Fenced)));
    desk.store.release(&old).await.unwrap();
    assert_eq!(desk.store.running(&connection).await.unwrap(), Some(RunId::from("run-2")));
    assert_eq!(desk.store.deals().await.unwrap().len(), 0);
    desk.store.commit(&new, write()).await.unwrap();
    assert_eq!(desk.store.deals().await.unwrap().len(), 1);
}

#[rstest]
#[case::postgres(Kind::Postgres)]
#[case::sqlite(Kind::Sqlite)]
#[tokio::test]
async fn a_renewed_lease_holds_and_a_released_one_is_free(#[case] kind: Kind) {
    let desk = Desk::new(kind).await;
    let connection = ConnectionId::from("airtable");
    let first = desk.store.acquire(&connection, &"run-1".into(), TTL).await.unwrap();
    desk.clock.advance(TTL);
    desk.store.renew(&first, TTL).await.unwrap();
    let asked = desk.store.acquire(&connection, &"run-2".into(), TTL).await;
    assert!(matches!(asked, Err(StoreError::Held(run)) if run == RunId::from("run-1")));
    let other = desk.store.acquire(&"notion".into(), &"run-3".into(), TTL).await;
    assert!(other.is_ok(), "another connection is not held up");

    desk.store.release(&first).await.unwrap();

    let second = desk.store.acquire(&connection, &"run-2".into(), TTL).await.unwrap();
    assert!(second.fence > first.fence);
}
