//! Stories of one or two deals, told through the engine in memory: what a founder sees happen.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a story that cannot be told has failed")]

mod approval;
mod choice;
mod clocks;
mod cut_off;
mod deletions;
mod desk;
mod identity;
mod remapping;
mod trouble;
mod undo;
mod verify;

use chrono::TimeDelta;
use connector_core::engine::EngineError;
use connector_core::plan::{Action, Guard, Mode, Policy, Strategy};
use connector_core::schema::FieldKind;
use connector_core::store::{OpOutcome, RunStatus};
use connector_core::testing::options;
use connector_core::value::{Choice, Value};
use insta::assert_snapshot;

use crate::desk::{Desk, text};

#[tokio::test(start_paused = true)]
async fn a_first_sync_links_what_matches_and_creates_the_rest_on_both_sides() {
    let desk = Desk::new(Policy::default());
    desk.deal("O'Brien & \"Sons\" 100 %", 10);
    desk.deal("Only here", 20);
    desk.record("o'brien & \"sons\" 100 %", 10);
    desk.record("Only there", 30);
    let (status, plan) = desk.sync().await;
    assert_eq!(status, RunStatus::Ok);
    assert_snapshot!(plan, @r#"
    0 of 2 pairs unchanged, 1 to link, 1 to note as agreed, 1 to create in the CRM, 1 to update in the remote, 1 to create in the remote, 2 to stamp
    1. link O'Brien & "Sons" 100 % (both are the same deal)
    2. note as agreed O'Brien & "Sons" 100 %: amount 10; notes (empty) (both sides came to the same)
    3. create in the CRM Only there: client “Only there”; stage “won”; amount 30; notes (empty) (new in the remote)
    4. update in the remote O'Brien & "Sons" 100 %: client “o'brien & "sons" 100 %” → “O'Brien & "Sons" 100 %”, a tie; stage “won” → “prospect”, a tie (both are the same deal) [keeps “o'brien & "sons" 100 %” of client in the ledger] [keeps “won” of stage in the ledger]
    5. create in the remote Only here: client “Only here”; stage “prospect”; amount 20; notes (empty) (new in the CRM)
    6. stamp Only there (it does not carry its deal's id)
    7. stamp O'Brien & "Sons" 100 % (it does not carry its deal's id)
    "#);
    assert_eq!(desk.sync().await.1.lines().count(), 1, "nothing is left to do");
}

#[tokio::test(start_paused = true)]
async fn edits_of_different_units_merge_without_a_conflict() {
    let desk = Desk::new(Policy::default());
    let (deal, record) = desk.linked("Acme").await;
    desk.store.edit_deal(&deal, "amount", Value::Number(12.into())).unwrap();
    desk.connector.edit(&record, "fNotes", text("call back")).unwrap();
    assert_snapshot!(desk.sync().await.1, @r#"
    0 of 1 pairs unchanged, 1 to update in the CRM, 1 to update in the remote
    1. update in the CRM Acme: notes (empty) → “call back” (edited in the remote)
    2. update in the remote Acme: amount 100 → 12 (edited in the CRM)
    "#);
    assert_eq!(desk.held(&deal, "notes"), text("call back"));
    assert_eq!(desk.cell(&record, "fAmount"), Value::Number(12.into()));
}

#[tokio::test(start_paused = true)]
async fn the_later_edit_of_one_unit_wins_and_the_other_is_kept_in_the_ledger() {
    let desk = Desk::new(Policy::default());
    let (deal, record) = desk.linked("Acme").await;
    desk.store.edit_deal(&deal, "amount", Value::Number(12.into())).unwrap();
    desk.clock.advance(TimeDelta::minutes(5));
    desk.connector.edit(&record, "fAmount", Value::Number(15.into())).unwrap();
    assert_snapshot!(desk.sync().await.1, @r#"
    0 of 1 pairs unchanged, 1 to update in the CRM
    1. update in the CRM Acme: amount 12 → 15, the later edit (edited in the remote) [keeps 12 of amount in the ledger]
    "#);
    assert_eq!(desk.held(&deal, "amount"), Value::Number(15.into()));
    let lost = desk.store.decided_conflicts(&"desk".into());
    assert_eq!(lost[0].loser(), Some(&Value::Number(12.into())));
    assert!(!lost[0].tie);
}

#[tokio::test(start_paused = true)]
async fn edits_whose_order_nobody_can_know_are_a_tie_that_the_configured_side_wins() {
    let desk = Desk::new(Policy::default());
    let (deal, record) = desk.linked("Acme").await;
    desk.store.edit_deal(&deal, "notes", text("ours")).unwrap();
    desk.connector.edit(&record, "fNotes", text("theirs")).unwrap();
    assert_snapshot!(desk.sync().await.1, @r#"
    0 of 1 pairs unchanged, 1 to update in the remote
    1. update in the remote Acme: notes “theirs” → “ours”, a tie (edited in the CRM) [keeps “theirs” of notes in the ledger]
    "#);
    assert!(desk.store.decided_conflicts(&"desk".into())[0].tie);
}

#[tokio::test(start_paused = true)]
async fn the_same_edit_on_both_sides_is_no_conflict_and_writes_nothing() {
    let desk = Desk::new(Policy::default());
    let (deal, record) = desk.linked("Acme").await;
    desk.store.edit_deal(&deal, "stage", text("won")).unwrap();
    let won = Value::Choice(Choice { id: Some("opt-Won".into()), name: "Won".into() });
    desk.connector.edit(&record, "fStage", won).unwrap();
    let before = desk.connector.counters().writes;
    assert_snapshot!(desk.sync().await.1, @r#"
    0 of 1 pairs unchanged, 1 to note as agreed
    1. note as agreed Acme: stage “won” (both sides came to the same)
    "#);
    assert_eq!(desk.connector.counters().writes, before);
}

#[tokio::test(start_paused = true)]
async fn a_cleared_unit_clears_the_other_side_and_no_other_cell() {
    let desk = Desk::new(Policy::default());
    let (deal, record) = desk.linked("Acme").await;
    desk.store.edit_deal(&deal, "notes", text("something")).unwrap();
    desk.sync().await;
    desk.store.edit_deal(&deal, "notes", Value::Empty).unwrap();
    desk.sync().await;
    assert_eq!(desk.cell(&record, "fNotes"), Value::Empty);
    assert_eq!(desk.cell(&record, "fName"), text("Acme"));
}

#[tokio::test(start_paused = true)]
async fn a_deal_deleted_here_and_edited_there_comes_back_with_the_edit() {
    let desk = Desk::new(Policy::default());
    let (deal, record) = desk.linked("Acme").await;
    desk.linked("Beta").await;
    desk.store.delete_deal(&deal).unwrap();
    desk.connector.edit(&record, "fNotes", text("still wanted")).unwrap();
    assert_snapshot!(desk.sync().await.1, @r#"
    1 of 2 pairs unchanged, 1 to bring back in the CRM
    1. bring back in the CRM Acme: client “Acme”; stage “prospect”; amount 100; notes “still wanted” (edited in the remote after it was deleted in the CRM)
    "#);
    assert_eq!(desk.held(&deal, "notes"), text("still wanted"));
    assert_eq!(desk.held(&deal, "client"), text("Acme"));
}

#[tokio::test(start_paused = true)]
async fn a_deal_that_comes_back_keeps_what_was_written_into_it_before_it_was_deleted() {
    let desk = Desk::new(Policy::default());
    let (deal, record) = desk.linked("Acme").await;
    desk.linked("Beta").await;
    desk.store.edit_deal(&deal, "amount", Value::Number(250.into())).unwrap();
    desk.store.edit_deal(&deal, "client", text("Acme SA")).unwrap();
    desk.clock.advance(TimeDelta::minutes(5));
    desk.store.delete_deal(&deal).unwrap();
    desk.connector.edit(&record, "fNotes", text("still wanted")).unwrap();
    desk.connector.edit(&record, "fName", text("Acme Ltd")).unwrap();
    assert_snapshot!(desk.sync().await.1, @r#"
    1 of 2 pairs unchanged, 1 to bring back in the CRM
    1. bring back in the CRM Acme: client “Acme Ltd”; stage “prospect”; amount 250; notes “still wanted” (edited in the remote after it was deleted in the CRM) [keeps “Acme SA” of client in the ledger]
    "#);
    assert_eq!(desk.held(&deal, "amount"), Value::Number(250.into()));
    assert_eq!(desk.held(&deal, "notes"), text("still wanted"));
    assert_eq!(desk.held(&deal, "client"), text("Acme Ltd"), "the later edit");
    assert_eq!(desk.store.decided_conflicts(&"desk".into())[0].loser(), Some(&text("Acme SA")));
    assert_snapshot!(desk.sync().await.1, @r#"
    1 of 2 pairs unchanged, 1 to update in the remote
    1. update in the remote Acme Ltd: amount 100 → 250 (edited in the CRM)
    "#);
    assert_eq!(desk.cell(&record, "fAmount"), Value::Number(250.into()));
    assert_eq!(desk.sync().await.1.lines().count(), 1, "nothing is left to do");
}

#[tokio::test(start_paused = true)]
async fn a_deletion_is_noted_once_and_deletes_nothing() {
    let desk = Desk::new(Policy::default());
    let (deal, record) = desk.linked("Acme").await;
    desk.linked("Beta").await;
    desk.connector.delete(&record).unwrap();
    assert_snapshot!(desk.sync().await.1, @r#"
    1 of 2 pairs unchanged, 1 to release
    1. release Acme (deleted in the remote)
    "#);
    assert!(desk.store.deal(&deal).is_some());
    let reads = desk.connector.counters().read;
    assert_eq!(desk.sync().await.1.lines().count(), 1, "it is not asked again");
    assert_eq!(desk.connector.counters().read, reads);
}

#[tokio::test(start_paused = true)]
async fn a_copied_record_is_a_question_and_overwrites_nothing() {
    let desk = Desk::new(Policy::default());
    let (_, record) = desk.linked("Acme").await;
    desk.connector.duplicate(&record).unwrap();
    assert_snapshot!(desk.sync().await.1, @r#"
    1 of 2 pairs unchanged
    Acme: a record carries the id of a deal that has another record; a copy? (deal 1, record rec0002)
    "#);
}

#[tokio::test(start_paused = true)]
async fn two_deals_and_one_record_of_one_name_are_left_to_a_person() {
    let desk = Desk::new(Policy::default());
    desk.deal("Acme", 1);
    desk.deal("Acme", 2);
    desk.record("ACME", 3);
    assert_snapshot!(desk.sync().await.1, @r#"
    0 of 2 pairs unchanged
    Acme: several deals or records have this key; which belong together? (deal 1, deal 2, record rec0001)
    "#);
}

#[tokio::test(start_paused = true)]
async fn one_bad_record_is_told_with_its_value_and_the_others_go_on() {
    let desk = Desk::new(Policy::default());
    desk.record("Good", 5);
    desk.record("Bad", 0);
    let nameless = desk.record("x", 5);
    desk.connector.edit(&nameless, "fName", Value::Empty).unwrap();
    let (status, plan) = desk.sync().await;
    assert_eq!(status, RunStatus::Partial);
    assert_snapshot!(plan, @r#"
    0 of 3 pairs unchanged, 1 to create in the CRM, 1 to stamp
    1. create in the CRM Good: client “Good”; stage “won”; amount 5; notes (empty) (new in the remote)
    2. stamp Good (it does not carry its deal's id)
    Bad, Amount 0: it must be greater than zero
    rec0003, Name: it is empty, and a deal needs it
    "#);
}

#[tokio::test(start_paused = true)]
async fn a_stage_that_nobody_knows_becomes_the_fallback_with_a_warning() {
    let desk = Desk::new(Policy::default());
    let schema_stage =
        FieldKind::Select { options: options(&["Prospect", "Won", "Lost?"]), extensible: true };
    desk.connector.retype_field("fStage", schema_stage).unwrap();
    let record = desk.record("Acme", 5);
    let lost = Value::Choice(Choice { id: Some("opt-Lost?".into()), name: "Lost?".into() });
    desk.connector.edit(&record, "fStage", lost).unwrap();
    assert_snapshot!(desk.sync().await.1, @r#"
    0 of 1 pairs unchanged, 1 to create in the CRM, 1 to stamp
    1. create in the CRM Acme: client “Acme”; stage “prospect”; amount 5; notes (empty) (new in the remote)
    2. stamp Acme (it does not carry its deal's id)
    Acme, Status “prospect”: “Lost?” is no stage and became “prospect”
    "#);
}

#[tokio::test(start_paused = true)]
async fn a_renamed_field_changes_nothing_and_a_deleted_one_is_suspended_and_clears_nothing() {
    let desk = Desk::new(Policy::default());
    let (deal, record) = desk.linked("Acme").await;
    desk.connector.edit(&record, "fNotes", text("keep me")).unwrap();
    desk.sync().await;
    desk.connector.rename_field("fAmount", "Value").unwrap();
    desk.connector.rename_option("fStage", &"opt-Won".into(), "Closed won").unwrap();
    assert_eq!(desk.sync().await.1.lines().count(), 1);
    desk.connector.remove_field("fNotes").unwrap();
    desk.store.edit_deal(&deal, "amount", Value::Number(7.into())).unwrap();
    let mut request = desk.request(Mode::Sync);
    request.overrides.insert(Guard::SettingsChanged);
    let report = desk.engine().sync(&request).await.unwrap();
    assert_snapshot!(report.plan.unwrap(), @r#"
    0 of 1 pairs unchanged, 1 to update in the remote
    1. update in the remote Acme: amount 100 → 7 (edited in the CRM)
    Notes: the field is gone or has another type; map it again
    "#);
    assert_eq!(desk.held(&deal, "notes"), text("keep me"));
}

#[tokio::test(start_paused = true)]
async fn many_deletions_at_once_stop_the_run_before_its_first_write() {
    let desk = Desk::new(Policy::default());
    for n in 0..30 {
        desk.deal(&format!("Client {n}"), 5);
    }
    desk.sync().await;
    for record in desk.connector.records().iter().take(20) {
        desk.connector.delete(&record.id).unwrap();
    }
    let survivor = desk.connector.records().pop().unwrap();
    desk.connector.edit(&survivor.id, "fNotes", text("edited")).unwrap();
    let report = desk.engine().sync(&desk.request(Mode::Sync)).await.unwrap();
    assert_eq!(report.record.status, RunStatus::Halted);
    assert!(report.results.is_empty());
    assert_snapshot!(report.plan.unwrap().trips[0], @r#"mass_delete in the remote: 20 of 30"#);
}

#[tokio::test(start_paused = true)]
async fn an_empty_remote_stops_the_run() {
    let desk = Desk::new(Policy::default());
    let (_, record) = desk.linked("Acme").await;
    desk.connector.delete(&record).unwrap();
    assert_eq!(desk.sync().await.0, RunStatus::Halted);
}

#[tokio::test(start_paused = true)]
async fn a_changed_mapping_asks_for_approval_once() {
    let mut desk = Desk::new(Policy::default());
    desk.linked("Acme").await;
    desk.connection.mapping.pairs.pop();
    assert_eq!(desk.sync().await.0, RunStatus::Halted);
    let mut request = desk.request(Mode::Sync);
    request.overrides.insert(Guard::SettingsChanged);
    let report = desk.engine().sync(&request).await.unwrap();
    assert_eq!(report.record.status, RunStatus::Ok);
    assert_eq!(report.record.overrides, ["settings_changed by test"]);
    assert_eq!(desk.sync().await.0, RunStatus::Ok);
}

#[tokio::test(start_paused = true)]
async fn an_approved_plan_runs_as_approved_and_skips_what_moved_meanwhile() {
    let desk = Desk::new(Policy::default());
    let (first, first_record) = desk.linked("Acme").await;
    let (second, second_record) = desk.linked("Beta").await;
    desk.store.edit_deal(&first, "notes", text("one")).unwrap();
    desk.store.edit_deal(&second, "notes", text("two")).unwrap();
    let plan = desk.engine().plan("plan-1".into(), &desk.request(Mode::Sync)).await.unwrap();
    assert_eq!(plan.ops.len(), 2);
    // Meanwhile somebody edits one target, and a new deal comes that was in no plan.
    desk.connector.edit(&first_record, "fNotes", text("mine")).unwrap();
    desk.deal("New", 5);
    let report = desk.engine().apply(&"plan-1".into(), &desk.request(Mode::Sync)).await.unwrap();
    assert_eq!(report.record.status, RunStatus::Partial);
    assert_eq!(report.results[&1].outcome, OpOutcome::Stale);
    assert_eq!(report.results[&2].outcome, OpOutcome::Applied);
    assert_eq!(desk.cell(&first_record, "fNotes"), text("mine"));
    assert_eq!(desk.cell(&second_record, "fNotes"), text("two"));
    assert_eq!(desk.connector.records().len(), 2, "what was not in the plan was not done");
    let again = desk.engine().apply(&"plan-1".into(), &desk.request(Mode::Sync)).await;
    assert!(matches!(again, Err(EngineError::AppliedPlan(..))));
}

#[tokio::test(start_paused = true)]
async fn a_plan_is_refused_when_the_mapping_changed_or_it_is_too_old() {
    let mut desk = Desk::new(Policy::default());
    desk.linked("Acme").await;
    desk.engine().plan("old".into(), &desk.request(Mode::Sync)).await.unwrap();
    desk.clock.advance(TimeDelta::minutes(61));
    let refused = desk.engine().apply(&"old".into(), &desk.request(Mode::Sync)).await;
    assert!(matches!(refused, Err(EngineError::ExpiredPlan(..))));
    desk.engine().plan("new".into(), &desk.request(Mode::Sync)).await.unwrap();
    desk.connection.mapping.pairs.pop();
    let refused = desk.engine().apply(&"new".into(), &desk.request(Mode::Sync)).await;
    assert!(matches!(refused, Err(EngineError::OutdatedPlan(..))));
    let refused = desk.engine().apply(&"none".into(), &desk.request(Mode::Sync)).await;
    assert!(matches!(refused, Err(EngineError::NoPlan(..))));
}

#[tokio::test(start_paused = true)]
async fn an_import_brings_records_in_and_leaves_the_remote_alone_but_for_stamps() {
    let desk = Desk::new(Policy::default());
    desk.deal("Ours", 5);
    let theirs = desk.record("Theirs", 5);
    let report = desk.engine().sync(&desk.request(Mode::Import)).await.unwrap();
    let actions: Vec<Action> = report.plan.unwrap().ops.iter().map(|op| op.action).collect();
    assert_eq!(actions, [Action::CreateDeal, Action::Stamp]);
    assert_eq!(desk.cell(&theirs, "fKey"), text("2"));
    assert_eq!(desk.connector.records().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_manual_conflict_waits_and_closes_by_itself_when_both_sides_agree() {
    let desk = Desk::new(Policy { strategy: Strategy::Manual, ..Policy::default() });
    let (deal, record) = desk.linked("Acme").await;
    desk.store.edit_deal(&deal, "notes", text("ours")).unwrap();
    desk.connector.edit(&record, "fNotes", text("theirs")).unwrap();
    assert_snapshot!(desk.sync().await.1, @r#"
    0 of 1 pairs unchanged
    deal 1, notes: the CRM says “ours”, the remote says “theirs”; a person decides
    "#);
    desk.sync().await;
    assert_eq!(desk.store.open_conflicts(&"desk".into()).len(), 1, "met twice, it is one conflict");
    desk.store.edit_deal(&deal, "notes", text("theirs")).unwrap();
    desk.sync().await;
    assert!(desk.store.open_conflicts(&"desk".into()).is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_run_stops_between_operations_and_the_next_finishes() {
    let desk = Desk::new(Policy::default());
    desk.deal("Acme", 5);
    let request = desk.request(Mode::Sync);
    request.cancel.cancel();
    let report = desk.engine().sync(&request).await.unwrap();
    assert_eq!(report.record.status, RunStatus::Cancelled);
    assert!(desk.connector.records().is_empty());
    assert_eq!(desk.sync().await.0, RunStatus::Ok);
    assert_eq!(desk.connector.records().len(), 1);
}
