//! Runs that are ended early.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use connector_core::plan::Guard;
use connector_core::store::RunStatus;
use crm_sync_server::worker::{Ending, Job};
use futures::StreamExt as _;
use rstest::rstest;

use crate::office::{Kind, Office, until};

#[rstest]
#[case::postgres(Kind::Postgres)]
#[case::sqlite(Kind::Sqlite)]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_run_is_cancelled_from_another_server_between_two_operations(#[case] kind: Kind) {
    let office = Office::open(kind).await;
    office.deals(200).await;
    office.slow_down(Duration::from_millis(100));
    let (here, elsewhere) = (office.server().await, office.server().await);
    let run = here.start(office.sync()).await.unwrap();
    until(async || (office.writes() > 1).then_some(())).await;

    assert!(elsewhere.cancel(&run.run).await.unwrap());

    let ending = run.finished().await;
    let Ending::Ran(report) = ending.as_ref() else { panic!("{ending:?}") };
    assert_eq!(report.record.status, RunStatus::Cancelled);
    let created = report.record.counts.created_remote;
    assert!(created > 0 && created < 200, "{created}");
    assert_eq!(office.sandbox.airtable_record_ids().len(), usize::try_from(created).unwrap());
    assert!(!elsewhere.cancel(&run.run).await.unwrap(), "it has ended");
    assert!(!elsewhere.cancel(&"no such run".into()).await.unwrap());
    // What a person ended, nobody goes on with.
    tokio::time::sleep(Duration::from_millis(600)).await;
    assert_eq!(office.runs().await.len(), 1);
}

#[rstest]
#[case::postgres(Kind::Postgres)]
#[case::sqlite(Kind::Sqlite)]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_server_ends_within_a_second_and_another_goes_on(#[case] kind: Kind) {
    let office = Office::open(kind).await;
    office.deals(40).await;
    let ending_server = office.server().await;
    let overrides = BTreeSet::from([Guard::MassDelete]);
    let run = ending_server.start(Job { overrides, ..office.sync() }).await.unwrap();
    let reader = ending_server.events(&run.run, 0).await.unwrap().unwrap();
    until(async || (office.writes() > 0).then_some(())).await;
    // An answer that takes longer than the server has.
    office.slow_down(Duration::from_secs(5));
    until(async || (office.writes() > 1).then_some(())).await;

    let asked = Instant::now();
    ending_server.shutdown().await;
    assert!(asked.elapsed() < Duration::from_secs(1), "{:?}", asked.elapsed());
    assert!(matches!(run.finished().await.as_ref(), Ending::Interrupted));
    reader.count().await;
    assert!(ending_server.start(office.sync()).await.is_err(), "it begins nothing more");
    let [record] = office.runs().await.try_into().unwrap();
    assert_eq!(record.status, RunStatus::Interrupted);
    office.slow_down(Duration::ZERO);

    let other = office.server().await;
    let next = office.run_that_is(RunStatus::Ok).await;
    assert!(next > run.run);
    let records = office.runs().await;
    assert_eq!(records.len(), 2, "{records:#?}");
    assert_eq!((records[1].trigger.as_str(), &records[1].continues), ("test", &Some(run.run)));
    assert_eq!(records[1].overrides, ["mass_delete by test"], "whoever gave the override is named");
    office.assert_agreed(40).await;
    other.shutdown().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_idle_server_ends_at_once() {
    let office = Office::open(Kind::Sqlite).await;
    let worker = office.server().await;
    let asked = Instant::now();
    worker.shutdown().await;
    assert!(asked.elapsed() < Duration::from_millis(300), "{:?}", asked.elapsed());
}
