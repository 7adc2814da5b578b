//! Records: get, create, update, replace, upsert and delete.

use serde_json::{Value, json};

use crate::airtable::batch::{self, BATCH, Mode};
use crate::airtable::call::{Call, Display};
use crate::airtable::failure::Failure;
use crate::airtable::request;
use crate::airtable::table::Table;
use crate::airtable::transaction::Transaction;
use crate::airtable::webhook::Source;
use crate::airtable::world::{Base, World};
use crate::id::{Id, Random};
use crate::settings::Permission;

/// The base of a call whose token may write records.
fn writable<'w>(call: &Call<'_>, world: &'w mut World) -> Result<(&'w mut Base, &'w mut Random), Failure> {
    let found = world.base_mut(&call.route.base).ok_or_else(Failure::nowhere)?;
    call.holder.require("data.records:write", &call.route.base)?;
    Ok(found)
}

fn require_editor(call: &Call<'_>, table: &Table, verb: &str) -> Result<(), Failure> {
    let what = format!("{verb} records in table {} ({})", table.name, table.id);
    call.holder.require_role(Permission::Edit, &what)
}

pub(crate) fn get(call: &Call<'_>, world: &World) -> Result<Value, Failure> {
    let base = world.base(&call.route.base).ok_or_else(Failure::nowhere)?;
    call.holder.require("data.records:read", &base.id)?;
    let table = call.table(base)?;
    let display = Display::of_query(call)?;
    // A record of another table is found too, and shown with that table's fields.
    let here = table.rows.get(&*call.route.record).map(|row| (table, row));
    let (table, row) = here.or_else(|| base.row(&call.route.record)).ok_or_else(Failure::model_not_found)?;
    Ok(display.record(&call.reader(base), table, row))
}

/// Creates one record or up to ten.
pub(crate) fn create(call: &Call<'_>, world: &mut World) -> Result<Value, Failure> {
    let (base, random) = writable(call, world)?;
    require_editor(call, call.table(base)?, "create")?;
    write(call, (base, random), Mode::Create, None)
}

/// Changes or replaces the record of the path.
pub(crate) fn update(call: &Call<'_>, world: &mut World, mode: Mode) -> Result<Value, Failure> {
    let (base, random) = writable(call, world)?;
    let table = call.table(base)?;
    if !table.rows.contains_key(&*call.route.record) {
        return Err(Failure::model_not_found());
    }
    require_editor(call, table, "update")?;
    write(call, (base, random), mode, Some(&call.route.record))
}

/// Changes, replaces or upserts up to ten records.
pub(crate) fn update_many(call: &Call<'_>, world: &mut World, mode: Mode) -> Result<Value, Failure> {
    let (base, random) = writable(call, world)?;
    require_editor(call, call.table(base)?, "update")?;
    write(call, (base, random), mode, None)
}

fn write(
    call: &Call<'_>,
    (base, random): (&mut Base, &mut Random),
    mode: Mode,
    record: Option<&str>,
) -> Result<Value, Failure> {
    let body = request::body(call.request)?;
    let (given, many) = batch::given(&body, mode, record)?;
    let by_id = request::switch(&body, "returnFieldsByFieldId")?;
    let display = Display { by_id, ..Display::default() };
    batch::prepare(call, base, &body);
    let accepted = batch::plan(call, base, random, (&body, &given), mode)?;
    let upserted = body.contains_key("performUpsert").then(|| accepted.outcome());
    let records = accepted.apply(call, base, &display);
    if !many {
        return Ok(records.into_iter().next().unwrap_or_default());
    }
    Ok(match upserted {
        Some((created, updated)) => {
            json!({"records": records, "createdRecords": created, "updatedRecords": updated})
        }
        None => json!({"records": records}),
    })
}

/// Deletes the record of the path.
pub(crate) fn delete(call: &Call<'_>, world: &mut World) -> Result<Value, Failure> {
    let (base, _) = writable(call, world)?;
    let table = call.table(base)?;
    let row = table.rows.get(&*call.route.record).ok_or_else(Failure::model_not_found)?;
    require_editor(call, table, "delete")?;
    let (table, id) = (table.id.clone(), row.id.clone());
    remove(call, base, &table, std::slice::from_ref(&id));
    Ok(json!({"id": &*id, "deleted": true}))
}

/// Deletes up to ten records: all or none.
pub(crate) fn delete_many(call: &Call<'_>, world: &mut World) -> Result<Value, Failure> {
    let (base, _) = writable(call, world)?;
    let table = call.table(base)?;
    require_editor(call, table, "delete")?;
    let wanted = call.query.list("records");
    if wanted.is_empty() || wanted.len() > BATCH {
        return Err(Failure::invalid_request());
    }
    let missing =
        |id: &str| Failure::new(404, "NOT_FOUND", format!("Could not find a record with ID \"{id}\"."));
    let ids: Vec<Id> = wanted
        .iter()
        .map(|id| table.rows.get(id.as_str()).map(|row| row.id.clone()).ok_or_else(|| missing(id)))
        .collect::<Result<_, _>>()?;
    let table = table.id.clone();
    remove(call, base, &table, &ids);
    let deleted: Vec<Value> = ids.iter().map(|id| json!({"id": &**id, "deleted": true})).collect();
    Ok(json!({"records": deleted}))
}

fn remove(call: &Call<'_>, base: &mut Base, table: &Id, ids: &[Id]) {
    let mut transaction = Transaction::new(base, &call.holder.user, call.now);
    for id in ids {
        transaction.delete(table, id);
    }
    transaction.commit(Source::PublicApi);
}
