//! The port on the service's calls.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use chrono::TimeDelta;
use connector_core::connector::{
    Capabilities, Change, DealConnector, Listing, Outcome, Page, Presence, RemoteDeal, Scope, Stamp, Usage,
};
use connector_core::id::{FieldId, RemoteId};
use connector_core::schema::{Field, Schema};
use connector_core::value::Value;
use connector_core::{Error, ErrorKind, Result};
use futures::stream::{self, BoxStream, StreamExt as _};

use super::codec::{self, Unwritable};
use super::service::{Column, Refusal, Row, Slate};

const REMOTE: &str = "slate";

/// The most rows of one call.
const PAGE: usize = 50;

/// The table of a [`Slate`] as a remote for deals.
#[derive(Debug, Clone)]
pub struct SlateConnector {
    slate: Slate,
    create_options: bool,
    calls: Arc<AtomicU64>,
}

impl SlateConnector {
    /// Opens the table; `create_options` says whether writing an unknown option makes it.
    #[must_use]
    pub fn new(slate: Slate, create_options: bool) -> Self {
        Self { slate, create_options, calls: Arc::default() }
    }

    /// The service, for one more call.
    fn slate(&self) -> &Slate {
        self.calls.fetch_add(1, Ordering::Relaxed);
        &self.slate
    }

    /// The columns with these ids. A field that is gone ends the run instead of being read as empty.
    fn columns(&self, fields: &[FieldId]) -> Result<Vec<Column>> {
        let columns = self.slate().columns();
        let find = |field: &FieldId| columns.iter().find(|column| column.id == field.as_str()).cloned();
        fields.iter().map(|field| find(field).ok_or_else(|| no_column(field))).collect()
    }

    fn write_one(&self, change: &Change) -> Result<RemoteDeal> {
        match change {
            Change::Create { stamp, cells } => {
                let mut cells = cells.clone();
                if let Some(Stamp { field, key }) = stamp {
                    cells.push((field.clone(), Value::text(key.as_str())));
                }
                self.write_row(None, &cells)
            }
            Change::Update { id, cells } => self.write_row(Some(row_id(id)?), cells),
            Change::Delete { id } => {
                self.slate().remove(row_id(id)?).map_err(error)?;
                Ok(deal(row_id(id)?, &[], &Row::new()))
            }
            Change::Restore { .. } => Err(Error::new(ErrorKind::Unsupported, REMOTE, "restoring a deal")),
        }
    }

    fn write_row(&self, id: Option<u64>, cells: &[(FieldId, Value)]) -> Result<RemoteDeal> {
        let fields: Vec<FieldId> = cells.iter().map(|(field, _)| field.clone()).collect();
        let columns = self.columns(&fields)?;
        let mut row = Row::new();
        for (column, (_, value)) in columns.iter().zip(cells) {
            row.insert(column.id.clone(), self.encode(column, value)?);
        }
        let (id, row) = self.slate().write(id, &row).map_err(error)?;
        // The answer is decoded as a reading would be: the engine takes what the remote kept, not what was sent.
        Ok(deal(id, &self.columns(&fields)?, &row))
    }

    /// The text for a cell, once the options that it needs are made, where the user allows it.
    fn encode(&self, column: &Column, value: &Value) -> Result<String> {
        let mut column = column.clone();
        loop {
            match codec::encode(&column, value) {
                Ok(text) => return Ok(text),
                Err(Unwritable::Option(name)) if self.create_options => {
                    self.slate().add_choice(&column.id, &name);
                    column = self.columns(&[column.id.into()])?.remove(0);
                }
                Err(Unwritable::Option(name)) => {
                    return Err(rejected(format!("“{}” has no option “{name}”", column.name)));
                }
                Err(Unwritable::Never(why)) => return Err(rejected(why)),
            }
        }
    }

    /// Every page after row `after`, at most `limit` deals in all.
    fn pages(
        self,
        columns: Vec<Column>,
        after: u64,
        limit: usize,
    ) -> impl stream::Stream<Item = Result<Page>> {
        stream::unfold(Some((after, limit)), move |position| {
            let (connector, columns) = (self.clone(), columns.clone());
            async move {
                let (after, left) = position?;
                let rows = connector.slate().rows(after, PAGE.min(left));
                let left = left.saturating_sub(rows.len());
                // A full page may have a successor, which may be empty.
                let next = rows.last().map(|(id, _)| (*id, left)).filter(|_| rows.len() == PAGE && left > 0);
                let deals = rows.iter().map(|(id, row)| deal(*id, &columns, row)).collect();
                Some((Ok(Page { deals, ..Page::default() }), next))
            }
        })
    }
}

#[async_trait]
impl DealConnector for SlateConnector {
    fn remote(&self) -> &'static str {
        REMOTE
    }

    /// Everything that the service cannot do is said here, and the engine does without.
    fn capabilities(&self) -> Capabilities {
        let at_least_one = |number| NonZeroUsize::new(number).unwrap_or(NonZeroUsize::MIN);
        Capabilities {
            batch: at_least_one(10),
            in_flight: at_least_one(4),
            read_batch: NonZeroUsize::MIN,
            page: at_least_one(PAGE),
            create_is_idempotent: false,
            lookup_lag: TimeDelta::zero(),
            feed: None,
            restores: false,
        }
    }

    fn usage(&self) -> Usage {
        Usage { calls: self.calls.load(Ordering::Relaxed), waited_ms: 0 }
    }

    async fn schema(&self) -> Result<Schema> {
        let columns = self.slate().columns();
        let fields = columns.iter().enumerate().map(|(at, column)| codec::field(column, at == 0)).collect();
        Ok(Schema { container: "slate".into(), name: "Slate".to_owned(), fields })
    }

    fn list(&self, listing: Listing) -> BoxStream<'static, Result<Page>> {
        let Listing { scope, fields, limit } = listing;
        let columns = match scope {
            Scope::Everything => self.columns(&fields),
            Scope::Since(_) => Err(Error::new(ErrorKind::Unsupported, REMOTE, "listing changes")),
        };
        match columns {
            Ok(columns) => self.clone().pages(columns, 0, limit.unwrap_or(usize::MAX)).boxed(),
            Err(error) => stream::iter([Err(error)]).boxed(),
        }
    }

    async fn read(&self, ids: &[RemoteId], fields: &[FieldId]) -> Result<Vec<Presence>> {
        let columns = self.columns(fields)?;
        let presence = |id: &RemoteId| {
            let id = row_id(id)?;
            let row = self.slate().row(id);
            // The table is there and the row is not, so that it is certainly deleted.
            Ok(row.map_or(Presence::Deleted, |row| Presence::Live(deal(id, &columns, &row))))
        };
        ids.iter().map(presence).collect()
    }

    async fn find(&self, field: &FieldId, keys: &[String], fields: &[FieldId]) -> Result<Vec<RemoteDeal>> {
        self.columns(std::slice::from_ref(field))?;
        let columns = self.columns(fields)?;
        let has_key = |row: &Row| row.get(field.as_str()).is_some_and(|key| keys.contains(key));
        let rows = self.slate().rows(0, usize::MAX);
        Ok(rows.iter().filter(|(_, row)| has_key(row)).map(|(id, row)| deal(*id, &columns, row)).collect())
    }

    async fn write(&self, changes: Vec<Change>) -> Vec<Outcome> {
        let outcome = |change| match self.write_one(change) {
            Ok(deal) => Outcome::Applied { deal, adopted: false },
            // The service answers at once and always. Over a network, an answer that did not come is `Unknown`.
            Err(error) => Outcome::Refused(error),
        };
        changes.iter().map(outcome).collect()
    }

    async fn create_key_field(&self, name: &str) -> Result<Field> {
        Ok(codec::field(&self.slate().add_column(name).map_err(error)?, false))
    }
}

fn deal(id: u64, columns: &[Column], row: &Row) -> RemoteDeal {
    let cell = |column: &Column| {
        let text = row.get(&column.id)?;
        Some((column.id.as_str().into(), codec::decode(column, text)))
    };
    let cells = columns.iter().filter_map(cell).collect();
    RemoteDeal { id: id.to_string().into(), cells, edited: None, created: None, url: None }
}

fn row_id(id: &RemoteId) -> Result<u64> {
    id.as_str().parse().map_err(|_| error(Refusal::NoSuchRow))
}

/// The kind of an error says what the engine does: end the run, pass over one deal, or try later.
fn error(refusal: Refusal) -> Error {
    let (kind, why) = match refusal {
        Refusal::NoSuchRow => (ErrorKind::RecordMissing, "there is no such row"),
        Refusal::NoSuchColumn => (ErrorKind::SchemaChanged, "there is no such column"),
        Refusal::NameTaken => (ErrorKind::Rejected, "there is a column of that name"),
    };
    Error::new(kind, REMOTE, "writing deals").with_detail(why)
}

fn no_column(field: &FieldId) -> Error {
    Error::new(ErrorKind::SchemaChanged, REMOTE, "reading deals")
        .with_detail(format!("there is no column {field}"))
}

fn rejected(why: String) -> Error {
    Error::new(ErrorKind::Rejected, REMOTE, "writing deals").with_detail(why)
}
