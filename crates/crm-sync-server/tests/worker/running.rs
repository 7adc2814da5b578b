//! One run per connection.

use std::collections::BTreeSet;
use std::time::Duration;

use connector_core::plan::Mode;
use connector_core::store::RunStatus;
use crm_sync_server::failure::Failure;
use crm_sync_server::worker::{Ending, Job, RunHandle, Work};
use futures::future::join_all;
use rstest::rstest;

use crate::office::{Kind, Office};

#[rstest]
#[case::postgres(Kind::Postgres)]
#[case::sqlite(Kind::Sqlite)]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_hundred_requests_on_two_servers_make_one_run(#[case] kind: Kind) {
    let office = Office::open(kind).await;
    office.deals(3).await;
    office.slow_down(Duration::from_millis(300));
    let (one, other) = (office.server().await, office.server().await);
    let asking = (0..100).map(|number| {
        let worker = if number % 2 == 0 { one.clone() } else { other.clone() };
        let job = office.sync();
        tokio::spawn(async move { worker.start(job).await.unwrap() })
    });
    let answers: Vec<_> = join_all(asking).await.into_iter().map(Result::unwrap).collect();

    assert_eq!(answers.iter().map(|answer| &answer.run).collect::<BTreeSet<_>>().len(), 1);
    assert_eq!(answers.iter().filter(|answer| answer.started).count(), 1);
    let endings = join_all(answers.iter().map(RunHandle::finished)).await;
    let told = endings.iter().map(|ending| match ending.as_ref() {
        Ending::Ran(report) => report.record.clone(),
        Ending::Elsewhere(record) => record.clone(),
        other => panic!("{other:?}"),
    });
    assert!(
        told.into_iter().all(|record| record.status == RunStatus::Ok && record.counts.created_remote == 3)
    );
    assert_eq!(office.runs().await.len(), 1);
    office.assert_agreed(3).await;

    let next = other.start(office.sync()).await.unwrap();
    assert!(next.started, "the connection is free again");
    assert!(matches!(next.finished().await.as_ref(), Ending::Ran(_)));
}

#[tokio::test]
async fn a_plan_waits_for_an_approval_and_is_applied_once() {
    let office = Office::open(Kind::Sqlite).await;
    office.deals(2).await;
    let worker = office.server().await;
    let planning = Work::Plan { mode: Mode::Export };
    let planning = worker.start(Job::new(office.connection.clone(), planning, "test")).await.unwrap();
    let ending = planning.finished().await;
    let Ending::Planned(plan) = ending.as_ref() else { panic!("{ending:?}") };
    assert_eq!((plan.id.as_str(), plan.ops.len()), (planning.run.as_str(), 2));
    assert_eq!(office.runs().await, []);

    let left_out = plan.ops[0].seq;
    let apply = || {
        let work = Work::Apply { plan: plan.id.clone(), without: BTreeSet::from([left_out]) };
        Job::new(office.connection.clone(), work, "test")
    };
    let ending = worker.start(apply()).await.unwrap().finished().await;
    let Ending::Ran(report) = ending.as_ref() else { panic!("{ending:?}") };
    assert_eq!((report.record.counts.created_remote, report.record.mode), (1, Mode::Export));
    let again = worker.start(apply()).await;
    assert!(matches!(again.as_ref().map_err(AsRef::as_ref), Err(Failure::Engine(_))), "{again:?}");
}

#[tokio::test]
async fn a_sync_of_all_goes_on_by_itself() {
    let office = Office::open(Kind::Sqlite).await;
    office.deals(2).await;
    let worker = office.server().await;
    office.slow_down(Duration::from_millis(100));
    let run = worker.start_all(Mode::Sync, "test").await.unwrap();
    let same = worker.start_all(Mode::Sync, "test").await.unwrap();
    assert_eq!((run.started, same.started, &same.run), (true, false, &run.run));
    run.finished().await;
    office.assert_agreed(2).await;
}

#[tokio::test]
async fn what_keeps_a_run_from_beginning_is_the_answer() {
    let office = Office::open(Kind::Sqlite).await;
    let worker = office.server().await;
    let unknown = Job { connection: "airtable:none:none".into(), ..office.sync() };
    let refused = worker.start(unknown).await;
    assert!(
        matches!(refused.as_ref().map_err(AsRef::as_ref), Err(Failure::NotConfigured { .. })),
        "{refused:?}"
    );
    assert_eq!(office.runs().await, []);
}
