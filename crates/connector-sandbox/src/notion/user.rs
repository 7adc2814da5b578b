//! Users: members, guests, bots and groups.

use serde_json::{Map, Value, json};

use crate::id::Id;
use crate::notion::auth::{Capability, Holder};
use crate::notion::call::Call;
use crate::notion::failure::Failure;
use crate::notion::list::{self, Paging};
use crate::notion::world::{Workspace, World};

/// Somebody or something that acts, or is named in a people property.
#[derive(Clone, Debug)]
pub(crate) struct User {
    pub(crate) id: Id,
    pub(crate) name: String,
    pub(crate) kind: UserKind,
}

/// What a user is.
#[derive(Clone, Debug)]
pub(crate) enum UserKind {
    Person {
        email: String,
    },
    /// A person who is no member; not listed.
    Guest {
        email: String,
    },
    Bot,
    /// Not a user to the API, yet allowed in people properties.
    Group,
}

impl User {
    /// With the name and, if the connection may see it, the address.
    pub(crate) fn json(&self, holder: &Holder, workspace: &Workspace) -> Value {
        let object = if matches!(self.kind, UserKind::Group) { "group" } else { "user" };
        let mut user = Map::new();
        user.insert("object".to_owned(), json!(object));
        user.insert("id".to_owned(), json!(&*self.id));
        if !holder.can(Capability::ReadUsers) {
            return Value::Object(user);
        }
        user.insert("name".to_owned(), json!(self.name));
        match &self.kind {
            UserKind::Group => return Value::Object(user),
            UserKind::Bot => {
                user.insert("type".to_owned(), json!("bot"));
                user.insert("bot".to_owned(), bot(workspace));
            }
            UserKind::Person { email } | UserKind::Guest { email } => {
                let seen = holder.can(Capability::ReadEmails);
                let person = if seen { json!({"email": email, "email_verified": true}) } else { json!({}) };
                user.insert("type".to_owned(), json!("person"));
                user.insert("person".to_owned(), person);
            }
        }
        user.insert("avatar_url".to_owned(), Value::Null);
        Value::Object(user)
    }

    /// Whether a person means this user by a name, an address or an id.
    pub(crate) fn is_called(&self, text: &str) -> bool {
        let address = match &self.kind {
            UserKind::Person { email } | UserKind::Guest { email } => Some(email.as_str()),
            UserKind::Bot | UserKind::Group => None,
        };
        *self.id == *text || self.name == text || address == Some(text)
    }

    fn is_listed(&self) -> bool {
        matches!(self.kind, UserKind::Person { .. } | UserKind::Bot)
    }
}

/// A user by its id alone.
pub(crate) fn partial(id: &Id) -> Value {
    json!({"object": "user", "id": &**id})
}

fn bot(workspace: &Workspace) -> Value {
    json!({
        "owner": {"type": "workspace", "workspace": true},
        "workspace_name": workspace.name,
        "workspace_id": &*workspace.id,
        "workspace_limits": {"max_file_upload_size_in_bytes": 5_242_880},
    })
}

/// The connection's own bot: what a token is tested with.
pub(crate) fn me(call: &Call<'_>, world: &World) -> Value {
    let holder = &call.holder;
    json!({
        "object": "user",
        "id": &*holder.bot,
        "name": holder.name,
        "avatar_url": null,
        "type": "bot",
        "bot": bot(holder.workspace.as_ref().unwrap_or(&world.workspace)),
    })
}

/// Members and bots.
pub(crate) fn list(call: &Call<'_>, world: &World) -> Result<Value, Failure> {
    call.holder.require(Capability::ReadUsers)?;
    let listed = |user: &&User| call.holder.workspace.is_none() && user.is_listed();
    let users: Vec<&User> = world.users.iter().filter(listed).collect();
    let (users, next) = list::page(&users, &Paging::of_query(&call.query)?, |user| (*user.id).to_owned())?;
    let users = users.iter().map(|user| user.json(&call.holder, &world.workspace)).collect();
    Ok(list::envelope("user", users, next))
}

/// One user; guests too.
pub(crate) fn get(call: &Call<'_>, world: &World) -> Result<Value, Failure> {
    call.holder.require(Capability::ReadUsers)?;
    let id = call.id()?;
    let found = world.user(&id).filter(|user| !matches!(user.kind, UserKind::Group));
    let user = found.filter(|_| call.holder.workspace.is_none());
    let user = user.ok_or_else(|| Failure::not_found("user", &id, &call.holder.name))?;
    Ok(user.json(&call.holder, &world.workspace))
}
