//! `/connections/{remote}/bases`: what the token can see, and what a table holds.

use std::collections::BTreeMap;
use std::sync::Arc;

use actix_web::{HttpResponse, get};
use chrono::{DateTime, Utc};
use connector_core::connector::{DealConnector, RemoteDeal};
use connector_core::fold::fold;
use connector_core::id::BaseId;
use connector_core::mapping::{Guess, Mapping};
use connector_core::provider::{Base as CoreBase, ConnectorSettings, Container};
use connector_core::schema::{Field as CoreField, Schema as CoreSchema};
use connector_core::{Error, ErrorKind};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::caller::{Caller, remote};
use super::configuration::Pair;
use super::named::{Confidence, Remote};
use super::paging::{Page, limit, place, wrong};
use super::responses::AsksRemote;
use super::shape::Cell;
use crate::failure::Failure;
use crate::messages::{self, Lang};
use crate::service::sampling;
use crate::web::refusal::Thing;
use crate::web::{PathOf, QueryOf, Refusal};

/// A base of Airtable, a database of Notion.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Base {
    id: String,
    name: String,
    /// Whether the token may write records in it, if told.
    #[serde(skip_serializing_if = "Option::is_none")]
    writable: Option<bool>,
}

/// A table of Airtable, a data source of Notion.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Table {
    id: String,
    /// The base that holds it.
    base: String,
    name: String,
    /// The views that people made of it.
    views: Vec<View>,
}

/// A view of a table.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct View {
    id: String,
    name: String,
    /// `grid`, `kanban`.
    #[serde(rename = "type")]
    kind: String,
}

impl From<Container> for Table {
    fn from(table: Container) -> Self {
        let view =
            |view: connector_core::provider::View| View { id: view.id, name: view.name, kind: view.kind };
        Self {
            id: table.id.to_string(),
            base: table.base.to_string(),
            name: table.name,
            views: table.views.into_iter().map(view).collect(),
        }
    }
}

/// Which bases.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Filter {
    /// Only those whose name contains this, in any case and with any accents.
    search: Option<String>,
    /// Where the page begins: `next` of the one before.
    cursor: Option<String>,
    /// How many entries, 50 unless told.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

/// The bases or databases that the token can see, by name.
#[utoipa::path(tag = "tables", params(("remote" = Remote, Path), Filter), responses(
    (status = 200, description = "A page of them.", body = Page<Base>),
    AsksRemote,
))]
#[get("/api/v1/connections/{remote}/bases")]
pub(super) async fn bases(
    caller: Caller,
    path: PathOf<String>,
    query: QueryOf<Filter>,
) -> Result<HttpResponse, Refusal> {
    let Filter { search, cursor, limit: wanted } = query.0;
    let limit = limit(wanted)?;
    let after: usize = place(cursor.as_deref())?.unwrap_or_default();
    let mut seen = caller.app().provider(remote(&path.0)?).await?.bases().await.map_err(Failure::from)?;
    let searched = search.map(|text| fold(&text)).unwrap_or_default();
    seen.retain(|base| fold(&base.name).contains(&searched));
    seen.sort_by(|one, other| (fold(&one.name), &one.id).cmp(&(fold(&other.name), &other.id)));
    // The remote tells all of them at once; a place among them is a number.
    let rest: Vec<(usize, CoreBase)> = seen.into_iter().enumerate().skip(after).collect();
    let page = Page::cut(rest, limit, |(place, _)| place + 1);
    Ok(HttpResponse::Ok().json(page.map(|(_, CoreBase { id, name, writable })| Base {
        id: id.to_string(),
        name,
        writable,
    })))
}

/// The tables or data sources of a base.
#[utoipa::path(tag = "tables", params(("remote" = Remote, Path), ("base" = String, Path)), responses(
    (status = 200, description = "All of them.", body = Vec<Table>),
    AsksRemote,
))]
#[get("/api/v1/connections/{remote}/bases/{base}/tables")]
pub(super) async fn list(caller: Caller, path: PathOf<(String, String)>) -> Result<HttpResponse, Refusal> {
    let (name, base) = path.0;
    let provider = caller.app().provider(remote(&name)?).await?;
    let tables = provider.containers(&BaseId::from(base)).await.map_err(not_seen)?;
    let tables: Vec<Table> = tables.into_iter().map(Into::into).collect();
    Ok(HttpResponse::Ok().json(tables))
}

/// What to look for.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Address {
    /// An id, or an address as copied from a browser.
    text: String,
}

/// What an address points at. Nobody was asked whether it is there.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Place {
    base: String,
    /// The table, if it is named too.
    #[serde(skip_serializing_if = "Option::is_none")]
    table: Option<String>,
}

/// What an id, or an address as people copy it from their browser, points at. The remote is not asked.
#[utoipa::path(tag = "tables", params(("remote" = Remote, Path), Address), responses(
    (status = 200, description = "The base, and the table if it is named.", body = Place),
    AsksRemote,
))]
#[get("/api/v1/connections/{remote}/place")]
pub(super) async fn locate(
    caller: Caller,
    path: PathOf<String>,
    query: QueryOf<Address>,
) -> Result<HttpResponse, Refusal> {
    let provider = caller.app().provider(remote(&path.0)?).await?;
    let found = provider.locate(query.0.text.trim()).ok_or_else(|| wrong("text"))?;
    let table = found.container.map(|table| table.to_string());
    Ok(HttpResponse::Ok().json(Place { base: found.base.to_string(), table }))
}

/// The fields of a table.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Schema {
    table: String,
    name: String,
    /// In the remote's order.
    fields: Vec<Field>,
}

/// A field.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Field {
    id: String,
    name: String,
    /// `text`, `number`, `select`; of a kind that is not known here, the remote's own word.
    #[serde(rename = "type")]
    kind: String,
    /// The kind for people.
    kind_name: String,
    /// Whether a program may write it: not when it is computed.
    writable: bool,
    /// Whether it names the record.
    primary: bool,
    /// The options of a select field.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    options: Vec<FieldOption>,
}

/// An option of a select field.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FieldOption {
    id: String,
    name: String,
}

impl Field {
    pub(super) fn new(lang: Lang, field: &CoreField) -> Self {
        let option = |option: &connector_core::schema::FieldOption| FieldOption {
            id: option.id.to_string(),
            name: option.name.clone(),
        };
        Self {
            id: field.id.to_string(),
            name: field.name.clone(),
            kind: field.kind.name().to_owned(),
            kind_name: messages::field_kind(lang, field.kind.name()),
            writable: field.writable,
            primary: field.primary,
            options: field.kind.options().iter().map(option).collect(),
        }
    }
}

/// The fields of a table, with their types and options.
#[utoipa::path(tag = "tables",
    params(("remote" = Remote, Path), ("base" = String, Path), ("table" = String, Path)),
    responses((status = 200, description = "The fields.", body = Schema), AsksRemote),
)]
#[get("/api/v1/connections/{remote}/bases/{base}/tables/{table}/schema")]
pub(super) async fn read_schema(
    caller: Caller,
    path: PathOf<(String, String, String)>,
) -> Result<HttpResponse, Refusal> {
    let (_, schema) = open(&caller, path.0).await?;
    let fields = schema.fields.iter().map(|field| Field::new(caller.lang, field)).collect();
    Ok(HttpResponse::Ok().json(Schema { table: schema.container.to_string(), name: schema.name, fields }))
}

/// How many rows.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct HowMany {
    /// How many rows, 50 unless told.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

/// A few records of a table.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rows {
    rows: Vec<Row>,
    /// Whether these are all.
    complete: bool,
}

/// A record of a table.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Row {
    id: String,
    /// Where people see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    created: Option<DateTime<Utc>>,
    /// What each field holds, by the field's id; empty ones are left out.
    cells: BTreeMap<String, Cell>,
}

impl Row {
    fn new(lang: Lang, record: RemoteDeal) -> Self {
        let filled = record.cells.iter().filter(|(_, value)| !value.is_empty());
        let cells = filled.map(|(field, value)| (field.to_string(), Cell::new(lang, None, value))).collect();
        Self { id: record.id.to_string(), url: record.url, created: record.created, cells }
    }
}

/// A few real records of a table, with all their fields but page bodies.
#[utoipa::path(tag = "tables",
    params(("remote" = Remote, Path), ("base" = String, Path), ("table" = String, Path), HowMany),
    responses((status = 200, description = "The first ones.", body = Rows), AsksRemote),
)]
#[get("/api/v1/connections/{remote}/bases/{base}/tables/{table}/rows")]
pub(super) async fn read_rows(
    caller: Caller,
    path: PathOf<(String, String, String)>,
    query: QueryOf<HowMany>,
) -> Result<HttpResponse, Refusal> {
    let count = usize::try_from(limit(query.0.limit)?).unwrap_or(usize::MAX);
    let (connector, schema) = open(&caller, path.0).await?;
    let read = sampling::records(connector.as_ref(), &schema, count).await;
    let (records, complete) = read.map_err(Failure::from)?;
    let rows = records.into_iter().map(|record| Row::new(caller.lang, record)).collect();
    Ok(HttpResponse::Ok().json(Rows { rows, complete }))
}

/// A mapping that names and types suggest.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Suggestion {
    pairs: Vec<SuggestedPair>,
    /// The field that looks as if it were meant for the deals' ids.
    #[serde(skip_serializing_if = "Option::is_none")]
    key_field: Option<String>,
    /// The units that tell which deal a record without id is.
    natural_key: Vec<String>,
}

/// A pair, and why it is suggested.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SuggestedPair {
    pair: Pair,
    confidence: Confidence,
    /// What speaks for it, in words.
    message: String,
}

/// Which unit goes with which field, by their names and types. Nothing is stored.
#[utoipa::path(tag = "tables",
    params(("remote" = Remote, Path), ("base" = String, Path), ("table" = String, Path)),
    responses((status = 200, description = "What is suggested.", body = Suggestion), AsksRemote),
)]
#[get("/api/v1/connections/{remote}/bases/{base}/tables/{table}/suggestion")]
pub(super) async fn suggest(
    caller: Caller,
    path: PathOf<(String, String, String)>,
) -> Result<HttpResponse, Refusal> {
    let (connector, schema) = open(&caller, path.0).await?;
    let suggestion = Mapping::suggest(caller.app().units(), &schema);
    let mapping = &suggestion.mapping;
    let pairs = Pair::all(&caller.speaker(connector.remote()), mapping).into_iter().zip(&suggestion.guesses);
    let suggested = |(pair, guess): (Pair, &Guess)| SuggestedPair {
        pair,
        confidence: Confidence(guess.confidence),
        message: messages::suggested(caller.lang, guess.reason, guess.confidence),
    };
    Ok(HttpResponse::Ok().json(Suggestion {
        pairs: pairs.map(suggested).collect(),
        key_field: mapping.key_field.as_ref().map(ToString::to_string),
        natural_key: mapping.natural_key.iter().map(ToString::to_string).collect(),
    }))
}

/// The table that the path names, opened, and its fields.
async fn open(
    caller: &Caller,
    (name, base, table): (String, String, String),
) -> Result<(Arc<dyn DealConnector>, CoreSchema), Refusal> {
    let provider = caller.app().provider(remote(&name)?).await?;
    let settings = ConnectorSettings { base: base.into(), container: table.into(), create_options: false };
    let connector = provider.connect(settings).map_err(not_seen)?;
    let schema = connector.schema().await.map_err(not_seen)?;
    Ok((connector, schema))
}

/// What the caller named is not there, or the token does not see it: remotes do not tell these apart.
fn not_seen(error: Error) -> Refusal {
    match error.kind() {
        ErrorKind::ContainerMissing | ErrorKind::Forbidden | ErrorKind::Settings => {
            Refusal::Missing(Thing::Table)
        }
        _ => Failure::from(error).into(),
    }
}
