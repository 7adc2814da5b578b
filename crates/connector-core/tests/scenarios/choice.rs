//! Using the other value of a conflict.

use chrono::TimeDelta;
use connector_core::plan::{Mode, Policy, Problem, Purpose, Side, Strategy};
use connector_core::store::RunStatus;
use rstest::rstest;

use crate::desk::{Desk, text};

#[rstest]
#[case::the_crm_lost(Strategy::RemoteWins, Side::Crm, "ours")]
#[case::the_remote_lost(Strategy::CrmWins, Side::Remote, "theirs")]
#[case::nobody_has_won_yet(Strategy::Manual, Side::Remote, "theirs")]
#[tokio::test(start_paused = true)]
async fn the_other_value_is_one_call_away(
    #[case] strategy: Strategy,
    #[case] side: Side,
    #[case] chosen: &str,
) {
    let desk = Desk::new(Policy { strategy, ..Policy::default() });
    let (deal, record) = desk.linked("Acme").await;
    desk.store.edit_deal(&deal, "notes", text("ours")).unwrap();
    desk.connector.edit(&record, "fNotes", text("theirs")).unwrap();
    desk.sync().await;
    let conflicts = match strategy {
        Strategy::Manual => desk.store.open_conflicts(&"desk".into()),
        _ => desk.store.decided_conflicts(&"desk".into()),
    };
    let request = desk.request(Mode::Sync);
    let listed = desk.connector.counters().list_pages;
    desk.engine().plan_choice("choice".into(), &request, &conflicts[0], side).await.unwrap();
    let report = desk.engine().apply(&"choice".into(), &desk.request(Mode::Sync)).await.unwrap();
    assert_eq!(report.record.status, RunStatus::Ok);
    assert_eq!(report.record.purpose, Purpose::Choice { conflict: conflicts[0].id.clone() });
    assert_eq!(desk.connector.counters().list_pages, listed, "one record was read, and nothing listed");
    let decided = desk.store.decided_conflicts(&"desk".into()).remove(0);
    assert_eq!((decided.id, decided.winner), (conflicts[0].id.clone(), Some(side)));
    assert_eq!(desk.held(&deal, "notes"), text(chosen));
    assert_eq!(desk.cell(&record, "fNotes"), text(chosen));
    desk.clock.advance(TimeDelta::minutes(1));
    desk.sync().await;
    assert_eq!((desk.held(&deal, "notes"), desk.cell(&record, "fNotes")), (text(chosen), text(chosen)));
    assert!(desk.store.open_conflicts(&"desk".into()).is_empty());
    let decided = desk.store.decided_conflicts(&"desk".into());
    assert_eq!((decided.len(), decided[0].winner), (1, Some(side)), "the ledger keeps the other value");
    assert_eq!(desk.sync().await.1.lines().count(), 1, "nothing is left to do");
}

#[tokio::test(start_paused = true)]
async fn a_value_that_was_edited_since_is_not_replaced_by_one_of_the_ledger() {
    let desk = Desk::new(Policy { strategy: Strategy::CrmWins, ..Policy::default() });
    let (deal, record) = desk.linked("Acme").await;
    desk.store.edit_deal(&deal, "notes", text("ours")).unwrap();
    desk.connector.edit(&record, "fNotes", text("theirs")).unwrap();
    desk.sync().await;
    desk.store.edit_deal(&deal, "notes", text("newer")).unwrap();
    let conflict = &desk.store.decided_conflicts(&"desk".into())[0];
    let request = desk.request(Mode::Sync);
    let plan = desk.engine().plan_choice("choice".into(), &request, conflict, Side::Remote).await.unwrap();
    assert!(plan.ops.is_empty());
    assert_eq!(plan.notices[0].problem, Problem::EditedSince);
}

#[tokio::test(start_paused = true)]
async fn another_conflict_waits_on() {
    let desk = Desk::new(Policy { strategy: Strategy::Manual, ..Policy::default() });
    for client in ["Acme", "Beta"] {
        let (deal, record) = desk.linked(client).await;
        desk.store.edit_deal(&deal, "notes", text("ours")).unwrap();
        desk.connector.edit(&record, "fNotes", text("theirs")).unwrap();
    }
    desk.sync().await;
    let waiting = desk.store.open_conflicts(&"desk".into());
    let request = desk.request(Mode::Sync);
    desk.engine().plan_choice("choice".into(), &request, &waiting[0], Side::Crm).await.unwrap();
    desk.engine().apply(&"choice".into(), &desk.request(Mode::Sync)).await.unwrap();
    assert_eq!(desk.store.open_conflicts(&"desk".into()), waiting[1..]);
}
