//! The history of runs.

use std::collections::HashMap;

use connector_core::id::{ConnectionId, RunId};
use connector_core::plan::{Mode, Purpose};
use connector_core::store::{RunRecord, RunStatus};
use diesel::prelude::*;

use super::columns::{Document, Moment};
use super::conn::{Conn, on_backend};
use super::failure::Failure;
use super::schema::sync_runs as runs;

/// A run of a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// Whose run it is.
    pub connection: ConnectionId,
    /// What became of it.
    pub record: RunRecord,
    /// The run that took it back, unless that one was taken back itself.
    pub undone_by: Option<RunId>,
}

/// Which runs to list.
#[derive(Debug, Clone, Default)]
pub struct RunFilter {
    /// Only those of this connection.
    pub connection: Option<ConnectionId>,
    /// Only those of this remote's connections.
    pub remote: Option<String>,
    /// Only those that go this way.
    pub mode: Option<Mode>,
    /// Only those that stand so.
    pub status: Option<RunStatus>,
    /// Only those before this one, to go on where a list ended.
    pub before: Option<RunId>,
}

#[derive(Debug, Queryable, Insertable, AsChangeset)]
#[diesel(table_name = runs, treat_none_as_default_value = false, treat_none_as_null = true)]
struct RunRow {
    id: String,
    connection: String,
    mode: String,
    asked_by: String,
    plan: Option<String>,
    started_at: Moment,
    finished_at: Option<Moment>,
    status: String,
    counts: Document,
    usage: Document,
    message: Option<String>,
    overrides: Document,
    purpose: String,
    subject: Option<String>,
    continues: Option<String>,
}

/// The names of the purposes.
const AGREE: &str = "agree";
const UNDO: &str = "undo";
const CHOICE: &str = "choice";

/// What a run was for, as its two columns say it.
fn written(purpose: &Purpose) -> (&'static str, Option<String>) {
    match purpose {
        Purpose::Agree => (AGREE, None),
        Purpose::Undo { run } => (UNDO, Some(run.to_string())),
        Purpose::Choice { conflict } => (CHOICE, Some(conflict.clone())),
    }
}

fn read(purpose: &str, subject: Option<String>) -> Option<Purpose> {
    match (purpose, subject) {
        (AGREE, None) => Some(Purpose::Agree),
        (UNDO, Some(run)) => Some(Purpose::Undo { run: run.into() }),
        (CHOICE, Some(conflict)) => Some(Purpose::Choice { conflict }),
        _ => None,
    }
}

impl RunRow {
    fn new(connection: &ConnectionId, run: &RunRecord) -> Result<Self, Failure> {
        let (purpose, subject) = written(&run.purpose);
        Ok(Self {
            id: run.id.to_string(),
            connection: connection.to_string(),
            mode: run.mode.to_string(),
            asked_by: run.trigger.clone(),
            plan: run.plan.as_ref().map(ToString::to_string),
            started_at: run.started.into(),
            finished_at: run.finished.map(Into::into),
            status: run.status.to_string(),
            counts: Document::of(&run.counts)?,
            usage: Document::of(&run.usage)?,
            message: run.message.as_ref().map(|text| text.replace('\0', "\u{FFFD}")),
            overrides: Document::of(&run.overrides)?,
            purpose: purpose.to_owned(),
            subject,
            continues: run.continues.as_ref().map(ToString::to_string),
        })
    }

    fn read(self, undone_by: Option<RunId>) -> Result<Run, Failure> {
        let key = self.id.clone();
        let unread = |error| Failure::corrupt("sync_runs", &key, error);
        let unnamed = |error: strum::ParseError| Failure::corrupt("sync_runs", &key, error);
        let purpose = read(&self.purpose, self.subject);
        let unknown = || Failure::corrupt("sync_runs", &key, format!("it is for “{}”", self.purpose));
        Ok(Run {
            connection: self.connection.into(),
            undone_by,
            record: RunRecord {
                id: self.id.into(),
                purpose: purpose.ok_or_else(unknown)?,
                mode: self.mode.parse().map_err(unnamed)?,
                trigger: self.asked_by,
                continues: self.continues.map(Into::into),
                plan: self.plan.map(Into::into),
                started: self.started_at.into(),
                finished: self.finished_at.map(Into::into),
                status: self.status.parse().map_err(unnamed)?,
                counts: self.counts.read().map_err(unread)?,
                usage: self.usage.read().map_err(unread)?,
                message: self.message,
                overrides: self.overrides.read().map_err(unread)?,
            },
        })
    }
}

/// Writes the run as it stands.
pub(super) fn write(conn: &mut Conn, connection: &ConnectionId, run: &RunRecord) -> Result<(), Failure> {
    let row = RunRow::new(connection, run)?;
    on_backend!(conn, |inner| diesel::insert_into(runs::table)
        .values(&row)
        .on_conflict(runs::id)
        .do_update()
        .set(&row)
        .execute(inner))?;
    Ok(())
}

/// One run.
pub(super) fn find(conn: &mut Conn, id: &RunId) -> Result<Option<Run>, Failure> {
    let row: Option<RunRow> = runs::table.find(id.as_str()).first(conn).optional()?;
    row.map(|row| read_all(conn, vec![row])).transpose().map(|runs| runs.and_then(|mut runs| runs.pop()))
}

/// These rows as runs, with what became of them since.
fn read_all(conn: &mut Conn, rows: Vec<RunRow>) -> Result<Vec<Run>, Failure> {
    let mut undone = undone(conn, rows.iter().map(|row| row.id.clone()).collect())?;
    rows.into_iter()
        .map(|row| {
            let by = undone.remove(&row.id);
            row.read(by.map(Into::into))
        })
        .collect()
}

/// Which of these runs were taken back, and by which.
fn undone(conn: &mut Conn, runs: Vec<String>) -> Result<HashMap<String, String>, Failure> {
    let mut undone = HashMap::new();
    if runs.is_empty() {
        return Ok(undone);
    }
    let ended = [RunStatus::Ok, RunStatus::Partial].map(|status| status.to_string());
    let undoings = runs::table
        .filter(runs::purpose.eq(UNDO))
        .filter(runs::subject.eq_any(runs))
        .filter(runs::status.eq_any(ended))
        .order(runs::id)
        .select((runs::subject.assume_not_null(), runs::id));
    let undoings: Vec<(String, String)> = undoings.load(conn)?;
    // A run is later than what it takes back, so this comes to an end.
    let reversed = self::undone(conn, undoings.iter().map(|(_, by)| by.clone()).collect())?;
    undone.extend(undoings.into_iter().filter(|(_, by)| !reversed.contains_key(by)));
    Ok(undone)
}

/// The latest runs, newest first.
pub(super) fn list(conn: &mut Conn, filter: &RunFilter, limit: u32) -> Result<Vec<Run>, Failure> {
    let mut query = runs::table.into_boxed().order(runs::id.desc()).limit(limit.into());
    if let Some(connection) = &filter.connection {
        query = query.filter(runs::connection.eq(connection.as_str()));
    }
    if let Some(remote) = &filter.remote {
        query = query.filter(runs::connection.like(format!("{remote}:%")));
    }
    if let Some(mode) = filter.mode {
        query = query.filter(runs::mode.eq(mode.to_string()));
    }
    if let Some(status) = filter.status {
        query = query.filter(runs::status.eq(status.to_string()));
    }
    if let Some(before) = &filter.before {
        query = query.filter(runs::id.lt(before.as_str()));
    }
    let rows = query.load::<RunRow>(conn)?;
    read_all(conn, rows)
}
