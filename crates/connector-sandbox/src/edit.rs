//! A person's edits, as tests and the control API ask for them.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::remote::Remote;

/// An edit by a person in the provider's own app.
///
/// ```
/// use connector_sandbox::Edit;
/// use serde_json::json;
///
/// let edit = Edit::update_record("recAAAAAAAAAAAAAA", json!({"Status": "Gagné"}));
/// let other = Edit::create_record(json!({"Name": "Acme"})).in_table("Companies");
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Edit {
    /// Where.
    #[serde(default)]
    pub remote: Remote,
    /// The base's id; absent: the seeded one. Notion has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<String>,
    /// The id or name of the table (Airtable) or data source (Notion); absent: the deals.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<String>,
    /// What.
    #[serde(flatten)]
    pub change: Change,
}

/// What a person changes. Fields and choices are named by name or id.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "action", rename_all = "snake_case")]
pub enum Change {
    /// Makes a record. Texts are converted to the field's type; new choices and linked records are made.
    CreateRecord {
        /// Values by field.
        fields: Map<String, Value>,
    },
    /// Changes cells; null clears.
    UpdateRecord {
        /// The record's id.
        record: String,
        /// Values by field.
        fields: Map<String, Value>,
    },
    /// Deletes a record.
    DeleteRecord {
        /// The record's id.
        record: String,
    },
    /// Copies a record, with every stored cell.
    DuplicateRecord {
        /// The record's id.
        record: String,
    },
    /// Takes a deleted record back from the trash, with its id.
    RestoreRecord {
        /// The record's id.
        record: String,
    },
    /// Renames a field.
    RenameField {
        /// The field.
        field: String,
        /// Its new name.
        name: String,
    },
    /// Deletes a field with its cells.
    DeleteField {
        /// The field.
        field: String,
    },
    /// Gives a field another type; cells that cannot be converted are emptied.
    RetypeField {
        /// The field.
        field: String,
        /// The type, as the metadata API spells it.
        #[serde(rename = "type")]
        kind: String,
        /// The type's options.
        #[serde(default)]
        options: Option<Value>,
    },
    /// Adds a field.
    CreateField {
        /// Its name.
        name: String,
        /// The type, as the metadata API spells it.
        #[serde(rename = "type")]
        kind: String,
        /// The type's options.
        #[serde(default)]
        options: Option<Value>,
    },
    /// Adds a choice to a select.
    AddChoice {
        /// The field.
        field: String,
        /// The choice's name.
        name: String,
    },
    /// Renames a choice of a select; cells follow.
    RenameChoice {
        /// The field.
        field: String,
        /// The choice.
        choice: String,
        /// Its new name.
        name: String,
    },
    /// Deletes a choice of a select; cells lose it.
    DeleteChoice {
        /// The field.
        field: String,
        /// The choice.
        choice: String,
    },
    /// Renames the table.
    RenameTable {
        /// Its new name.
        name: String,
    },
    /// Adds a grid view, with a formula as its filter.
    CreateView {
        /// Its name.
        name: String,
        /// Which rows it shows; absent: all.
        #[serde(default)]
        formula: Option<String>,
    },
    /// Puts a page away without the trash, or takes it back (Notion).
    ArchiveRecord {
        /// The page's id.
        record: String,
        /// Whether it is put away.
        archived: bool,
    },
    /// Locks a page against edits in the app, or unlocks it (Notion).
    LockRecord {
        /// The page's id.
        record: String,
        /// Whether it is locked.
        locked: bool,
    },
    /// Deletes a page for good, as the trash does in the end (Notion).
    PurgeRecord {
        /// The page's id.
        record: String,
    },
    /// Moves a page to another data source or page (Notion).
    MoveRecord {
        /// The page's id.
        record: String,
        /// The id of where it goes, or a data source's title.
        to: String,
    },
    /// Writes blocks at the end of a page or block, those too that the API only shows (Notion).
    AppendBlocks {
        /// The id of the page or block.
        record: String,
        /// In the API's form.
        blocks: Vec<Value>,
    },
    /// Changes what a block holds (Notion).
    UpdateBlock {
        /// The block's id.
        block: String,
        /// In the API's form, such as `{"paragraph": {"rich_text": [..]}}`.
        content: Value,
    },
    /// Puts a block into the trash (Notion).
    DeleteBlock {
        /// The block's id.
        block: String,
    },
    /// Gives the connection a page, database or data source, and what is inside (Notion).
    Share {
        /// Its id.
        id: String,
    },
    /// Takes it from the connection (Notion).
    Unshare {
        /// Its id.
        id: String,
    },
    /// Ends every list that is being paged through, as a restart of the provider's server does.
    ExpireIterators,
}

impl Edit {
    /// An edit of the deals.
    #[must_use]
    pub fn new(change: Change) -> Self {
        Self { remote: Remote::Airtable, base: None, table: None, change }
    }

    /// Makes a record; `fields` is a JSON object.
    #[must_use]
    pub fn create_record(fields: Value) -> Self {
        Self::new(Change::CreateRecord { fields: object(fields) })
    }

    /// Changes cells of a record; `fields` is a JSON object, null clears.
    #[must_use]
    pub fn update_record(record: &str, fields: Value) -> Self {
        Self::new(Change::UpdateRecord { record: record.to_owned(), fields: object(fields) })
    }

    /// Deletes a record.
    #[must_use]
    pub fn delete_record(record: &str) -> Self {
        Self::new(Change::DeleteRecord { record: record.to_owned() })
    }

    /// Copies a record.
    #[must_use]
    pub fn duplicate_record(record: &str) -> Self {
        Self::new(Change::DuplicateRecord { record: record.to_owned() })
    }

    /// Takes a deleted record back.
    #[must_use]
    pub fn restore_record(record: &str) -> Self {
        Self::new(Change::RestoreRecord { record: record.to_owned() })
    }

    /// Writes blocks at the end of a page or block of Notion.
    #[must_use]
    pub fn append_blocks(record: &str, blocks: &[Value]) -> Self {
        let blocks = blocks.to_vec();
        Self::new(Change::AppendBlocks { record: record.to_owned(), blocks }).of(Remote::Notion)
    }

    /// Renames a field.
    #[must_use]
    pub fn rename_field(field: &str, name: &str) -> Self {
        Self::new(Change::RenameField { field: field.to_owned(), name: name.to_owned() })
    }

    /// Deletes a field.
    #[must_use]
    pub fn delete_field(field: &str) -> Self {
        Self::new(Change::DeleteField { field: field.to_owned() })
    }

    /// Gives the connection a page, database or data source of Notion.
    #[must_use]
    pub fn share(id: &str) -> Self {
        Self::new(Change::Share { id: id.to_owned() }).of(Remote::Notion)
    }

    /// Takes a page, database or data source of Notion from the connection.
    #[must_use]
    pub fn unshare(id: &str) -> Self {
        Self::new(Change::Unshare { id: id.to_owned() }).of(Remote::Notion)
    }

    /// In this provider's app.
    #[must_use]
    pub fn of(mut self, remote: Remote) -> Self {
        self.remote = remote;
        self
    }

    /// In another table than the deals.
    #[must_use]
    pub fn in_table(mut self, table: &str) -> Self {
        self.table = Some(table.to_owned());
        self
    }

    /// In another base than the seeded one.
    #[must_use]
    pub fn in_base(mut self, base: &str) -> Self {
        self.base = Some(base.to_owned());
        self
    }
}

/// Anything but an object has no fields.
fn object(fields: Value) -> Map<String, Value> {
    match fields {
        Value::Object(fields) => fields,
        _ => Map::new(),
    }
}
