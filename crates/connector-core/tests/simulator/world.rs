//! A CRM and one or two remotes in memory, with people at work in all of them.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use chrono::TimeDelta;
use connector_core::clock::Clock;
use connector_core::connector::{DealConnector, RemoteDeal};
use connector_core::engine::{Connection, Engine, EngineError, Pass, Report, Request, sync_all};
use connector_core::id::{ConnectionId, DealId, FieldId, PlanId, RemoteId, RunId};
use connector_core::mapping::{Mapping, Pair};
use connector_core::plan::{Deletion, Deletions, Guard, Mode, Policy, Side, Strategy};
use connector_core::schema::{FieldKind, Schema};
use connector_core::state::LinkStatus;
use connector_core::store::{LogEntry, Store};
use connector_core::testing::{
    Blow, CallKind, EditClock, Faults, Faulty, FaultyStore, Fuse, ManualClock, MemoryConnector,
    MemorySettings, MemoryStore, field,
};
use connector_core::unit::{Unit, UnitKind, Units};
use connector_core::value::Value;
use strum::VariantArray;

use crate::people::People;
use crate::trace::Trace;

/// The units that people edit, with the field of each.
pub(crate) const UNITS: [(&str, &str); 4] =
    [("name", "fldName"), ("notes", "fldNotes"), ("amount", "fldAmount"), ("currency", "fldCurrency")];
pub(crate) const KEY_FIELD: &str = "fldKey";
/// Where the notes move to, in a world in which they do.
pub(crate) const MOVED_FIELD: &str = "fldMoved";

/// What a history plays on.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is drawn by itself")]
pub(crate) struct Ground {
    pub(crate) strategy: Strategy,
    /// Who wins when the order of two edits cannot be known.
    pub(crate) tie: Side,
    /// How far deletions go, on either side.
    pub(crate) deletion: Deletion,
    /// Whether copies become deals of their own.
    pub(crate) copies: bool,
    /// Whether deals and records go by their names where they were never linked.
    pub(crate) named: bool,
    /// Whether the notes have moved to another field.
    pub(crate) moved: bool,
    /// Whether guards stop a run; otherwise each run overrides them.
    pub(crate) guarded: bool,
    /// One remote or two.
    pub(crate) soils: Vec<Soil>,
}

/// What kind of remote it is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Soil {
    /// Whether creations adopt, batches are of ten and times exact; else as Notion.
    pub(crate) like_airtable: bool,
    pub(crate) keyed: bool,
    pub(crate) dated: bool,
}

/// One remote and its connection.
pub(crate) struct Remote {
    pub(crate) id: ConnectionId,
    pub(crate) soil: Soil,
    pub(crate) connector: MemoryConnector,
}

pub(crate) struct World {
    pub(crate) ground: Ground,
    pub(crate) clock: ManualClock,
    pub(crate) remotes: Vec<Remote>,
    pub(crate) store: MemoryStore,
    pub(crate) people: People,
    pub(crate) trace: Trace,
    runs: u32,
}

pub(crate) fn units() -> Units {
    Units::new([
        Unit::new("name", UnitKind::Text { max: Some(200) }, "Name").required(),
        Unit::new("notes", UnitKind::Text { max: None }, "Notes"),
        Unit::new("amount", UnitKind::Money { scale: 2 }, "Amount").positive(),
        Unit::new("currency", UnitKind::Text { max: None }, "Currency"),
    ])
    .unwrap()
    .grouped(&["amount", "currency"])
    .unwrap()
}

fn schema() -> Schema {
    let text = FieldKind::Text { max: None };
    Schema {
        container: "tblDeals".into(),
        name: "Deals".into(),
        fields: vec![
            field("fldName", "Name", text.clone()),
            field("fldNotes", "Notes", text.clone()),
            field("fldAmount", "Amount", FieldKind::Currency { scale: Some(2), symbol: Some("€".into()) }),
            field("fldCurrency", "Currency", text.clone()),
            field(KEY_FIELD, "CRM ID", text.clone()),
            field(MOVED_FIELD, "Notes of now", text),
        ],
    }
}

impl World {
    pub(crate) fn new(ground: Ground, trace: Trace) -> Self {
        let clock = ManualClock::default();
        let remotes = ground.soils.iter().zip(["north", "south"]).map(|(&soil, name)| {
            let mut settings = if soil.like_airtable {
                MemorySettings::like_airtable()
            } else {
                MemorySettings::like_notion()
            };
            if !soil.dated {
                settings.edit_clock = EditClock::None;
            }
            // Small pages, so that a listing can break off; one write at a time, since between the look at a record and
            // the write to it nobody may edit it, which no remote can rule out.
            settings.capabilities.page = NonZeroUsize::MIN.saturating_add(2);
            settings.capabilities.in_flight = NonZeroUsize::MIN;
            let connector = MemoryConnector::new(settings, schema(), Arc::new(clock.clone()));
            Remote { id: name.into(), soil, connector }
        });
        let remotes: Vec<Remote> = remotes.collect();
        let store = MemoryStore::new(units(), Arc::new(clock.clone()));
        let connectors = remotes.iter().map(|remote| remote.connector.clone()).collect();
        let people = People::new(clock.clone(), store.clone(), connectors);
        Self { ground, clock, remotes, store, people, trace, runs: 0 }
    }

    /// Another world that is the same so far.
    pub(crate) fn fork(&self) -> Self {
        let clock = ManualClock::new(self.clock.now());
        let remotes = self.remotes.iter().map(|remote| Remote {
            id: remote.id.clone(),
            soil: remote.soil,
            connector: remote.connector.fork(Arc::new(clock.clone())),
        });
        let remotes: Vec<Remote> = remotes.collect();
        let store = self.store.fork(Arc::new(clock.clone()));
        let connectors = remotes.iter().map(|remote| remote.connector.clone()).collect();
        let people = self.people.fork(clock.clone(), store.clone(), connectors);
        let (ground, trace) = (self.ground.clone(), Trace::default());
        Self { ground, clock, remotes, store, people, trace, runs: self.runs }
    }

    fn connection(&self, remote: &Remote) -> Connection {
        let schema = schema();
        let units = units();
        let pairs = UNITS.iter().map(|(unit, field)| {
            let field = if self.ground.moved && *unit == "notes" { &MOVED_FIELD } else { field };
            Pair::new(units.get(unit).unwrap(), schema.field(&FieldId::from(*field)).unwrap())
        });
        Connection {
            id: remote.id.clone(),
            mapping: Mapping {
                pairs: pairs.collect(),
                key_field: remote.soil.keyed.then(|| KEY_FIELD.into()),
                natural_key: self.ground.named.then(|| UNITS[0].0.into()).into_iter().collect(),
            },
            policy: Policy {
                strategy: self.ground.strategy,
                tie: self.ground.tie,
                copies: self.ground.copies,
                deletions: Deletions {
                    remote: self.ground.deletion,
                    crm: self.ground.deletion,
                    ..Deletions::default()
                },
                overrides: Guard::VARIANTS.iter().copied().filter(|_| !self.ground.guarded).collect(),
                ..Policy::default()
            },
            create_options: false,
        }
    }

    fn engine_over(
        &self,
        remote: &Remote,
        connector: Arc<dyn DealConnector>,
        store: Arc<dyn Store>,
    ) -> Engine {
        Engine::new(self.connection(remote), connector, store, Arc::new(self.clock.clone()))
    }

    /// The engines of all remotes, in this order; each remote seen through its own weather.
    fn engines(&self, backwards: bool, weather: &Weather) -> Vec<Engine> {
        let mut engines: Vec<Engine> = self
            .remotes
            .iter()
            .zip(weather.seed..)
            .map(|(remote, seed)| {
                let (trace, people, busy) = (self.trace.clone(), self.people.clone(), weather.busy);
                let connector = Faulty::new(remote.connector.clone(), seed)
                    .with(weather.faults)
                    .fused(weather.fuse.clone())
                    .on_call(move |call| {
                        trace.note("call", &call);
                        // Between the look at a record and the write to it lies what stays a race.
                        let seed = busy.filter(|_| call.kind != CallKind::Write);
                        if let Some(seed) = seed {
                            people.meddle(seed ^ call.number, true);
                        }
                    });
                let (trace, people) = (self.trace.clone(), self.people.clone());
                let commits = AtomicU64::new(1_000);
                let store =
                    FaultyStore::new(self.store.clone(), weather.fuse.clone()).before_commit(move |commit| {
                        trace.note("commit", commit);
                        let number = commits.fetch_add(1, Ordering::Relaxed);
                        if let Some(seed) = busy {
                            people.meddle(seed ^ number, false);
                        }
                    });
                self.engine_over(remote, Arc::new(connector), Arc::new(store))
            })
            .collect();
        if backwards {
            engines.reverse();
        }
        engines
    }

    /// The engine of one remote, on a fine day.
    pub(crate) fn engine(&self, remote: usize) -> Engine {
        let remote = &self.remotes[remote % self.remotes.len()];
        self.engine_over(remote, Arc::new(remote.connector.clone()), Arc::new(self.store.clone()))
    }

    pub(crate) fn request(&mut self, mode: Mode) -> Request {
        self.runs += 1;
        Request::new(format!("run-{:04}", self.runs), mode, "test")
    }

    /// A sync of all remotes in some weather.
    pub(crate) async fn sync_through(&mut self, mode: Mode, backwards: bool, weather: &Weather) -> Vec<Pass> {
        let engines = self.engines(backwards, weather);
        let passes = sync_all(&engines, |_| self.request(mode)).await;
        self.trace.note("passes", &passes);
        passes
    }

    /// A sync of all remotes on a fine day.
    pub(crate) async fn sync(&mut self) -> Vec<Report> {
        let passes = self.sync_through(Mode::Sync, false, &Weather::fine()).await;
        passes.into_iter().map(|pass| pass.outcome.unwrap()).collect()
    }

    /// A sync in bad weather. What is left of it, the next one has to mend; a dead holder's lease runs out.
    pub(crate) async fn storm(&mut self, seed: u64, killed: Option<(u64, bool)>, backwards: bool) {
        let fuse = killed.map_or_else(Fuse::new, |(step, done)| {
            Fuse::at(step, if done { Blow::After } else { Blow::Before })
        });
        // Whatever it answers: the promises are about the state that it leaves.
        let weather = Weather { seed, faults: Faults::some(), fuse, busy: None };
        self.sync_through(Mode::Sync, backwards, &weather).await;
        self.clock.advance(TimeDelta::minutes(2));
    }

    /// Whether some listing surely breaks off after so many pages: it has more of them, though it shows no record yet that
    /// was made within the last minute and a bit.
    pub(crate) fn breaks_off_after(&self, pages: usize) -> bool {
        let shown_since = self.clock.now() - TimeDelta::seconds(75);
        self.remotes.iter().any(|remote| {
            let is_shown = |record: &RemoteDeal| record.created.is_some_and(|made| made <= shown_since);
            let shown = remote.connector.records().iter().filter(|record| is_shown(record)).count();
            shown.div_ceil(remote.connector.capabilities().page.get()) > pages
        })
    }

    /// A sync whose listings break off after some pages, in any order of rows.
    pub(crate) async fn cut_short(&mut self, seed: u64, pages: usize) -> Vec<Pass> {
        let faults = Faults { cut_after: Some(pages), shuffle: true, ..Faults::default() };
        let weather = Weather { seed, faults, ..Weather::fine() };
        self.sync_through(Mode::Sync, false, &weather).await
    }

    /// A sync while people work on, between any two of its steps.
    pub(crate) async fn rush_hour(&mut self, seed: u64, backwards: bool) -> Vec<Pass> {
        let weather = Weather { busy: Some(seed), ..Weather::fine() };
        self.sync_through(Mode::Sync, backwards, &weather).await
    }

    /// Takes back what a run of the first remote did; the run that did so, unless something stays.
    pub(crate) async fn undo(&mut self, run: &RunId) -> Result<Option<RunId>, EngineError> {
        let log: Vec<LogEntry> =
            self.store.log().into_iter().filter(|(of, _)| of == run).map(|(_, entry)| entry).collect();
        let (plan, request) = (PlanId::new(format!("undo-{run}")), self.request(Mode::Sync));
        let engine = self.engine(0);
        let stays = !engine.plan_undo(plan.clone(), &request, run, &log).await?.notices.is_empty();
        let undone = engine.apply(&plan, &self.request(Mode::Sync)).await?.record.id;
        Ok((!stays).then_some(undone))
    }

    /// What every deal shows, by id.
    pub(crate) async fn deals(&self) -> BTreeMap<DealId, Vec<Value>> {
        let deals = self.store.deals().await.unwrap();
        deals.into_iter().map(|deal| (deal.id, deal.values.to_vec())).collect()
    }

    /// What every deal and every record of each remote shows, by id.
    pub(crate) async fn contents(&self) -> (BTreeMap<DealId, Vec<Value>>, Vec<Records>) {
        (self.deals().await, self.remotes.iter().map(Remote::records).collect())
    }

    /// Each deal with its records, and the records without a deal: what both sides show, whatever the ids.
    pub(crate) async fn picture(&self) -> Vec<String> {
        let deals = self.deals().await;
        let mut shown: BTreeMap<&DealId, Vec<String>> =
            deals.iter().map(|(id, values)| (id, vec![format!("crm {values:?}")])).collect();
        let mut alone = Vec::new();
        for remote in &self.remotes {
            let mut records = remote.records();
            for link in self.store.links(&remote.id) {
                let deal = shown.get_mut(&link.deal).filter(|_| link.agreement.status == LinkStatus::Live);
                if let Some((deal, cells)) = deal.zip(records.remove(&link.agreement.remote)) {
                    deal.push(format!("{} {cells:?}", remote.id));
                }
            }
            alone.extend(records.into_values().map(|cells| format!("{} alone {cells:?}", remote.id)));
        }
        let mut picture: Vec<String> =
            shown.into_values().map(|sides| sides.join("; ")).chain(alone).collect();
        picture.sort();
        picture
    }
}

/// What every record shows, by id.
pub(crate) type Records = BTreeMap<RemoteId, Vec<Value>>;

impl Remote {
    pub(crate) fn records(&self) -> Records {
        let records = self.connector.records().into_iter().map(|record| {
            let cells = UNITS.iter().map(|(_, field)| record.cell(&FieldId::from(*field)).clone()).collect();
            (record.id, cells)
        });
        records.collect()
    }
}

/// What comes between an engine and its remotes.
pub(crate) struct Weather {
    pub(crate) seed: u64,
    pub(crate) faults: Faults,
    pub(crate) fuse: Fuse,
    /// People work between any two steps, as these dice fall.
    pub(crate) busy: Option<u64>,
}

impl Weather {
    pub(crate) fn fine() -> Self {
        Self { seed: 0, faults: Faults::default(), fuse: Fuse::new(), busy: None }
    }

    /// Rows and pages come in an order of their own.
    pub(crate) fn shuffling(seed: u64) -> Self {
        let faults = Faults { shuffle: true, repeat: 0.1, ..Faults::default() };
        Self { seed, faults, ..Self::fine() }
    }
}
