//! Airtable's limits.

use std::sync::Arc;
use std::time::Instant;

use connector_airtable::{Policy, Tuning};
use connector_core::connector::{DealConnector, Outcome};
use connector_sandbox::{Knobs, Limits, Settings};
use futures::StreamExt;
use futures::future::join_all;
use rstest::rstest;

use crate::world::{SCHEMA, World, ids, list, number, set, write_one};

/// The sandbox keeps Airtable's limit of five requests in any sliding second, and answers late. The connections are
/// not open at first, which costs the time of one answer, once.
#[rstest]
#[case::near(150, 50)]
#[case::far(700, 100)]
#[tokio::test]
async fn the_allowed_rate_is_used_and_never_exceeded(#[case] latency_ms: u64, #[case] count: u32) {
    let knobs = Knobs { limits: Limits::REAL, latency_ms, ..Knobs::default() };
    let tuning = Tuning { policy: Policy { seed: 1, ..Policy::default() }, ..Tuning::default() };
    let world = World::tuned(Settings { deals: 10, knobs, ..Settings::default() }, tuning);
    let connector = world.connect(false);
    connector.schema().await.unwrap();
    let (amount, ids) = (world.field("Amount"), ids(&world));
    let start = Instant::now();
    let in_flight = connector.capabilities().in_flight.get();
    let writes = futures::stream::iter(0..count).map(|write| {
        let change = set(&ids[usize::try_from(write).unwrap() % 10], &amount, number(&write.to_string()));
        write_one(&*connector, change)
    });
    let outcomes: Vec<_> = writes.buffer_unordered(in_flight).collect().await;
    let took = start.elapsed().as_secs_f64();
    assert!(outcomes.iter().all(|outcome| matches!(outcome, Outcome::Applied { .. })));
    assert_eq!(world.provider.meter().rate_limited(), 0);
    let rate = f64::from(count) / took;
    println!("{rate:.2} requests a second at {latency_ms} ms");
    assert!(rate >= 0.9 * 5.0, "{rate} requests a second");
}

#[tokio::test]
async fn connectors_of_one_base_share_its_pace() {
    let knobs = Knobs { limits: Limits::REAL, ..Knobs::default() };
    let tuning = Tuning { policy: Policy { seed: 1, ..Policy::default() }, ..Tuning::default() };
    let world = World::tuned(Settings { deals: 10, knobs, ..Settings::default() }, tuning);
    let fields = [world.field("Name")];
    let connectors: Vec<Arc<dyn DealConnector>> = (0..8).map(|_| world.connect(false)).collect();
    let listings = join_all(connectors.iter().map(|connector| list(&**connector, &fields))).await;
    assert!(listings.iter().all(|deals| deals.len() == 10));
    assert_eq!(world.provider.meter().rate_limited(), 0);
    assert_eq!(world.sandbox.stats().requests_to("GET", SCHEMA), 1, "they share what is known of the base");
}
