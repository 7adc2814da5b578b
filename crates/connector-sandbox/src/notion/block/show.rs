//! Blocks as answers show them.

use serde_json::{Map, Value, json};

use crate::id::Id;
use crate::notion::block::body::Body;
use crate::notion::block::kind::Form;
use crate::notion::block::part::Part;
use crate::notion::block::tree::Block;
use crate::notion::read::{Reader, stamp};
use crate::notion::rich_text::Run;
use crate::notion::world::{Parent, Stamps};

impl Reader<'_> {
    /// A block, or a page or database in the form of one; `None` if there is no such thing.
    pub(crate) fn block(&self, id: &Id) -> Option<Value> {
        if let Some(block) = self.world.blocks.get(id) {
            return Some(self.own_block(block));
        }
        if let Some(page) = self.world.pages.get(id) {
            return Some(self.as_block(id, "child_page", &page.parent, &page.stamps, page.trashed));
        }
        let database = self.world.databases.get(id)?;
        Some(self.as_block(id, "child_database", &database.parent, &database.stamps, database.trashed))
    }

    fn own_block(&self, block: &Block) -> Value {
        let kind = self.version.block_type(block.body.kind.name);
        let mut object = self.frame(&block.id, kind, &block.parent, &block.stamps, block.trashed);
        object.insert(kind.to_owned(), self.payload(&block.body));
        Value::Object(object)
    }

    fn as_block(&self, id: &Id, kind: &str, parent: &Parent, stamps: &Stamps, trashed: bool) -> Value {
        let mut object = self.frame(id, kind, parent, stamps, trashed);
        object.insert(kind.to_owned(), json!({"title": self.world.name(id)}));
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
        object.insert("has_children".to_owned(), json!(!self.world.inside(id).is_empty()));
        object.insert("type".to_owned(), json!(kind));
        object
    }

    fn payload(&self, body: &Body) -> Value {
        let mut payload = Map::new();
        for member in body.kind.members {
            match body.parts.get(member.name) {
                Some(Part::Spread(Value::Object(members))) => payload.extend(members.clone()),
                Some(part) => drop(payload.insert(member.name.to_owned(), self.part(part))),
                None if member.form == Form::Name => {
                    payload.insert(member.name.to_owned(), json!(file_name(body)));
                }
                None => {
                    let absent = Part::absent(member.form);
                    payload.extend(absent.map(|value| (member.name.to_owned(), value)));
                }
            }
        }
        Value::Object(payload)
    }

    fn part(&self, part: &Part) -> Value {
        match part {
            Part::Text(runs) => Value::Array(self.rich_text(runs)),
            Part::Cells(cells) => {
                cells.iter().map(|runs: &Vec<Run>| Value::Array(self.rich_text(runs))).collect()
            }
            Part::Plain(value) | Part::Spread(value) => value.clone(),
        }
    }
}

/// The name of a file that was given none: the last part of its address.
fn file_name(body: &Body) -> String {
    let url = match body.parts.get("external") {
        Some(Part::Spread(file)) => file.pointer("/external/url").and_then(Value::as_str),
        _ => None,
    };
    let path = url.unwrap_or_default().split(['?', '#']).next().unwrap_or_default();
    path.rsplit('/').next().unwrap_or_default().to_owned()
}
