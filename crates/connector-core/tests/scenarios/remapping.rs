//! Other settings: another field for a unit, another strategy, and fields that are gone.

use chrono::TimeDelta;
use connector_core::engine::EngineError;
use connector_core::id::FieldId;
use connector_core::plan::{Action, Guard, Mode, Plan, Policy, Side, Strategy};
use connector_core::schema::FieldKind;
use connector_core::store::RunStatus;
use connector_core::unit::{Unit, UnitKind};
use connector_core::value::Value;

use crate::desk::{Desk, text};

impl Desk {
    /// Maps the notes to this field.
    fn map_notes(&mut self, field: &FieldId) {
        for pair in &mut self.connection.mapping.pairs {
            if pair.unit.as_str() == "notes" {
                pair.field = field.clone();
            }
        }
    }

    /// A sync after a person has approved the new settings.
    async fn approve(&self) -> Plan {
        let mut request = self.request(Mode::Sync);
        request.overrides.insert(Guard::SettingsChanged);
        let report = self.engine().sync(&request).await.unwrap();
        assert_eq!(report.record.status, RunStatus::Ok, "{:?}", report.record);
        report.plan.unwrap()
    }
}

#[tokio::test(start_paused = true)]
async fn a_unit_that_is_mapped_to_another_field_starts_anew_and_is_not_taken_for_edited() {
    let mut desk = Desk::new(Policy::default());
    let (deal, record) = desk.linked("Acme").await;
    let (other, other_record) = desk.linked("Beta").await;
    desk.store.edit_deal(&deal, "notes", text("ours")).unwrap();
    desk.store.edit_deal(&other, "notes", text("theirs too")).unwrap();
    desk.sync().await;
    let field = desk.connector.add_field("More notes", FieldKind::Text { max: None }).id;
    desk.connector.edit(&other_record, field.clone(), text("written there")).unwrap();
    desk.map_notes(&field);
    assert_eq!(desk.sync().await.0, RunStatus::Halted, "a person looks first");
    desk.approve().await;
    assert_eq!(desk.held(&deal, "notes"), text("ours"), "an empty field clears nothing");
    assert_eq!(desk.cell(&record, field.as_str()), text("ours"));
    assert_eq!(desk.cell(&record, "fNotes"), text("ours"), "the old field is left as it is");
    assert_eq!(desk.held(&other, "notes"), desk.cell(&other_record, field.as_str()));
    assert_eq!(
        desk.store.decided_conflicts(&"desk".into()).len(),
        1,
        "both held something: one is kept as lost"
    );
    assert_eq!(desk.sync().await.1.lines().count(), 1, "nothing is left to do");
}

#[tokio::test(start_paused = true)]
async fn a_unit_that_was_not_mapped_for_a_while_starts_anew() {
    let mut desk = Desk::new(Policy::default());
    let (deal, record) = desk.linked("Acme").await;
    desk.store.edit_deal(&deal, "notes", text("once")).unwrap();
    desk.sync().await;
    let pair = desk.connection.mapping.pairs.pop().unwrap();
    desk.approve().await;
    desk.connector.edit(&record, "fNotes", Value::Empty).unwrap();
    desk.connection.mapping.pairs.push(pair);
    desk.approve().await;
    assert_eq!(desk.held(&deal, "notes"), text("once"), "what was emptied meanwhile is no edit");
    assert_eq!(desk.cell(&record, "fNotes"), text("once"));
}

#[tokio::test(start_paused = true)]
async fn what_was_there_before_a_unit_was_mapped_brings_nobody_back() {
    let mut desk = Desk::new(Policy::default());
    let pair = desk.connection.mapping.pairs.pop().unwrap();
    let (deal, record) = desk.linked("Acme").await;
    let (kept, gone) = desk.linked("Beta").await;
    desk.linked("Gamma").await;
    desk.connector.edit(&record, "fNotes", text("old notes")).unwrap();
    desk.store.edit_deal(&kept, "notes", text("old notes")).unwrap();
    desk.store.delete_deal(&deal).unwrap();
    desk.connector.delete(&gone).unwrap();
    desk.connection.mapping.pairs.push(pair);
    let plan = desk.approve().await;
    let actions: Vec<Action> = plan.ops.iter().map(|op| op.action).collect();
    assert!(!actions.iter().any(|action| action.creates()), "{plan}");
    desk.sync().await;
    assert_eq!(desk.sync().await.1.lines().count(), 1, "nor later");
    assert_eq!((desk.store.deal(&deal), desk.connector.records().len()), (None, 2));
}

#[tokio::test(start_paused = true)]
async fn many_fields_that_are_gone_at_once_stop_the_run_whatever_was_approved() {
    let desk = Desk::new(Policy::default());
    let (deal, _) = desk.linked("Acme").await;
    for field in ["fStage", "fAmount", "fNotes"] {
        desk.connector.remove_field(field).unwrap();
    }
    let mut request = desk.request(Mode::Sync);
    request.overrides.insert(Guard::SettingsChanged);
    let report = desk.engine().sync(&request).await.unwrap();
    assert_eq!(report.record.status, RunStatus::Halted);
    let trips: Vec<String> = report.plan.unwrap().trips.iter().map(ToString::to_string).collect();
    assert_eq!(trips, ["schema_lost in the remote: 3 of 4"]);
    assert_eq!(desk.held(&deal, "amount"), Value::Number(100.into()));
}

#[tokio::test(start_paused = true)]
async fn another_strategy_is_shown_before_it_decides_anything() {
    let mut desk = Desk::new(Policy::default());
    let (deal, record) = desk.linked("Acme").await;
    desk.store.edit_deal(&deal, "notes", text("ours")).unwrap();
    desk.clock.advance(TimeDelta::minutes(1));
    desk.connector.edit(&record, "fNotes", text("theirs, later")).unwrap();
    let asked = desk.engine().plan("plan".into(), &desk.request(Mode::Sync)).await.unwrap();
    desk.connection.policy.strategy = Strategy::CrmWins;
    let refused = desk.engine().apply(&asked.id, &desk.request(Mode::Sync)).await.unwrap_err();
    assert_eq!(refused.to_string(), EngineError::OutdatedPlan(asked.id).to_string());
    let (status, plan) = desk.sync().await;
    assert_eq!(status, RunStatus::Halted, "{plan}");
    assert_eq!(desk.held(&deal, "notes"), text("ours"));
    assert_eq!(desk.cell(&record, "fNotes"), text("theirs, later"));
    desk.approve().await;
    assert_eq!(desk.cell(&record, "fNotes"), text("ours"));
    assert_eq!(desk.sync().await.0, RunStatus::Ok, "what was approved is asked about once");
}

#[tokio::test(start_paused = true)]
async fn a_finer_value_that_the_remote_overwrites_is_kept_as_lost() {
    let mut desk = Desk::with_unit(Unit::new("effort", UnitKind::Number { scale: 2 }, "Effort"));
    let field = desk.map_new("effort", FieldKind::Duration);
    let (deal, record) = desk.linked("Acme").await;
    let fine = Value::Number("100.55".parse().unwrap());
    desk.store.edit_deal(&deal, "effort", fine.clone()).unwrap();
    desk.sync().await;
    assert_eq!(desk.cell(&record, field.as_str()), Value::Number(101.into()));
    assert_eq!(desk.sync().await.1.lines().count(), 1, "the two sides agree although they differ");
    desk.connector.edit(&record, field, Value::Number(200.into())).unwrap();
    desk.sync().await;
    assert_eq!(desk.held(&deal, "effort"), Value::Number(200.into()));
    let kept = desk.store.decided_conflicts(&"desk".into());
    assert_eq!(
        kept.iter().map(|kept| (kept.winner, kept.loser())).collect::<Vec<_>>(),
        [(Some(Side::Remote), Some(&fine))]
    );
}

#[tokio::test(start_paused = true)]
async fn a_key_field_that_is_gone_is_told_and_asks_for_an_approval() {
    let desk = Desk::new(Policy::default());
    desk.linked("Acme").await;
    desk.connector.remove_field("fKey").unwrap();
    let (status, plan) = desk.sync().await;
    assert_eq!(status, RunStatus::Halted, "{plan}");
    assert!(plan.contains("the field of the deals' ids is gone"), "{plan}");
    let plan = desk.approve().await;
    assert!(plan.ops.is_empty(), "{plan}");
}
