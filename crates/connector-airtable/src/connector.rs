//! One Airtable table as a [`DealConnector`].

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;
use std::sync::Arc;

use async_trait::async_trait;
use chrono::TimeDelta;
use connector_core::connector::{
    Capabilities, Change, DealConnector, Feed, Listing, Outcome, Page, Presence, RemoteDeal, Scope, Usage,
};
use connector_core::id::{FieldId, RemoteId};
use connector_core::schema::{Field, Schema};
use connector_core::{Error, Result};
use connector_http::{Meter, feed};
use futures::stream::{self, BoxStream};
use futures::{StreamExt, TryStreamExt};

use crate::batch;
use crate::failure::{REMOTE, into_error};
use crate::formula::Formula;
use crate::layout::Column;
use crate::listing::{self, Ask, PAGE};
use crate::table::Table;
use crate::wire::NewField;
use crate::write;

/// A table of an Airtable base. [`AirtableProvider`](crate::AirtableProvider) opens it.
#[derive(Debug)]
pub struct AirtableConnector {
    table: Arc<Table>,
    meter: Arc<Meter>,
}

impl AirtableConnector {
    pub(crate) fn new(table: Table, meter: Arc<Meter>) -> Self {
        Self { table: Arc::new(table), meter }
    }

    /// The deals for which a formula is true, whatever the number of pages.
    async fn select(&self, ask: Ask) -> Result<BTreeMap<RemoteId, RemoteDeal>> {
        let pages = listing::pages(Arc::clone(&self.table), ask);
        pages
            .try_fold(BTreeMap::new(), |mut found, page| async move {
                found.extend(page.deals.into_iter().map(|deal| (deal.id.clone(), deal)));
                Ok(found)
            })
            .await
    }
}

/// How many writes may be under way: Airtable's pace of 5 a second is kept up to well over a second of latency.
const IN_FLIGHT: usize = 8;

#[async_trait]
impl DealConnector for AirtableConnector {
    fn remote(&self) -> &'static str {
        REMOTE
    }

    fn capabilities(&self) -> Capabilities {
        let at_least_one = |number| NonZeroUsize::new(number).unwrap_or(NonZeroUsize::MIN);
        Capabilities {
            batch: at_least_one(batch::ROWS),
            in_flight: at_least_one(IN_FLIGHT),
            read_batch: at_least_one(PAGE),
            page: at_least_one(PAGE),
            create_is_idempotent: true,
            lookup_lag: TimeDelta::zero(),
            feed: Some(Feed { reports_deletions: false }),
            restores: false,
        }
    }

    fn usage(&self) -> Usage {
        let waited_ms = u64::try_from(self.meter.waited().as_millis()).unwrap_or(u64::MAX);
        Usage { calls: self.meter.attempts(), waited_ms }
    }

    async fn schema(&self) -> Result<Schema> {
        Ok(self.table.read_layout().await?.schema())
    }

    fn list(&self, listing: Listing) -> BoxStream<'static, Result<Page>> {
        let Listing { scope, fields, limit } = listing;
        let formula = match scope {
            Scope::Everything => Ok(None),
            Scope::Since(cursor) => {
                feed::start(&cursor, REMOTE).map(|start| Some(Formula::touched_after(start)))
            }
        };
        match formula {
            Err(error) => stream::once(async { Err(error) }).boxed(),
            Ok(formula) => {
                let fields = fields.into_iter().collect();
                let ask = Ask { action: "listing deals", formula, fields, limit, in_body: false };
                listing::pages(Arc::clone(&self.table), ask).boxed()
            }
        }
    }

    async fn read(&self, ids: &[RemoteId], fields: &[FieldId]) -> Result<Vec<Presence>> {
        let mut found = BTreeMap::new();
        let unique: Vec<_> = ids.iter().cloned().collect::<BTreeSet<_>>().into_iter().collect();
        for ids in unique.chunks(PAGE) {
            found.extend(
                self.select(Ask {
                    action: "reading deals again",
                    formula: Some(Formula::record_is_one_of(ids)),
                    fields: fields.iter().cloned().collect(),
                    limit: None,
                    in_body: true,
                })
                .await?,
            );
        }
        // The table could be read, so what it does not show is not in it.
        Ok(ids.iter().map(|id| found.get(id).cloned().map_or(Presence::Deleted, Presence::Live)).collect())
    }

    async fn find(&self, field: &FieldId, keys: &[String], fields: &[FieldId]) -> Result<Vec<RemoteDeal>> {
        let mut found = BTreeMap::new();
        // An empty key would find every deal without one.
        let unique: BTreeSet<_> = keys.iter().filter(|key| !key.is_empty()).cloned().collect();
        let unique: Vec<_> = unique.into_iter().collect();
        for keys in unique.chunks(PAGE) {
            found.extend(
                self.select(Ask {
                    action: "finding deals by their key",
                    formula: Some(Formula::field_is_one_of(field, keys)),
                    fields: fields.iter().cloned().collect(),
                    limit: None,
                    in_body: false,
                })
                .await?,
            );
        }
        Ok(found.into_values().collect())
    }

    async fn write(&self, changes: Vec<Change>) -> Vec<Outcome> {
        write::write(&self.table, changes).await
    }

    async fn create_key_field(&self, name: &str) -> Result<Field> {
        let failed = |failure| -> Error { into_error(failure, "making a field for the keys of deals") };
        let layout = self.table.layout().await?;
        let field = NewField { name, kind: "singleLineText" };
        let answer = self.table.api.create_field(layout.id.as_str(), &field).await.map_err(failed)?;
        self.table.forget_layout();
        Ok(Column::new(answer.body, false).field)
    }
}
