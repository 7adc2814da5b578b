//! What happened in a history, to the letter, so that two plays of it can be compared.

use std::fmt::Debug;
use std::sync::{Arc, Mutex};

/// A record of every call, every commit and every report; or of nothing. Clones are the same.
#[derive(Clone, Default)]
pub(crate) struct Trace {
    lines: Option<Arc<Mutex<Vec<String>>>>,
}

impl Trace {
    /// One that takes notes.
    pub(crate) fn kept() -> Self {
        Self { lines: Some(Arc::default()) }
    }

    pub(crate) fn note(&self, what: &str, event: &impl Debug) {
        if let Some(lines) = &self.lines {
            lines.lock().unwrap().push(format!("{what} {event:?}"));
        }
    }

    pub(crate) fn lines(&self) -> Vec<String> {
        self.lines.as_ref().map_or_else(Vec::new, |lines| lines.lock().unwrap().clone())
    }
}
