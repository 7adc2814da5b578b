//! Stamps: finding deals by their key, and creations that must not be made twice.

use super::harness::{
    Harness, applied, assert_cells, catch_up, cell, create, creation, full_deal, read, stamped, text, write,
    write_well,
};
use crate::connector::{DealConnectorExt as _, Presence};
use crate::error::ErrorKind;
use crate::id::RemoteId;

/// Keys that a formula, a filter or an address would trip over.
const HOSTILE: [&str; 12] = [
    "deal-1",
    "O'Brien & \"Sons\" 100 %",
    r"back\slash\",
    "'single' quotes'",
    "\"",
    r#"", 1=1, ""#,
    "{Name}",
    "a,b;c|d",
    "🤝🏽 poignée",
    "Société Générale + Cie",
    "<b>&amp;</b>",
    "%22%27+#?",
];

/// Exactly the deal with this key is found, whatever is in the key.
pub async fn a_deal_is_found_by_its_key_however_hostile(harness: &dyn Harness) {
    let connector = harness.connector();
    let key = &harness.fields().key;
    let changes = HOSTILE.iter().map(|hostile| stamped(key, hostile, Vec::new())).collect();
    let outcomes = connector.write_all(changes).await;
    let ids: Vec<RemoteId> = outcomes.into_iter().map(|outcome| applied(outcome).0.id).collect();
    catch_up(harness);
    for (hostile, id) in HOSTILE.iter().zip(&ids) {
        let found = connector.find(key, &[(*hostile).to_owned()], std::slice::from_ref(key)).await;
        let found = found.unwrap_or_else(|error| panic!("{hostile:?}: {error} {:?}", error.detail()));
        assert_eq!(found.iter().map(|deal| &deal.id).collect::<Vec<_>>(), [id], "{hostile:?}");
        assert_cells(&found[0], &[(key.clone(), text(hostile))]);
    }
}

/// Neither a part of a key nor the key in other letters is the key.
pub async fn only_the_whole_key_is_found(harness: &dyn Harness) {
    let key = &harness.fields().key;
    create(harness, vec![(key.clone(), text("Deal-12"))]).await;
    let others = ["Deal-1", "eal-12", "deal-12", "Deal-123", ""].map(str::to_owned);
    let found = harness.connector().find(key, &others, std::slice::from_ref(key)).await.expect("a lookup");
    assert!(found.is_empty(), "{found:?}");
}

/// A field that was not asked for is not given.
pub async fn a_found_deal_gives_only_the_fields_asked_for(harness: &dyn Harness) {
    let fields = harness.fields();
    create(harness, full_deal(harness).await).await;
    let number = std::slice::from_ref(&fields.number);
    let found = harness.connector().find(&fields.key, &["deal-1".into()], number).await.expect("a lookup");
    let cells = found.iter().flat_map(|deal| &deal.cells).map(|(field, _)| field);
    assert_eq!(cells.collect::<Vec<_>>(), [&fields.number]);
}

/// Keys that nobody has are passed over, and so are other deals; no key finds nothing.
pub async fn many_keys_are_looked_up_at_once(harness: &dyn Harness) {
    let connector = harness.connector();
    let key = &harness.fields().key;
    let count = 2 * connector.capabilities().read_batch.get().min(60) + 3;
    let keys: Vec<String> = (0..count).map(|n| format!("deal-{n}")).collect();
    let changes = keys.iter().step_by(2).map(|each| stamped(key, each, Vec::new()));
    let changes = changes.chain([creation(harness, "deal-1")]).collect();
    for outcome in connector.write_all(changes).await {
        applied(outcome);
    }
    catch_up(harness);
    let found = connector.find(key, &keys, std::slice::from_ref(key)).await.expect("a lookup");
    let mut found: Vec<String> = found.iter().map(|deal| format!("{:?}", deal.cell(key))).collect();
    found.sort();
    let mut expected: Vec<String> = keys.iter().step_by(2).map(|each| format!("{:?}", text(each))).collect();
    expected.sort();
    assert_eq!(found, expected);
    assert!(connector.find(key, &[], std::slice::from_ref(key)).await.expect("a lookup").is_empty());
}

/// What is gone does not hold its key any more.
pub async fn a_deleted_deal_is_not_found(harness: &dyn Harness) {
    let key = &harness.fields().key;
    let (deal, _) = write_well(harness, stamped(key, "deal-1", Vec::new())).await;
    harness.delete(&deal.id).await;
    let found = harness.connector().find(key, &["deal-1".into()], &[]).await.expect("a lookup");
    assert!(found.is_empty(), "{found:?}");
}

/// A key field that is gone is not the same as a key that is not there.
pub async fn finding_in_an_unknown_field_fails(harness: &dyn Harness) {
    create(harness, vec![(harness.fields().text.clone(), text("A deal"))]).await;
    let unknown = &harness.fields().unknown;
    let error = harness.connector().find(unknown, &["deal-1".into()], &[]).await.expect_err("unknown field");
    assert_eq!(error.kind(), ErrorKind::SchemaChanged, "{error}");
}

/// A creation with a stamp that exists writes into that deal, if the connector promises so, and says that it did.
pub async fn a_repeated_creation_adopts_where_it_says_so(harness: &dyn Harness) {
    let fields = harness.fields();
    let make = |name: &str| stamped(&fields.key, "deal-1", vec![(fields.text.clone(), text(name))]);
    let (first, adopted) = write_well(harness, make("First")).await;
    assert!(!adopted, "there was nothing to adopt");
    let (second, adopted) = write_well(harness, make("Second")).await;
    assert_eq!(adopted, harness.connector().capabilities().create_is_idempotent);
    assert_eq!(second.id == first.id, adopted);
    let expected = if adopted { "Second" } else { "First" };
    assert_eq!(cell(harness, &first.id, &fields.text).await, text(expected));
    let found = harness.connector().find(&fields.key, &["deal-1".into()], &[]).await.expect("a lookup");
    assert_eq!(found.len(), if adopted { 1 } else { 2 });
}

/// An adopted deal keeps the cells that were not given.
pub async fn adopting_leaves_other_cells_alone(harness: &dyn Harness) {
    if !harness.connector().capabilities().create_is_idempotent {
        return;
    }
    let fields = harness.fields();
    let mut cells = full_deal(harness).await;
    let id = create(harness, cells.clone()).await;
    let change = stamped(&fields.key, "deal-1", vec![(fields.text.clone(), text("Adopted"))]);
    let (adopted, _) = write_well(harness, change).await;
    assert_eq!(adopted.id, id);
    cells[0].1 = text("Adopted");
    let Presence::Live(deal) = read(harness, &id, &fields.writable()).await else {
        panic!("the adopted deal is in the container");
    };
    assert_cells(&deal, &cells);
}

/// A key field made on request is in the schema and serves at once.
pub async fn a_key_field_can_be_made_and_used(harness: &dyn Harness) {
    let made = harness.connector().create_key_field("CRM id").await.expect("a field");
    assert_eq!((made.name.as_str(), made.writable), ("CRM id", true));
    let schema = harness.connector().schema().await.expect("a schema");
    assert_eq!(schema.field(&made.id), Some(&made));
    let (deal, _) = write_well(harness, stamped(&made.id, "deal-1", Vec::new())).await;
    let found = harness.connector().find(&made.id, &["deal-1".into()], &[]).await.expect("a lookup");
    assert_eq!(found.iter().map(|found| &found.id).collect::<Vec<_>>(), [&deal.id]);
}

/// A name that is taken is not taken over.
pub async fn a_key_field_of_a_taken_name_is_refused(harness: &dyn Harness) {
    harness.connector().create_key_field("CRM id").await.expect("a field");
    let before = harness.connector().schema().await.expect("a schema");
    assert!(harness.connector().create_key_field("CRM id").await.is_err());
    assert_eq!(harness.connector().schema().await.expect("a schema"), before);
    let change = creation(harness, "Still works");
    applied(write(harness.connector(), change).await);
}
