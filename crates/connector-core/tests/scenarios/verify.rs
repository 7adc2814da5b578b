//! Comparing both sides without touching them.

use connector_core::plan::{DriftKind, Mode, Policy, Verification};
use connector_core::store::Store;

use crate::desk::{Desk, text};

impl Desk {
    async fn verify(&self) -> Verification {
        let before = (self.store.state(&"desk".into()).await.unwrap(), self.store.all_deals());
        let writes = self.connector.counters().writes;
        let found = self.engine().verify(&self.request(Mode::Sync)).await.unwrap();
        assert_eq!((self.store.state(&"desk".into()).await.unwrap(), self.store.all_deals()), before);
        assert_eq!(self.connector.counters().writes, writes);
        assert!(self.store.runs().iter().all(|run| run.trigger == "test"), "it is no run");
        found
    }
}

#[tokio::test(start_paused = true)]
async fn what_differs_is_found_with_what_was_agreed_on_and_nothing_is_changed() {
    let desk = Desk::new(Policy::default());
    let (first, record) = desk.linked("Acme").await;
    let (second, _) = desk.linked("Beta").await;
    let (_, gone) = desk.linked("Gamma").await;
    desk.linked("Delta").await;
    let found = desk.verify().await;
    assert_eq!((found.links, found.agreeing, found.drifts.len()), (4, 4, 0));

    desk.connector.edit(&record, "fNotes", text("edited there")).unwrap();
    desk.store.delete_deal(&second).unwrap();
    desk.connector.delete(&gone).unwrap();
    let found = desk.verify().await;
    assert_eq!((found.links, found.agreeing), (4, 1));
    let kinds: Vec<&DriftKind> = found.drifts.iter().map(|drift| &drift.kind).collect();
    let DriftKind::Unit(drift) = kinds[0] else { panic!("{kinds:?}") };
    assert_eq!((drift.unit.as_str(), &drift.theirs), ("notes", &text("edited there")));
    assert_eq!(kinds[1..], [&DriftKind::NoDeal, &DriftKind::NoRecord]);
    assert_eq!(found.drifts[0].deal, first);
    assert_eq!(found.drifts[0].label, "Acme");
}
