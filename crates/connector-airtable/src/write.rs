//! Changes, grouped into as few requests as their kinds allow, and what became of each.

use std::collections::BTreeMap;

use connector_core::connector::{Change, Outcome, RemoteDeal, Stamp};
use connector_core::id::{FieldId, RemoteId};
use connector_core::value::Value;
use connector_core::{Error, ErrorKind};
use connector_http::Failure;

use crate::batch::{self, Batch, Call, Done, Row, Stored};
use crate::codec::{self, Encoded, Refusal};
use crate::failure::{REMOTE, into_error, kind};
use crate::layout::{Form, Layout};
use crate::table::Table;
use crate::wire::Cells;

const ACTION: &str = "writing deals";

/// Why a change is not sent.
enum Unsent {
    /// Nothing would help.
    Refused(Error),
    /// It names a field or an option that the schema does not have; a newer schema may.
    Unknown(Error),
}

/// Writes `changes`; one outcome for each, in order.
pub(crate) async fn write(table: &Table, changes: Vec<Change>) -> Vec<Outcome> {
    let mut layout = match table.layout().await {
        Ok(layout) => layout,
        Err(error) => return changes.iter().map(|_| Outcome::Refused(copy(&error))).collect(),
    };
    let mut prepared = prepare(table, &layout, &changes);
    if prepared.iter().any(|change| matches!(change, Err(Unsent::Unknown(_))))
        && let Ok(newer) = table.read_layout().await
    {
        prepared = prepare(table, &newer, &changes);
        layout = newer;
    }
    let mut outcomes = BTreeMap::new();
    let mut batches = Vec::new();
    for (position, change) in prepared.into_iter().enumerate() {
        match change {
            Ok((call, row)) => batch::add(&mut batches, call, Row { position, ..row }),
            Err(Unsent::Refused(error) | Unsent::Unknown(error)) => {
                outcomes.insert(position, Outcome::Refused(error));
            }
        }
    }
    let options_made = batches.iter().any(Batch::makes_options);
    let mut done = Vec::with_capacity(changes.len());
    for batch in batches {
        done.extend(batch::send(&table.api, table.container.as_str(), batch).await);
    }
    if options_made && let Ok(newer) = table.read_layout().await {
        layout = newer;
    }
    let mut places = Vec::with_capacity(done.len());
    let mut stored = Vec::with_capacity(done.len());
    for Done { position, result } in done {
        match result {
            Ok(row) => {
                places.push((position, row.adopted));
                stored.push(row);
            }
            Err(failure) => {
                let outcome = changes.get(position).map(|change| failed(change, failure));
                outcomes.extend(outcome.map(|outcome| (position, outcome)));
            }
        }
    }
    let deals = read(table, &layout, stored).await;
    let applied = places.into_iter().zip(deals);
    outcomes.extend(applied.map(|((at, adopted), deal)| (at, Outcome::Applied { deal, adopted })));
    outcomes.into_values().collect()
}

fn prepare(table: &Table, layout: &Layout, changes: &[Change]) -> Vec<Result<(Call, Row), Unsent>> {
    changes.iter().map(|change| prepare_one(table, layout, change)).collect()
}

fn prepare_one(table: &Table, layout: &Layout, change: &Change) -> Result<(Call, Row), Unsent> {
    let row = |id: Option<&RemoteId>, key, cells| Row { position: 0, id: id.cloned(), key, cells };
    match change {
        Change::Update { id, cells } => {
            let (cells, typecast) = encode(table, layout, cells)?;
            Ok((Call::Update { typecast }, row(Some(id), None, cells)))
        }
        Change::Create { stamp: None, cells } => {
            let (cells, typecast) = encode(table, layout, cells)?;
            Ok((Call::Create { typecast }, row(None, None, cells)))
        }
        Change::Create { stamp: Some(Stamp { field, key }), cells } => {
            check_stamp(layout, field, key)?;
            let mut cells = cells.clone();
            cells.retain(|(id, _)| id != field);
            cells.push((field.clone(), Value::text(key.as_str())));
            let (cells, typecast) = encode(table, layout, &cells)?;
            Ok((Call::Upsert { field: field.clone(), typecast }, row(None, Some(key.clone()), cells)))
        }
        Change::Delete { id } => Ok((Call::Delete, row(Some(id), None, Cells::new()))),
        Change::Restore { .. } => {
            let error = Error::new(ErrorKind::Unsupported, REMOTE, "restoring a deal")
                .with_detail("Airtable's trash can be emptied and restored by people only");
            Err(Unsent::Refused(error))
        }
    }
}

/// An empty key would match nothing and make a deal each time, and not every field can be matched on.
fn check_stamp(layout: &Layout, field: &FieldId, key: &str) -> Result<(), Unsent> {
    let text = |column: &crate::layout::Column| column.form == Form::Text && column.field.writable;
    let why = match layout.column(field) {
        _ if key.is_empty() => "the key that tells which deal it is is empty".to_owned(),
        Some(column) if !text(column) => {
            format!("field “{}” cannot hold the keys of deals", column.field.name)
        }
        _ => return Ok(()),
    };
    Err(Unsent::Refused(Error::new(ErrorKind::Rejected, REMOTE, ACTION).with_detail(why)))
}

/// The cells to send, and whether they make options.
fn encode(table: &Table, layout: &Layout, cells: &[(FieldId, Value)]) -> Result<(Cells, bool), Unsent> {
    let error = |kind, why: String| Error::new(kind, REMOTE, ACTION).with_detail(why);
    let mut makes_options = false;
    let mut encoded = Cells::new();
    for (field, value) in cells {
        let Some(column) = layout.column(field) else {
            return Err(Unsent::Unknown(error(
                ErrorKind::SchemaChanged,
                format!("the table has no field {field}"),
            )));
        };
        let Encoded { cell, makes_option } =
            codec::encode(column, value, table.create_options).map_err(|refusal| match refusal {
                Refusal::Wrong(why) => Unsent::Refused(error(ErrorKind::Rejected, why)),
                Refusal::UnknownOption(why) => Unsent::Unknown(error(ErrorKind::Rejected, why)),
            })?;
        makes_options |= makes_option;
        encoded.insert(field.to_string(), cell);
    }
    Ok((encoded, makes_options))
}

/// The deals that the rows are now, dated and named as the listings did.
async fn read(table: &Table, layout: &Layout, stored: Vec<Stored>) -> Vec<RemoteDeal> {
    let asked = table.asked();
    let clock = layout.edit_clock(&asked);
    let deal = |stored: Stored| match stored.record {
        Some(record) => table.deal(layout, &record, clock, |_| true),
        None => gone(stored.id.into()),
    };
    let mut deals: Vec<_> = stored.into_iter().map(deal).collect();
    let mut names = table.names(&deals);
    // The write is done, so what cannot be named stays unnamed.
    if let Err(error) = names.resolve(&table.api, layout, &asked, &mut deals).await {
        tracing::debug!(%error, "linked records stay without names");
        names.fill(&mut deals);
    }
    deals
}

fn gone(id: RemoteId) -> RemoteDeal {
    RemoteDeal { id, cells: Vec::new(), edited: None, created: None, url: None }
}

fn failed(change: &Change, failure: Failure) -> Outcome {
    let id = match change {
        Change::Update { id, .. } | Change::Delete { id } | Change::Restore { id } => Some(id),
        Change::Create { .. } => None,
    };
    let missing = batch::is_missing(&failure, id);
    match change {
        // The answer to the first attempt was lost, and the second found it done.
        Change::Delete { id } if missing && failure.maybe_done => {
            let deal =
                RemoteDeal { id: id.clone(), cells: Vec::new(), edited: None, created: None, url: None };
            Outcome::Applied { deal, adopted: false }
        }
        _ if failure.maybe_done => Outcome::Unknown(into_error(failure, ACTION)),
        _ if kind(&failure) == ErrorKind::RecordMissing && !missing => {
            Outcome::Refused(failure.into_error(ErrorKind::Rejected, REMOTE, ACTION))
        }
        _ => Outcome::Refused(into_error(failure, ACTION)),
    }
}

/// The same error again, for the next change that it keeps from being sent.
fn copy(error: &Error) -> Error {
    let copy = Error::new(error.kind(), error.remote(), ACTION).with_retry_after(error.retry_after());
    let copy = match error.detail() {
        Some(detail) => copy.with_detail(detail),
        None => copy,
    };
    match error.code() {
        Some(code) => copy.with_code(code),
        None => copy,
    }
}
