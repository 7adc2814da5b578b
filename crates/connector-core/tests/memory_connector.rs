//! The memory connector keeps the contract, as each kind of remote it can play.

#![expect(clippy::indexing_slicing, clippy::unwrap_used, reason = "what surprises a test may panic")]

use std::future::{Ready, ready};
use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use connector_core::clock::Clock;
use connector_core::connector::{DealConnector, Feed};
use connector_core::id::{FieldId, RemoteId};
use connector_core::schema::{FieldKind, Schema};
use connector_core::testing::connector_suite::{Fields, Harness};
use connector_core::testing::{
    Counters, EditClock, Faults, Faulty, ManualClock, MemoryConnector, MemorySettings, computed, field,
    options,
};
use connector_core::value::{Choice, Value};

struct Memory {
    /// The connector under test: the memory itself, or the memory in a wrapper.
    connector: Box<dyn DealConnector>,
    remote: MemoryConnector,
    option_maker: MemoryConnector,
    fields: Fields,
    clock: ManualClock,
}

impl Memory {
    fn new(settings: MemorySettings) -> Self {
        let mut fields = vec![
            field("fldName", "Name", FieldKind::Text { max: None }),
            field("fldNotes", "Notes", FieldKind::Text { max: Some(100_000) }),
            field("fldAmount", "Amount", FieldKind::Number { scale: Some(2) }),
            field("fldDue", "Due", FieldKind::Date),
            field("fldHot", "Hot", FieldKind::Checkbox),
            field(
                "fldStage",
                "Stage",
                FieldKind::Select { options: options(&["Prospect", "Gagné"]), extensible: true },
            ),
            field(
                "fldSectors",
                "Sectors",
                FieldKind::MultiSelect {
                    options: options(&["Santé", "Industrie", "Énergie"]),
                    extensible: true,
                },
            ),
            field("fldKey", "Deal", FieldKind::Text { max: None }),
            computed("fldTotal", "Total", FieldKind::Text { max: None }),
        ];
        fields[0].primary = true;
        let schema = Schema { container: "tblDeals".into(), name: "Deals".into(), fields };
        let clock = ManualClock::default();
        let remote_clock = Arc::new(clock.ahead_by(TimeDelta::hours(1)));
        let remote = MemoryConnector::new(settings, schema, remote_clock);
        Self {
            connector: Box::new(remote.clone()),
            option_maker: remote.creating_options(true),
            remote,
            fields: Fields {
                text: "fldName".into(),
                long_text: "fldNotes".into(),
                number: "fldAmount".into(),
                date: "fldDue".into(),
                checkbox: "fldHot".into(),
                select: "fldStage".into(),
                multi_select: "fldSectors".into(),
                key: "fldKey".into(),
                computed: Some("fldTotal".into()),
                unknown: "fldGone".into(),
            },
            clock,
        }
    }
}

#[async_trait]
impl Harness for Memory {
    fn connector(&self) -> &dyn DealConnector {
        self.connector.as_ref()
    }

    fn option_maker(&self) -> Option<&dyn DealConnector> {
        Some(&self.option_maker)
    }

    fn fields(&self) -> &Fields {
        &self.fields
    }

    async fn insert(&self, cells: Vec<(FieldId, Value)>) -> RemoteId {
        self.remote.insert(cells).unwrap()
    }

    async fn edit(&self, id: &RemoteId, field: &FieldId, value: Value) {
        self.remote.edit(id, field.clone(), value).unwrap();
    }

    async fn delete(&self, id: &RemoteId) {
        self.remote.delete(id).unwrap();
    }

    fn now(&self) -> DateTime<Utc> {
        self.clock.now() + TimeDelta::hours(1)
    }

    fn forward(&self, step: TimeDelta) {
        self.clock.advance(step);
    }
}

mod like_airtable {
    use super::*;

    fn make() -> Ready<Memory> {
        ready(Memory::new(MemorySettings::like_airtable()))
    }
    connector_core::connector_suite!(make);
}

mod like_notion {
    use super::*;

    fn make() -> Ready<Memory> {
        ready(Memory::new(MemorySettings::like_notion()))
    }
    connector_core::connector_suite!(make);
}

/// Small limits, times to the second, and a feed that tells deletions.
mod with_small_limits {
    use std::num::NonZeroUsize;

    use super::*;

    fn make() -> Ready<Memory> {
        let small = |n| NonZeroUsize::new(n).unwrap();
        let mut settings = MemorySettings::like_airtable();
        settings.capabilities.batch = small(3);
        settings.capabilities.page = small(2);
        settings.capabilities.read_batch = small(2);
        settings.capabilities.create_is_idempotent = false;
        settings.capabilities.feed = Some(Feed { reports_deletions: true });
        settings.edit_clock = EditClock::Floored(TimeDelta::seconds(1));
        ready(Memory::new(settings))
    }
    connector_core::connector_suite!(make);
}

/// A remote that dates no edits.
mod without_times {
    use super::*;

    fn make() -> Ready<Memory> {
        let settings = MemorySettings { edit_clock: EditClock::None, ..MemorySettings::like_airtable() };
        ready(Memory::new(settings))
    }
    connector_core::connector_suite!(make);
}

/// The wrapper for faults changes nothing as long as there are none, but the order of rows.
mod in_a_faulty_wrapper {
    use super::*;

    fn make() -> Ready<Memory> {
        let mut memory = Memory::new(MemorySettings::like_airtable());
        let shuffled = Faults { shuffle: true, ..Faults::default() };
        memory.connector = Box::new(Faulty::new(memory.remote.clone(), 7).with(shuffled));
        ready(memory)
    }
    connector_core::connector_suite!(make);
}

/// What a person does by the side door.
mod by_the_side_door {
    use connector_core::connector::{Change, Listing, Outcome, Presence};
    use futures::TryStreamExt;

    use super::*;

    fn text(text: &str) -> Value {
        Value::Text(text.into())
    }

    async fn shown(connector: &MemoryConnector) -> usize {
        let pages = connector.list(Listing::everything(["fldName".into()])).try_collect::<Vec<_>>().await;
        pages.unwrap().iter().map(|page| page.deals.len()).sum()
    }

    #[tokio::test]
    async fn a_copy_carries_the_stamp_too() {
        let remote = Memory::new(MemorySettings::default()).remote;
        let id = remote.insert([("fldName", text("A deal")), ("fldKey", text("1"))]).unwrap();
        let copy = remote.duplicate(&id).unwrap();
        assert_eq!((id.as_str(), copy.as_str()), ("rec0001", "rec0002"));
        assert_eq!(remote.record(&copy).unwrap().cells, remote.record(&id).unwrap().cells);
        assert_eq!(remote.find(&"fldKey".into(), &["1".into()], &[]).await.unwrap().len(), 2);
    }

    #[tokio::test]
    async fn a_renamed_option_is_shown_under_its_new_name() {
        let remote = Memory::new(MemorySettings::default()).remote;
        let won = Value::Choice(Choice { id: None, name: "Gagné".into() });
        let id = remote.insert([("fldStage", won)]).unwrap();
        remote.rename_option("fldStage", &"opt-Gagné".into(), "Won").unwrap();
        let cells = remote.record(&id).unwrap().cells;
        let expected = Choice { id: Some("opt-Gagné".into()), name: "Won".into() };
        assert_eq!(cells, [("fldStage".into(), Value::Choice(expected))]);
    }

    #[tokio::test]
    async fn a_field_can_be_renamed_retyped_and_removed() {
        let remote = Memory::new(MemorySettings::default()).remote;
        let id = remote.insert([("fldName", text("A deal")), ("fldNotes", text("Notes"))]).unwrap();
        remote.rename_field("fldName", "Client").unwrap();
        assert_eq!(remote.schema().await.unwrap().field_named("Client").unwrap().id, "fldName".into());
        remote.retype_field("fldNotes", FieldKind::Date).unwrap();
        assert_eq!(remote.record(&id).unwrap().cells, [("fldName".into(), text("A deal"))]);
        remote.remove_field("fldName").unwrap();
        assert!(remote.record(&id).unwrap().cells.is_empty());
        assert!(remote.edit(&id, "fldName", text("x")).is_err());
    }

    #[tokio::test]
    async fn a_deal_may_be_elsewhere_or_out_of_sight() {
        let remote = Memory::new(MemorySettings::default()).remote;
        let ids = [1, 2].map(|n| remote.insert([("fldName", text(&n.to_string()))]).unwrap());
        remote.move_elsewhere(&ids[0]).unwrap();
        remote.unshare(&ids[1]).unwrap();
        assert_eq!(shown(&remote).await, 0);
        let read = remote.read(&ids, &[]).await.unwrap();
        assert_eq!(read, [Presence::Elsewhere, Presence::Vanished]);
    }

    #[tokio::test]
    async fn a_new_deal_is_shown_after_the_lookup_lag() {
        let memory = Memory::new(MemorySettings::like_notion());
        let id = memory.remote.insert([("fldName", text("New"))]).unwrap();
        assert_eq!(shown(&memory.remote).await, 0);
        assert!(matches!(memory.remote.read(&[id], &[]).await.unwrap()[..], [Presence::Live(_)]));
        memory.clock.advance(TimeDelta::seconds(10));
        assert_eq!(shown(&memory.remote).await, 1);
    }

    #[tokio::test]
    async fn calls_are_counted_by_kind_and_a_person_makes_none() {
        let remote = Memory::new(MemorySettings::default()).remote;
        for n in 0..101 {
            remote.insert([("fldName", text(&n.to_string()))]).unwrap();
        }
        assert_eq!(remote.counters(), Counters::default());
        shown(&remote).await;
        let ids: Vec<_> = remote.records().into_iter().map(|deal| deal.id).collect();
        remote.read(&ids, &[]).await.unwrap();
        let change = |id: &RemoteId| Change::Delete { id: id.clone() };
        for outcome in remote.write(vec![change(&ids[0]), change(&ids[0])]).await {
            drop(outcome);
        }
        let expected = Counters { list_pages: 2, read: 2, writes: 1, written: 1, ..Counters::default() };
        assert_eq!(remote.counters(), expected, "the second deletion in one call was refused");
        assert_eq!(remote.usage().calls, 5);
    }

    #[tokio::test]
    async fn more_changes_than_a_batch_are_refused_all() {
        let remote = Memory::new(MemorySettings::default()).remote;
        let changes = vec![Change::Create { stamp: None, cells: Vec::new() }; 11];
        let outcomes = remote.write(changes).await;
        assert!(outcomes.iter().all(|outcome| matches!(outcome, Outcome::Refused(_))));
        assert!(remote.records().is_empty());
    }
}
