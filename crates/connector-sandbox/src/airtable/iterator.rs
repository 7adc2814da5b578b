//! List iterators: a server-side cursor that keeps ids, lives for a while and is named by the `offset`.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use crate::airtable::failure::Failure;
use crate::airtable::route::is_id;
use crate::id::{Id, Random};

/// The iterators of all lists.
#[derive(Debug)]
pub(crate) struct Iterators {
    random: Random,
    ttl: TimeDelta,
    open: HashMap<Id, Iteration>,
}

#[derive(Debug)]
struct Iteration {
    table: Id,
    rows: Arc<[Id]>,
    /// Where each offset that was given out continues, by its record.
    offsets: HashMap<Id, usize>,
    used: DateTime<Utc>,
}

impl Iterators {
    pub(crate) fn new(seed: u64, ttl: TimeDelta) -> Self {
        Self { random: Random::new(seed), ttl, open: HashMap::new() }
    }

    /// Opens an iterator that continues at `position`, and gives its offset.
    pub(crate) fn open(
        &mut self,
        table: &Id,
        rows: Arc<[Id]>,
        position: usize,
        now: DateTime<Utc>,
    ) -> Option<String> {
        let ttl = self.ttl;
        self.open.retain(|_, iteration| now - iteration.used <= ttl);
        let next = rows.get(position)?.clone();
        let id = self.random.id("itr");
        let offset = format!("{id}/{next}");
        let offsets = HashMap::from([(next, position)]);
        self.open.insert(id, Iteration { table: table.clone(), rows, offsets, used: now });
        Some(offset)
    }

    /// The rows of the iterator of an offset, and where it continues.
    pub(crate) fn resume(
        &mut self,
        offset: &str,
        table: &str,
        now: DateTime<Utc>,
    ) -> Result<(Arc<[Id]>, usize), Failure> {
        let malformed =
            || Failure::new(422, "INVALID_OFFSET_VALUE", format!("The value of offset {offset} is invalid"));
        let (id, record) = offset.split_once('/').ok_or_else(malformed)?;
        if !is_id(id, "itr") || !is_id(record, "rec") {
            return Err(malformed());
        }
        let gone = || Failure::silent(422, "LIST_RECORDS_ITERATOR_NOT_AVAILABLE");
        let ttl = self.ttl;
        let iteration = self.open.get_mut(id).filter(|known| now - known.used <= ttl).ok_or_else(gone)?;
        if *iteration.table != *table {
            return Err(gone());
        }
        let position = *iteration.offsets.get(record).ok_or_else(malformed)?;
        iteration.used = now;
        Ok((iteration.rows.clone(), position))
    }

    /// The offset of the page after `offset`'s, of the same iterator.
    pub(crate) fn advance(&mut self, offset: &str, position: usize) -> Option<String> {
        let (id, _) = offset.split_once('/')?;
        let iteration = self.open.get_mut(id)?;
        let next = iteration.rows.get(position)?.clone();
        let offset = format!("{id}/{next}");
        iteration.offsets.insert(next, position);
        Some(offset)
    }

    /// Ends every iterator, as a restart of the server does.
    pub(crate) fn expire(&mut self) {
        self.open.clear();
    }
}
