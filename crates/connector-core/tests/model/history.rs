//! Histories: what people do and when a sync runs, with whatever goes wrong; drawn, played and shrunk.

use chrono::TimeDelta;
use connector_core::plan::{Deletion, Mode, Side, Strategy as Policy};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};

use strum::VariantArray;

use crate::invariants::{converged, ordered_anyhow, planned_purely};
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
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        2 => Just(Step::InsertDeal),
        2 => any::<usize>().prop_map(Step::InsertRecord),
        6 => (any::<usize>(), any::<usize>(), prop::bool::weighted(0.2))
            .prop_map(|(which, unit, clear)| Step::EditDeal { which, unit, clear }),
        6 => (any::<usize>(), any::<usize>(), any::<usize>(), prop::bool::weighted(0.2))
            .prop_map(|(remote, which, unit, clear)| Step::EditRecord { remote, which, unit, clear }),
        1 => any::<usize>().prop_map(Step::DeleteDeal),
        1 => (any::<usize>(), any::<usize>()).prop_map(|(remote, which)| Step::DeleteRecord { remote, which }),
        3 => (0_i64..120).prop_map(Step::Wait),
        2 => (any::<usize>(), prop_oneof![2 => Just(Mode::Sync), 1 => Just(Mode::Import), 1 => Just(Mode::Export)])
            .prop_map(|(remote, mode)| Step::Sync(remote, mode)),
        2 => any::<bool>().prop_map(|backwards| Step::SyncAll { backwards }),
        2 => (any::<u64>(), prop::option::of((1_u64..14, any::<bool>())), any::<bool>())
            .prop_map(|(seed, killed, backwards)| Step::Storm { seed, killed, backwards }),
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

fn history(topology: Topology) -> impl Strategy<Value = (Side, Deletion, Vec<Soil>, Vec<Step>)> {
    let tie = prop_oneof![3 => Just(Side::Crm), 1 => Just(Side::Remote)];
    let deletion = prop::sample::select(Deletion::VARIANTS);
    (tie, deletion, soils(topology), prop::collection::vec(step(), 1..24))
}

/// How many remotes there are.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Topology {
    One,
    Two,
}

/// Plays as many histories as asked for, and fails with the smallest that breaks a promise.
pub(crate) fn check_histories(strategy: Policy, topology: Topology) {
    let number = |name: &str, default: u64| std::env::var(name).map_or(default, |text| text.parse().unwrap());
    let cases = u32::try_from(number("HISTORIES", 2_000)).unwrap();
    let seed = number("SEED", 7);
    println!("{cases} histories of {strategy}, {topology:?} remote, seed {seed}");
    let mut bytes = [0_u8; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let config = Config { cases, failure_persistence: None, max_shrink_iters: 20_000, ..Config::default() };
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    let outcome =
        TestRunner::new_with_rng(config, rng).run(&history(topology), |(tie, deletion, soils, steps)| {
            runtime.block_on(play(Ground { strategy, tie, deletion, soils }, &steps))
        });
    if let Err(failure) = outcome {
        panic!("seed {seed}: {failure}");
    }
}

async fn play(ground: Ground, steps: &[Step]) -> Result<(), TestCaseError> {
    let mut world = World::new(ground);
    for step in steps {
        match *step {
            Step::InsertDeal => world.insert_deal(),
            Step::InsertRecord(remote) => world.insert_record(remote),
            Step::EditDeal { which, unit, clear } => world.edit_deal(which, unit, clear).await,
            Step::EditRecord { remote, which, unit, clear } => world.edit_record(remote, which, unit, clear),
            Step::DeleteDeal(which) => world.delete_deal(which).await,
            Step::DeleteRecord { remote, which } => world.delete_record(remote, which),
            Step::Wait(seconds) => world.clock.advance(TimeDelta::seconds(seconds)),
            Step::Sync(remote, mode) => {
                planned_purely(&mut world, remote).await?;
                let request = world.request(mode);
                let run = world.engine(remote).sync(&request).await;
                run.map_err(|error| TestCaseError::fail(error.to_string()))?;
            }
            Step::SyncAll { backwards } => {
                world.sync_through(Mode::Sync, backwards, &Weather::fine()).await;
            }
            Step::Storm { seed, killed, backwards } => world.storm(seed, killed, backwards).await,
        }
        world.clock.advance(TimeDelta::milliseconds(700));
    }
    let fork = world.fork();
    converged(&mut world).await?;
    ordered_anyhow(&fork).await
}
