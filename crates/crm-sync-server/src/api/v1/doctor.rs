//! `/connections/{remote}/doctor`: everything that a sync needs, looked at before it runs.

use std::collections::BTreeMap;

use actix_web::{HttpResponse, get};
use connector_core::lens::Fidelity;
use connector_core::plan::Side;
use serde::Serialize;
use utoipa::ToSchema;

use super::caller::{Caller, remote};
use super::connections::{Owner, Records};
use super::mapping::Way;
use super::named::Remote;
use super::responses::AsksRemote;
use super::shape::{Cell, Finding};
use super::tables::Field;
use super::usage::Prediction;
use crate::messages;
use crate::service::check::{self, Checkup as CoreCheckup, SampleRow};
use crate::web::{PathOf, Refusal};

/// What the doctor found. A step that failed leaves the later ones out.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Checkup {
    /// Whether every step went through.
    sound: bool,
    /// Whose token it is, if it works.
    #[serde(skip_serializing_if = "Option::is_none")]
    owner: Option<Owner>,
    /// What does not work, in words.
    problems: Vec<String>,
    /// The table's fields.
    fields: Vec<Field>,
    /// What is wrong with the mapping or lost by it, the worst first.
    findings: Vec<Finding>,
    /// How faithfully each mapped unit is carried.
    carried: Vec<Carried>,
    /// How many records there are.
    #[serde(skip_serializing_if = "Option::is_none")]
    records: Option<Records>,
    /// A few records as deals: what each mapped unit would hold.
    rows: Vec<BTreeMap<String, Cell>>,
    /// What a sync would cost.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_sync: Option<Prediction>,
}

/// How faithfully a unit is carried.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Carried {
    unit: String,
    /// What the field is called.
    field_name: String,
    to_remote: Way,
    to_crm: Way,
}

impl Checkup {
    fn new(caller: &Caller, remote: &str, checkup: &CoreCheckup) -> Self {
        let (lang, units, speaker) = (caller.lang, caller.app().units(), caller.speaker(remote));
        let failed = |error: &connector_core::Error| {
            messages::remote_failure(lang, error.kind(), remote, error.detail())
        };
        let identity = checkup.identity.as_ref().err().map(failed);
        let configured = checkup.configured.as_ref().and_then(|configured| configured.as_ref().err());
        let schema = checkup.schema.as_ref().and_then(|schema| schema.as_ref().err());
        let records = checkup.records.as_ref().and_then(|records| records.as_ref().err());
        let lacks = checkup
            .missing_scopes
            .iter()
            .map(|scope| messages::scope_missing(lang, scope, &messages::scope_why(lang, scope)));
        let fields = checkup.schema.iter().flatten().flat_map(|schema| &schema.fields);
        let carried = |(position, field, fidelity): &(usize, String, Fidelity)| {
            let unit = units.at(*position)?;
            let way = |side| Way::new(lang, fidelity.towards(side));
            let (to_remote, to_crm) = (way(Side::Remote), way(Side::Crm));
            Some(Carried { unit: unit.key.to_string(), field_name: field.clone(), to_remote, to_crm })
        };
        let row = |row: &SampleRow| {
            let cells = row.values.iter().filter_map(|(position, value, _)| {
                let unit = units.at(*position)?;
                Some((unit.key.to_string(), Cell::new(lang, Some(&unit.kind), value)))
            });
            cells.collect()
        };
        Self {
            sound: checkup.is_sound(),
            owner: checkup.identity.as_ref().ok().map(Owner::from),
            problems: identity
                .into_iter()
                .chain(configured.map(|failure| messages::failure(lang, failure)))
                .chain(schema.map(failed))
                .chain(records.map(failed))
                .chain(lacks)
                .collect(),
            fields: fields.map(|field| Field::new(lang, field)).collect(),
            findings: checkup.findings.iter().map(|finding| Finding::new(&speaker, finding)).collect(),
            carried: checkup.carried.iter().filter_map(carried).collect(),
            records: checkup.records.as_ref().and_then(|records| Some((*records.as_ref().ok()?).into())),
            rows: checkup.rows.iter().map(row).collect(),
            next_sync: checkup.prediction.as_ref().map(Into::into),
        }
    }
}

/// Looks at everything that a sync of the remote needs: the token, the table, the mapping, a few records, the cost. Writes
/// nothing. A remote that refuses is an answer too: `sound` is false then.
#[utoipa::path(tag = "connections", params(("remote" = Remote, Path)), responses(
    (status = 200, description = "What was found.", body = Checkup),
    AsksRemote,
))]
#[get("/api/v1/connections/{remote}/doctor")]
pub(super) async fn examine(caller: Caller, path: PathOf<String>) -> Result<HttpResponse, Refusal> {
    let remote = remote(&path.0)?;
    let checkup = check::check(caller.app(), remote).await?;
    Ok(HttpResponse::Ok().json(Checkup::new(&caller, remote, &checkup)))
}
