//! Tokens: which connection asks, what it may do, and what it sees.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::id::Id;
use crate::notion::failure::Failure;
use crate::notion::world::{Workspace, World};

/// What a connection may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Capability {
    /// May read pages, databases and blocks.
    ReadContent,
    /// May change what exists.
    UpdateContent,
    /// May create pages, databases and blocks.
    InsertContent,
    /// May read comments.
    ReadComments,
    /// May write comments.
    InsertComments,
    /// May see users' names.
    ReadUsers,
    /// May see users' addresses.
    ReadEmails,
}

impl Capability {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::ReadContent,
        Self::UpdateContent,
        Self::InsertContent,
        Self::ReadComments,
        Self::InsertComments,
        Self::ReadUsers,
        Self::ReadEmails,
    ];
}

/// What a Notion token may do. The default is everything, on all that people shared with the connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NotionGrant {
    /// The connection's capabilities.
    pub capabilities: Vec<Capability>,
    /// Only what is inside these pages and databases; absent: everything shared.
    pub roots: Option<Vec<String>>,
    /// The name of another workspace that the token belongs to: it sees nothing of ours.
    pub workspace: Option<String>,
}

impl Default for NotionGrant {
    fn default() -> Self {
        Self { capabilities: Capability::ALL.to_vec(), roots: None, workspace: None }
    }
}

impl NotionGrant {
    /// A token with exactly these capabilities.
    #[must_use]
    pub fn capabilities(capabilities: &[Capability]) -> Self {
        Self { capabilities: capabilities.to_vec(), ..Self::default() }
    }

    /// A token that may read content and users, and write nothing.
    #[must_use]
    pub fn read_only() -> Self {
        Self::capabilities(&[Capability::ReadContent, Capability::ReadUsers, Capability::ReadEmails])
    }

    /// A token of another workspace.
    #[must_use]
    pub fn of_workspace(name: &str) -> Self {
        Self { workspace: Some(name.to_owned()), ..Self::default() }
    }
}

/// The tokens that were issued.
#[derive(Debug, Default)]
pub(crate) struct Tokens(HashMap<String, Holder>);

/// A token's connection.
#[derive(Clone, Debug)]
pub(crate) struct Holder {
    pub(crate) token: String,
    /// The bot's user id.
    pub(crate) bot: Id,
    /// The connection's name.
    pub(crate) name: String,
    pub(crate) grant: NotionGrant,
    /// The workspace, if it is not ours.
    pub(crate) workspace: Option<Workspace>,
    /// A person in the app, who sees what is not shared with connections too.
    pub(crate) is_person: bool,
}

impl Tokens {
    pub(crate) fn issue(&mut self, holder: Holder) {
        self.0.insert(holder.token.clone(), holder);
    }

    /// Takes a token back; false if it was not issued.
    pub(crate) fn revoke(&mut self, token: &str) -> bool {
        self.0.remove(token).is_some()
    }

    /// The connection of the token in an `Authorization` header.
    pub(crate) fn identify(&self, authorization: Option<&str>) -> Result<Holder, Failure> {
        authorization
            .and_then(|header| header.split_once(' '))
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
            .and_then(|(_, token)| self.0.get(token.trim()))
            .cloned()
            .ok_or_else(Failure::unauthorized)
    }
}

impl Holder {
    pub(crate) fn can(&self, capability: Capability) -> bool {
        self.grant.capabilities.contains(&capability)
    }

    /// Refuses a connection that lacks the capability.
    pub(crate) fn require(&self, capability: Capability) -> Result<(), Failure> {
        if self.can(capability) { Ok(()) } else { Err(Failure::restricted()) }
    }

    /// Whether the connection sees an object: it was shared, and is inside the token's roots.
    pub(crate) fn sees(&self, world: &World, id: &str) -> bool {
        let inside = |roots: &Vec<String>| {
            world.lineage(id).iter().any(|outer| roots.iter().any(|root| **outer == **root))
        };
        self.is_person
            || self.workspace.is_none() && world.is_shared(id) && self.grant.roots.as_ref().is_none_or(inside)
    }
}
