//! One table as its connector sees it, and how its records become deals.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
use connector_core::connector::RemoteDeal;
use connector_core::id::{ContainerId, FieldId};
use connector_core::value::Value;
use connector_core::{Error, ErrorKind, Result};

use crate::api::BaseApi;
use crate::base::Base;
use crate::codec;
use crate::failure::REMOTE;
use crate::layout::{Column, Layout};
use crate::names::Names;
use crate::wire;

/// A table of a base.
#[derive(Debug)]
pub(crate) struct Table {
    /// The calls, counted for this table.
    pub(crate) api: BaseApi,
    base: Arc<Base>,
    pub(crate) container: ContainerId,
    /// Whether writing an unknown option makes it.
    pub(crate) create_options: bool,
    memory: Mutex<Memory>,
}

/// What the listings told that the answer to a write does not.
#[derive(Debug, Default)]
struct Memory {
    fields: BTreeSet<FieldId>,
    names: Names,
}

impl Table {
    pub(crate) fn new(api: BaseApi, base: Arc<Base>, container: ContainerId, create_options: bool) -> Self {
        Self { api, base, container, create_options, memory: Mutex::default() }
    }

    /// The layout, asked for now.
    pub(crate) async fn read_layout(&self) -> Result<Arc<Layout>> {
        self.find(&self.base.read(&self.api).await?)
    }

    /// The layout as last known, after any question that is under way; asked for if never known.
    pub(crate) async fn layout(&self) -> Result<Arc<Layout>> {
        self.find(&self.base.settled(&self.api).await?)
    }

    /// The layout as last known, at once.
    pub(crate) fn last_layout(&self) -> Option<Arc<Layout>> {
        self.find(&self.base.last()?).ok()
    }

    /// Forgets the layout, after a change to it.
    pub(crate) fn forget_layout(&self) {
        self.base.forget();
    }

    fn find(&self, layouts: &[Arc<Layout>]) -> Result<Arc<Layout>> {
        layouts.iter().find(|layout| layout.is(&self.container)).cloned().ok_or_else(|| {
            Error::new(ErrorKind::ContainerMissing, REMOTE, "reading the schema")
                .with_detail(format!("the base has no table “{}” that the token can see", self.container))
        })
    }

    /// The fields that were asked for.
    pub(crate) fn asked(&self) -> BTreeSet<FieldId> {
        self.lock().fields.clone()
    }

    /// What the listings called the records that `deals` link to.
    pub(crate) fn names(&self, deals: &[RemoteDeal]) -> Names {
        self.lock().names.concerning(deals)
    }

    /// Keeps what a listing of these fields told.
    pub(crate) fn remember(&self, fields: &BTreeSet<FieldId>, learned: &Names) {
        let mut memory = self.lock();
        memory.fields.extend(fields.iter().cloned());
        memory.names.learn(learned);
    }

    fn lock(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The deal that `record` is, with those of its cells that are `wanted`, dated by `clock`.
    pub(crate) fn deal(
        &self,
        layout: &Layout,
        record: &wire::Record,
        clock: Option<&Column>,
        wanted: impl Fn(&FieldId) -> bool,
    ) -> RemoteDeal {
        let columns = layout.columns.iter().filter(|column| wanted(&column.field.id));
        let cells = columns
            .filter_map(|column| Some((column.field.id.clone(), decode(column, record)?)))
            .filter(|(_, value)| !value.is_empty())
            .collect();
        let created: Option<DateTime<Utc>> =
            record.created_time.as_deref().and_then(|time| time.parse().ok());
        let edited = clock.and_then(|clock| match decode(clock, record) {
            Some(time) => codec::edited(&time),
            // Never edited since it was made.
            None => created.map(codec::within_second),
        });
        let url = format!("https://airtable.com/{}/{}/{}", self.api.base, layout.id, record.id);
        RemoteDeal { id: record.id.as_str().into(), cells, edited, created, url: Some(url) }
    }
}

/// What a record holds in `column`; nothing where it is empty.
fn decode(column: &Column, record: &wire::Record) -> Option<Value> {
    let Some(fields) = &record.fields else {
        return Some(Value::Unknown("Airtable did not show what the record holds".to_owned()));
    };
    let cell = fields.get(column.field.id.as_str())?;
    Some(codec::decode(column, cell))
}
