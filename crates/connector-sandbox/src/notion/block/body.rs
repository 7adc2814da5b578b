//! Blocks of requests: read, checked and refused, before anything changes.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::notion::block::kind::{Form, Inside, Kind};
use crate::notion::block::part::{Part, keys};
use crate::notion::failure::Failure;
use crate::notion::input::Input;

/// The most blocks of one array.
const MAX_CHILDREN: usize = 100;
/// The most blocks of one request.
const MAX_BLOCKS: usize = 1000;
/// How many arrays of children may be inside one another, below that of the request itself.
const MAX_DEPTH: usize = 2;

/// What a block holds.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Body {
    pub(crate) kind: &'static Kind,
    pub(crate) parts: BTreeMap<&'static str, Part>,
}

/// A block to be made, with what is inside it.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    pub(crate) body: Body,
    pub(crate) children: Vec<Draft>,
}

/// The blocks that a request wants in a page or block.
pub(crate) fn read_children(body: &Input<'_>) -> Result<Vec<Draft>, Failure> {
    Drafts { made: 0, all_kinds: false }.read(body)
}

/// The same for a person, who makes blocks that the API only shows.
pub(crate) fn read_children_as_person(body: &Input<'_>) -> Result<Vec<Draft>, Failure> {
    Drafts { made: 0, all_kinds: true }.read(body)
}

/// Reads the blocks of one request.
struct Drafts {
    made: usize,
    /// Also the types that the API only shows.
    all_kinds: bool,
}

impl Drafts {
    fn read(mut self, body: &Input<'_>) -> Result<Vec<Draft>, Failure> {
        let Some(children) = body.member("children").given() else { return Ok(Vec::new()) };
        let drafts = self.children(&children, 0)?;
        if self.made > MAX_BLOCKS {
            return Err(children.too_many(self.made, MAX_BLOCKS, "blocks in all"));
        }
        Ok(drafts)
    }

    fn children(&mut self, input: &Input<'_>, depth: usize) -> Result<Vec<Draft>, Failure> {
        let items = input.array_up_to(MAX_CHILDREN)?;
        items.iter().map(|item| self.draft(item, depth)).collect()
    }

    fn draft(&mut self, input: &Input<'_>, depth: usize) -> Result<Draft, Failure> {
        self.made += 1;
        let kind = self.kind(input)?;
        input.only(&["object", "type", kind.name])?;
        let payload = input.member(kind.name);
        payload.object()?;
        let mut known: Vec<&str> = vec!["children"];
        let mut parts = BTreeMap::new();
        for member in kind.members {
            known.extend(keys(member.name, member.form));
            match Part::read(&payload, member.name, member.form)? {
                Some(part) => drop(parts.insert(member.name, part)),
                None if member.is_required => return Err(payload.member(member.name).expected("defined")),
                None => {}
            }
        }
        payload.only(&known)?;
        let body = Body { kind, parts };
        let children = self.inner(&body, &payload, depth)?;
        Ok(Draft { body, children })
    }

    /// What is inside a new block.
    fn inner(&mut self, body: &Body, payload: &Input<'_>, depth: usize) -> Result<Vec<Draft>, Failure> {
        let input = payload.member("children");
        let least = match body.kind.inside {
            Inside::Only(_, least) => least,
            _ => 0,
        };
        let Some(input) = input.clone().present() else {
            return if least > 0 { Err(input.expected("defined")) } else { Ok(Vec::new()) };
        };
        if depth >= MAX_DEPTH || body.kind.inside == Inside::Nothing {
            return Err(input.expected("not present"));
        }
        // Columns come with what is in them, one level deeper than other blocks.
        let inner = if body.kind.name == "column_list" { depth } else { depth + 1 };
        let children = self.children(&input, inner)?;
        input.at_least(children.len(), least)?;
        for child in &children {
            body.admit(&child.body)?;
        }
        Ok(children)
    }

    /// The type that a block names or shows by its key.
    fn kind(&self, input: &Input<'_>) -> Result<&'static Kind, Failure> {
        let object = input.object()?;
        if let Some(object) = input.member("object").present() {
            object.one_of(&["block"])?;
        }
        let named = match input.member("type").present() {
            Some(said) => Some(said.text()?),
            None => object.keys().map(String::as_str).find(|key| Kind::named(key).is_some()),
        };
        let kind = named.and_then(Kind::named).filter(|kind| kind.is_writable || self.all_kinds);
        kind.ok_or_else(|| input.one_of_members(Kind::writable().map(|kind| kind.name)))
    }
}

/// What a change of a block gives: members that replace those of the same name.
pub(crate) fn read_change(body: &Body, input: &Input<'_>) -> Result<Body, Failure> {
    let kind = body.kind;
    input.only(&["object", "type", "in_trash", "archived", kind.name])?;
    let payload = input.member(kind.name);
    payload.object()?;
    let mut changed = body.clone();
    let mut known = Vec::new();
    for member in kind.members.iter().filter(|member| member.form != Form::Width) {
        known.extend(keys(member.name, member.form));
        if let Some(part) = Part::read(&payload, member.name, member.form)? {
            changed.parts.insert(member.name, part);
        }
    }
    payload.only(&known)?;
    Ok(changed)
}

impl Body {
    /// Refuses a block that cannot be inside this one.
    pub(crate) fn admit(&self, child: &Self) -> Result<(), Failure> {
        let kind = self.kind.name;
        match self.kind.inside {
            Inside::Blocks => {}
            Inside::BlocksIfFolding if self.flag("is_toggleable") => {}
            Inside::Only(wanted, _) if wanted == child.kind.name => {}
            Inside::Only(wanted, _) => {
                return Err(Failure::validation(format!("A {kind} holds only blocks of type {wanted}.")));
            }
            Inside::Nothing | Inside::BlocksIfFolding => {
                return Err(Failure::validation("Block does not support children."));
            }
        }
        if let (Some(width), Some(Part::Cells(cells))) = (self.width(), child.parts.get("cells"))
            && cells.len() != width
        {
            let words = format!("A row of this table has {width} cells, instead it had {}.", cells.len());
            return Err(Failure::validation(words));
        }
        Ok(())
    }

    fn flag(&self, name: &str) -> bool {
        matches!(self.parts.get(name), Some(Part::Plain(Value::Bool(true))))
    }

    fn width(&self) -> Option<usize> {
        match self.parts.get("table_width") {
            Some(Part::Plain(width)) => width.as_u64().and_then(|width| usize::try_from(width).ok()),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(children: &Value) -> Result<usize, String> {
        let body = json!({"children": children});
        read_children(&Input::body(&body)).map(|drafts| drafts.len()).map_err(|refused| refused.words())
    }

    fn toggle(children: &Value) -> Value {
        json!([{"toggle": {"rich_text": [], "children": children}}])
    }

    #[test]
    fn two_levels_may_be_inside_one_another_and_no_third() {
        let paragraph = json!([{"paragraph": {"rich_text": []}}]);
        assert_eq!(read(&toggle(&toggle(&paragraph))), Ok(1));
        let words = read(&toggle(&toggle(&toggle(&paragraph)))).unwrap_err();
        let path = "body.children[0].toggle.children[0].toggle.children[0].toggle.children";
        assert!(
            words.starts_with(&format!("body failed validation: {path} should be not present")),
            "{words}"
        );
    }

    #[test]
    fn a_hundred_blocks_in_an_array_and_a_thousand_in_all() {
        let many = |count: usize| json!(vec![json!({"divider": {}}); count]);
        assert_eq!(read(&many(100)), Ok(100));
        assert_eq!(
            read(&many(101)).unwrap_err(),
            "body failed validation: body.children.length should be ≤ `100`, instead was `101`."
        );
        let full = json!({"toggle": {"rich_text": [], "children": many(99)}});
        assert_eq!(read(&json!(vec![full.clone(); 10])), Ok(10));
        assert_eq!(
            read(&json!(vec![full; 11])).unwrap_err(),
            "body failed validation: body.children should have ≤ `1000` blocks in all, instead had `1100`."
        );
    }

    #[test]
    fn blocks_that_are_not_in_order_are_refused_by_their_path() {
        for (block, words) in [
            (json!({"paragraph": {}}), "body.children[0].paragraph.rich_text should be defined"),
            (json!({"type": "to_do", "paragraph": {}}), "body.children[0].paragraph should be not present"),
            (json!({"paragraph": {"rich_text": []}, "id": "x"}), "body.children[0].id should be not present"),
            (json!({"divider": {"color": "red"}}), "body.children[0].divider.color should be not present"),
            (json!({"child_page": {"title": "x"}}), "body.children[0].paragraph should be defined"),
            (json!({}), "Fix one:\nbody.children[0].paragraph should be defined, instead was `undefined`."),
            (json!({"table": {"table_width": 2}}), "body.children[0].table.children should be defined"),
            (
                json!({"table": {"table_width": 2, "children": [{"table_row": {"cells": [[]]}}]}}),
                "A row of this table has 2 cells, instead it had 1.",
            ),
            (
                json!({"column_list": {"children": [{"column": {}}]}}),
                "body.children[0].column_list.children.length should be ≥ `2`, instead was `1`.",
            ),
            (
                json!({"heading_1": {"rich_text": [], "children": [{"divider": {}}]}}),
                "Block does not support children.",
            ),
        ] {
            let refused = read(&json!([block])).unwrap_err();
            assert!(refused.contains(words), "{refused}");
        }
    }
}
