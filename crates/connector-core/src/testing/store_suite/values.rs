//! Values of every kind, into the CRM and back.

use super::harness::{
    StoreHarness, assert_holds, begin, commit_one, deal, effect, insert, sampled, text, update, value,
};
use crate::id::UnitKey;
use crate::store::{Committed, DealWrite, Lease};
use crate::value::Value;

/// Every unit of a deal holds what it was given.
pub async fn a_whole_deal_comes_back(harness: &dyn StoreHarness) {
    let lease = begin(harness, 1).await;
    for n in 0..3 {
        let values = harness.sample(n);
        let id = insert(harness, &lease, values.clone()).await;
        assert_holds(harness, &deal(harness, &id).await.expect("the deal"), &values);
    }
}

/// No character is lost, whatever it is.
pub async fn text_comes_back_as_its_author_wrote_it(harness: &dyn StoreHarness) {
    let lease = begin(harness, 1).await;
    let long = "Déjà vu 🤝 ".repeat(90);
    for written in [
        "O'Brien & \"Sons\" 100 %; DROP TABLE deals; --",
        r"C:\deals\*.txt",
        "Cafe\u{301} décomposé",
        "👩🏽‍💻 ✅ 𝕏",
        "  blanks before",
        "First line\n\nThird\tline",
        "שלום Ω 漢字 \u{200b}",
        "null",
        long.trim_end(),
    ] {
        assert_comes_back(harness, &lease, &harness.roles().text, &text(written)).await;
    }
}

/// PostgreSQL cannot keep NUL: a store refuses it or leaves it out, and never loses what stands behind it.
pub async fn text_with_nul_is_refused_or_stripped(harness: &dyn StoreHarness) {
    let unit = harness.roles().text;
    let lease = begin(harness, 1).await;
    let id = insert(harness, &lease, harness.sample(1)).await;
    let before = sampled(harness, 1, &unit);
    let write = update(&id, &unit, before.clone(), text("before\0behind"));
    match commit_one(harness, &lease, effect(write)).await {
        Committed::Done(_) => assert_eq!(value(harness, &id, &unit).await, text("beforebehind")),
        Committed::Refused(_) => assert_eq!(value(harness, &id, &unit).await, before),
        Committed::Stale => panic!("the deal held what was expected"),
    }
}

/// Decimals, not binary fractions.
pub async fn numbers_come_back_exactly(harness: &dyn StoreHarness) {
    let lease = begin(harness, 1).await;
    for written in ["0.01", "0.29", "1", "8500.1", "1234567.89", "99999999.99"] {
        let number = Value::Number(written.parse().expect("a decimal"));
        assert_comes_back(harness, &lease, &harness.roles().number, &number).await;
    }
}

/// A date has no zone in which it could become another.
pub async fn dates_come_back_on_the_same_day(harness: &dyn StoreHarness) {
    let lease = begin(harness, 1).await;
    for written in ["1970-01-01", "1999-12-31", "2024-02-29", "2026-03-29", "2100-01-01"] {
        let date = Value::Date(written.parse().expect("a date"));
        assert_comes_back(harness, &lease, &harness.roles().date, &date).await;
    }
}

/// Each tag stays whole, whatever separators are in it.
pub async fn tags_come_back_as_a_set(harness: &dyn StoreHarness) {
    let lease = begin(harness, 1).await;
    for tags in [
        vec!["Santé"],
        vec!["Santé", "Énergie", "Industrie"],
        vec!["b", "a"],
        vec!["O'Brien \"&\" Sons", "🤝"],
    ] {
        assert_comes_back(harness, &lease, &harness.roles().tags, &Value::tags(tags)).await;
    }
}

/// What could not be read whole must not be written over what is there.
pub async fn an_unreadable_value_is_never_written(harness: &dyn StoreHarness) {
    let unit = harness.roles().text;
    let lease = begin(harness, 1).await;
    let id = insert(harness, &lease, harness.sample(1)).await;
    let before = sampled(harness, 1, &unit);
    let write = update(&id, &unit, before.clone(), Value::Unknown("cut off".into()));
    let committed = commit_one(harness, &lease, effect(write)).await;
    assert!(matches!(committed, Committed::Refused(_)), "{committed:?}");
    assert_eq!(value(harness, &id, &unit).await, before);
}

/// The store shows the CRM as it stands, nothing that was kept from before.
pub async fn a_persons_edit_is_read(harness: &dyn StoreHarness) {
    let unit = harness.roles().text;
    let id = harness.insert_deal(harness.sample(1)).await;
    assert_holds(harness, &deal(harness, &id).await.expect("the deal"), &harness.sample(1));
    harness.edit_deal(&id, &unit, text("Edited")).await;
    assert_eq!(value(harness, &id, &unit).await, text("Edited"));
    harness.edit_deal(&id, &unit, Value::Empty).await;
    assert_eq!(value(harness, &id, &unit).await, Value::Empty);
    harness.delete_deal(&id).await;
    assert!(deal(harness, &id).await.is_none());
}

/// Writes a value into a new deal and into one that exists, and reads both.
async fn assert_comes_back(harness: &dyn StoreHarness, lease: &Lease, unit: &UnitKey, written: &Value) {
    let given = [(unit.clone(), written.clone())];
    let mut values = harness.sample(1);
    values.retain(|(key, _)| key != unit);
    values.extend(given.clone());
    let new = insert(harness, lease, values).await;
    assert_holds(harness, &deal(harness, &new).await.expect("the new deal"), &given);

    let old = insert(harness, lease, harness.sample(2)).await;
    let write = DealWrite::Update { id: old.clone(), expected: Vec::new(), values: given.to_vec() };
    assert_eq!(commit_one(harness, lease, effect(write)).await, Committed::Done(Some(old.clone())));
    assert_holds(harness, &deal(harness, &old).await.expect("the updated deal"), &given);
}
