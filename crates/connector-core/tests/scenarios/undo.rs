//! Taking a run back.

use chrono::TimeDelta;
use connector_core::engine::Report;
use connector_core::id::RunId;
use connector_core::plan::{
    Action, Deletion, Deletions, Guard, Lasting, Mode, Plan, Policy, Problem, Purpose, Strategy,
};
use connector_core::store::{LogEntry, RunStatus, Store as _};
use connector_core::testing::MemorySettings;
use connector_core::value::Value;

use crate::desk::{Desk, text};

impl Desk {
    fn log_of(&self, run: &RunId) -> Vec<LogEntry> {
        let log = self.store.log().into_iter();
        log.filter(|(of, _)| of == run).map(|(_, entry)| entry).collect()
    }

    /// One sync; its id.
    async fn run(&self) -> RunId {
        self.run_whole().await.record.id
    }

    /// One sync.
    async fn run_whole(&self) -> Report {
        let report = self.engine().sync(&self.request(Mode::Sync)).await.unwrap();
        self.clock.advance(TimeDelta::minutes(1));
        report
    }

    /// Takes a run back; what was planned, and the id of the run that did it.
    async fn undo(&self, run: &RunId) -> (Plan, RunId) {
        let id = format!("undo-{run}");
        let log = self.log_of(run);
        let request = self.request(Mode::Sync);
        let plan = self.engine().plan_undo(id.clone().into(), &request, run, &log).await.unwrap();
        let report = self.engine().apply(&id.into(), &self.request(Mode::Sync)).await.unwrap();
        assert_eq!(report.record.status, RunStatus::Ok, "{:?}", report.results);
        assert_eq!(report.record.purpose, Purpose::Undo { run: run.clone() });
        self.clock.advance(TimeDelta::minutes(1));
        (plan, report.record.id)
    }
}

fn actions(plan: &Plan) -> Vec<Action> {
    plan.ops.iter().map(|op| op.action).collect()
}

#[tokio::test(start_paused = true)]
async fn a_run_is_taken_back_on_both_sides_and_does_not_come_back_by_itself() {
    let desk = Desk::new(Policy::default());
    let (first, first_record) = desk.linked("Acme").await;
    let (second, second_record) = desk.linked("Beta").await;
    desk.store.edit_deal(&first, "notes", text("from the CRM")).unwrap();
    desk.connector.edit(&second_record, "fNotes", text("from the remote")).unwrap();
    let run = desk.run().await;
    let (plan, undone) = desk.undo(&run).await;
    assert_eq!(actions(&plan), [Action::UpdateDeal, Action::UpdateRecord]);
    assert_eq!(desk.cell(&first_record, "fNotes"), Value::Empty);
    assert_eq!(desk.held(&second, "notes"), Value::Empty);
    let held = desk.run_whole().await.plan.unwrap();
    assert!(held.ops.is_empty(), "nothing comes back by itself: {held}");
    assert!(held.notices.iter().all(|notice| notice.problem == Problem::Held), "{held}");
    assert_eq!(held.notices.len(), 2, "and both are told: {held}");
    desk.store.edit_deal(&first, "notes", text("another one")).unwrap();
    desk.sync().await;
    assert_eq!(desk.cell(&first_record, "fNotes"), text("another one"), "a new edit travels");

    let (plan, _) = desk.undo(&undone).await;
    assert_eq!(plan.notices.len(), 1, "{plan}");
    assert_eq!(plan.notices[0].problem, Problem::EditedSince);
    assert_eq!(desk.held(&second, "notes"), text("from the remote"), "the undoing is undone");
    assert_eq!(desk.sync().await.1.lines().count(), 1);
}

#[tokio::test(start_paused = true)]
async fn what_was_taken_back_is_carried_again_by_a_plan_that_a_person_approves_or_under_another_mapping() {
    let mut desk = Desk::new(Policy::default());
    let (first, first_record) = desk.linked("Acme").await;
    let (second, second_record) = desk.linked("Beta").await;
    for remapped in [false, true] {
        let value = text(if remapped { "two" } else { "one" });
        desk.store.edit_deal(&first, "notes", value.clone()).unwrap();
        desk.connector.edit(&second_record, "fNotes", value.clone()).unwrap();
        let run = desk.run().await;
        desk.undo(&run).await;
        desk.run().await;
        assert_ne!(desk.cell(&first_record, "fNotes"), value);
        if remapped {
            desk.connection.mapping.pairs.retain(|pair| pair.unit.as_str() != "stage");
            let mut request = desk.request(Mode::Sync);
            request.overrides.insert(Guard::SettingsChanged);
            desk.engine().sync(&request).await.unwrap();
        } else {
            desk.engine().plan("again".into(), &desk.request(Mode::Sync)).await.unwrap();
            desk.engine().apply(&"again".into(), &desk.request(Mode::Sync)).await.unwrap();
        }
        assert_eq!(desk.cell(&first_record, "fNotes"), value);
        assert_eq!(desk.held(&second, "notes"), value);
        desk.clock.advance(TimeDelta::minutes(1));
        assert_eq!(desk.sync().await.1.lines().count(), 1, "nothing waits any more");
    }
}

#[tokio::test(start_paused = true)]
async fn a_record_that_a_run_put_into_the_trash_is_taken_out_and_stands_alone() {
    let deletions = Deletions { remote: Deletion::Archive, ..Deletions::default() };
    let desk = Desk::with(MemorySettings::like_notion(), Policy { deletions, ..Policy::default() });
    let (deal, record) = desk.linked("Acme").await;
    desk.linked("Beta").await;
    desk.store.delete_deal(&deal).unwrap();
    let run = desk.run().await;
    assert_eq!(desk.connector.record(&record), None);
    let (plan, undone) = desk.undo(&run).await;
    assert_eq!(actions(&plan), [Action::RestoreRecord]);
    assert_eq!(desk.cell(&record, "fName"), text("Acme"));
    for _ in 0..2 {
        assert_eq!(desk.sync().await.1.lines().count(), 1, "it is left alone, and brings nothing back");
    }
    let (plan, _) = desk.undo(&undone).await;
    assert_eq!(actions(&plan), [Action::DeleteRecord]);
    assert_eq!(desk.connector.record(&record), None, "the undoing is undone");
    desk.sync().await;
    assert_eq!(desk.sync().await.1.lines().count(), 1);
}

#[tokio::test(start_paused = true)]
async fn what_was_edited_since_keeps_the_edit() {
    let desk = Desk::new(Policy::default());
    let (deal, record) = desk.linked("Acme").await;
    desk.store.edit_deal(&deal, "notes", text("one")).unwrap();
    desk.store.edit_deal(&deal, "amount", Value::Number(7.into())).unwrap();
    let run = desk.run().await;
    desk.connector.edit(&record, "fNotes", text("later")).unwrap();
    let (plan, _) = desk.undo(&run).await;
    assert_eq!(plan.notices[0].problem, Problem::EditedSince);
    assert_eq!(desk.cell(&record, "fNotes"), text("later"));
    assert_eq!(desk.cell(&record, "fAmount"), Value::Number(100.into()));
}

#[tokio::test(start_paused = true)]
async fn what_a_run_made_goes_where_it_can_come_back_from() {
    let desk = Desk::with(MemorySettings::like_notion(), Policy::default());
    desk.linked("Zero").await;
    let ours = desk.deal("Acme", 5);
    let theirs = desk.record("Beta", 5);
    desk.clock.advance(TimeDelta::minutes(1));
    let run = desk.run().await;
    assert_eq!((desk.store.all_deals().len(), desk.connector.records().len()), (3, 3));
    desk.clock.advance(TimeDelta::minutes(1));
    let (plan, _) = desk.undo(&run).await;
    assert_eq!(actions(&plan), [Action::DeleteRecord, Action::DeleteDeal]);
    assert_eq!((desk.store.all_deals().len(), desk.connector.records().len()), (2, 2));
    assert!(desk.store.deal(&ours).is_some() && desk.connector.record(&theirs).is_some());
    desk.sync().await;
    assert_eq!((desk.store.all_deals().len(), desk.connector.records().len()), (2, 2), "it stays taken back");
}

#[tokio::test(start_paused = true)]
async fn a_deal_that_a_run_deleted_comes_back_and_a_record_without_a_trash_does_not() {
    let deletions = Deletions { remote: Deletion::Hard, crm: Deletion::Archive, ..Deletions::default() };
    let desk = Desk::new(Policy { deletions, ..Policy::default() });
    let (kept, record) = desk.linked("Acme").await;
    let (gone, _) = desk.linked("Beta").await;
    desk.linked("Gamma").await;
    desk.connector.delete(&record).unwrap();
    desk.store.delete_deal(&gone).unwrap();
    let run = desk.run().await;
    assert_eq!(desk.store.deal(&kept), None);
    let (plan, _) = desk.undo(&run).await;
    assert_eq!(actions(&plan), [Action::RestoreDeal]);
    assert_eq!(plan.notices[0].problem, Problem::CannotBeUndone { why: Lasting::Deleted });
    assert_eq!(desk.held(&kept, "client"), text("Acme"));
    assert_eq!(desk.sync().await.1.lines().count(), 1, "it is not deleted again");
}

#[tokio::test(start_paused = true)]
async fn a_field_that_is_not_mapped_any_more_cannot_be_taken_back() {
    let mut desk = Desk::new(Policy::default());
    let (deal, record) = desk.linked("Acme").await;
    desk.store.edit_deal(&deal, "notes", text("from the CRM")).unwrap();
    let run = desk.run().await;
    desk.connection.mapping.pairs.retain(|pair| pair.unit.as_str() != "notes");
    let mut request = desk.request(Mode::Sync);
    request.overrides.insert(Guard::SettingsChanged);
    let log = desk.log_of(&run);
    let plan = desk.engine().plan_undo("undo".into(), &request, &run, &log).await.unwrap();
    assert_eq!(plan.ops, []);
    assert_eq!(plan.notices[0].problem, Problem::CannotBeUndone { why: Lasting::Unmapped });
    assert_eq!(desk.cell(&record, "fNotes"), text("from the CRM"));
}

/// What neither an undoing nor a choice has looked at is not settled by it.
#[tokio::test(start_paused = true)]
async fn an_undoing_says_nothing_about_other_deals() {
    let policy = Policy { strategy: Strategy::Manual, ..Policy::default() };
    let desk = Desk::new(policy);
    let (first, _) = desk.linked("Acme").await;
    let (second, second_record) = desk.linked("Beta").await;
    desk.store.edit_deal(&first, "notes", text("from the CRM")).unwrap();
    desk.store.edit_deal(&second, "notes", text("ours")).unwrap();
    desk.connector.edit(&second_record, "fNotes", text("theirs")).unwrap();
    let run = desk.run().await;
    let before = desk.store.state(&"desk".into()).await.unwrap().baseline;
    desk.undo(&run).await;
    let after = desk.store.state(&"desk".into()).await.unwrap().baseline;
    assert_eq!(after, before);
    assert_eq!(desk.store.open_conflicts(&"desk".into()).len(), 1, "it still waits");
}

#[tokio::test(start_paused = true)]
async fn taking_one_of_many_runs_back_reads_only_what_it_wrote() {
    let desk = Desk::new(Policy::default());
    for number in 0..120 {
        desk.deal(&format!("Client {number}"), 100);
    }
    desk.sync().await;
    let (deal, record) = desk.linked("Acme").await;
    desk.store.edit_deal(&deal, "notes", text("from the CRM")).unwrap();
    let run = desk.run().await;
    let before = desk.connector.counters();
    desk.undo(&run).await;
    assert_eq!(desk.cell(&record, "fNotes"), Value::Empty);
    assert_eq!(desk.connector.counters().list_pages, before.list_pages, "nothing was listed");
}
