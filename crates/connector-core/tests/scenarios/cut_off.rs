//! Runs that end before their work does.

use std::sync::Arc;

use chrono::TimeDelta;
use connector_core::engine::{Event, Watch};
use connector_core::plan::{Guard, Mode, Policy};
use connector_core::store::{OpOutcome, RunStatus, Store as _};
use connector_core::testing::{Faults, Faulty, MemorySettings};
use tokio_util::sync::CancellationToken;

use crate::desk::Desk;

/// Ends the run once it has done something.
#[derive(Debug)]
struct Impatient(CancellationToken);

impl Watch for Impatient {
    fn see(&self, event: &Event) {
        if matches!(event, Event::Operation { .. }) {
            self.0.cancel();
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_first_sync_of_many_deals_that_was_cut_off_goes_on_and_is_no_flood() {
    let desk = Desk::new(Policy::default());
    for number in 0..200 {
        desk.deal(&format!("Client {number}"), 5);
    }
    let request = desk.request(Mode::Sync);
    let watch = Arc::new(Impatient(request.cancel.clone()));
    let report = desk.engine().watched(watch).sync(&request).await.unwrap();
    let made = desk.connector.records().len();
    assert!(made > 0 && made < 100, "{made}");
    assert_eq!(report.record.status, RunStatus::Cancelled);

    let (status, _) = desk.sync().await;

    assert_eq!(status, RunStatus::Ok);
    assert_eq!(desk.connector.records().len(), 200);
    for number in 200..320 {
        desk.deal(&format!("Client {number}"), 5);
    }
    let report = desk.engine().sync(&desk.request(Mode::Sync)).await.unwrap();
    let guards: Vec<_> = report.plan.unwrap().trips.iter().map(|trip| trip.guard).collect();
    assert_eq!((report.record.status, guards), (RunStatus::Halted, vec![Guard::CreateFlood]));
    assert_eq!(desk.store.deals().await.unwrap().len(), 320);
}

#[tokio::test(start_paused = true)]
async fn a_creation_that_waits_for_an_earlier_attempt_to_appear_is_no_finished_sync() {
    let desk = Desk::with(MemorySettings::like_notion(), Policy::default());
    desk.deal("Acme", 5);
    let deaf = Faulty::new(desk.connector.clone(), 1).with(Faults { lose_answer: 1.0, ..Faults::default() });
    let request = desk.request(Mode::Sync);
    desk.engine_through(deaf).sync(&request).await.unwrap();
    desk.clock.advance(TimeDelta::seconds(1));

    let soon = desk.engine().sync(&desk.request(Mode::Sync)).await.unwrap();

    let outcomes: Vec<_> = soon.results.values().map(|result| result.outcome).collect();
    assert_eq!((soon.record.status, outcomes), (RunStatus::Partial, vec![OpOutcome::Skipped]));
    desk.clock.advance(TimeDelta::minutes(1));
    assert_eq!(desk.sync().await.0, RunStatus::Ok);
    assert_eq!(desk.connector.records().len(), 1);
}
