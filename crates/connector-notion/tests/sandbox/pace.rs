//! Notion's limits.

use std::time::{Duration, Instant};

use connector_core::connector::Outcome;
use connector_notion::{Policy, Tuning};
use connector_sandbox::{Knobs, Limits, Settings};
use futures::StreamExt;
use rstest::rstest;

use crate::world::{World, ids, number, set, write_one};

/// The real limit is 180 requests in windows of a minute. Here the windows last a fifth of that, and the requests under
/// way grow with the rate, as they do with a larger plan.
const TIMES_REAL: u16 = 5;

#[rstest]
#[case::near(250)]
#[case::far(900)]
#[tokio::test]
async fn three_hundred_pages_use_the_allowed_rate_and_never_exceed_it(#[case] latency_ms: u64) {
    const PAGES: u32 = 300;
    let knobs = Knobs { limits: Limits::Times(TIMES_REAL), latency_ms, ..Knobs::default() };
    let window = Duration::from_mins(1) / u32::from(TIMES_REAL);
    let tuning = Tuning { window, policy: Policy { seed: 1, ..Policy::default() }, ..Tuning::default() };
    let world = World::tuned(Settings { deals: PAGES, knobs, ..Settings::default() }, tuning);
    let connector = world.connect(false);
    connector.schema().await.unwrap();
    let (amount, ids) = (world.field("Amount"), ids(&world));
    let start = Instant::now();
    let writes = futures::stream::iter(ids.iter().zip(1_u32..)).map(|(id, amount_now)| {
        let change = set(id, &amount, number(&amount_now.to_string()));
        write_one(&*connector, change)
    });
    let outcomes: Vec<_> = writes.buffer_unordered(connector.capabilities().in_flight.get()).collect().await;
    let took = start.elapsed().as_secs_f64();
    assert_eq!(outcomes.len(), 300);
    assert!(outcomes.iter().all(|outcome| matches!(outcome, Outcome::Applied { .. })));
    assert_eq!(world.provider.meter().rate_limited(), 0);
    let (rate, allowed) = (f64::from(PAGES) / took, 3.0 * f64::from(TIMES_REAL));
    println!("{rate:.1} requests a second of {allowed:.1} at {latency_ms} ms");
    assert!(rate >= 0.9 * allowed, "{rate} requests a second of {allowed}");
}
