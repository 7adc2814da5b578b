//! What a run came to.

use std::collections::BTreeSet;

use connector_core::engine::Report;
use connector_core::lens::Note;
use connector_core::plan::{Problem, Side};
use connector_core::store::OpOutcome;

use super::Speaker;
use super::list::Text;
use crate::messages;

/// The run as text.
#[must_use]
pub fn result(speaker: &Speaker<'_>, report: &Report) -> String {
    let Speaker { lang, remote, .. } = *speaker;
    let (record, counts) = (&report.record, &report.record.counts);
    let mut text = Text::default();
    let status = messages::run_status(lang, record.status);
    text.line(&format!(
        "{status} ({}, {})",
        messages::run_name(lang, &record.purpose, record.mode),
        record.id
    ));
    if let Some(message) = &record.message {
        text.line(&messages::run_message(lang, message, remote));
    }
    if report.plan.is_none() {
        return text.end();
    }
    text.line(&messages::written(lang, Side::Crm, counts.created_crm, counts.pulled, remote));
    text.line(&messages::written(lang, Side::Remote, counts.created_remote, counts.pushed, remote));
    let warnings = report.plan.as_ref().map_or(0, |plan| plan.notices.len());
    let warnings = u64::try_from(warnings).unwrap_or(u64::MAX);
    text.line(&messages::run_errors(lang, counts.failed + counts.stale, warnings));
    let unknown = unknown_stages(report);
    if !unknown.is_empty() {
        text.line(&messages::unknown_stages(lang, &unknown));
    }
    text.line(&messages::run_cost(lang, record.usage.calls, record.usage.waited_ms, remote));
    text.list(speaker, &messages::not_applied_title(lang), &not_applied(speaker, report));
    text.end()
}

/// The words that mean no stage, each once.
pub(super) fn unknown_stages(report: &Report) -> Vec<String> {
    let notices = report.plan.iter().flat_map(|plan| &plan.notices);
    let words: BTreeSet<String> = notices
        .filter_map(|notice| match &notice.problem {
            Problem::Altered { note: Note::UnknownStage { word, .. } } => Some(word.clone()),
            _ => None,
        })
        .collect();
    words.into_iter().collect()
}

/// The operations that were not applied, and why.
fn not_applied(speaker: &Speaker<'_>, report: &Report) -> Vec<String> {
    let ops = report.plan.iter().flat_map(|plan| &plan.ops);
    ops.filter_map(|op| {
        let result = report.results.get(&op.seq)?;
        if result.outcome == OpOutcome::Applied {
            return None;
        }
        let mut told = format!(
            "{} : {}",
            messages::short(&op.label),
            messages::outcome(speaker.lang, result.outcome, speaker.remote)
        );
        // What the remote or the CRM said; our own words are told already.
        if let (OpOutcome::Refused | OpOutcome::Unknown, Some(message)) = (result.outcome, &result.message) {
            told.push('\n');
            told.push_str(&messages::run_message(speaker.lang, message, speaker.remote));
        }
        Some(told)
    })
    .collect()
}
