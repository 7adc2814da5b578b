//! One run per connection.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use connector_core::engine::EngineError;
use connector_core::id::PlanId;
use connector_core::plan::{Answer, Guard, Mode};
use connector_core::store::RunStatus;
use crm_sync_server::failure::Failure;
use crm_sync_server::worker::{Ending, Job, RunHandle, Work, Worker};
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

/// A plan that was made.
async fn planned(worker: &Worker, office: &Office, mode: Mode) -> PlanId {
    let job = Job::new(office.connection.clone(), Work::Plan { mode }, "test");
    let making = worker.start(job).await.unwrap();
    assert!(matches!(making.finished().await.as_ref(), Ending::Planned(_)));
    PlanId::new(making.run.as_str())
}

#[rstest]
#[case::postgres(Kind::Postgres)]
#[case::sqlite(Kind::Sqlite)]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_a_person_decided_is_not_answered_with_a_run_that_knows_nothing_of_it(#[case] kind: Kind) {
    let office = Office::open(kind).await;
    office.deals(200).await;
    let (here, elsewhere) = (office.server().await, office.server().await);
    let job = |work| Job::new(office.connection.clone(), work, "test");
    let (plan, other) =
        (planned(&here, &office, Mode::Sync).await, planned(&here, &office, Mode::Export).await);
    let apply = |plan: &PlanId| job(Work::Apply { plan: plan.clone(), without: BTreeSet::new() });
    office.slow_down(Duration::from_millis(300));
    let run = here.start(apply(&plan)).await.unwrap();

    let answers = BTreeMap::from([("recX".into(), Answer::Keep)]);
    let decided = [
        Job { answers, ..office.sync() },
        Job { overrides: BTreeSet::from([Guard::MassDelete]), ..office.sync() },
        apply(&other),
    ];
    for worker in [&here, &elsewhere] {
        for job in &decided {
            let refused = worker.start(job.clone()).await.map(|handle| handle.run).map_err(Arc::into_inner);
            let Err(Some(Failure::Engine(EngineError::Running(by)))) = refused else { panic!("{refused:?}") };
            assert_eq!(by, run.run);
        }
        let other = worker.start(office.sync()).await.unwrap();
        assert_eq!((other.started, &other.run), (false, &run.run));
    }
    let same = here.start(apply(&plan)).await.unwrap();
    assert_eq!((same.started, &same.run), (false, &run.run));
    here.shutdown().await;
    elsewhere.shutdown().await;
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
