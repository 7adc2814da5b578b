//! `/deals/{deal}`: the story of one deal: who changed what, where, when, by which rule.

use actix_web::web::Path;
use askama::Template;
use connector_core::id::{DealId, RunId};
use connector_core::plan::{Reason, Rule};

use super::badge::Badge;
use super::frame::{Frame, Place};
use super::tool::Tool;
use super::trouble::{Answer, Trouble};
use super::visitor::Visitor;
use crate::crm;
use crate::messages::{self, Words};
use crate::report::Speaker;
use crate::service::connection;
use crate::store::Logged;

/// How many steps are told.
const STEPS: u32 = 100;

#[derive(Debug, Template)]
#[template(path = "deal.html")]
struct View {
    t: Words,
    frame: Frame,
    is_there: bool,
    now: Vec<(String, String)>,
    /// Where else the deal is, and the address.
    records: Vec<(&'static str, String)>,
    steps: Vec<StepView>,
}

/// One operation in the deal's life.
#[derive(Debug)]
struct StepView {
    at: String,
    run: RunId,
    remote: String,
    name: String,
    why: String,
    outcome: Badge,
    changes: Vec<StepChange>,
}

#[derive(Debug)]
struct StepChange {
    unit: String,
    before: String,
    after: String,
    rule: String,
}

pub(super) async fn show(visitor: Visitor, path: Path<String>) -> Answer {
    let (t, lang, app) = (visitor.words(), visitor.lang, visitor.app());
    let id = DealId::from(path.into_inner());
    let history = app.store.deal_history(&id, None, STEPS).await?;
    let deal = app.store.deal(&id).await?;
    if deal.is_none() && history.is_empty() {
        return Err(Trouble::Missing);
    }
    let speaker = Speaker { lang, units: app.units(), remote: "" };
    let now: Vec<(String, String)> = deal
        .iter()
        .flat_map(|deal| app.units().iter().zip(&deal.values))
        .map(|(unit, value)| (unit.name().to_owned(), messages::shown(lang, Some(&unit.kind), value)))
        .collect();
    let client = app.units().position(crm::CLIENT).and_then(|at| deal.as_ref()?.values.get(at));
    let label = history.first().map(|logged| logged.entry.label.clone());
    let name = match client {
        Some(connector_core::value::Value::Text(name)) => name.clone(),
        _ => label.unwrap_or_else(|| id.to_string()),
    };
    let view = View {
        t,
        frame: visitor.frame(messages::short(&name), Place::Elsewhere).await?,
        is_there: deal.is_some(),
        now,
        records: records(&history),
        steps: history.iter().map(|logged| step(speaker, logged)).collect(),
    };
    visitor.page(&view)
}

/// The records of the deal, the latest of each remote.
fn records(history: &[Logged]) -> Vec<(&'static str, String)> {
    let mut found: Vec<(&'static str, String)> = Vec::new();
    for logged in history {
        let record = logged.entry.remote.as_ref().and_then(|record| Tool::record(&logged.connection, record));
        if let Some((tool, address)) = record
            && found.iter().all(|(known, _)| *known != tool.name())
        {
            found.push((tool.name(), address));
        }
    }
    found
}

fn step(speaker: Speaker<'_>, logged: &Logged) -> StepView {
    let (lang, t, entry) = (speaker.lang, Words(speaker.lang), &logged.entry);
    let remote = connection::remote_of(&logged.connection);
    let speaker = Speaker { remote, ..speaker };
    let why = match entry.reason {
        Reason::Edited(side) => messages::edited_on(lang, side, remote),
        _ => String::new(),
    };
    let is_new = entry.action.creates();
    let changes = entry.changes.iter().filter(|change| !(is_new && change.after.is_empty()));
    let changes = changes.map(|change| StepChange {
        unit: speaker.unit(&change.unit),
        before: if is_new { String::new() } else { speaker.shown(&change.unit, &change.before) },
        after: speaker.shown(&change.unit, &change.after),
        rule: if is_new { String::new() } else { rule(t, change.rule) },
    });
    StepView {
        at: messages::moment(lang, entry.at),
        run: logged.run.clone(),
        remote: messages::remote_name(remote).to_owned(),
        name: messages::operation_name(lang, entry.action, remote),
        why,
        outcome: Badge::of_outcome(lang, entry.outcome),
        changes: changes.collect(),
    }
}

/// By which rule a field moved.
fn rule(t: Words, rule: Rule) -> String {
    match rule {
        Rule::OneSided => t.rule_one_sided(),
        Rule::Later => t.rule_later(),
        Rule::Tie => t.rule_tie(),
        Rule::Preferred => t.rule_preferred(),
        Rule::WholeRecord => t.rule_whole_record(),
        Rule::Filled => t.rule_filled(),
        Rule::Same => t.rule_same(),
        Rule::Whole => t.rule_whole(),
    }
}
