//! Blocks: get, list and append what is inside, update, delete.

use serde_json::Value;

use crate::id::Id;
use crate::notion::auth::Capability;
use crate::notion::block::{insert, place, read_change, read_children, restore_or_trash};
use crate::notion::call::Call;
use crate::notion::databases::trash_database;
use crate::notion::failure::Failure;
use crate::notion::input::{self, Input};
use crate::notion::list::{self, Paging};
use crate::notion::pages::trash_flag;
use crate::notion::transaction::Transaction;
use crate::notion::world::{Parent, World};

/// A block by its id, in the trash or not; pages and databases have the form of blocks too.
pub(crate) fn get(call: &Call<'_>, world: &World) -> Result<Value, Failure> {
    call.holder.require(Capability::ReadContent)?;
    show(call, world, &seen(call, world)?)
}

fn show(call: &Call<'_>, world: &World, id: &Id) -> Result<Value, Failure> {
    call.reader(world).block(id).ok_or_else(|| call.not_found("block", id))
}

/// The id of the path, if the connection sees what it is of.
fn seen(call: &Call<'_>, world: &World) -> Result<Id, Failure> {
    let id = call.id()?;
    if call.holder.sees(world, &id) { Ok(id) } else { Err(call.not_found("block", &id)) }
}

/// What is directly in a page or block.
pub(crate) fn list_children(call: &Call<'_>, world: &World) -> Result<Value, Failure> {
    call.holder.require(Capability::ReadContent)?;
    let id = seen(call, world)?;
    let paging = Paging::of_query(&call.query)?;
    if let Some(cursor) = paging.cursor.as_deref().filter(|cursor| input::uuid(cursor).is_none()) {
        return Err(Failure::validation(format!(
            "query failed validation: query.start_cursor should be a valid uuid or `undefined`, instead was \
             `\"{cursor}\"`."
        )));
    }
    let (shown, next) = list::page(&world.inside(&id), &paging, |inner| (***inner).to_owned())?;
    let reader = call.reader(world);
    Ok(list::envelope("block", shown.into_iter().filter_map(|inner| reader.block(inner)).collect(), next))
}

/// Adds blocks to a page or block: at its end unless a position is named.
pub(crate) fn append(call: &Call<'_>, world: &mut World) -> Result<Value, Failure> {
    call.holder.require(Capability::InsertContent)?;
    let body = call.input();
    let position = Position::read(call, &body)?;
    body.member("children").array()?;
    let drafts = read_children(&body)?;
    let id = seen(call, world)?;
    let (parent, content) = match (world.pages.get(&id), world.blocks.get(&id)) {
        (Some(page), _) if page.trashed => return Err(Failure::in_trash()),
        (None, Some(block)) if block.trashed => return Err(Failure::in_trash()),
        (Some(page), _) => (Parent::Page(id), &page.content),
        (None, Some(block)) => {
            for draft in &drafts {
                block.body.admit(&draft.body)?;
            }
            (Parent::Block(id), &block.content)
        }
        (None, None) => return Err(call.not_found("block", &id)),
    };
    let at = match position {
        Position::Start => 0,
        Position::End => place(content, None)?,
        Position::After(after) => place(content, Some(&after))?,
    };
    let made = insert(&mut Transaction::new(world, &call.holder.bot, call.now), &parent, at, drafts);
    let reader = call.reader(world);
    Ok(list::envelope("block", made.iter().filter_map(|id| reader.block(id)).collect(), None))
}

/// Where new blocks go.
enum Position {
    Start,
    End,
    After(Id),
}

impl Position {
    /// Reads `position`, or `after` where the version has it.
    fn read(call: &Call<'_>, body: &Input<'_>) -> Result<Self, Failure> {
        if !call.version.has_after() {
            body.forbid("after")?;
        }
        if let Some(after) = body.member("after").present() {
            return Ok(Self::After(after.uuid()?));
        }
        let Some(position) = body.member("position").present() else { return Ok(Self::End) };
        match position.member("type").one_of(&["after_block", "start", "end"])? {
            "start" => Ok(Self::Start),
            "end" => Ok(Self::End),
            _ => Ok(Self::After(position.member("after_block").member("id").uuid()?)),
        }
    }
}

/// Changes what a block holds, or puts it into the trash or takes it back.
pub(crate) fn update(call: &Call<'_>, world: &mut World) -> Result<Value, Failure> {
    call.holder.require(Capability::UpdateContent)?;
    let body = call.input();
    let members = body.object()?;
    let trashed = trash_flag(call, &body)?;
    let id = seen(call, world)?;
    let Some(block) = world.blocks.get(&id) else {
        let trashed = trashed.ok_or_else(|| {
            Failure::validation("Pages and databases are changed by their own endpoints, not as blocks.")
        })?;
        set_trashed(call, world, &id, trashed);
        return show(call, world, &id);
    };
    if block.trashed && trashed != Some(false) {
        return Err(Failure::in_trash());
    }
    let kind = block.body.kind;
    let rewrites = members.contains_key(kind.name);
    if !kind.is_writable && (rewrites || trashed.is_none()) {
        return Err(Failure::validation(format!("Block type {} is not supported via the API.", kind.name)));
    }
    if !rewrites && trashed.is_none() {
        return Err(Failure::validation(format!("Expected block type {} in request body", kind.name)));
    }
    let changed = if rewrites { Some(read_change(&block.body, &body)?) } else { None };
    if let (Some(changed), Some(outer)) = (&changed, block.parent.id().and_then(|id| world.blocks.get(id))) {
        outer.body.admit(changed)?;
    }
    set_trashed(call, world, &id, trashed.unwrap_or_default());
    if let (Some(block), Some(changed)) = (world.blocks.get_mut(&id), changed) {
        block.body = changed;
    }
    show(call, world, &id)
}

/// Puts a block, page or database into the trash.
pub(crate) fn delete(call: &Call<'_>, world: &mut World) -> Result<Value, Failure> {
    call.holder.require(Capability::UpdateContent)?;
    let id = seen(call, world)?;
    set_trashed(call, world, &id, true);
    show(call, world, &id)
}

fn set_trashed(call: &Call<'_>, world: &mut World, id: &Id, trashed: bool) {
    if let Some(page) = world.pages.get_mut(id) {
        page.trashed = trashed;
        page.stamps.touch(&call.holder.bot, call.now);
    } else if world.databases.contains_key(id) {
        trash_database(world, id, trashed);
    } else {
        restore_or_trash(&mut Transaction::new(world, &call.holder.bot, call.now), id, trashed);
    }
}
