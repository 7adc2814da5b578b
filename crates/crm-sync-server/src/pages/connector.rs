//! `/connectors/{remote}`: the steps of one remote, in order, and the sync itself.

use actix_web::web::Path;
use askama::Template;
use connector_core::id::RunId;
use connector_core::plan::Side;
use secrecy::SecretString;
use strum::VariantArray as _;

use super::badge::Badge;
use super::connectors;
use super::fields::Fields;
use super::frame::{Frame, Place};
use super::history::RunRow;
use super::live::ASKED_BY;
use super::tool::{TOOLS, Tool};
use super::trouble::{Answer, Trouble, see};
use super::visitor::Visitor;
use crate::failure::Failure;
use crate::logs::filtered;
use crate::messages::{self, Lang, Words};
use crate::report::{self, Speaker};
use crate::secrets::TokenState;
use crate::service::check::Records;
use crate::service::glance::{self, Glance};
use crate::service::sync::Order;
use crate::service::{marks, scopes, token, trial, verify};
use crate::store::RunFilter;

/// How many runs are shown, as on the CRM's own page.
const RECENT: u32 = 20;
/// How many differences are shown at once.
const DRIFTS: usize = 50;
/// What the page shows of a stored token.
const MASK: &str = "***";

#[derive(Debug, Template)]
#[template(path = "connector.html")]
struct View {
    t: Words,
    frame: Frame,
    remote: &'static str,
    name: &'static str,
    lead: String,
    tabs: Vec<Tab>,
    state: Badge,
    sync_told: String,
    sync_hint: String,
    running: String,
    /// That something is set aside, if so.
    set_aside: String,
    is_ready: bool,
    may_sync: bool,
    ways: Vec<Way>,
    token: TokenStep,
    test: TestStep,
    table: Step,
    mapping: Step,
    verification: Option<Verification>,
    runs: Vec<RunRow>,
}

#[derive(Debug)]
struct Tab {
    remote: &'static str,
    name: &'static str,
    state: Badge,
}

#[derive(Debug)]
struct Way {
    value: &'static str,
    name: String,
    is_on: bool,
}

#[derive(Debug)]
struct TokenStep {
    state: &'static str,
    told: String,
    /// Whether it can be changed here.
    is_ours: bool,
    label: String,
    placeholder: &'static str,
    fault: String,
    help: Vec<String>,
    address: &'static str,
    scopes: Vec<Scope>,
}

#[derive(Debug)]
struct Scope {
    name: &'static str,
    why: String,
}

#[derive(Debug)]
struct TestStep {
    state: &'static str,
    is_possible: bool,
    lines: Vec<Line>,
}

/// One thing that the test found.
#[derive(Debug)]
struct Line {
    tone: &'static str,
    name: String,
    text: String,
}

/// Whether both sides hold what they agreed on.
#[derive(Debug)]
struct Verification {
    /// How it came out, if it ever did.
    badge: Option<Badge>,
    told: String,
    /// Where they differ, as far as it was looked at now.
    drifts: Vec<String>,
}

#[derive(Debug)]
struct Step {
    state: &'static str,
    title: String,
    told: String,
    action: String,
}

pub(super) async fn show(visitor: Visitor, path: Path<String>) -> Answer {
    let tool = Tool::of(&path).ok_or(Trouble::Missing)?;
    let view = view(&visitor, tool, String::new()).await?;
    visitor.page(&view)
}

/// Stores a token that works; one that does not is told at its field, and not stored.
pub(super) async fn store_token(visitor: Visitor, path: Path<String>, fields: Fields) -> Answer {
    let tool = Tool::of(&path).ok_or(Trouble::Missing)?;
    let (t, lang, app) = (visitor.words(), visitor.lang, visitor.app());
    let fault = match fields.get("token").filter(|token| *token != MASK) {
        None => t.token_missing(),
        Some(token) if token.chars().any(|letter| letter.is_whitespace() || letter.is_control()) => {
            t.token_malformed()
        }
        Some(given) => match token::store(app, tool.remote, &SecretString::from(given)).await {
            Ok(_) => return see(format!("/connectors/{}?done=token&test=1#test", tool.remote)),
            Err(failure) => filtered(&messages::failure(lang, &failure)),
        },
    };
    let view = view(&visitor, tool, fault).await?;
    visitor.page(&view)
}

async fn view(visitor: &Visitor, tool: Tool, fault: String) -> Result<View, Trouble> {
    let (t, lang, app) = (visitor.words(), visitor.lang, visitor.app());
    let mut tabs = Vec::new();
    for known in TOOLS {
        let glance = glance::of_remote(app, known.remote).await?;
        tabs.push(Tab { remote: known.remote, name: known.name(), state: connectors::state(lang, &glance) });
    }
    let glance = glance::of_remote(app, tool.remote).await?;
    let filter = RunFilter { remote: Some(tool.remote.to_owned()), ..RunFilter::default() };
    let runs = app.store.runs(filter, RECENT).await?;
    let lines = if visitor.query.get("test").is_some() { test(visitor, &glance).await? } else { Vec::new() };
    let is_ready = glance.is_ready();
    let way = |value, name, is_on| Way { value, name, is_on };
    let told = match (is_ready, glance.is_first) {
        (false, _) => t.sync_not_ready(),
        (true, _) => t.sync_ready(),
    };
    Ok(View {
        t,
        frame: visitor.frame(tool.name(), Place::Connectors).await?,
        remote: tool.remote,
        name: tool.name(),
        lead: messages::connector_lead(lang, tool.remote, is_ready),
        tabs,
        state: connectors::state(lang, &glance),
        sync_told: told,
        sync_hint: if is_ready { t.sync_first() } else { t.configure_first() },
        running: glance.running.as_ref().map(RunId::to_string).unwrap_or_default(),
        set_aside: match glance.set_aside {
            0 => String::new(),
            count => messages::set_aside(lang, count),
        },
        is_ready,
        may_sync: is_ready && !glance.is_first,
        ways: vec![
            way("sync", t.way_both(), true),
            way("import", t.way_import(), false),
            way("export", t.way_export(), false),
        ],
        token: token_step(lang, tool, &glance, fault),
        test: test_step(&glance, lines),
        table: table_step(lang, &glance),
        mapping: mapping_step(lang, &glance, app.units().iter().filter(|unit| !unit.derived).count()),
        verification: verification(visitor, &glance).await?,
        runs: runs.iter().map(|run| RunRow::new(lang, run)).collect(),
    })
}

fn token_step(lang: Lang, tool: Tool, glance: &Glance, fault: String) -> TokenStep {
    let told = match glance.token {
        TokenState::Environment => messages::token_of_environment(lang, tool.variable),
        TokenState::Stored => messages::token_is_stored(lang),
        TokenState::Absent => messages::token_is_wanted(lang, tool.remote),
        TokenState::OtherKey | TokenState::Damaged => messages::token_is_unreadable(lang),
    };
    let scopes =
        scopes::all(tool.remote).into_iter().map(|name| Scope { name, why: messages::scope_why(lang, name) });
    TokenStep {
        state: if glance.has_token() { "done" } else { "now" },
        told,
        is_ours: glance.token != TokenState::Environment,
        label: messages::token_label(lang, tool.remote),
        placeholder: if glance.token == TokenState::Absent { "" } else { MASK },
        fault,
        help: tool.help(lang),
        address: tool.tokens,
        scopes: scopes.collect(),
    }
}

fn test_step(glance: &Glance, lines: Vec<Line>) -> TestStep {
    let is_good = !lines.is_empty() && lines.iter().all(|line| line.tone == "good" || line.tone == "info");
    let state = match (glance.has_token(), is_good || glance.last.is_some()) {
        (false, _) => "todo",
        (true, true) => "done",
        (true, false) => "now",
    };
    TestStep { state, is_possible: glance.has_token(), lines }
}

fn table_step(lang: Lang, glance: &Glance) -> Step {
    let t = Words(lang);
    let title = messages::table_title(lang, glance.remote);
    if let Some(configured) = &glance.configured {
        let told = messages::table_named(lang, &configured.settings.table_name);
        return Step { state: "done", title, told, action: t.table_change() };
    }
    let state = if glance.has_token() { "now" } else { "todo" };
    Step { state, title, told: t.table_lead(), action: t.table_choose() }
}

fn mapping_step(lang: Lang, glance: &Glance, units: usize) -> Step {
    let t = Words(lang);
    let Some(configured) = &glance.configured else {
        return Step {
            state: "todo",
            title: t.mapping_step(),
            told: t.mapping_todo(),
            action: t.mapping_begin(),
        };
    };
    let pairs = configured.settings.connection.mapping.pairs.len();
    let mut told = messages::pairs_mapped(lang, pairs, units.max(pairs));
    let deletions = &configured.settings.connection.policy.deletions;
    if Side::VARIANTS.iter().any(|side| marks::is_missing(deletions, *side, glance.remote)) {
        told = format!("{told} {}", t.mark_missing());
    }
    Step { state: "done", title: t.mapping_step(), told, action: t.mapping_change() }
}

/// Whether both sides agree, looked at now if the address asks for it.
async fn verification(visitor: &Visitor, glance: &Glance) -> Result<Option<Verification>, Failure> {
    let (t, lang, app) = (visitor.words(), visitor.lang, visitor.app());
    let Some(configured) = glance.configured.as_ref().filter(|_| glance.is_ready() && !glance.is_first)
    else {
        return Ok(None);
    };
    let mut drifts = Vec::new();
    if visitor.query.get("verify").is_some() {
        let found =
            verify::of(app, configured, &Order { trigger: ASKED_BY.into(), ..Order::default() }).await?;
        let speaker = Speaker { lang, units: app.units(), remote: glance.remote };
        drifts = found.drifts.iter().take(DRIFTS).map(|drift| report::drift(&speaker, drift)).collect();
        if found.drifts.len() > DRIFTS {
            drifts.push(messages::and_more(lang, found.drifts.len() - DRIFTS));
        }
    }
    let last = verify::last(app, &configured.settings.connection.id).await?;
    let badge = last.as_ref().map(|last| {
        let is_in_agreement = last.found.is_in_agreement();
        let (tone, name) =
            if is_in_agreement { ("good", t.verify_agrees()) } else { ("warn", t.verify_differs()) };
        Badge::new(tone, name)
    });
    let told = last.map(|last| {
        let when = messages::ago(lang, last.at, app.clock.now());
        format!("{} {}.", messages::verified(lang, last.found, glance.remote), messages::capitalised(&when))
    });
    Ok(Some(Verification { badge, told: told.unwrap_or_else(|| t.verify_lead()), drifts }))
}

/// What a test of the connection finds: the token, its rights, the table and its rows.
async fn test(visitor: &Visitor, glance: &Glance) -> Result<Vec<Line>, Failure> {
    let (t, lang, app) = (visitor.words(), visitor.lang, visitor.app());
    let failed = |error: &connector_core::Error| Line {
        tone: "bad",
        name: t.test_fails(),
        text: messages::remote_failure(lang, error.kind(), glance.remote, error.detail()),
    };
    if !glance.has_token() {
        return Ok(Vec::new());
    }
    let trial = trial::try_out(app, glance.remote).await?;
    let identity = match &trial.identity {
        Ok(identity) => identity,
        Err(error) => return Ok(vec![failed(error)]),
    };
    let works = messages::token_works(lang, identity, glance.remote);
    let mut lines = vec![Line { tone: "good", name: t.test_works(), text: works }];
    for scope in trial.missing {
        let text = messages::scope_missing(lang, scope, &messages::scope_why(lang, scope));
        lines.push(Line { tone: "warn", name: t.test_missing(), text });
    }
    lines.extend(trial.table.map(|table| match table {
        Ok((name, Records { count, is_exact })) => {
            let text = messages::records_counted(lang, &name, count, is_exact);
            Line { tone: "good", name: t.test_works(), text }
        }
        Err(error) => failed(&error),
    }));
    Ok(lines)
}
