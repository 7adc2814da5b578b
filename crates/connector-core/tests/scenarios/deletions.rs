//! What happens to one side when the other is deleted.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use connector_core::connector::{DealConnector, Presence};
use connector_core::plan::{
    Action, Answer, Deletion, Deletions, Guard, Mode, Plan, Policy, QuestionKind, Side, Strategy,
};
use connector_core::schema::FieldKind;
use connector_core::store::{OpOutcome, RunStatus, Store};
use connector_core::testing::{Faults, Faulty, MemorySettings};
use connector_core::value::Value;
use insta::assert_snapshot;
use rstest::rstest;

use crate::desk::{Desk, text};

fn policy(deletion: Deletion) -> Policy {
    let deletions = Deletions { remote: deletion, crm: deletion, ..Deletions::default() };
    Policy { deletions, ..Policy::default() }
}

fn actions(plan: &Plan) -> Vec<Action> {
    plan.ops.iter().map(|op| op.action).collect()
}

#[tokio::test(start_paused = true)]
async fn a_record_deleted_in_the_remote_takes_its_deal_along_and_leaves_a_grave() {
    let desk = Desk::new(policy(Deletion::Archive));
    let (deal, record) = desk.linked("Acme").await;
    desk.linked("Beta").await;
    desk.connector.delete(&record).unwrap();
    assert_snapshot!(desk.sync().await.1, @r#"
    1 of 2 pairs unchanged, 1 to delete in the CRM
    1. delete in the CRM Acme: client “Acme”; stage “prospect”; amount 100; notes (empty) (deleted in the remote)
    "#);
    assert_eq!(desk.store.deal(&deal), None);
    let graves = desk.store.graves(std::slice::from_ref(&deal)).await.unwrap();
    assert_eq!(graves[0].by, Some("desk".into()));
    assert_eq!(desk.sync().await.1.lines().count(), 1, "nothing is left to do");
}

#[tokio::test(start_paused = true)]
async fn a_deal_deleted_in_the_crm_takes_its_record_to_the_trash() {
    let desk = Desk::with(MemorySettings::like_notion(), policy(Deletion::Archive));
    let (deal, record) = desk.linked("Acme").await;
    desk.linked("Beta").await;
    desk.store.delete_deal(&deal).unwrap();
    assert_snapshot!(desk.sync().await.1, @r#"
    1 of 2 pairs unchanged, 1 to delete in the remote
    1. delete in the remote Acme: client “Acme”; stage “prospect”; amount 100; notes (empty) (deleted in the CRM)
    "#);
    let found = desk.connector.read(std::slice::from_ref(&record), &[]).await.unwrap();
    assert!(matches!(found[0], Presence::Trashed(_)), "{found:?}");
    assert_eq!(desk.sync().await.1.lines().count(), 1, "nothing is left to do");
}

#[rstest]
#[case::off(Deletion::Off, Action::Release, true)]
#[case::no_mark_to_set(Deletion::Flag, Action::Release, true)]
#[case::no_trash_and_no_mark(Deletion::Archive, Action::Release, true)]
#[case::for_good(Deletion::Hard, Action::DeleteRecord, false)]
#[tokio::test(start_paused = true)]
async fn a_record_goes_only_as_far_as_the_settings_say_and_the_remote_can_bring_back(
    #[case] deletion: Deletion,
    #[case] action: Action,
    #[case] stays: bool,
) {
    let desk = Desk::new(policy(deletion));
    let (deal, record) = desk.linked("Acme").await;
    desk.linked("Beta").await;
    desk.store.delete_deal(&deal).unwrap();
    let report = desk.engine().sync(&desk.request(Mode::Sync)).await.unwrap();
    assert_eq!(actions(&report.plan.unwrap()), [action]);
    assert_eq!(desk.connector.record(&record).is_some(), stays);
}

#[tokio::test(start_paused = true)]
async fn a_mark_is_set_once_on_the_side_that_is_left() {
    let mut desk = Desk::new(policy(Deletion::Flag));
    let gone = desk.connector.add_field("Gone", FieldKind::Checkbox);
    desk.connection.mapping.pairs.retain(|pair| pair.unit.as_str() != "notes");
    desk.connection.policy.deletions.record_mark = Some((gone.id.clone(), Value::Flag(true)));
    desk.connection.policy.deletions.deal_mark = Some(("notes".into(), text("deleted in the remote")));
    let (deal, record) = desk.linked("Acme").await;
    let (other_deal, other_record) = desk.linked("Beta").await;
    desk.linked("Gamma").await;
    desk.store.delete_deal(&deal).unwrap();
    desk.connector.delete(&other_record).unwrap();
    assert_snapshot!(desk.sync().await.1, @r#"
    1 of 2 pairs unchanged, 1 to mark in the CRM, 1 to mark in the remote
    1. mark in the CRM Beta: notes (empty) → “deleted in the remote” (deleted in the remote)
    2. mark in the remote Acme (deleted in the CRM)
    "#);
    assert_eq!(desk.cell(&record, gone.id.as_str()), Value::Flag(true));
    assert_eq!(desk.held(&other_deal, "notes"), text("deleted in the remote"));
    assert_eq!(desk.sync().await.1.lines().count(), 1, "nothing is left to do");
}

#[tokio::test(start_paused = true)]
async fn a_deletion_waits_for_an_answer_and_one_that_reappears_waits_no_longer() {
    let mut desk = Desk::with(MemorySettings::like_notion(), policy(Deletion::Archive));
    desk.connection.policy.deletions.approval = true;
    let (deal, record) = desk.linked("Acme").await;
    let (second, second_record) = desk.linked("Beta").await;
    desk.linked("Gamma").await;
    desk.connector.delete(&record).unwrap();
    desk.connector.delete(&second_record).unwrap();
    for _ in 0..2 {
        let report = desk.engine().sync(&desk.request(Mode::Sync)).await.unwrap();
        let plan = report.plan.unwrap();
        assert!(plan.ops.is_empty(), "{plan}");
        assert!(plan.questions.iter().all(|asked| asked.kind == QuestionKind::DeletedOn(Side::Remote)));
        assert_eq!(plan.questions.len(), 2);
    }
    desk.connector.restore(&second_record).unwrap();
    let mut request = desk.request(Mode::Sync);
    request.answers = BTreeMap::from([(record, Answer::Delete)]);
    let report = desk.engine().sync(&request).await.unwrap();
    let plan = report.plan.unwrap();
    assert_eq!(actions(&plan), [Action::DeleteDeal]);
    assert!(plan.questions.is_empty());
    assert_eq!(desk.store.deal(&deal), None);
    assert!(desk.store.deal(&second).is_some());
}

#[tokio::test(start_paused = true)]
async fn a_person_decides_between_an_edit_and_a_deletion() {
    let policy = Policy { strategy: Strategy::Manual, ..policy(Deletion::Archive) };
    let desk = Desk::with(MemorySettings::like_notion(), policy);
    let (kept, kept_record) = desk.linked("Acme").await;
    let (lost, lost_record) = desk.linked("Beta").await;
    desk.linked("Gamma").await;
    for (deal, record) in [(&kept, &kept_record), (&lost, &lost_record)] {
        desk.store.delete_deal(deal).unwrap();
        desk.connector.edit(record, "fNotes", text("edited since")).unwrap();
    }
    let report = desk.engine().sync(&desk.request(Mode::Sync)).await.unwrap();
    let plan = report.plan.unwrap();
    let kinds: Vec<_> = plan.questions.iter().map(|question| question.kind).collect();
    assert_eq!(kinds, [QuestionKind::EditedAfterDelete(Side::Remote); 2]);
    let mut request = desk.request(Mode::Sync);
    request.answers = BTreeMap::from([(kept_record, Answer::Keep), (lost_record.clone(), Answer::Delete)]);
    let report = desk.engine().sync(&request).await.unwrap();
    assert_eq!(actions(&report.plan.unwrap()), [Action::RestoreDeal, Action::DeleteRecord]);
    assert_eq!(desk.held(&kept, "notes"), text("edited since"));
    assert_eq!(desk.connector.record(&lost_record), None);
}

#[tokio::test(start_paused = true)]
async fn a_record_that_a_person_restores_is_asked_about_and_brings_its_deal_back() {
    let desk = Desk::with(MemorySettings::like_notion(), policy(Deletion::Archive));
    let (deal, record) = desk.linked("Acme").await;
    desk.linked("Beta").await;
    desk.connector.delete(&record).unwrap();
    desk.sync().await;
    assert_eq!(desk.store.deal(&deal), None);
    desk.connector.restore(&record).unwrap();
    desk.connector.edit(&record, "fNotes", text("back again")).unwrap();
    let report = desk.engine().sync(&desk.request(Mode::Sync)).await.unwrap();
    let plan = report.plan.unwrap();
    assert_eq!(plan.questions[0].kind, QuestionKind::Restored);
    assert!(plan.ops.is_empty(), "never a silent new deal: {plan}");
    let mut request = desk.request(Mode::Sync);
    request.answers = BTreeMap::from([(record.clone(), Answer::Keep)]);
    desk.engine().sync(&request).await.unwrap();
    assert_eq!(desk.held(&deal, "client"), text("Acme"));
    assert_eq!(desk.held(&deal, "notes"), text("back again"));
    desk.store.edit_deal(&deal, "notes", text("in step")).unwrap();
    desk.sync().await;
    assert_eq!(desk.cell(&record, "fNotes"), text("in step"));
}

#[tokio::test(start_paused = true)]
async fn what_came_back_between_plan_and_apply_is_not_deleted_and_what_was_edited_neither() {
    let desk = Desk::with(MemorySettings::like_notion(), policy(Deletion::Archive));
    let mut pairs = Vec::new();
    for client in ["Acme", "Beta", "Gamma", "Delta", "Other"] {
        pairs.push(desk.linked(client).await);
    }
    desk.connector.delete(&pairs[0].1).unwrap();
    desk.connector.delete(&pairs[1].1).unwrap();
    desk.store.delete_deal(&pairs[2].0).unwrap();
    desk.store.delete_deal(&pairs[3].0).unwrap();
    let plan = desk.engine().plan("plan-1".into(), &desk.request(Mode::Sync)).await.unwrap();
    assert_eq!(
        actions(&plan),
        [Action::DeleteRecord, Action::DeleteRecord, Action::DeleteDeal, Action::DeleteDeal]
    );
    desk.connector.restore(&pairs[0].1).unwrap();
    desk.store.edit_deal(&pairs[1].0, "notes", text("wanted")).unwrap();
    let values = [("client", text("Gamma")), ("stage", text("won")), ("amount", Value::Number(1.into()))];
    desk.store.put_deal(&pairs[2].0, values).unwrap();
    desk.connector.edit(&pairs[3].1, "fNotes", text("wanted")).unwrap();
    let report = desk.engine().apply(&"plan-1".into(), &desk.request(Mode::Sync)).await.unwrap();
    let outcomes: Vec<OpOutcome> = report.results.values().map(|result| result.outcome).collect();
    assert_eq!(outcomes, [OpOutcome::Stale; 4]);
    assert_eq!(desk.connector.records().len(), 4);
    assert!(desk.store.deal(&pairs[1].0).is_some());
}

#[tokio::test(start_paused = true)]
async fn a_listing_that_breaks_off_deletes_nothing() {
    let mut settings = MemorySettings::like_notion();
    settings.capabilities.page = std::num::NonZeroUsize::MIN;
    let desk = Desk::with(settings, policy(Deletion::Hard));
    let (_, record) = desk.linked("Acme").await;
    let (other, _) = desk.linked("Beta").await;
    desk.linked("Gamma").await;
    desk.connector.delete(&record).unwrap();
    desk.store.delete_deal(&other).unwrap();
    let cut = Faults { cut_after: Some(1), ..Faults::default() };
    let engine = desk.engine_through(Faulty::new(desk.connector.clone(), 1).with(cut));
    let report = engine.sync(&desk.request(Mode::Sync)).await.unwrap();
    assert!(!report.plan.as_ref().unwrap().reading.complete);
    assert!(!actions(&report.plan.unwrap()).iter().any(|action| action.deletes()));
}

#[tokio::test(start_paused = true)]
async fn many_deletions_halt_the_run_and_an_override_passes_exactly_those() {
    let desk = Desk::with(MemorySettings::like_notion(), policy(Deletion::Archive));
    for n in 0..30 {
        desk.deal(&format!("Client {n}"), 5);
    }
    desk.sync().await;
    desk.clock.advance(TimeDelta::minutes(1));
    desk.sync().await;
    let records = desk.connector.records();
    for record in records.iter().take(18) {
        desk.connector.delete(&record.id).unwrap();
    }
    let report = desk.engine().sync(&desk.request(Mode::Sync)).await.unwrap();
    assert_eq!(report.record.status, RunStatus::Halted);
    assert_eq!(desk.store.deals().await.unwrap().len(), 30, "nothing was deleted");
    let mut request = desk.request(Mode::Sync);
    request.overrides.insert(Guard::MassDelete);
    let plan = report.plan.unwrap();
    let deleted: Vec<_> = plan.ops.iter().filter_map(|op| op.deal.clone()).collect();
    let stopped = desk.engine().apply(&plan.id, &desk.request(Mode::Sync)).await.unwrap();
    assert_eq!(stopped.record.status, RunStatus::Halted, "nobody let it pass");
    let report = desk.engine().apply(&plan.id, &request).await.unwrap();
    assert_eq!(report.record.status, RunStatus::Ok);
    assert_eq!(report.record.overrides, ["mass_delete by test"]);
    assert!(deleted.iter().all(|deal| desk.store.deal(deal).is_none()));
    assert_eq!(desk.store.deals().await.unwrap().len(), 30 - deleted.len(), "exactly those of the plan");
    request.run = "run-900".into();
    desk.engine().sync(&request).await.unwrap();
    assert_eq!(desk.store.deals().await.unwrap().len(), 12, "an override looks for all of them");
}

#[rstest]
#[case::asked(false, Strategy::CrmWins)]
#[case::asked_where_the_remote_wins(false, Strategy::RemoteWins)]
#[case::the_deletion_wins(true, Strategy::CrmWins)]
#[case::the_deletion_wins_in_the_remote(true, Strategy::RemoteWins)]
#[tokio::test(start_paused = true)]
async fn an_edit_goes_with_a_deletion_only_where_the_settings_say_so_and_is_kept_in_the_ledger(
    #[case] delete_beats_edit: bool,
    #[case] strategy: Strategy,
) {
    let policy = Policy { delete_beats_edit, strategy, ..policy(Deletion::Archive) };
    let desk = Desk::with(MemorySettings::like_notion(), policy);
    let (deal, record) = desk.linked("Acme").await;
    desk.linked("Beta").await;
    if strategy == Strategy::CrmWins {
        desk.store.delete_deal(&deal).unwrap();
        desk.connector.edit(&record, "fNotes", text("edited since")).unwrap();
    } else {
        desk.connector.delete(&record).unwrap();
        desk.store.edit_deal(&deal, "notes", text("edited since")).unwrap();
    }
    let report = desk.engine().sync(&desk.request(Mode::Sync)).await.unwrap();
    let plan = report.plan.unwrap();
    if !delete_beats_edit {
        assert!(plan.ops.is_empty(), "{plan}");
        assert!(matches!(plan.questions[0].kind, QuestionKind::EditedAfterDelete(_)));
        return;
    }
    assert!(plan.ops[0].action.deletes(), "{plan}");
    assert_eq!((desk.store.deal(&deal), desk.connector.record(&record)), (None, None));
    let lost = desk.store.decided_conflicts(&"desk".into());
    assert_eq!(lost[0].loser(), Some(&text("edited since")));
    desk.clock.advance(TimeDelta::minutes(1));
    assert_eq!(desk.sync().await.1.lines().count(), 1, "nothing is left to do");
}

#[rstest]
#[case::it_goes(Answer::Delete)]
#[case::it_stays(Answer::Keep)]
#[tokio::test(start_paused = true)]
async fn a_deal_that_may_have_been_merged_into_another_keeps_its_record_until_a_person_says(
    #[case] answer: Answer,
) {
    let desk = Desk::with(MemorySettings::like_notion(), policy(Deletion::Hard));
    let (first, second) = (desk.deal("Acme", 100), desk.deal("ACME", 50));
    desk.linked("Beta").await;
    desk.clock.advance(TimeDelta::minutes(1));
    let links = desk.store.links(&"desk".into());
    let record = links.iter().find(|link| link.deal == second).unwrap().agreement.remote.clone();
    desk.store.delete_deal(&second).unwrap();
    let plan = desk.engine().sync(&desk.request(Mode::Sync)).await.unwrap().plan.unwrap();
    assert!(plan.ops.is_empty(), "{plan}");
    assert_eq!(plan.questions[0].kind, QuestionKind::Merged);
    assert_eq!(plan.questions[0].deals, [second, first]);
    let mut request = desk.request(Mode::Sync);
    request.answers = BTreeMap::from([(record.clone(), answer)]);
    desk.engine().sync(&request).await.unwrap();
    assert_eq!(desk.connector.record(&record).is_some(), answer == Answer::Keep);
    desk.clock.advance(TimeDelta::minutes(1));
    assert_eq!(desk.sync().await.1.lines().count(), 1, "it is asked once");
}
