//! Listings, page by page: begun again when the remote loses its place, decoded with the schema of the day.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use connector_core::connector::{Page, RemoteDeal};
use connector_core::id::FieldId;
use connector_core::{Error, ErrorKind, Result};
use connector_http::paged::{self, Turned};
use connector_http::{Answer, Failure, feed};
use futures::Stream;

use crate::codec;
use crate::failure::{REMOTE, into_error, kind, lost_its_place};
use crate::formula::Formula;
use crate::layout::{Column, Layout};
use crate::names::Names;
use crate::table::Table;
use crate::wire;

/// The most records of a page.
pub(crate) const PAGE: usize = 100;

/// How often a listing is begun again before it is given up.
const MOST_RESTARTS: u32 = 3;

/// What to list.
#[derive(Debug, Clone)]
pub(crate) struct Ask {
    /// For which purpose, for errors.
    pub(crate) action: &'static str,
    pub(crate) formula: Option<Formula>,
    pub(crate) fields: BTreeSet<FieldId>,
    pub(crate) limit: Option<usize>,
    /// Whether it is asked for in a body, whatever its length.
    pub(crate) in_body: bool,
}

/// Streams the pages of `table` that `ask` says. The last one has the cursor, unless it is a sample.
pub(crate) fn pages(table: Arc<Table>, ask: Ask) -> impl Stream<Item = Result<Page>> {
    let listing = Listing {
        table,
        ask,
        query: None,
        asked_blindly: false,
        schema_is_new: false,
        restarts: 0,
        seen: HashSet::new(),
        began: None,
        names: Names::default(),
    };
    paged::pages(listing, Listing::turn, Listing::endless)
}

#[derive(Debug)]
struct Listing {
    table: Arc<Table>,
    ask: Ask,
    /// The first page's query; the others repeat it.
    query: Option<wire::Query>,
    /// Whether the query was made from a schema that may have changed since.
    asked_blindly: bool,
    /// Whether the schema was read again for this listing.
    schema_is_new: bool,
    restarts: u32,
    seen: HashSet<String>,
    began: Option<DateTime<Utc>>,
    names: Names,
}

impl Listing {
    async fn turn(mut self, offset: Option<String>) -> Result<Turned<Page, Self, String>> {
        let Answer { body, date } = self.fetch(offset).await?;
        self.began = self.began.or(date);
        let deals = self.read(&body.records).await?;
        let next = body.offset.filter(|offset| !offset.is_empty());
        if let Some(offset) = &next
            && !self.seen.insert(offset.clone())
        {
            // Airtable may begin again by itself, without saying so.
            self.restart()?;
        }
        let complete = next.is_none() && self.ask.limit.is_none();
        let cursor = self.began.filter(|_| complete).map(feed::cursor);
        Ok((Page { deals, gone: Vec::new(), clock: date, cursor }, self, next))
    }

    async fn fetch(&mut self, mut offset: Option<String>) -> Result<Answer<wire::Records>> {
        loop {
            let query = wire::Query { offset: offset.clone(), ..self.query().await? };
            let failure = match self.send(&query).await {
                Ok(answer) => return Ok(answer),
                Err(failure) => failure,
            };
            if lost_its_place(&failure) {
                self.restart()?;
            } else if kind(&failure) == ErrorKind::SchemaChanged && self.asked_blindly {
                self.table.read_layout().await?;
                self.query = None;
                self.schema_is_new = true;
            } else {
                return Err(into_error(failure, self.ask.action));
            }
            offset = None;
        }
    }

    async fn send(&self, query: &wire::Query) -> Result<Answer<wire::Records>, Failure> {
        let (api, table) = (&self.table.api, self.table.container.as_str());
        if self.ask.in_body { api.list_by_body(table, query).await } else { api.list(table, query).await }
    }

    /// The query without an offset. It needs the schema to know which field dates the edits; any schema that is
    /// known will do, so that a first page waits for one only if there is none.
    async fn query(&mut self) -> Result<wire::Query> {
        if let Some(query) = &self.query {
            return Ok(query.clone());
        }
        let known = self.table.last_layout();
        self.asked_blindly = known.is_some() && !self.schema_is_new;
        let layout = match known {
            Some(layout) => layout,
            None => self.table.layout().await?,
        };
        let mut fields: BTreeSet<&FieldId> = self.ask.fields.iter().collect();
        fields.extend(self.clock(&layout).map(|column| &column.field.id));
        if fields.is_empty() {
            // No field at all would mean every field.
            fields.extend(
                layout.columns.iter().filter(|column| column.field.primary).map(|column| &column.field.id),
            );
        }
        let query = wire::Query {
            fields: fields.into_iter().map(ToString::to_string).collect(),
            filter_by_formula: self.ask.formula.clone(),
            page_size: self.ask.limit.map_or(PAGE, |limit| limit.clamp(1, PAGE)),
            max_records: self.ask.limit,
            return_fields_by_field_id: true,
            offset: None,
        };
        self.query = Some(query.clone());
        Ok(query)
    }

    fn clock<'a>(&self, layout: &'a Layout) -> Option<&'a Column> {
        layout.edit_clock(&self.ask.fields)
    }

    async fn read(&mut self, records: &[wire::Record]) -> Result<Vec<RemoteDeal>> {
        let table = Arc::clone(&self.table);
        let mut layout = table.layout().await?;
        let mut deals = self.decode(&layout, records);
        let mut values = deals.iter().flat_map(|deal| &deal.cells).map(|(_, value)| value);
        if !self.schema_is_new && values.any(codec::is_new_option) {
            self.schema_is_new = true;
            layout = table.read_layout().await?;
            deals = self.decode(&layout, records);
        }
        let learned = self.names.resolve(&table.api, &layout, &self.ask.fields, &mut deals).await?;
        table.remember(&self.ask.fields, &learned);
        Ok(deals)
    }

    fn decode(&self, layout: &Layout, records: &[wire::Record]) -> Vec<RemoteDeal> {
        let asked = |column: &&Column| {
            self.query.as_ref().is_some_and(|query| query.fields.contains(&column.field.id.to_string()))
        };
        let clock = self.clock(layout).filter(asked);
        let deal = |record| self.table.deal(layout, record, clock, |field| self.ask.fields.contains(field));
        records.iter().map(deal).collect()
    }

    fn endless(&self) -> Error {
        into_error(Failure::endless(), self.ask.action)
    }

    /// Counts a new beginning; what was read stays read, since a deal may come twice.
    fn restart(&mut self) -> Result<()> {
        self.restarts += 1;
        self.seen.clear();
        if self.restarts > MOST_RESTARTS {
            return Err(Error::new(ErrorKind::Unavailable, REMOTE, self.ask.action)
                .with_detail(format!("the listing lost its place {} times", self.restarts)));
        }
        Ok(())
    }
}
