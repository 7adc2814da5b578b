//! Pages: create, get, update, move.

use serde_json::Value;

use crate::id::Id;
use crate::notion::auth::Capability;
use crate::notion::block;
use crate::notion::call::Call;
use crate::notion::data_source::DataSource;
use crate::notion::failure::Failure;
use crate::notion::icon;
use crate::notion::input::Input;
use crate::notion::markdown;
use crate::notion::page::Page;
use crate::notion::property::{Cells, Writer, title_only};
use crate::notion::transaction::Transaction;
use crate::notion::world::{Parent, World};

/// The properties that an answer is thinned to; `None` shows all. Unknown ones are passed over.
pub(crate) fn filter_properties(call: &Call<'_>, source: Option<&DataSource>) -> Option<Vec<Id>> {
    let wanted: Vec<String> =
        call.query.list("filter_properties").into_iter().filter(|key| !key.is_empty()).collect();
    let source = source.filter(|_| !wanted.is_empty())?;
    let known = wanted.iter().filter_map(|key| source.property(key));
    Some(known.map(|property| property.id.clone()).collect())
}

/// A page as an answer.
pub(crate) fn show(call: &Call<'_>, world: &World, page: &Page) -> Value {
    let only = filter_properties(call, world.source_of(page));
    call.reader(world).page(page, only.as_deref())
}

/// A page by its id, in the trash or not.
pub(crate) fn get(call: &Call<'_>, world: &World) -> Result<Value, Failure> {
    call.holder.require(Capability::ReadContent)?;
    Ok(show(call, world, call.page(world, &call.id()?)?))
}

/// A new page.
pub(crate) fn create(call: &Call<'_>, world: &mut World) -> Result<Value, Failure> {
    call.holder.require(Capability::InsertContent)?;
    let body = call.input();
    body.object()?;
    let parent = parent(call, world, &body.member("parent"))?;
    let place = Place::read(&body, &parent)?;
    if body.member("template").member("type").value().is_some_and(|kind| kind != "none") {
        return Err(Failure::unplayed("templates"));
    }
    let properties = body.member("properties");
    let (icon, cover) = (icon::read_icon(&body.member("icon"))?, icon::read_cover(&body.member("cover"))?);
    let children = match body.member("markdown").present() {
        None => block::read_children(&body)?,
        Some(markdown) => {
            body.forbid("children")?;
            markdown::drafts(markdown.text()?)?
        }
    };

    let mut random = world.random.clone();
    let mut writer = Writer::new(world, &call.holder, &mut random);
    let cells = match &parent {
        Parent::DataSource(id) => match (world.sources.get(id), properties.present()) {
            (Some(source), Some(properties)) => writer.row(source, &properties)?,
            _ => Cells::new(),
        },
        _ => properties.present().map_or_else(|| Ok(Cells::new()), |properties| title_only(&properties))?,
    };
    let additions = std::mem::take(&mut writer.additions);
    world.random = random;

    let id = world.random.uuid();
    let mut edit = Transaction::new(world, &call.holder.bot, call.now);
    if let Parent::DataSource(source) = &parent {
        edit.add_options(source, additions);
    }
    let mut page = Page::new(id.clone(), parent, edit.stamps());
    page.icon = icon.unwrap_or_default();
    page.cover = cover.unwrap_or_default();
    edit.create_page(page, cells);
    place.apply(&mut edit, &id);
    block::insert(&mut edit, &Parent::Page(id.clone()), 0, children);
    world.pages.get(&id).map(|page| show(call, world, page)).ok_or_else(Failure::in_trash)
}

/// Where a new page stands among what is in its parent.
enum Place {
    First,
    Last,
    After(Id),
}

impl Place {
    /// Only in a page there is an order.
    fn read(body: &Input<'_>, parent: &Parent) -> Result<Self, Failure> {
        let Some(position) = body.member("position").present() else { return Ok(Self::Last) };
        if !matches!(parent, Parent::Page(_)) {
            return Err(position.expected("not present"));
        }
        match position.member("type").one_of(&["after_block", "page_start", "page_end"])? {
            "page_start" => Ok(Self::First),
            "page_end" => Ok(Self::Last),
            _ => Ok(Self::After(position.member("after_block").member("id").uuid()?)),
        }
    }

    /// Moves a page that was put at the end. After what is not there is the end, too.
    fn apply(&self, edit: &mut Transaction<'_>, page: &Id) {
        let parent = edit.world.pages.get(page).and_then(|page| page.parent.id()).cloned();
        let Some(content) = parent.and_then(|parent| edit.content(&parent)) else { return };
        let Some(last) = content.pop() else { return };
        let after = |block: &Id| content.iter().position(|inner| inner == block).map(|at| at + 1);
        let at = match self {
            Self::First => 0,
            Self::Last => content.len(),
            Self::After(block) => after(block).unwrap_or(content.len()),
        };
        content.insert(at, last);
    }
}

/// Where a new or moved page goes: a data source, the only one of a database, or a page.
fn parent(call: &Call<'_>, world: &World, input: &Input<'_>) -> Result<Parent, Failure> {
    let members = input.object()?;
    let key = |key: &str| members.contains_key(key).then(|| input.member(key));
    if let Some(id) = key("data_source_id") {
        let source = call.source(world, &id.uuid()?)?;
        return if source.trashed {
            Err(Failure::in_trash())
        } else {
            Ok(Parent::DataSource(source.id.clone()))
        };
    }
    if let Some(id) = key("database_id") {
        let source = call.only_source(world, &id.uuid()?)?;
        return if source.trashed {
            Err(Failure::in_trash())
        } else {
            Ok(Parent::DataSource(source.id.clone()))
        };
    }
    if let Some(id) = key("page_id") {
        let page = call.page(world, &id.uuid()?)?;
        return if page.trashed { Err(Failure::in_trash()) } else { Ok(Parent::Page(page.id.clone())) };
    }
    Err(input.one_of_members(["page_id", "database_id", "data_source_id"].into_iter()))
}

/// What an update asks for.
#[derive(Debug, Default)]
struct Update {
    icon: Option<Value>,
    cover: Option<Value>,
    trashed: Option<bool>,
    archived: Option<bool>,
    locked: Option<bool>,
    erase: bool,
}

impl Update {
    fn read(call: &Call<'_>, body: &Input<'_>) -> Result<Self, Failure> {
        let flag = |key: &str| body.member(key).present().map(|flag| flag.boolean()).transpose();
        Ok(Self {
            icon: icon::read_icon(&body.member("icon"))?,
            cover: icon::read_cover(&body.member("cover"))?,
            trashed: trash_flag(call, body)?,
            archived: flag("is_archived")?,
            locked: flag("is_locked")?,
            erase: flag("erase_content")?.unwrap_or_default(),
        })
    }
}

/// `in_trash`, or `archived` where the version has it.
pub(crate) fn trash_flag(call: &Call<'_>, body: &Input<'_>) -> Result<Option<bool>, Failure> {
    if !call.version.has_archived() {
        body.forbid("archived")?;
    }
    let flag = |key: &str| body.member(key).present().map(|flag| flag.boolean()).transpose();
    Ok(flag("in_trash")?.or(flag("archived")?))
}

/// Changes values and the rest of a page; all of it or nothing.
pub(crate) fn update(call: &Call<'_>, world: &mut World) -> Result<Value, Failure> {
    call.holder.require(Capability::UpdateContent)?;
    let id = call.id()?;
    let body = call.input();
    body.object()?;
    let update = Update::read(call, &body)?;
    let page = call.page(world, &id)?;
    let restores = update.trashed == Some(false);
    if page.trashed && !restores && update.trashed.is_none() {
        return Err(Failure::in_trash());
    }
    let mut random = world.random.clone();
    let mut writer = Writer::new(world, &call.holder, &mut random);
    let source = world.source_of(page);
    let cells = match (body.member("properties").present(), source) {
        (None, _) => Cells::new(),
        (Some(properties), Some(source)) => writer.row(source, &properties)?,
        (Some(properties), None) => title_only(&properties)?,
    };
    let additions = std::mem::take(&mut writer.additions);
    let source = source.map(|source| source.id.clone());
    world.random = random;

    let mut edit = Transaction::new(world, &call.holder.bot, call.now);
    if let Some(source) = &source {
        edit.add_options(source, additions);
    }
    edit.write(&id, cells);
    if update.erase {
        block::erase(&mut edit, &id);
    }
    edit.touch(&id);
    if let Some(page) = world.pages.get_mut(&id) {
        page.icon = update.icon.unwrap_or(std::mem::take(&mut page.icon));
        page.cover = update.cover.unwrap_or(std::mem::take(&mut page.cover));
        page.trashed = update.trashed.unwrap_or(page.trashed);
        page.archived = update.archived.unwrap_or(page.archived);
        page.locked = update.locked.unwrap_or(page.locked);
    }
    Ok(show(call, world, call.page(world, &id)?))
}

/// Puts a page under another parent. Values of columns without a namesake of the same type are lost.
pub(crate) fn relocate(call: &Call<'_>, world: &mut World) -> Result<Value, Failure> {
    call.holder.require(Capability::UpdateContent)?;
    let id = call.id()?;
    let page = call.page(world, &id)?;
    if page.trashed {
        return Err(Failure::in_trash());
    }
    let parent = parent(call, world, &call.input().member("parent"))?;
    if parent.id().is_some_and(|parent| world.lineage(parent).contains(&id)) {
        return Err(Failure::validation("A page cannot be moved into itself."));
    }
    Transaction::new(world, &call.holder.bot, call.now).relocate(&id, parent);
    Ok(show(call, world, call.page(world, &id)?))
}
