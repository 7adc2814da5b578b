//! Requests of up to ten rows, and how the good rows of a refused one are saved.

use connector_core::ErrorKind;
use connector_core::id::{FieldId, RemoteId};
use connector_http::Failure;

use crate::api::BaseApi;
use crate::failure::{code, kind};
use crate::wire::{self, Cells};

/// The most rows that a request takes.
pub(crate) const ROWS: usize = 10;

/// One row to write.
#[derive(Debug)]
pub(crate) struct Row {
    /// Where its change stands among those that were asked for.
    pub(crate) position: usize,
    /// The record, unless it is to be made.
    pub(crate) id: Option<RemoteId>,
    /// The text that tells which record it is, in an upsert.
    pub(crate) key: Option<String>,
    pub(crate) cells: Cells,
}

/// What a request does with its rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Call {
    /// Changes cells of records.
    Update { typecast: bool },
    /// Makes records unless one has the row's key in this field.
    Upsert { field: FieldId, typecast: bool },
    /// Makes records.
    Create { typecast: bool },
    /// Deletes records.
    Delete,
}

/// Rows that go in one request. No record is in it twice, since Airtable refuses that.
#[derive(Debug)]
pub(crate) struct Batch {
    pub(crate) call: Call,
    pub(crate) rows: Vec<Row>,
}

impl Batch {
    /// Whether it makes options of select fields.
    pub(crate) fn makes_options(&self) -> bool {
        match self.call {
            Call::Update { typecast } | Call::Upsert { typecast, .. } | Call::Create { typecast } => typecast,
            Call::Delete => false,
        }
    }
}

/// What became of a row.
#[derive(Debug)]
pub(crate) struct Done {
    pub(crate) position: usize,
    pub(crate) result: Result<Stored, Failure>,
}

/// How a row stands in the table now; a deleted one has no record.
#[derive(Debug)]
pub(crate) struct Stored {
    pub(crate) id: String,
    pub(crate) record: Option<wire::Record>,
    pub(crate) adopted: bool,
}

/// Puts `row` in the last batch of its call if there is room and neither its record nor its key is in it.
pub(crate) fn add(batches: &mut Vec<Batch>, call: Call, row: Row) {
    let fits = |batch: &Batch| {
        let same = |other: &Row| {
            (other.id.is_some() && other.id == row.id) || (other.key.is_some() && other.key == row.key)
        };
        batch.rows.len() < ROWS && !batch.rows.iter().any(same)
    };
    match batches.iter_mut().rfind(|batch| batch.call == call).filter(|batch| fits(batch)) {
        Some(batch) => batch.rows.push(row),
        None => batches.push(Batch { call, rows: vec![row] }),
    }
}

/// Sends a batch. A request is all or nothing, so a refused one is sent again without the rows that it names, or
/// in halves if it names none, until only the bad rows are left out.
pub(crate) async fn send(api: &BaseApi, table: &str, batch: Batch) -> Vec<Done> {
    let Batch { call, rows } = batch;
    let mut done = Vec::with_capacity(rows.len());
    let mut waiting = vec![rows];
    while let Some(mut rows) = waiting.pop() {
        match send_once(api, table, &call, &rows).await {
            Ok(stored) => {
                let positions = rows.iter().map(|row| row.position);
                done.extend(
                    positions.zip(stored).map(|(position, stored)| Done { position, result: Ok(stored) }),
                );
            }
            Err(failure) if rows.len() > 1 && concerns_a_row(&failure) => {
                let named: Vec<Row> = rows.extract_if(.., |row| names(&failure, row)).collect();
                if named.is_empty() {
                    let second = rows.split_off(rows.len() / 2);
                    waiting.push(second);
                }
                done.extend(
                    named.iter().map(|row| Done { position: row.position, result: Err(failure.clone()) }),
                );
                if !rows.is_empty() {
                    waiting.push(rows);
                }
            }
            Err(failure) => {
                // What refused this request for good would refuse the rest of them too.
                let rest = if kind(&failure).ends_run() { std::mem::take(&mut waiting) } else { Vec::new() };
                let refused = rows.into_iter().chain(rest.into_iter().flatten());
                done.extend(refused.map(|row| Done { position: row.position, result: Err(failure.clone()) }));
            }
        }
    }
    done
}

fn concerns_a_row(failure: &Failure) -> bool {
    matches!(kind(failure), ErrorKind::Rejected | ErrorKind::RecordMissing)
}

/// Whether the remote says that this row's record is not there.
fn names(failure: &Failure, row: &Row) -> bool {
    let says =
        |id: &RemoteId| failure.message.as_deref().is_some_and(|message| message.contains(id.as_str()));
    kind(failure) == ErrorKind::RecordMissing && row.id.as_ref().is_some_and(says)
}

/// Whether a lone row was refused because of its own record, and not because of one that it links to.
pub(crate) fn is_missing(failure: &Failure, id: Option<&RemoteId>) -> bool {
    let linked = failure.code.as_deref() == Some(code::ROW_MISSING)
        && id.is_none_or(|id| {
            failure.message.as_deref().is_some_and(|message| !message.contains(id.as_str()))
        });
    kind(failure) == ErrorKind::RecordMissing && !linked
}

async fn send_once(api: &BaseApi, table: &str, call: &Call, rows: &[Row]) -> Result<Vec<Stored>, Failure> {
    let (upsert_on, typecast) = match call {
        Call::Delete => return delete(api, table, rows).await,
        Call::Upsert { field, typecast } => (Some(field), *typecast),
        Call::Update { typecast } | Call::Create { typecast } => (None, *typecast),
    };
    let request = wire::Batch {
        records: rows
            .iter()
            .map(|row| wire::Row { id: row.id.as_ref().map(RemoteId::as_str), fields: &row.cells })
            .collect(),
        perform_upsert: upsert_on.map(|field| wire::Upsert { fields_to_merge_on: [field.as_str()] }),
        typecast,
        return_fields_by_field_id: true,
    };
    let written = match call {
        Call::Create { .. } => api.create(table, &request).await?,
        _ => api.update(table, &request).await?,
    };
    let wire::Written { records, updated_records } = written.body;
    let in_order = rows
        .iter()
        .zip(&records)
        .all(|(row, record)| row.id.as_ref().is_none_or(|id| id.as_str() == record.id));
    if records.len() != rows.len() || !in_order {
        return Err(unexpected(rows.len(), records.len()));
    }
    let stored = records.into_iter().map(|record| Stored {
        id: record.id.clone(),
        adopted: upsert_on.is_some() && updated_records.contains(&record.id),
        record: Some(record),
    });
    Ok(stored.collect())
}

async fn delete(api: &BaseApi, table: &str, rows: &[Row]) -> Result<Vec<Stored>, Failure> {
    let ids = rows.iter().filter_map(|row| row.id.as_ref()).map(RemoteId::as_str);
    let deleted = api.delete(table, ids).await?.body.records;
    if deleted.len() != rows.len() {
        return Err(unexpected(rows.len(), deleted.len()));
    }
    Ok(deleted.into_iter().map(|record| Stored { id: record.id, record: None, adopted: false }).collect())
}

/// Something was done, and it is not clear what.
fn unexpected(asked: usize, answered: usize) -> Failure {
    let message = format!("{asked} rows were sent and the answer has {answered}, or others");
    Failure { maybe_done: true, message: Some(message.into()), ..Failure::default() }
}
