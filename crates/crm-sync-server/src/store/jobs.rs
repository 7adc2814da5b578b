//! What the replicas of the server tell each other about their runs.

use chrono::{DateTime, Utc};
use connector_core::id::{ConnectionId, RunId};
use connector_core::store::{RunStatus, StoreError};
use diesel::dsl::exists;
use diesel::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::columns::{Document, Moment};
use super::conn::{Conn, on_backend};
use super::failure::Failure;
use super::runs::{self, Run};
use super::schema::{sync_events as events, sync_jobs as jobs, sync_plans as plans, sync_runs};
use super::{DieselStore, leases};

/// Why an interrupted run ended, in the words of its history.
const CUT_OFF: &str = "the program ended before the run did";

/// One step of a run.
#[derive(Debug, Clone, PartialEq)]
pub struct Step<E> {
    /// Its number, from 1.
    pub number: i64,
    /// Whether the next such step takes its place.
    pub passing: bool,
    /// What happened.
    pub event: E,
}

/// A run that did not come to its end and that nobody is at.
#[derive(Debug, Clone)]
pub struct Orphan<J> {
    /// The run.
    pub run: Run,
    /// What it was asked for, if the one that ran it told.
    pub job: Option<J>,
}

#[derive(Debug, Insertable)]
#[diesel(table_name = events, treat_none_as_default_value = false)]
struct EventRow {
    run: String,
    number: i64,
    passing: bool,
    event: Document,
    at: Moment,
}

/// The books of the worker.
impl DieselStore {
    /// Notes what `run`, which has the connection, was asked for. Whatever else was under way for the connection is no
    /// longer: it is marked as interrupted, and nobody else has to go on with it.
    pub async fn open_job(
        &self,
        connection: &ConnectionId,
        run: &RunId,
        job: &impl Serialize,
    ) -> Result<(), StoreError> {
        let job = document(job)?;
        let (connection, run, now) = (connection.clone(), run.clone(), self.clock.now());
        self.run(move |conn| {
            conn.write(|conn| {
                if leases::held_until(conn, &connection, &run, now)?.is_none() {
                    return Err(StoreError::Fenced.into());
                }
                keep(conn, &connection, &run, &job)?;
                let others = sync_runs::table
                    .filter(sync_runs::connection.eq(connection.as_str()))
                    .filter(sync_runs::status.eq(RunStatus::Running.to_string()));
                let others = others.filter(sync_runs::id.ne(run.as_str())).select(sync_runs::id);
                for other in others.load::<String>(conn)? {
                    interrupt(conn, &other.into(), now)?;
                }
                let earlier = jobs::table.filter(jobs::connection.eq(connection.as_str()));
                diesel::update(earlier.filter(jobs::run.ne(run.as_str())).filter(jobs::settled.eq(false)))
                    .set(jobs::settled.eq(true))
                    .execute(conn)?;
                Ok(())
            })
        })
        .await
    }

    /// Keeps steps of a run, for whoever follows it elsewhere or later.
    pub async fn note_steps(&self, run: &RunId, steps: Vec<Step<impl Serialize>>) -> Result<(), StoreError> {
        let (run, now) = (run.clone(), self.clock.now());
        let mut rows = Vec::with_capacity(steps.len());
        for Step { number, passing, event } in steps {
            let event = document(&event)?;
            rows.push(EventRow { run: run.to_string(), number, passing, event, at: now.into() });
        }
        self.run(move |conn| {
            conn.write(|conn| {
                if rows.iter().any(|row| row.passing) {
                    let passed = events::table.filter(events::run.eq(run.as_str())).filter(events::passing);
                    diesel::delete(passed).execute(conn)?;
                }
                on_backend!(conn, |inner| diesel::insert_into(events::table)
                    .values(&rows)
                    .on_conflict_do_nothing()
                    .execute(inner))?;
                Ok(())
            })
        })
        .await
    }

    /// The steps of a run after that number, in their order; no more than `limit`.
    pub async fn steps<E>(&self, run: &RunId, after: i64, limit: u32) -> Result<Vec<Step<E>>, StoreError>
    where
        E: DeserializeOwned + Send + 'static,
    {
        let run = run.clone();
        self.run(move |conn| {
            let rows = events::table.filter(events::run.eq(run.as_str())).filter(events::number.gt(after));
            let rows = rows.order(events::number).limit(limit.into());
            let rows: Vec<(i64, bool, Document)> =
                rows.select((events::number, events::passing, events::event)).load(conn)?;
            let step = |(number, passing, event): (i64, bool, Document)| {
                let event = event.read();
                let event = event.map_err(|error| Failure::corrupt("sync_events", &run, error))?;
                Ok(Step { number, passing, event })
            };
            rows.into_iter().map(step).collect()
        })
        .await
    }

    /// Asks whoever runs it to end the run; false when no server has such a run.
    pub async fn ask_to_cancel(&self, run: &RunId) -> Result<bool, StoreError> {
        let run = run.clone();
        self.run(move |conn| {
            conn.write(|conn| {
                let job = diesel::update(jobs::table.find(run.as_str()));
                Ok(job.set(jobs::cancelled.eq(true)).execute(conn)? == 1)
            })
        })
        .await
    }

    /// Whether somebody asked for the end of the run.
    pub async fn is_cancel_asked(&self, run: &RunId) -> Result<bool, StoreError> {
        let run = run.clone();
        self.run(move |conn| {
            let job = jobs::table.find(run.as_str()).select(jobs::cancelled);
            Ok(job.first(conn).optional()?.unwrap_or(false))
        })
        .await
    }

    /// Runs that did not come to their end, of connections that nobody has, oldest first. A job that another version of
    /// the program wrote and this one cannot read is as good as untold.
    pub async fn orphans<J: DeserializeOwned + Send + 'static>(&self) -> Result<Vec<Orphan<J>>, StoreError> {
        let now = self.clock.now();
        self.run(move |conn| {
            conn.read(|conn| {
                let waits = jobs::table.filter(jobs::run.eq(sync_runs::id)).filter(jobs::settled.eq(false));
                let cut_off = sync_runs::status.eq(RunStatus::Interrupted.to_string()).and(exists(waits));
                let under_way = sync_runs::status.eq(RunStatus::Running.to_string());
                let ids = sync_runs::table.filter(under_way.or(cut_off)).order(sync_runs::id);
                let mut orphans = Vec::new();
                for id in ids.select(sync_runs::id).load::<String>(conn)? {
                    let Some(run) = runs::find(conn, &id.as_str().into())? else { continue };
                    if leases::holder(conn, &run.connection, now)?.is_some() {
                        continue;
                    }
                    let job = jobs::table.find(&id).select(jobs::job).first::<Document>(conn).optional()?;
                    orphans.push(Orphan { run, job: job.and_then(|job| job.read().ok()) });
                }
                Ok(orphans)
            })
        })
        .await
    }

    /// Marks an orphan as interrupted: whoever goes on with it may apply its plan. [`StoreError::Held`] if a run has the
    /// connection by now. `job` is what somebody has to go on with.
    pub async fn interrupt(
        &self,
        connection: &ConnectionId,
        run: &RunId,
        job: &impl Serialize,
    ) -> Result<(), StoreError> {
        let job = document(job)?;
        let (connection, run, now) = (connection.clone(), run.clone(), self.clock.now());
        self.run(move |conn| {
            conn.write(|conn| {
                if let Some(holder) = leases::holder(conn, &connection, now)? {
                    return Err(StoreError::Held(holder).into());
                }
                keep(conn, &connection, &run, &job)?;
                interrupt(conn, &run, now)
            })
        })
        .await
    }

    /// Gives up a run of our own before its end, so that another can go on with it at once.
    pub async fn leave(&self, connection: &ConnectionId, run: &RunId) -> Result<(), StoreError> {
        let (connection, run, now) = (connection.clone(), run.clone(), self.clock.now());
        self.run(move |conn| {
            conn.write(|conn| {
                leases::leave(conn, &connection, &run)?;
                interrupt(conn, &run, now)
            })
        })
        .await
    }

    /// Nobody has to go on with this run.
    pub async fn settle(&self, run: &RunId) -> Result<(), StoreError> {
        let run = run.clone();
        self.run(move |conn| {
            conn.write(|conn| {
                let job = diesel::update(jobs::table.find(run.as_str()));
                job.set(jobs::settled.eq(true)).execute(conn)?;
                Ok(())
            })
        })
        .await
    }
}

fn document(job: &impl Serialize) -> Result<Document, StoreError> {
    Document::of(job).map_err(|error| StoreError::Database(error.into()))
}

/// Keeps what a run was asked for.
fn keep(conn: &mut Conn, connection: &ConnectionId, run: &RunId, job: &Document) -> Result<(), Failure> {
    on_backend!(conn, |inner| diesel::insert_into(jobs::table)
        .values((
            jobs::run.eq(run.as_str()),
            jobs::connection.eq(connection.as_str()),
            jobs::job.eq(job),
            jobs::cancelled.eq(false),
            jobs::settled.eq(false),
        ))
        .on_conflict(jobs::run)
        .do_update()
        .set(jobs::job.eq(job))
        .execute(inner))?;
    Ok(())
}

/// The run did not come to its end, or only because its program did.
fn interrupt(conn: &mut Conn, run: &RunId, now: DateTime<Utc>) -> Result<(), Failure> {
    let open = [RunStatus::Running, RunStatus::Cancelled].map(|status| status.to_string());
    let interrupted = diesel::update(sync_runs::table.find(run.as_str()))
        .filter(sync_runs::status.eq_any(open))
        .set((
            sync_runs::status.eq(RunStatus::Interrupted.to_string()),
            sync_runs::finished_at.eq(Some(Moment::from(now))),
            sync_runs::message.eq(Some(CUT_OFF)),
        ))
        .execute(conn)?;
    if interrupted == 1 {
        diesel::update(plans::table.filter(plans::applied_by.eq(run.as_str())))
            .set(plans::applied_by.eq(None::<String>))
            .execute(conn)?;
    }
    Ok(())
}
