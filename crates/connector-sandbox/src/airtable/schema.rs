//! The metadata API: who asks, which bases, their schema, and changes of it.

use serde_json::{Map, Value, json};

use crate::airtable::call::Call;
use crate::airtable::definition;
use crate::airtable::failure::Failure;
use crate::airtable::field::{Field, Kind};
use crate::airtable::merge_index::MergeIndex;
use crate::airtable::request;
use crate::airtable::table::Table;
use crate::airtable::transaction::Transaction;
use crate::airtable::view::View;
use crate::airtable::webhook::Source;
use crate::airtable::world::{Base, World};
use crate::id::{Id, Random};
use crate::settings::Permission;

/// How many bases an answer holds.
const BASES: usize = 1000;

/// How many fields a table may have.
const MAX_FIELDS: usize = 500;

pub(crate) fn who_am_i(call: &Call<'_>) -> Value {
    let mut answer = json!({"id": &*call.holder.user});
    if call.holder.has("user.email:read")
        && let Some(object) = answer.as_object_mut()
    {
        object.insert("email".to_owned(), json!(call.holder.email));
    }
    answer
}

pub(crate) fn bases(call: &Call<'_>, world: &World) -> Result<Value, Failure> {
    if !call.holder.has("schema.bases:read") {
        return Err(Failure::model_not_found());
    }
    let mut seen = world.bases.iter().filter(|base| call.holder.sees(&base.id));
    if let Some(offset) = call.query.get("offset").filter(|offset| !offset.is_empty()) {
        let last = offset.strip_prefix("itr/").ok_or_else(Failure::invalid_request)?;
        seen.find(|base| *base.id == *last).ok_or_else(Failure::invalid_request)?;
    }
    let page: Vec<&Base> = seen.by_ref().take(BASES).collect();
    let permission = call.holder.grant.permission.name();
    let shown: Vec<Value> = page
        .iter()
        .map(|base| json!({"id": &*base.id, "name": base.name, "permissionLevel": permission}))
        .collect();
    Ok(match page.last().filter(|_| seen.next().is_some()) {
        Some(last) => json!({"bases": shown, "offset": format!("itr/{}", last.id)}),
        None => json!({"bases": shown}),
    })
}

pub(crate) fn tables(call: &Call<'_>, world: &World) -> Result<Value, Failure> {
    let base = world.base(&call.route.base).ok_or_else(Failure::model_not_found)?;
    call.holder.require("schema.bases:read", &base.id)?;
    let visible = call.query.list("include").iter().any(|include| include == "visibleFieldIds");
    let tables: Vec<Value> = base.tables.iter().map(|table| table.json(base, visible)).collect();
    Ok(json!({"tables": tables}))
}

fn changeable<'w>(call: &Call<'_>, world: &'w mut World) -> Result<(&'w mut Base, &'w mut Random), Failure> {
    let (base, random) = world.base_mut(&call.route.base).ok_or_else(Failure::model_not_found)?;
    call.holder.require("schema.bases:write", &base.id)?;
    call.holder.require_role(Permission::Create, "perform this operation")?;
    Ok((base, random))
}

pub(crate) fn create_base(call: &Call<'_>, world: &mut World) -> Result<Value, Failure> {
    if !call.holder.has("schema.bases:write") {
        return Err(Failure::model_not_found());
    }
    let body = request::body(call.request)?;
    let name = request::text(&body, "name")?.ok_or_else(Failure::invalid_request)?;
    request::text(&body, "workspaceId")?.ok_or_else(Failure::invalid_request)?;
    let tables = body.get("tables").and_then(Value::as_array).filter(|tables| !tables.is_empty());
    let tables = tables.ok_or_else(Failure::invalid_request)?;
    let people = world.bases.first().map(|base| base.people.clone()).unwrap_or_default();
    let mut base = Base::new(world.random.id("app"), name, people);
    for table in tables {
        let table = table.as_object().ok_or_else(Failure::invalid_request)?;
        add_table(&mut base, table, call, &mut world.random)?;
    }
    let tables: Vec<Value> = base.tables.iter().map(|table| table.json(&base, false)).collect();
    let answer = json!({"id": &*base.id, "tables": tables});
    world.bases.push(base);
    Ok(answer)
}

pub(crate) fn create_table(call: &Call<'_>, world: &mut World) -> Result<Value, Failure> {
    let (base, random) = changeable(call, world)?;
    let body = request::body(call.request)?;
    let id = add_table(base, &body, call, random)?;
    base.table(&id).map(|table| table.json(base, false)).ok_or_else(Failure::model_not_found)
}

fn add_table(
    base: &mut Base,
    body: &Map<String, Value>,
    call: &Call<'_>,
    random: &mut Random,
) -> Result<Id, Failure> {
    let taken: Vec<&str> = base.tables.iter().map(|table| table.name.as_str()).collect();
    let name = definition::table_name(request::text(body, "name")?, &taken)?;
    let given =
        body.get("fields").and_then(Value::as_array).filter(|given| (1..=MAX_FIELDS).contains(&given.len()));
    let mut fields: Vec<Field> = Vec::new();
    for value in given.ok_or_else(Failure::invalid_request)? {
        let taken: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
        let field = definition::field(base, &taken, value, random)?;
        fields.push(field);
    }
    if fields.first().is_none_or(|primary| !primary.kind.can_be_primary()) {
        return Err(Failure::invalid_request());
    }
    let (links, own): (Vec<Field>, Vec<Field>) =
        fields.into_iter().partition(|field| field.kind.link().is_some());
    let id = random.id("tbl");
    let table = Table {
        id: id.clone(),
        name,
        description: definition::description(body)?,
        fields: own,
        views: vec![View::grid(random.id("viw"), "Grid view")],
        rows: std::collections::BTreeMap::new(),
        merges: MergeIndex::default(),
        last_number: 0,
    };
    base.tables.push(table);
    let mut transaction = Transaction::new(base, &call.holder.user, call.now);
    transaction.changes.created_tables.push(id.clone());
    for link in links {
        add_field(&mut transaction, &id, link, random);
    }
    transaction.commit(Source::PublicApi);
    Ok(id)
}

/// Adds a field, and for a link the field on the other side.
pub(crate) fn add_field(
    transaction: &mut Transaction<'_>,
    table: &Id,
    mut field: Field,
    random: &mut Random,
) {
    let other = field.kind.link().map(|link| link.table.clone());
    let inverse = other.and_then(|other| {
        let name = transaction.base.table(table)?.name.clone();
        let target = transaction.base.table(&other)?;
        let taken: Vec<&str> = target.fields.iter().map(|field| field.name.as_str()).collect();
        Some((target.id.clone(), definition::inverse(table, &name, &field, &taken, random)))
    });
    if let (Some((_, inverse)), Kind::Links(link)) = (&inverse, &mut field.kind) {
        link.inverse = Some(inverse.id.clone());
    }
    transaction.add_field(table, field);
    if let Some((other, inverse)) = inverse {
        transaction.add_field(&other, inverse);
    }
}

pub(crate) fn update_table(call: &Call<'_>, world: &mut World) -> Result<Value, Failure> {
    let (base, _) = changeable(call, world)?;
    let table = call.table(base)?;
    let id = table.id.clone();
    let body = request::body(call.request)?;
    let others = base.tables.iter().filter(|other| other.id != id);
    let taken: Vec<&str> = others.map(|table| table.name.as_str()).collect();
    let name = match request::text(&body, "name")? {
        Some(name) => Some(definition::table_name(Some(name), &taken)?),
        None => None,
    };
    let description = definition::description(&body)?;
    let mut transaction = Transaction::new(base, &call.holder.user, call.now);
    transaction.describe(&id, name, description);
    transaction.commit(Source::PublicApi);
    base.table(&id).map(|table| table.json(base, false)).ok_or_else(Failure::model_not_found)
}

pub(crate) fn create_field(call: &Call<'_>, world: &mut World) -> Result<Value, Failure> {
    let (base, random) = changeable(call, world)?;
    let table = call.table(base)?;
    let id = table.id.clone();
    if table.fields.len() >= MAX_FIELDS {
        return Err(Failure::invalid_request());
    }
    let body = Value::Object(request::body(call.request)?);
    let taken: Vec<&str> = table.fields.iter().map(|field| field.name.as_str()).collect();
    let field = definition::field(base, &taken, &body, random)?;
    let field_id = field.id.clone();
    let mut transaction = Transaction::new(base, &call.holder.user, call.now);
    add_field(&mut transaction, &id, field, random);
    transaction.commit(Source::PublicApi);
    shown(base, &id, &field_id)
}

fn shown(base: &Base, table: &str, field: &str) -> Result<Value, Failure> {
    let field =
        base.table(table).and_then(|table| table.field(field)).ok_or_else(Failure::model_not_found)?;
    Ok(field.json(&|id| base.has_field(id)))
}

/// Changes a field's name, description or choices; never its type.
pub(crate) fn update_field(call: &Call<'_>, world: &mut World) -> Result<Value, Failure> {
    let (base, random) = changeable(call, world)?;
    let table = call.table(base)?;
    let field = table.field(&call.route.field).ok_or_else(Failure::model_not_found)?;
    let body = request::body(call.request)?;
    let known = body.keys().all(|key| matches!(key.as_str(), "name" | "description" | "options"));
    if body.is_empty() || !known {
        return Err(Failure::invalid_request());
    }
    let others = table.fields.iter().filter(|other| other.id != field.id);
    let taken: Vec<&str> = others.map(|field| field.name.as_str()).collect();
    let name = match request::text(&body, "name")? {
        Some(name) => Some(definition::field_name(Some(name), &taken)?),
        None => None,
    };
    let description = definition::description(&body)?;
    let kind = match body.get("options") {
        None => None,
        Some(options) => Some(new_options(base, &field.kind, options, random)?),
    };
    let (table, field) = (table.id.clone(), field.id.clone());
    let mut transaction = Transaction::new(base, &call.holder.user, call.now);
    transaction.change_field(&table, &field, |field| {
        if let Some(name) = name {
            field.name = name;
        }
        if description.is_some() {
            field.description = description;
        }
        if let Some(kind) = kind {
            field.kind = kind;
        }
    });
    transaction.commit(Source::PublicApi);
    shown(base, &table, &field)
}

fn new_options(base: &Base, kind: &Kind, options: &Value, random: &mut Random) -> Result<Kind, Failure> {
    let mut changed = kind.clone();
    if let Some(choices) = changed.choices_mut() {
        let given = definition::choices(options, choices, random)?;
        // Choices can be added and renamed this way; leaving one out does not delete it.
        choices.retain(|old| !given.iter().any(|new| new.id == old.id));
        let left_out = std::mem::take(choices);
        choices.extend(given);
        choices.extend(left_out);
        return Ok(changed);
    }
    if kind.is_computed() || kind.link().is_some() {
        return Err(Failure::invalid_request());
    }
    definition::kind_of(base, kind.name(), Some(options), random)
}
