//! The log of what was done and tried: only added to.

use connector_core::id::{ConnectionId, DealId, RunId};
use connector_core::store::{LogEntry, OpOutcome};
use diesel::dsl::count_star;
use diesel::prelude::*;

use super::columns::{Document, Moment};
use super::conn::{CHUNK, Conn, on_backend};
use super::deals;
use super::failure::Failure;
use super::schema::sync_operations as operations;

/// A line of the log, with the run that wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logged {
    /// Its place in the log: later lines have greater ones.
    pub id: i64,
    /// Whose run it was.
    pub connection: ConnectionId,
    /// The run.
    pub run: RunId,
    /// What it did.
    pub entry: LogEntry,
}

/// Operations of one run that were not applied for one reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The reason.
    pub message: String,
    /// How many they are.
    pub count: usize,
    /// How people call the first of them.
    pub labels: Vec<String>,
}

#[derive(Debug, Insertable)]
#[diesel(table_name = operations, treat_none_as_default_value = false)]
pub(super) struct NewOperation {
    connection: String,
    run: String,
    seq: i64,
    action: String,
    deal: Option<i32>,
    remote: Option<String>,
    label: String,
    reason: Document,
    changes: Document,
    outcome: String,
    message: Option<String>,
    at: Moment,
}

#[derive(Debug, Queryable)]
struct Operation {
    id: i64,
    connection: String,
    run: String,
    seq: i64,
    action: String,
    deal: Option<i32>,
    remote: Option<String>,
    label: String,
    reason: Document,
    changes: Document,
    outcome: String,
    message: Option<String>,
    at: Moment,
}

impl NewOperation {
    /// The entry, about `deal` unless it names another.
    pub(super) fn new(
        connection: &ConnectionId,
        run: &RunId,
        deal: Option<i32>,
        entry: &LogEntry,
    ) -> Result<Self, Failure> {
        let visible = |text: &str| text.replace('\0', "\u{FFFD}");
        Ok(Self {
            connection: connection.to_string(),
            run: run.to_string(),
            seq: entry.seq.into(),
            action: entry.action.to_string(),
            deal: entry.deal.as_ref().and_then(deals::key).or(deal),
            remote: entry.remote.as_ref().map(ToString::to_string),
            label: visible(&entry.label),
            reason: Document::of(&entry.reason)?,
            changes: Document::of(&entry.changes)?,
            outcome: entry.outcome.to_string(),
            message: entry.message.as_deref().map(visible),
            at: entry.at.into(),
        })
    }
}

impl Operation {
    fn read(self) -> Result<Logged, Failure> {
        let key = self.id;
        let unread = |error| Failure::corrupt("sync_operations", &key, error);
        let unnamed = |error: strum::ParseError| Failure::corrupt("sync_operations", &key, error);
        Ok(Logged {
            id: self.id,
            connection: self.connection.into(),
            run: self.run.into(),
            entry: LogEntry {
                seq: u32::try_from(self.seq)
                    .map_err(|error| Failure::corrupt("sync_operations", &key, error))?,
                action: self.action.parse().map_err(unnamed)?,
                deal: self.deal.map(deals::id),
                remote: self.remote.map(Into::into),
                label: self.label,
                reason: self.reason.read().map_err(unread)?,
                changes: self.changes.read().map_err(unread)?,
                outcome: self.outcome.parse().map_err(unnamed)?,
                message: self.message,
                at: self.at.into(),
            },
        })
    }
}

/// Adds these lines.
pub(super) fn add(conn: &mut Conn, rows: &[NewOperation]) -> Result<(), Failure> {
    for rows in rows.chunks(CHUNK) {
        on_backend!(conn, |inner| diesel::insert_into(operations::table).values(rows).execute(inner))?;
    }
    Ok(())
}

/// What a run did, in the order of doing it.
pub(super) fn of_run(conn: &mut Conn, run: &RunId) -> Result<Vec<Logged>, Failure> {
    let rows = operations::table.filter(operations::run.eq(run.as_str())).order(operations::id);
    rows.load::<Operation>(conn)?.into_iter().map(Operation::read).collect()
}

/// Why operations of a run were refused or got no answer, the most frequent reason first; no more than `limit` reasons, each
/// with no more than `names` names.
pub(super) fn refused(conn: &mut Conn, run: &RunId, limit: u32, names: u32) -> Result<Vec<Refused>, Failure> {
    let outcomes = [OpOutcome::Refused, OpOutcome::Unknown].map(|outcome| outcome.to_string());
    let of_run = || {
        let of_run = operations::table.filter(operations::run.eq(run.as_str()));
        of_run.filter(operations::outcome.eq_any(&outcomes))
    };
    let reasons: Vec<(Option<String>, i64)> = of_run()
        .filter(operations::message.is_not_null())
        .group_by(operations::message)
        .select((operations::message, count_star()))
        .order((count_star().desc(), operations::message))
        .limit(limit.into())
        .load(conn)?;
    let mut found = Vec::with_capacity(reasons.len());
    for (message, count) in reasons {
        let Some(message) = message else { continue };
        let labels = of_run().filter(operations::message.eq(&message)).order(operations::id);
        let labels = labels.select(operations::label).limit(names.into()).load(conn)?;
        found.push(Refused { message, count: usize::try_from(count).unwrap_or_default(), labels });
    }
    Ok(found)
}

/// A part of what a run did, in the order of doing it, and how much there is of it.
pub(super) fn page_of_run(
    conn: &mut Conn,
    run: &RunId,
    before: u32,
    limit: u32,
) -> Result<(Vec<Logged>, usize), Failure> {
    let of_run = operations::table.filter(operations::run.eq(run.as_str()));
    let all: i64 = of_run.count().get_result(conn)?;
    let rows = of_run.order(operations::id).offset(before.into()).limit(limit.into());
    let rows: Vec<Logged> =
        rows.load::<Operation>(conn)?.into_iter().map(Operation::read).collect::<Result<_, _>>()?;
    Ok((rows, usize::try_from(all).unwrap_or_default()))
}

/// What was done to a deal by all connections, newest first, from before a line of the log.
pub(super) fn of_deal(
    conn: &mut Conn,
    deal: &DealId,
    before: Option<i64>,
    limit: u32,
) -> Result<Vec<Logged>, Failure> {
    let Some(deal) = deals::key(deal) else { return Ok(Vec::new()) };
    let older = operations::id.lt(before.unwrap_or(i64::MAX));
    let rows = operations::table.filter(operations::deal.eq(deal)).filter(older).order(operations::id.desc());
    rows.limit(limit.into()).load::<Operation>(conn)?.into_iter().map(Operation::read).collect()
}
