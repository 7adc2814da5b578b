//! Which pages a query asks for.

use chrono::{DateTime, SecondsFormat, Utc};
use connector_core::id::FieldId;
use serde::Serialize;
use serde_json::{Value, json};

/// A condition in Notion's words.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(transparent)]
pub(crate) struct Filter(Value);

impl Filter {
    /// Pages edited at this time or after it.
    pub(crate) fn edited_since(time: DateTime<Utc>) -> Self {
        Self::since("last_edited_time", time)
    }

    /// Pages made at this time or after it.
    pub(crate) fn created_since(time: DateTime<Utc>) -> Self {
        Self::since("created_time", time)
    }

    /// Pages whose property of this type is one of these texts, in any case. At most 100.
    pub(crate) fn is_one_of(property: &FieldId, kind: &str, texts: &[String]) -> Self {
        let one = |text: &String| json!({ "property": property.as_str(), kind: { "equals": text } });
        match texts {
            [text] => Self(one(text)),
            _ => Self(json!({ "or": texts.iter().map(one).collect::<Vec<_>>() })),
        }
    }

    /// Both.
    pub(crate) fn and(&self, other: &Self) -> Self {
        Self(json!({ "and": [self.0, other.0] }))
    }

    fn since(timestamp: &str, time: DateTime<Utc>) -> Self {
        let time = time.to_rfc3339_opts(SecondsFormat::Millis, true);
        Self(json!({ "timestamp": timestamp, timestamp: { "on_or_after": time } }))
    }
}
