//! What the suite needs to know of a connector under test, and how it talks to it.

use std::collections::BTreeMap;

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use futures::TryStreamExt;

use crate::connector::{Change, DealConnector, Listing, Outcome, Page, Presence, RemoteDeal, Stamp};
use crate::error::{Error, Result};
use crate::id::{FieldId, RemoteId};
use crate::value::{Choice, Value};

/// A connector on a fresh, empty container, and a person who works in that container.
#[async_trait]
pub trait Harness: Send + Sync {
    /// The connector under test, opened so that it makes no options.
    fn connector(&self) -> &dyn DealConnector;

    /// The same container, opened so that writing an unknown option makes it; `None` if the remote cannot.
    fn option_maker(&self) -> Option<&dyn DealConnector>;

    /// The container's fields by what the suite uses them for.
    fn fields(&self) -> &Fields;

    /// A person makes a deal.
    async fn insert(&self, cells: Vec<(FieldId, Value)>) -> RemoteId;

    /// A person writes one cell.
    async fn edit(&self, id: &RemoteId, field: &FieldId, value: Value);

    /// A person deletes a deal.
    async fn delete(&self, id: &RemoteId);

    /// The remote's clock.
    fn now(&self) -> DateTime<Utc>;

    /// Lets the remote's clock go on.
    fn forward(&self, step: TimeDelta);
}

/// The fields of the container under test, by what the suite uses them for. Each is a field of its own.
#[derive(Debug, Clone)]
pub struct Fields {
    /// Text of one line.
    pub text: FieldId,
    /// Plain text of many lines.
    pub long_text: FieldId,
    /// A number with at least two digits after the point.
    pub number: FieldId,
    /// A civil date.
    pub date: FieldId,
    /// A checkbox.
    pub checkbox: FieldId,
    /// A select field with at least two options.
    pub select: FieldId,
    /// A multi-select field with at least two options.
    pub multi_select: FieldId,
    /// A text field for stamps.
    pub key: FieldId,
    /// A field that the remote computes, if there is one.
    pub computed: Option<FieldId>,
    /// Of the form of a field's id, but of no field.
    pub unknown: FieldId,
}

impl Fields {
    /// The fields that hold something a program can write.
    pub(super) fn writable(&self) -> Vec<FieldId> {
        let Self { text, long_text, number, date, checkbox, select, multi_select, key, .. } = self;
        [text, long_text, number, date, checkbox, select, multi_select, key].map(Clone::clone).into()
    }
}

pub(super) fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

pub(super) fn number(text: &str) -> Value {
    Value::Number(text.parse().expect("a decimal"))
}

/// A change that makes a deal with one text, and no stamp.
pub(super) fn creation(harness: &dyn Harness, name: &str) -> Change {
    Change::Create { stamp: None, cells: vec![(harness.fields().text.clone(), text(name))] }
}

/// A change that makes a deal with this key.
pub(super) fn stamped(field: &FieldId, key: &str, cells: Vec<(FieldId, Value)>) -> Change {
    Change::Create { stamp: Some(Stamp { field: field.clone(), key: key.to_owned() }), cells }
}

pub(super) fn update(id: &RemoteId, field: &FieldId, value: Value) -> Change {
    Change::Update { id: id.clone(), cells: vec![(field.clone(), value)] }
}

/// Makes one change; the only outcome.
pub(super) async fn write(connector: &dyn DealConnector, change: Change) -> Outcome {
    let mut outcomes = connector.write(vec![change]).await;
    assert_eq!(outcomes.len(), 1, "one change has one outcome");
    outcomes.remove(0)
}

/// Makes one change that must be applied, and waits until lookups show it; the deal, and whether it was adopted.
pub(super) async fn write_well(harness: &dyn Harness, change: Change) -> (RemoteDeal, bool) {
    let done = applied(write(harness.connector(), change).await);
    catch_up(harness);
    done
}

/// Makes a deal with these cells.
pub(super) async fn create(harness: &dyn Harness, cells: Vec<(FieldId, Value)>) -> RemoteId {
    write_well(harness, Change::Create { stamp: None, cells }).await.0.id
}

/// Lets enough time pass for the remote to show new deals.
pub(super) fn catch_up(harness: &dyn Harness) {
    harness.forward(harness.connector().capabilities().lookup_lag);
}

pub(super) fn applied(outcome: Outcome) -> (RemoteDeal, bool) {
    match outcome {
        Outcome::Applied { deal, adopted } => (deal, adopted),
        Outcome::Refused(error) | Outcome::Unknown(error) => {
            panic!("not applied: {error} {}", error.detail().unwrap_or_default())
        }
    }
}

pub(super) fn refused(outcome: Outcome) -> Error {
    match outcome {
        Outcome::Refused(error) => error,
        other => panic!("not refused: {other:?}"),
    }
}

/// Every page of a listing.
pub(super) async fn pages(connector: &dyn DealConnector, listing: Listing) -> Result<Vec<Page>> {
    connector.list(listing).try_collect().await
}

/// Every deal with these fields, by id.
pub(super) async fn listed(harness: &dyn Harness, fields: Vec<FieldId>) -> BTreeMap<RemoteId, RemoteDeal> {
    let pages = pages(harness.connector(), Listing::everything(fields)).await.expect("a complete listing");
    let deals = pages.into_iter().flat_map(|page| page.deals);
    deals.map(|deal| (deal.id.clone(), deal)).collect()
}

/// Where one deal stands, with these fields.
pub(super) async fn read(harness: &dyn Harness, id: &RemoteId, fields: &[FieldId]) -> Presence {
    let mut read = harness.connector().read(std::slice::from_ref(id), fields).await.expect("a reading");
    assert_eq!(read.len(), 1, "one deal has one answer");
    read.remove(0)
}

/// What one cell of a deal holds.
pub(super) async fn cell(harness: &dyn Harness, id: &RemoteId, field: &FieldId) -> Value {
    match read(harness, id, std::slice::from_ref(field)).await {
        Presence::Live(deal) => deal.cell(field).clone(),
        other => panic!("not in the container: {other:?}"),
    }
}

/// The first two options of a select field.
pub(super) async fn two_options(harness: &dyn Harness, field: &FieldId) -> [Choice; 2] {
    let schema = harness.connector().schema().await.expect("a schema");
    let field = schema.field(field).expect("the select field");
    match field.kind.options() {
        [first, second, ..] => {
            [first, second].map(|option| Choice { id: Some(option.id.clone()), name: option.name.clone() })
        }
        options => panic!("at least two options are needed: {options:?}"),
    }
}

/// A deal with something in every field that can be written.
pub(super) async fn full_deal(harness: &dyn Harness) -> Vec<(FieldId, Value)> {
    let fields = harness.fields();
    let [stage, _] = two_options(harness, &fields.select).await;
    let tags = two_options(harness, &fields.multi_select).await;
    vec![
        (fields.text.clone(), text("Refonte du site")),
        (fields.long_text.clone(), text("Première ligne\nDeuxième ligne")),
        (fields.number.clone(), number("1234.56")),
        (fields.date.clone(), Value::Date("2026-03-31".parse().expect("a date"))),
        (fields.checkbox.clone(), Value::Flag(true)),
        (fields.select.clone(), Value::Choice(stage)),
        (fields.multi_select.clone(), Value::Choices(tags.into())),
        (fields.key.clone(), text("deal-1")),
    ]
}

/// Asserts that each cell holds what it should, and says which does not.
pub(super) fn assert_cells(deal: &RemoteDeal, cells: &[(FieldId, Value)]) {
    for (field, value) in cells {
        assert_eq!(deal.cell(field), value, "cell {field} of {}", deal.id);
    }
}
