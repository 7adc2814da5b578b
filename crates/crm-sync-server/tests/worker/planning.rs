//! The making of plans: a preview, and what takes a run back.

use std::collections::BTreeSet;
use std::time::Duration;

use connector_core::id::RunId;
use connector_core::plan::{Mode, Plan, Purpose};
use connector_core::store::{RunStatus, Store as _};
use connector_core::value::Value;
use connector_sandbox::Edit;
use crm_sync_server::failure::{Failure, NotUndoable};
use crm_sync_server::worker::{Ending, Job, RunHandle, Work};
use rstest::rstest;
use serde_json::json;

use crate::office::{Kind, Office};

fn undo(office: &Office, run: &RunId) -> Job {
    Job::new(office.connection.clone(), Work::Undo { run: run.clone() }, "test")
}

fn preview(office: &Office, mode: Mode) -> Job {
    Job::new(office.connection.clone(), Work::Plan { mode }, "test")
}

/// The plan that was made.
async fn planned(handle: &RunHandle) -> Plan {
    let ending = handle.finished().await;
    let plan = match ending.as_ref() {
        Ending::Planned(plan) => Some(plan.clone()),
        _ => None,
    };
    plan.unwrap()
}

/// What the CRM's deals hold.
async fn values(office: &Office) -> Vec<Box<[Value]>> {
    let deals = office.app().await.store.deals().await.unwrap();
    deals.into_iter().map(|deal| deal.values).collect()
}

#[rstest]
#[case::postgres(Kind::Postgres)]
#[case::sqlite(Kind::Sqlite)]
#[tokio::test]
async fn a_run_is_taken_back_by_a_plan_that_is_applied(#[case] kind: Kind) {
    let office = Office::open(kind).await;
    office.deals(2).await;
    let worker = office.server().await;
    worker.start(office.sync()).await.unwrap().finished().await;
    let record = office.sandbox.airtable_record_ids().pop().unwrap();
    let before = values(&office).await;
    office.sandbox.edit(&Edit::update_record(&record, json!({"Amount": 4200}))).unwrap();
    let run = worker.start(office.sync()).await.unwrap();
    run.finished().await;
    assert_ne!(values(&office).await, before);

    let plan = planned(&worker.start(undo(&office, &run.run)).await.unwrap()).await;
    assert_eq!((&plan.purpose, plan.ops.len()), (&Purpose::Undo { run: run.run.clone() }, 1));
    assert_eq!(office.runs().await.len(), 2, "a plan changes nothing");
    let apply = Work::Apply { plan: plan.id, without: BTreeSet::new() };
    let undoing = worker.start(Job::new(office.connection.clone(), apply, "test")).await.unwrap();
    let ending = undoing.finished().await;
    let Ending::Ran(report) = ending.as_ref() else { panic!("{ending:?}") };

    assert_eq!((report.record.status, report.record.counts.pulled), (RunStatus::Ok, 1));
    assert_eq!(values(&office).await, before);
    let undone = office.app().await.store.run_of(&run.run).await.unwrap().unwrap();
    assert_eq!(undone.undone_by, Some(undoing.run));
    let again = worker.start(undo(&office, &run.run)).await.unwrap().finished().await;
    assert!(
        matches!(
            again.as_ref(),
            Ending::Failed(Failure::NotUndoable { why: NotUndoable::Already { .. }, .. })
        ),
        "{again:?}"
    );
}

#[rstest]
#[case::postgres(Kind::Postgres)]
#[case::sqlite(Kind::Sqlite)]
#[tokio::test]
async fn an_undo_that_is_asked_while_a_preview_is_made_is_what_comes(#[case] kind: Kind) {
    let office = Office::open(kind).await;
    office.deals(2).await;
    let worker = office.server().await;
    let run = worker.start(office.sync()).await.unwrap().run;
    office.run_that_is(RunStatus::Ok).await;
    office.slow_down(Duration::from_millis(300));

    let sync = worker.start(preview(&office, Mode::Sync)).await.unwrap();
    let import = worker.start(preview(&office, Mode::Import)).await.unwrap();
    let undoing = worker.start(undo(&office, &run)).await.unwrap();
    let same = worker.start(undo(&office, &run)).await.unwrap();

    assert_eq!([sync.started, import.started, undoing.started, same.started], [true, true, true, false]);
    assert_eq!(same.run, undoing.run);
    assert_eq!(planned(&undoing).await.purpose, Purpose::Undo { run });
    for (handle, mode) in [(sync, Mode::Sync), (import, Mode::Import)] {
        let plan = planned(&handle).await;
        assert_eq!((plan.purpose, plan.mode), (Purpose::Agree, mode));
    }
}
