//! Reading the schema and single deals.

use super::harness::{
    Harness, applied, catch_up, cell, create, creation, full_deal, number, pages, read, text,
};
use crate::connector::{DealConnectorExt as _, Listing, Presence};
use crate::error::ErrorKind;
use crate::id::RemoteId;

/// Each field has its id, whether it can be written, and the options it has.
pub async fn the_schema_names_the_fields_and_their_options(harness: &dyn Harness) {
    let schema = harness.connector().schema().await.expect("a schema");
    let fields = harness.fields();
    for id in fields.writable() {
        let field = schema.field(&id).unwrap_or_else(|| panic!("field {id} is missing"));
        assert!(field.writable, "field {id} can be written");
        assert!(!field.name.is_empty(), "field {id} has a name");
    }
    for id in [&fields.select, &fields.multi_select] {
        let options = schema.field(id).map(|field| field.kind.options()).unwrap_or_default();
        assert!(options.len() >= 2, "field {id} has options: {options:?}");
    }
    if let Some(id) = &fields.computed {
        assert!(!schema.field(id).expect("the computed field").writable);
    }
    assert!(schema.field(&fields.unknown).is_none());
    assert_eq!(schema.fields.iter().filter(|field| field.primary).count(), 1, "one field names the record");
}

/// One answer for each id, in the order of the ids.
pub async fn deals_are_read_in_the_order_asked(harness: &dyn Harness) {
    let field = &harness.fields().text;
    let mut ids = Vec::new();
    for row in 0..5 {
        ids.push(create(harness, vec![(field.clone(), text(&format!("Deal {row}")))]).await);
    }
    ids.reverse();
    ids.swap(1, 3);
    let read = harness.connector().read(&ids, std::slice::from_ref(field)).await.expect("a reading");
    assert_eq!(live(&read), ids);
}

/// A deleted deal is trashed where there is a trash, and otherwise certainly gone; others are not affected.
pub async fn a_deleted_deal_is_told_apart_from_a_live_one(harness: &dyn Harness) {
    let field = harness.fields().text.clone();
    let first = create(harness, vec![(field.clone(), text("First"))]).await;
    let gone = create(harness, vec![(field.clone(), text("Gone"))]).await;
    let last = create(harness, vec![(field.clone(), text("Last"))]).await;
    harness.delete(&gone).await;
    let ids = [first.clone(), gone.clone(), last.clone()];
    let read = harness.connector().read(&ids, &[field]).await.expect("a reading");
    assert_eq!(read.len(), 3);
    assert_eq!(live(&read), [first, last]);
    let restores = harness.connector().capabilities().restores;
    match &read[1] {
        Presence::Trashed(deal) => assert!(restores && deal.id == gone),
        Presence::Deleted | Presence::Vanished => assert!(!restores, "it could be restored"),
        other => panic!("a deleted deal is not {other:?}"),
    }
}

/// The connector cuts a long list of ids into requests by itself.
pub async fn more_deals_are_read_than_one_request_takes(harness: &dyn Harness) {
    let field = &harness.fields().text;
    let capabilities = harness.connector().capabilities();
    let changes =
        (0..=capabilities.read_batch.get()).map(|row| creation(harness, &format!("Deal {row}"))).collect();
    let outcomes = harness.connector().write_all(changes).await;
    let ids: Vec<RemoteId> = outcomes.into_iter().map(|outcome| applied(outcome).0.id).collect();
    catch_up(harness);
    let read = harness.connector().read(&ids, std::slice::from_ref(field)).await.expect("a reading");
    assert_eq!(live(&read), ids);
}

/// Nothing asked, nothing answered.
pub async fn reading_nothing_answers_nothing(harness: &dyn Harness) {
    let read = harness.connector().read(&[], &harness.fields().writable()).await.expect("a reading");
    assert!(read.is_empty());
}

/// A field that was not asked for is not given.
pub async fn reading_gives_only_the_fields_asked_for(harness: &dyn Harness) {
    let number = &harness.fields().number;
    let id = create(harness, full_deal(harness).await).await;
    let Presence::Live(deal) = read(harness, &id, std::slice::from_ref(number)).await else {
        panic!("the deal is in the container");
    };
    assert_eq!(deal.cells.iter().map(|(field, _)| field).collect::<Vec<_>>(), [number]);
}

/// A field that is gone is not read as empty.
pub async fn reading_an_unknown_field_fails(harness: &dyn Harness) {
    let id = create(harness, vec![(harness.fields().text.clone(), text("A deal"))]).await;
    let unknown = harness.fields().unknown.clone();
    let error = harness.connector().read(&[id], &[unknown]).await.expect_err("an unknown field");
    assert_eq!(error.kind(), ErrorKind::SchemaChanged, "{error}");
}

/// A reading shows what is there now, nothing that was kept from before.
pub async fn a_persons_edit_is_read(harness: &dyn Harness) {
    let field = &harness.fields().number;
    let id = create(harness, vec![(field.clone(), number("1"))]).await;
    assert_eq!(cell(harness, &id, field).await, number("1"));
    harness.edit(&id, field, number("2.5")).await;
    assert_eq!(cell(harness, &id, field).await, number("2.5"));
}

/// Every call costs something, and only calls do.
pub async fn usage_grows_with_every_call(harness: &dyn Harness) {
    let connector = harness.connector();
    let fields = [harness.fields().text.clone()];
    let id = create(harness, vec![(fields[0].clone(), text("A deal"))]).await;
    let mut last = connector.usage().calls;
    assert!(last > 0, "writing costs calls");
    let mut grown = |call: &str| {
        let now = connector.usage().calls;
        assert!(now > last, "{call} costs calls");
        last = now;
    };
    connector.schema().await.expect("a schema");
    grown("schema");
    pages(connector, Listing::everything(fields.clone())).await.expect("a listing");
    grown("list");
    connector.read(&[id], &fields).await.expect("a reading");
    grown("read");
    connector.find(&harness.fields().key, &["none".into()], &fields).await.expect("a lookup");
    grown("find");
    assert_eq!(connector.usage().calls, last, "asking what it cost costs nothing");
}

/// The ids of the deals that are in the container.
fn live(read: &[Presence]) -> Vec<RemoteId> {
    read.iter()
        .filter_map(|presence| match presence {
            Presence::Live(deal) => Some(deal.id.clone()),
            _ => None,
        })
        .collect()
}
