//! Bodies that were read, so that only those of edited pages are read again.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use connector_core::id::RemoteId;
use connector_core::value::Value;

/// The most text that is kept, in bytes. Beyond it, bodies are read again.
const MOST_BYTES: usize = 64 * 1024 * 1024;

/// What the bodies of pages held, for the life of a provider.
#[derive(Debug, Default)]
pub(crate) struct Bodies(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    pages: HashMap<RemoteId, (DateTime<Utc>, Value)>,
    bytes: usize,
}

impl Bodies {
    /// The body of `page` if it was read since the page was last edited.
    pub(crate) fn of(&self, page: &RemoteId, edited: DateTime<Utc>) -> Option<Value> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.pages.get(page).filter(|(seen, _)| *seen == edited).map(|(_, body)| body.clone())
    }

    /// Forgets the body of a page that is about to be written, which need not move the time of its last edit.
    pub(crate) fn forget(&self, page: &RemoteId) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, old)) = kept.pages.remove(page) {
            kept.bytes -= size(&old);
        }
    }

    /// Keeps what was read of a page at `read`, by Notion's clock. Notion rounds the time of an edit down to the
    /// minute: within that minute the page may be edited again without another time, so that nothing is kept.
    pub(crate) fn keep(&self, page: &RemoteId, edited: DateTime<Utc>, read: DateTime<Utc>, body: &Value) {
        if read < edited + TimeDelta::minutes(1) {
            return;
        }
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.bytes + size(body) > MOST_BYTES {
            *kept = Kept::default();
        }
        kept.bytes += size(body);
        if let Some((_, old)) = kept.pages.insert(page.clone(), (edited, body.clone())) {
            kept.bytes -= size(&old);
        }
    }
}

fn size(body: &Value) -> usize {
    if let Value::Text(text) = body { text.len() } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(second, 0).unwrap()
    }

    #[test]
    fn a_body_is_kept_until_the_page_is_edited_and_not_within_the_minute_of_the_edit() {
        let (bodies, page) = (Bodies::default(), "p1".into());
        bodies.keep(&page, at(600), at(659), &Value::text("early"));
        assert_eq!(bodies.of(&page, at(600)), None);
        bodies.keep(&page, at(600), at(660), &Value::text("late"));
        assert_eq!(bodies.of(&page, at(600)), Some(Value::text("late")));
        assert_eq!(bodies.of(&page, at(660)), None);
    }

    #[test]
    fn no_more_is_kept_than_there_is_room_for() {
        let bodies = Bodies::default();
        let long = Value::Text("x".repeat(MOST_BYTES / 2 + 1));
        for page in ["p1", "p2"] {
            bodies.keep(&page.into(), at(0), at(60), &long);
        }
        assert_eq!(bodies.of(&"p1".into(), at(0)), None);
        assert!(bodies.of(&"p2".into(), at(0)).is_some());
    }
}
