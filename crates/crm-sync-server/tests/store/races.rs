//! The CRM writes while we commit: an edit that we did not see is never overwritten.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use connector_core::store::{Commit, Committed, DealWrite, Store as _};
use crm_sync_server::crm;
use rstest::rstest;

use crate::support::{Desk, Kind, effect, text, update};

#[rstest]
#[case::postgres(Kind::Postgres)]
#[case::sqlite(Kind::Sqlite)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_edit_under_way_is_waited_for_and_then_seen(#[case] kind: Kind) {
    let mut desk = Desk::new(kind).await;
    let (edited, other) = (desk.crm.add("Acme"), desk.crm.add("Zenith"));
    let lease = desk.lease().await;
    let mut person = desk.place.crm();
    person.execute(match kind {
        Kind::Postgres => "BEGIN",
        Kind::Sqlite => "BEGIN IMMEDIATE",
    });
    person.execute(&format!("UPDATE deals SET client = 'Acme Corp' WHERE id = {edited}"));

    let effects = vec![
        effect(update(&other, crm::CLIENT, text("Zenith"), text("ZENITH"))),
        effect(update(&edited, crm::CLIENT, text("Acme"), text("ACME"))),
    ];
    let store = desk.store.clone();
    let committing =
        tokio::spawn(async move { store.commit(&lease, Commit { effects, ..Commit::default() }).await });
    if kind == Kind::Postgres {
        // It has read the old client, and waits to write the row.
        let waiting = "FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
        let asked = Instant::now();
        while desk.crm.cell("count(*)", waiting) == "0" {
            assert!(asked.elapsed() < Duration::from_secs(10), "the commit never came to wait");
            tokio::task::yield_now().await;
        }
    }
    person.execute("COMMIT");

    let committed = committing.await.unwrap().unwrap();
    assert_eq!(committed, [Committed::Done(Some(other.clone())), Committed::Stale]);
    assert_eq!(desk.value(&edited, crm::CLIENT).await, text("Acme Corp"));
    assert_eq!(desk.value(&other, crm::CLIENT).await, text("ZENITH"));
}

/// A person who never stops typing and a sync that never stops writing, on one cell. A trigger of the test's own keeps
/// what each write replaced: a write of ours must have replaced exactly what it expected.
#[rstest]
#[case::postgres(Kind::Postgres)]
#[case::sqlite(Kind::Sqlite)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_edit_is_lost_to_a_sync_that_did_not_see_it(#[case] kind: Kind) {
    const ROUNDS: usize = 150;
    let mut desk = Desk::new(kind).await;
    let id = desk.crm.add("start");
    desk.crm.execute("CREATE TABLE history (was text, became text)");
    desk.crm.execute(match kind {
        Kind::Postgres => {
            "CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS
             'BEGIN INSERT INTO history VALUES (OLD.client, NEW.client); RETURN NULL; END';
             CREATE TRIGGER keep AFTER UPDATE OF client ON deals FOR EACH ROW EXECUTE FUNCTION keep()"
        }
        Kind::Sqlite => {
            "CREATE TRIGGER keep AFTER UPDATE OF client ON deals
             BEGIN INSERT INTO history VALUES (OLD.client, NEW.client); END"
        }
    });
    let lease = desk.lease().await;
    let done = AtomicBool::new(false);
    let mut person = desk.place.crm();

    let mut expected = Vec::new();
    let mut stale = 0;
    std::thread::scope(|threads| {
        let typing = threads.spawn(|| {
            let mut edits = 0_u32;
            while !done.load(Ordering::Relaxed) {
                edits += 1;
                person.execute(&format!("UPDATE deals SET client = 'person {edits}'"));
                // A person is slower than a loop; SQLite's writers have no queue, and would starve the other.
                std::thread::sleep(Duration::from_millis(1));
            }
            edits
        });
        let (committed_all, missed) = tokio::task::block_in_place(|| {
            tokio::runtime::Handle::current().block_on(async {
                let mut committed_all = Vec::new();
                let mut missed = 0;
                for round in 0..ROUNDS {
                    let seen = desk.value(&id, crm::CLIENT).await;
                    let write = DealWrite::Update {
                        id: id.clone(),
                        expected: vec![(crm::CLIENT.into(), seen.clone())],
                        values: vec![(crm::CLIENT.into(), text(&format!("sync {round}")))],
                    };
                    let commit = Commit { effects: vec![effect(write)], ..Commit::default() };
                    match desk.store.commit(&lease, commit).await.unwrap().remove(0) {
                        Committed::Done(_) => committed_all.push((seen, format!("sync {round}"))),
                        Committed::Stale => missed += 1,
                        Committed::Refused(why) => panic!("{why}"),
                    }
                }
                (committed_all, missed)
            })
        });
        done.store(true, Ordering::Relaxed);
        assert!(typing.join().unwrap() > 0);
        expected = committed_all;
        stale = missed;
    });

    let replaced = desk.crm.column("was || ' > ' || became", "FROM history WHERE became LIKE 'sync %'");
    let replaced: Vec<_> = replaced.into_iter().flatten().collect();
    let expected: Vec<_> = expected
        .into_iter()
        .map(|(seen, wrote)| match seen {
            connector_core::value::Value::Text(seen) => format!("{seen} > {wrote}"),
            other => panic!("{other}"),
        })
        .collect();
    assert_eq!(replaced, expected);
    assert!(!expected.is_empty(), "{stale} of {ROUNDS} writes were stale: none was tried for real");
}

#[rstest]
#[case::postgres(Kind::Postgres)]
#[case::sqlite(Kind::Sqlite)]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_connections_that_write_one_deal_do_not_overwrite_each_other(#[case] kind: Kind) {
    let mut desk = Desk::new(kind).await;
    let id = desk.crm.add("start");
    for _ in 0..20 {
        let seen = desk.value(&id, crm::CLIENT).await;
        let write = |remote: &'static str| {
            let (store, id, seen) = (desk.store.clone(), id.clone(), seen.clone());
            tokio::spawn(async move {
                let ttl = chrono::TimeDelta::minutes(1);
                let lease = store.acquire(&remote.into(), &remote.into(), ttl).await.unwrap();
                let effects = vec![effect(update(&id, crm::CLIENT, seen, text(remote)))];
                let committed = store.commit(&lease, Commit { effects, ..Commit::default() }).await.unwrap();
                store.release(&lease).await.unwrap();
                committed == [Committed::Done(Some(id))]
            })
        };
        let (airtable, notion) = (write("airtable"), write("notion"));
        let (airtable, notion) = (airtable.await.unwrap(), notion.await.unwrap());
        assert!(airtable != notion, "exactly one wrote: airtable {airtable}, notion {notion}");
        let holds = desk.value(&id, crm::CLIENT).await;
        assert_eq!(holds, text(if airtable { "airtable" } else { "notion" }));
        desk.crm.execute("UPDATE deals SET client = 'start'");
    }
}
