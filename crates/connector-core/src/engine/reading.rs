//! Reading both sides: the remote's listing and schema at once, the CRM, and what is remembered.

use std::collections::{BTreeSet, HashMap};

use futures::StreamExt;

use super::event::Event;
use super::run::{Engine, EngineError};
use crate::clock::{Interval, Skew};
use crate::connector::{Listing, Page, Presence, RemoteDeal};
use crate::error::Error;
use crate::id::{DealId, FieldId, RemoteId};
use crate::mapping::Binding;
use crate::mutation::{self, Rule::CompleteListing, Rule::OwnField};
use crate::plan::{Guard, Plan, Side};
use crate::snapshot::{Absence, CrmSnapshot, RemoteSnapshot, Row};
use crate::state::{Deal, Link, LinkStatus, State};
use crate::unit::Units;
use crate::value::Value;

/// Both sides, what is remembered, and how to translate between them.
#[derive(Debug)]
pub(super) struct Reading {
    pub(super) binding: Binding,
    pub(super) fingerprint: String,
    pub(super) state: State,
    pub(super) crm: CrmSnapshot,
    pub(super) remote: RemoteSnapshot,
    /// Deals whose links forgot what they agreed on through fields that their units no longer have.
    pub(super) rebased: BTreeSet<DealId>,
    /// Whether the plan was made long before, so that every record is read again before it is written.
    pub(super) is_kept_plan: bool,
}

/// Reads everything that a plan depends on. Costs one schema call and one call for each page.
pub(super) async fn read_both(engine: &Engine, overrides: &BTreeSet<Guard>) -> Result<Reading, EngineError> {
    let started = engine.clock.now();
    let wanted = wanted_fields(engine);
    let mut pages = engine.connector.list(Listing::everything(wanted.clone()));
    // The first page is on its way while the schema is.
    let (schema, first) = tokio::join!(engine.connector.schema(), timed(engine, pages.next()));
    let schema = schema?;
    let units = engine.store.units();
    let binding = Binding::new(units, &engine.connection.mapping, &schema, engine.connection.create_options);
    let fingerprint = engine.connection.fingerprint(&schema);

    let mut listing = Listed::default();
    let present = binding.fields();
    if present.len() == wanted.len() {
        listing.gather(engine, &binding, units, first, pages).await?;
    } else {
        // A mapped field is gone: ask only for what is there.
        let mut pages = engine.connector.list(Listing::everything(present));
        let first = timed(engine, pages.next()).await;
        listing.gather(engine, &binding, units, first, pages).await?;
    }
    let (state, rebased) = remembered(engine).await?;
    let crm = read_crm(engine, &state, &listing.rows).await?;
    engine.watch.see(&Event::Reading { side: Side::Crm, rows: crm.deals.len() });
    let absent = if listing.complete {
        absences(engine, overrides, &binding, &state, &listing.rows).await?
    } else {
        HashMap::new()
    };
    let remote = listing.into_snapshot(absent, Interval::new(started, engine.clock.now()));
    Ok(Reading { binding, fingerprint, state, crm, remote, rebased, is_kept_plan: false })
}

/// What is remembered, as far as it is about the fields that the units have now; and the deals whose links forgot the rest.
async fn remembered(engine: &Engine) -> Result<(State, BTreeSet<DealId>), EngineError> {
    let mut state = engine.store.state(&engine.connection.id).await?;
    let rebased = if mutation::stands(OwnField) {
        state.forget_other_fields(engine.store.units(), &engine.connection.mapping.fields())
    } else {
        BTreeSet::new()
    };
    Ok((state, rebased))
}

impl Reading {
    /// What a plan about these records needs: them alone, unless reading everything takes fewer calls.
    pub(super) async fn about(engine: &Engine, records: &[RemoteId]) -> Result<Self, EngineError> {
        let capabilities = engine.connector.capabilities();
        let linked = engine.store.state(&engine.connection.id).await?.links.len();
        if records.len().div_ceil(capabilities.read_batch.get()) <= linked.div_ceil(capabilities.page.get()) {
            Self::of_records(engine, records).await
        } else {
            read_both(engine, &BTreeSet::new()).await
        }
    }

    /// The CRM, and of the remote these records and no others: nothing is concluded about the rest. Costs one schema call
    /// and what reading them costs.
    pub(super) async fn of_records(engine: &Engine, records: &[RemoteId]) -> Result<Self, EngineError> {
        let started = engine.clock.now();
        let schema = engine.connector.schema().await?;
        let mapping = &engine.connection.mapping;
        let units = engine.store.units();
        let binding = Binding::new(units, mapping, &schema, engine.connection.create_options);
        let (mut rows, mut absent) = (HashMap::new(), HashMap::new());
        for (id, presence) in read_again(engine, &binding, records).await? {
            match presence {
                Presence::Live(deal) => rows.extend([decode(&binding, units, deal)]),
                other => absent.extend(absence(&other).map(|absence| (id, absence))),
            }
        }
        let (state, rebased) = remembered(engine).await?;
        let crm = read_crm(engine, &state, &rows).await?;
        let read = Interval::new(started, engine.clock.now());
        let remote = RemoteSnapshot { rows, absent, complete: false, read, skew: None };
        let fingerprint = engine.connection.fingerprint(&schema);
        Ok(Self { binding, fingerprint, state, crm, remote, rebased, is_kept_plan: false })
    }

    /// What applying a kept plan needs: the links as they are now; the rows are read again just before each write.
    pub(super) async fn for_kept_plan(
        engine: &Engine,
        binding: Binding,
        plan: &Plan,
    ) -> Result<Self, EngineError> {
        let (state, rebased) = remembered(engine).await?;
        let crm = read_crm(engine, &state, &HashMap::new()).await?;
        let remote = RemoteSnapshot {
            rows: HashMap::new(),
            absent: HashMap::new(),
            complete: plan.reading.complete,
            read: plan.reading.read,
            skew: None,
        };
        let fingerprint = plan.fingerprint.clone();
        Ok(Self { binding, fingerprint, state, crm, remote, rebased, is_kept_plan: true })
    }
}

/// The CRM's deals, and what linked ones held that are gone; those too whose record is there again.
async fn read_crm(
    engine: &Engine,
    state: &State,
    rows: &HashMap<RemoteId, Row>,
) -> Result<CrmSnapshot, EngineError> {
    let started = engine.clock.now();
    let deals = engine.store.deals().await?;
    let deals: HashMap<DealId, Deal> = deals.into_iter().map(|deal| (deal.id.clone(), deal)).collect();
    let counts = |link: &&Link| {
        link.agreement.status != LinkStatus::Tombstone || rows.contains_key(&link.agreement.remote)
    };
    let gone =
        state.links.iter().filter(counts).map(|link| &link.deal).filter(|deal| !deals.contains_key(*deal));
    let gone: Vec<DealId> = gone.cloned().collect();
    let graves = if gone.is_empty() { Vec::new() } else { engine.store.graves(&gone).await? };
    let graves = graves.into_iter().map(|grave| (grave.deal.id.clone(), grave)).collect();
    Ok(CrmSnapshot { deals, graves, read: Interval::new(started, engine.clock.now()) })
}

/// The fields that the mapping names, whether or not they are still there, in a fixed order.
fn wanted_fields(engine: &Engine) -> Vec<FieldId> {
    let mapping = &engine.connection.mapping;
    let mut fields: Vec<FieldId> = mapping.pairs.iter().map(|pair| pair.field.clone()).collect();
    fields.extend(mapping.key_field.clone());
    fields.sort();
    fields.dedup();
    fields
}

/// One answer and when it was asked for and given.
type Timed = (Interval, Option<Result<Page, Error>>);

async fn timed(engine: &Engine, next: impl Future<Output = Option<Result<Page, Error>>>) -> Timed {
    let asked = engine.clock.now();
    let page = next.await;
    (Interval::new(asked, engine.clock.now()), page)
}

/// A listing as it comes in.
#[derive(Default)]
struct Listed {
    rows: HashMap<RemoteId, Row>,
    skew: Option<Skew>,
    complete: bool,
}

impl Listed {
    /// Takes in all pages. A listing that breaks off is not complete; what ends the run is an error.
    async fn gather(
        &mut self,
        engine: &Engine,
        binding: &Binding,
        units: &Units,
        first: Timed,
        mut pages: futures::stream::BoxStream<'static, Result<Page, Error>>,
    ) -> Result<(), EngineError> {
        let mut next = first;
        loop {
            match next {
                (_, None) => {
                    self.complete = true;
                    return Ok(());
                }
                (_, Some(Err(error))) if error.kind().ends_run() => return Err(error.into()),
                (_, Some(Err(error))) => {
                    // Nothing was read at all: that is no reading to plan from.
                    if self.rows.is_empty() {
                        return Err(error.into());
                    }
                    tracing::warn!(%error, rows = self.rows.len(), "the listing broke off: nothing is concluded from absence");
                    self.complete = !mutation::stands(CompleteListing);
                    return Ok(());
                }
                (asked, Some(Ok(page))) => {
                    if let Some(told) = page.clock {
                        let now = Skew::measure(told, asked.lo, asked.hi);
                        self.skew = Some(self.skew.map_or(now, |before| before.and(now)));
                    }
                    for deal in page.deals {
                        let (id, row) = decode(binding, units, deal);
                        self.rows.insert(id, row);
                    }
                    engine.watch.see(&Event::Reading { side: Side::Remote, rows: self.rows.len() });
                }
            }
            next = timed(engine, pages.next()).await;
        }
    }

    fn into_snapshot(mut self, absent: HashMap<RemoteId, Absence>, read: Interval) -> RemoteSnapshot {
        if let Some(skew) = self.skew {
            for row in self.rows.values_mut() {
                row.edited = row.edited.map(|edited| edited.translated(skew));
                row.created = row.created.map(|created| created - skew.lo);
            }
        }
        RemoteSnapshot { rows: self.rows, absent, complete: self.complete, read, skew: self.skew }
    }
}

/// A record's cells as units' values.
pub(super) fn decode(binding: &Binding, units: &Units, deal: RemoteDeal) -> (RemoteId, Row) {
    let mut notes = Vec::new();
    let values = (0..units.len()).map(|position| match binding.bound(position) {
        None => Value::Empty,
        Some(bound) => {
            let decoded = bound.lens.decode(deal.cell(&bound.field));
            notes.extend(decoded.note.map(|note| (position, note)));
            decoded.value
        }
    });
    let values = values.collect();
    let stamp = binding.key_field().and_then(|field| match deal.cell(field) {
        Value::Text(text) if !text.trim().is_empty() => Some(text.trim().to_owned()),
        Value::Number(number) => Some(number.normalize().to_string()),
        _ => None,
    });
    (deal.id, Row { values, notes, stamp, edited: deal.edited, created: deal.created })
}

/// Asks for each linked record that a complete listing did not show; no more of them than would trip the guard, unless a
/// person let it pass.
async fn absences(
    engine: &Engine,
    overrides: &BTreeSet<Guard>,
    binding: &Binding,
    state: &State,
    rows: &HashMap<RemoteId, Row>,
) -> Result<HashMap<RemoteId, Absence>, EngineError> {
    let mut absent = HashMap::new();
    let mut suspects: Vec<RemoteId> = Vec::new();
    let mut live = 0_usize;
    for link in &state.links {
        let record = &link.agreement.remote;
        match link.agreement.status {
            LinkStatus::Tombstone => {}
            // Known to be deleted since an earlier run; it would have been listed had it come back.
            LinkStatus::RecordDeleted => {
                if !rows.contains_key(record) {
                    absent.insert(record.clone(), Absence::Deleted);
                }
            }
            LinkStatus::Live | LinkStatus::DealDeleted => {
                live += 1;
                if !rows.contains_key(record) {
                    suspects.push(record.clone());
                }
            }
        }
    }
    suspects.sort();
    if !overrides.contains(&Guard::MassDelete) {
        suspects.truncate(most_suspects(engine, live));
    }
    for (id, presence) in read_again(engine, binding, &suspects).await? {
        absent.extend(absence(&presence).map(|absence| (id, absence)));
    }
    Ok(absent)
}

/// Where each of these records stands.
async fn read_again(
    engine: &Engine,
    binding: &Binding,
    records: &[RemoteId],
) -> Result<Vec<(RemoteId, Presence)>, EngineError> {
    let mut found = Vec::with_capacity(records.len());
    for ids in records.chunks(engine.connector.capabilities().read_batch.get()) {
        let read = engine.connector.read(ids, &binding.fields()).await?;
        found.extend(ids.iter().cloned().zip(read));
    }
    Ok(found)
}

/// Why a record is not to be seen; `None` when it is there after all: the listing raced with an edit, and the next run
/// sees it.
const fn absence(presence: &Presence) -> Option<Absence> {
    match presence {
        Presence::Live(_) => None,
        Presence::Trashed(_) | Presence::Deleted => Some(Absence::Deleted),
        Presence::Elsewhere => Some(Absence::Elsewhere),
        Presence::Vanished => Some(Absence::Vanished),
    }
}

/// One more than the guard against mass deletion lets through, in whole batches.
fn most_suspects(engine: &Engine, live: usize) -> usize {
    let limits = engine.connection.policy.limits;
    let most = |limit: u64| usize::try_from(limit).unwrap_or(usize::MAX);
    let share = live.saturating_mul(most(limits.deletes_share)) / 100;
    let allowed = most(limits.deletes).max(share).saturating_add(1);
    let batch = engine.connector.capabilities().read_batch.get();
    allowed.div_ceil(batch).saturating_mul(batch)
}
