//! `/connections/{remote}/configuration`: which table, which unit is which field, who wins.

use std::collections::BTreeMap;

use actix_web::http::header::ETAG;
use actix_web::{HttpRequest, HttpResponse, delete, get, put};
use connector_core::id::OptionId;
use connector_core::plan::Side as CoreSide;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::caller::{Caller, remote};
use super::deletions::{Deletions, NewMark};
use super::named::{Deletion, Direction, Pairing, Precedence, Remote, Side, Strategy};
use super::precondition::{etag, expected, has};
use super::responses::AsksRemote;
use super::shape::Finding;
use crate::failure::Failure;
use crate::report::Speaker;
use crate::service::configure::{self, KeyField, Outcome, Wanted as CoreWanted};
use crate::service::connection::{self, ConnectionSettings};
use crate::service::policy::Pairing as CorePairing;
use crate::service::token;
use crate::store::{Expected, Remains};
use crate::web::problem::Problem;
use crate::web::refusal::Thing;
use crate::web::{Body, PathOf, QueryOf, Refusal};

/// How a remote is connected.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Configuration {
    remote: &'static str,
    /// The id of the connection: of this remote to this table.
    connection: String,
    base: String,
    table: String,
    /// What people called the table when it was chosen.
    table_name: String,
    /// Which unit goes with which field.
    pairs: Vec<Pair>,
    /// The field that holds the deals' ids, by its id.
    #[serde(skip_serializing_if = "Option::is_none")]
    key_field: Option<String>,
    /// The units that tell which deal a record without id is.
    natural_key: Vec<String>,
    strategy: Strategy,
    /// Who wins when the order of two edits cannot be known.
    tie: Side,
    pairing: Pairing,
    precedence: Precedence,
    /// Whether a copy of a linked record becomes a deal of its own without being asked about.
    copies: bool,
    /// Whether an import may write the deal's id into the record that it came from.
    stamp: bool,
    deletions: Deletions,
    /// Whether unknown options may be made in the remote.
    create_options: bool,
    /// The most requests in a month, if there is a limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    monthly_calls: Option<u64>,
}

/// A unit and its field.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Pair {
    unit: String,
    /// What people call the unit.
    name: String,
    /// The field's id.
    field: String,
    /// What people called the field when it was mapped.
    field_name: String,
    direction: Direction,
    /// Who wins, if not as for the other units.
    #[serde(skip_serializing_if = "Option::is_none")]
    strategy: Option<Strategy>,
    /// Which stage each option means; what is not here goes by its name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    stages: BTreeMap<String, String>,
}

impl Pair {
    pub(super) fn all(speaker: &Speaker<'_>, mapping: &connector_core::mapping::Mapping) -> Vec<Self> {
        let view = |pair: &connector_core::mapping::Pair| Self {
            unit: pair.unit.to_string(),
            name: speaker.unit(&pair.unit),
            field: pair.field.to_string(),
            field_name: pair.label.clone(),
            direction: Direction(pair.direction),
            strategy: pair.strategy.map(Strategy),
            stages: pair.stages.iter().map(|(id, stage)| (id.to_string(), stage.clone())).collect(),
        };
        mapping.pairs.iter().map(view).collect()
    }
}

impl Configuration {
    fn new(caller: &Caller, remote: &'static str, settings: &ConnectionSettings) -> Self {
        let (link, speaker) = (&settings.connection, caller.speaker(remote));
        let policy = &link.policy;
        Self {
            remote,
            connection: link.id.to_string(),
            base: settings.base.to_string(),
            table: settings.table.to_string(),
            table_name: settings.table_name.clone(),
            pairs: Pair::all(&speaker, &link.mapping),
            key_field: link.mapping.key_field.as_ref().map(ToString::to_string),
            natural_key: link.mapping.natural_key.iter().map(ToString::to_string).collect(),
            strategy: Strategy(policy.strategy),
            tie: Side(policy.tie),
            pairing: Pairing(CorePairing::of(policy)),
            precedence: Precedence(policy.precedence),
            copies: policy.copies,
            stamp: policy.stamp,
            deletions: Deletions::new(&speaker, &policy.deletions, policy.delete_beats_edit),
            create_options: link.create_options,
            monthly_calls: settings.monthly_calls,
        }
    }
}

/// What to connect and how; what is absent stays as it is, or is suggested.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Wanted {
    /// The base or database: its id, its address as copied from a browser, or its name.
    base: Option<String>,
    /// The table or data source, likewise.
    table: Option<String>,
    /// Unit to field, by name or id; `""` means not mapped.
    fields: BTreeMap<String, String>,
    /// Unit to the way its values go.
    directions: BTreeMap<String, Direction>,
    /// Option, by id, to the stage that it means; `""` means that its name decides.
    stages: BTreeMap<String, String>,
    strategy: Option<Strategy>,
    /// Who wins when the order of two edits cannot be known; the CRM unless told.
    tie: Option<Side>,
    pairing: Option<Pairing>,
    precedence: Option<Precedence>,
    /// Whether a copy of a linked record becomes a deal of its own without being asked about.
    copies: Option<bool>,
    /// Whether an import may write the deal's id into the record that it came from.
    stamp: Option<bool>,
    /// The field that holds the deals' ids, by name or id; `""` means none.
    key_field: Option<String>,
    /// The units that tell which deal a record without id is.
    natural_key: Option<Vec<String>>,
    /// Whether unknown options may be made in the remote.
    create_options: Option<bool>,
    /// How far a deletion goes in the CRM when a record was deleted.
    delete_crm: Option<Deletion>,
    /// How far a deletion goes in the remote when a deal was deleted.
    delete_remote: Option<Deletion>,
    /// Whether each deletion waits for a person.
    approve_deletions: Option<bool>,
    /// Whether a deletion on the side that is said to win takes along what was edited on the other side since.
    delete_beats_edit: Option<bool>,
    /// What a deal gets whose record was deleted, where `flag` is chosen: in a unit.
    mark_deal: Option<NewMark>,
    /// What a record gets whose deal was deleted, where `flag` is chosen: in a field.
    mark_record: Option<NewMark>,
    /// The most requests in a month; 0 takes the limit away.
    monthly_calls: Option<u64>,
}

impl Wanted {
    /// The same for the service, of this state of the settings.
    pub(super) fn of(self, expected: Expected) -> CoreWanted {
        let deletions = [(CoreSide::Crm, self.delete_crm), (CoreSide::Remote, self.delete_remote)];
        let deletions = deletions.into_iter().filter_map(|(side, deletion)| Some((side, deletion?.0)));
        let marks = [(CoreSide::Crm, self.mark_deal), (CoreSide::Remote, self.mark_record)];
        let marks = marks.into_iter().filter_map(|(side, mark)| Some((side, mark?.into())));
        CoreWanted {
            base: self.base,
            table: self.table,
            fields: self.fields,
            directions: self.directions.into_iter().map(|(unit, way)| (unit, way.0)).collect(),
            stages: self.stages.into_iter().map(|(id, stage)| (OptionId::from(id), stage)).collect(),
            strategy: self.strategy.map(|strategy| strategy.0),
            tie: self.tie.map(|side| side.0),
            pairing: self.pairing.map(|pairing| pairing.0),
            precedence: self.precedence.map(|precedence| precedence.0),
            copies: self.copies,
            stamp: self.stamp,
            key_field: match self.key_field {
                None => KeyField::Found,
                Some(name) if name.trim().is_empty() => KeyField::None,
                Some(name) => KeyField::Named(name),
            },
            natural_key: self.natural_key,
            create_options: self.create_options,
            deletions: deletions.collect(),
            approve_deletions: self.approve_deletions,
            delete_beats_edit: self.delete_beats_edit,
            marks: marks.collect(),
            monthly_calls: self.monthly_calls,
            forgiving: false,
            expected,
        }
    }
}

/// A configuration that was stored.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Saved {
    configuration: Configuration,
    /// What the mapping loses.
    findings: Vec<Finding>,
}

impl Saved {
    pub(super) fn answer(
        caller: &Caller,
        remote: &'static str,
        outcome: &Outcome,
        is_new: bool,
    ) -> HttpResponse {
        let speaker = caller.speaker(remote);
        let mut answer = if is_new { HttpResponse::Created() } else { HttpResponse::Ok() };
        answer.insert_header((ETAG, etag(&outcome.version))).json(Self {
            configuration: Configuration::new(caller, remote, &outcome.configured.settings),
            findings: outcome.findings.iter().map(|finding| Finding::new(&speaker, finding)).collect(),
        })
    }
}

/// What to forget beside the configuration.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Removal {
    /// Whether the stored token goes too; it stays unless told.
    token: Option<bool>,
}

/// What is left of a connection that was removed.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Removed {
    /// Pairs of a deal and a record that are still known to be the same thing: the same table, connected again, goes on
    /// where it was.
    links: u64,
    /// Runs in the history.
    runs: u64,
    /// Conflicts that waited for a person.
    open_conflicts: u64,
    /// Whether the stored token was kept.
    token_kept: bool,
}

impl Removed {
    const fn new(remains: Remains, token_kept: bool) -> Self {
        let Remains { links, runs, open_conflicts } = remains;
        Self { links, runs, open_conflicts, token_kept }
    }
}

/// How the remote is connected. Its `ETag` names this state of it.
#[utoipa::path(tag = "connections", params(("remote" = Remote, Path)), responses(
    (status = 200, description = "The configuration.", body = Configuration, headers(("ETag" = String, description = "This state of it."))),
    (status = 304, description = "It is still as `If-None-Match` has it."),
))]
#[get("/api/v1/connections/{remote}/configuration")]
pub(super) async fn read(
    caller: Caller,
    request: HttpRequest,
    path: PathOf<String>,
) -> Result<HttpResponse, Refusal> {
    let remote = remote(&path.0)?;
    let missing = || Refusal::Missing(Thing::Configuration);
    let version = caller.app().store.settings_version(remote).await.map_err(Failure::from)?;
    let version = version.ok_or_else(missing)?;
    let tag = etag(&version);
    if has(&request, &tag) {
        return Ok(HttpResponse::NotModified().insert_header((ETAG, tag)).finish());
    }
    let configured = connection::of_id(caller.app(), &version.connection).await?.ok_or_else(missing)?;
    let body = Configuration::new(&caller, remote, &configured.settings);
    Ok(HttpResponse::Ok().insert_header((ETAG, tag)).json(body))
}

/// Connects a table, or changes how it is connected. What is absent stays as it is, or is suggested by names and types.
///
/// `If-Match` names the state that is changed, by its `ETag`; `If-None-Match: *` makes the first one.
#[utoipa::path(tag = "connections", request_body = Wanted,
    params(
        ("remote" = Remote, Path),
        ("If-Match" = Option<String>, Header, description = "The `ETag` of the state that is changed."),
        ("If-None-Match" = Option<String>, Header, description = "`*`: there is none yet."),
    ),
    responses(
        (status = 200, description = "It is changed.", body = Saved, headers(("ETag" = String, description = "The new state."))),
        (status = 201, description = "It is made.", body = Saved, headers(("ETag" = String, description = "The new state."))),
        (status = 412, description = "Somebody else changed it meanwhile.", body = Problem, content_type = "application/problem+json"),
        (status = 428, description = "The request does not say which state it changes.", body = Problem, content_type = "application/problem+json"),
        AsksRemote,
    ),
)]
#[put("/api/v1/connections/{remote}/configuration")]
pub(super) async fn save(
    caller: Caller,
    request: HttpRequest,
    path: PathOf<String>,
    body: Body<Wanted>,
) -> Result<HttpResponse, Refusal> {
    let remote = remote(&path.0)?;
    let current = caller.app().store.settings_version(remote).await.map_err(Failure::from)?;
    let is_new = current.is_none();
    let wanted = body.0.of(expected(&request, current)?);
    let outcome = configure::configure(caller.app(), remote, wanted).await?;
    Ok(Saved::answer(&caller, remote, &outcome, is_new))
}

/// Forgets how the remote is connected. Nothing is deleted on either side; links and history stay.
#[utoipa::path(tag = "connections",
    params(
        ("remote" = Remote, Path),
        Removal,
        ("If-Match" = Option<String>, Header, description = "The `ETag` of the state that is forgotten."),
    ),
    responses(
        (status = 200, description = "What is left of it.", body = Removed),
        (status = 409, description = "A run of it is under way, or its token is the environment's.", body = Problem, content_type = "application/problem+json"),
        (status = 412, description = "Somebody else changed it meanwhile.", body = Problem, content_type = "application/problem+json"),
        (status = 428, description = "The request does not say which state it forgets.", body = Problem, content_type = "application/problem+json"),
    ),
)]
#[delete("/api/v1/connections/{remote}/configuration")]
pub(super) async fn remove(
    caller: Caller,
    request: HttpRequest,
    path: PathOf<String>,
    removal: QueryOf<Removal>,
) -> Result<HttpResponse, Refusal> {
    let remote = remote(&path.0)?;
    let store = &caller.app().store;
    let current = store.settings_version(remote).await.map_err(Failure::from)?;
    if current.is_none() {
        return Err(Refusal::Missing(Thing::Configuration));
    }
    let wanted = expected(&request, current)?;
    let forgets_token = removal.0.token.unwrap_or(false);
    if forgets_token {
        token::forget(caller.app(), remote).await?;
    }
    let remains = store.disconnect(remote, wanted).await.map_err(Failure::from)?.ok_or(Failure::Changed)?;
    Ok(HttpResponse::Ok().json(Removed::new(remains, !forgets_token)))
}
