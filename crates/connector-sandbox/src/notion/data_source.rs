//! A data source: a table with a schema.

use serde_json::Value;

use crate::id::Id;
use crate::notion::property::{Kind, Property};
use crate::notion::rich_text::Run;
use crate::notion::world::Stamps;

/// A data source.
#[derive(Clone, Debug)]
pub(crate) struct DataSource {
    pub(crate) id: Id,
    pub(crate) database: Id,
    pub(crate) title: Vec<Run>,
    pub(crate) description: Vec<Run>,
    /// As the API shows it; null for none.
    pub(crate) icon: Value,
    pub(crate) properties: Vec<Property>,
    /// Its pages, those in the trash too, in the order of their making.
    pub(crate) rows: Vec<Id>,
    pub(crate) stamps: Stamps,
    pub(crate) trashed: bool,
    /// What `unique_id` last counted; numbers are not used again.
    pub(crate) last_number: u64,
}

impl DataSource {
    /// A data source without properties and rows.
    pub(crate) fn new(id: Id, database: Id, title: Vec<Run>, stamps: Stamps) -> Self {
        Self {
            id,
            database,
            title,
            description: Vec::new(),
            icon: Value::Null,
            properties: Vec::new(),
            rows: Vec::new(),
            stamps,
            trashed: false,
            last_number: 0,
        }
    }

    /// A property by name or id, the id encoded or not.
    pub(crate) fn property(&self, name_or_id: &str) -> Option<&Property> {
        let by_name = self.properties.iter().find(|property| property.name == name_or_id);
        by_name.or_else(|| {
            let decoded = crate::query::decode(name_or_id);
            self.properties.iter().find(|property| *property.id == *name_or_id || *property.id == *decoded)
        })
    }

    /// A property by its own id.
    pub(crate) fn property_mut(&mut self, id: &str) -> Option<&mut Property> {
        self.properties.iter_mut().find(|property| *property.id == *id)
    }

    /// The properties in the order of answers: by id, the title last.
    pub(crate) fn ordered(&self) -> Vec<&Property> {
        let mut properties: Vec<&Property> = self.properties.iter().collect();
        properties.sort_by_key(|property| (matches!(property.kind, Kind::Title), property.id.clone()));
        properties
    }
}
