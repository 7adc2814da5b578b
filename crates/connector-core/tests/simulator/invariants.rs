//! What must hold after every history, by the numbers of the properties in the semantics.

use std::collections::HashSet;

use chrono::TimeDelta;
use connector_core::canon::same;
use connector_core::connector::DealConnector;
use connector_core::engine::Report;
use connector_core::id::{DealId, RemoteId};
use connector_core::plan::{Action, Deletion, Mode, Op, Plan, Side, Strategy};
use connector_core::state::LinkStatus;
use connector_core::store::{OpOutcome, RunStatus, Store};
use connector_core::testing::Counters;
use connector_core::value::Value;
use proptest::prop_assert;
use proptest::test_runner::TestCaseError;

use crate::world::{KEY_FIELD, Records, Remote, UNITS, Weather, World, units};

type Verdict = Result<(), TestCaseError>;

/// P6: the same world gives the same plan, and planning writes nothing. P8: a sync is an import and an export.
/// P9: a write carries only units that differ. P14: a side that is said to win never loses.
pub(crate) async fn planned_purely(world: &mut World, remote: usize) -> Verdict {
    let before = world.contents().await;
    let mut plans = Vec::new();
    for mode in [Mode::Sync, Mode::Sync, Mode::Import, Mode::Export] {
        let request = world.request(mode);
        plans.push(world.engine(remote).plan("plan".into(), &request).await.map_err(fail)?);
    }
    prop_assert!(world.contents().await == before, "planning wrote");
    let [sync, again, import, export] = plans.as_slice() else { unreachable!() };
    prop_assert!(json(sync) == json(again), "P6: two plans of one world differ");

    let writes = |plan: &Plan, side| -> Vec<String> {
        let of = |op: &&Op| op.action.target() == Some(side) && op.action != Action::Stamp;
        plan.ops.iter().filter(of).map(|op| json(&Op { seq: 0, ..op.clone() })).collect()
    };
    prop_assert!(writes(sync, Side::Crm) == writes(import, Side::Crm), "P8: import differs");
    prop_assert!(writes(sync, Side::Remote) == writes(export, Side::Remote), "P8: export differs");
    prop_assert!(
        writes(import, Side::Remote).is_empty() && writes(export, Side::Crm).is_empty(),
        "P8: wrong side"
    );

    for op in sync.ops.iter().filter(|op| matches!(op.action, Action::UpdateDeal | Action::UpdateRecord)) {
        for change in &op.changes {
            let kind = &units().get(change.unit.as_str()).unwrap().kind.clone();
            prop_assert!(!same(kind, &change.before, &change.after), "P9: {op:?}");
        }
        let loses = match (world.ground.strategy, op.action) {
            (Strategy::CrmWins, Action::UpdateDeal) | (Strategy::RemoteWins, Action::UpdateRecord) => true,
            (strategy, _) => strategy == Strategy::Manual,
        };
        // Between two remotes the times decide.
        let alone = world.remotes.len() == 1;
        prop_assert!(!alone || !loses || op.conflicts.is_empty(), "P14: {op:?}");
    }
    Ok(())
}

/// P1 and P2: with people at rest, two syncs bring both sides together, and a third does nothing. P3: nothing that a
/// person wrote is lost. P4: nothing is there twice. P7: in a world at rest what is planned is applied. P15: the number
/// of requests is bounded. P16: it ends.
pub(crate) async fn converged(world: &mut World) -> Verdict {
    // Longer than any lookup lags.
    world.clock.advance(TimeDelta::minutes(10));
    for _ in 0..2 {
        for report in world.sync().await {
            kept_to_the_plan(&report)?;
            let refused: Vec<_> =
                report.results.values().filter(|r| r.outcome != OpOutcome::Applied).collect();
            prop_assert!(refused.is_empty(), "P7: {refused:?}");
        }
        world.clock.advance(TimeDelta::minutes(2));
    }
    let counted = |world: &World| world.remotes.iter().map(|remote| remote.connector.counters()).collect();
    let (before, contents): (Vec<Counters>, _) = (counted(world), world.contents().await);
    let reports = world.sync().await;
    let after: Vec<Counters> = counted(world);
    prop_assert!(world.contents().await == contents, "P1: something was written");
    prop_assert!(reports.len() == world.remotes.len(), "P1: one pass for each remote");
    for (place, (report, remote)) in reports.into_iter().zip(&world.remotes).enumerate() {
        let plan = report.plan.unwrap();
        prop_assert!(plan.ops.is_empty(), "P1: a sync with nothing to do plans {:?}", plan.ops);
        let (before, after) = (before[place], after[place]);
        prop_assert!(after.writes == before.writes, "P1: it wrote");
        let page = remote.connector.capabilities().page.get();
        let pages = u64::try_from(contents.1[place].len().div_ceil(page)).unwrap().max(1);
        prop_assert!(
            after.schema - before.schema == 1 && after.list_pages - before.list_pages <= pages,
            "P15"
        );
        agreed(world, remote, &plan).await?;
    }
    nothing_lost(world).await?;
    nothing_twice(world).await?;
    for remote in &world.remotes {
        for (_, field) in UNITS {
            remote.connector.rename_field(field, &format!("{field}, renamed")).unwrap();
        }
    }
    for report in world.sync().await {
        let plan = report.plan.unwrap();
        prop_assert!(plan.ops.is_empty() && plan.trips.is_empty(), "P20: {plan}");
    }
    Ok(())
}

/// P13: rows and pages in another order, and the remotes too, give the same.
///
/// The remotes' order cannot matter where each unit goes its own way by a rule. It does where a whole record follows one
/// editor, or where a person decides: what came first is already in the CRM. And where people put one deal's id on
/// several records: which of them stays linked, and which is asked about, is told by what is deleted first. And where a
/// deal is made again under its name: a name that somebody changed in one remote is another one there first. And
/// where deletions are passed on: an edit in one remote that loses to one of the CRM saves the deal from a deletion in
/// another only while it has not lost yet. A deal that is deleted in the CRM and in a remote, and comes back from another
/// one, is made again there only if that remote had forgotten it.
pub(crate) async fn ordered_anyhow(world: &World) -> Verdict {
    let strategy = world.ground.strategy;
    let any_order = matches!(strategy, Strategy::NewestUnit | Strategy::CrmWins | Strategy::RemoteWins)
        && world.people.deeds().are_told_apart(world.ground.deletion >= Deletion::Archive);
    let mut pictures = Vec::new();
    for (seed, backwards) in [(1, false), (2, any_order)] {
        let mut world = world.fork();
        world.clock.advance(TimeDelta::minutes(10));
        for _ in 0..2 {
            world.sync_through(Mode::Sync, backwards, &Weather::shuffling(seed)).await;
            world.clock.advance(TimeDelta::minutes(2));
        }
        pictures.push(world.picture().await);
    }
    prop_assert!(pictures[0] == pictures[1], "P13: {:#?} and {:#?}", pictures[0], pictures[1]);
    Ok(())
}

/// Every live link agrees, but for what a person has to decide; every deal and record is linked, or asked about.
async fn agreed(world: &World, remote: &Remote, plan: &Plan) -> Verdict {
    let (deals, records) = (world.deals().await, remote.records());
    let state = world.store.state(&remote.id).await.unwrap();
    let open: HashSet<(&RemoteId, &str)> =
        plan.conflicts.iter().map(|conflict| (&conflict.remote, conflict.unit.as_str())).collect();
    let asked_deals: HashSet<&DealId> = plan.questions.iter().flat_map(|question| &question.deals).collect();
    let asked_records: HashSet<&RemoteId> =
        plan.questions.iter().flat_map(|question| &question.remotes).collect();
    let mut linked = (HashSet::new(), HashSet::new());
    for link in state.links.iter().filter(|link| link.agreement.status != LinkStatus::Tombstone) {
        prop_assert!(linked.0.insert(&link.deal), "P4: deal {} has two links", link.deal);
        prop_assert!(linked.1.insert(&link.agreement.remote), "P4: a record has two links");
        let (Some(deal), Some(record)) = (deals.get(&link.deal), records.get(&link.agreement.remote)) else {
            continue;
        };
        for (position, unit) in units().iter().enumerate() {
            if open.contains(&(&link.agreement.remote, unit.key.as_str())) {
                continue;
            }
            prop_assert!(
                same(&unit.kind, &deal[position], &record[position]),
                "P2: {} of deal {}: {} and {}",
                unit.key,
                link.deal,
                deal[position],
                record[position]
            );
        }
    }
    for deal in deals.keys() {
        prop_assert!(linked.0.contains(deal) || asked_deals.contains(deal), "P2: deal {deal} is alone");
    }
    for record in records.keys() {
        prop_assert!(
            linked.1.contains(record) || asked_records.contains(record),
            "P2: record {record} is alone"
        );
    }
    Ok(())
}

/// Every value that a person wrote is shown, or was seen by who replaced it, or is kept as the loser of a conflict.
async fn nothing_lost(world: &World) -> Verdict {
    let (deals, records) = world.contents().await;
    let shown: HashSet<&Value> =
        deals.values().chain(records.iter().flat_map(Records::values)).flatten().collect();
    let of = |remote: &Remote| {
        let decided = world.store.decided_conflicts(&remote.id).into_iter();
        decided.chain(world.store.open_conflicts(&remote.id))
    };
    let conflicts: Vec<_> = world.remotes.iter().flat_map(of).collect();
    let kept: HashSet<&Value> =
        conflicts.iter().flat_map(|conflict| [&conflict.crm, &conflict.theirs]).collect();
    let deeds = world.people.deeds();
    let buried: HashSet<&Value> =
        deeds.buried.iter().filter(|(deal, _)| !deals.contains_key(deal)).map(|(_, value)| value).collect();
    for value in &deeds.written {
        let seen = deeds.replaced.contains(value) || buried.contains(value);
        prop_assert!(shown.contains(value) || seen || kept.contains(value), "P3: {value} is lost");
    }
    Ok(())
}

async fn nothing_twice(world: &World) -> Verdict {
    let (deals, records) = world.contents().await;
    let deeds = world.people.deeds();
    prop_assert!(deals.len() <= deeds.entities, "P4: there are more deals than people made");
    for (remote, records) in world.remotes.iter().zip(records) {
        prop_assert!(records.len() <= deeds.entities, "P4: there are more records than people made");
        let mut stamps = HashSet::new();
        for record in remote.connector.records() {
            if let Value::Text(stamp) = record.cell(&KEY_FIELD.into())
                && !deeds.stamped.contains(stamp)
            {
                prop_assert!(stamps.insert(stamp.clone()), "P4: stamp {stamp} stands twice");
            }
        }
        let names: Vec<&Value> =
            records.values().map(|cells| &cells[0]).filter(|name| !deeds.copied.contains(*name)).collect();
        prop_assert!(
            names.iter().collect::<HashSet<_>>().len() == names.len(),
            "P4: a name stands twice: {names:?}"
        );
    }
    prop_assert!(UNITS.len() == units().len(), "every unit is looked at");
    Ok(())
}

/// P11: a listing that broke off is not taken for a whole one, and nothing is deleted on its word.
pub(crate) fn concluded_nothing_from_absence(report: &Report) -> Verdict {
    let Some(plan) = &report.plan else { return Ok(()) };
    let deletes = plan.ops.iter().any(|op| op.action.deletes() || op.action == Action::Release);
    prop_assert!(!deletes, "P11: a listing broke off, and yet: {plan}");
    prop_assert!(!plan.reading.complete, "P11: a listing that broke off passes for a whole one");
    Ok(())
}

/// P7: what was not planned was not done. P11: a listing that broke off deletes nothing.
pub(crate) fn kept_to_the_plan(report: &Report) -> Verdict {
    let Some(plan) = &report.plan else { return Ok(()) };
    let planned = |seq: &u32| plan.ops.iter().any(|op| op.seq == *seq);
    prop_assert!(report.results.keys().all(planned), "P7: {:?}", report.results);
    let deletes = plan.ops.iter().any(|op| op.action.deletes() || op.action == Action::Release);
    prop_assert!(plan.reading.complete || !deletes, "P11: {plan}");
    Ok(())
}

/// P12: a guard that trips stops the run before its first write. P20: new names in the remote change nothing.
pub(crate) async fn guarded(world: &World) -> Verdict {
    let mut world = world.fork();
    world.ground.guarded = true;
    let before = world.contents().await;
    for report in world.sync().await {
        if report.plan.is_some_and(|plan| !plan.trips.is_empty()) {
            prop_assert!(report.record.status == RunStatus::Halted && report.results.is_empty(), "P12");
            if world.remotes.len() == 1 {
                prop_assert!(world.contents().await == before, "P12: something was written");
            }
        }
    }
    Ok(())
}

/// P17: a run is taken back on both sides, what it carried waits until a person says more, and the taking back can be
/// taken back.
pub(crate) async fn taken_back(world: &World) -> Verdict {
    let mut world = world.fork();
    if world.remotes.len() > 1 {
        return Ok(());
    }
    world.people.edit_deal(0, 1, false);
    world.people.edit_deal(2, 2, false);
    world.people.edit_record(0, 1, 1, false);
    let mut pictures = vec![world.contents().await];
    let mut run = world.sync().await.remove(0).record.id;
    pictures.push(world.contents().await);
    // Some things take two syncs: a record that came back is linked by one, and takes its deal's edits from the next.
    let mut later = world.fork();
    later.clock.advance(TimeDelta::minutes(1));
    later.sync().await;
    if later.contents().await != pictures[1] {
        return Ok(());
    }
    for before in [0, 1] {
        world.clock.advance(TimeDelta::minutes(1));
        // What nobody can take back stays: a record made again where there is no trash.
        let Some(undone) = world.undo(&run).await.map_err(fail)? else { return Ok(()) };
        run = undone;
        let now = world.contents().await;
        prop_assert!(
            now == pictures[before],
            "P17: taken back, it is {now:#?} and not {:#?}",
            pictures[before]
        );
        world.clock.advance(TimeDelta::minutes(1));
        world.sync().await;
        let now = world.contents().await;
        prop_assert!(
            now == pictures[before],
            "P17: what was taken back is there again: {now:#?} and not {:#?}",
            pictures[before]
        );
    }
    Ok(())
}

/// Section 14: a unit that is mapped to another field starts anew from what it holds; nothing is cleared, and nobody comes
/// back.
pub(crate) async fn moved(world: &World) -> Verdict {
    let mut world = world.fork();
    // What waits for a person may wait for an edit in the field of before, which nobody looks at any more.
    let waits = |report: &Report| report.plan.as_ref().is_some_and(|plan| !plan.questions.is_empty());
    if world.sync().await.iter().any(waits) {
        return Ok(());
    }
    world.ground.moved = true;
    let before = world.contents().await;
    for _ in 0..2 {
        world.sync().await;
        world.clock.advance(TimeDelta::minutes(1));
    }
    let after = world.contents().await;
    prop_assert!(
        after == before,
        "mapped to another field, the notes change: {after:#?} and not {before:#?}"
    );
    Ok(())
}

fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap()
}

fn fail(error: impl std::fmt::Display) -> TestCaseError {
    TestCaseError::fail(error.to_string())
}
