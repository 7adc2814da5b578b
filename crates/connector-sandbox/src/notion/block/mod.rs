//! Blocks: what is in a page.

use serde_json::{Map, Value, json};

use crate::id::Id;
use crate::notion::auth::Capability;
use crate::notion::call::Call;
use crate::notion::databases::trash_database;
use crate::notion::failure::Failure;
use crate::notion::input::Input;
use crate::notion::list::{self, Paging};
use crate::notion::read::{Reader, stamp};
use crate::notion::rich_text::{self, Run};
use crate::notion::transaction::Transaction;
use crate::notion::world::{Parent, Stamps, World};

/// The most blocks of one array.
const MAX_CHILDREN: usize = 100;

/// A block.
#[derive(Clone, Debug)]
pub(crate) struct Block {
    pub(crate) id: Id,
    pub(crate) parent: Parent,
    pub(crate) body: Body,
    /// The ids of the blocks in it, in order.
    pub(crate) content: Vec<Id>,
    pub(crate) stamps: Stamps,
    pub(crate) trashed: bool,
}

/// What a block holds.
#[derive(Clone, Debug)]
pub(crate) struct Body {
    /// The type as the API spells it.
    kind: String,
    text: Vec<Run>,
}

/// The blocks that a request wants in a new page.
pub(crate) fn read_children(_call: &Call<'_>, body: &Input<'_>) -> Result<Vec<Body>, Failure> {
    let Some(children) = body.member("children").given() else { return Ok(Vec::new()) };
    children.array_up_to(MAX_CHILDREN)?.iter().map(Body::read).collect()
}

impl Body {
    fn read(input: &Input<'_>) -> Result<Self, Failure> {
        let object = input.object()?;
        let kind = object.keys().find(|key| !matches!(key.as_str(), "object" | "type"));
        let kind = kind.ok_or_else(|| input.member("type").expected("defined"))?;
        let text = rich_text::runs(&input.member(kind).member("rich_text"))?;
        Ok(Self { kind: kind.clone(), text })
    }
}

/// Puts new blocks at the end of a page.
pub(crate) fn insert(edit: &mut Transaction<'_>, parent: &Parent, bodies: Vec<Body>) -> Vec<Id> {
    let mut made = Vec::new();
    for body in bodies {
        let id = edit.world.random.uuid();
        let stamps = edit.stamps();
        let block = Block {
            id: id.clone(),
            parent: parent.clone(),
            body,
            content: Vec::new(),
            stamps,
            trashed: false,
        };
        edit.world.blocks.insert(id.clone(), block);
        made.push(id);
    }
    if let Some(content) = parent.id().and_then(|parent| edit.content(parent)) {
        content.extend(made.iter().cloned());
    }
    made
}

/// Empties a page of its blocks; pages and databases in it stay.
pub(crate) fn erase(edit: &mut Transaction<'_>, page: &Id) {
    let Some(page) = edit.world.pages.get_mut(page) else { return };
    for id in page.content.clone() {
        if let Some(block) = edit.world.blocks.get_mut(&id) {
            block.trashed = true;
        }
    }
    let blocks = &edit.world.blocks;
    page.content.retain(|id| !blocks.contains_key(id));
}

/// A page or block that the connection sees, as a parent.
fn parent(call: &Call<'_>, world: &World, id: &Id) -> Result<Parent, Failure> {
    if !call.holder.sees(world, id) {
        return Err(call.not_found("block", id));
    }
    match (world.pages.get(id), world.blocks.get(id)) {
        (Some(page), _) if page.trashed => Err(Failure::in_trash()),
        (Some(page), _) => Ok(Parent::Page(page.id.clone())),
        (None, Some(block)) if block.trashed => Err(Failure::in_trash()),
        (None, Some(block)) => Ok(Parent::Block(block.id.clone())),
        (None, None) => Err(call.not_found("block", id)),
    }
}

/// What is directly in a page or block.
pub(crate) fn list_children(call: &Call<'_>, world: &World) -> Result<Value, Failure> {
    call.holder.require(Capability::ReadContent)?;
    let content = match parent(call, world, &call.id()?)? {
        Parent::Block(id) => world.blocks.get(&id).map(|block| &block.content),
        other => other.id().and_then(|id| world.pages.get(id)).map(|page| &page.content),
    };
    let shown: Vec<&Block> = content
        .into_iter()
        .flatten()
        .filter_map(|id| world.blocks.get(id))
        .filter(|block| !block.trashed)
        .collect();
    let (shown, next) = list::page(&shown, &Paging::of_query(&call.query)?, |block| (*block.id).to_owned())?;
    let reader = call.reader(world);
    Ok(list::envelope("block", shown.iter().map(|block| reader.block(block)).collect(), next))
}

/// Adds blocks at the end of a page or block.
pub(crate) fn append(call: &Call<'_>, world: &mut World) -> Result<Value, Failure> {
    call.holder.require(Capability::InsertContent)?;
    let parent = parent(call, world, &call.id()?)?;
    let bodies = read_children(call, &call.input())?;
    let mut edit = Transaction::new(world, &call.holder.bot, call.now);
    let made = insert(&mut edit, &parent, bodies);
    let reader = call.reader(world);
    let shown = made.iter().filter_map(|id| world.blocks.get(id)).map(|block| reader.block(block)).collect();
    Ok(list::envelope("block", shown, None))
}

/// Puts a block, page or database into the trash.
pub(crate) fn delete(call: &Call<'_>, world: &mut World) -> Result<Value, Failure> {
    call.holder.require(Capability::UpdateContent)?;
    let id = call.id()?;
    if !call.holder.sees(world, &id) {
        return Err(call.not_found("block", &id));
    }
    if let Some(block) = world.blocks.get_mut(&id) {
        block.trashed = true;
        block.stamps.touch(&call.holder.bot, call.now);
    } else if let Some(page) = world.pages.get_mut(&id) {
        page.trashed = true;
        page.stamps.touch(&call.holder.bot, call.now);
    } else {
        trash_database(world, &id, true);
    }
    get(call, world)
}

/// A block by its id; pages and databases have the form of blocks too.
pub(crate) fn get(call: &Call<'_>, world: &World) -> Result<Value, Failure> {
    call.holder.require(Capability::ReadContent)?;
    let id = call.id()?;
    let reader = call.reader(world);
    if !call.holder.sees(world, &id) {
        return Err(call.not_found("block", &id));
    }
    if let Some(block) = world.blocks.get(&id) {
        return Ok(reader.block(block));
    }
    let (kind, parent, stamps, trashed) = if let Some(page) = world.pages.get(&id) {
        ("child_page", &page.parent, &page.stamps, page.trashed)
    } else if let Some(database) = world.databases.get(&id) {
        ("child_database", &database.parent, &database.stamps, database.trashed)
    } else {
        return Err(call.not_found("block", &id));
    };
    let mut object = reader.frame(&id, kind, parent, stamps, trashed);
    object.insert("has_children".to_owned(), json!(false));
    object.insert(kind.to_owned(), json!({"title": world.name(&id)}));
    Ok(Value::Object(object))
}

impl Reader<'_> {
    fn block(&self, block: &Block) -> Value {
        let kind = &block.body.kind;
        let mut object = self.frame(&block.id, kind, &block.parent, &block.stamps, block.trashed);
        object.insert("has_children".to_owned(), json!(!block.content.is_empty()));
        object
            .insert(kind.clone(), json!({"rich_text": self.rich_text(&block.body.text), "color": "default"}));
        Value::Object(object)
    }

    fn frame(
        &self,
        id: &Id,
        kind: &str,
        parent: &Parent,
        stamps: &Stamps,
        trashed: bool,
    ) -> Map<String, Value> {
        let mut object = self.object("block", id, trashed);
        stamp(&mut object, stamps);
        object.insert("parent".to_owned(), self.parent(parent));
        object.insert("type".to_owned(), json!(kind));
        object
    }
}
