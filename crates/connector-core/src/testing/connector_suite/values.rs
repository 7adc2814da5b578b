//! Values of every kind, there and back.

use super::harness::{Harness, cell, create, number, text, two_options, update, write_well};
use crate::canon::same;
use crate::id::FieldId;
use crate::unit::UnitKind;
use crate::value::{Choice, Value};

/// Writes a value by an update and reads it back.
async fn round_trip(harness: &dyn Harness, field: &FieldId, value: &Value) -> Value {
    let id = create(harness, vec![(harness.fields().text.clone(), text("A deal"))]).await;
    write_well(harness, update(&id, field, value.clone())).await;
    cell(harness, &id, field).await
}

/// No character is lost, whatever it is; only what canonical forms take for the same may differ.
pub async fn text_comes_back_as_its_author_wrote_it(harness: &dyn Harness) {
    let fields = harness.fields();
    for written in [
        "O'Brien & \"Sons\" 100 %",
        r"C:\deals\*.txt",
        "Cafe\u{301} décomposé",
        "👩🏽‍💻 ✅ 𝕏",
        "  blanks before",
        "<script>alert(1)</script>",
        "=1+1",
        "שלום Ω 漢字",
        "\u{200b}zero\u{feff}width",
    ] {
        let back = round_trip(harness, &fields.text, &text(written)).await;
        assert!(same(&UnitKind::Text { max: None }, &back, &text(written)), "{written:?} became {back:?}");
    }
    let lines = text("First line\n\nThird\tline, indented\n  by two");
    let back = round_trip(harness, &fields.long_text, &lines).await;
    assert!(same(&UnitKind::Text { max: None }, &back, &lines), "{back:?}");
}

/// Text beyond the pieces that a remote may cut it into.
pub async fn long_text_comes_back_whole(harness: &dyn Harness) {
    let long = text(&"Déjà vu 🤝 ".repeat(1_000));
    let back = round_trip(harness, &harness.fields().long_text, &long).await;
    assert!(same(&UnitKind::Text { max: None }, &back, &long), "long text was altered");
}

/// Decimals, not binary fractions; nought is not nothing.
pub async fn numbers_come_back_exactly(harness: &dyn Harness) {
    for written in ["0", "0.01", "-0.1", "1", "-12345.67", "8500.10", "0.29", "999999999.99", "1234567890123"]
    {
        let back = round_trip(harness, &harness.fields().number, &number(written)).await;
        assert_eq!(back, number(written), "{written}");
    }
}

/// A date has no zone in which it could become another.
pub async fn dates_come_back_on_the_same_day(harness: &dyn Harness) {
    for written in ["1970-01-01", "1999-12-31", "2024-02-29", "2026-03-29", "2100-01-01"] {
        let date = Value::Date(written.parse().expect("a date"));
        assert_eq!(round_trip(harness, &harness.fields().date, &date).await, date);
    }
}

/// Checked is checked; unchecked is unchecked or nothing.
pub async fn a_checkbox_comes_back(harness: &dyn Harness) {
    let field = &harness.fields().checkbox;
    assert_eq!(round_trip(harness, field, &Value::Flag(true)).await, Value::Flag(true));
    let back = round_trip(harness, field, &Value::Flag(false)).await;
    assert!(same(&UnitKind::Flag, &back, &Value::Flag(false)), "{back:?}");
}

/// An option is its id; several are a set.
pub async fn options_come_back_with_their_ids(harness: &dyn Harness) {
    let fields = harness.fields();
    for choice in two_options(harness, &fields.select).await {
        let value = Value::Choice(choice);
        assert_eq!(round_trip(harness, &fields.select, &value).await, value);
    }
    let choices = two_options(harness, &fields.multi_select).await;
    let Value::Choices(mut back) =
        round_trip(harness, &fields.multi_select, &Value::Choices(choices.to_vec())).await
    else {
        panic!("several options come back as such");
    };
    back.sort_by_key(|choice| choices.iter().position(|known| known == choice));
    assert_eq!(back, choices);
}

/// Whoever knows only an option's name may write it by that.
pub async fn an_option_is_known_by_its_name_alone(harness: &dyn Harness) {
    let field = &harness.fields().select;
    let [_, second] = two_options(harness, field).await;
    let named = Value::Choice(Choice { id: None, name: second.name.clone() });
    assert_eq!(round_trip(harness, field, &named).await, Value::Choice(second));
}
