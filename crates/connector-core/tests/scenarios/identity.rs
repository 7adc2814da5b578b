//! Which record is which deal, where it is not plain.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use connector_core::id::{DealId, RemoteId};
use connector_core::plan::{Action, Answer, Deletion, Mode, Plan, Policy, QuestionKind};
use connector_core::schema::FieldKind;
use connector_core::store::{OpOutcome, RunStatus};
use connector_core::testing::{Faults, Faulty, MemorySettings};
use connector_core::value::Value;
use rstest::rstest;

use crate::desk::{Desk, text};

impl Desk {
    async fn answer(&self, record: &RemoteId, answer: Answer) -> Plan {
        let mut request = self.request(Mode::Sync);
        request.answers = BTreeMap::from([(record.clone(), answer)]);
        let report = self.engine().sync(&request).await.unwrap();
        self.clock.advance(TimeDelta::minutes(1));
        report.plan.unwrap()
    }

    /// A deal whose record was made twice by a run that was cut off.
    async fn made_twice(&self) -> (DealId, [RemoteId; 2]) {
        let deal = self.deal("Acme", 5);
        let lossy =
            Faulty::new(self.connector.clone(), 1).with(Faults { lose_answer: 1.0, ..Faults::default() });
        self.engine_through(lossy).sync(&self.request(Mode::Sync)).await.unwrap();
        let first = self.connector.records().pop().unwrap().id;
        self.clock.advance(TimeDelta::seconds(90));
        let second = self.connector.duplicate(&first).unwrap();
        self.clock.advance(TimeDelta::minutes(2));
        (deal, [first, second])
    }
}

fn actions(plan: &Plan) -> Vec<Action> {
    plan.ops.iter().map(|op| op.action).collect()
}

#[rstest]
#[case::both_untouched(None, 0)]
#[case::the_elder_edited(Some(0), 0)]
#[case::the_younger_edited(Some(1), 1)]
#[tokio::test(start_paused = true)]
async fn of_two_records_that_a_run_made_for_one_deal_the_edited_or_the_elder_stays(
    #[case] edited: Option<usize>,
    #[case] stays: usize,
) {
    let desk = Desk::with(MemorySettings::like_notion(), Policy::default());
    let (deal, made) = desk.made_twice().await;
    if let Some(edited) = edited {
        desk.connector.edit(&made[edited], "fNotes", text("mine")).unwrap();
    }
    desk.clock.advance(TimeDelta::minutes(2));
    desk.sync().await;
    let left: Vec<RemoteId> = desk.connector.records().into_iter().map(|record| record.id).collect();
    assert_eq!(left, [made[stays].clone()]);
    assert_eq!(desk.held(&deal, "notes"), edited.map_or(Value::Empty, |_| text("mine")));
    assert_eq!(desk.sync().await.1.lines().count(), 1, "nothing is left to do");
}

#[tokio::test(start_paused = true)]
async fn two_records_for_one_deal_that_were_both_edited_are_left_to_a_person() {
    let desk = Desk::with(MemorySettings::like_notion(), Policy::default());
    let (_, made) = desk.made_twice().await;
    for record in &made {
        desk.connector.edit(record, "fNotes", text(record.as_str())).unwrap();
    }
    let plan = desk.engine().sync(&desk.request(Mode::Sync)).await.unwrap().plan.unwrap();
    assert!(plan.ops.is_empty(), "{plan}");
    assert_eq!(plan.questions[0].kind, QuestionKind::Ambiguous);
    assert_eq!(desk.connector.records().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_record_that_matches_several_deals_is_a_deal_of_its_own_once_a_person_says_so() {
    let desk = Desk::new(Policy::default());
    desk.deal("Acme", 1);
    desk.deal("Acme", 2);
    let record = desk.record("ACME", 3);
    assert!(actions(&desk.answer(&"recOther".into(), Answer::Keep).await).is_empty());
    let plan = desk.answer(&record, Answer::Keep).await;
    let expected = [Action::CreateDeal, Action::CreateRecord, Action::CreateRecord, Action::Stamp];
    assert_eq!(actions(&plan), expected, "{plan}");
    assert_eq!((desk.store.all_deals().len(), desk.connector.records().len()), (3, 3));
}

#[tokio::test(start_paused = true)]
async fn a_record_with_an_id_that_no_deal_has_is_a_deal_of_its_own_once_a_person_says_so() {
    let desk = Desk::new(Policy::default());
    let record = desk.record("Acme", 3);
    desk.connector.edit(&record, "fKey", text("4711")).unwrap();
    let plan = desk.engine().sync(&desk.request(Mode::Sync)).await.unwrap().plan.unwrap();
    assert_eq!(plan.questions[0].kind, QuestionKind::UnknownStamp);
    let plan = desk.answer(&record, Answer::Keep).await;
    assert_eq!(actions(&plan), [Action::CreateDeal, Action::Stamp], "{plan}");
    assert_eq!(desk.cell(&record, "fKey"), text("1"));
}

#[rstest]
#[case::match_then_create(true, true, &[Action::Link, Action::Agree, Action::CreateRecord])]
#[case::match_only(true, false, &[Action::Link, Action::Agree])]
#[case::create_only(false, true, &[Action::CreateDeal, Action::CreateRecord, Action::CreateRecord])]
#[tokio::test(start_paused = true)]
async fn a_first_run_matches_and_creates_as_the_settings_say(
    #[case] matching: bool,
    #[case] create: bool,
    #[case] expected: &[Action],
) {
    let desk = Desk::new(Policy { matching, create, ..Policy::default() });
    desk.deal("Acme", 3);
    desk.deal("Beta", 3);
    desk.record("Acme", 3);
    let plan = desk.engine().plan("first".into(), &desk.request(Mode::Sync)).await.unwrap();
    let mut planned = actions(&plan);
    planned.retain(|action| !matches!(action, Action::Stamp | Action::UpdateRecord));
    assert_eq!(planned, expected, "{plan}");
}

#[tokio::test(start_paused = true)]
async fn a_record_that_got_the_deals_id_after_the_plan_was_made_is_not_made_again() {
    let desk = Desk::with(MemorySettings::like_notion(), Policy::default());
    let deal = desk.deal("Acme", 3);
    let plan = desk.engine().plan("kept".into(), &desk.request(Mode::Sync)).await.unwrap();
    assert_eq!(actions(&plan), [Action::CreateRecord]);
    let record = desk.record("Acme", 3);
    desk.connector.edit(&record, "fKey", text(deal.as_str())).unwrap();
    desk.clock.advance(TimeDelta::minutes(2));
    let report = desk.engine().apply(&"kept".into(), &desk.request(Mode::Sync)).await.unwrap();
    assert_eq!(report.results[&1].outcome, OpOutcome::Stale);
    desk.sync().await;
    assert_eq!(desk.connector.records().len(), 1);
    assert_eq!(desk.store.links(&"desk".into())[0].agreement.remote, record);
}

#[tokio::test(start_paused = true)]
async fn a_deal_that_was_made_again_takes_over_the_record_of_the_one_that_is_gone() {
    let desk = Desk::new(Policy::default());
    let (gone, record) = desk.linked("Acme").await;
    let unmapped = desk.connector.add_field("Only there", FieldKind::Text { max: None }).id;
    desk.connector.edit(&record, unmapped.clone(), text("kept")).unwrap();
    desk.connector.edit(&record, "fNotes", text("edited there")).unwrap();
    desk.store.delete_deal(&gone).unwrap();
    let again = desk.deal("Acme", 250);
    let (status, plan) = desk.sync().await;
    assert_eq!(status, RunStatus::Ok, "{plan}");
    assert_eq!(desk.connector.records().len(), 1, "{plan}");
    assert_eq!(desk.cell(&record, "fAmount"), Value::Number(250.into()));
    assert_eq!(desk.held(&again, "notes"), text("edited there"), "what was edited on either side stays");
    assert_eq!(desk.cell(&record, unmapped.as_str()), text("kept"));
    assert_eq!(desk.cell(&record, "fKey"), text(again.as_str()));
    assert_eq!(desk.sync().await.1.lines().count(), 1, "nothing is left to do");
}

#[rstest]
#[case::left_alone(Deletion::Off, 2)]
#[case::deleted_there_too(Deletion::Archive, 1)]
#[tokio::test(start_paused = true)]
async fn two_deals_that_were_merged_into_a_new_one_keep_one_record(
    #[case] deletions: Deletion,
    #[case] records: usize,
) {
    let mut policy = Policy::default();
    policy.deletions.remote = deletions;
    let desk = Desk::with(MemorySettings::like_notion(), policy);
    let (acme, record) = desk.linked("Acme").await;
    let (other, _) = desk.linked("Acme France").await;
    for deal in [&acme, &other] {
        desk.store.delete_deal(deal).unwrap();
    }
    let merged = desk.deal("Acme", 300);
    desk.sync().await;
    let left: Vec<_> = desk.connector.records().into_iter().map(|record| record.id).collect();
    assert_eq!((left.len(), left.contains(&record)), (records, true));
    assert_eq!(desk.cell(&record, "fKey"), text(merged.as_str()));
    assert_eq!(desk.sync().await.1.lines().count(), 1, "nothing is left to do");
}

#[tokio::test(start_paused = true)]
async fn a_deal_that_may_take_over_either_of_two_records_waits_for_a_person() {
    let mut policy = Policy::default();
    policy.deletions.remote = Deletion::Archive;
    let desk = Desk::with(MemorySettings::like_notion(), policy);
    let (acme, _) = desk.linked("Acme").await;
    let (other, record) = desk.linked("Acme France").await;
    desk.connector.edit(&record, "fName", text("Acme")).unwrap();
    desk.sync().await;
    for deal in [&acme, &other] {
        desk.store.delete_deal(deal).unwrap();
    }
    desk.deal("Acme", 300);
    let report = desk.engine().sync(&desk.request(Mode::Sync)).await.unwrap();
    let plan = report.plan.unwrap();
    assert_eq!(
        plan.questions.iter().map(|question| question.kind).collect::<Vec<_>>(),
        [QuestionKind::Ambiguous]
    );
    assert!(plan.ops.is_empty(), "{plan}");
    assert_eq!(desk.connector.records().len(), 2, "neither is deleted meanwhile");
}
