//! `/runs/{run}`: a run as it happens, and what it came to.

use actix_web::web::Path;
use askama::Template;
use connector_core::id::{DealId, RunId};
use connector_core::plan::Side;
use connector_core::store::{OpOutcome, RunStatus};

use super::badge::Badge;
use super::fields::Fields;
use super::frame::{Frame, Place};
use super::history::{RunRow, what};
use super::live::ASKED_BY;
use super::paging::{PAGE, Paging};
use super::plan::{self, ChangeView, changes};
use super::tool::Tool;
use super::trouble::{Answer, Trouble, see};
use super::visitor::Visitor;
use crate::messages::{self, Words};
use crate::report::Speaker;
use crate::service::connection;
use crate::service::notices::{self, Group};
use crate::service::sync;
use crate::store::{Logged, Refused};
use crate::worker::{Job, Work};

/// How many reasons why operations were not applied are told at once.
const REASONS: u32 = 10;
/// How many deals of a reason are called by their names.
const NAMED: u32 = 3;

#[derive(Debug, Template)]
#[template(path = "run.html")]
struct View {
    t: Words,
    frame: Frame,
    run: RunRow,
    is_live: bool,
    /// This page without what was done to come here.
    here: String,
    told: String,
    facts: Vec<(String, String)>,
    figures: Vec<(String, u64)>,
    /// What was left for a person, in sentences.
    left_over: Vec<String>,
    /// What could not be synced, if it is the last run of its connection.
    refused: Vec<String>,
    /// What was synced with a change, likewise.
    altered: Vec<String>,
    /// Why several operations were not applied, each reason once.
    reasons: Vec<String>,
    /// What is said when it wrote nothing.
    nothing: String,
    /// Whether conflicts are among it.
    waits: bool,
    /// Whether it can be taken back.
    may_undo: bool,
    /// The run that was cut off and whose work it does to the end; empty if there is none.
    continues: String,
    /// The guards that it was told to let pass, and who told it; empty if there are none.
    overridden: String,
    /// The run that took it back; empty if none did.
    undone_by: String,
    /// The plan that waits for a person.
    plan: String,
    remote: String,
    rows: Vec<OperationRow>,
    paging: Paging,
}

/// What a run did to one deal.
#[derive(Debug)]
pub(super) struct OperationRow {
    pub(super) label: String,
    pub(super) deal: Option<DealId>,
    pub(super) name: String,
    pub(super) outcome: Badge,
    pub(super) message: String,
    /// Whether it makes something: then its fields stand beside each other.
    pub(super) is_new: bool,
    pub(super) changes: Vec<ChangeView>,
}

impl OperationRow {
    pub(super) fn new(speaker: &Speaker<'_>, logged: &Logged) -> Self {
        let entry = &logged.entry;
        let lang = speaker.lang;
        let why = match (entry.outcome, &entry.message) {
            (OpOutcome::Applied, _) => String::new(),
            (OpOutcome::Refused | OpOutcome::Unknown, Some(said)) => {
                messages::run_message(lang, said, speaker.remote)
            }
            (outcome, _) => messages::outcome(lang, outcome, speaker.remote),
        };
        Self {
            label: messages::short(&entry.label),
            deal: entry.deal.clone(),
            name: messages::operation_name(lang, entry.action, speaker.remote),
            outcome: Badge::of_outcome(lang, entry.outcome),
            message: why,
            is_new: entry.action.creates(),
            changes: changes(
                speaker,
                &entry.changes,
                entry.action.creates(),
                entry.action.target().is_some(),
            ),
        }
    }
}

/// Each reason that is several operations', with the first of them; one alone is told beside its operation.
fn reasons(speaker: &Speaker<'_>, refused: &[Refused]) -> Vec<String> {
    let told = refused.iter().filter(|refused| refused.count > 1).map(|refused| {
        let why = messages::run_message(speaker.lang, &refused.message, speaker.remote);
        format!("{why}\n{}", messages::concerned(speaker.lang, refused.count, &refused.labels))
    });
    told.collect()
}

/// Reads, plans and applies at once; the first run of a connection goes by way of the preview.
pub(super) async fn start(visitor: Visitor, path: Path<String>, fields: Fields) -> Answer {
    let tool = Tool::of(&path).ok_or(Trouble::Missing)?;
    let configured = connection::of_remote(visitor.app(), tool.remote).await?;
    let mode = fields.get("mode").and_then(|mode| mode.parse().ok()).unwrap_or_default();
    if sync::is_first(visitor.app(), &configured).await? {
        return plan::preview(&visitor, tool, mode, false).await;
    }
    let work = Work::Run { mode, only: None };
    let job = Job::new(configured.settings.connection.id, work, ASKED_BY);
    let handle = visitor.site().worker.start(job).await?;
    see(format!("/runs/{}", handle.run))
}

pub(super) async fn show(visitor: Visitor, path: Path<String>) -> Answer {
    let (t, lang, app) = (visitor.words(), visitor.lang, visitor.app());
    let id = RunId::from(path.into_inner());
    let run = app.store.run_of(&id).await?.ok_or(Trouble::Missing)?;
    let page = visitor.query.get("page").and_then(|page| page.parse().ok()).unwrap_or(1);
    let all = app.store.operations_page(&id, 0, 0).await?.1;
    let paging = Paging::new(lang, all, page);
    let number = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    let (logged, _) = app.store.operations_page(&id, number(paging.before()), number(PAGE)).await?;
    let (record, counts, remote) =
        (&run.record, &run.record.counts, connection::remote_of(&run.connection).to_owned());
    let speaker = Speaker { lang, units: app.units(), remote: &remote };
    let is_live = record.status == RunStatus::Running;
    let taken = record.finished.unwrap_or_else(|| app.clock.now()) - record.started;
    let written = counts.written(Side::Crm) + counts.written(Side::Remote);
    let is_halted = record.status == RunStatus::Halted;
    let plan = record.plan.as_ref().map_or_else(|| record.id.to_string(), ToString::to_string);
    let there = messages::remote_name(&remote).to_owned();
    let groups = notices::of_run(app, &run.connection, &id).await?;
    let (refused, altered): (Vec<Group>, Vec<Group>) =
        groups.into_iter().partition(|group| group.notice.problem.blocks());
    let view = View {
        t,
        frame: visitor.frame(t.run_title(), Place::History).await?,
        is_live,
        here: format!("/runs/{id}"),
        told: if is_live { t.run_live_lead() } else { String::new() },
        facts: vec![
            (t.run_remote(), there.clone()),
            (t.run_way(), what(lang, record)),
            (t.run_when(), messages::moment(lang, record.started)),
            (t.run_duration(), messages::seconds(lang, taken.num_seconds())),
            (t.run_calls(), messages::run_cost(lang, record.usage.calls, record.usage.waited_ms, &remote)),
            (t.run_asked_by(), messages::asked_by(lang, &record.trigger)),
        ],
        figures: vec![
            (messages::created_there(lang, &remote), counts.created_remote),
            (messages::updated_there(lang, &remote), counts.pushed),
            (t.figure_created_crm(), counts.created_crm),
            (t.figure_updated_crm(), counts.pulled),
            (t.figure_conflicts(), counts.conflicts + counts.waiting),
            (t.run_failed(), counts.failed + counts.stale),
        ],
        left_over: if is_live { Vec::new() } else { messages::left_over(lang, counts) },
        reasons: reasons(&speaker, &app.store.refused(&id, REASONS, NAMED).await?),
        refused: plan::noticed(&speaker, &refused),
        altered: plan::noticed(&speaker, &altered),
        nothing: if record.status == RunStatus::Ok { t.run_no_operations() } else { t.run_nothing_written() },
        waits: counts.waiting > 0,
        may_undo: !is_live && written > 0 && run.undone_by.is_none(),
        continues: record.continues.as_ref().map(ToString::to_string).unwrap_or_default(),
        overridden: messages::overridden(lang, record).unwrap_or_default(),
        undone_by: run.undone_by.as_ref().map(ToString::to_string).unwrap_or_default(),
        plan: if is_halted { plan } else { String::new() },
        rows: logged.iter().map(|logged| OperationRow::new(&speaker, logged)).collect(),
        run: RunRow::new(lang, &run),
        paging,
        remote,
    };
    visitor.page(&view)
}
