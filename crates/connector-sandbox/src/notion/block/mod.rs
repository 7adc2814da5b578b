//! Blocks: what is in a page.

mod body;
mod kind;
mod language;
mod part;
mod show;
mod tree;

pub(crate) use body::{Draft, read_change, read_children, read_children_as_person};
pub(crate) use tree::{Block, erase, insert, place, restore_or_trash};
