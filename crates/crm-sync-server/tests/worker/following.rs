//! The steps of a run, wherever and whenever they are read.

use std::time::Duration;

use connector_core::id::RunId;
use connector_core::store::RunStatus;
use crm_sync_server::worker::{Numbered, RunEvent, Worker};
use futures::{StreamExt as _, TryStreamExt as _};
use rstest::rstest;

use crate::office::{Kind, Office, PATIENCE};

/// All steps after that number, up to the last.
async fn steps(worker: &Worker, run: &RunId, after: u64) -> Vec<Numbered> {
    let events = worker.events(run, after).await.unwrap().unwrap();
    tokio::time::timeout(PATIENCE, events.try_collect()).await.unwrap().unwrap()
}

#[rstest]
#[case::postgres(Kind::Postgres)]
#[case::sqlite(Kind::Sqlite)]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_run_is_followed_here_elsewhere_and_after_its_end(#[case] kind: Kind) {
    let office = Office::open(kind).await;
    office.deals(25).await;
    office.slow_down(Duration::from_millis(150));
    let (here, elsewhere) = (office.server().await, office.server().await);
    let run = here.start(office.sync()).await.unwrap().run;
    // A reader that reads nothing holds up nobody.
    let idle = here.events(&run, 0).await.unwrap().unwrap();

    let (followed, followed_elsewhere) = tokio::join!(steps(&here, &run, 0), steps(&elsewhere, &run, 0));

    for steps in [&followed, &followed_elsewhere, &steps(&elsewhere, &run, 0).await] {
        assert!(steps.is_sorted_by(|one, next| one.number < next.number), "{steps:#?}");
        assert_eq!(steps[0].event, RunEvent::Started);
        assert!(steps.iter().any(|step| matches!(step.event, RunEvent::Planned { operations: 25, .. })));
        let RunEvent::Finished(finished) = &steps.last().unwrap().event else { panic!("{steps:#?}") };
        assert_eq!((finished.status, finished.counts.created_remote), (RunStatus::Ok, 25));
    }
    assert!(
        followed.iter().any(|step| matches!(step.event, RunEvent::Writing { done: 25, total: 25, .. })),
        "{followed:#?}"
    );
    let last = followed.last().unwrap().number;
    let resumed = steps(&elsewhere, &run, last - 1).await;
    assert_eq!(resumed, followed[followed.len() - 1..], "a number means the same everywhere");
    assert!(idle.count().await > 0, "who comes late sees what still holds");
    assert!(here.events(&"no such run".into(), 0).await.unwrap().is_none());
}

#[tokio::test]
async fn a_run_of_the_command_line_has_an_end_to_follow() {
    let office = Office::open(Kind::Sqlite).await;
    office.deals(1).await;
    let mut process = office.process(&["sync", "airtable", "--yes"]);
    let run = office.run_that_is(RunStatus::Ok).await;
    assert!(process.wait().unwrap().success());
    let steps = steps(&office.server().await, &run, 0).await;
    let [Numbered { event: RunEvent::Finished(finished), .. }] = steps.as_slice() else {
        panic!("{steps:#?}")
    };
    assert_eq!(finished.counts.created_remote, 1);
}
