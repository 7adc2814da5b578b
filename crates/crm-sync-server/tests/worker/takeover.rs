//! What a dead or frozen program leaves.

use std::time::Duration;

use connector_core::store::RunStatus;
use rstest::rstest;

use crate::office::{Kind, Office, signal, until};

#[rstest]
#[case::postgres(Kind::Postgres)]
#[case::sqlite(Kind::Sqlite)]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_run_of_a_killed_program_is_finished_by_another_without_a_duplicate(#[case] kind: Kind) {
    let office = Office::open(kind).await;
    office.deals(60).await;
    office.records(5);
    office.slow_down(Duration::from_millis(200));
    let mut killed = office.process(&["sync", "airtable", "--yes"]);
    until(async || (office.writes() > 1).then_some(())).await;
    killed.kill().unwrap();
    killed.wait().unwrap();
    office.slow_down(Duration::ZERO);

    let survivor = office.server().await;

    office.run_that_is(RunStatus::Ok).await;
    let runs = office.runs().await;
    let told: Vec<_> = runs.iter().map(|run| (run.status, run.trigger.as_str(), &run.continues)).collect();
    let cut_off = Some(runs[0].id.clone());
    assert_eq!(told, [(RunStatus::Interrupted, "cli", &None), (RunStatus::Ok, "cli", &cut_off)]);
    office.assert_agreed(65).await;
    survivor.shutdown().await;
}

#[rstest]
#[case::postgres(Kind::Postgres)]
#[case::sqlite(Kind::Sqlite)]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_program_that_thaws_after_its_lease_writes_nothing_more(#[case] kind: Kind) {
    let office = Office::open(kind).await;
    office.deals(60).await;
    office.slow_down(Duration::from_millis(200));
    let mut frozen = office.process(&["sync", "airtable", "--yes"]);
    until(async || (office.writes() > 1).then_some(())).await;
    office.freeze(&frozen).await;
    let survivor = office.server().await;
    office.run_that_is(RunStatus::Ok).await;
    let writes = office.writes();

    signal(&frozen, "CONT");

    assert!(!frozen.wait().unwrap().success(), "it says that it lost the connection");
    assert_eq!(office.writes(), writes);
    office.assert_agreed(60).await;
    // While the frozen program's last transaction is open, the survivor may have to leave a deal for another run.
    let statuses: Vec<_> = office.runs().await.iter().map(|run| run.status).collect();
    assert!(matches!(statuses.as_slice(), [RunStatus::Interrupted, .., RunStatus::Ok]), "{statuses:?}");
    survivor.shutdown().await;
}
