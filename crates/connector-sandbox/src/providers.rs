//! The providers that a sandbox plays, side by side.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::airtable::Airtable;
use crate::edit::Edit;
use crate::notion::Notion;
use crate::provider::Provider;
use crate::remote::Remote;

/// Both of them.
#[derive(Clone, Debug)]
pub(crate) struct Providers {
    pub(crate) airtable: Arc<Airtable>,
    pub(crate) notion: Arc<Notion>,
}

impl Providers {
    /// One of them as the server asks it.
    pub(crate) fn of(&self, remote: Remote) -> Arc<dyn Provider> {
        match remote {
            Remote::Airtable => self.airtable.clone(),
            Remote::Notion => self.notion.clone(),
        }
    }

    /// The token that may do everything.
    pub(crate) fn token(&self, remote: Remote) -> &str {
        match remote {
            Remote::Airtable => &self.airtable.names().token,
            Remote::Notion => &self.notion.names().token,
        }
    }

    /// Makes a person's edit.
    pub(crate) fn edit(&self, edit: &Edit, now: DateTime<Utc>) -> Result<Value, String> {
        match edit.remote {
            Remote::Airtable => {
                self.airtable.edit(edit.base.as_deref(), edit.table.as_deref(), &edit.change, now)
            }
            Remote::Notion => self.notion.edit(edit.table.as_deref(), &edit.change, now),
        }
    }

    /// Forgets counted requests and penalties.
    pub(crate) fn reset_limits(&self) {
        self.airtable.reset_limits();
        self.notion.reset_limits();
    }

    /// Everything that is stored, as JSON.
    pub(crate) fn world(&self, now: DateTime<Utc>) -> Value {
        serde_json::json!({"airtable": self.airtable.dump(now), "notion": self.notion.dump(now)})
    }
}
