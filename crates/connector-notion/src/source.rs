//! One data source as its connector sees it, and how its pages become deals.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, NaiveDate, Utc};
use connector_core::connector::{Presence, RemoteDeal};
use connector_core::id::{FieldId, RemoteId};
use connector_core::value::{Period, Value};
use connector_core::{Error, ErrorKind, Result};
use connector_http::{Answer, Known};
use futures::stream::{self, StreamExt};

use crate::address;
use crate::api::Api;
use crate::body::{self, Bodies};
use crate::codec::{self, Decoded};
use crate::completion;
use crate::directory::Directory;
use crate::failure::{About, REMOTE, into_error, kind};
use crate::layout::{Column, Layout};
use crate::names::Names;
use crate::property_id;
use crate::turns::Turns;
use crate::wire;

/// How many properties are completed at once.
const COMPLETED_AT_ONCE: usize = 4;

/// A data source.
#[derive(Debug)]
pub(crate) struct Source {
    /// The calls, counted for this data source.
    pub(crate) api: Api,
    /// The id of the data source, or of the database that holds it.
    address: String,
    /// Whether writing an unknown option makes it.
    pub(crate) create_options: bool,
    pub(crate) directory: Arc<Directory>,
    pub(crate) turns: Turns,
    bodies: Arc<Bodies>,
    layout: Known<Layout>,
    memory: Mutex<Memory>,
}

/// What the listings told that the answer to a write does not.
#[derive(Debug, Default)]
struct Memory {
    fields: BTreeSet<FieldId>,
    names: Names,
    /// What date properties hold besides a civil date.
    periods: HashMap<(RemoteId, FieldId), Period>,
}

impl Source {
    pub(crate) fn new(
        api: Api,
        directory: Arc<Directory>,
        bodies: Arc<Bodies>,
        address: String,
        create_options: bool,
    ) -> Self {
        Self {
            api,
            bodies,
            address,
            create_options,
            directory,
            turns: Turns::default(),
            layout: Known::default(),
            memory: Mutex::default(),
        }
    }

    /// The layout, asked for now.
    pub(crate) async fn read_layout(&self) -> Result<Arc<Layout>> {
        self.layout.read(self.ask()).await
    }

    /// The layout as last known, after any question that is under way; asked for if never known.
    pub(crate) async fn layout(&self) -> Result<Arc<Layout>> {
        self.layout.settled(self.ask()).await
    }

    /// The layout with all of `fields` in it, read anew if one is not.
    pub(crate) async fn layout_with(&self, fields: &BTreeSet<FieldId>) -> Result<Arc<Layout>> {
        let unknown = |layout: &Layout| fields.iter().find(|field| layout.column(field).is_none()).cloned();
        let layout = self.layout().await?;
        if unknown(&layout).is_none() {
            return Ok(layout);
        }
        let layout = self.read_layout().await?;
        match unknown(&layout) {
            None => Ok(layout),
            Some(field) => Err(Error::new(ErrorKind::SchemaChanged, REMOTE, "reading the schema")
                .with_detail(format!("“{}” has no property {field}", layout.name))),
        }
    }

    /// Forgets the layout, after a change to it.
    pub(crate) fn forget_layout(&self) {
        self.layout.forget();
    }

    /// Finds the data source by its own id, or by the id of the only database that holds it.
    async fn ask(&self) -> Result<Arc<Layout>> {
        let failed = |failure| into_error(failure, About::Container, "reading the schema");
        let known = self.layout.last().map(|layout| layout.id.to_string());
        let id = known.as_deref().unwrap_or(&self.address);
        let source = match self.api.data_source(id).await {
            Ok(Answer { body, .. }) => body,
            Err(failure) if self.may_be_a_database(&failure) => {
                let Ok(Answer { body: database, .. }) = self.api.database(id).await else {
                    return Err(failed(failure));
                };
                let only = only_source(&database)?;
                self.api.data_source(only).await.map_err(failed)?.body
            }
            Err(failure) => return Err(failed(failure)),
        };
        if source.is_trashed() {
            let why = format!("“{}” is in Notion's trash; restore it there", source.name());
            return Err(
                Error::new(ErrorKind::ContainerMissing, REMOTE, "reading the schema").with_detail(why)
            );
        }
        Ok(Arc::new(Layout::new(source)))
    }

    fn may_be_a_database(&self, failure: &connector_http::Failure) -> bool {
        self.api.version.has_data_sources()
            && self.layout.last().is_none()
            && kind(failure, About::Container) == ErrorKind::ContainerMissing
    }

    /// The fields that were asked for.
    pub(crate) fn asked(&self) -> BTreeSet<FieldId> {
        self.lock().fields.clone()
    }

    /// What the last listing called the pages that deals link to.
    pub(crate) fn names(&self) -> Names {
        self.lock().names.clone()
    }

    /// Keeps what a listing of these fields told.
    pub(crate) fn remember(&self, fields: &BTreeSet<FieldId>, names: Names) {
        let mut memory = self.lock();
        memory.fields.extend(fields.iter().cloned());
        memory.names = names;
    }

    /// What a date property of a page is to hold so that it falls on `day`: a time of day, a zone and a length that
    /// it was seen with stay.
    pub(crate) fn date_on(&self, page: &RemoteId, property: &FieldId, day: NaiveDate) -> Value {
        let seen = self.lock().periods.get(&(page.clone(), property.clone())).cloned();
        seen.and_then(|period| period.moved_to(day)).map_or(Value::Date(day), Value::Period)
    }

    fn remember_period(&self, page: &RemoteId, property: &FieldId, value: &Value) {
        let at = (page.clone(), property.clone());
        let mut memory = self.lock();
        match value {
            Value::Period(period) => drop(memory.periods.insert(at, period.clone())),
            _ => drop(memory.periods.remove(&at)),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The properties to ask for to read `fields`. The relation that a rollup follows tells whether it is whole; no
    /// property at all would mean all.
    pub(crate) fn properties(layout: &Layout, fields: &BTreeSet<FieldId>) -> Vec<FieldId> {
        let mut properties = fields.clone();
        let asked = layout.columns.iter().filter(|column| fields.contains(&column.field.id));
        properties.extend(asked.filter_map(|column| column.follows.clone()));
        properties.retain(|property| !body::is_body(property));
        if properties.is_empty() {
            properties.insert("title".into());
        }
        properties.into_iter().collect()
    }

    /// The deals that `pages` are, with these fields; what a page shows of a list is completed.
    pub(crate) async fn deals(
        &self,
        layout: &Layout,
        pages: &[wire::Page],
        fields: &BTreeSet<FieldId>,
    ) -> Vec<RemoteDeal> {
        let deals: Vec<_> = pages.iter().map(|page| self.deal(layout, page, fields)).collect();
        stream::iter(deals).buffered(COMPLETED_AT_ONCE).collect().await
    }

    async fn deal(&self, layout: &Layout, page: &wire::Page, fields: &BTreeSet<FieldId>) -> RemoteDeal {
        let page_id = RemoteId::from(page.id.as_str());
        let mut cells = Vec::with_capacity(fields.len());
        for column in layout.columns.iter().filter(|column| fields.contains(&column.field.id)) {
            let id = &column.field.id;
            if body::is_body(id) {
                cells.push((id.clone(), self.body(page, &page_id).await));
                continue;
            }
            let Decoded { value, cut } = decode(page, column);
            if column.kind == "date" {
                self.remember_period(&page_id, id, &value);
            }
            let value = if cut { completion::read_whole(&self.api, &page.id, id).await } else { value };
            if !value.is_empty() {
                cells.push((id.clone(), value));
            }
        }
        RemoteDeal {
            id: page_id,
            cells,
            edited: time(page.last_edited_time.as_deref()).map(codec::within_minute),
            created: time(page.created_time.as_deref()),
            url: page.url.clone(),
        }
    }

    /// Forgets the body of a page that is about to be written.
    pub(crate) fn forget_body(&self, page: &RemoteId) {
        self.bodies.forget(page);
    }

    /// The body of a page, read unless it was since the page's last edit.
    async fn body(&self, page: &wire::Page, id: &RemoteId) -> Value {
        let edited = time(page.last_edited_time.as_deref());
        if let Some(body) = edited.and_then(|edited| self.bodies.of(id, edited)) {
            return body;
        }
        let (body, read) = body::read(&self.api, id.as_str()).await;
        if let Some((edited, read)) = edited.zip(read) {
            self.bodies.keep(id, edited, read, &body);
        }
        body
    }

    /// Where a page stands that was asked for by its id.
    pub(crate) async fn presence(
        &self,
        layout: &Layout,
        page: wire::Page,
        fields: &BTreeSet<FieldId>,
    ) -> Presence {
        if page.properties.is_none() {
            return Presence::Vanished;
        }
        if !is_in(&page, layout) {
            return Presence::Elsewhere;
        }
        let deal = self.deal(layout, &page, fields).await;
        match () {
            () if page.is_trashed() => Presence::Trashed(deal),
            // Archived by a person: still there, and in no listing.
            () if page.is_archived => Presence::Elsewhere,
            () => Presence::Live(deal),
        }
    }
}

fn time(text: Option<&str>) -> Option<DateTime<Utc>> {
    text?.parse().ok()
}

/// Whether `page` is one of the data source's.
pub(crate) fn is_in(page: &wire::Page, layout: &Layout) -> bool {
    let Some(parent) = &page.parent else { return true };
    match (&parent.data_source_id, &parent.database_id) {
        (Some(source), _) => address::is_same(source, layout.id.as_str()),
        (None, Some(database)) => {
            address::is_same(database, layout.database.as_str())
                || address::is_same(database, layout.id.as_str())
        }
        (None, None) => false,
    }
}

fn decode(page: &wire::Page, column: &Column) -> Decoded {
    let find = |id: &FieldId| page.properties().find(|property| property_id::is_same(id, &property.id()));
    let Some(property) = find(&column.field.id) else {
        let why = format!("Notion did not show “{}” of this page", column.field.name);
        return Decoded { value: Value::Unknown(why), cut: false };
    };
    let decoded = codec::decode(property);
    // What is computed over a relation of which the page shows the beginning is computed over the beginning.
    let follows_cut = column.follows.as_ref().and_then(find).is_some_and(wire::Property::has_more);
    Decoded { cut: decoded.cut || follows_cut, ..decoded }
}

fn only_source(database: &wire::Container) -> Result<&str> {
    let wrong =
        |why: String| Err(Error::new(ErrorKind::Settings, REMOTE, "reading the schema").with_detail(why));
    match database.data_sources.as_slice() {
        [only] => Ok(&only.id),
        [] => wrong(format!(
            "the database “{}” has no data source that the connection can see",
            database.name()
        )),
        several => {
            let list: Vec<_> =
                several.iter().map(|source| format!("“{}” ({})", source.name, source.id)).collect();
            wrong(format!(
                "the database “{}” has several data sources; choose one: {}",
                database.name(),
                list.join(", ")
            ))
        }
    }
}
