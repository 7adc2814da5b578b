//! Going on with what a dead server left.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use connector_core::engine::EngineError;
use connector_core::id::RunId;
use connector_core::store::{OpOutcome, RunRecord, StoreError};

use super::handle::Worker;
use super::job::{Job, Work};
use super::retention::pause;
use crate::failure::Failure;
use crate::store::{Orphan, Run};

/// How often work may be cut off before it is taken for what kills its servers.
const PATIENCE: u32 = 3;
/// How old a run may be to be gone on with: what was asked for the day before may no longer be wanted.
const LIFE: TimeDelta = TimeDelta::days(1);

/// Looks for such runs now and then, until the program ends.
pub(super) async fn keep_watch(worker: Worker) {
    loop {
        match worker.0.app.store.orphans().await {
            Ok(orphans) => {
                for orphan in orphans {
                    let run = orphan.run.record.id.clone();
                    if let Err(failure) = go_on(&worker, orphan).await {
                        tracing::warn!(%run, ?failure, "an interrupted run waits to be gone on with");
                    }
                }
            }
            Err(error) => tracing::warn!(%error, "interrupted runs cannot be looked for"),
        }
        if let Err(error) = worker.0.app.settle_calls().await {
            tracing::warn!(%error, "the requests to the remotes cannot be counted");
        }
        if pause(&worker, worker.0.settings.takeover).await.is_break() {
            return;
        }
    }
}

/// Marks the run as interrupted and starts the one that goes on with it.
async fn go_on(worker: &Worker, orphan: Orphan<Job>) -> Result<(), Arc<Failure>> {
    let store = &worker.0.app.store;
    let Run { connection, record, .. } = orphan.run;
    let job = orphan.job.unwrap_or_else(|| {
        let work = Work::Run { mode: record.mode, only: None };
        Job::new(connection.clone(), work, record.trigger.clone())
    });
    match store.interrupt(&connection, &record.id, &job).await {
        // Somebody was faster.
        Err(StoreError::Held(_)) => return Ok(()),
        other => other.map_err(Failure::from)?,
    }
    let done = applied(worker, &record.id).await?;
    let Some(rest) = rest(job, &record, &done, worker.0.app.clock.now()) else {
        tracing::warn!(run = %record.id, "an interrupted run is given up: the next sync repairs");
        return Ok(store.settle(&record.id).await.map_err(Failure::from)?);
    };
    match worker.start(rest).await {
        Ok(next) => {
            tracing::info!(run = %record.id, next = %next.run, started = next.started, "an interrupted run goes on");
            Ok(())
        }
        Err(failure) if is_hopeless(&failure) => {
            tracing::warn!(run = %record.id, ?failure, "an interrupted run cannot be gone on with");
            Ok(store.settle(&record.id).await.map_err(Failure::from)?)
        }
        Err(failure) => Err(failure),
    }
}

/// The operations that a run did.
async fn applied(worker: &Worker, run: &RunId) -> Result<BTreeSet<u32>, Failure> {
    let lines = worker.0.app.store.operations(run).await?;
    let done = lines.iter().filter(|line| line.entry.outcome == OpOutcome::Applied);
    Ok(done.map(|line| line.entry.seq).collect())
}

/// What is left of a job whose run was cut off, if somebody should go on with it.
fn rest(job: Job, record: &RunRecord, done: &BTreeSet<u32>, now: DateTime<Utc>) -> Option<Job> {
    if job.interruptions >= PATIENCE || now - record.started > LIFE {
        return None;
    }
    let work = match job.work {
        Work::Plan { .. } | Work::Undo { .. } => return None,
        // A plan was approved, and nobody told what was to be left out of it: no other operation may be done.
        Work::Run { .. } if record.plan.is_some() => return None,
        Work::Run { mode, only } => Work::Run { mode, only },
        Work::Apply { plan, without } => Work::Apply { plan, without: &without | done },
    };
    Some(Job { work, continues: Some(record.id.clone()), interruptions: job.interruptions + 1, ..job })
}

/// Whether trying again later would end the same way.
fn is_hopeless(failure: &Failure) -> bool {
    match failure {
        Failure::Engine(error) => !matches!(error, EngineError::Running(_)),
        Failure::NotConfigured { .. } => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use connector_core::connector::Usage;
    use connector_core::plan::{Guard, Mode, Purpose};
    use connector_core::store::{Counts, RunStatus};

    use super::*;

    fn record(plan: Option<&str>) -> RunRecord {
        RunRecord {
            id: "run-1".into(),
            purpose: Purpose::Agree,
            mode: Mode::Import,
            trigger: "page".into(),
            continues: None,
            plan: plan.map(Into::into),
            started: DateTime::UNIX_EPOCH,
            finished: None,
            status: RunStatus::Interrupted,
            counts: Counts::default(),
            usage: Usage::default(),
            message: None,
            overrides: Vec::new(),
        }
    }

    fn job(work: Work) -> Job {
        Job::new("airtable".into(), work, "page")
    }

    fn soon() -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::minutes(1)
    }

    #[test]
    fn the_rest_of_a_run_is_the_same_work_for_whoever_asked_and_gave_the_overrides() {
        let overrides = BTreeSet::from([Guard::MassDelete]);
        let asked = Job { overrides, ..job(Work::Run { mode: Mode::Import, only: None }) };
        let rest = rest(asked.clone(), &record(None), &BTreeSet::from([1]), soon()).unwrap();
        assert_eq!(rest, Job { continues: Some("run-1".into()), interruptions: 1, ..asked });
    }

    #[test]
    fn of_an_approved_plan_only_what_was_approved_and_not_done_is_left() {
        let work = Work::Apply { plan: "plan-1".into(), without: BTreeSet::from([2]) };
        let rest = rest(job(work), &record(Some("plan-1")), &BTreeSet::from([0, 1]), soon()).unwrap();
        assert_eq!(rest.work, Work::Apply { plan: "plan-1".into(), without: BTreeSet::from([0, 1, 2]) });
    }

    #[test]
    fn a_plan_of_which_nobody_told_what_to_leave_out_is_not_gone_on_with() {
        let told = job(Work::Run { mode: Mode::Sync, only: None });
        assert_eq!(rest(told, &record(Some("plan-1")), &BTreeSet::new(), soon()), None);
    }

    #[test]
    fn what_was_cut_off_too_often_or_is_too_old_is_given_up() {
        let work = || job(Work::Run { mode: Mode::Sync, only: None });
        let often = Job { interruptions: PATIENCE, ..work() };
        assert_eq!(rest(often, &record(None), &BTreeSet::new(), soon()), None);
        let late = DateTime::UNIX_EPOCH + LIFE + TimeDelta::seconds(1);
        assert_eq!(rest(work(), &record(None), &BTreeSet::new(), late), None);
    }
}
