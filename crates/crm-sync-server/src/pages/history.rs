//! `/history`: the runs, their chart, and both as files.

use actix_web::HttpResponse;
use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use askama::Template;
use connector_core::id::RunId;
use connector_core::plan::{Mode, Purpose, Side};
use connector_core::store::{RunRecord, RunStatus};
use serde_json::json;
use strum::VariantArray as _;

use super::badge::Badge;
use super::frame::{Frame, Place};
use super::tool::{TOOLS, Tool};
use super::trouble::{Answer, Trouble};
use super::visitor::Visitor;
use crate::messages::{self, Lang, Words};
use crate::report;
use crate::service::connection;
use crate::store::{Run, RunFilter};

mod chart;

use chart::Chart;

/// How many runs one page shows.
const PAGE: u32 = 40;
/// The most runs of a file.
const FILE: u32 = 10_000;

#[derive(Debug, Template)]
#[template(path = "history.html")]
struct View {
    t: Words,
    frame: Frame,
    remotes: Vec<Choice>,
    modes: Vec<Choice>,
    statuses: Vec<Choice>,
    chart: Option<Chart>,
    runs: Vec<RunRow>,
    is_filtered: bool,
    is_later_page: bool,
    /// The address of the older runs; empty when there are none.
    older: String,
    /// The filters, as an address carries them.
    filters: String,
}

/// An entry of a filter.
#[derive(Debug)]
struct Choice {
    value: String,
    name: String,
    is_on: bool,
}

/// A run on one line.
#[derive(Debug)]
pub(super) struct RunRow {
    pub(super) id: RunId,
    pub(super) started: String,
    pub(super) remote: String,
    pub(super) way: String,
    pub(super) state: Badge,
    pub(super) message: String,
    pub(super) created: u64,
    pub(super) updated: u64,
    pub(super) failed: u64,
}

impl RunRow {
    pub(super) fn new(lang: Lang, run: &Run) -> Self {
        let (record, counts, remote) =
            (&run.record, &run.record.counts, connection::remote_of(&run.connection));
        let message = record.message.as_ref().map(|message| messages::run_message(lang, message, remote));
        Self {
            id: record.id.clone(),
            started: messages::moment(lang, record.started),
            remote: messages::remote_name(remote).to_owned(),
            way: what(lang, record),
            state: Badge::of_status(lang, record.status),
            message: message.unwrap_or_default(),
            created: counts.created_crm + counts.created_remote,
            updated: counts.pulled + counts.pushed,
            failed: counts.failed + counts.stale,
        }
    }
}

/// Which way a run goes.
pub(super) fn way(lang: Lang, mode: Mode) -> String {
    let t = Words(lang);
    match mode {
        Mode::Sync => t.way_both(),
        Mode::Import => t.way_import(),
        Mode::Export => t.way_export(),
    }
}

/// Which way a run went, or what else it was for.
pub(super) fn what(lang: Lang, record: &RunRecord) -> String {
    let t = Words(lang);
    match record.purpose {
        Purpose::Agree => way(lang, record.mode),
        Purpose::Undo { .. } => t.way_undo(),
        Purpose::Choice { .. } => t.way_choice(),
    }
}

/// Which runs the address asks for.
fn filter(visitor: &Visitor) -> RunFilter {
    let query = &visitor.query;
    RunFilter {
        remote: query.get("remote").and_then(Tool::of).map(|tool| tool.remote.to_owned()),
        mode: query.get("way").and_then(|mode| mode.parse().ok()),
        status: query.get("status").and_then(|status| status.parse().ok()),
        before: query.get("before").map(RunId::from),
        ..RunFilter::default()
    }
}

pub(super) async fn show(visitor: Visitor) -> Answer {
    let (t, lang) = (visitor.words(), visitor.lang);
    let wanted = filter(&visitor);
    // One more than is shown tells whether there are older ones.
    let mut runs = visitor.app().store.runs(wanted.clone(), PAGE + 1).await?;
    let has_older = runs.len() > usize::try_from(PAGE).unwrap_or(usize::MAX);
    runs.truncate(usize::try_from(PAGE).unwrap_or(usize::MAX));
    let filters = address(&wanted);
    let older =
        runs.last().filter(|_| has_older).map(|run| format!("/history?{filters}before={}", run.record.id));
    let choice = |value: String, name: String, is_on: bool| Choice { value, name, is_on };
    let view = View {
        t,
        frame: visitor.frame(t.history(), Place::History).await?,
        remotes: TOOLS
            .map(|tool| {
                let is_on = wanted.remote.as_deref() == Some(tool.remote);
                choice(tool.remote.to_owned(), tool.name().to_owned(), is_on)
            })
            .into(),
        modes: Mode::VARIANTS
            .iter()
            .map(|mode| choice(mode.to_string(), way(lang, *mode), wanted.mode == Some(*mode)))
            .collect(),
        statuses: RunStatus::VARIANTS
            .iter()
            .map(|status| {
                choice(
                    status.to_string(),
                    messages::run_status(lang, *status),
                    wanted.status == Some(*status),
                )
            })
            .collect(),
        chart: Chart::of(lang, &runs),
        runs: runs.iter().map(|run| RunRow::new(lang, run)).collect(),
        is_filtered: wanted.remote.is_some() || wanted.mode.is_some() || wanted.status.is_some(),
        is_later_page: wanted.before.is_some(),
        older: older.unwrap_or_default(),
        filters,
    };
    visitor.page(&view)
}

/// The filters, to stand between `?` and a last parameter.
fn address(wanted: &RunFilter) -> String {
    let filters = [
        ("remote", wanted.remote.clone()),
        ("way", wanted.mode.map(|mode| mode.to_string())),
        ("status", wanted.status.map(|status| status.to_string())),
    ];
    let told =
        filters.into_iter().filter_map(|(name, value)| Some([name, "=", value?.as_str(), "&"].concat()));
    told.collect()
}

/// The runs as a file for a spreadsheet.
pub(super) async fn csv(visitor: Visitor) -> Answer {
    let runs = visitor.app().store.runs(filter(&visitor), FILE).await?;
    let file = report::runs_file(&runs).map_err(|_| Trouble::Missing)?;
    Ok(download("text/csv; charset=utf-8", "history.csv").body(file))
}

/// The runs as a file for programs.
pub(super) async fn json(visitor: Visitor) -> Answer {
    let runs = visitor.app().store.runs(filter(&visitor), FILE).await?;
    let runs: Vec<_> = runs
        .iter()
        .map(|run| json!({"remote": connection::remote_of(&run.connection), "run": run.record}))
        .collect();
    Ok(download("application/json", "history.json").json(json!({ "runs": runs })))
}

fn download(kind: &str, name: &str) -> actix_web::HttpResponseBuilder {
    let mut answer = HttpResponse::Ok();
    answer
        .insert_header((CONTENT_TYPE, kind))
        .insert_header((CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")));
    answer
}

/// How many were made and changed on both sides, and how many failed.
fn totals(run: &Run) -> (u64, u64, u64) {
    let counts = &run.record.counts;
    let created = counts.created_crm + counts.created_remote;
    let written = counts.written(Side::Crm) + counts.written(Side::Remote);
    (created, written - created, counts.failed + counts.stale)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_stand_in_the_address() {
        let wanted =
            RunFilter { mode: Some(Mode::Import), status: Some(RunStatus::Ok), ..RunFilter::default() };
        assert_eq!(address(&wanted), "way=import&status=ok&");
    }
}
