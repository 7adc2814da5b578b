//! How fast an export goes under Notion's own limits: never beyond them, and never far below.

use std::time::{Duration, Instant};

use connector_core::plan::Mode;
use connector_core::store::RunStatus;
use connector_sandbox::{Knobs, Limits, Remote, Settings};
use end_to_end::{Backend, Office};
use rstest::rstest;

/// Notion allows 180 requests in a minute. Here its minute, and the client's, lasts a fifth of one: as many requests in
/// a window, and as many under way for the rate that this makes.
const TIMES_REAL: u16 = 5;
/// What is allowed then, in requests a second.
const ALLOWED: f64 = 3.0 * 5.0;
const PAGES: usize = 300;

#[rstest]
#[case::near(250)]
#[case::far(900)]
#[tokio::test(flavor = "multi_thread")]
async fn an_export_alone_with_its_token_is_never_refused_and_uses_nine_tenths_of_the_pace(
    #[case] latency_ms: u64,
) {
    let knobs = Knobs { limits: Limits::Times(TIMES_REAL), latency_ms, ..Knobs::default() };
    let settings = Settings { deals: 0, knobs, ..Settings::default() };
    let office = Office::beside(Remote::Notion, Backend::Sqlite, settings).await;
    office.add_deals(PAGES).await;
    // What preparing the office took of the window is given back.
    tokio::time::sleep(Duration::from_mins(1) / u32::from(TIMES_REAL)).await;
    let start = Instant::now();
    let report = office.run(Mode::Export).await;
    let took = start.elapsed().as_secs_f64();
    assert_eq!(report.record.status, RunStatus::Ok, "{:?}", report.record);
    let stats = office.sandbox.stats();
    let refused: u64 = stats.routes.iter().filter_map(|route| route.statuses.get("429")).sum();
    assert_eq!(refused, 0);
    let requests = u32::try_from(stats.requests()).expect("some hundreds");
    let rate = f64::from(requests) / took;
    println!("{requests} requests in {took:.2} s: {:.0} % of the pace", rate / ALLOWED * 100.0);
    assert!(rate >= 0.9 * ALLOWED, "{rate:.2} requests a second");
}
