//! The shape of a run, and of what it did.

use chrono::{DateTime, Utc};
use connector_core::plan::Purpose as CorePurpose;
use connector_core::store::{Counts as CoreCounts, OpOutcome, RunStatus as CoreStatus};
use serde::Serialize;
use utoipa::ToSchema;

use super::caller::Caller;
use super::named::{Action, Mode, Outcome, RunStatus};
use super::shape::{Change, Why};
use crate::messages;
use crate::service::connection;
use crate::store::{Logged, Run as CoreRun};

/// A run.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Run {
    id: String,
    remote: String,
    /// The connection: of the remote to one table.
    connection: String,
    mode: Mode,
    status: RunStatus,
    /// Who or what asked for it: `page`, `api`, `cli`, `crm`.
    asked_by: String,
    /// The run that was cut off and whose work it does to the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    continues: Option<String>,
    /// The plan that it applied, if it was a kept one.
    #[serde(skip_serializing_if = "Option::is_none")]
    plan: Option<String>,
    /// Of a halted run, the plan that waits for an approval.
    #[serde(skip_serializing_if = "Option::is_none")]
    waiting_plan: Option<String>,
    started: DateTime<Utc>,
    #[serde(skip_serializing_if = "Option::is_none")]
    finished: Option<DateTime<Utc>>,
    counts: Counts,
    /// Requests sent to the remote, each attempt counted.
    calls: u64,
    /// Time spent waiting for the remote's limits, in milliseconds.
    waited_ms: u64,
    /// Why it ended early, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    /// The guards that were overridden, each with who did: `mass_delete by page`.
    overrides: Vec<String>,
    /// What it was for.
    purpose: Purpose,
    /// The run that took it back.
    #[serde(skip_serializing_if = "Option::is_none")]
    undone_by: Option<String>,
}

/// What a run or a plan is for.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Purpose {
    kind: PurposeKind,
    /// The run that it takes back.
    #[serde(skip_serializing_if = "Option::is_none")]
    run: Option<String>,
    /// The conflict that it decides.
    #[serde(skip_serializing_if = "Option::is_none")]
    conflict: Option<String>,
}

/// What a run or a plan is for, in a word.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum PurposeKind {
    /// Both sides come to agree.
    Agree,
    /// An earlier run is taken back.
    Undo,
    /// A conflict is decided.
    Choice,
}

impl From<&CorePurpose> for Purpose {
    fn from(purpose: &CorePurpose) -> Self {
        match purpose {
            CorePurpose::Agree => Self { kind: PurposeKind::Agree, run: None, conflict: None },
            CorePurpose::Undo { run } => {
                Self { kind: PurposeKind::Undo, run: Some(run.to_string()), conflict: None }
            }
            CorePurpose::Choice { conflict } => {
                Self { kind: PurposeKind::Choice, run: None, conflict: Some(conflict.clone()) }
            }
        }
    }
}

/// What a run counted.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Counts {
    /// Deals and records read.
    read: u64,
    /// Pairs that needed nothing.
    unchanged: u64,
    /// Deals made.
    created_crm: u64,
    /// Deals changed.
    updated_crm: u64,
    /// Deals deleted or marked, because their record was deleted.
    deleted_crm: u64,
    /// Records made.
    created_remote: u64,
    /// Records changed.
    updated_remote: u64,
    /// Records deleted or marked, because their deal was deleted.
    deleted_remote: u64,
    /// Conflicts decided.
    conflicts: u64,
    /// Of these, those whose order nobody can know.
    ties: u64,
    /// Conflicts and questions that wait for a person.
    waiting: u64,
    /// Operations whose target had moved.
    stale: u64,
    /// Operations that were not tried: the run ended before, or an earlier attempt may still appear.
    untried: u64,
    /// Values that could not be read or carried.
    skipped: u64,
    /// Operations that were refused or got no answer.
    failed: u64,
}

impl From<CoreCounts> for Counts {
    fn from(counts: CoreCounts) -> Self {
        Self {
            read: counts.read,
            unchanged: counts.unchanged,
            created_crm: counts.created_crm,
            updated_crm: counts.pulled,
            deleted_crm: counts.deleted_crm,
            created_remote: counts.created_remote,
            updated_remote: counts.pushed,
            deleted_remote: counts.deleted_remote,
            conflicts: counts.conflicts,
            ties: counts.ties,
            waiting: counts.waiting,
            stale: counts.stale,
            untried: counts.untried,
            skipped: counts.skipped,
            failed: counts.failed,
        }
    }
}

impl Run {
    pub(super) fn new(caller: &Caller, run: &CoreRun) -> Self {
        let (record, remote) = (&run.record, connection::remote_of(&run.connection));
        let message = record.message.as_ref();
        let waits = record.status == CoreStatus::Halted && record.plan.is_none();
        Self {
            id: record.id.to_string(),
            remote: remote.to_owned(),
            connection: run.connection.to_string(),
            mode: Mode(record.mode),
            status: RunStatus(record.status),
            asked_by: record.trigger.clone(),
            continues: record.continues.as_ref().map(ToString::to_string),
            plan: record.plan.as_ref().map(ToString::to_string),
            // The kept plan of a halted run bears the run's own id.
            waiting_plan: waits.then(|| record.id.to_string()),
            started: record.started,
            finished: record.finished,
            counts: record.counts.into(),
            calls: record.usage.calls,
            waited_ms: record.usage.waited_ms,
            message: message.map(|message| messages::run_message(caller.lang, message, remote)),
            overrides: record.overrides.clone(),
            purpose: (&record.purpose).into(),
            undone_by: run.undone_by.as_ref().map(ToString::to_string),
        }
    }
}

/// What an operation of a run did or tried.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Step {
    run: String,
    remote: String,
    /// Its place in the plan.
    seq: u32,
    action: Action,
    /// The same in words.
    title: String,
    outcome: Outcome,
    /// Why it was not applied, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    at: DateTime<Utc>,
    #[serde(skip_serializing_if = "Option::is_none")]
    deal: Option<String>,
    /// The record of the remote.
    #[serde(skip_serializing_if = "Option::is_none")]
    record: Option<String>,
    /// How people called the deal then.
    label: String,
    reason: Why,
    changes: Vec<Change>,
}

impl Step {
    pub(super) fn new(caller: &Caller, logged: &Logged) -> Self {
        let (entry, remote, lang) = (&logged.entry, connection::remote_of(&logged.connection), caller.lang);
        let speaker = caller.speaker(remote);
        Self {
            run: logged.run.to_string(),
            remote: remote.to_owned(),
            seq: entry.seq,
            action: Action(entry.action),
            title: messages::operation_name(lang, entry.action, remote),
            outcome: Outcome(entry.outcome),
            message: match (entry.outcome, &entry.message) {
                (OpOutcome::Applied, _) => None,
                (OpOutcome::Refused | OpOutcome::Unknown, Some(said)) => {
                    Some(messages::run_message(lang, said, remote))
                }
                (outcome, _) => Some(messages::outcome(lang, outcome, remote)),
            },
            at: entry.at,
            deal: entry.deal.as_ref().map(ToString::to_string),
            record: entry.remote.as_ref().map(ToString::to_string),
            label: entry.label.clone(),
            reason: Why::of(&entry.reason),
            changes: entry.changes.iter().map(|change| Change::new(&speaker, change)).collect(),
        }
    }
}
