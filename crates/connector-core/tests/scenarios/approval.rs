//! Plans that wait for a person.

use connector_core::engine::EngineError;
use connector_core::plan::{Guard, Mode, Policy};
use connector_core::store::{RunStatus, Store as _};

use crate::desk::{Desk, text};

#[tokio::test(start_paused = true)]
async fn a_plan_that_a_guard_stopped_can_still_be_let_pass() {
    let desk = Desk::new(Policy::default());
    let (_, record) = desk.linked("Acme").await;
    desk.connector.delete(&record).unwrap();
    desk.engine().plan("plan".into(), &desk.request(Mode::Sync)).await.unwrap();
    let halted = desk.engine().apply(&"plan".into(), &desk.request(Mode::Sync)).await.unwrap();
    assert_eq!((halted.record.status, halted.record.plan), (RunStatus::Halted, Some("plan".into())));

    let mut request = desk.request(Mode::Sync);
    request.overrides.insert(Guard::EmptySide);
    let passed = desk.engine().apply(&"plan".into(), &request).await.unwrap();
    assert_eq!(passed.record.status, RunStatus::Ok);
    let again = desk.engine().apply(&"plan".into(), &request).await.unwrap_err();
    assert!(matches!(again, EngineError::AppliedPlan(..)), "{again}");
}

#[tokio::test(start_paused = true)]
async fn what_is_left_out_of_a_plan_is_not_taken_for_settled() {
    let desk = Desk::new(Policy::default());
    let (deal, record) = desk.linked("Acme").await;
    desk.store.edit_deal(&deal, "notes", text("left out")).unwrap();
    let plan = desk.engine().plan("plan".into(), &desk.request(Mode::Sync)).await.unwrap();
    let mut request = desk.request(Mode::Sync);
    request.without.extend(plan.ops.iter().map(|op| op.seq));
    desk.engine().apply(&"plan".into(), &request).await.unwrap();
    let baseline = desk.store.state(&"desk".into()).await.unwrap().baseline.unwrap();
    assert!(baseline.unsettled.contains(&record), "both sides do not agree yet");
    desk.sync().await;
    assert_eq!(desk.cell(&record, "fNotes"), text("left out"));
}
