//! The state: a workspace with its users, databases, data sources, pages and blocks, and what is shared.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Timelike, Utc};

use crate::id::{Id, Random};
use crate::notion::block::Block;
use crate::notion::comment::Comment;
use crate::notion::data_source::DataSource;
use crate::notion::database::Database;
use crate::notion::file_upload::FileUpload;
use crate::notion::page::Page;
use crate::notion::page_markdown::Task;
use crate::notion::rich_text::plain;
use crate::notion::user::User;

/// Everything that the sandbox's Notion knows.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) workspace: Workspace,
    pub(crate) users: Vec<User>,
    pub(crate) databases: BTreeMap<Id, Database>,
    pub(crate) sources: BTreeMap<Id, DataSource>,
    pub(crate) pages: BTreeMap<Id, Page>,
    pub(crate) blocks: BTreeMap<Id, Block>,
    pub(crate) comments: Vec<Comment>,
    pub(crate) uploads: Vec<FileUpload>,
    pub(crate) tasks: Vec<Task>,
    /// What a person gave to the connection (true) or took from it (false); what is inside follows.
    pub(crate) access: BTreeMap<Id, bool>,
    /// How often all cursors were ended; those of before lead nowhere.
    pub(crate) cursor_age: u64,
    pub(crate) random: Random,
}

/// A workspace.
#[derive(Clone, Debug)]
pub(crate) struct Workspace {
    pub(crate) id: Id,
    pub(crate) name: String,
}

/// What an object is directly in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Parent {
    Workspace,
    Page(Id),
    Database(Id),
    DataSource(Id),
    Block(Id),
}

/// Who made and last edited an object, and when. Pages show whole minutes; the rest is kept for order.
#[derive(Clone, Debug)]
pub(crate) struct Stamps {
    pub(crate) created: DateTime<Utc>,
    pub(crate) created_by: Id,
    pub(crate) edited: DateTime<Utc>,
    pub(crate) edited_by: Id,
}

impl Parent {
    /// The id; a workspace has none here.
    pub(crate) fn id(&self) -> Option<&Id> {
        match self {
            Self::Workspace => None,
            Self::Page(id) | Self::Database(id) | Self::DataSource(id) | Self::Block(id) => Some(id),
        }
    }
}

impl Stamps {
    /// Of an object made now.
    pub(crate) fn new(by: &Id, now: DateTime<Utc>) -> Self {
        Self { created: now, created_by: by.clone(), edited: now, edited_by: by.clone() }
    }

    /// Notes an edit.
    pub(crate) fn touch(&mut self, by: &Id, now: DateTime<Utc>) {
        self.edited = now;
        self.edited_by = by.clone();
    }
}

impl World {
    pub(crate) fn user(&self, id: &str) -> Option<&User> {
        self.users.iter().find(|user| *user.id == *id)
    }

    /// The parent of any object; `None` if there is no such object.
    pub(crate) fn parent(&self, id: &str) -> Option<Parent> {
        let page = || self.pages.get(id).map(|page| page.parent.clone());
        let source = || self.sources.get(id).map(|source| Parent::Database(source.database.clone()));
        let database = || self.databases.get(id).map(|database| database.parent.clone());
        let block = || self.blocks.get(id).map(|block| block.parent.clone());
        page().or_else(source).or_else(database).or_else(block)
    }

    /// The object and what it is in, from the inside out. Nothing is inside itself: moves see to that.
    pub(crate) fn lineage(&self, id: &str) -> Vec<Id> {
        let mut line: Vec<Id> = vec![id.into()];
        let mut parent = self.parent(id);
        while let Some(outer) = parent.as_ref().and_then(Parent::id) {
            if line.contains(outer) {
                break;
            }
            line.push(outer.clone());
            parent = self.parent(outer);
        }
        line
    }

    /// Whether a person shared the object, or the nearest thing around it that was shared or withdrawn.
    pub(crate) fn is_shared(&self, id: &str) -> bool {
        self.lineage(id).iter().find_map(|outer| self.access.get(outer)).copied().unwrap_or_default()
    }

    /// The data source that a page is a row of.
    pub(crate) fn source_of(&self, page: &Page) -> Option<&DataSource> {
        match &page.parent {
            Parent::DataSource(id) => self.sources.get(id),
            _ => None,
        }
    }

    /// The rows of a data source in the order of their making.
    pub(crate) fn rows<'a>(&'a self, source: &'a DataSource) -> impl DoubleEndedIterator<Item = &'a Page> {
        source.rows.iter().filter_map(|id| self.pages.get(id))
    }

    /// What a user, page or database is called.
    pub(crate) fn name(&self, id: &Id) -> String {
        let none = |_: &Id| String::new();
        if let Some(user) = self.user(id) {
            return user.name.clone();
        }
        let page = self.pages.get(id).map(Page::title);
        let title = page.or_else(|| self.databases.get(id).map(|database| database.title.as_slice()));
        let text = plain(title.unwrap_or_default(), &none);
        if text.is_empty() { "Untitled".to_owned() } else { text }
    }
}

/// A time as pages show theirs: whole minutes.
pub(crate) fn whole_minute(time: DateTime<Utc>) -> DateTime<Utc> {
    time - TimeDelta::seconds(i64::from(time.second())) - TimeDelta::nanoseconds(i64::from(time.nanosecond()))
}

/// The form of most times: `2026-07-04T09:08:00.000Z`.
pub(crate) fn minute(time: DateTime<Utc>) -> String {
    whole_minute(time).format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

/// The form of the times of databases: `2026-07-04T09:08:53.017+00:00`.
pub(crate) fn millisecond(time: DateTime<Utc>) -> String {
    time.format("%Y-%m-%dT%H:%M:%S%.3f+00:00").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_shown_in_whole_minutes_or_in_milliseconds() {
        let time: DateTime<Utc> = "2026-07-04T09:08:53.017Z".parse().unwrap();
        assert_eq!(minute(time), "2026-07-04T09:08:00.000Z");
        assert_eq!(millisecond(time), "2026-07-04T09:08:53.017+00:00");
    }
}
