//! Values of every type, there and back.

use connector_core::value::{Choice, Linked, Moment, Period, Person, Value};
use rstest::rstest;
use serde_json::{Value as Json, json};

use super::{Refusal, decode, encode};
use crate::layout::{Column, Layout};
use crate::wire;

fn column(of: &str, config: &Json) -> Column {
    let source = json!({"id": "ds", "properties": {"P": {"id": "p", "name": "P", "type": of, of: config}}});
    let mut layout = Layout::new(serde_json::from_value::<wire::Container>(source).unwrap());
    layout.columns.remove(0)
}

/// What a page shows that holds this.
fn shown(of: &str, held: &str) -> wire::Property {
    serde_json::from_str(&format!(r#"{{"id":"p","type":"{of}","{of}":{held}}}"#)).unwrap()
}

fn read(of: &str, held: &str) -> Value {
    decode(&shown(of, held)).value
}

fn written(column: &Column, value: &Value) -> String {
    let cell = encode(column, value, false).unwrap().cell;
    let prefix = format!(r#"{{"{}":"#, column.kind);
    cell.get().strip_prefix(&prefix).and_then(|held| held.strip_suffix('}')).unwrap().to_owned()
}

fn stages() -> Json {
    json!({"options": [{"id": "a1", "name": "Lead", "color": "gray"}, {"id": "F<XA", "name": "Won"}], "groups": []})
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

fn period(start: &str, zone: Option<&str>) -> Value {
    let start = Moment::Time(start.parse().unwrap());
    Value::Period(Period { start, end: None, zone: zone.map(Into::into) })
}

fn links(ids: &[&str]) -> Value {
    Value::Links(ids.iter().map(|id| Linked { id: (*id).into(), name: None }).collect())
}

#[rstest]
#[case("title", json!({}), r#"[{"text":{"content":"Été 🤝"}}]"#, r#"[{"type":"text","text":{"content":"Été 🤝"},"plain_text":"Été 🤝"}]"#, Value::text("Été 🤝"), "[]")]
#[case("rich_text", json!({}), r#"[{"text":{"content":"a\nb"}}]"#, r#"[{"type":"text","plain_text":"a\n"},{"type":"mention","plain_text":"b"}]"#, Value::text("a\nb"), "[]")]
#[case("number", json!({"format": "euro"}), "1234567.89", "1234567.89", number("1234567.89"), "null")]
#[case("number", json!({"format": "percent"}), "0.25", "0.25", number("0.25"), "null")]
#[case(
    "select",
    stages(),
    r#"{"id":"F<XA"}"#,
    r#"{"id":"F<XA","name":"Won","color":"green"}"#,
    Value::Choice(choice(Some("F<XA"), "Won")),
    "null"
)]
#[case(
    "status",
    stages(),
    r#"{"id":"a1"}"#,
    r#"{"id":"a1","name":"Lead","color":"gray"}"#,
    Value::Choice(choice(Some("a1"), "Lead")),
    "null"
)]
#[case("multi_select", stages(), r#"[{"id":"F<XA"},{"id":"a1"}]"#, r#"[{"id":"F<XA","name":"Won"},{"id":"a1","name":"Lead"}]"#, Value::Choices(vec![choice(Some("F<XA"), "Won"), choice(Some("a1"), "Lead")]), "[]")]
#[case("date", json!({}), r#"{"start":"2024-02-29"}"#, r#"{"start":"2024-02-29","end":null,"time_zone":null}"#, Value::Date("2024-02-29".parse().unwrap()), "null")]
#[case("date", json!({}), r#"{"start":"2024-05-01T10:00:00.000+02:00","end":null,"time_zone":null}"#, r#"{"start":"2024-05-01T10:00:00.000+02:00","end":null,"time_zone":null}"#, period("2024-05-01T10:00:00+02:00", None), "null")]
#[case("people", json!({}), r#"[{"id":"u1","object":"user"},{"id":"u2","object":"user"}]"#, r#"[{"object":"user","id":"u1"},{"object":"group","id":"u2"}]"#, Value::People(vec![person("u1", None), person("u2", None)]), "[]")]
#[case("checkbox", json!({}), "true", "true", Value::Flag(true), "false")]
#[case("url", json!({}), r#""https://a.b""#, r#""https://a.b""#, Value::text("https://a.b"), "null")]
#[case("email", json!({}), r#""a@b.c""#, r#""a@b.c""#, Value::text("a@b.c"), "null")]
#[case("phone_number", json!({}), r#""+33 1""#, r#""+33 1""#, Value::text("+33 1"), "null")]
#[case("relation", json!({"data_source_id": "ds2"}), r#"[{"id":"p1"},{"id":"p2"}]"#, r#"[{"id":"p1"},{"id":"p2"}]"#, links(&["p1", "p2"]), "[]")]
#[case("verification", json!({}), r#"{"state":"verified"}"#, r#"{"state":"verified","verified_by":null,"date":null}"#, Value::Choice(choice(Some("verified"), "verified")), r#"{"state":"unverified"}"#)]
fn what_is_read_is_written_the_same(
    #[case] of: &str,
    #[case] config: Json,
    #[case] sent: &str,
    #[case] held: &str,
    #[case] value: Value,
    #[case] cleared: &str,
) {
    let column = column(of, &config);
    assert_eq!(read(of, held), value);
    let json = |text: &str| serde_json::from_str::<Json>(text).unwrap();
    assert_eq!(json(&written(&column, &value)), json(sent));
    assert_eq!(written(&column, &Value::Empty), cleared);
}

#[rstest]
#[case("title", "[]", Value::Empty)]
#[case("relation", "[]", Value::Empty)]
#[case("number", "null", Value::Empty)]
#[case("number", "0", number("0"))]
#[case("number", "1.5e-7", number("0.00000015"))]
#[case("checkbox", "false", Value::Flag(false))]
#[case("files", r#"[{"name":"a.pdf","type":"external","external":{"url":"https://x/a.pdf"}},{"name":"b.pdf","type":"file","file":{"url":"https://y/b.pdf?X=1","expiry_time":"2026-01-01T00:00:00.000Z"}}]"#, Value::tags(["a.pdf", "b.pdf"]))]
#[case(
    "date",
    r#"{"start":"2026-07-01T10:00:00.000","end":null,"time_zone":"Europe/Paris"}"#,
    period("2026-07-01T10:00:00+02:00", Some("Europe/Paris"))
)]
#[case("people", r#"[{"object":"user","id":"u1","name":null,"type":"person","person":{"email":"a@b.c"}}]"#, Value::People(vec![person("u1", Some("a@b.c"))]))]
#[case("formula", r#"{"type":"string","string":"Sum"}"#, Value::text("Sum"))]
#[case("formula", r#"{"type":"number","number":3}"#, number("3"))]
#[case("formula", r#"{"type":"number","number":null}"#, Value::Empty)]
#[case("formula", r#"{"type":"boolean","boolean":true}"#, Value::Flag(true))]
#[case(
    "formula",
    r#"{"type":"date","date":{"start":"2025-08-31T09:43:00.000+00:00","end":null}}"#,
    period("2025-08-31T09:43:00Z", None)
)]
#[case("rollup", r#"{"type":"number","number":12.5,"function":"sum"}"#, number("12.5"))]
#[case("rollup", r#"{"type":"date","date":{"start":"2026-01-02","end":null},"function":"latest_date"}"#, Value::Date("2026-01-02".parse().unwrap()))]
#[case("rollup", r#"{"type":"array","array":[],"function":"show_original"}"#, Value::Empty)]
#[case("rollup", r#"{"type":"array","array":[{"type":"title","title":[{"type":"text","plain_text":"Acme"}]},{"type":"number","number":null},{"type":"select","select":{"id":"1","name":"B2B"}}],"function":"show_original"}"#, Value::text("Acme, B2B"))]
#[case("rollup", r#"{"type":"array","array":[{"type":"relation","relation":[{"id":"p1"}]},{"type":"relation","relation":[{"id":"p2"}]}]}"#, links(&["p1", "p2"]))]
#[case("created_time", r#""2026-07-04T09:08:00.000Z""#, Value::Instant("2026-07-04T09:08:00Z".parse().unwrap()))]
#[case("last_edited_time", r#""2026-07-04T09:08:00.000Z""#, Value::Instant("2026-07-04T09:08:00Z".parse().unwrap()))]
#[case("created_by", r#"{"object":"user","id":"u1"}"#, Value::People(vec![person("u1", None)]))]
#[case("last_edited_by", r#"{"object":"user","id":"u1"}"#, Value::People(vec![person("u1", None)]))]
#[case("unique_id", r#"{"prefix":"ST","number":12}"#, Value::text("ST-12"))]
#[case("unique_id", r#"{"prefix":null,"number":12}"#, Value::text("12"))]
#[case("verification", "null", Value::Empty)]
#[case("verification", r#"{"state":"unverified","verified_by":null,"date":null}"#, Value::Empty)]
#[case(
    "place",
    r#"{"lat":48.8,"lon":2.3,"name":"Bureau","address":"1 rue X","aws_place_id":null}"#,
    Value::text("Bureau, 1 rue X")
)]
#[case("button", "{}", Value::Empty)]
#[case("location", "null", Value::Empty)]
fn what_is_only_read_is_read(#[case] of: &str, #[case] held: &str, #[case] value: Value) {
    assert_eq!(read(of, held), value);
}

#[rstest]
#[case("something_new", "12", "something_new properties are not supported")]
#[case("number", r#""12""#, "not a number that can be kept: \"12\"")]
#[case("number", "1e300", "not a number that can be kept: 1e300")]
#[case("title", "12", "not of the property's type: 12")]
#[case("formula", r#"{"type":"unsupported","unsupported":{}}"#, "Notion does not tell what it computed")]
#[case("rollup", r#"{"type":"incomplete","incomplete":{}}"#, "Notion could not compute the rollup in time")]
#[case(
    "rollup",
    r#"{"type":"array","array":[{"type":"formula","formula":{"type":"unsupported"}}]}"#,
    "Notion does not tell what it computed"
)]
fn what_cannot_be_read_whole_is_unknown(#[case] of: &str, #[case] held: &str, #[case] why: &str) {
    assert_eq!(read(of, held), Value::Unknown(why.into()));
}

#[rstest]
#[case::a_relation_that_says_so(
    r#"{"id":"p","type":"relation","relation":[{"id":"1"}],"has_more":true}"#,
    true
)]
#[case::a_whole_relation(r#"{"id":"p","type":"relation","relation":[{"id":"1"}],"has_more":false}"#, false)]
#[case::a_rollup_that_took_too_long(r#"{"id":"p","type":"rollup","rollup":{"type":"incomplete"}}"#, true)]
fn what_a_page_may_show_the_beginning_of_is_told(#[case] property: &str, #[case] cut: bool) {
    assert_eq!(decode(&serde_json::from_str(property).unwrap()).cut, cut);
}

#[rstest]
#[case("people", r#"{"object":"user","id":"u"}"#)]
#[case("rich_text", r#"{"type":"mention","plain_text":"@Ana"}"#)]
fn twenty_five_references_may_be_the_first_of_more(#[case] of: &str, #[case] item: &str) {
    let list = |count: usize| format!("[{}]", vec![item; count].join(","));
    assert!(decode(&shown(of, &list(25))).cut);
    assert!(!decode(&shown(of, &list(24))).cut);
}

#[rstest]
#[case("formula", json!({}), number("1"), "computed or read-only")]
#[case("rollup", json!({"function": "sum"}), number("1"), "computed or read-only")]
#[case("files", json!({}), Value::tags(["a.pdf"]), "computed or read-only")]
#[case("unique_id", json!({}), Value::text("ST-1"), "computed or read-only")]
#[case("created_time", json!({}), Value::Empty, "computed or read-only")]
#[case("last_edited_time", json!({}), Value::Empty, "computed or read-only")]
#[case("created_by", json!({}), Value::Empty, "computed or read-only")]
#[case("last_edited_by", json!({}), Value::Empty, "computed or read-only")]
#[case("button", json!({}), Value::Empty, "computed or read-only")]
#[case("place", json!({}), Value::text("Paris"), "computed or read-only")]
#[case("location", json!({}), Value::text("Paris"), "computed or read-only")]
#[case("something_new", json!({}), Value::text("x"), "computed or read-only")]
#[case("number", json!({}), Value::text("12"), "holds number and cannot take “12”")]
#[case("number", json!({}), number("1234567890.123456789012345"), "use fewer digits")]
#[case("url", json!({}), Value::Text("x".repeat(2_001)), "has 2001 characters; Notion takes 2000")]
#[case("email", json!({}), Value::Text("x".repeat(201)), "has 201 characters; Notion takes 200")]
#[case("rich_text", json!({}), Value::Text("x".repeat(200_001)), "has 200001 characters; Notion takes 100 runs of 2000")]
#[case("rich_text", json!({}), Value::Unknown("cut".into()), "could not be read: cut")]
#[case("relation", json!({"data_source_id": "d"}), links(&["p"; 101]), "101 items for “P”; Notion takes 100")]
#[case("verification", json!({}), Value::Choice(choice(None, "expired")), "cannot take")]
fn what_a_property_cannot_hold_is_refused(
    #[case] of: &str,
    #[case] config: Json,
    #[case] value: Value,
    #[case] words: &str,
) {
    match encode(&column(of, &config), &value, true).unwrap_err() {
        Refusal::Wrong(why) => assert!(why.contains(words), "{why}"),
        other @ Refusal::UnknownOption(_) => panic!("{other:?}"),
    }
}

#[test]
fn long_text_is_sent_in_runs_and_read_as_one() {
    let text = Value::Text("Déjà vu 🤝 ".repeat(12_000));
    let sent: Vec<Json> = serde_json::from_str(&written(&column("rich_text", &json!({})), &text)).unwrap();
    // A run ends a unit early where the limit falls into a surrogate pair.
    assert_eq!(sent.len(), 132_000_usize.div_ceil(2_000) + 1);
    let held: Vec<Json> =
        sent.iter().map(|run| json!({"type": "text", "plain_text": run["text"]["content"]})).collect();
    assert_eq!(read("rich_text", &Json::from(held).to_string()), text);
}

#[test]
fn an_option_is_found_by_its_id_whatever_it_is_called_now_and_by_its_name_in_any_case() {
    let column = column("select", &stages());
    assert_eq!(written(&column, &Value::Choice(choice(Some("F<XA"), "Old name"))), r#"{"id":"F<XA"}"#);
    assert_eq!(written(&column, &Value::Choice(choice(None, "WON"))), r#"{"id":"F<XA"}"#);
}

#[test]
fn a_new_option_is_made_only_with_leave_never_with_a_comma_and_never_for_a_status() {
    let select = column("select", &stages());
    let named = |name: &str| Value::Choice(choice(None, name));
    let no_option = |name: &str| Refusal::UnknownOption(format!("property “P” has no option “{name}”"));
    assert_eq!(encode(&select, &named("New"), false).unwrap_err(), no_option("New"));
    let made = encode(&select, &named("New"), true).unwrap();
    assert_eq!((made.cell.get(), made.makes_option), (r#"{"select":{"name":"New"}}"#, true));
    assert!(
        matches!(encode(&select, &named("A, B"), true), Err(Refusal::Wrong(why)) if why.contains("no comma"))
    );
    assert!(encode(&select, &named(&"x".repeat(101)), true).is_err());
    assert!(encode(&select, &Value::Choice(choice(Some("gone"), "Gone")), true).is_err());
    let status = column("status", &stages());
    assert_eq!(encode(&status, &named("New"), true).unwrap_err(), no_option("New"));
}

#[test]
fn computed_values_in_each_other_are_read_as_deep_as_notion_makes_them() {
    let nested = |levels: usize| {
        let opening = r#"{"type":"formula","formula":"#.repeat(levels);
        format!(r#"{opening}{{"type":"string","string":"x"}}{}"#, "}".repeat(levels))
    };
    assert_eq!(read("formula", &nested(2)), Value::text("x"));
    let rollup = format!(r#"{{"type":"array","array":[{{"type":"formula","formula":{}}}]}}"#, nested(0));
    assert_eq!(read("rollup", &rollup), Value::text("x"));
    for levels in [10, 100_000] {
        let read = read("formula", &nested(levels));
        assert!(matches!(&read, Value::Unknown(why) if why.contains("deeper")), "{levels}: {read:?}");
    }
}
