//! Clocks that differ.

use std::sync::Arc;

use chrono::TimeDelta;
use connector_core::clock::Clock;
use connector_core::plan::{Mode, Policy, QuestionKind};
use connector_core::testing::{Faults, Faulty, ManualClock, MemorySettings};
use insta::assert_snapshot;

use crate::desk::{Desk, text};

/// Puts the remote's clock ahead of ours.
fn put_ahead(desk: &mut Desk, by: TimeDelta) -> ManualClock {
    let clock = ManualClock::new(desk.clock.now() + by);
    desk.connector = desk.connector.fork(Arc::new(clock.clone()));
    clock
}

#[tokio::test(start_paused = true)]
async fn the_later_edit_wins_by_our_clock_and_the_difference_is_told() {
    let mut desk = Desk::new(Policy::default());
    let (deal, record) = desk.linked("Acme").await;
    let theirs = put_ahead(&mut desk, TimeDelta::minutes(10));
    desk.connector.edit(&record, "fNotes", text("earlier, by a clock that is ahead")).unwrap();
    desk.clock.advance(TimeDelta::minutes(2));
    theirs.advance(TimeDelta::minutes(2));
    desk.store.edit_deal(&deal, "notes", text("later")).unwrap();
    desk.clock.advance(TimeDelta::minutes(1));
    theirs.advance(TimeDelta::minutes(1));
    assert_snapshot!(desk.sync().await.1, @r#"
    0 of 1 pairs unchanged, 1 to update in the remote
    1. update in the remote Acme: notes “earlier, by a clock that is ahead” → “later”, the later edit (edited in the CRM) [keeps “earlier, by a clock that is ahead” of notes in the ledger] [by clocks that differ]
    the remote's clock and ours differ by 10 minutes: who wins by time is uncertain; set the clock right
    "#);
    assert!(desk.store.decided_conflicts(&"desk".into())[0].clock_suspect);
}

#[tokio::test(start_paused = true)]
async fn a_lost_creation_is_recognised_though_the_remotes_clock_is_behind() {
    let mut desk = Desk::with(MemorySettings::like_notion(), Policy::default());
    desk.connection.mapping.key_field = None;
    desk.connection.mapping.natural_key = Vec::new();
    let theirs = put_ahead(&mut desk, TimeDelta::minutes(-30));
    desk.deal("Acme", 5);
    let lossy = Faulty::new(desk.connector.clone(), 1).with(Faults { lose_answer: 1.0, ..Faults::default() });
    desk.engine_through(lossy).sync(&desk.request(Mode::Sync)).await.unwrap();
    let made = desk.connector.records().pop().expect("it was made, and nobody heard").id;
    desk.connector.edit(&made, "fName", text("Acme Ltd")).unwrap();
    desk.clock.advance(TimeDelta::minutes(5));
    theirs.advance(TimeDelta::minutes(5));
    let report = desk.engine().sync(&desk.request(Mode::Sync)).await.unwrap();
    let plan = report.plan.unwrap();
    assert_eq!(plan.questions[0].kind, QuestionKind::LostCreate, "{plan}");
    assert_eq!(desk.connector.records().len(), 1, "there is no second one");
}
