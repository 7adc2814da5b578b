//! `/connections/{remote}/verification`: whether both sides hold what they last agreed on.

use actix_web::{HttpResponse, get, post};
use chrono::{DateTime, Utc};
use connector_core::plan::{
    Drift as CoreDrift, DriftKind, Mode, Side as CoreSide, UnitDrift, Verification as CoreVerification,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::caller::{Caller, remote};
use super::named::{Remote, Side};
use super::responses::AsksRemote;
use super::runs::ASKED_BY;
use super::shape::Cell;
use crate::report::Speaker;
use crate::service::sync::Order;
use crate::service::{connection, verify};
use crate::web::{PathOf, Refusal};

/// The most differences of one answer.
const SHOWN: usize = 1_000;

/// How the last comparison came out.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LastVerification {
    /// When that was; absent while there was none.
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<DateTime<Utc>>,
    /// What it found.
    #[serde(skip_serializing_if = "Option::is_none")]
    found: Option<Agreement>,
}

/// How far both sides agree.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Agreement {
    /// Pairs of a deal and a record.
    links: usize,
    /// Of these, those that agree.
    agreeing: usize,
    /// Where the others differ.
    drifts: usize,
    /// Whether the remote was read to its end.
    complete: bool,
}

impl From<verify::Verified> for Agreement {
    fn from(found: verify::Verified) -> Self {
        Self { links: found.links, agreeing: found.agreeing, drifts: found.drifts, complete: found.complete }
    }
}

/// A comparison of both sides with what they last agreed on.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Verification {
    agreement: Agreement,
    /// Where they differ; the first thousand.
    drifts: Vec<Drift>,
}

/// A pair that does not hold what was agreed on.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Drift {
    deal: String,
    /// The record of the remote.
    record: String,
    /// How people call the deal.
    label: String,
    /// The side that is gone, if one is.
    #[serde(skip_serializing_if = "Option::is_none")]
    gone: Option<Side>,
    /// The unit that differs, if both are there.
    #[serde(skip_serializing_if = "Option::is_none")]
    difference: Option<Difference>,
}

/// A unit that differs.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Difference {
    unit: String,
    /// What people call the unit.
    name: String,
    crm: Cell,
    remote: Cell,
    /// What both last agreed on; absent when they never did.
    #[serde(skip_serializing_if = "Option::is_none")]
    agreed: Option<Cell>,
}

impl Difference {
    fn new(speaker: &Speaker<'_>, drift: &UnitDrift) -> Self {
        let kind = speaker.units.get(drift.unit.as_str()).map(|unit| &unit.kind);
        let cell = |value| Cell::new(speaker.lang, kind, value);
        Self {
            unit: drift.unit.to_string(),
            name: speaker.unit(&drift.unit),
            crm: cell(&drift.crm),
            remote: cell(&drift.theirs),
            agreed: drift.agreed.as_ref().map(cell),
        }
    }
}

/// Compares both sides with what they last agreed on. Reads both, changes nothing, waits for the end.
#[utoipa::path(tag = "conflicts", params(("remote" = Remote, Path)), responses(
    (status = 200, description = "What was found.", body = Verification),
    AsksRemote,
))]
#[post("/api/v1/connections/{remote}/verification")]
pub(super) async fn make(caller: Caller, path: PathOf<String>) -> Result<HttpResponse, Refusal> {
    let remote = remote(&path.0)?;
    let configured = connection::of_remote(caller.app(), remote).await?;
    let order = Order { trigger: ASKED_BY.into(), ..Order::new(Mode::Sync) };
    let found: CoreVerification = verify::of(caller.app(), &configured, &order).await?;
    let speaker = caller.speaker(remote);
    let drift = |drift: &CoreDrift| Drift {
        deal: drift.deal.to_string(),
        record: drift.remote.to_string(),
        label: drift.label.clone(),
        gone: match &drift.kind {
            DriftKind::NoDeal => Some(Side(CoreSide::Crm)),
            DriftKind::NoRecord => Some(Side(CoreSide::Remote)),
            DriftKind::Unit(_) => None,
        },
        difference: match &drift.kind {
            DriftKind::NoDeal | DriftKind::NoRecord => None,
            DriftKind::Unit(unit) => Some(Difference::new(&speaker, unit)),
        },
    };
    let agreement = Agreement::from(verify::Verified::from(&found));
    let drifts = found.drifts.iter().take(SHOWN).map(drift).collect();
    Ok(HttpResponse::Ok().json(Verification { agreement, drifts }))
}

/// How the last comparison came out. The remote is not asked.
#[utoipa::path(tag = "conflicts", params(("remote" = Remote, Path)), responses(
    (status = 200, description = "What it found.", body = LastVerification),
    AsksRemote,
))]
#[get("/api/v1/connections/{remote}/verification")]
pub(super) async fn read(caller: Caller, path: PathOf<String>) -> Result<HttpResponse, Refusal> {
    let configured = connection::of_remote(caller.app(), remote(&path.0)?).await?;
    let last = verify::last(caller.app(), &configured.settings.connection.id).await?;
    let (at, found) = last.map(|last| (last.at, last.found.into())).unzip();
    Ok(HttpResponse::Ok().json(LastVerification { at, found }))
}
