//! Two sources of one's own, kept in agreement with nothing but `connector-core`.
//!
//! One side is a `Store`; here the one in memory, where a program of yours would implement it over its database. The
//! other is a `DealConnector` over a plain table in memory, as short as one can be. What a deal is made of is declared:
//! here a bicycle workshop's repairs.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use chrono::TimeDelta;
use connector_core::connector::{
    Capabilities, Change, DealConnector, Listing, Outcome, Page, Presence, RemoteDeal, Usage,
};
use connector_core::engine::{Connection, Engine, Request};
use connector_core::id::{FieldId, RemoteId};
use connector_core::mapping::Mapping;
use connector_core::plan::{Mode, Policy};
use connector_core::schema::{Field, FieldKind, Schema};
use connector_core::testing::{ManualClock, MemoryStore};
use connector_core::unit::{Unit, UnitKind, Units};
use connector_core::value::Value;
use connector_core::{Error, ErrorKind, Result};
use futures::stream::{self, BoxStream, StreamExt as _};

type Cells = BTreeMap<FieldId, Value>;

/// A table of the workshop: rows by number.
#[derive(Debug, Clone, Default)]
struct Workshop {
    rows: Arc<Mutex<BTreeMap<RemoteId, Cells>>>,
}

impl Workshop {
    fn rows(&self) -> MutexGuard<'_, BTreeMap<RemoteId, Cells>> {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn put(&self, id: Option<RemoteId>, cells: Vec<(FieldId, Value)>) -> RemoteDeal {
        let mut rows = self.rows();
        let id = id.unwrap_or_else(|| format!("row {}", rows.len() + 1).into());
        rows.entry(id.clone()).or_default().extend(cells);
        let row = rows.get(&id).cloned().unwrap_or_default();
        deal(&id, &row)
    }
}

fn deal(id: &RemoteId, row: &Cells) -> RemoteDeal {
    let cells = row.iter().map(|(field, value)| (field.clone(), value.clone())).collect();
    RemoteDeal { id: id.clone(), cells, edited: None, created: None, url: None }
}

#[async_trait]
impl DealConnector for Workshop {
    fn remote(&self) -> &'static str {
        "workshop"
    }

    fn capabilities(&self) -> Capabilities {
        let few = NonZeroUsize::MIN;
        Capabilities {
            batch: few,
            in_flight: few,
            read_batch: few,
            page: few,
            create_is_idempotent: false,
            lookup_lag: TimeDelta::zero(),
            feed: None,
            restores: false,
        }
    }

    fn usage(&self) -> Usage {
        Usage::default()
    }

    async fn schema(&self) -> Result<Schema> {
        let field = |id: &str, name: &str, kind| Field {
            id: id.into(),
            name: name.to_owned(),
            kind,
            writable: true,
            primary: id == "customer",
        };
        Ok(Schema {
            container: "repairs".into(),
            name: "Repairs".to_owned(),
            fields: vec![
                field("customer", "Customer", FieldKind::Text { max: None }),
                field("price", "Price", FieldKind::Number { scale: Some(2) }),
                field("ready", "Ready on", FieldKind::Date),
            ],
        })
    }

    fn list(&self, _: Listing) -> BoxStream<'static, Result<Page>> {
        let deals = self.rows().iter().map(|(id, row)| deal(id, row)).collect();
        stream::iter([Ok(Page { deals, ..Page::default() })]).boxed()
    }

    async fn read(&self, ids: &[RemoteId], _: &[FieldId]) -> Result<Vec<Presence>> {
        let rows = self.rows();
        let presence = |id| rows.get(id).map_or(Presence::Deleted, |row| Presence::Live(deal(id, row)));
        Ok(ids.iter().map(presence).collect())
    }

    async fn find(&self, field: &FieldId, keys: &[String], _: &[FieldId]) -> Result<Vec<RemoteDeal>> {
        let wanted = |row: &Cells| matches!(row.get(field), Some(Value::Text(text)) if keys.contains(text));
        Ok(self.rows().iter().filter(|(_, row)| wanted(row)).map(|(id, row)| deal(id, row)).collect())
    }

    async fn write(&self, changes: Vec<Change>) -> Vec<Outcome> {
        let unsupported = || Error::new(ErrorKind::Unsupported, "workshop", "writing repairs");
        let write = |change| match change {
            Change::Create { cells, .. } => Outcome::Applied { deal: self.put(None, cells), adopted: false },
            Change::Update { id, cells } => {
                Outcome::Applied { deal: self.put(Some(id), cells), adopted: false }
            }
            Change::Delete { .. } | Change::Restore { .. } => Outcome::Refused(unsupported()),
        };
        changes.into_iter().map(write).collect()
    }

    async fn create_key_field(&self, _: &str) -> Result<Field> {
        Err(Error::new(ErrorKind::Unsupported, "workshop", "making a field"))
    }
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let units = Units::new([
        Unit::new("customer", UnitKind::Text { max: None }, "Customer").required(),
        Unit::new("price", UnitKind::Money { scale: 2 }, "Price"),
        Unit::new("ready", UnitKind::Date, "Ready on"),
    ])?;
    let clock = ManualClock::default();
    let store = MemoryStore::new(units.clone(), Arc::new(clock.clone()));
    let workshop = Workshop::default();

    store.insert_deal([("customer", Value::text("Ada")), ("price", Value::Number(40.into()))])?;
    workshop.put(
        None,
        vec![("customer".into(), Value::text("Grace")), ("price".into(), Value::Number(25.into()))],
    );

    let mapping = Mapping::suggest(&units, &workshop.schema().await?).mapping;
    let connection =
        Connection { id: "workshop".into(), mapping, policy: Policy::default(), create_options: false };
    let engine =
        Engine::new(connection, Arc::new(workshop.clone()), Arc::new(store.clone()), Arc::new(clock));
    for run in ["run 1", "run 2"] {
        let report = engine.sync(&Request::new(run, Mode::Sync, "example")).await?;
        let plan = report.plan.map(|plan| plan.to_string()).unwrap_or_default();
        examples::say(&format!("{run}: {}\n{plan}", report.record.status))?;
    }
    anyhow::ensure!(workshop.rows().len() == 2, "both repairs are in the workshop's table");
    Ok(())
}
