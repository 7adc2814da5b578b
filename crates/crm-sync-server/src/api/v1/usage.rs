//! `/usage`: what was asked of the remotes this month, and what the next sync would cost.

use actix_web::{HttpResponse, get};
use serde::Serialize;
use utoipa::ToSchema;

use super::caller::Caller;
use crate::app::{AIRTABLE, NOTION};
use crate::failure::Failure;
use crate::service::check::Prediction as CorePrediction;
use crate::service::{budget, connection, usage};
use crate::web::Refusal;

/// The calls of one remote.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Usage {
    remote: &'static str,
    /// Requests of this month, each attempt counted; months by UTC.
    calls_this_month: u64,
    /// So many it will be at the end of the month, at the pace of its days so far.
    #[serde(skip_serializing_if = "Option::is_none")]
    foreseen: Option<u64>,
    /// The most that the settings allow in a month.
    #[serde(skip_serializing_if = "Option::is_none")]
    limit: Option<u64>,
    /// How many a month the remote's free plan allows, where it has such a limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    free_calls: Option<u64>,
    /// What the next sync would cost, once a table is connected.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_sync: Option<Prediction>,
}

/// What a sync would cost, in requests.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Prediction {
    /// With nothing to do.
    idle: usize,
    /// Creating in the remote every deal that is not linked yet, at most.
    creations: usize,
    /// Reading page bodies for the first time, at least, if the mapping has them.
    #[serde(skip_serializing_if = "Option::is_none")]
    bodies: Option<usize>,
}

impl From<&CorePrediction> for Prediction {
    fn from(told: &CorePrediction) -> Self {
        Self { idle: told.idle, creations: told.creations, bodies: told.bodies }
    }
}

/// What was asked of the remotes this month, and what the next sync would cost. No remote is asked.
#[utoipa::path(tag = "connections", responses(
    (status = 200, description = "One for each remote.", body = Vec<Usage>),
))]
#[get("/api/v1/usage")]
pub(super) async fn read(caller: Caller) -> Result<HttpResponse, Refusal> {
    let app = caller.app();
    let mut told = Vec::new();
    for remote in [AIRTABLE, NOTION] {
        let budget = match connection::of_remote(app, remote).await {
            Ok(configured) => Some(budget::of(app, &configured).await.map_err(Failure::from)?),
            Err(Failure::NotConfigured { .. }) => None,
            Err(failure) => return Err(failure.into()),
        };
        told.push(Usage {
            remote,
            foreseen: budget.map(|budget| budget.foreseen),
            limit: budget.and_then(|budget| budget.limit),
            calls_this_month: usage::calls_this_month(app, remote).await?,
            free_calls: usage::free_calls(remote),
            next_sync: usage::next_sync(app, remote).await?.as_ref().map(Into::into),
        });
    }
    Ok(HttpResponse::Ok().json(told))
}
