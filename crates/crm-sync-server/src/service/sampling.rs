//! A few real rows of both sides, to show what a mapping does to them.

use connector_core::Error;
use connector_core::connector::{DealConnector, Listing, RemoteDeal};
use connector_core::id::FieldId;
use connector_core::schema::{FieldKind, Schema};
use connector_core::state::Deal;
use connector_core::store::Store as _;
use futures::StreamExt as _;

use crate::app::App;
use crate::failure::Failure;

/// How many records are read at most.
pub const ROWS: usize = 200;

/// A few real rows of both sides.
#[derive(Debug, Default)]
pub struct Sample {
    /// Records of the remote, with all their fields.
    pub records: Vec<RemoteDeal>,
    /// Whether these are all that there are.
    pub is_whole: bool,
    /// Deals of the CRM.
    pub deals: Vec<Deal>,
}

/// Reads a few rows of both sides, in as many requests as pages hold [`ROWS`] records.
pub async fn sample(app: &App, connector: &dyn DealConnector, schema: &Schema) -> Result<Sample, Failure> {
    // A body costs a request for each record.
    let fields = schema.fields.iter().filter(|field| !matches!(field.kind, FieldKind::Body));
    let fields: Vec<FieldId> = fields.map(|field| field.id.clone()).collect();
    let records = records(connector, fields).await?;
    let mut deals = app.store.deals().await?;
    deals.truncate(ROWS);
    Ok(Sample { is_whole: records.len() <= ROWS, records: records.into_iter().take(ROWS).collect(), deals })
}

/// One more than is shown, which tells whether there are more.
async fn records(connector: &dyn DealConnector, fields: Vec<FieldId>) -> Result<Vec<RemoteDeal>, Error> {
    let mut pages = connector.list(Listing::sample(fields, ROWS + 1));
    let mut records = Vec::new();
    while let Some(page) = pages.next().await {
        records.extend(page?.deals);
    }
    Ok(records)
}

/// How many records the container has, as one page of a listing tells: exactly, or as many as it holds and there are
/// more. One request, whatever the size.
pub async fn count(connector: &dyn DealConnector) -> Result<(usize, bool), Error> {
    let mut pages = connector.list(Listing::everything(Vec::new()));
    let Some(page) = pages.next().await.transpose()? else { return Ok((0, true)) };
    let is_whole = page.is_last(&connector.capabilities());
    Ok((page.deals.len(), is_whole))
}
