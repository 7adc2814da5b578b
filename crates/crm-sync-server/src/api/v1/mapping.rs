//! What a mapping does to real values, before it is stored; and the field for the deals' ids.

use actix_web::{HttpResponse, post};
use connector_core::lens::Carries as CoreCarries;
use connector_core::mapping::{Binding, Bound};
use connector_core::plan::Side as CoreSide;
use serde::Serialize;
use utoipa::ToSchema;

use super::caller::{Caller, remote};
use super::configuration::{Saved, Wanted};
use super::named::{Direction, Remote};
use super::responses::AsksRemote;
use super::shape::Finding;
use crate::messages::{self, Lang};
use crate::service::configure::{self, Draft, KeyField, Wanted as CoreWanted};
use crate::service::sampling::{self, Sample};
use crate::store::Expected;
use crate::web::{Body, PathOf, Refusal};

/// What a mapping does to values.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Check {
    /// Whether it could be stored: no finding is an error.
    works: bool,
    base: String,
    table: String,
    table_name: String,
    pairs: Vec<CheckedPair>,
    /// What is wrong or lost, the worst first.
    findings: Vec<Finding>,
    /// On how many records the counts rest.
    rows: usize,
    /// Whether these are all.
    complete: bool,
}

/// What becomes of the values of one pair.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CheckedPair {
    unit: String,
    /// What people call the unit.
    name: String,
    field: String,
    field_name: String,
    direction: Direction,
    to_remote: Way,
    to_crm: Way,
    /// The options that mean no stage, though records hold them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unmapped_options: Vec<UnmappedOption>,
}

/// What becomes of values on one way.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Way {
    carries: Carries,
    /// Why not exactly, in words.
    because: Vec<String>,
}

/// How faithfully values arrive.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Carries {
    /// Every value arrives, and comes back the same.
    Exact,
    /// Some values are changed on the way, or refused.
    Lossy,
    /// No value can go this way.
    Impossible,
}

/// An option that means no stage.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UnmappedOption {
    id: String,
    name: String,
    /// How many of the records that were read hold it.
    rows: usize,
}

impl Way {
    pub(super) fn new(lang: Lang, carries: &CoreCarries) -> Self {
        match carries {
            CoreCarries::Exact => Self { carries: Carries::Exact, because: Vec::new() },
            CoreCarries::Lossy(losses) => Self {
                carries: Carries::Lossy,
                because: losses.iter().map(|loss| messages::loss(lang, loss)).collect(),
            },
            CoreCarries::Impossible(why) => {
                Self { carries: Carries::Impossible, because: vec![messages::obstacle(lang, why)] }
            }
        }
    }
}

impl Check {
    fn new(caller: &Caller, draft: &Draft, sample: &Sample) -> Self {
        let (units, link) = (caller.app().units(), &draft.settings.connection);
        let speaker = caller.speaker(draft.connector.remote());
        let binding = Binding::new(units, &link.mapping, &draft.schema, link.create_options);
        let pair = |(position, bound): (usize, &Bound)| {
            let unit = units.at(position)?;
            let fidelity = bound.lens.fidelity();
            Some(CheckedPair {
                unit: unit.key.to_string(),
                name: unit.name().to_owned(),
                field: bound.field.to_string(),
                field_name: bound.label.clone(),
                direction: Direction(bound.direction),
                to_remote: Way::new(caller.lang, fidelity.towards(CoreSide::Remote)),
                to_crm: Way::new(caller.lang, fidelity.towards(CoreSide::Crm)),
                unmapped_options: unmapped(draft, sample, unit),
            })
        };
        let is_fault = |finding: &connector_core::mapping::Finding| {
            finding.severity == connector_core::mapping::Severity::Error
        };
        Self {
            works: !draft.findings.iter().any(is_fault),
            base: draft.settings.base.to_string(),
            table: draft.settings.table.to_string(),
            table_name: draft.settings.table_name.clone(),
            pairs: binding.iter().filter_map(pair).collect(),
            findings: draft.findings.iter().map(|finding| Finding::new(&speaker, finding)).collect(),
            rows: sample.records.len(),
            complete: sample.is_whole,
        }
    }
}

/// The options of the unit's field that mean no stage and that records hold.
fn unmapped(draft: &Draft, sample: &Sample, unit: &connector_core::unit::Unit) -> Vec<UnmappedOption> {
    let found =
        draft.settings.stage_options(&draft.schema, unit).into_iter().filter(|(_, stage)| stage.is_none());
    let counted = found.map(|(option, _)| {
        let rows = draft
            .settings
            .connection
            .mapping
            .pair(&unit.key)
            .map(|pair| sample.holding(&pair.field, &option.id));
        UnmappedOption {
            id: option.id.to_string(),
            name: option.name.clone(),
            rows: rows.unwrap_or_default(),
        }
    });
    counted.filter(|option| option.rows > 0).collect()
}

/// What a configuration would do to real values: of each pair how faithfully it carries them, and what is wrong. Nothing
/// is stored, and nothing is made in the remote.
#[utoipa::path(tag = "connections", request_body = Wanted, params(("remote" = Remote, Path)), responses(
    (status = 200, description = "What it does.", body = Check),
    AsksRemote,
))]
#[post("/api/v1/connections/{remote}/check")]
pub(super) async fn check(
    caller: Caller,
    path: PathOf<String>,
    body: Body<Wanted>,
) -> Result<HttpResponse, Refusal> {
    let draft = configure::draft(caller.app(), remote(&path.0)?, body.0.of(Expected::Any)).await?.marked()?;
    let sample = sampling::sample(caller.app(), draft.connector.as_ref(), &draft.schema).await?;
    Ok(HttpResponse::Ok().json(Check::new(&caller, &draft, &sample)))
}

/// Makes the field for the deals' ids in the connected table, unless there is one of its name, and uses it.
#[utoipa::path(tag = "connections", params(("remote" = Remote, Path)), responses(
    (status = 200, description = "The configuration with its key field.", body = Saved, headers(("ETag" = String, description = "The new state."))),
    (status = 412, description = "Somebody else changed it meanwhile.", body = crate::web::problem::Problem, content_type = "application/problem+json"),
    AsksRemote,
))]
#[post("/api/v1/connections/{remote}/key-field")]
pub(super) async fn create_key_field(caller: Caller, path: PathOf<String>) -> Result<HttpResponse, Refusal> {
    let remote = remote(&path.0)?;
    let wanted = CoreWanted { key_field: KeyField::Create, ..CoreWanted::default() };
    let outcome = configure::configure(caller.app(), remote, wanted).await?;
    Ok(Saved::answer(&caller, remote, &outcome, false))
}
