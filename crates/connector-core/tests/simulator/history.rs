//! Histories: what people do and when a sync runs, with whatever goes wrong; drawn, played and shrunk.

use std::time::Instant;

use chrono::TimeDelta;
use connector_core::engine::Pass;
use connector_core::plan::{Deletion, Mode, Side, Strategy as Policy};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};

use strum::VariantArray;

use crate::coverage::{ROWS, watched};
use crate::invariants::{
    concluded_nothing_from_absence, converged, guarded, kept_to_the_plan, moved, ordered_anyhow,
    planned_purely, taken_back,
};
use crate::trace::Trace;
use crate::world::{Ground, Soil, Weather, World};

/// One step of a history. A remote is named by a number, of which the remainder counts.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    InsertDeal,
    InsertRecord(usize),
    EditDeal {
        which: usize,
        unit: usize,
        clear: bool,
    },
    EditRecord {
        remote: usize,
        which: usize,
        unit: usize,
        clear: bool,
    },
    DeleteDeal(usize),
    DeleteRecord {
        remote: usize,
        which: usize,
    },
    RestoreRecord(usize),
    ReviveDeal(usize),
    RemakeDeal(usize),
    CopyRecord {
        remote: usize,
        which: usize,
    },
    StampRecord {
        remote: usize,
        which: usize,
        deal: usize,
    },
    Wait(i64),
    /// A run of one remote.
    Sync(usize, Mode),
    /// A sync of all of them.
    SyncAll {
        backwards: bool,
    },
    /// A sync while calls fail, answers get lost and pages come as they like; at this step, if at any, it is killed,
    /// with the step done or not.
    Storm {
        seed: u64,
        killed: Option<(u64, bool)>,
        backwards: bool,
    },
    /// A sync whose listings break off after some pages.
    CutShort {
        seed: u64,
        pages: usize,
    },
    /// A sync while people work on, between any two of its steps.
    RushHour {
        seed: u64,
        backwards: bool,
    },
}

/// Listings break off where there is one remote only: with two, one of them would know what the other one does not, and
/// it would rightly matter which comes first.
fn step(topology: Topology) -> impl Strategy<Value = Step> {
    match topology {
        Topology::One => prop_oneof![
            18 => any_step(),
            1 => (any::<u64>(), 1_usize..3).prop_map(|(seed, pages)| Step::CutShort { seed, pages }),
        ]
        .boxed(),
        Topology::Two => any_step().boxed(),
    }
}

fn any_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        2 => Just(Step::InsertDeal),
        2 => any::<usize>().prop_map(Step::InsertRecord),
        6 => (any::<usize>(), any::<usize>(), prop::bool::weighted(0.2))
            .prop_map(|(which, unit, clear)| Step::EditDeal { which, unit, clear }),
        6 => (any::<usize>(), any::<usize>(), any::<usize>(), prop::bool::weighted(0.2))
            .prop_map(|(remote, which, unit, clear)| Step::EditRecord { remote, which, unit, clear }),
        1 => any::<usize>().prop_map(Step::DeleteDeal),
        1 => (any::<usize>(), any::<usize>()).prop_map(|(remote, which)| Step::DeleteRecord { remote, which }),
        1 => any::<usize>().prop_map(Step::RestoreRecord),
        1 => any::<usize>().prop_map(Step::ReviveDeal),
        1 => any::<usize>().prop_map(Step::RemakeDeal),
        1 => (any::<usize>(), any::<usize>()).prop_map(|(remote, which)| Step::CopyRecord { remote, which }),
        1 => (any::<usize>(), any::<usize>(), any::<usize>())
            .prop_map(|(remote, which, deal)| Step::StampRecord { remote, which, deal }),
        3 => (0_i64..120).prop_map(Step::Wait),
        2 => (any::<usize>(), prop_oneof![2 => Just(Mode::Sync), 1 => Just(Mode::Import), 1 => Just(Mode::Export)])
            .prop_map(|(remote, mode)| Step::Sync(remote, mode)),
        2 => any::<bool>().prop_map(|backwards| Step::SyncAll { backwards }),
        2 => (any::<u64>(), prop::option::of((1_u64..14, any::<bool>())), any::<bool>())
            .prop_map(|(seed, killed, backwards)| Step::Storm { seed, killed, backwards }),
        1 => (any::<u64>(), any::<bool>()).prop_map(|(seed, backwards)| Step::RushHour { seed, backwards }),
    ]
}

fn soil() -> impl Strategy<Value = Soil> {
    any::<(bool, bool, bool)>().prop_map(|(like_airtable, keyed, dated)| Soil { like_airtable, keyed, dated })
}

/// One remote of any kind; or one as Notion, whose creations do not adopt and whose times are floored, and one as
/// Airtable, in either order.
fn soils(topology: Topology) -> BoxedStrategy<Vec<Soil>> {
    match topology {
        Topology::One => soil().prop_map(|soil| vec![soil]).boxed(),
        Topology::Two => (soil(), soil(), any::<bool>())
            .prop_map(|(one, two, swapped)| {
                let pair = [Soil { like_airtable: false, ..one }, Soil { like_airtable: true, ..two }];
                if swapped { pair.into_iter().rev().collect() } else { pair.into() }
            })
            .boxed(),
    }
}

fn history(strategy: Policy, topology: Topology) -> impl Strategy<Value = (Ground, Vec<Step>)> {
    let tie = prop_oneof![3 => Just(Side::Crm), 1 => Just(Side::Remote)];
    let deletion = prop::sample::select(Deletion::VARIANTS);
    let ground = (tie, deletion, any::<(bool, bool)>(), soils(topology)).prop_map(
        move |(tie, deletion, choices, soils)| {
            let (copies, named) = choices;
            Ground { strategy, tie, deletion, copies, named, moved: false, guarded: false, soils }
        },
    );
    (ground, prop::collection::vec(step(topology), 1..24))
}

/// How many remotes there are.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Topology {
    One,
    Two,
}

/// How many histories to play, and which.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Draw {
    pub(crate) histories: u32,
    pub(crate) seed: u64,
}

impl Draw {
    /// As `HISTORIES` and `SEED` say.
    pub(crate) fn from_environment() -> Self {
        let number =
            |name: &str, default: u64| std::env::var(name).map_or(default, |text| text.parse().unwrap());
        Self { histories: u32::try_from(number("HISTORIES", 10_000)).unwrap(), seed: number("SEED", 7) }
    }

    fn rng(self) -> TestRng {
        let mut bytes = [0_u8; 32];
        bytes[..8].copy_from_slice(&self.seed.to_le_bytes());
        TestRng::from_seed(RngAlgorithm::ChaCha, &bytes)
    }
}

/// Plays histories until one breaks a promise; the smallest that does.
pub(crate) fn play_all(strategy: Policy, topology: Topology, draw: Draw, shrink: u32) -> Result<(), String> {
    let config = Config {
        cases: draw.histories,
        failure_persistence: None,
        max_shrink_iters: shrink,
        ..Config::default()
    };
    let runtime = runtime();
    TestRunner::new_with_rng(config, draw.rng())
        .run(&history(strategy, topology), |(ground, steps)| {
            runtime.block_on(play(ground, &steps, Trace::default()))
        })
        .map_err(|failure| format!("seed {}: {failure}", draw.seed))
}

/// Plays as many histories as asked for, and fails with the smallest that breaks a promise, or when a row of the record
/// table was never reached. Says how fast it was.
pub(crate) fn check_histories(strategy: Policy, topology: Topology) {
    let draw = Draw::from_environment();
    let started = Instant::now();
    let (outcome, coverage) = watched(|| play_all(strategy, topology, draw, 20_000));
    let rate = f64::from(draw.histories) / started.elapsed().as_secs_f64();
    let rows = coverage.of(strategy);
    let mut told = format!(
        "{strategy}, {topology:?} remote: {} histories of seed {}, {rate:.0} a second, {} of {ROWS} rows reached",
        draw.histories,
        draw.seed,
        rows.len()
    );
    told.extend(rows.iter().map(|(row, count)| format!("\n  {count:>9} {row}")));
    println!("{told}");
    if let Err(failure) = outcome {
        panic!("{failure}");
    }
    assert!(draw.histories < 5_000 || rows.len() == ROWS, "a row of the table was never reached: {rows:?}");
}

/// What happens in the first histories of a draw, to the letter.
pub(crate) fn trace_of(strategy: Policy, topology: Topology, draw: Draw) -> Vec<String> {
    let mut runner = TestRunner::new_with_rng(Config::default(), draw.rng());
    let (runtime, trace) = (runtime(), Trace::kept());
    for _ in 0..draw.histories {
        let (ground, steps) = history(strategy, topology).new_tree(&mut runner).unwrap().current();
        trace.note("ground", &ground);
        runtime.block_on(play(ground, &steps, trace.clone())).unwrap();
    }
    trace.lines()
}

/// One thread, and a clock that goes on only when everybody waits.
fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap()
}

async fn play(ground: Ground, steps: &[Step], trace: Trace) -> Result<(), TestCaseError> {
    let mut world = World::new(ground, trace);
    for step in steps {
        world.trace.note("step", step);
        let people = world.people.clone();
        match *step {
            Step::InsertDeal => people.insert_deal(),
            Step::InsertRecord(remote) => people.insert_record(remote),
            Step::EditDeal { which, unit, clear } => people.edit_deal(which, unit, clear),
            Step::EditRecord { remote, which, unit, clear } => people.edit_record(remote, which, unit, clear),
            Step::DeleteDeal(which) => people.delete_deal(which),
            Step::DeleteRecord { remote, which } => people.delete_record(remote, which),
            Step::RestoreRecord(which) => people.restore_record(which),
            Step::ReviveDeal(which) => people.revive_deal(which),
            Step::RemakeDeal(which) => people.remake_deal(which),
            Step::CopyRecord { remote, which } => people.copy_record(remote, which),
            Step::StampRecord { remote, which, deal } => people.stamp_record(remote, which, deal),
            Step::Wait(seconds) => world.clock.advance(TimeDelta::seconds(seconds)),
            Step::Sync(remote, mode) => {
                planned_purely(&mut world, remote).await?;
                let request = world.request(mode);
                let run = world.engine(remote).sync(&request).await;
                kept_to_the_plan(&run.map_err(|error| TestCaseError::fail(error.to_string()))?)?;
            }
            Step::SyncAll { backwards } => {
                world.sync_through(Mode::Sync, backwards, &Weather::fine()).await;
            }
            Step::Storm { seed, killed, backwards } => world.storm(seed, killed, backwards).await,
            Step::CutShort { seed, pages } => {
                let cut = world.breaks_off_after(pages);
                for report in world.cut_short(seed, pages).await.iter().filter_map(Pass::report) {
                    kept_to_the_plan(report)?;
                    if cut {
                        concluded_nothing_from_absence(report)?;
                    }
                }
            }
            Step::RushHour { seed, backwards } => {
                for pass in world.rush_hour(seed, backwards).await {
                    pass.report().map_or(Ok(()), kept_to_the_plan)?;
                }
            }
        }
        world.clock.advance(TimeDelta::milliseconds(700));
    }
    guarded(&world).await?;
    let fork = world.fork();
    converged(&mut world).await?;
    // One world in four each: they cost as much as all that came before.
    match steps.len() % 4 {
        0 => taken_back(&world).await?,
        1 => moved(&world).await?,
        _ => {}
    }
    ordered_anyhow(&fork).await
}
