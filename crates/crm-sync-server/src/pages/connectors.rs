//! `/connectors`: both remotes at a glance, and what to do next.

use askama::Template;
use chrono::Utc;
use connector_core::store::{Counts, RunStatus};

use super::badge::Badge;
use super::frame::{Frame, Place};
use super::history::RunRow;
use super::tool::{TOOLS, Tool};
use super::trouble::Answer;
use super::visitor::Visitor;
use crate::messages::{self, Lang, Words};
use crate::service::glance::{self, Glance};
use crate::store::RunFilter;

/// How many runs are shown.
const RECENT: u32 = 8;

#[derive(Debug, Template)]
#[template(path = "connectors.html")]
struct View {
    t: Words,
    frame: Frame,
    cards: Vec<Card>,
    runs: Vec<RunRow>,
}

/// The embedded page of somebody who has to sign in first.
#[derive(Debug, Template)]
#[template(path = "outside.html")]
struct Outside {
    t: Words,
    frame: Frame,
}

/// A remote on its card.
#[derive(Debug)]
struct Card {
    remote: &'static str,
    name: &'static str,
    letter: String,
    state: Badge,
    table: String,
    told: String,
    next: Next,
    is_set_up: bool,
}

/// The button that leads on.
#[derive(Debug, PartialEq, Eq)]
struct Next {
    href: String,
    name: String,
    is_post: bool,
}

pub(super) async fn show(visitor: Visitor) -> Answer {
    let view = view(&visitor, false).await?;
    visitor.page(&view)
}

/// The same without a menu, for the CRM to show in a page of its own. What it leads to opens beside that page: the CRM's
/// origin is told which cards there are, and nothing can be pressed from inside of another's page.
pub(super) async fn embed(visitor: Visitor) -> Answer {
    if visitor.is_in() {
        return visitor.embedded_page(&view(&visitor, true).await?);
    }
    let t = visitor.words();
    let frame = Frame { embedded: true, ..visitor.bare_frame(t.connectors()) };
    visitor.embedded_page(&Outside { t, frame })
}

async fn view(visitor: &Visitor, embedded: bool) -> Result<View, super::trouble::Trouble> {
    let (t, app) = (visitor.words(), visitor.app());
    let mut cards = Vec::new();
    for tool in TOOLS {
        let card = Card::new(visitor.lang, tool, &glance::of_remote(app, tool.remote).await?);
        cards.push(if embedded { card.apart() } else { card });
    }
    let runs = app.store.runs(RunFilter::default(), RECENT).await?;
    let runs = runs.iter().map(|run| RunRow::new(visitor.lang, run)).collect();
    let frame = visitor.frame(t.connectors(), Place::Connectors).await?;
    Ok(View { t, frame: Frame { embedded, ..frame }, cards, runs })
}

/// A remote's state in a word.
pub(super) fn state(lang: Lang, glance: &Glance) -> Badge {
    let t = Words(lang);
    if glance.running.is_some() {
        Badge::new("info", t.state_syncing())
    } else if !glance.has_token() {
        Badge::new("", t.state_new())
    } else if glance.configured.is_none() {
        Badge::new("info", t.state_token())
    } else if glance.needs_attention() {
        Badge::new("warn", t.state_attention())
    } else if glance.is_first {
        Badge::new("info", t.state_ready())
    } else {
        Badge::new("good", t.state_ok())
    }
}

impl Card {
    /// The card in somebody else's page, whose button asks for nothing by itself.
    fn apart(self) -> Self {
        let page = format!("/connectors/{}", self.remote);
        let href = if self.next.is_post { page } else { self.next.href };
        Self { next: Next { href, is_post: false, ..self.next }, is_set_up: false, ..self }
    }

    fn new(lang: Lang, tool: Tool, glance: &Glance) -> Self {
        let table = glance
            .configured
            .as_ref()
            .map(|configured| messages::table_named(lang, &configured.settings.table_name));
        Self {
            remote: tool.remote,
            name: tool.name(),
            letter: tool.letter(),
            state: state(lang, glance),
            table: table.unwrap_or_default(),
            told: told(lang, glance),
            next: next(lang, glance),
            is_set_up: glance.has_token(),
        }
    }
}

fn told(lang: Lang, glance: &Glance) -> String {
    let t = Words(lang);
    if !glance.has_token() {
        return t.told_new();
    }
    if glance.configured.is_none() {
        return t.told_token();
    }
    let Some(run) = &glance.last else { return t.told_ready() };
    let record = &run.record;
    let counts = &record.counts;
    let when = messages::ago(lang, record.finished.unwrap_or(record.started), Utc::now());
    let mut told = messages::last_sync(
        lang,
        &when,
        counts.created_crm + counts.created_remote,
        counts.pulled + counts.pushed,
        counts.failed + counts.stale,
    );
    if let Some(message) = &record.message {
        told.push(' ');
        told.push_str(&messages::run_message(lang, message, glance.remote));
    }
    // Counted now: some of what the run left waiting may be decided since.
    let left = Counts { waiting: 0, failed: 0, ..*counts };
    for line in messages::left_over(lang, &left) {
        told.push(' ');
        told.push_str(&line);
    }
    if glance.waiting > 0 {
        told.push(' ');
        told.push_str(&messages::conflicts_wait(lang, glance.waiting));
    }
    told
}

fn next(lang: Lang, glance: &Glance) -> Next {
    let t = Words(lang);
    let page = format!("/connectors/{}", glance.remote);
    let to = |href: String, name: String| Next { href, name, is_post: false };
    if let Some(run) = &glance.running {
        return to(format!("/runs/{run}"), t.next_follow());
    }
    if !glance.has_token() {
        return to(page, t.next_set_up());
    }
    if glance.configured.is_none() {
        return to(format!("{page}/table"), t.next_table());
    }
    if glance.waiting > 0 {
        return to("/conflicts".to_owned(), t.next_decide());
    }
    match glance.last.as_ref().map(|run| (run.record.status, &run.record.id)) {
        Some((RunStatus::Failed | RunStatus::Halted, run)) => to(format!("/runs/{run}"), t.next_look()),
        _ => Next { href: format!("{page}/plan"), name: t.next_preview(), is_post: true },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secrets::TokenState;

    fn glance(token: TokenState) -> Glance {
        let remote = "airtable";
        Glance {
            remote,
            token,
            configured: None,
            running: None,
            last: None,
            is_first: true,
            waiting: 0,
            set_aside: 0,
        }
    }

    #[test]
    fn each_state_leads_to_its_next_step() {
        let href = |glance: &Glance| next(Lang::Fr, glance).href;
        assert_eq!(href(&glance(TokenState::Absent)), "/connectors/airtable");
        assert_eq!(href(&glance(TokenState::Stored)), "/connectors/airtable/table");
        let running = Glance { running: Some("run-1".into()), ..glance(TokenState::Stored) };
        assert_eq!(href(&running), "/runs/run-1");
        assert_eq!(state(Lang::En, &running).name, "Syncing");
    }

    #[test]
    fn a_state_is_said_in_words_and_not_by_colour_alone() {
        for token in [TokenState::Damaged, TokenState::Absent, TokenState::Environment] {
            assert!(!state(Lang::Fr, &glance(token)).name.is_empty());
        }
    }
}
