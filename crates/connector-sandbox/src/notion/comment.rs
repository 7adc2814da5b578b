//! Comments on pages and blocks.

use serde_json::{Value, json};

use crate::id::Id;
use crate::notion::auth::Capability;
use crate::notion::call::Call;
use crate::notion::failure::Failure;
use crate::notion::input::{self, Input};
use crate::notion::list::{self, Paging};
use crate::notion::read::{Reader, stamp};
use crate::notion::rich_text::{self, Run};
use crate::notion::world::{Parent, Stamps, World};

/// A comment.
#[derive(Clone, Debug)]
pub(crate) struct Comment {
    pub(crate) id: Id,
    pub(crate) parent: Parent,
    pub(crate) discussion: Id,
    pub(crate) text: Vec<Run>,
    pub(crate) stamps: Stamps,
}

/// The comments on the page or block that the query names.
pub(crate) fn list(call: &Call<'_>, world: &World) -> Result<Value, Failure> {
    call.holder.require(Capability::ReadComments)?;
    let wanted = call.query.get("block_id").ok_or_else(|| {
        Failure::validation(
            "query failed validation: query.block_id should be defined, instead was `undefined`.",
        )
    })?;
    let id = input::uuid(wanted).filter(|id| call.holder.sees(world, id));
    let id = id.ok_or_else(|| call.not_found("block", wanted))?;
    let on_it = |comment: &&Comment| comment.parent.id() == Some(&id);
    let comments: Vec<&Comment> = world.comments.iter().filter(on_it).collect();
    let (comments, next) =
        list::page(&comments, &Paging::of_query(&call.query)?, |one| (*one.id).to_owned())?;
    let reader = call.reader(world);
    Ok(list::envelope(
        "comment",
        comments.iter().map(|one| reader.comment(one, &call.holder.name)).collect(),
        next,
    ))
}

/// A new comment on a page, or in a discussion.
pub(crate) fn create(call: &Call<'_>, world: &mut World) -> Result<Value, Failure> {
    call.holder.require(Capability::InsertComments)?;
    let body = call.input();
    let text = words(&body)?;
    let (parent, discussion) = if let Some(discussion) = body.member("discussion_id").present() {
        let id = discussion.uuid()?;
        let known = world.comments.iter().find(|comment| comment.discussion == id);
        (known.ok_or_else(|| call.not_found("discussion", &id))?.parent.clone(), id)
    } else {
        (parent(call, world, &body.member("parent"))?, world.random.uuid())
    };
    let id = world.random.uuid();
    let stamps = Stamps::new(&call.holder.bot, call.now);
    let comment = Comment { id, parent, discussion, text, stamps };
    let shown = call.reader(world).comment(&comment, &call.holder.name);
    world.comments.push(comment);
    Ok(shown)
}

/// The text of a request: rich text, or Markdown, whose signs stay.
fn words(body: &Input<'_>) -> Result<Vec<Run>, Failure> {
    match body.member("markdown").present() {
        Some(markdown) => Ok(vec![Run::plain(markdown.text_up_to(2000)?)]),
        None => rich_text::runs(&body.member("rich_text")),
    }
}

/// The page or block that a new discussion is about.
fn parent(call: &Call<'_>, world: &World, input: &Input<'_>) -> Result<Parent, Failure> {
    let members = input.object()?;
    if members.contains_key("page_id") {
        let page = call.page(world, &input.member("page_id").uuid()?)?;
        return Ok(Parent::Page(page.id.clone()));
    }
    if members.contains_key("block_id") {
        let id = input.member("block_id").uuid()?;
        let block = world.blocks.get(&id).filter(|block| call.holder.sees(world, &block.id));
        return Ok(Parent::Block(block.ok_or_else(|| call.not_found("block", &id))?.id.clone()));
    }
    Err(input.one_of_members(["page_id", "block_id"].into_iter()))
}

/// A comment by its id.
pub(crate) fn get(call: &Call<'_>, world: &World) -> Result<Value, Failure> {
    call.holder.require(Capability::ReadComments)?;
    let comment = world.comments.get(position(call, world)?).ok_or_else(Failure::nowhere)?;
    Ok(call.reader(world).comment(comment, &call.holder.name))
}

/// Gives a comment another text.
pub(crate) fn update(call: &Call<'_>, world: &mut World) -> Result<Value, Failure> {
    call.holder.require(Capability::InsertComments)?;
    let text = words(&call.input())?;
    let position = position(call, world)?;
    if let Some(comment) = world.comments.get_mut(position) {
        comment.text = text;
        comment.stamps.touch(&call.holder.bot, call.now);
    }
    get(call, world)
}

/// Deletes a comment, and shows what it was.
pub(crate) fn delete(call: &Call<'_>, world: &mut World) -> Result<Value, Failure> {
    call.holder.require(Capability::InsertComments)?;
    let comment = world.comments.remove(position(call, world)?);
    Ok(call.reader(world).comment(&comment, &call.holder.name))
}

/// Where the path's comment is among all, if the connection sees what it is about.
fn position(call: &Call<'_>, world: &World) -> Result<usize, Failure> {
    let id = call.id()?;
    let seen = |comment: &Comment| comment.parent.id().is_some_and(|about| call.holder.sees(world, about));
    let found = world.comments.iter().position(|comment| comment.id == id && seen(comment));
    found.ok_or_else(|| call.not_found("comment", &id))
}

impl Reader<'_> {
    fn comment(&self, comment: &Comment, connection: &str) -> Value {
        let mut object = self.object("comment", &comment.id, false);
        object.remove("in_trash");
        object.remove("archived");
        stamp(&mut object, &comment.stamps);
        object.remove("last_edited_by");
        object.insert("parent".to_owned(), self.parent(&comment.parent));
        object.insert("discussion_id".to_owned(), json!(&*comment.discussion));
        object.insert("rich_text".to_owned(), Value::Array(self.rich_text(&comment.text)));
        let name = json!({"type": "integration", "resolved_name": connection});
        object.insert("display_name".to_owned(), name);
        Value::Object(object)
    }
}
