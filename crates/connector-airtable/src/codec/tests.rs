//! Cells of every type, there and back.

use connector_core::schema::FieldKind;
use connector_core::value::{Choice, Linked, Person, Value};
use rstest::rstest;
use serde_json::value::RawValue;
use serde_json::{Value as Json, json};

use super::{Refusal, decode, encode};
use crate::layout::Column;
use crate::wire;

fn column(of: &str, options: &Json) -> Column {
    let field = json!({"id": "fld1", "name": "F", "type": of, "options": options});
    Column::new(serde_json::from_value::<wire::Field>(field).unwrap(), false)
}

fn read(column: &Column, cell: &str) -> Value {
    decode(column, &RawValue::from_string(cell.to_owned()).unwrap())
}

fn written(column: &Column, value: &Value) -> String {
    encode(column, value, false).unwrap().cell.get().to_owned()
}

fn stages() -> Json {
    json!({"choices": [{"id": "selA", "name": "Lead"}, {"id": "selB", "name": "Won"}]})
}

fn number(text: &str) -> Value {
    Value::Number(text.parse().unwrap())
}

fn choice(id: Option<&str>, name: &str) -> Choice {
    Choice { id: id.map(Into::into), name: name.into() }
}

fn person(id: &str, email: Option<&str>) -> Person {
    Person { id: id.into(), email: email.map(Into::into), name: None }
}

#[rstest]
#[case("singleLineText", json!(null), r#""Été 🤝""#, Value::text("Été 🤝"))]
#[case("richText", json!(null), r#""- a\n""#, Value::text("- a\n"))]
#[case("barcode", json!(null), r#"{"text":"370"}"#, Value::text("370"))]
#[case("number", json!({"precision": 1}), "0.30000000000000004", number("0.30000000000000004"))]
#[case("currency", json!({"precision": 2}), "1234567890123.45", number("1234567890123.45"))]
#[case("percent", json!({"precision": 0}), "0.123", number("0.123"))]
#[case("duration", json!({"durationFormat": "h:mm:ss.S"}), "90.5", number("90.5"))]
#[case("rating", json!({"max": 5}), "4", number("4"))]
#[case("checkbox", json!({}), "true", Value::Flag(true))]
#[case("date", json!({}), r#""2024-02-29""#, Value::Date("2024-02-29".parse().unwrap()))]
#[case("dateTime", json!({}), r#""2024-05-01T10:00:00.123Z""#, Value::Instant("2024-05-01T10:00:00.123Z".parse().unwrap()))]
#[case("singleSelect", stages(), r#""Won""#, Value::Choice(choice(Some("selB"), "Won")))]
#[case("multipleSelects", stages(), r#"["Won","Lead"]"#, Value::Choices(vec![choice(Some("selB"), "Won"), choice(Some("selA"), "Lead")]))]
#[case("singleCollaborator", json!({}), r#"{"id":"usr1"}"#, Value::People(vec![person("usr1", None)]))]
#[case("multipleCollaborators", json!({}), r#"[{"id":"usr1"},{"id":"usr2"}]"#, Value::People(vec![person("usr1", None), person("usr2", None)]))]
#[case("multipleRecordLinks", json!({"linkedTableId": "tblC"}), r#"["recA"]"#, Value::Links(vec![Linked { id: "recA".into(), name: None }]))]
fn what_is_read_is_written_the_same(
    #[case] of: &str,
    #[case] options: Json,
    #[case] cell: &str,
    #[case] value: Value,
) {
    let column = column(of, &options);
    assert_eq!(read(&column, cell), value);
    assert_eq!(written(&column, &value), cell);
    assert_eq!(written(&column, &Value::Empty), "null");
}

#[rstest]
#[case("count", json!({}), "0", number("0"))]
#[case("autoNumber", json!(null), "7", number("7"))]
#[case("number", json!({}), "1e21", number("1000000000000000000000"))]
#[case("number", json!({}), "1.5e-7", number("0.00000015"))]
#[case("number", json!({}), "-0", number("0"))]
#[case("aiText", json!({}), r#"{"state":"generated","isStale":false,"value":"Sum"}"#, Value::text("Sum"))]
#[case("aiText", json!({}), r#"{"state":"empty","isStale":true,"value":null}"#, Value::Empty)]
#[case("button", json!(null), r#"{"label":"Open","url":null}"#, Value::Empty)]
#[case("singleSelect", stages(), r#""New""#, Value::Choice(choice(None, "New")))]
#[case(
    "singleSelect",
    stages(),
    r#"{"id":"selB","name":"Won","color":"red"}"#,
    Value::Choice(choice(Some("selB"), "Won"))
)]
#[case("singleLineText", json!(null), "null", Value::Empty)]
#[case("multipleAttachments", json!({}), r#"[{"id":"att1","url":"u","filename":"a.pdf"},{"id":"att2"}]"#, Value::tags(["a.pdf", "att2"]))]
#[case("formula", json!({"isValid": true, "result": {"type": "checkbox"}}), "1", Value::Flag(true))]
#[case("formula", json!({"result": {"type": "singleLineText"}}), r#"["a","b"]"#, Value::text("a, b"))]
#[case("createdTime", json!({"result": {"type": "date"}}), r#""2024-05-01""#, Value::Date("2024-05-01".parse().unwrap()))]
#[case("formula", json!({"result": {"type": "date"}}), r#""2024-05-01T00:00:00.000Z""#, Value::Date("2024-05-01".parse().unwrap()))]
#[case("lastModifiedTime", json!({}), r#""2024-05-01""#, Value::Instant("2024-05-01T00:00:00Z".parse().unwrap()))]
fn what_is_only_read_is_read(
    #[case] of: &str,
    #[case] options: Json,
    #[case] cell: &str,
    #[case] value: Value,
) {
    assert_eq!(read(&column(of, &options), cell), value);
}

#[rstest]
#[case(json!({"type": "singleLineText"}), r#"["Paris",null,"Lyon"]"#, Value::text("Paris, Lyon"))]
#[case(json!({"type": "number"}), "[12.50]", number("12.5"))]
#[case(json!({"type": "number"}), "[3,3]", number("3"))]
#[case(json!({"type": "number"}), "[]", Value::Empty)]
#[case(json!({"type": "singleSelect", "options": stages()}), r#"["Won"]"#, Value::Choices(vec![choice(Some("selB"), "Won")]))]
#[case(json!({"type": "multipleSelects", "options": stages()}), r#"["Won","Lead"]"#, Value::Choices(vec![choice(Some("selB"), "Won"), choice(Some("selA"), "Lead")]))]
#[case(json!({"type": "multipleRecordLinks", "options": {"linkedTableId": "tblC"}}), r#"[["recA"],"recB"]"#, Value::Links(["recA", "recB"].map(|id| Linked { id: id.into(), name: None }).into()))]
#[case(json!({"type": "multipleCollaborators"}), r#"[{"id":"usr1","email":"a@b.c"}]"#, Value::People(vec![person("usr1", Some("a@b.c"))]))]
#[case(json!({"type": "multipleAttachments"}), r#"[{"id":"att1","filename":"a.pdf"}]"#, Value::tags(["a.pdf"]))]
fn a_lookup_is_read_as_what_it_looks_up(#[case] result: Json, #[case] cell: &str, #[case] value: Value) {
    let column = column("multipleLookupValues", &json!({"isValid": true, "result": result}));
    assert_eq!(read(&column, cell), value);
}

#[rstest]
#[case("number", json!({}), r#"{"specialValue":"NaN"}"#, "NaN")]
#[case("formula", json!({"result": {"type": "singleLineText"}}), r##"{"error":"#ERROR!"}"##, "#ERROR!")]
#[case("multipleLookupValues", json!({"result": {"type": "number"}}), r##"[{"error":"#ERROR!"}]"##, "#ERROR!")]
#[case("multipleLookupValues", json!({"result": {"type": "number"}}), "[1,2]", "2 values where one can be read")]
#[case("number", json!({}), "1e300", "not a number that can be kept: 1e300")]
#[case("number", json!({}), r#""12""#, "not a number that can be kept: \"12\"")]
#[case("date", json!({}), r#""soon""#, "not of the field's type: \"soon\"")]
#[case("aiText", json!({}), r#"{"state":"loading"}"#, "the generated text is in state loading")]
#[case("somethingNew", json!({}), "12", "somethingNew fields are not supported")]
fn what_cannot_be_read_whole_is_unknown(
    #[case] of: &str,
    #[case] options: Json,
    #[case] cell: &str,
    #[case] why: &str,
) {
    assert_eq!(read(&column(of, &options), cell), Value::Unknown(why.into()));
}

#[rstest]
#[case("formula", json!({"result": {"type": "number"}}), number("1"), "computed or read-only")]
#[case("multipleAttachments", json!({}), Value::tags(["a.pdf"]), "computed or read-only")]
#[case("rating", json!({"max": 5}), number("6"), "whole numbers from 1 to 5, not 6")]
#[case("rating", json!({"max": 5}), number("2.5"), "whole numbers from 1 to 5, not 2.5")]
#[case("singleCollaborator", json!({}), Value::People(vec![person("usr1", None), person("usr2", None)]), "takes one person")]
#[case("number", json!({}), Value::text("12"), "holds number and cannot take “12”")]
fn what_a_field_cannot_hold_is_refused(
    #[case] of: &str,
    #[case] options: Json,
    #[case] value: Value,
    #[case] words: &str,
) {
    match encode(&column(of, &options), &value, true).unwrap_err() {
        Refusal::Wrong(why) => assert!(why.contains(words), "{why}"),
        other @ Refusal::UnknownOption(_) => panic!("{other:?}"),
    }
}

#[test]
fn an_option_is_found_by_its_id_whatever_it_was_called() {
    let column = column("singleSelect", &stages());
    assert_eq!(written(&column, &Value::Choice(choice(Some("selB"), "Old name"))), r#""Won""#);
}

#[test]
fn a_new_option_is_made_only_with_leave_and_never_for_an_id_that_is_gone() {
    let column = column("multipleSelects", &stages());
    let new = Value::Choices(vec![choice(None, "Won"), choice(None, "New"), choice(Some("selB"), "Won")]);
    assert_eq!(
        encode(&column, &new, false).unwrap_err(),
        Refusal::UnknownOption("field “F” has no option “New”".into())
    );
    let made = encode(&column, &new, true).unwrap();
    assert_eq!((made.cell.get(), made.makes_option), (r#"["Won","New"]"#, true));
    assert!(encode(&column, &Value::Choices(vec![choice(Some("selZ"), "Gone")]), true).is_err());
}

#[test]
fn a_person_without_an_id_is_written_by_address() {
    let people = Value::People(vec![person("", Some("a@b.c"))]);
    assert_eq!(written(&column("singleCollaborator", &json!({})), &people), r#"{"email":"a@b.c"}"#);
}

#[test]
fn a_decimal_is_written_with_all_its_digits() {
    let exact = number("1234567890.123456789012345678");
    assert_eq!(written(&column("number", &json!({})), &exact), "1234567890.123456789012345678");
}

#[test]
fn an_invalid_formula_has_no_kind() {
    let column = column("formula", &json!({"isValid": false, "result": null}));
    assert_eq!(column.field.kind, FieldKind::Other { name: "formula".into() });
}
