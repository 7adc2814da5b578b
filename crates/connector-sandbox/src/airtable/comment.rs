//! Comments of records.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::airtable::call::Call;
use crate::airtable::failure::Failure;
use crate::airtable::request;
use crate::airtable::time_format::iso;
use crate::airtable::world::{Base, Person, World};
use crate::id::Id;
use crate::settings::Permission;

/// A comment.
#[derive(Clone, Debug)]
pub(crate) struct Comment {
    id: Id,
    author: Id,
    text: String,
    parent: Option<Id>,
    created: DateTime<Utc>,
    updated: Option<DateTime<Utc>>,
}

impl Comment {
    fn json(&self, base: &Base) -> Value {
        let mut comment = json!({
            "id": &*self.id,
            "author": base.person(&self.author).map(Person::json),
            "text": self.text,
            "createdTime": iso(self.created),
            "lastUpdatedTime": self.updated.map(iso),
            "mentioned": self.mentioned(base),
        });
        if let (Some(parent), Some(object)) = (&self.parent, comment.as_object_mut()) {
            object.insert("parentCommentId".to_owned(), json!(&**parent));
        }
        comment
    }

    /// The people that the text names as `@[usr...]`, by id.
    fn mentioned(&self, base: &Base) -> Value {
        let ids = self.text.split("@[").skip(1).filter_map(|rest| rest.split_once(']').map(|(id, _)| id));
        let people = ids.filter_map(|id| base.person(id)).map(|person| {
            let shown =
                json!({"type": "user", "id": &*person.id, "displayName": person.name, "email": person.email});
            ((*person.id).to_owned(), shown)
        });
        Value::Object(people.collect())
    }
}

pub(crate) fn list(call: &Call<'_>, world: &World) -> Result<Value, Failure> {
    let base = world.base(&call.route.base).ok_or_else(Failure::nowhere)?;
    call.holder.require("data.recordComments:read", &base.id)?;
    let row = call.table(base)?.rows.get(&*call.route.record).ok_or_else(Failure::model_not_found)?;
    let comments: Vec<Value> = row.comments.iter().rev().map(|comment| comment.json(base)).collect();
    Ok(json!({"comments": comments, "offset": null}))
}

pub(crate) fn create(call: &Call<'_>, world: &mut World) -> Result<Value, Failure> {
    let (base, random) = world.base_mut(&call.route.base).ok_or_else(Failure::nowhere)?;
    check(call, base)?;
    let body = request::body(call.request)?;
    let text = request::text(&body, "text")?.ok_or_else(Failure::invalid_request)?;
    let parent = request::text(&body, "parentCommentId")?.map(Id::from);
    let comment = Comment {
        id: random.id("com"),
        author: call.holder.user.clone(),
        text: text.to_owned(),
        parent,
        created: call.now,
        updated: None,
    };
    comments(call, base)?.push(comment.clone());
    Ok(comment.json(base))
}

pub(crate) fn update(call: &Call<'_>, world: &mut World) -> Result<Value, Failure> {
    let (base, _) = world.base_mut(&call.route.base).ok_or_else(Failure::nowhere)?;
    check(call, base)?;
    let body = request::body(call.request)?;
    let text = request::text(&body, "text")?.ok_or_else(Failure::invalid_request)?;
    let found = comments(call, base)?.iter_mut().find(|comment| *comment.id == *call.route.comment);
    let comment = found.ok_or_else(Failure::model_not_found)?;
    text.clone_into(&mut comment.text);
    comment.updated = Some(call.now);
    let comment = comment.clone();
    Ok(comment.json(base))
}

pub(crate) fn delete(call: &Call<'_>, world: &mut World) -> Result<Value, Failure> {
    let (base, _) = world.base_mut(&call.route.base).ok_or_else(Failure::nowhere)?;
    check(call, base)?;
    let comments = comments(call, base)?;
    let position = comments.iter().position(|comment| *comment.id == *call.route.comment);
    let comment = comments.remove(position.ok_or_else(Failure::model_not_found)?);
    Ok(json!({"id": &*comment.id, "deleted": true}))
}

fn check(call: &Call<'_>, base: &Base) -> Result<(), Failure> {
    call.holder.require("data.recordComments:write", &base.id)?;
    call.holder.require_role(Permission::Comment, "perform this operation")
}

fn comments<'b>(call: &Call<'_>, base: &'b mut Base) -> Result<&'b mut Vec<Comment>, Failure> {
    let table = base.table_mut(&call.route.table).ok_or_else(Failure::model_not_found)?;
    let row = table.rows.get_mut(&*call.route.record).ok_or_else(Failure::model_not_found)?;
    Ok(&mut row.comments)
}
