//! How fast an export goes under Airtable's own limits: never beyond them, and never far below.

use std::time::{Duration, Instant};

use connector_core::plan::Mode;
use connector_core::store::RunStatus;
use connector_sandbox::{Knobs, Limits, Settings};
use end_to_end::{Backend, Office};
use rstest::rstest;

/// What Airtable allows: requests a second for one base.
const ALLOWED: f64 = 5.0;

#[rstest]
#[case::near(150)]
#[case::far(700)]
#[tokio::test(flavor = "multi_thread")]
async fn an_export_alone_on_its_base_is_never_refused_and_uses_nine_tenths_of_the_pace(
    #[case] latency_ms: u64,
) {
    let knobs = Knobs { limits: Limits::REAL, latency_ms, ..Knobs::default() };
    let office = Office::open(Backend::Sqlite, Settings { deals: 0, knobs, ..Settings::default() }).await;
    office.add_deals(500).await;
    // What preparing the office took of the pace is given back.
    tokio::time::sleep(Duration::from_secs(2)).await;
    let start = Instant::now();
    let report = office.run(Mode::Export).await;
    let took = start.elapsed().as_secs_f64();
    assert_eq!(report.record.status, RunStatus::Ok, "{:?}", report.record);
    let stats = office.sandbox.stats();
    let refused: u64 = stats.routes.iter().filter_map(|route| route.statuses.get("429")).sum();
    assert_eq!(refused, 0);
    // The first request is sent at the start, and the last one a latency before its answer ends the run.
    let sending = took - f64::from(u32::try_from(latency_ms).expect("a short time")) / 1_000.0;
    let intervals = u32::try_from(stats.requests() - 1).expect("some requests");
    let rate = f64::from(intervals) / sending;
    println!("{intervals} intervals in {sending:.2} s: {:.0} % of the pace", rate / ALLOWED * 100.0);
    assert!(rate >= 0.9 * ALLOWED, "{rate:.2} requests a second");
}
