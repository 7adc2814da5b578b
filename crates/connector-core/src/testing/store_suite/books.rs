//! Conflicts, the log, runs and kept plans.

use std::collections::BTreeSet;

use super::harness::{
    StoreHarness, all, begin, commit, commit_one, conflict, effect, line, now, run_id, run_record,
};
use crate::clock::Interval;
use crate::connector::Usage;
use crate::id::PlanId;
use crate::plan::{Conflict, Mode, Op, Plan, Purpose, Reading, Reason, Side};
use crate::store::{
    Commit, Counts, DealWrite, Effect, LogEntry, OpOutcome, RunRecord, RunStatus, SavedPlan, StoreError,
};

/// A commit that names the open conflicts names all of them; one that names none leaves them.
pub async fn open_conflicts_are_those_last_named(harness: &dyn StoreHarness) {
    let lease = begin(harness, 1).await;
    let deal = harness.insert_deal(harness.sample(1)).await;
    let [one, two, three] = [1, 2, 3].map(|n| conflict(harness, &deal, n));
    for open in [vec![one, two.clone()], vec![two, three], Vec::new()] {
        let commit = Commit { open_conflicts: Some(open.clone()), ..Commit::default() };
        harness.store().commit(&lease, commit).await.expect("a commit");
        harness.store().commit(&lease, Commit::default()).await.expect("an empty commit");
        assert_eq!(by_id(harness.open_conflicts(&lease.connection).await), by_id(open));
    }
    assert!(harness.open_conflicts(&harness.other_connection()).await.is_empty());
}

/// No value is thrown away without a line that holds it; meeting the conflict again is no second one.
pub async fn a_decided_conflict_is_kept_with_the_value_that_lost(harness: &dyn StoreHarness) {
    let lease = begin(harness, 1).await;
    let deal = harness.insert_deal(harness.sample(1)).await;
    let mut decided = conflict(harness, &deal, 1);
    let open = Commit { open_conflicts: Some(vec![decided.clone()]), ..Commit::default() };
    harness.store().commit(&lease, open).await.expect("a commit");
    decided.winner = Some(Side::Remote);
    let deciding = Effect { conflicts: vec![decided.clone()], ..effect(DealWrite::Keep(deal)) };
    commit(harness, &lease, vec![deciding.clone(), deciding]).await;
    assert_eq!(harness.decided_conflicts(&lease.connection).await, [decided]);
    let open = harness.open_conflicts(&lease.connection).await;
    assert!(open.is_empty(), "what is decided is no longer open: {open:?}");
}

/// Each line with all that it says, by its run, in the order of being written.
pub async fn the_log_keeps_every_line_in_order(harness: &dyn StoreHarness) {
    let lease = begin(harness, 1).await;
    let deal = harness.insert_deal(harness.sample(1)).await;
    let failed = LogEntry {
        outcome: OpOutcome::Unknown,
        message: Some("no answer in time".into()),
        reason: Reason::Matched,
        remote: None,
        ..line(harness, 3, None)
    };
    let lines = [line(harness, 1, Some(&deal)), line(harness, 2, Some(&deal)), failed];
    for line in &lines {
        commit_one(harness, &lease, Effect { log: Some(line.clone()), ..effect(DealWrite::None) }).await;
    }
    assert_eq!(harness.log(&lease.run).await, lines);
    harness.store().release(&lease).await.expect("a release");
    let next = begin(harness, 2).await;
    assert!(harness.log(&next.run).await.is_empty());
}

/// A run has one record, which tells how it stands now.
pub async fn a_run_is_rewritten_by_its_id(harness: &dyn StoreHarness) {
    let lease = begin(harness, 1).await;
    assert_eq!(harness.run(&lease.run).await, Some(run_record(harness, run_id(1))));
    let ended = RunRecord {
        purpose: Purpose::Undo { run: run_id(0) },
        mode: Mode::Import,
        finished: Some(now(harness)),
        status: RunStatus::Partial,
        counts: Counts { read: 12, pulled: 3, ties: 1, failed: 2, ..Counts::default() },
        usage: Usage { calls: 17, waited_ms: 30_000 },
        message: Some("O'Brien's record was refused".into()),
        overrides: vec!["mass_delete by Anne".into()],
        ..run_record(harness, run_id(1))
    };
    let commit = Commit { run: Some(ended.clone()), ..Commit::default() };
    harness.store().commit(&lease, commit).await.expect("a commit");
    assert_eq!(harness.run(&lease.run).await, Some(ended));
    assert_eq!(harness.run(&run_id(2)).await, None);
}

/// A plan waits for a person without a lease, whole.
pub async fn a_plan_is_kept_as_it_was(harness: &dyn StoreHarness) {
    let kept = plan(harness);
    assert_eq!(harness.store().plan(&kept.id).await.expect("no plan yet"), None);
    harness.store().save_plan(&kept).await.expect("a kept plan");
    let read = harness.store().plan(&kept.id).await.expect("the plan");
    assert_eq!(read, Some(SavedPlan { plan: kept, applied_by: None }));
    assert!(all(harness).await.is_empty());
}

/// A person who presses the button twice applies the plan once.
pub async fn a_plan_is_applied_once(harness: &dyn StoreHarness) {
    let kept = plan(harness);
    harness.store().save_plan(&kept).await.expect("a kept plan");
    let lease = begin(harness, 1).await;
    let applying = |n| Commit {
        applies: Some(kept.id.clone()),
        effects: vec![effect(DealWrite::Insert { values: harness.sample(n) })],
        ..Commit::default()
    };
    harness.store().commit(&lease, applying(1)).await.expect("the first time");
    let read = harness.store().plan(&kept.id).await.expect("the plan").expect("it is kept");
    assert_eq!(read.applied_by.as_ref(), Some(&lease.run));
    harness.store().release(&lease).await.expect("a release");

    let second = begin(harness, 2).await;
    let again = harness.store().commit(&second, applying(2)).await;
    assert!(matches!(&again, Err(StoreError::AlreadyApplied(run)) if *run == lease.run), "{again:?}");
    assert_eq!(all(harness).await.len(), 1, "nothing of the second commit stands");
}

fn by_id(conflicts: Vec<Conflict>) -> Vec<Conflict> {
    let count = conflicts.len();
    let mut conflicts = conflicts;
    conflicts.sort_by(|a, b| a.id.cmp(&b.id));
    let ids: BTreeSet<&String> = conflicts.iter().map(|conflict| &conflict.id).collect();
    assert_eq!(ids.len(), count, "each conflict once");
    conflicts
}

fn plan(harness: &dyn StoreHarness) -> Plan {
    let at = now(harness);
    let LogEntry { action, reason, changes, label, .. } = line(harness, 1, None);
    let conflict = conflict(harness, &"1".into(), 1);
    let op = Op {
        seq: 1,
        action,
        deal: Some("1".into()),
        remote: Some("rec0001".into()),
        label,
        reason,
        changes,
        conflicts: vec![conflict.clone()],
        edited: Some(Interval::at(at)),
    };
    Plan {
        id: PlanId::from("plan-0001"),
        connection: harness.connection(),
        made_at: at,
        purpose: Purpose::Choice { conflict: "one".into() },
        mode: Mode::Export,
        fingerprint: "settings".into(),
        reading: Reading { deals: 1, records: 2, unchanged: 0, complete: true, read: Interval::at(at) },
        ops: vec![op],
        conflicts: vec![conflict],
        questions: Vec::new(),
        notices: Vec::new(),
        trips: Vec::new(),
        masked: vec!["rec0002".into()],
        calls: 3,
    }
}
