//! The example connector passes the suite that every connector must pass.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may")]

use std::future::{Ready, ready};

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use connector_core::connector::DealConnector;
use connector_core::id::{FieldId, RemoteId};
use connector_core::testing::connector_suite::{Fields, Harness};
use connector_core::value::Value;
use examples::slate::{Column, Kind, Slate, SlateConnector};

struct Deals {
    slate: Slate,
    connector: SlateConnector,
    option_maker: SlateConnector,
    fields: Fields,
}

fn make() -> Ready<Deals> {
    let choices = |names: [&str; 2]| names.map(|name| (format!("id of {name}"), name.to_owned())).to_vec();
    let kinds = [
        ("Name", Kind::Text),
        ("Notes", Kind::Text),
        ("Amount", Kind::Number),
        ("Due", Kind::Day),
        ("Signed", Kind::Tick),
        ("Stage", Kind::Choice(choices(["Lead", "Won"]))),
        ("Sectors", Kind::Choices(choices(["SaaS", "Health"]))),
        ("CRM ID", Kind::Text),
        ("Length", Kind::Length),
    ];
    let columns = kinds.map(|(name, kind)| Column { id: name.to_lowercase(), name: name.to_owned(), kind });
    let slate = Slate::new(columns.into());
    let fields = Fields {
        text: "name".into(),
        long_text: "notes".into(),
        number: "amount".into(),
        date: "due".into(),
        checkbox: "signed".into(),
        select: "stage".into(),
        multi_select: "sectors".into(),
        key: "crm id".into(),
        computed: Some("length".into()),
        unknown: "another".into(),
    };
    let connector = SlateConnector::new(slate.clone(), false);
    let option_maker = SlateConnector::new(slate.clone(), true);
    ready(Deals { slate, connector, option_maker, fields })
}

#[async_trait]
impl Harness for Deals {
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
        let cells = cells.iter().map(|(field, value)| (field.to_string(), person_types(value))).collect();
        self.slate.write(None, &cells).unwrap().0.to_string().into()
    }

    async fn edit(&self, id: &RemoteId, field: &FieldId, value: Value) {
        let cells = [(field.to_string(), person_types(&value))].into();
        self.slate.write(Some(id.as_str().parse().unwrap()), &cells).unwrap();
    }

    async fn delete(&self, id: &RemoteId) {
        self.slate.remove(id.as_str().parse().unwrap()).unwrap();
    }

    /// The service dates nothing, so that any clock will do.
    fn now(&self) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH
    }

    fn forward(&self, _: TimeDelta) {}
}

fn person_types(value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        other => panic!("the suite types text and numbers only, not {other}"),
    }
}

connector_core::connector_suite!(make);
