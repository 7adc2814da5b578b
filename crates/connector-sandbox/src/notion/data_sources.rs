//! Data sources: get, create, update, templates.

use serde_json::{Value, json};

use crate::id::Id;
use crate::notion::auth::Capability;
use crate::notion::call::Call;
use crate::notion::data_source::DataSource;
use crate::notion::failure::Failure;
use crate::notion::icon;
use crate::notion::input::Input;
use crate::notion::pages::trash_flag;
use crate::notion::property::{Definitions, Patch};
use crate::notion::rich_text::{self, Run};
use crate::notion::transaction::Transaction;
use crate::notion::world::{Stamps, World};

/// A data source by its id, in the trash or not.
pub(crate) fn get(call: &Call<'_>, world: &World) -> Result<Value, Failure> {
    call.holder.require(Capability::ReadContent)?;
    Ok(call.reader(world).source(call.source(world, &call.id()?)?))
}

/// A further data source of a database.
pub(crate) fn create(call: &Call<'_>, world: &mut World) -> Result<Value, Failure> {
    call.holder.require(Capability::InsertContent)?;
    let body = call.input();
    let database = body.member("parent").member("database_id").uuid()?;
    let database = call.database(world, &database)?;
    if database.trashed {
        return Err(Failure::in_trash());
    }
    let database = database.id.clone();
    let title = optional_text(&body.member("title"))?.unwrap_or_default();
    let icon = icon::read_icon(&body.member("icon"))?.unwrap_or_default();
    let id = world.random.uuid();
    let patch = define(call, world, &id, &title, &body.member("properties"))?;
    let stamps = Stamps::new(&call.holder.bot, call.now);
    let source = DataSource { icon, ..DataSource::new(id.clone(), database.clone(), title, stamps) };
    insert(call, world, source, patch);
    Ok(call.reader(world).source(call.source(world, &id)?))
}

/// Reads the schema of a new data source.
pub(crate) fn define(
    call: &Call<'_>,
    world: &mut World,
    id: &Id,
    title: &[Run],
    properties: &Input<'_>,
) -> Result<Patch, Failure> {
    let mut random = world.random.clone();
    let title = rich_text::plain(title, &|id| world.name(id));
    let source = id.clone();
    let mut definitions = Definitions { world, holder: &call.holder, random: &mut random, source, title };
    let patch = definitions.create(properties)?;
    world.random = random;
    Ok(patch)
}

/// Puts a new data source into its database.
pub(crate) fn insert(call: &Call<'_>, world: &mut World, source: DataSource, patch: Patch) {
    let id = source.id.clone();
    if let Some(database) = world.databases.get_mut(&source.database) {
        database.sources.push(id.clone());
    }
    world.sources.insert(id.clone(), source);
    Transaction::new(world, &call.holder.bot, call.now).set_schema(&id, patch);
}

/// Changes a data source: its schema property by property, the rest as named.
pub(crate) fn update(call: &Call<'_>, world: &mut World) -> Result<Value, Failure> {
    call.holder.require(Capability::UpdateContent)?;
    let id = call.id()?;
    let body = call.input();
    body.object()?;
    let trashed = trash_flag(call, &body)?;
    let source = call.source(world, &id)?;
    if source.trashed && trashed != Some(false) {
        return Err(Failure::in_trash());
    }
    let title = optional_text(&body.member("title"))?;
    let icon = icon::read_icon(&body.member("icon"))?;
    if let Some(parent) = body.member("parent").present() {
        let wanted = parent.member("database_id").uuid()?;
        call.database(world, &wanted)?;
    }
    change_schema(call, world, &id, &body.member("properties"))?;
    if let Some(parent) = body.member("parent").member("database_id").present() {
        rehouse(world, &id, &parent.uuid()?);
    }
    if let Some(source) = world.sources.get_mut(&id) {
        source.title = title.unwrap_or(std::mem::take(&mut source.title));
        source.icon = icon.unwrap_or(std::mem::take(&mut source.icon));
        source.stamps.touch(&call.holder.bot, call.now);
    }
    if let Some(trashed) = trashed {
        trash(world, &id, trashed);
    }
    Ok(call.reader(world).source(call.source(world, &id)?))
}

/// Applies a patch of properties, if there is one.
pub(crate) fn change_schema(
    call: &Call<'_>,
    world: &mut World,
    id: &Id,
    properties: &Input<'_>,
) -> Result<(), Failure> {
    let Some(properties) = properties.clone().present() else { return Ok(()) };
    let source = call.source(world, id)?;
    let mut random = world.random.clone();
    let title = rich_text::plain(&source.title, &|id| world.name(id));
    let of = id.clone();
    let mut definitions = Definitions { world, holder: &call.holder, random: &mut random, source: of, title };
    let patch = definitions.change(source, &properties)?;
    world.random = random;
    Transaction::new(world, &call.holder.bot, call.now).set_schema(id, patch);
    Ok(())
}

/// Moves a data source into another database.
fn rehouse(world: &mut World, id: &Id, database: &Id) {
    for other in world.databases.values_mut() {
        other.sources.retain(|source| source != id);
    }
    if let Some(database) = world.databases.get_mut(database) {
        database.sources.push(id.clone());
    }
    if let Some(source) = world.sources.get_mut(id) {
        source.database = database.clone();
    }
}

/// Puts a data source into the trash or takes it back; its database lists only those that are not in it.
pub(crate) fn trash(world: &mut World, id: &Id, trashed: bool) {
    let Some(source) = world.sources.get_mut(id) else { return };
    source.trashed = trashed;
    let Some(database) = world.databases.get_mut(&source.database) else { return };
    database.sources.retain(|other| other != id);
    if !trashed {
        database.sources.push(id.clone());
    }
}

/// Templates: there are none here.
pub(crate) fn templates(call: &Call<'_>, world: &World) -> Result<Value, Failure> {
    call.holder.require(Capability::ReadContent)?;
    call.source(world, &call.id()?)?;
    Ok(json!({"templates": [], "has_more": false, "next_cursor": null}))
}

/// A rich text that may be left out.
pub(crate) fn optional_text(input: &Input<'_>) -> Result<Option<Vec<Run>>, Failure> {
    input.clone().present().map(|text| rich_text::runs(&text)).transpose()
}
