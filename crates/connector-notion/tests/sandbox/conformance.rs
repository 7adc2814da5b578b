//! The suite that every connector must pass, in each version of the API.

use std::future::{Ready, ready};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use connector_core::connector::DealConnector;
use connector_core::id::{FieldId, RemoteId};
use connector_core::testing::connector_suite::{Fields, Harness};
use connector_core::value::Value;
use connector_notion::Version;
use connector_sandbox::{Edit, Remote, Settings};
use serde_json::{Map, json};

use crate::world::World;

struct Deals {
    world: World,
    connector: Arc<dyn DealConnector>,
    option_maker: Arc<dyn DealConnector>,
    fields: Fields,
}

fn make(version: Version) -> Ready<Deals> {
    let world = World::speaking(version, Settings { deals: 0, ..Settings::default() });
    let fields = Fields {
        text: world.field("Name"),
        long_text: world.field("Notes"),
        number: world.field("Amount"),
        date: world.field("Due Date"),
        checkbox: world.field("Signed"),
        select: world.field("Priority"),
        multi_select: world.field("Sector"),
        key: world.field("Brief"),
        computed: Some(world.field("Weighted Amount")),
        unknown: "NN%3AN".into(),
    };
    ready(Deals { connector: world.connect(false), option_maker: world.connect(true), world, fields })
}

#[async_trait]
impl Harness for Deals {
    fn connector(&self) -> &dyn DealConnector {
        &*self.connector
    }

    fn option_maker(&self) -> Option<&dyn DealConnector> {
        Some(&*self.option_maker)
    }

    fn fields(&self) -> &Fields {
        &self.fields
    }

    async fn insert(&self, cells: Vec<(FieldId, Value)>) -> RemoteId {
        let cells: Map<_, _> =
            cells.iter().map(|(field, value)| (field.to_string(), person_types(value))).collect();
        let made = self.world.sandbox.edit(&Edit::create_record(cells.into()).of(Remote::Notion)).unwrap();
        made["id"].as_str().unwrap().into()
    }

    async fn edit(&self, id: &RemoteId, field: &FieldId, value: Value) {
        let edit = Edit::update_record(id.as_str(), json!({ field.as_str(): person_types(&value) }));
        self.world.sandbox.edit(&edit.of(Remote::Notion)).unwrap();
    }

    async fn delete(&self, id: &RemoteId) {
        self.world.sandbox.edit(&Edit::delete_record(id.as_str()).of(Remote::Notion)).unwrap();
    }

    fn now(&self) -> DateTime<Utc> {
        self.world.sandbox.now()
    }

    fn forward(&self, step: TimeDelta) {
        self.world.sandbox.advance_clock(step.to_std().unwrap_or(Duration::ZERO));
    }
}

/// What a person would type into a cell.
fn person_types(value: &Value) -> serde_json::Value {
    match value {
        Value::Text(text) => json!(text),
        Value::Number(number) => serde_json::from_str(&number.to_string()).unwrap(),
        other => panic!("the suite types text and numbers only, not {other}"),
    }
}

mod of_2022_06_28 {
    use super::*;

    fn make() -> Ready<Deals> {
        super::make(Version::V2022_06_28)
    }

    connector_core::connector_suite!(make);
}

mod of_2025_09_03 {
    use super::*;

    fn make() -> Ready<Deals> {
        super::make(Version::V2025_09_03)
    }

    connector_core::connector_suite!(make);
}

mod of_2026_03_11 {
    use super::*;

    fn make() -> Ready<Deals> {
        super::make(Version::V2026_03_11)
    }

    connector_core::connector_suite!(make);
}
