//! What is configured, what the last runs did, what a file brought.

use connector_core::mapping::Severity;

use super::Speaker;
use super::list::Text;
use crate::messages::{self, Lang};
use crate::service::configure::Outcome;
use crate::service::connection::Configured;
use crate::service::deals_file::{Imported, Why};
use crate::service::questions::Asked;
use crate::service::verify::Verified;
use crate::store::{Disputed, Found, Run};

/// How a connection stands.
#[derive(Debug)]
pub struct Standing {
    /// The connection.
    pub configured: Configured,
    /// Its last runs, newest first.
    pub runs: Vec<Run>,
    /// The run under way.
    pub running: Option<String>,
    /// The conflicts that wait.
    pub open: Vec<Disputed>,
    /// How many operations are set aside.
    pub set_aside: usize,
    /// What the last run asked.
    pub asked: Option<Asked>,
    /// What the last comparison of both sides found.
    pub verified: Option<Found<Verified>>,
}

/// One connection: its last runs and what waits for a person.
#[must_use]
pub fn status(speaker: &Speaker<'_>, standing: &Standing) -> String {
    let lang = speaker.lang;
    let mut text = Text::default();
    let Standing { configured, runs, running, open, set_aside, asked, verified } = standing;
    let settings = &configured.settings;
    text.line(&messages::connection_line(lang, speaker.remote, &settings.table_name, settings.base.as_str()));
    if let Some(run) = running {
        text.line(&messages::already_running(lang, run));
    }
    if runs.is_empty() {
        text.line(&messages::no_run_yet(lang));
    }
    let lines: Vec<String> = runs.iter().map(|run| run_line(speaker, run)).collect();
    text.list(speaker, &messages::runs_title(lang), &lines);
    let waiting: Vec<String> = open
        .iter()
        .map(|disputed| super::plan::disputed(speaker, disputed.conflict.deal.as_str(), &disputed.conflict))
        .collect();
    text.list(speaker, &messages::conflicts_title(lang, false), &waiting);
    let questions: Vec<String> =
        asked.iter().flat_map(|asked| &asked.questions).map(|one| super::question(speaker, one)).collect();
    text.list(speaker, &messages::questions_title(lang), &questions);
    let deletions = asked.as_ref().map_or(0, Asked::deletions);
    text.line("");
    if deletions > 0 {
        text.line(&messages::deletions_waiting(lang, deletions, speaker.remote));
    }
    if *set_aside > 0 {
        let told = messages::set_aside(lang, *set_aside);
        text.line(&format!("{told} {}", messages::retry_next(lang, speaker.remote)));
    }
    text.line(&messages::last_verified(lang, verified.as_ref()));
    text.end()
}

fn run_line(speaker: &Speaker<'_>, run: &Run) -> String {
    let Speaker { lang, remote, .. } = *speaker;
    let record = &run.record;
    let mut told = format!(
        "{} — {} : {}",
        messages::moment(lang, record.started),
        messages::run_name(lang, &record.purpose, record.mode),
        messages::run_status(lang, record.status)
    );
    if let Some(earlier) = &record.continues {
        told = format!("{told} ({})", messages::continues(lang, earlier));
    }
    if let Some(by) = &run.undone_by {
        told = format!("{told} ({})", messages::undone_by(lang, by));
    }
    told = format!("{told}\n{}", record.id);
    let counts = &record.counts;
    told.push('\n');
    told.push_str(&messages::counts_line(lang, counts, record.usage.calls, remote));
    if let Some(overridden) = messages::overridden(lang, record) {
        told.push('\n');
        told.push_str(&overridden);
    }
    if let Some(message) = &record.message {
        told.push('\n');
        told.push_str(&messages::run_message(lang, message, remote));
    }
    told
}

/// A configuration that was stored.
#[must_use]
pub fn configured(speaker: &Speaker<'_>, outcome: &Outcome) -> String {
    let lang = speaker.lang;
    let settings = &outcome.configured.settings;
    let mut text = Text::default();
    text.line(&messages::configuration_saved(lang));
    text.line(&messages::connection_line(lang, speaker.remote, &settings.table_name, settings.base.as_str()));
    let mapping = &settings.connection.mapping;
    let pairs: Vec<String> = mapping
        .pairs
        .iter()
        .map(|pair| {
            let arrow = match pair.direction {
                connector_core::mapping::Direction::Both => "↔",
                connector_core::mapping::Direction::ToRemote => "→",
                connector_core::mapping::Direction::ToCrm => "←",
            };
            format!("{} {arrow} {}", speaker.unit(&pair.unit), pair.label)
        })
        .collect();
    text.list(speaker, &messages::pairs_title(lang, speaker.remote), &pairs);
    let key = mapping.key_field.as_ref().and_then(|key| outcome.schema.field(key));
    let natural: Vec<String> = mapping.natural_key.iter().map(|unit| speaker.unit(unit)).collect();
    text.line("");
    text.line(&messages::identity_line(lang, key.map(|field| field.name.as_str()), &natural));
    let findings: Vec<String> = outcome
        .findings
        .iter()
        .filter(|finding| finding.severity > Severity::Info)
        .map(|finding| {
            let unit = finding.unit.as_ref().map(|unit| speaker.unit(unit));
            messages::finding(lang, finding, unit.as_deref(), speaker.remote)
        })
        .collect();
    text.list(speaker, &messages::findings_title(lang), &findings);
    text.line("");
    for line in messages::deletions(lang, &settings.connection.policy.deletions, speaker.remote) {
        text.line(&line);
    }
    text.end()
}

/// What a CSV file brought.
#[must_use]
pub fn imported(speaker: &Speaker<'_>, imported: &Imported) -> String {
    let lang = speaker.lang;
    let mut text = Text::default();
    text.line(&messages::imported_counts(lang, imported));
    if !imported.unknown_stages.is_empty() {
        text.line(&messages::unknown_stages(lang, &imported.unknown_stages));
    }
    let refused: Vec<String> = imported
        .refused
        .iter()
        .map(|(line, client, unit, why)| {
            let why = match why {
                Why::Value(problem) => messages::problem(lang, problem),
                Why::Crm(why) => why.clone(),
            };
            let unit = unit.as_ref().map(|unit| format!(", {}", speaker.unit(unit))).unwrap_or_default();
            let client = if client.is_empty() { String::new() } else { format!(" ({client})") };
            let line = messages::line_number(lang, *line);
            match lang {
                Lang::Fr => format!("{line}{client}{unit} : {why}"),
                Lang::En => format!("{line}{client}{unit}: {why}"),
            }
        })
        .collect();
    text.list(speaker, &messages::refused_rows_title(lang), &refused);
    text.end()
}
