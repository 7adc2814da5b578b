//! Which deal and record are the same thing, and what both sides last agreed on.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use connector_core::id::{ConnectionId, DealId, UnitKey};
use connector_core::state::{Agreement, Link, LinkStatus};
use connector_core::unit::Units;
use connector_core::value::Value;
use diesel::prelude::*;

use super::columns::{Document, Moment};
use super::conn::{CHUNK, Conn, on_backend};
use super::deals;
use super::failure::Failure;
use super::schema::sync_links as links;

#[derive(Debug, Clone, Queryable, Insertable)]
#[diesel(table_name = links, treat_none_as_default_value = false)]
struct LinkRow {
    connection: String,
    remote: String,
    deal: i32,
    status: String,
    crm: Document,
    theirs: Document,
    seen_at: Option<Moment>,
    /// Since when it is a tombstone.
    ended_at: Option<Moment>,
    /// Changes that were taken back; absent for most links.
    held: Option<Document>,
}

impl LinkRow {
    fn new(
        connection: &ConnectionId,
        deal: i32,
        agreed: &Agreement,
        units: &Units,
        now: DateTime<Utc>,
    ) -> Result<Self, Failure> {
        Ok(Self {
            connection: connection.to_string(),
            remote: agreed.remote.to_string(),
            deal,
            status: agreed.status.to_string(),
            crm: Document::of(&by_unit(units, &agreed.crm))?,
            theirs: Document::of(&by_unit(units, &agreed.theirs))?,
            seen_at: agreed.seen_at.map(Into::into),
            ended_at: (agreed.status == LinkStatus::Tombstone).then(|| now.into()),
            held: if agreed.held.is_empty() { None } else { Some(Document::of(&agreed.held)?) },
        })
    }

    fn read(self, units: &Units) -> Result<Link, Failure> {
        let key = format!("{}, {}", self.connection, self.remote);
        let corrupt = |error| Failure::corrupt("sync_links", &key, error);
        Ok(Link {
            deal: deals::id(self.deal),
            agreement: Agreement {
                remote: self.remote.into(),
                status: self.status.parse().map_err(|error| Failure::corrupt("sync_links", &key, error))?,
                crm: in_order(units, self.crm.read().map_err(corrupt)?),
                theirs: in_order(units, self.theirs.read().map_err(corrupt)?),
                seen_at: self.seen_at.map(Into::into),
                held: self.held.map_or_else(|| Ok(BTreeMap::new()), |held| held.read()).map_err(corrupt)?,
            },
        })
    }

    fn is_live(&self) -> bool {
        self.status == LinkStatus::Live.to_string()
    }
}

/// Values by unit, so that another order or number of units in a later version changes nothing.
fn by_unit<'a>(units: &'a Units, values: &'a [Option<Value>]) -> BTreeMap<&'a UnitKey, &'a Value> {
    let values = units.iter().zip(values);
    values.filter_map(|(unit, value)| Some((&unit.key, value.as_ref()?))).collect()
}

fn in_order(units: &Units, mut values: HashMap<UnitKey, Value>) -> Box<[Option<Value>]> {
    units.iter().map(|unit| values.remove(&unit.key)).collect()
}

/// Every link of the connection, by its record.
pub(super) fn read(conn: &mut Conn, connection: &ConnectionId, units: &Units) -> Result<Vec<Link>, Failure> {
    let rows = links::table.filter(links::connection.eq(connection.as_str())).order(links::remote);
    rows.load::<LinkRow>(conn)?.into_iter().map(|row| row.read(units)).collect()
}

/// The links of these deals, of all connections, by connection.
pub(super) fn of_deals(
    conn: &mut Conn,
    deals: &[DealId],
    units: &Units,
) -> Result<Vec<(ConnectionId, Link)>, Failure> {
    let keys: Vec<i32> = deals.iter().filter_map(deals::key).collect();
    let rows = links::table.filter(links::deal.eq_any(keys)).order((links::connection, links::remote));
    let link = |row: LinkRow| Ok((row.connection.as_str().into(), row.read(units)?));
    rows.load::<LinkRow>(conn)?.into_iter().map(link).collect()
}

/// The deal of an effect, for its links.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Owner {
    /// One that exists.
    Deal(i32),
    /// One that is about to be made.
    New,
    /// The effect is about none: its links stay with their deals.
    Unsaid,
}

/// The links that a commit is about, as they will be when it is done.
#[derive(Debug)]
pub(super) struct Desk<'a> {
    connection: &'a ConnectionId,
    units: &'a Units,
    now: DateTime<Utc>,
    rows: HashMap<String, LinkRow>,
    written: BTreeSet<String>,
}

impl<'a> Desk<'a> {
    /// The links of these records, and those in force of these deals.
    pub(super) fn load(
        conn: &mut Conn,
        connection: &'a ConnectionId,
        units: &'a Units,
        now: DateTime<Utc>,
        remotes: &[&str],
        owners: &[i32],
    ) -> Result<Self, Failure> {
        let ours = links::table.filter(links::connection.eq(connection.as_str()));
        let mut found: Vec<LinkRow> = Vec::new();
        for remotes in remotes.chunks(CHUNK) {
            found.extend(ours.filter(links::remote.eq_any(remotes)).load::<LinkRow>(conn)?);
        }
        let live = ours.filter(links::status.eq(LinkStatus::Live.to_string()));
        for owners in owners.chunks(CHUNK) {
            found.extend(live.clone().filter(links::deal.eq_any(owners)).load::<LinkRow>(conn)?);
        }
        let rows = found.into_iter().map(|row| (row.remote.clone(), row)).collect();
        Ok(Self { connection, units, now, rows, written: BTreeSet::new() })
    }

    /// Why these links cannot stand beside the others, if they cannot.
    pub(super) fn refusal(&self, owner: Owner, agreements: &[Agreement]) -> Option<String> {
        let mut live = Vec::new();
        for agreement in agreements {
            let remote = &agreement.remote;
            let known = self.rows.get(remote.as_str());
            let owner = match (owner, known) {
                (Owner::Unsaid, None) => return Some(format!("record {remote} has no deal to link")),
                (Owner::Unsaid, Some(row)) => Owner::Deal(row.deal),
                (owner, Some(row)) if row.is_live() && owner != Owner::Deal(row.deal) => {
                    return Some(format!("record {remote} is linked to deal {}", row.deal));
                }
                (owner, _) => owner,
            };
            if agreement.status == LinkStatus::Live {
                live.push((owner, remote));
            }
        }
        live.iter().enumerate().find_map(|(position, (owner, remote))| {
            let beside = live.iter().take(position).find(|(other, _)| other == owner);
            let beside = beside.map(|(_, rival)| rival.as_str());
            let rival = beside.or_else(|| {
                let rewritten =
                    |row: &LinkRow| agreements.iter().any(|new| new.remote.as_str() == row.remote);
                let kept = self.rows.values().filter(|row| row.is_live() && !rewritten(row));
                kept.map(|row| (Owner::Deal(row.deal), row.remote.as_str()))
                    .find_map(|(other, rival)| (other == *owner).then_some(rival))
            })?;
            Some(format!("record {remote} cannot be linked: its deal is linked to record {rival}"))
        })
    }

    /// Notes links that were found to have no refusal.
    pub(super) fn put(&mut self, deal: Option<i32>, agreements: &[Agreement]) -> Result<(), Failure> {
        for agreement in agreements {
            let remote = agreement.remote.to_string();
            let Some(deal) = deal.or_else(|| self.rows.get(&remote).map(|row| row.deal)) else { continue };
            let row = LinkRow::new(self.connection, deal, agreement, self.units, self.now)?;
            self.rows.insert(remote.clone(), row);
            self.written.insert(remote);
        }
        Ok(())
    }

    /// Writes what was noted: taken away first and added anew, so that no order of it breaks "one link in force".
    pub(super) fn write(mut self, conn: &mut Conn) -> Result<(), Failure> {
        let written: Vec<String> = self.written.into_iter().collect();
        for remotes in written.chunks(CHUNK) {
            diesel::delete(links::table)
                .filter(links::connection.eq(self.connection.as_str()))
                .filter(links::remote.eq_any(remotes))
                .execute(conn)?;
        }
        for remotes in written.chunks(CHUNK) {
            let rows: Vec<LinkRow> = remotes.iter().filter_map(|remote| self.rows.remove(remote)).collect();
            on_backend!(conn, |inner| diesel::insert_into(links::table).values(&rows).execute(inner))?;
        }
        Ok(())
    }
}
