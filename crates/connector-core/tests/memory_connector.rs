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
    EditClock, ManualClock, MemoryConnector, MemorySettings, computed, field, options,
};
use connector_core::value::Value;

struct Memory {
    connector: MemoryConnector,
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
        let connector = MemoryConnector::new(settings, schema, remote_clock);
        Self {
            option_maker: connector.creating_options(true),
            connector,
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
        &self.connector
    }

    fn option_maker(&self) -> Option<&dyn DealConnector> {
        Some(&self.option_maker)
    }

    fn fields(&self) -> &Fields {
        &self.fields
    }

    async fn insert(&self, cells: Vec<(FieldId, Value)>) -> RemoteId {
        self.connector.insert(cells).unwrap()
    }

    async fn edit(&self, id: &RemoteId, field: &FieldId, value: Value) {
        self.connector.edit(id, field.clone(), value).unwrap();
    }

    async fn delete(&self, id: &RemoteId) {
        self.connector.delete(id).unwrap();
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
