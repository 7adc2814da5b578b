//! What the doctor found.

use connector_core::Error;
use connector_core::plan::Side;

use super::Speaker;
use super::list::Text;
use crate::messages;
use crate::service::check::{Checkup, SampleRow};

/// The checkup as text.
#[must_use]
pub fn checkup(speaker: &Speaker<'_>, checkup: &Checkup) -> String {
    let Speaker { lang, remote, .. } = *speaker;
    let mut text = Text::default();
    match &checkup.identity {
        Ok(identity) => text.line(&format!("✓ {}", messages::token_works(lang, identity, remote))),
        Err(error) => text.line(&failed(speaker, error)),
    }
    if !checkup.missing_scopes.is_empty() {
        text.line(&format!("✗ {}", messages::scopes_missing(lang, &checkup.missing_scopes, remote)));
    }
    match &checkup.configured {
        Some(Ok(configured)) => {
            let table = &configured.settings.table_name;
            text.line(&format!(
                "✓ {}",
                messages::table_chosen(lang, table, configured.settings.base.as_str())
            ));
        }
        Some(Err(failure)) => text.line(&format!("✗ {}", messages::failure(lang, failure))),
        None => {}
    }
    match &checkup.schema {
        Some(Ok(schema)) => {
            let records = checkup.records.as_ref().and_then(|records| records.as_ref().ok().copied());
            let told = messages::fields_read(lang, schema.fields.len(), records);
            text.line(&format!("✓ {told}"));
        }
        Some(Err(error)) => text.line(&failed(speaker, error)),
        None => {}
    }
    if let Some(Err(error)) = &checkup.records {
        text.line(&failed(speaker, error));
    }
    if checkup.missing_scopes.is_empty() && checkup.rights_are_untold() {
        text.line(&format!("· {}", messages::rights_untold(lang, remote)));
    }
    if let Some(Ok(configured)) = &checkup.configured {
        let deletions = &configured.settings.connection.policy.deletions;
        for line in messages::deletions(lang, deletions, remote) {
            text.line(&line);
        }
    }
    let findings: Vec<(&str, String)> = checkup
        .findings
        .iter()
        .map(|finding| {
            let unit = finding.unit.as_ref().map(|unit| speaker.unit(unit));
            let told = messages::finding(lang, finding, unit.as_deref(), remote);
            (messages::severity_mark(finding.severity), told)
        })
        .collect();
    text.marked_list(speaker, &messages::findings_title(lang), &findings);
    let carried: Vec<String> = checkup
        .carried
        .iter()
        .filter_map(|(position, field, fidelity)| {
            let unit = speaker.unit_at(*position)?;
            let ways: Vec<String> = [Side::Remote, Side::Crm]
                .map(|side| messages::carries(lang, fidelity.towards(side), side, remote))
                .to_vec();
            Some(format!("{} ↔ {}\n{}", unit.name(), lang.quoted(field), ways.join("\n")))
        })
        .collect();
    text.list(speaker, &messages::carried_title(lang), &carried);
    let rows: Vec<String> = checkup.rows.iter().map(|row| sample(speaker, row)).collect();
    text.list(speaker, &messages::sample_title(lang, remote), &rows);
    if let Some(prediction) = &checkup.prediction {
        text.line("");
        text.line(&messages::prediction(lang, prediction, remote));
    }
    if let Some(budget) = &checkup.budget {
        text.line(&messages::budget(lang, budget, remote));
    }
    text.end()
}

fn failed(speaker: &Speaker<'_>, error: &Error) -> String {
    format!("✗ {}", messages::remote_failure(speaker.lang, error.kind(), speaker.remote, error.detail()))
}

fn sample(speaker: &Speaker<'_>, row: &SampleRow) -> String {
    let told = row.values.iter().filter_map(|(position, value, note)| {
        let unit = speaker.unit_at(*position)?;
        let note = note.as_ref().map(|note| format!(" [{}]", messages::note_text(speaker.lang, note)));
        let shown = messages::value(speaker.lang, Some(&unit.kind), value);
        Some(format!("{} {shown}{}", unit.name(), note.unwrap_or_default()))
    });
    told.collect::<Vec<_>>().join(" · ")
}
