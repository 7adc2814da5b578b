//! Attachments by their bytes: taken in, and given out again.

use serde_json::{Map, Value, json};

use crate::airtable::attachment::{Attachment, is_live};
use crate::airtable::call::Call;
use crate::airtable::cell::Cell;
use crate::airtable::failure::Failure;
use crate::airtable::field::Kind;
use crate::airtable::request;
use crate::airtable::transaction::Transaction;
use crate::airtable::webhook::{Source, from_base64};
use crate::airtable::world::World;
use crate::provider::Reply;
use crate::settings::Permission;

/// The largest file that may be uploaded.
const MAX_FILE: usize = 5 << 20;

/// Adds an uploaded file to a record's cell.
pub(crate) fn upload(call: &Call<'_>, world: &mut World) -> Result<Value, Failure> {
    let (base, random) = world.base_mut(&call.route.base).ok_or_else(Failure::nowhere)?;
    call.holder.require("data.records:write", &base.id)?;
    call.holder.require_role(Permission::Edit, "perform this operation")?;
    let (table, row) = base.row(&call.route.record).ok_or_else(Failure::model_not_found)?;
    let name = &call.route.field;
    let field = table.field(name).ok_or_else(|| Failure::unknown_field(name))?;
    if !matches!(field.kind, Kind::Attachments) {
        return Err(Failure::value(format!("Field \"{}\" cannot accept the provided value", field.name)));
    }
    let body = request::body(call.request)?;
    let text = |key: &str| request::text(&body, key)?.ok_or_else(Failure::invalid_request);
    let content = from_base64(text("file")?).ok_or_else(Failure::invalid_request)?;
    if content.len() > MAX_FILE {
        return Err(Failure::too_large());
    }
    let file = Attachment {
        id: random.id("att"),
        filename: text("filename")?.to_owned(),
        content_type: text("contentType")?.to_owned(),
        content: content.into(),
        ready: call.now,
    };
    let mut files = match row.cells.get(&field.id) {
        Some(Cell::Attachments(files)) => files.clone(),
        _ => Vec::new(),
    };
    files.push(file);
    let (table, record, field) = (table.id.clone(), row.id.clone(), field.id.clone());
    let mut transaction = Transaction::new(base, &call.holder.user, call.now);
    transaction.write(&table, &record, vec![(field.clone(), Some(Cell::Attachments(files)))]);
    transaction.commit(Source::PublicApi);
    let (table, row) = base.row(&record).ok_or_else(Failure::model_not_found)?;
    let field = table.field(&field).ok_or_else(Failure::model_not_found)?;
    let mut fields = Map::new();
    fields.extend(call.reader(base).value(table, row, field).map(|files| ((*field.id).to_owned(), files)));
    let created = crate::airtable::time_format::iso(row.created);
    Ok(json!({"id": &*row.id, "createdTime": created, "fields": fields}))
}

/// Gives a file out, as long as its address lives. No token is asked for.
pub(crate) fn download(world: &World, expiry: &str, id: &str, now: chrono::DateTime<chrono::Utc>) -> Reply {
    if !is_live(expiry, now) {
        return Reply::bytes(410, "text/plain", b"The link has expired.".to_vec());
    }
    let mut rows = world.bases.iter().flat_map(|base| &base.tables).flat_map(|table| table.rows.values());
    let found = rows.find_map(|row| {
        row.cells.values().find_map(|cell| match cell {
            Cell::Attachments(files) => files.iter().find(|file| *file.id == *id),
            _ => None,
        })
    });
    match found {
        Some(file) => Reply::bytes(200, &file.content_type, file.content.to_vec()),
        None => Failure::nowhere().reply(),
    }
}
