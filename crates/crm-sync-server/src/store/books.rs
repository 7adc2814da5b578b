//! What the effects of one commit leave in our own tables, gathered so that a few statements write all of it.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use connector_core::id::UnitKey;
use connector_core::state::Intent;
use connector_core::store::{Committed, DealWrite, Effect, IntentWrite, Lease};
use connector_core::unit::Units;

use super::conflicts::{self, ConflictRow, ConflictState};
use super::conn::Conn;
use super::deals::{self, EditTimes, NoKey, Verdict};
use super::failure::Failure;
use super::intents::{self, IntentRow};
use super::links::{Desk, Owner};
use super::operations::{self, NewOperation};
use super::origins::{self, OriginRow};

/// The books of one commit.
#[derive(Debug)]
pub(super) struct Books<'a> {
    units: &'a Units,
    lease: &'a Lease,
    now: DateTime<Utc>,
    links: Desk<'a>,
    /// When the deals were edited before the commit.
    edits: EditTimes,
    /// By deal; `None` closes one. Of each kind the last word counts: one statement takes a row only once.
    intents: BTreeMap<i32, Option<IntentRow>>,
    origins: BTreeMap<(i32, UnitKey), OriginRow>,
    conflicts: BTreeMap<String, ConflictRow>,
    log: Vec<NewOperation>,
    /// Deals written, and whether they took values from elsewhere and nothing else.
    brought: BTreeMap<i32, bool>,
}

impl<'a> Books<'a> {
    pub(super) fn open(
        units: &'a Units,
        lease: &'a Lease,
        now: DateTime<Utc>,
        links: Desk<'a>,
        edits: EditTimes,
    ) -> Self {
        Self {
            units,
            lease,
            now,
            links,
            edits,
            intents: BTreeMap::new(),
            origins: BTreeMap::new(),
            conflicts: BTreeMap::new(),
            log: Vec::new(),
            brought: BTreeMap::new(),
        }
    }

    /// Writes the effect's deal and notes the rest, or leaves out all of it.
    pub(super) fn apply(&mut self, conn: &mut Conn, effect: &Effect) -> Result<Committed, Failure> {
        if let Err(why) = self.check(effect) {
            return Ok(Committed::Refused(why));
        }
        let verdict =
            match conn.attempt(|conn| deals::write(conn, self.units, &self.lease.connection, &effect.deal)) {
                Ok(verdict) => verdict,
                Err(failure) => failure.refusal().map(Verdict::Refused).ok_or(failure)?,
            };
        Ok(match verdict {
            Verdict::Done(deal) => {
                self.note(deal, effect)?;
                Committed::Done(deal.map(deals::id))
            }
            Verdict::Stale => Committed::Stale,
            Verdict::Refused(why) => Committed::Refused(why),
        })
    }

    /// Why our own tables cannot keep what the effect says, if they cannot.
    fn check(&self, effect: &Effect) -> Result<(), String> {
        let owner = match &effect.deal {
            DealWrite::None => Owner::Unsaid,
            DealWrite::Insert { .. } => Owner::New,
            DealWrite::Keep(id)
            | DealWrite::Restore { id, .. }
            | DealWrite::Update { id, .. }
            | DealWrite::Delete { id, .. } => Owner::Deal(deals::key(id).ok_or_else(|| NoKey.to_string())?),
        };
        if let IntentWrite::Put(Intent { deal, .. }) = &effect.intent
            && deals::key(deal).is_none()
        {
            return Err(NoKey.to_string());
        }
        self.links.refusal(owner, &effect.links).map_or(Ok(()), Err)
    }

    fn note(&mut self, deal: Option<i32>, effect: &Effect) -> Result<(), Failure> {
        let Lease { connection, run, .. } = self.lease;
        self.links.put(deal, &effect.links)?;
        match &effect.intent {
            IntentWrite::Put(intent) => {
                if let Some(deal) = deals::key(&intent.deal) {
                    self.intents.insert(deal, Some(IntentRow::new(connection, deal, intent)?));
                }
            }
            IntentWrite::Close => {
                deal.map(|deal| self.intents.insert(deal, None));
            }
            IntentWrite::Keep => {}
        }
        for conflict in &effect.conflicts {
            let row = ConflictRow::new(connection, run, self.now, ConflictState::Decided, conflict)?;
            self.conflicts.insert(conflict.id.clone(), row);
        }
        if let Some(deal) = deal {
            for origin in &effect.origins {
                self.origins.insert((deal, origin.unit.clone()), OriginRow::new(deal, origin)?);
            }
            if let Some(brought) = effect.is_brought() {
                // What comes back was edited when it was edited, not when it came back.
                let returned =
                    matches!(effect.deal, DealWrite::Restore { .. }) && self.edits.of(deal).is_some();
                let brought = brought || returned;
                *self.brought.entry(deal).or_insert(true) &= brought;
            }
        }
        if let Some(entry) = &effect.log {
            self.log.push(NewOperation::new(connection, run, deal, entry)?);
        }
        Ok(())
    }

    /// Writes what was noted.
    pub(super) fn close(self, conn: &mut Conn) -> Result<(), Failure> {
        let brought = self.brought.into_iter().filter_map(|(deal, brought)| brought.then_some(deal));
        deals::put_back(conn, &brought.collect::<Vec<_>>(), &self.edits)?;
        origins::put(conn, &self.origins.into_values().collect::<Vec<_>>())?;
        self.links.write(conn)?;
        intents::write(conn, &self.lease.connection, self.intents)?;
        conflicts::decide(conn, &self.conflicts.into_values().collect::<Vec<_>>())?;
        operations::add(conn, &self.log)
    }
}
