//! One Notion data source as a [`DealConnector`].

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
use connector_core::value::Value;
use connector_core::{Error, ErrorKind, Result};
use connector_http::{Meter, feed};
use futures::stream::{self, BoxStream};
use futures::{StreamExt, TryStreamExt};
use serde_json::json;

use crate::api::PAGE;
use crate::failure::{About, REMOTE, into_error, kind};
use crate::filter::Filter;
use crate::layout::Layout;
use crate::listing::{self, Ask};
use crate::source::Source;
use crate::write;

/// A data source of a Notion database. [`NotionProvider`](crate::NotionProvider) opens it.
#[derive(Debug)]
pub struct NotionConnector {
    source: Arc<Source>,
    meter: Arc<Meter>,
    in_flight: NonZeroUsize,
}

/// How long a new page may be missing from queries, which are answered from an index.
const LOOKUP_LAG: TimeDelta = TimeDelta::seconds(60);

impl NotionConnector {
    pub(crate) fn new(source: Source, meter: Arc<Meter>, in_flight: NonZeroUsize) -> Self {
        Self { source: Arc::new(source), meter, in_flight }
    }

    async fn read_one(&self, layout: &Layout, id: &RemoteId, fields: &BTreeSet<FieldId>) -> Result<Presence> {
        match self.source.api.page(id.as_str(), &Source::properties(layout, fields)).await {
            Ok(answer) => Ok(self.source.presence(layout, answer.body, fields).await),
            // Deleted for good, or no longer shared: Notion does not tell which.
            Err(failure) if kind(&failure, About::Page) == ErrorKind::RecordMissing => Ok(Presence::Vanished),
            Err(failure) => Err(into_error(failure, About::Page, "reading deals again")),
        }
    }
}

#[async_trait]
impl DealConnector for NotionConnector {
    fn remote(&self) -> &'static str {
        REMOTE
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            batch: NonZeroUsize::MIN,
            in_flight: self.in_flight,
            read_batch: NonZeroUsize::MIN,
            page: NonZeroUsize::new(PAGE).unwrap_or(NonZeroUsize::MIN),
            create_is_idempotent: false,
            lookup_lag: LOOKUP_LAG,
            feed: Some(Feed { reports_deletions: false }),
            restores: true,
        }
    }

    fn usage(&self) -> Usage {
        let waited_ms = u64::try_from(self.meter.waited().as_millis()).unwrap_or(u64::MAX);
        Usage { calls: self.meter.attempts(), waited_ms }
    }

    async fn schema(&self) -> Result<Schema> {
        Ok(self.source.read_layout().await?.schema())
    }

    fn list(&self, listing: Listing) -> BoxStream<'static, Result<Page>> {
        let Listing { scope, fields, limit } = listing;
        let filter = match scope {
            Scope::Everything => Ok(None),
            Scope::Since(cursor) => {
                feed::start(&cursor, REMOTE).map(|start| Some(Filter::edited_since(start)))
            }
        };
        match filter {
            Err(error) => stream::once(async { Err(error) }).boxed(),
            Ok(filter) => {
                let fields = fields.into_iter().collect();
                let ask = Ask { action: "listing deals", filter, fields, limit };
                listing::pages(Arc::clone(&self.source), ask).boxed()
            }
        }
    }

    async fn read(&self, ids: &[RemoteId], fields: &[FieldId]) -> Result<Vec<Presence>> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let fields: BTreeSet<FieldId> = fields.iter().cloned().collect();
        let layout = self.source.layout_with(&fields).await?;
        let unique: BTreeSet<&RemoteId> = ids.iter().collect();
        let readings: Vec<_> = unique.iter().map(|id| self.read_one(&layout, id, &fields)).collect();
        let read: Vec<Presence> = stream::iter(readings).buffered(self.in_flight.get()).try_collect().await?;
        let found: BTreeMap<_, _> = unique.into_iter().zip(read).collect();
        Ok(ids.iter().filter_map(|id| found.get(id).cloned()).collect())
    }

    async fn find(&self, field: &FieldId, keys: &[String], fields: &[FieldId]) -> Result<Vec<RemoteDeal>> {
        let mut asked: BTreeSet<FieldId> = fields.iter().cloned().collect();
        asked.insert(field.clone());
        let layout = self.source.layout_with(&asked).await?;
        let kind = layout.column(field).map(|column| column.kind.clone()).unwrap_or_default();
        // An empty key would find every deal without one.
        let unique: BTreeSet<_> = keys.iter().filter(|key| !key.is_empty()).cloned().collect();
        let unique: Vec<_> = unique.into_iter().collect();
        let mut found = BTreeMap::new();
        for keys in unique.chunks(PAGE) {
            let filter = Some(Filter::is_one_of(field, &kind, keys));
            let ask =
                Ask { action: "finding deals by their key", filter, fields: asked.clone(), limit: None };
            let pages: Vec<Page> = listing::pages(Arc::clone(&self.source), ask).try_collect().await?;
            // Notion compares without regard to case.
            let is_key =
                |deal: &RemoteDeal| matches!(deal.cell(field), Value::Text(key) if unique.contains(key));
            let deals = pages.into_iter().flat_map(|page| page.deals).filter(is_key);
            found.extend(deals.map(|mut deal| {
                deal.cells.retain(|(id, _)| fields.contains(id));
                (deal.id.clone(), deal)
            }));
        }
        Ok(found.into_values().collect())
    }

    async fn write(&self, changes: Vec<Change>) -> Vec<Outcome> {
        let mut outcomes = Vec::with_capacity(changes.len());
        for change in &changes {
            outcomes.push(write::write(&self.source, change).await);
        }
        outcomes
    }

    async fn create_key_field(&self, name: &str) -> Result<Field> {
        const ACTION: &str = "making a property for the keys of deals";
        let failed = |failure| -> Error { into_error(failure, About::Container, ACTION) };
        let layout = self.source.read_layout().await?;
        // Defining a property that exists would change its type.
        if layout.columns.iter().any(|column| column.field.name.to_lowercase() == name.to_lowercase()) {
            return Err(Error::new(ErrorKind::Rejected, REMOTE, ACTION)
                .with_detail(format!("“{}” has a property “{name}” already", layout.name)));
        }
        let properties = json!({ name: { "rich_text": {} } });
        let answer = self.source.api.define(layout.id.as_str(), &properties).await.map_err(failed)?;
        self.source.forget_layout();
        let made = Layout::new(answer.body);
        let field = made.columns.into_iter().map(|column| column.field).find(|field| field.name == name);
        field.ok_or_else(|| {
            Error::new(ErrorKind::Malformed, REMOTE, ACTION)
                .with_detail(format!("Notion does not show the property “{name}” that it made"))
        })
    }
}
