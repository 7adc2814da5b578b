//! The CRM's own settings of its remotes.

use actix_web::{HttpResponse, get, put, web};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::envelope::{Answer, Error};
use crate::service::crm_settings::{self, CrmSettings};
use crate::store::ConfigChange;
use crate::web::refusal::FieldFault;
use crate::web::{Body, PathOf, Refusal, Site};

/// What stands for a token that is not shown, both ways.
const MASK: &str = "***";

/// The settings of one remote, as the CRM keeps them.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Config {
    id: i32,
    /// `airtable` or `notion`.
    provider: String,
    /// `***` if there is one, never the token.
    api_token: Option<&'static str>,
    /// The Airtable base, or the Notion database.
    base_id: Option<String>,
    /// The Airtable table, by name.
    table_name: Option<String>,
    /// JSON text: the CRM's field to the remote's field name.
    field_mapping: Option<String>,
    is_active: bool,
    /// When it was last changed, in the zone of the CRM's database.
    updated_at: Option<String>,
}

impl From<CrmSettings> for Config {
    fn from(settings: CrmSettings) -> Self {
        let row = settings.row;
        Self {
            id: row.id,
            provider: row.provider,
            api_token: settings.has_token.then_some(MASK),
            base_id: row.base_id,
            table_name: row.table_name,
            field_mapping: row.field_mapping,
            is_active: row.is_active.unwrap_or(true),
            updated_at: row.updated,
        }
    }
}

/// What to change; what is absent stays. As before, what is not known here is ignored.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = CrmChange)]
pub(crate) struct Change {
    /// Absent, empty or `***`: the stored token stays.
    #[schema(value_type = Option<String>)]
    api_token: Option<SecretString>,
    base_id: Option<String>,
    table_name: Option<String>,
    /// An object, the CRM's field to the remote's field name, or the same as text.
    #[schema(value_type = Option<Object>)]
    field_mapping: Option<Value>,
    is_active: Option<bool>,
}

/// The same with the provider's name.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct NamedChange {
    /// `airtable` or `notion`.
    provider: String,
    #[serde(flatten)]
    change: Change,
}

/// The settings of each remote that has some.
#[utoipa::path(tag = "crm", responses(
    (status = 200, description = "One for each remote that is configured.", body = Answer<Vec<Config>>),
    (status = 503, description = "The database does not answer.", body = Error),
))]
#[get("/api/connectors/config")]
pub(super) async fn list(site: web::Data<Site>) -> Result<HttpResponse, Refusal> {
    let settings = crm_settings::all(&site.app).await?;
    let configs: Vec<Config> = settings.into_iter().map(Into::into).collect();
    Ok(HttpResponse::Ok().json(Answer::of(configs)))
}

/// Changes the settings of a remote.
#[utoipa::path(tag = "crm", params(("provider" = String, Path)), responses(
    (status = 200, description = "The settings as they are now.", body = Answer<Config>),
    (status = 400, description = "The provider is unknown, or the request is wrong.", body = Error),
    (status = 413, description = "The request is too large.", body = Error),
    (status = 415, description = "The request is not JSON.", body = Error),
    (status = 500, description = "The key that encrypts tokens cannot be used.", body = Error),
    (status = 503, description = "The database does not answer.", body = Error),
))]
#[put("/api/connectors/config/{provider}")]
pub(super) async fn change(
    site: web::Data<Site>,
    provider: PathOf<String>,
    body: Body<Change>,
) -> Result<HttpResponse, Refusal> {
    save(&site, &provider.0, body.0).await
}

/// Changes the settings of the remote that the body names.
#[utoipa::path(tag = "crm", responses(
    (status = 200, description = "The settings as they are now.", body = Answer<Config>),
    (status = 400, description = "The provider is unknown, or the request is wrong.", body = Error),
    (status = 413, description = "The request is too large.", body = Error),
    (status = 415, description = "The request is not JSON.", body = Error),
    (status = 500, description = "The key that encrypts tokens cannot be used.", body = Error),
    (status = 503, description = "The database does not answer.", body = Error),
))]
#[put("/api/connectors/config")]
pub(super) async fn change_of_body(
    site: web::Data<Site>,
    body: Body<NamedChange>,
) -> Result<HttpResponse, Refusal> {
    save(&site, &body.0.provider, body.0.change).await
}

async fn save(site: &Site, provider: &str, wanted: Change) -> Result<HttpResponse, Refusal> {
    use secrecy::ExposeSecret as _;

    let remote = super::provider(provider)?;
    let is_new = |token: &SecretString| !matches!(token.expose_secret().trim(), "" | MASK);
    let row = ConfigChange {
        base_id: wanted.base_id,
        table_name: wanted.table_name,
        field_mapping: wanted.field_mapping.map(|given| mapping_text(&given)).transpose()?,
        is_active: wanted.is_active,
    };
    let token = wanted.api_token.filter(is_new);
    let saved = crm_settings::change(&site.app, remote, token, row).await?;
    Ok(HttpResponse::Ok().json(Answer::of(Config::from(saved))))
}

/// The mapping as the table keeps it: an object of names to names, as text.
fn mapping_text(given: &Value) -> Result<String, Refusal> {
    let wrong = || Refusal::Field { field: "field_mapping".to_owned(), fault: FieldFault::Value };
    let object = match given {
        Value::String(text) => serde_json::from_str(text).map_err(|_| wrong())?,
        other => other.clone(),
    };
    let is_names = object.as_object().is_some_and(|names| names.values().all(Value::is_string));
    if is_names { Ok(object.to_string()) } else { Err(wrong()) }
}
