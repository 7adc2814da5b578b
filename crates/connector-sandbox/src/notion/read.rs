//! Objects as the API shows them to one connection in one version.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

use crate::id::Id;
use crate::notion::auth::Holder;
use crate::notion::data_source::DataSource;
use crate::notion::database::Database;
use crate::notion::page::Page;
use crate::notion::rich_text;
use crate::notion::user::partial;
use crate::notion::version::Version;
use crate::notion::world::{Parent, Stamps, World, millisecond, minute};

/// Who reads, what, and when.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reader<'a> {
    pub(crate) world: &'a World,
    pub(crate) version: Version,
    pub(crate) holder: &'a Holder,
    pub(crate) now: DateTime<Utc>,
}

impl<'a> Reader<'a> {
    /// A page; with `only`, no other properties.
    pub(crate) fn page(&self, page: &'a Page, only: Option<&[Id]>) -> Value {
        let mut object = self.object("page", &page.id, page.trashed);
        stamp(&mut object, &page.stamps);
        object.insert("icon".to_owned(), page.icon.clone());
        object.insert("cover".to_owned(), page.cover.clone());
        object.insert("parent".to_owned(), self.parent(&page.parent));
        object.insert("is_archived".to_owned(), json!(page.archived));
        object.insert("is_locked".to_owned(), json!(page.locked));
        object.insert("properties".to_owned(), self.values(page, only));
        let title = rich_text::plain(page.title(), &|id| self.world.name(id));
        object.insert("url".to_owned(), json!(url(&page.id, Some(&title))));
        object.insert("public_url".to_owned(), Value::Null);
        Value::Object(object)
    }

    /// A data source.
    pub(crate) fn source(&self, source: &DataSource) -> Value {
        let database = self.world.databases.get(&source.database);
        let parent = database.map_or(&Parent::Workspace, |database| &database.parent);
        let mut object = self.object("data_source", &source.id, source.trashed);
        stamp(&mut object, &source.stamps);
        object.insert("icon".to_owned(), source.icon.clone());
        object.insert("cover".to_owned(), Value::Null);
        object.insert("title".to_owned(), Value::Array(self.rich_text(&source.title)));
        object.insert("description".to_owned(), Value::Array(self.rich_text(&source.description)));
        object.insert("is_inline".to_owned(), json!(database.is_some_and(|database| database.inline)));
        object.insert("properties".to_owned(), self.schema(source));
        object.insert("parent".to_owned(), self.parent(&Parent::Database(source.database.clone())));
        object.insert("database_parent".to_owned(), self.parent(parent));
        object.insert("url".to_owned(), json!(url(&source.database, None)));
        object.insert("public_url".to_owned(), Value::Null);
        Value::Object(object)
    }

    /// A database. Old versions show the schema of its data source in it.
    pub(crate) fn database(&self, database: &Database, source: Option<&DataSource>) -> Value {
        let mut object = self.object("database", &database.id, database.trashed);
        object.insert("title".to_owned(), Value::Array(self.rich_text(&database.title)));
        object.insert("description".to_owned(), Value::Array(self.rich_text(&database.description)));
        object.insert("parent".to_owned(), self.parent(&database.parent));
        object.insert("is_inline".to_owned(), json!(database.inline));
        object.insert("icon".to_owned(), database.icon.clone());
        object.insert("cover".to_owned(), database.cover.clone());
        object.insert("url".to_owned(), json!(url(&database.id, None)));
        object.insert("public_url".to_owned(), Value::Null);
        if let Some(source) = source {
            stamp(&mut object, &database.stamps);
            object.insert("properties".to_owned(), self.schema(source));
        } else {
            object.insert("created_time".to_owned(), json!(millisecond(database.stamps.created)));
            object.insert("last_edited_time".to_owned(), json!(millisecond(database.stamps.edited)));
            object.insert("is_locked".to_owned(), json!(database.locked));
            let sources = database.sources.iter().filter_map(|id| self.world.sources.get(id)).map(|source| {
                json!({"id": &*source.id, "name": rich_text::plain(&source.title, &|id| self.world.name(id))})
            });
            object.insert("data_sources".to_owned(), sources.collect());
        }
        Value::Object(object)
    }

    /// A parent. Old versions know no data sources.
    pub(crate) fn parent(&self, parent: &Parent) -> Value {
        match parent {
            Parent::Workspace => json!({"type": "workspace", "workspace": true}),
            Parent::Page(id) => json!({"type": "page_id", "page_id": &**id}),
            Parent::Block(id) => json!({"type": "block_id", "block_id": &**id}),
            Parent::Database(id) => json!({"type": "database_id", "database_id": &**id}),
            Parent::DataSource(id) => {
                let database = self.world.sources.get(id).map(|source| &*source.database);
                if self.version.has_data_sources() {
                    json!({"type": "data_source_id", "data_source_id": &**id, "database_id": database})
                } else {
                    json!({"type": "database_id", "database_id": database})
                }
            }
        }
    }

    /// What all objects begin with.
    pub(crate) fn object(&self, kind: &str, id: &Id, trashed: bool) -> Map<String, Value> {
        let mut object = Map::new();
        object.insert("object".to_owned(), json!(kind));
        object.insert("id".to_owned(), json!(&**id));
        object.insert("in_trash".to_owned(), json!(trashed));
        if self.version.has_archived() {
            object.insert("archived".to_owned(), json!(trashed));
        }
        object
    }
}

/// When and by whom, in whole minutes.
pub(crate) fn stamp(object: &mut Map<String, Value>, stamps: &Stamps) {
    object.insert("created_time".to_owned(), json!(minute(stamps.created)));
    object.insert("created_by".to_owned(), partial(&stamps.created_by));
    object.insert("last_edited_time".to_owned(), json!(minute(stamps.edited)));
    object.insert("last_edited_by".to_owned(), partial(&stamps.edited_by));
}

/// The address of a page, with its title in it, or of a database.
fn url(id: &Id, title: Option<&str>) -> String {
    let slug: String =
        title.unwrap_or_default().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let slug: Vec<&str> = slug.split('-').filter(|part| !part.is_empty()).collect();
    let bare = id.replace('-', "");
    if slug.is_empty() {
        format!("https://app.notion.com/p/{bare}")
    } else {
        format!("https://app.notion.com/p/{}-{bare}", slug.join("-"))
    }
}
