//! `/plans/{plan}`: what a sync would do, deal by deal; what is unticked is left out; the rest is applied, exactly.
//!
//! While it is being made, the same address shows how far the reading is.

mod row;

use std::time::Duration;

use actix_web::web::Path;
use askama::Template;
use chrono::{DateTime, Utc};
use connector_core::engine::{EngineError, PLAN_LIFE};
use connector_core::id::{PlanId, RunId};
use connector_core::plan::{Action, Guard, Mode, Notice, Op, Plan, Precedence, Problem, Purpose, Side};
use connector_core::store::{SavedPlan, Store as _};

use super::fields::Fields;
use super::frame::{Frame, Place};
use super::history::way;
use super::live::{self, ASKED_BY};
use super::mapping::{Choice, pairings, precedences};
use super::names::Names;
use super::paging::{PAGE, Paging};
use super::picked::LeftOut;
use super::tool::Tool;
use super::trouble::{Answer, Trouble, see};
use super::visitor::Visitor;
use crate::messages::{self, Lang, Words};
use crate::report::{self, Speaker};
use crate::service::configure::{self, Wanted};
use crate::service::notices::{Group, group};
use crate::service::policy::Pairing;
use crate::service::{connection, sync};
use crate::worker::{Ending, Job, Work};

use row::OpRow;
pub(super) use row::{ChangeView, changes};

/// How many notices and questions are shown before the list is cut.
const SHOWN: usize = 20;
/// How long the making of a plan is waited for before its progress is shown.
const PATIENCE: Duration = Duration::from_millis(1_500);

#[derive(Debug, Template)]
#[template(path = "plan.html")]
struct View {
    t: Words,
    frame: Frame,
    id: PlanId,
    remote: String,
    mode: Mode,
    told: String,
    /// The run that it takes back; empty when it makes both sides agree.
    undoes: String,
    figures: Vec<Figure>,
    trips: Vec<TripView>,
    kinds: Vec<KindView>,
    kind: Kind,
    ops: Vec<OpRow>,
    paging: Paging,
    left_out: String,
    apply: String,
    cost: String,
    is_empty: bool,
    /// Why it can no longer be applied; empty when it can.
    over: String,
    /// The run that applied it.
    applied_by: String,
    refused: Vec<String>,
    altered: Vec<String>,
    /// Whether something is set aside that could be tried again.
    can_retry: bool,
    questions: Vec<String>,
    waiting: Vec<String>,
    /// What can be chosen before the first sync.
    first: Option<FirstView>,
}

/// What becomes of what was never linked.
#[derive(Debug)]
struct FirstView {
    pairings: Vec<Choice<Pairing>>,
    precedences: Vec<Choice<Precedence>>,
}

#[derive(Debug)]
struct Figure {
    name: String,
    number: String,
    tone: &'static str,
}

/// A guard that stops the plan.
#[derive(Debug)]
struct TripView {
    guard: Guard,
    name: String,
    told: String,
}

/// What the table shows.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Default, strum::Display, strum::EnumString, strum::VariantArray,
)]
#[strum(serialize_all = "snake_case")]
enum Kind {
    /// Whatever is written.
    #[default]
    All,
    /// What is made.
    Create,
    /// What is changed.
    Update,
    /// What decides a conflict.
    Conflicts,
    /// What only our books note.
    Books,
}

#[derive(Debug)]
struct KindView {
    value: Kind,
    name: String,
    count: usize,
    is_on: bool,
}

/// Whether it writes what people wrote; ids and links are our own books.
fn writes(op: &Op) -> bool {
    op.action.target().is_some() && op.action != Action::Stamp
}

impl Kind {
    fn shows(self, op: &Op) -> bool {
        let writes = writes(op);
        match self {
            Self::All => writes,
            Self::Create => writes && op.action.creates(),
            Self::Update => writes && !op.action.creates(),
            Self::Conflicts => !op.conflicts.is_empty(),
            Self::Books => !writes,
        }
    }

    fn name(self, t: Words) -> String {
        match self {
            Self::All => t.filter_all(),
            Self::Create => t.filter_create(),
            Self::Update => t.filter_update(),
            Self::Conflicts => t.filter_conflicts(),
            Self::Books => t.filter_books(),
        }
    }
}

/// Reads both sides and shows what a sync would do; before the first sync, with what is chosen for it here.
pub(super) async fn make(visitor: Visitor, path: Path<String>, fields: Fields) -> Answer {
    let tool = Tool::of(&path).ok_or(Trouble::Missing)?;
    let pairing = fields.get("pairing").and_then(|pairing| pairing.parse().ok());
    let precedence = fields.get("precedence").and_then(|precedence| precedence.parse().ok());
    if pairing.is_some() || precedence.is_some() {
        let wanted = Wanted { precedence, pairing, ..Wanted::default() };
        configure::configure(visitor.app(), tool.remote, wanted).await?;
    }
    let mode = fields.get("mode").and_then(|mode| mode.parse().ok()).unwrap_or_default();
    preview(&visitor, tool, mode, fields.get("retry").is_some()).await
}

/// Has a plan of a sync made, and leads to it; a reading that takes long is shown as it goes.
pub(super) async fn preview(visitor: &Visitor, tool: Tool, mode: Mode, retry: bool) -> Answer {
    let configured = connection::of_remote(visitor.app(), tool.remote).await?;
    let job = Job::new(configured.settings.connection.id, Work::Plan { mode }, ASKED_BY);
    make_by(visitor, Job { retry, ..job }).await
}

/// Has a plan made that takes a run back, and leads to it.
pub(super) async fn undo(visitor: Visitor, path: Path<String>, _: Fields) -> Answer {
    let run = RunId::from(path.into_inner());
    let connection = visitor.app().store.run_of(&run).await?.ok_or(Trouble::Missing)?.connection;
    make_by(&visitor, Job::new(connection, Work::Undo { run }, ASKED_BY)).await
}

async fn make_by(visitor: &Visitor, job: Job) -> Answer {
    let handle = visitor.site().worker.start(job).await?;
    if let Ok(ending) = tokio::time::timeout(PATIENCE, handle.finished()).await
        && let Ending::Failed(_) = ending.as_ref()
    {
        return Err(Trouble::Ended(ending));
    }
    see(format!("/plans/{}", handle.run))
}

pub(super) async fn show(visitor: Visitor, path: Path<String>) -> Answer {
    let id = PlanId::from(path.into_inner());
    let is_made = visitor.app().store.plan_head(&id).await?.is_some();
    let run = RunId::new(id.as_str());
    if !is_made && visitor.site().worker.is_under_way(&run) {
        return live::reading(&visitor, &run).await;
    }
    if !is_made
        && visitor.app().store.run_of(&run).await?.is_none()
        && let Some(ended) = visitor.site().worker.ending_of(&run).await?
    {
        return live::unmade(&visitor, &run, ended).await;
    }
    let view = view(&visitor, &id).await?;
    visitor.page(&view)
}

/// Turns a page of the list, or applies the plan without what was unticked on any page.
pub(super) async fn pick(visitor: Visitor, path: Path<String>, fields: Fields) -> Answer {
    let id = PlanId::from(path.into_inner());
    let left_out = left_out(&fields);
    let go = fields.get("go").unwrap_or("apply");
    if let Some(kind) = go.strip_prefix("kind:").and_then(|kind| kind.parse::<Kind>().ok()) {
        return see(format!("/plans/{id}?kind={kind}&without={left_out}#operations"));
    }
    if let Some(page) = go.strip_prefix("page:").and_then(|page| page.parse::<usize>().ok()) {
        let kind: Kind = fields.get("kind").and_then(|kind| kind.parse().ok()).unwrap_or_default();
        return see(format!("/plans/{id}?kind={kind}&page={page}&without={left_out}#operations"));
    }
    let head = visitor.app().store.plan_head(&id).await?;
    let connection = head.ok_or_else(|| EngineError::NoPlan(id.clone()))?;
    let overrides = fields.all("override").filter_map(|guard| guard.parse().ok()).collect();
    let work = Work::Apply { plan: id, without: left_out.0 };
    let job = Job { overrides, ..Job::new(connection, work, ASKED_BY) };
    let handle = visitor.site().worker.start(job).await?;
    see(format!("/runs/{}", handle.run))
}

/// What was left out on other pages, and what is shown on this one without a tick.
fn left_out(fields: &Fields) -> LeftOut {
    let mut left: LeftOut = fields.get("without").and_then(|text| text.parse().ok()).unwrap_or_default();
    let numbers = |name| fields.all(name).filter_map(|seq: &str| seq.parse::<u32>().ok());
    let ticked: Vec<u32> = numbers("pick").collect();
    for seq in numbers("seq") {
        if ticked.contains(&seq) {
            left.0.remove(&seq);
        } else {
            left.0.insert(seq);
        }
    }
    left
}

async fn view(visitor: &Visitor, id: &PlanId) -> Result<View, Trouble> {
    let (t, lang, app) = (visitor.words(), visitor.lang, visitor.app());
    let SavedPlan { plan, applied_by } =
        app.store.plan(id).await?.ok_or_else(|| EngineError::NoPlan(id.clone()))?;
    let configured = connection::of_id(app, &plan.connection).await?;
    let mut first = None;
    if let Some(configured) = &configured
        && applied_by.is_none()
        && plan.purpose == Purpose::Agree
        && sync::is_first(app, configured).await?
    {
        let policy = &configured.settings.connection.policy;
        let (pairings, precedences) = (pairings(t, Pairing::of(policy)), precedences(t, policy.precedence));
        first = Some(FirstView { pairings, precedences });
    }
    let remote = configured.map(|configured| configured.remote).unwrap_or_default();
    let speaker = Speaker { lang, units: app.units(), remote: &remote };
    let query = &visitor.query;
    let kind: Kind = query.get("kind").and_then(|kind| kind.parse().ok()).unwrap_or_default();
    let left: LeftOut = query.get("without").and_then(|text| text.parse().ok()).unwrap_or_default();
    let shown: Vec<&Op> = plan.ops.iter().filter(|op| kind.shows(op)).collect();
    let page = query.get("page").and_then(|page| page.parse().ok()).unwrap_or(1);
    let paging = Paging::new(lang, shown.len(), page);
    let writing = plan.ops.iter().filter(|op| writes(op));
    let ticked = writing.filter(|op| !left.0.contains(&op.seq)).count();
    let (blocked, altered): (Vec<&Notice>, Vec<&Notice>) =
        plan.notices.iter().partition(|notice| notice.problem.blocks());
    let told = |notices: &[&Notice]| noticed(&speaker, &group(notices.iter().copied()));
    let is_empty = plan.ops.is_empty();
    let (title, undoes) = match &plan.purpose {
        Purpose::Undo { run } => (t.undo_title_page(), run.to_string()),
        Purpose::Agree | Purpose::Choice { .. } => (t.plan_title_page(), String::new()),
    };
    let names = if plan.conflicts.is_empty() { Names::default() } else { Names::read(app).await? };
    Ok(View {
        t,
        frame: visitor.frame(title, Place::Connectors).await?,
        undoes,
        id: id.clone(),
        mode: plan.mode,
        told: messages::plan_made(lang, plan.made_at, &way(lang, plan.mode)),
        figures: figures(lang, &plan, blocked.len(), &remote),
        trips: trips(&speaker, &plan),
        kinds: kinds(t, &plan, kind),
        kind,
        ops: shown
            .iter()
            .skip(paging.before())
            .take(PAGE)
            .map(|op| OpRow::new(&speaker, op, &left.0))
            .collect(),
        paging,
        left_out: left.to_string(),
        apply: messages::apply_so_many(lang, ticked),
        cost: messages::plan_cost(lang, plan.calls, &remote),
        is_empty,
        over: if is_old(plan.made_at, app.clock.now()) { t.plan_old() } else { String::new() },
        applied_by: applied_by.map(|run| run.to_string()).unwrap_or_default(),
        can_retry: blocked.iter().any(|notice| matches!(notice.problem, Problem::SetAside { .. })),
        refused: told(&blocked),
        altered: told(&altered),
        questions: cut(lang, &plan.questions, |question| report::question(&speaker, question)),
        waiting: cut(lang, &plan.conflicts, |conflict| {
            report::disputed(&speaker, &names.of(&conflict.deal), conflict)
        }),
        first,
        remote,
    })
}

fn is_old(made: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    now - made > PLAN_LIFE
}

/// The first of a list, and how many more there are.
fn cut<T>(lang: Lang, items: &[T], told: impl Fn(&T) -> String) -> Vec<String> {
    let mut lines: Vec<String> = items.iter().take(SHOWN).map(told).collect();
    if items.len() > SHOWN {
        lines.push(messages::and_more(lang, items.len() - SHOWN));
    }
    lines
}

/// The first groups of notices, and how many more notices there are.
pub(super) fn noticed(speaker: &Speaker<'_>, groups: &[Group]) -> Vec<String> {
    let mut lines: Vec<String> =
        groups.iter().take(SHOWN).map(|group| report::notice(speaker, group)).collect();
    if groups.len() > SHOWN {
        let more = groups.iter().skip(SHOWN).map(|group| group.count).sum();
        lines.push(messages::and_more(speaker.lang, more));
    }
    lines
}

fn figures(lang: Lang, plan: &Plan, refused: usize, remote: &str) -> Vec<Figure> {
    let t = Words(lang);
    let count = |side, creates| {
        let wanted =
            |op: &&Op| writes(op) && op.action.target() == Some(side) && op.action.creates() == creates;
        plan.ops.iter().filter(wanted).count()
    };
    let conflicts = plan.ops.iter().map(|op| op.conflicts.len()).sum::<usize>() + plan.conflicts.len();
    let figure = |name, number, tone: &'static str| Figure {
        name,
        number: messages::whole(lang, number),
        tone: if number == 0 { "" } else { tone },
    };
    vec![
        figure(messages::figure_create_there(lang, remote), count(Side::Remote, true), ""),
        figure(messages::figure_update_there(lang, remote), count(Side::Remote, false), ""),
        figure(t.figure_create_crm(), count(Side::Crm, true), ""),
        figure(t.figure_update_crm(), count(Side::Crm, false), ""),
        figure(t.figure_conflicts(), conflicts, "warn"),
        figure(t.figure_refused(), refused, "bad"),
        figure(t.figure_unchanged(), plan.reading.unchanged, ""),
    ]
}

fn trips(speaker: &Speaker<'_>, plan: &Plan) -> Vec<TripView> {
    let view = |trip: &connector_core::plan::Trip| {
        let unit = trip.unit.as_ref().map(|unit| speaker.unit(unit));
        TripView {
            guard: trip.guard,
            name: messages::guard_name(speaker.lang, trip.guard),
            told: messages::trip_told(speaker.lang, trip, unit.as_deref(), speaker.remote),
        }
    };
    plan.trips.iter().map(view).collect()
}

fn kinds(t: Words, plan: &Plan, chosen: Kind) -> Vec<KindView> {
    let view = |kind: &Kind| KindView {
        value: *kind,
        name: kind.name(t),
        count: plan.ops.iter().filter(|op| kind.shows(op)).count(),
        is_on: *kind == chosen,
    };
    let all: &[Kind] = strum::VariantArray::VARIANTS;
    all.iter().map(view).filter(|kind| kind.count > 0 || kind.is_on).collect()
}
