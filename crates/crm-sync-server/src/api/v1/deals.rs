//! `/deals`: the CRM's deals, their records in the remotes, and why they changed.

use std::collections::BTreeMap;

use actix_web::{HttpResponse, get};
use chrono::{DateTime, Utc};
use connector_core::id::{ConnectionId, DealId};
use connector_core::state::Link as CoreLink;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::caller::Caller;
use super::named::LinkStatus;
use super::paging::{Page, limit, place};
use super::run::Step;
use super::runs::Part;
use super::shape::Cell;
use crate::failure::Failure;
use crate::service::{connection, deals};
use crate::store::Held;
use crate::web::refusal::Thing;
use crate::web::{PathOf, QueryOf, Refusal};

/// A deal of the CRM.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Deal {
    id: String,
    /// What each unit holds, by the unit.
    values: BTreeMap<String, Cell>,
    /// Its records in the remotes.
    links: Vec<Link>,
}

/// A record of a remote that is the same thing as a deal.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Link {
    remote: String,
    /// The connection: of the remote to one table.
    connection: String,
    record: String,
    status: LinkStatus,
    /// When both sides were last seen to agree.
    #[serde(skip_serializing_if = "Option::is_none")]
    seen_at: Option<DateTime<Utc>>,
}

impl Link {
    fn new(connection: &ConnectionId, link: &CoreLink) -> Self {
        Self {
            remote: connection::remote_of(connection).to_owned(),
            connection: connection.to_string(),
            record: link.agreement.remote.to_string(),
            status: LinkStatus(link.agreement.status),
            seen_at: link.agreement.seen_at,
        }
    }
}

impl Deal {
    fn new(caller: &Caller, deal: &Held, links: &[(ConnectionId, CoreLink)]) -> Self {
        let held = caller.app().units().iter().zip(&deal.values);
        let cell = |(unit, value): (&connector_core::unit::Unit, _)| {
            (unit.key.to_string(), Cell::new(caller.lang, Some(&unit.kind), value))
        };
        let own = links.iter().filter(|(_, link)| link.deal == deal.id);
        Self {
            id: deal.id.to_string(),
            values: held.map(cell).collect(),
            links: own.map(|(connection, link)| Link::new(connection, link)).collect(),
        }
    }
}

/// Which deals.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Filter {
    /// Only those whose client contains this, in any case and with any accents.
    search: Option<String>,
    /// Where the page begins: `next` of the one before.
    cursor: Option<String>,
    /// How many entries, 50 unless told.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

/// The deals, by id.
#[utoipa::path(tag = "deals", params(Filter), responses(
    (status = 200, description = "A page of them.", body = Page<Deal>),
))]
#[get("/api/v1/deals")]
pub(super) async fn list(caller: Caller, query: QueryOf<Filter>) -> Result<HttpResponse, Refusal> {
    let Filter { search, cursor, limit: wanted } = query.0;
    let (limit, after) = (limit(wanted)?, place::<i32>(cursor.as_deref())?);
    let after = after.map(|id| DealId::from(id.to_string()));
    let search = search.unwrap_or_default();
    let found = deals::search(caller.app(), &search, after, limit + 1).await?;
    let page = Page::cut(found, limit, |deal| deal.id.clone());
    let ids: Vec<DealId> = page.items.iter().map(|deal| deal.id.clone()).collect();
    let links = caller.app().store.deal_links(&ids).await.map_err(Failure::from)?;
    Ok(HttpResponse::Ok().json(page.map(|deal| Deal::new(&caller, &deal, &links))))
}

/// One deal.
#[utoipa::path(tag = "deals", params(("deal" = String, Path)), responses(
    (status = 200, description = "The deal.", body = Deal),
))]
#[get("/api/v1/deals/{deal}")]
pub(super) async fn read(caller: Caller, path: PathOf<String>) -> Result<HttpResponse, Refusal> {
    let (store, id) = (&caller.app().store, DealId::from(path.0));
    let deal = store.deal(&id).await.map_err(Failure::from)?.ok_or(Refusal::Missing(Thing::Deal))?;
    let links = store.deal_links(&[id]).await.map_err(Failure::from)?;
    Ok(HttpResponse::Ok().json(Deal::new(&caller, &deal, &links)))
}

/// What was done to a deal and tried, by all remotes, newest first: what changed, from where, by which rule. A deal that
/// was deleted keeps its history.
#[utoipa::path(tag = "deals", params(("deal" = String, Path), Part), responses(
    (status = 200, description = "A page of it.", body = Page<Step>),
))]
#[get("/api/v1/deals/{deal}/history")]
pub(super) async fn history(
    caller: Caller,
    path: PathOf<String>,
    part: QueryOf<Part>,
) -> Result<HttpResponse, Refusal> {
    let (limit, before) = (limit(part.0.limit)?, place(part.0.cursor.as_deref())?);
    let (store, id) = (&caller.app().store, DealId::from(path.0));
    let steps = store.deal_history(&id, before, limit + 1).await.map_err(Failure::from)?;
    let is_unheard_of = steps.is_empty() && before.is_none();
    if is_unheard_of && store.deal(&id).await.map_err(Failure::from)?.is_none() {
        return Err(Refusal::Missing(Thing::Deal));
    }
    let page = Page::cut(steps, limit, |logged| logged.id);
    Ok(HttpResponse::Ok().json(page.map(|logged| Step::new(&caller, &logged))))
}
