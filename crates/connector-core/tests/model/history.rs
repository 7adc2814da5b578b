//! Histories: what people do and when a sync runs, with whatever goes wrong; drawn, played and shrunk.

use chrono::TimeDelta;
use connector_core::plan::{Mode, Strategy as Policy};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};

use crate::invariants::{converged, planned_purely};
use crate::world::{Ground, World};

/// One step of a history.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    InsertDeal,
    InsertRecord,
    EditDeal {
        which: usize,
        unit: usize,
        clear: bool,
    },
    EditRecord {
        which: usize,
        unit: usize,
        clear: bool,
    },
    DeleteDeal(usize),
    DeleteRecord(usize),
    Wait(i64),
    Sync(Mode),
    /// A sync while calls fail, answers get lost and pages come as they like; at this step, if at any, it is killed,
    /// with the step done or not.
    Storm {
        mode: Mode,
        seed: u64,
        killed: Option<(u64, bool)>,
    },
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        2 => Just(Step::InsertDeal),
        2 => Just(Step::InsertRecord),
        6 => (any::<usize>(), any::<usize>(), prop::bool::weighted(0.2))
            .prop_map(|(which, unit, clear)| Step::EditDeal { which, unit, clear }),
        6 => (any::<usize>(), any::<usize>(), prop::bool::weighted(0.2))
            .prop_map(|(which, unit, clear)| Step::EditRecord { which, unit, clear }),
        1 => any::<usize>().prop_map(Step::DeleteDeal),
        1 => any::<usize>().prop_map(Step::DeleteRecord),
        3 => (0_i64..120).prop_map(Step::Wait),
        4 => prop_oneof![4 => Just(Mode::Sync), 1 => Just(Mode::Import), 1 => Just(Mode::Export)].prop_map(Step::Sync),
        2 => (any::<u64>(), prop::option::of((1_u64..14, any::<bool>())))
            .prop_map(|(seed, killed)| Step::Storm { mode: Mode::Sync, seed, killed }),
    ]
}

fn history() -> impl Strategy<Value = (bool, bool, bool, Vec<Step>)> {
    (any::<bool>(), any::<bool>(), any::<bool>(), prop::collection::vec(step(), 1..24))
}

/// Plays as many histories as asked for, and fails with the smallest that breaks a promise.
pub(crate) fn check_histories(strategy: Policy) {
    let number = |name: &str, default: u64| std::env::var(name).map_or(default, |text| text.parse().unwrap());
    let cases = u32::try_from(number("HISTORIES", 2_000)).unwrap();
    let seed = number("SEED", 7);
    println!("{cases} histories of {strategy}, seed {seed}");
    let mut bytes = [0_u8; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let config = Config { cases, failure_persistence: None, max_shrink_iters: 20_000, ..Config::default() };
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    let outcome =
        TestRunner::new_with_rng(config, rng).run(&history(), |(like_airtable, keyed, dated, steps)| {
            let ground = Ground { strategy, like_airtable, keyed, dated };
            runtime.block_on(play(ground, &steps))
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
            Step::InsertRecord => world.insert_record(),
            Step::EditDeal { which, unit, clear } => world.edit_deal(which, unit, clear).await,
            Step::EditRecord { which, unit, clear } => world.edit_record(which, unit, clear),
            Step::DeleteDeal(which) => world.delete_deal(which).await,
            Step::DeleteRecord(which) => world.delete_record(which),
            Step::Wait(seconds) => world.clock.advance(TimeDelta::seconds(seconds)),
            Step::Sync(mode) => {
                planned_purely(&mut world).await?;
                let request = world.request(mode);
                world
                    .engine()
                    .sync(&request)
                    .await
                    .map_err(|error| TestCaseError::fail(error.to_string()))?;
            }
            Step::Storm { mode, seed, killed } => world.weather(mode, seed, killed).await,
        }
        world.clock.advance(TimeDelta::milliseconds(700));
    }
    converged(&mut world).await
}
