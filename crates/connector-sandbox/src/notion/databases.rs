//! Databases: get, create, update, in the shapes of old and new versions.

use serde_json::Value;

use crate::id::Id;
use crate::notion::auth::Capability;
use crate::notion::call::Call;
use crate::notion::data_source::DataSource;
use crate::notion::data_sources::{change_schema, define, insert, optional_text, trash};
use crate::notion::database::Database;
use crate::notion::failure::Failure;
use crate::notion::icon;
use crate::notion::input::Input;
use crate::notion::pages::trash_flag;
use crate::notion::transaction::Transaction;
use crate::notion::world::{Parent, Stamps, World};

/// A database by its id, in the trash or not.
pub(crate) fn get(call: &Call<'_>, world: &World) -> Result<Value, Failure> {
    call.holder.require(Capability::ReadContent)?;
    show(call, world, &call.id()?)
}

/// A database as an answer; in old versions with the schema of its only data source.
fn show(call: &Call<'_>, world: &World, id: &Id) -> Result<Value, Failure> {
    let database = call.database(world, id)?;
    let source = if call.version.has_data_sources() { None } else { Some(table(world, database)?) };
    Ok(call.reader(world).database(database, source))
}

/// The data source that old versions take a database for.
fn table<'w>(world: &'w World, database: &Database) -> Result<&'w DataSource, Failure> {
    let found = match database.sources.as_slice() {
        [only] => world.sources.get(only),
        // One in the trash has put its data sources there too.
        [] => world.sources.values().find(|source| source.database == database.id),
        _ => None,
    };
    found.ok_or_else(|| Failure::several_sources(&database.id, &database.sources))
}

/// A new database with its first data source, which takes its title.
pub(crate) fn create(call: &Call<'_>, world: &mut World) -> Result<Value, Failure> {
    call.holder.require(Capability::InsertContent)?;
    let body = call.input();
    let parent = parent(call, world, &body.member("parent"))?;
    let fields = Fields::read(&body)?;
    if fields.inline == Some(true) && fields.cover.as_ref().is_some_and(|cover| !cover.is_null()) {
        return Err(Failure::validation("Inline databases cannot have a cover."));
    }
    let properties = if call.version.has_data_sources() {
        body.member("initial_data_source").member("properties")
    } else {
        body.member("properties")
    };
    let (id, first) = (world.random.uuid(), world.random.uuid());
    let title = fields.title.clone().unwrap_or_default();
    let only_title = serde_json::json!({"properties": {"Name": {"title": {}}}});
    // A schema in the place where another version has it is passed over.
    let properties = properties.present().unwrap_or_else(|| Input::body(&only_title).member("properties"));
    let patch = define(call, world, &first, &title, &properties)?;

    let stamps = Stamps::new(&call.holder.bot, call.now);
    let mut database = Database {
        id: id.clone(),
        parent,
        title: Vec::new(),
        description: Vec::new(),
        sources: Vec::new(),
        inline: false,
        icon: Value::Null,
        cover: Value::Null,
        stamps: stamps.clone(),
        trashed: false,
        locked: false,
    };
    fields.apply(&mut database);
    let outer = database.parent.id().cloned();
    world.databases.insert(id.clone(), database);
    if let Some(outer) = outer
        && let Some(content) = Transaction::new(world, &call.holder.bot, call.now).content(&outer)
    {
        content.push(id.clone());
    }
    insert(call, world, DataSource::new(first, id.clone(), title, stamps), patch);
    show(call, world, &id)
}

fn parent(call: &Call<'_>, world: &World, input: &Input<'_>) -> Result<Parent, Failure> {
    let members = input.object()?;
    if members.contains_key("workspace") {
        return Err(Failure::validation(
            "Internal integrations cannot create databases at the workspace level. Use a page as the parent.",
        ));
    }
    let page = call.page(world, &input.member("page_id").uuid()?)?;
    if page.trashed { Err(Failure::in_trash()) } else { Ok(Parent::Page(page.id.clone())) }
}

/// What belongs to the container itself.
#[derive(Debug, Default)]
struct Fields {
    title: Option<Vec<crate::notion::rich_text::Run>>,
    description: Option<Vec<crate::notion::rich_text::Run>>,
    inline: Option<bool>,
    locked: Option<bool>,
    icon: Option<Value>,
    cover: Option<Value>,
}

impl Fields {
    fn read(body: &Input<'_>) -> Result<Self, Failure> {
        let flag = |key: &str| body.member(key).present().map(|flag| flag.boolean()).transpose();
        Ok(Self {
            title: optional_text(&body.member("title"))?,
            description: optional_text(&body.member("description"))?,
            inline: flag("is_inline")?,
            locked: flag("is_locked")?,
            icon: icon::read_icon(&body.member("icon"))?,
            cover: icon::read_cover(&body.member("cover"))?,
        })
    }

    fn apply(self, database: &mut Database) {
        database.title = self.title.unwrap_or(std::mem::take(&mut database.title));
        database.description = self.description.unwrap_or(std::mem::take(&mut database.description));
        database.inline = self.inline.unwrap_or(database.inline);
        database.locked = self.locked.unwrap_or(database.locked);
        database.icon = self.icon.unwrap_or(std::mem::take(&mut database.icon));
        database.cover = self.cover.unwrap_or(std::mem::take(&mut database.cover));
    }
}

/// Changes a database; in old versions its schema too.
pub(crate) fn update(call: &Call<'_>, world: &mut World) -> Result<Value, Failure> {
    call.holder.require(Capability::UpdateContent)?;
    let id = call.id()?;
    let body = call.input();
    body.object()?;
    let trashed = trash_flag(call, &body)?;
    let database = call.database(world, &id)?;
    if database.trashed && trashed != Some(false) {
        return Err(Failure::in_trash());
    }
    let moved = body.member("parent").present().map(|input| parent(call, world, &input)).transpose()?;
    let fields = Fields::read(&body)?;
    if !call.version.has_data_sources() {
        let source = table(world, call.database(world, &id)?)?.id.clone();
        change_schema(call, world, &source, &body.member("properties"))?;
        if let (Some(title), Some(source)) = (&fields.title, world.sources.get_mut(&source)) {
            source.title.clone_from(title);
        }
    }
    if let Some(database) = world.databases.get_mut(&id) {
        fields.apply(database);
        database.parent = moved.unwrap_or(database.parent.clone());
        database.stamps.touch(&call.holder.bot, call.now);
    }
    if let Some(trashed) = trashed {
        trash_database(world, &id, trashed);
    }
    show(call, world, &id)
}

/// Puts a database and its data sources into the trash, or takes them back.
pub(crate) fn trash_database(world: &mut World, id: &Id, trashed: bool) {
    let Some(database) = world.databases.get_mut(id) else { return };
    if database.trashed == trashed {
        return;
    }
    database.trashed = trashed;
    let of_it = |source: &&DataSource| source.database == *id && source.trashed != trashed;
    let sources: Vec<Id> = world.sources.values().filter(of_it).map(|source| source.id.clone()).collect();
    for source in sources {
        trash(world, &source, trashed);
    }
}
