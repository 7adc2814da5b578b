//! What the suite needs to know of a store under test, and what it writes into it.

use std::collections::BTreeMap;

use async_trait::async_trait;
use chrono::{DateTime, SubsecRound, TimeDelta, Utc};

use crate::canon::same;
use crate::clock::Interval;
use crate::connector::Usage;
use crate::id::{ConnectionId, DealId, RemoteId, RunId, UnitKey};
use crate::plan::{Action, Conflict, Mode, Purpose, Reason, Rule, Side, Strategy, UnitChange, conflict_id};
use crate::state::{Agreement, Deal, Link, LinkStatus};
use crate::store::{
    Commit, Committed, Counts, DealWrite, Effect, IntentWrite, Lease, LogEntry, OpOutcome, RunRecord,
    RunStatus, Store,
};
use crate::value::Value;

/// An empty store, a person who works in its CRM, and a view of the books that the port does not give.
#[async_trait]
pub trait StoreHarness: Send + Sync {
    /// The store under test.
    fn store(&self) -> &dyn Store;

    /// A connection that exists and remembers nothing yet.
    fn connection(&self) -> ConnectionId;

    /// Another one.
    fn other_connection(&self) -> ConnectionId;

    /// Some of the units by what the suite uses them for.
    fn roles(&self) -> Roles;

    /// A whole deal that the CRM takes, with something in every unit that is not derived; another one for each `n`,
    /// different in each of the [`roles`](Self::roles).
    fn sample(&self, n: usize) -> Vec<(UnitKey, Value)>;

    /// A value that a unit cannot keep: the CRM refuses it.
    fn refused(&self) -> (UnitKey, Value);

    /// A person makes a deal.
    async fn insert_deal(&self, values: Vec<(UnitKey, Value)>) -> DealId;

    /// A person writes one unit.
    async fn edit_deal(&self, id: &DealId, unit: &UnitKey, value: Value);

    /// A person deletes a deal.
    async fn delete_deal(&self, id: &DealId);

    /// The lines of a run's log, oldest first.
    async fn log(&self, run: &RunId) -> Vec<LogEntry>;

    /// A run as its record stands.
    async fn run(&self, run: &RunId) -> Option<RunRecord>;

    /// The conflicts that wait for a person.
    async fn open_conflicts(&self, connection: &ConnectionId) -> Vec<Conflict>;

    /// The conflicts that were decided.
    async fn decided_conflicts(&self, connection: &ConnectionId) -> Vec<Conflict>;

    /// The store's clock.
    fn now(&self) -> DateTime<Utc>;

    /// Lets the store's clock go on.
    fn forward(&self, step: TimeDelta);
}

/// Some of the units of the store under test. Each is a unit of its own, is not derived and moves alone.
#[derive(Debug, Clone)]
pub struct Roles {
    /// Optional text of many lines, of at least 1,000 characters.
    pub text: UnitKey,
    /// A number or amount with two digits after the point, up to 99,999,999.99.
    pub number: UnitKey,
    /// An optional date.
    pub date: UnitKey,
    /// Optional tags.
    pub tags: UnitKey,
}

pub(super) fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

pub(super) const HOUR: TimeDelta = TimeDelta::hours(1);

/// The store's clock, no finer than every database keeps it.
pub(super) fn now(harness: &dyn StoreHarness) -> DateTime<Utc> {
    harness.now().trunc_subsecs(3)
}

pub(super) fn run_id(n: usize) -> RunId {
    RunId::from(format!("run-{n:04}"))
}

/// Takes the connection for a run, whose record is written.
pub(super) async fn begin(harness: &dyn StoreHarness, n: usize) -> Lease {
    begin_on(harness, &harness.connection(), n).await
}

pub(super) async fn begin_on(harness: &dyn StoreHarness, connection: &ConnectionId, n: usize) -> Lease {
    let run = run_id(n);
    let lease = harness.store().acquire(connection, &run, HOUR).await.expect("the lease");
    let record = Commit { run: Some(run_record(harness, run)), ..Commit::default() };
    harness.store().commit(&lease, record).await.expect("the run's record");
    lease
}

pub(super) fn run_record(harness: &dyn StoreHarness, id: RunId) -> RunRecord {
    RunRecord {
        id,
        purpose: Purpose::Agree,
        mode: Mode::Sync,
        trigger: "the suite".into(),
        continues: None,
        plan: None,
        started: now(harness),
        finished: None,
        status: RunStatus::Running,
        counts: Counts::default(),
        usage: Usage::default(),
        message: None,
        overrides: Vec::new(),
    }
}

/// Commits these effects; what became of each.
pub(super) async fn commit(
    harness: &dyn StoreHarness,
    lease: &Lease,
    effects: Vec<Effect>,
) -> Vec<Committed> {
    let count = effects.len();
    let commit = Commit { effects, ..Commit::default() };
    let committed = harness.store().commit(lease, commit).await.expect("a commit");
    assert_eq!(committed.len(), count, "one answer for each effect");
    committed
}

/// Commits one effect; what became of it.
pub(super) async fn commit_one(harness: &dyn StoreHarness, lease: &Lease, effect: Effect) -> Committed {
    commit(harness, lease, vec![effect]).await.remove(0)
}

/// An effect that only writes a deal.
pub(super) fn effect(deal: DealWrite) -> Effect {
    Effect {
        deal,
        links: Vec::new(),
        intent: IntentWrite::Keep,
        origins: Vec::new(),
        conflicts: Vec::new(),
        log: None,
    }
}

/// A new deal that a run makes; its id.
pub(super) async fn insert(
    harness: &dyn StoreHarness,
    lease: &Lease,
    values: Vec<(UnitKey, Value)>,
) -> DealId {
    match commit_one(harness, lease, effect(DealWrite::Insert { values })).await {
        Committed::Done(Some(id)) => id,
        other => panic!("no deal was made: {other:?}"),
    }
}

/// An update of one unit.
pub(super) fn update(id: &DealId, unit: &UnitKey, expected: Value, value: Value) -> DealWrite {
    DealWrite::Update {
        id: id.clone(),
        expected: vec![(unit.clone(), expected)],
        values: vec![(unit.clone(), value)],
    }
}

/// An agreement on `values`, each as both sides hold it, and on nothing else.
pub(super) fn agreement(harness: &dyn StoreHarness, remote: &str, values: &[(UnitKey, Value)]) -> Agreement {
    let agreed = |key: &UnitKey| values.iter().find(|(unit, _)| unit == key).map(|(_, value)| value.clone());
    let held: Box<[Option<Value>]> = harness.store().units().iter().map(|unit| agreed(&unit.key)).collect();
    Agreement {
        remote: RemoteId::from(remote),
        status: LinkStatus::Live,
        crm: held.clone(),
        theirs: held,
        seen_at: Some(now(harness)),
        held: BTreeMap::new(),
    }
}

/// A line of the log about an update of the text unit.
pub(super) fn line(harness: &dyn StoreHarness, seq: u32, deal: Option<&DealId>) -> LogEntry {
    LogEntry {
        seq,
        action: Action::UpdateDeal,
        deal: deal.cloned(),
        remote: Some(RemoteId::from("rec0001")),
        label: format!("O'Brien & \"Sons\" {seq}"),
        reason: Reason::Edited(Side::Remote),
        changes: vec![UnitChange {
            unit: harness.roles().text,
            before: Value::Empty,
            after: text("Rappeler lundi 🤝"),
            rule: Rule::OneSided,
        }],
        outcome: OpOutcome::Applied,
        message: None,
        at: now(harness),
    }
}

/// A conflict on the text unit, whose values differ for each `n`.
pub(super) fn conflict(harness: &dyn StoreHarness, deal: &DealId, n: usize) -> Conflict {
    let (unit, remote) = (harness.roles().text, RemoteId::from("rec0001"));
    let (crm, theirs) = (text(&format!("ours {n}")), text(&format!("theirs {n}")));
    Conflict {
        id: conflict_id(&remote, &unit, None, &crm, &theirs),
        deal: deal.clone(),
        remote,
        unit,
        base: None,
        crm,
        theirs,
        crm_edited: None,
        remote_edited: Some(Interval::new(now(harness) - HOUR, now(harness))),
        strategy: Strategy::Manual,
        winner: None,
        tie: false,
        clock_suspect: true,
    }
}

/// Every deal of the CRM.
pub(super) async fn all(harness: &dyn StoreHarness) -> Vec<Deal> {
    harness.store().deals().await.expect("the deals")
}

/// One deal, if it is there.
pub(super) async fn deal(harness: &dyn StoreHarness, id: &DealId) -> Option<Deal> {
    all(harness).await.into_iter().find(|deal| deal.id == *id)
}

/// What a unit of a deal holds.
pub(super) async fn value(harness: &dyn StoreHarness, id: &DealId, unit: &UnitKey) -> Value {
    let deal = deal(harness, id).await.expect("the deal");
    deal.values[position(harness, unit)].clone()
}

/// The value that a sample has for a unit.
pub(super) fn sampled(harness: &dyn StoreHarness, n: usize, unit: &UnitKey) -> Value {
    let sample = harness.sample(n).into_iter().find(|(key, _)| key == unit);
    sample.expect("a sample has a value for each role").1
}

/// The links of the suite's connection.
pub(super) async fn links(harness: &dyn StoreHarness) -> Vec<Link> {
    harness.store().state(&harness.connection()).await.expect("the state").links
}

pub(super) fn position(harness: &dyn StoreHarness, unit: &UnitKey) -> usize {
    harness.store().units().position(unit.as_str()).expect("a declared unit")
}

/// Asserts that a deal holds these values, as people mean it.
pub(super) fn assert_holds(harness: &dyn StoreHarness, deal: &Deal, values: &[(UnitKey, Value)]) {
    let units = harness.store().units();
    assert_eq!(deal.values.len(), units.len(), "a deal has a value for each unit");
    for (unit, value) in values {
        let held = &deal.values[position(harness, unit)];
        let kind = &units.get(unit.as_str()).expect("a declared unit").kind;
        assert!(same(kind, held, value), "{unit} of deal {} holds {held:?}, not {value:?}", deal.id);
    }
}
