//! A few real rows of both sides, to show what a mapping does to them.

use connector_core::Error;
use connector_core::connector::{DealConnector, Listing, RemoteDeal};
use connector_core::id::{FieldId, OptionId};
use connector_core::schema::{FieldKind, Schema};
use connector_core::state::Deal;
use connector_core::store::Store as _;
use connector_core::value::{Choice, Value};
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
    let (records, is_whole) = records(connector, schema, ROWS).await?;
    let mut deals = app.store.deals().await?;
    deals.truncate(ROWS);
    Ok(Sample { records, is_whole, deals })
}

/// The first `count` records with all fields but bodies, and whether these are all that there are.
pub async fn records(
    connector: &dyn DealConnector,
    schema: &Schema,
    count: usize,
) -> Result<(Vec<RemoteDeal>, bool), Error> {
    // A body costs a request for each record.
    let fields = schema.fields.iter().filter(|field| !matches!(field.kind, FieldKind::Body));
    let fields: Vec<FieldId> = fields.map(|field| field.id.clone()).collect();
    // One more than is wanted tells whether there are more.
    let mut pages = connector.list(Listing::sample(fields, count + 1));
    let mut records = Vec::new();
    while let Some(page) = pages.next().await {
        records.extend(page?.deals);
    }
    let is_whole = records.len() <= count;
    records.truncate(count);
    Ok((records, is_whole))
}

impl Sample {
    /// How many of the records hold this option of the field.
    #[must_use]
    pub fn holding(&self, field: &FieldId, option: &OptionId) -> usize {
        let is_it = |choice: &Choice| choice.id.as_ref() == Some(option);
        let holds = |record: &&RemoteDeal| match record.cell(field) {
            Value::Choice(choice) => is_it(choice),
            Value::Choices(choices) => choices.iter().any(is_it),
            _ => false,
        };
        self.records.iter().filter(holds).count()
    }
}

/// How many records the container has, as one page of a listing tells: exactly, or as many as it holds and there are
/// more. One request, whatever the size.
pub async fn count(connector: &dyn DealConnector) -> Result<(usize, bool), Error> {
    let mut pages = connector.list(Listing::everything(Vec::new()));
    let Some(page) = pages.next().await.transpose()? else { return Ok((0, true)) };
    let is_whole = page.is_last(&connector.capabilities());
    Ok((page.deals.len(), is_whole))
}
