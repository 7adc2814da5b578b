//! Rows that are refused run after run.

use async_trait::async_trait;
use connector_core::connector::{
    Capabilities, Change, DealConnector, Listing, Outcome, Page, Presence, RemoteDeal, Usage,
};
use connector_core::engine::Report;
use connector_core::error::{Error, ErrorKind, Result};
use connector_core::id::{FieldId, RemoteId};
use connector_core::plan::{Mode, Policy, Problem};
use connector_core::schema::{Field, Schema};
use connector_core::store::{OpOutcome, RunStatus, Store};
use connector_core::testing::MemoryConnector;
use futures::stream::BoxStream;

use crate::desk::{Desk, text};

/// A remote with a rule of its own: no cell may say "forbidden".
#[derive(Debug)]
struct Strict(MemoryConnector);

#[async_trait]
impl DealConnector for Strict {
    fn remote(&self) -> &'static str {
        self.0.remote()
    }

    fn capabilities(&self) -> Capabilities {
        self.0.capabilities()
    }

    fn usage(&self) -> Usage {
        self.0.usage()
    }

    async fn schema(&self) -> Result<Schema> {
        self.0.schema().await
    }

    fn list(&self, listing: Listing) -> BoxStream<'static, Result<Page>> {
        self.0.list(listing)
    }

    async fn read(&self, ids: &[RemoteId], fields: &[FieldId]) -> Result<Vec<Presence>> {
        self.0.read(ids, fields).await
    }

    async fn find(&self, field: &FieldId, keys: &[String], fields: &[FieldId]) -> Result<Vec<RemoteDeal>> {
        self.0.find(field, keys, fields).await
    }

    async fn write(&self, changes: Vec<Change>) -> Vec<Outcome> {
        let mut outcomes = Vec::with_capacity(changes.len());
        for change in changes {
            let refused = match &change {
                Change::Create { cells, .. } | Change::Update { cells, .. } => {
                    cells.iter().any(|(_, value)| *value == text("forbidden"))
                }
                Change::Delete { .. } | Change::Restore { .. } => false,
            };
            if refused {
                let refusal = Error::new(ErrorKind::Rejected, "strict", "writing deals");
                outcomes.push(Outcome::Refused(refusal.with_detail("that word is not allowed")));
            } else {
                outcomes.extend(self.0.write(vec![change]).await);
            }
        }
        outcomes
    }

    async fn create_key_field(&self, name: &str) -> Result<Field> {
        self.0.create_key_field(name).await
    }
}

async fn run(desk: &Desk, retry: bool) -> Report {
    let mut request = desk.request(Mode::Sync);
    request.retry = retry;
    desk.engine_through(Strict(desk.connector.clone())).sync(&request).await.unwrap()
}

fn refused(report: &Report) -> usize {
    report.results.values().filter(|result| result.outcome == OpOutcome::Refused).count()
}

#[tokio::test(start_paused = true)]
async fn a_row_that_is_refused_five_times_is_set_aside_until_it_is_edited_or_asked_for() {
    let desk = Desk::new(Policy::default());
    let (deal, record) = desk.linked("Acme").await;
    let (other, other_record) = desk.linked("Beta").await;
    desk.store.edit_deal(&deal, "notes", text("forbidden")).unwrap();
    for n in 1..=5 {
        desk.store.edit_deal(&other, "notes", text(&format!("edit {n}"))).unwrap();
        let report = run(&desk, false).await;
        assert_eq!((report.record.status, refused(&report)), (RunStatus::Partial, 1), "run {n}");
        assert_eq!(desk.cell(&other_record, "fNotes"), text(&format!("edit {n}")), "the others go on");
    }
    for _ in 0..2 {
        let report = run(&desk, false).await;
        let plan = report.plan.as_ref().unwrap();
        assert!(plan.ops.is_empty(), "it is not tried: {plan}");
        let Problem::SetAside { times, why, .. } = &plan.notices[0].problem else { panic!("{plan}") };
        assert_eq!((*times, why.as_str()), (5, "that word is not allowed"));
        assert_eq!((&plan.notices[0].deal, report.record.status), (&Some(deal.clone()), RunStatus::Partial));
    }
    let report = run(&desk, true).await;
    assert_eq!(refused(&report), 1, "asked for, it is tried");
    assert_eq!(refused(&run(&desk, false).await), 0, "and set aside again");

    desk.store.edit_deal(&deal, "notes", text("allowed")).unwrap();
    let report = run(&desk, false).await;
    assert_eq!(report.record.status, RunStatus::Ok, "edited, it is tried");
    assert_eq!(desk.cell(&record, "fNotes"), text("allowed"));
    assert_eq!(desk.store.state(&"desk".into()).await.unwrap().troubles, []);
}

#[tokio::test(start_paused = true)]
async fn a_row_that_is_set_aside_counts_anew_once_it_is_edited() {
    let desk = Desk::new(Policy::default());
    let (deal, record) = desk.linked("Acme").await;
    desk.store.edit_deal(&deal, "notes", text("forbidden")).unwrap();
    for _ in 0..6 {
        run(&desk, false).await;
    }
    desk.connector.edit(&record, "fAmount", connector_core::value::Value::Number(7.into())).unwrap();
    desk.connector.edit(&record, "fNotes", text("from there")).unwrap();
    desk.store.edit_deal(&deal, "notes", text("forbidden")).unwrap();
    let report = run(&desk, false).await;
    assert_eq!(refused(&report), 1, "either side was edited: it is another write");
    let troubles = desk.store.state(&"desk".into()).await.unwrap().troubles;
    assert_eq!(troubles.iter().map(|trouble| trouble.times).collect::<Vec<_>>(), [1]);
}
