//! The names of things, one type each, so that a deal's id cannot be passed for a record's.

use std::borrow::Borrow;
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// Declares an opaque text id: cheap to clone, ordered by its text, serialised as that text.
macro_rules! text_id {
    ($($(#[$doc:meta])* $name:ident;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Arc<str>);

        impl $name {
            /// Takes the id as it was given; nothing is checked, ids are opaque.
            pub fn new(id: impl Into<Arc<str>>) -> Self {
                Self(id.into())
            }

            /// The id's text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl From<&str> for $name {
            fn from(id: &str) -> Self {
                Self(id.into())
            }
        }

        impl From<String> for $name {
            fn from(id: String) -> Self {
                Self(id.into())
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }
    )+};
}

text_id! {
    /// A deal in the CRM, whatever its key is there, as text.
    DealId;
    /// A record of the remote: an Airtable record, a Notion page.
    RemoteId;
    /// A field of the remote: an Airtable field, a Notion property. Never its name.
    FieldId;
    /// An option of a select field. Never its name.
    OptionId;
    /// What contains the containers: an Airtable base, a Notion database.
    BaseId;
    /// What contains the records: an Airtable table, a Notion data source.
    ContainerId;
    /// A unit of the deal, as the embedding program declared it: `amount`, `stage`.
    UnitKey;
    /// A configured pair of the CRM and one container.
    ConnectionId;
    /// One run of a connection. Later runs have greater ids, so the embedding program must make them so.
    RunId;
    /// A plan, made by a run.
    PlanId;
}
