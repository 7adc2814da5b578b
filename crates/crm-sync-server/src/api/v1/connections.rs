//! `/connections`: the remotes at a glance, their tokens, and whether they work.

use actix_web::{HttpResponse, delete, get, post, put};
use connector_core::store::RunStatus as CoreStatus;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::caller::{Caller, remote};
use super::named::{Remote, RunStatus};
use super::responses::AsksRemote;
use crate::app::{AIRTABLE, NOTION};
use crate::messages;
use crate::secrets::TokenState as CoreTokenState;
use crate::service::check::Records as CoreRecords;
use crate::service::glance::{self, Glance};
use crate::service::token;
use crate::service::trial::{self, Trial as CoreTrial};
use crate::web::{Body, PathOf, Refusal};

/// A remote at a glance.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Connection {
    /// Its name in paths: `airtable`, `notion`.
    remote: &'static str,
    /// Its name for people.
    name: String,
    token: TokenState,
    /// The table that is connected, if one is.
    #[serde(skip_serializing_if = "Option::is_none")]
    table: Option<ConnectedTable>,
    /// Whether no run came to its end yet, so that the first one wants its plan to be seen.
    first_run: bool,
    /// The run under way.
    #[serde(skip_serializing_if = "Option::is_none")]
    running: Option<String>,
    /// The last run that is not under way.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_run: Option<LastRun>,
    /// How many conflicts wait for a person.
    open_conflicts: usize,
    /// How many operations were refused five runs in a row and are set aside until they are asked for again.
    set_aside: usize,
}

/// The table that is connected.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ConnectedTable {
    base: String,
    table: String,
    /// What people called it when it was chosen.
    name: String,
}

/// A run, shortly.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LastRun {
    id: String,
    status: RunStatus,
}

/// What there is of a token.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum TokenState {
    /// None.
    Absent,
    /// The environment's, which wins over a stored one.
    Environment,
    /// A stored one.
    Stored,
    /// A stored one that was sealed with a key that is not at hand.
    OtherKey,
    /// A stored one that was changed since it was sealed.
    Damaged,
}

impl From<CoreTokenState> for TokenState {
    fn from(state: CoreTokenState) -> Self {
        match state {
            CoreTokenState::Absent => Self::Absent,
            CoreTokenState::Environment => Self::Environment,
            CoreTokenState::Stored => Self::Stored,
            CoreTokenState::OtherKey => Self::OtherKey,
            CoreTokenState::Damaged => Self::Damaged,
        }
    }
}

impl From<Glance> for Connection {
    fn from(glance: Glance) -> Self {
        let table = glance.configured.map(|configured| ConnectedTable {
            base: configured.settings.base.to_string(),
            table: configured.settings.table.to_string(),
            name: configured.settings.table_name,
        });
        let last_run = glance.last.map(|run| {
            let status: CoreStatus = run.record.status;
            LastRun { id: run.record.id.to_string(), status: RunStatus(status) }
        });
        Self {
            remote: glance.remote,
            name: messages::remote_name(glance.remote).to_owned(),
            token: glance.token.into(),
            table,
            first_run: glance.is_first,
            running: glance.running.map(|run| run.to_string()),
            last_run,
            open_conflicts: glance.waiting,
            set_aside: glance.set_aside,
        }
    }
}

/// A token to store.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewToken {
    /// The token. No answer ever shows it.
    #[schema(value_type = String, format = Password, min_length = 1)]
    token: SecretString,
}

/// Who a token acts for.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Owner {
    /// The user's or integration's id.
    id: String,
    /// The e-mail address or name, if told.
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<String>,
}

impl From<&connector_core::provider::Identity> for Owner {
    fn from(identity: &connector_core::provider::Identity) -> Self {
        Self { id: identity.id.clone(), label: identity.label.clone() }
    }
}

/// What trying a connection came to.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Trial {
    /// Whether token and table work.
    works: bool,
    /// What came of it, in sentences.
    messages: Vec<String>,
    /// Whose token it is, if it works.
    #[serde(skip_serializing_if = "Option::is_none")]
    owner: Option<Owner>,
    /// The rights that the token lacks, if the remote tells.
    missing_scopes: Vec<&'static str>,
    /// How many records the table has, if it can be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    records: Option<Records>,
}

/// How many records a table has, as one page of it tells.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Records {
    /// Those on the page.
    count: usize,
    /// Whether these are all; otherwise there are more.
    exact: bool,
}

impl From<CoreRecords> for Records {
    fn from(records: CoreRecords) -> Self {
        Self { count: records.count, exact: records.is_exact }
    }
}

impl Trial {
    fn new(caller: &Caller, remote: &str, trial: &CoreTrial) -> Self {
        let lang = caller.lang;
        let failed = |error: &connector_core::Error| {
            messages::remote_failure(lang, error.kind(), remote, error.detail())
        };
        let identity = match &trial.identity {
            Ok(identity) => messages::token_works(lang, identity, remote),
            Err(error) => failed(error),
        };
        let lacks = trial
            .missing
            .iter()
            .map(|scope| messages::scope_missing(lang, scope, &messages::scope_why(lang, scope)));
        let table = trial.table.as_ref().map(|table| match table {
            Ok((name, records)) => messages::records_counted(lang, name, records.count, records.is_exact),
            Err(error) => failed(error),
        });
        Self {
            works: trial.works(),
            messages: std::iter::once(identity).chain(lacks).chain(table).collect(),
            owner: trial.identity.as_ref().ok().map(Owner::from),
            missing_scopes: trial.missing.clone(),
            records: trial.table.as_ref().and_then(|table| Some(table.as_ref().ok()?.1.into())),
        }
    }
}

/// All remotes at a glance. No remote is asked.
#[utoipa::path(tag = "connections", responses((status = 200, description = "One for each remote.", body = Vec<Connection>)))]
#[get("/api/v1/connections")]
pub(super) async fn list(caller: Caller) -> Result<HttpResponse, Refusal> {
    let mut found: Vec<Connection> = Vec::new();
    for remote in [AIRTABLE, NOTION] {
        found.push(glance::of_remote(caller.app(), remote).await?.into());
    }
    Ok(HttpResponse::Ok().json(found))
}

/// One remote at a glance. The remote is not asked.
#[utoipa::path(tag = "connections", params(("remote" = Remote, Path)), responses(
    (status = 200, description = "The remote.", body = Connection),
))]
#[get("/api/v1/connections/{remote}")]
pub(super) async fn read(caller: Caller, path: PathOf<String>) -> Result<HttpResponse, Refusal> {
    let glance = glance::of_remote(caller.app(), remote(&path.0)?).await?;
    Ok(HttpResponse::Ok().json(Connection::from(glance)))
}

/// Stores a token, sealed, if the remote takes it. No answer ever shows it.
#[utoipa::path(tag = "connections", params(("remote" = Remote, Path)), responses(
    (status = 200, description = "It works and is stored: whose it is.", body = Owner),
    AsksRemote,
))]
#[put("/api/v1/connections/{remote}/token")]
pub(super) async fn store_token(
    caller: Caller,
    path: PathOf<String>,
    body: Body<NewToken>,
) -> Result<HttpResponse, Refusal> {
    let identity = token::store(caller.app(), remote(&path.0)?, &body.0.token).await?;
    Ok(HttpResponse::Ok().json(Owner::from(&identity)))
}

/// Forgets the stored token. What is connected stays so, and waits for another token.
#[utoipa::path(tag = "connections", params(("remote" = Remote, Path)), responses(
    (status = 204, description = "There is none any more."),
    (status = 409, description = "The token is given by the environment.", body = crate::web::problem::Problem, content_type = "application/problem+json"),
))]
#[delete("/api/v1/connections/{remote}/token")]
pub(super) async fn forget_token(caller: Caller, path: PathOf<String>) -> Result<HttpResponse, Refusal> {
    token::forget(caller.app(), remote(&path.0)?).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Tries the connection, in two requests. What the remote refuses is an answer too: `works` is false then.
#[utoipa::path(tag = "connections", params(("remote" = Remote, Path)), responses(
    (status = 200, description = "What came of it.", body = Trial),
    AsksRemote,
))]
#[post("/api/v1/connections/{remote}/test")]
pub(super) async fn test(caller: Caller, path: PathOf<String>) -> Result<HttpResponse, Refusal> {
    let remote = remote(&path.0)?;
    let trial = trial::try_out(caller.app(), remote).await?;
    Ok(HttpResponse::Ok().json(Trial::new(&caller, remote, &trial)))
}
