//! The same as one JSON document, for programs. Keys are only added, never renamed.

use connector_core::engine::Report;
use connector_core::id::RunId;
use connector_core::plan::Plan;
use connector_core::store::RunRecord;
use serde::Serialize;
use serde_json::{Value, json};

use super::result::unknown_stages;
use super::{Speaker, Standing};
use crate::messages;
use crate::service::check::Checkup;
use crate::service::deals_file::{Imported, Why};
use crate::service::questions::Asked;
use crate::store::Run;

/// A plan that was made and kept.
#[must_use]
pub fn plan_json(remote: &str, plan: &Plan) -> Value {
    let status = if plan.trips.is_empty() { "planned" } else { "halted" };
    json!({"remote": remote, "status": status, "plan": plan})
}

/// A run and its plan.
#[must_use]
pub fn run_json(speaker: &Speaker<'_>, report: &Report) -> Value {
    let results: Vec<Value> = report
        .results
        .iter()
        .map(|(seq, result)| json!({"seq": seq, "outcome": result.outcome, "message": result.message}))
        .collect();
    let record = &report.record;
    let message = record.message.as_ref();
    json!({
        "remote": speaker.remote,
        "status": record.status,
        "message": message.map(|message| messages::run_message(speaker.lang, message, speaker.remote)),
        "run": record,
        "unknown_statuses": unknown_stages(report),
        "plan": report.plan,
        "results": results,
    })
}

/// A run, and what became of it since.
#[derive(Serialize)]
struct Told<'r> {
    #[serde(flatten)]
    record: &'r RunRecord,
    undone_by: Option<&'r RunId>,
}

impl<'r> From<&'r Run> for Told<'r> {
    fn from(run: &'r Run) -> Self {
        Self { record: &run.record, undone_by: run.undone_by.as_ref() }
    }
}

/// The connections and their last runs.
#[must_use]
pub fn connections_json(found: &[Standing]) -> Value {
    let connections: Vec<Value> = found
        .iter()
        .map(|standing| {
            let Standing { configured, runs, running, open, set_aside, asked, verified } = standing;
            let told: Vec<Told<'_>> = runs.iter().map(Told::from).collect();
            json!({
                "remote": configured.remote,
                "settings": configured.settings,
                "running": running,
                "open_conflicts": open.len(),
                "set_aside": set_aside,
                "questions": asked.as_ref().map_or(0, |asked| asked.questions.len()),
                "deletions_waiting": asked.as_ref().map_or(0, Asked::deletions),
                "verified": verified.as_ref().map(|last| json!({"at": last.at, "found": last.found})),
                "runs": told,
            })
        })
        .collect();
    json!({"connections": connections})
}

/// What a CSV file brought.
#[must_use]
pub fn imported_json(speaker: &Speaker<'_>, imported: &Imported) -> Value {
    let refused: Vec<Value> = imported
        .refused
        .iter()
        .map(|(line, client, unit, why)| {
            let why = match why {
                Why::Value(problem) => messages::problem(speaker.lang, problem),
                Why::Crm(why) => why.clone(),
            };
            json!({"line": line, "client": client, "unit": unit, "reason": why})
        })
        .collect();
    json!({
        "rows": imported.rows,
        "created": imported.created,
        "known": imported.known,
        "refused": refused,
        "unknown_statuses": imported.unknown_stages,
    })
}

/// What the doctor found.
#[must_use]
pub fn checkup_json(speaker: &Speaker<'_>, checkup: &Checkup) -> Value {
    let failed = |error: &connector_core::Error| {
        messages::remote_failure(speaker.lang, error.kind(), speaker.remote, error.detail())
    };
    let rows: Vec<Value> = checkup
        .rows
        .iter()
        .map(|row| {
            let cells = row.values.iter().filter_map(|(position, value, _)| {
                let unit = speaker.unit_at(*position)?;
                Some((unit.key.to_string(), json!(value)))
            });
            Value::Object(cells.collect())
        })
        .collect();
    let fields: Vec<Value> = checkup
        .schema
        .iter()
        .flatten()
        .flat_map(|schema| &schema.fields)
        .map(|field| {
            json!({"id": field.id, "name": field.name, "type": field.kind.name(), "writable": field.writable})
        })
        .collect();
    json!({
        "remote": checkup.remote,
        "sound": checkup.is_sound(),
        "token": match &checkup.identity {
            Ok(identity) => json!({"works": true, "user": identity.id, "label": identity.label, "scopes": identity.scopes}),
            Err(error) => json!({"works": false, "message": failed(error)}),
        },
        "configuration": match &checkup.configured {
            Some(Ok(configured)) => json!(configured.settings),
            _ => Value::Null,
        },
        "fields": fields,
        "findings": checkup.findings,
        "records": checkup.records.as_ref().map(|records| match records {
            Ok(records) => json!({"count": records.count, "exact": records.is_exact}),
            Err(error) => json!({"message": failed(error)}),
        }),
        "missing_scopes": checkup.missing_scopes,
        "sample": rows,
        "calls": checkup.prediction.map(|told| json!({
            "idle_sync": told.idle,
            "creations": told.creations,
            "bodies": told.bodies,
            "per_minute": told.per_minute,
        })),
        "month": checkup.budget.map(|month| json!({
            "used": month.used,
            "foreseen": month.foreseen,
            "limit": month.limit,
            "left": month.left(),
        })),
    })
}
