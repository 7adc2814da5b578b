//! Blocks where they are: in a page or in one another.

use crate::id::Id;
use crate::notion::block::body::{Body, Draft};
use crate::notion::failure::Failure;
use crate::notion::transaction::Transaction;
use crate::notion::world::{Parent, Stamps, World};

/// A block.
#[derive(Clone, Debug)]
pub(crate) struct Block {
    pub(crate) id: Id,
    pub(crate) parent: Parent,
    pub(crate) body: Body,
    /// The ids of the blocks in it, in order, those in the trash too.
    pub(crate) content: Vec<Id>,
    pub(crate) stamps: Stamps,
    pub(crate) trashed: bool,
}

/// Where new blocks go among those that are there.
pub(crate) fn place(content: &[Id], after: Option<&Id>) -> Result<usize, Failure> {
    let Some(after) = after else { return Ok(content.len()) };
    let found = content.iter().position(|id| id == after);
    found.map(|at| at + 1).ok_or_else(|| {
        Failure::validation(format!("The block {after} to append after is not directly in this one."))
    })
}

/// Puts new blocks into a page or block, before the one at this position, and gives their ids.
pub(crate) fn insert(
    edit: &mut Transaction<'_>,
    parent: &Parent,
    position: usize,
    drafts: Vec<Draft>,
) -> Vec<Id> {
    let mut made = Vec::with_capacity(drafts.len());
    for draft in drafts {
        let id = edit.world.random.uuid();
        let block = Block {
            id: id.clone(),
            parent: parent.clone(),
            body: draft.body,
            content: Vec::new(),
            stamps: edit.stamps(),
            trashed: false,
        };
        edit.world.blocks.insert(id.clone(), block);
        insert(edit, &Parent::Block(id.clone()), 0, draft.children);
        made.push(id);
    }
    if let Some(content) = parent.id().and_then(|parent| edit.content(parent)) {
        let position = position.min(content.len());
        content.splice(position..position, made.iter().cloned());
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

/// Puts a block into the trash or takes it back to where it was.
pub(crate) fn restore_or_trash(edit: &mut Transaction<'_>, block: &Id, trashed: bool) {
    if let Some(block) = edit.world.blocks.get_mut(block) {
        block.trashed = trashed;
        block.stamps.touch(&edit.by, edit.now);
    }
}

impl World {
    /// What is directly in a page or block, in order and without what is in the trash.
    pub(crate) fn inside(&self, id: &str) -> Vec<&Id> {
        let block = self.blocks.get(id).map(|block| &block.content);
        let content = block.or_else(|| self.pages.get(id).map(|page| &page.content));
        content.into_iter().flatten().filter(|inner| !self.is_trashed(inner)).collect()
    }

    fn is_trashed(&self, id: &Id) -> bool {
        let page = || self.pages.get(id).map(|page| page.trashed);
        let database = || self.databases.get(id).map(|database| database.trashed);
        let block = self.blocks.get(id).map(|block| block.trashed);
        // What was deleted for good is nowhere.
        block.or_else(page).or_else(database).unwrap_or(true)
    }
}
