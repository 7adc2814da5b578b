//! What Notion was seen to answer, and what it may answer one day: each is read as it is documented or is unknown in its
//! own field, and none keeps what stands beside it from being read.

use connector_core::ErrorKind;
use connector_core::connector::{Listing, Presence};
use connector_core::id::FieldId;
use connector_core::provider::Provider;
use connector_core::schema::FieldKind;
use connector_core::value::Value as Cell;
use rstest::rstest;
use serde_json::{Value, json};
use wiremock::ResponseTemplate;
use wiremock::matchers::method;

use crate::notion::{
    AndPath, DATABASE_ID, Notion, QUERY, SOURCE, SOURCE_ID, fields, list, list_names, ok, page, read_pages,
    source, text,
};

/// What a property of a type holds, and how it reads.
type Case = (&'static str, Value, &'static str);

fn mention(kind: &str, held: &Value, words: &str) -> Value {
    let mut piece = json!({"type": "mention", "mention": {"type": kind}, "plain_text": words, "href": null});
    piece["mention"][kind] = held.clone();
    piece
}

fn texts() -> Vec<Case> {
    let mentions = json!([
        text("Vu "),
        mention("user", &json!({"object": "user", "id": "u1"}), "@Ana"),
        mention("page", &json!({"id": "p9"}), "Annexe"),
        mention("date", &json!({"start": "2026-05-01", "end": null, "time_zone": null}), "2026-05-01"),
        mention("link_mention", &json!({"href": "https://a.b"}), "https://a.b"),
        mention("custom_emoji", &json!({"id": "e1", "name": "ok", "url": "https://a.b"}), ":ok:"),
        mention("something_new", &json!({}), "!"),
        {"type": "equation", "equation": {"expression": "x^2"}, "plain_text": "x^2", "href": null},
    ]);
    vec![
        ("rich_text", json!([]), "(empty)"),
        ("rich_text", json!(null), "(empty)"),
        ("rich_text", mentions, "“Vu @AnaAnnexe2026-05-01https://a.b:ok:!x^2”"),
        (
            "rich_text",
            json!([{"type": null, "plain_text": "sans style", "annotations": null}]),
            "“sans style”",
        ),
        ("rich_text", json!([{"type": "text", "text": {"content": "x"}}]), "?not of the property's type"),
        ("rich_text", json!("text"), "?not of the property's type"),
        ("url", json!("https://a.b"), "“https://a.b”"),
        ("url", json!(null), "(empty)"),
        ("email", json!(""), "(empty)"),
        ("phone_number", json!("+33 1"), "“+33 1”"),
        ("phone_number", json!(331), "?not of the property's type"),
    ]
}

fn numbers_and_flags() -> Vec<Case> {
    let number = |text: &str| serde_json::from_str(text).unwrap();
    vec![
        ("number", json!(null), "(empty)"),
        ("number", json!(0), "0"),
        ("number", number("9007199254740993"), "9007199254740993"),
        ("number", number("1.5e-7"), "0.00000015"),
        ("number", json!("12"), "?not a number that can be kept"),
        ("number", number("1e300"), "?not a number that can be kept"),
        ("checkbox", json!(false), "no"),
        ("checkbox", json!(null), "(empty)"),
        ("checkbox", json!("yes"), "?not of the property's type"),
    ]
}

fn options_and_dates() -> Vec<Case> {
    let option =
        |id: Value, name: Value| json!({"id": id, "name": name, "color": "brown", "description": null});
    vec![
        ("select", json!(null), "(empty)"),
        ("select", option(json!("F<XA"), json!("Conception")), "“Conception”"),
        ("select", option(json!("F<XA"), json!(null)), "?not of the property's type"),
        (
            "status",
            option(json!("dfd8a326-f149-4b01-b01a-57d8aed6de1b"), json!("Not started")),
            "“Not started”",
        ),
        ("multi_select", json!([]), "(empty)"),
        ("multi_select", json!([option(json!("a"), json!("A")), option(json!("b"), json!("B"))]), "A, B"),
        ("multi_select", json!([option(json!("a"), json!("A")), null]), "?not of the property's type"),
        ("date", json!(null), "(empty)"),
        ("date", json!({"start": "2026-05-01", "end": null, "time_zone": null}), "2026-05-01"),
        ("date", json!({"start": "2026-05-01"}), "2026-05-01"),
        ("date", json!({"start": "2026-05-01", "end": "2026-05-03"}), "2026-05-01 → 2026-05-03"),
        ("date", json!({"start": "2022-02-25T01:23:00.000+09:00", "end": null}), "2022-02-25 01:23 +09:00"),
        (
            "date",
            json!({"start": "2026-05-01T10:00:00.000", "end": null, "time_zone": "Europe/Paris"}),
            "2026-05-01 10:00 +02:00",
        ),
        ("date", json!({"start": null, "end": null}), "?not of the property's type"),
        ("date", json!({"start": "demain"}), "?not a time that can be read"),
        ("created_time", json!("2026-07-04T09:08:00.000Z"), "2026-07-04 09:08:00 UTC"),
        ("last_edited_time", json!("2026-07-04T09:08:53.017+00:00"), "2026-07-04 09:08:53 UTC"),
    ]
}

fn people_and_things() -> Vec<Case> {
    let ana = json!({"object": "user", "id": "u1", "name": "Ana", "avatar_url": null, "type": "person",
        "person": {"email": "ana@a.b", "email_verified": true}});
    let bot =
        json!({"object": "user", "id": "b1", "name": "CRM", "avatar_url": null, "type": "bot", "bot": {}});
    let hosted = json!({"name": null, "type": "file",
        "file": {"url": "https://s3.a.b/1/devis.pdf?X-Amz-Signature=1", "expiry_time": "2026-05-01T10:00:00.000Z"}});
    vec![
        ("people", json!([]), "(empty)"),
        (
            "people",
            json!([ana, {"object": "user", "id": "u2"}, {"object": "group", "id": "g1", "name": "Ventes"}]),
            "Ana, u2, Ventes",
        ),
        ("people", json!([{"object": "user", "id": "u3", "name": null, "person": {}}]), "u3"),
        ("people", json!([{"object": "user"}]), "?not of the property's type"),
        ("created_by", bot.clone(), "CRM"),
        ("last_edited_by", json!({"object": "user", "id": "u2"}), "u2"),
        ("created_by", json!(null), "(empty)"),
        ("files", json!([]), "(empty)"),
        (
            "files",
            json!([hosted, {"name": "a.png", "type": "external", "external": {"url": "https://a.b/x.png"}}]),
            "devis.pdf, a.png",
        ),
        ("files", json!([{"type": "something_new"}]), "file"),
        ("relation", json!([]), "(empty)"),
        ("relation", json!([{"id": "p1"}, {"id": "p2"}]), "p1, p2"),
        ("relation", json!([{"page": "p1"}]), "?not of the property's type"),
        ("unique_id", json!({"prefix": "ST", "number": 3}), "“ST-3”"),
        ("unique_id", json!({"prefix": null, "number": 3}), "“3”"),
        ("unique_id", json!({"prefix": "", "number": 3}), "“3”"),
        ("unique_id", json!({"prefix": "ST", "number": null}), "(empty)"),
        ("verification", json!(null), "(empty)"),
        ("verification", json!({"state": "unverified", "verified_by": null, "date": null}), "(empty)"),
        (
            "verification",
            json!({"state": "expired", "verified_by": bot, "date": {"start": "2025-02-10T15:00:00.000Z"}}),
            "“expired”",
        ),
        ("place", json!(null), "(empty)"),
        (
            "place",
            json!({"lat": 48.1, "lon": -1.68, "name": "Siège", "address": "1 rue A, Rennes", "aws_place_id": null}),
            "“Siège, 1 rue A, Rennes”",
        ),
        ("place", json!({"lat": 48.1, "lon": -1.68, "name": null, "address": null}), "“48.1, -1.68”"),
        ("place", json!({}), "?a place without a name and without coordinates"),
        ("button", json!({}), "(empty)"),
    ]
}

fn computed() -> Vec<Case> {
    let array = |items: Value| json!({"type": "array", "array": items, "function": "show_original"});
    vec![
        ("formula", json!(null), "(empty)"),
        ("formula", json!({"type": "string", "string": null}), "(empty)"),
        ("formula", json!({"type": "string", "string": "n° 1"}), "“n° 1”"),
        ("formula", json!({"type": "number", "number": 0}), "0"),
        ("formula", json!({"type": "boolean", "boolean": true}), "yes"),
        (
            "formula",
            json!({"type": "date", "date": {"start": "2025-08-31T09:43:00.000+00:00", "end": null, "time_zone": null}}),
            "2025-08-31 09:43 +00:00",
        ),
        (
            "formula",
            json!({"type": "unsupported", "unsupported": {}}),
            "?Notion does not tell what it computed",
        ),
        ("formula", json!({"type": "list", "list": [1]}), "?list properties are not supported"),
        ("formula", json!({"type": "number"}), "?a number without a value"),
        ("rollup", json!({"type": "number", "number": null, "function": "sum"}), "(empty)"),
        ("rollup", json!({"type": "date", "date": null, "function": "latest_date"}), "(empty)"),
        ("rollup", array(json!([])), "(empty)"),
        (
            "rollup",
            array(json!([
                {"type": "title", "title": [text("Acme")]},
                {"type": "formula", "formula": {"type": "string", "string": "12 €"}},
                {"type": "multi_select", "multi_select": [{"id": "a", "name": "A"}]},
                {"type": "people", "people": []},
                {"type": "date", "date": {"start": "2026-05-01", "end": null, "time_zone": null}},
            ])),
            "“Acme, 12 €, A, 2026-05-01”",
        ),
        (
            "rollup",
            array(json!([{"type": "unsupported", "unsupported": {}}])),
            "?Notion does not tell what it computed",
        ),
        ("rollup", array(json!([null])), "?a computed value without a type"),
        (
            "rollup",
            json!({"type": "unsupported", "unsupported": {}, "function": "sum"}),
            "?Notion does not tell what it computed",
        ),
    ]
}

fn unheard_of() -> Vec<Case> {
    vec![
        ("location", json!({"lat": 1}), "?location properties are not supported"),
        (
            "last_visited_time",
            json!("2026-05-01T10:00:00.000Z"),
            "?last_visited_time properties are not supported",
        ),
        ("something_new", json!(null), "(empty)"),
        ("something_new", json!([]), "(empty)"),
        ("something_new", json!({"size": 3}), "?something_new properties are not supported"),
    ]
}

fn shown(cell: &Cell) -> String {
    match cell {
        Cell::Unknown(why) => format!("?{why}"),
        cell => cell.to_string(),
    }
}

/// Notion with a data source of these properties, each by its number, and these pages in it.
async fn with(definitions: &Value, pages: &[Value]) -> Notion {
    let notion = Notion::bare().await;
    let mut source = source();
    for (name, definition) in definitions.as_object().unwrap() {
        source["properties"][name] = definition.clone();
    }
    notion.answer(method("GET").and_path(SOURCE), ok(&source)).await;
    notion.answer(method("POST").and_path(QUERY), ok(&list(pages, None))).await;
    notion
}

#[rstest]
#[case::texts(texts())]
#[case::numbers_and_flags(numbers_and_flags())]
#[case::options_and_dates(options_and_dates())]
#[case::people_and_things(people_and_things())]
#[case::computed(computed())]
#[case::unheard_of(unheard_of())]
#[tokio::test]
async fn what_a_property_holds_is_read_as_documented_or_unknown_in_it_alone(#[case] cases: Vec<Case>) {
    let (mut definitions, mut held) = (json!({}), json!({}));
    let ids: Vec<FieldId> = (0..cases.len()).map(|number| format!("f%3A{number}").into()).collect();
    for (id, (kind, value, _)) in ids.iter().zip(&cases) {
        let id = id.to_string();
        definitions[&id] = json!({"id": id, "name": id, "type": kind, *kind: {}, "new_key": [1]});
        held[&id] = json!({"id": id, "type": kind, *kind: value, "new_key": {"a": 1}});
    }
    let notion = with(&definitions, &[page("odd", "Odd", &held), page("plain", "Plain", &json!({}))]).await;
    let all: Vec<FieldId> = ids.iter().cloned().chain(fields(["title"])).collect();
    let pages = read_pages(&*notion.connector(), Listing::everything(all)).await.unwrap();
    let [odd, plain] = pages[0].deals.as_slice() else { panic!("{pages:?}") };
    for (id, (kind, value, expected)) in ids.iter().zip(&cases) {
        let read = shown(odd.cell(id));
        let fits = if expected.starts_with('?') { read.starts_with(expected) } else { read == *expected };
        assert!(fits, "{kind} {value} reads as {read}, not as {expected}");
        assert!(plain.cell(id).is_unknown(), "what a page does not show is not empty");
    }
    assert_eq!(
        (odd.cell(&"title".into()), plain.cell(&"title".into())),
        (&Cell::text("Odd"), &Cell::text("Plain"))
    );
}

#[rstest]
#[case::no_object(json!(null))]
#[case::words(json!("gone"))]
#[case::without_a_type(json!({"id": "am%3At"}))]
#[case::without_a_value(json!({"id": "am%3At", "type": "number"}))]
#[case::with_an_odd_type(json!({"id": "am%3At", "type": {"of": 1}, "number": 1}))]
#[case::without_an_id(json!({"type": "number", "number": 1}))]
#[tokio::test]
async fn a_property_of_another_shape_is_unknown_and_its_page_is_read(#[case] amount: Value) {
    let notion = with(&json!({}), &[page("odd", "Odd", &json!({"Amount": amount}))]).await;
    let pages =
        read_pages(&*notion.connector(), Listing::everything(fields(["title", "am%3At"]))).await.unwrap();
    let odd = &pages[0].deals[0];
    assert!(odd.cell(&"am%3At".into()).is_unknown(), "{odd:?}");
    assert_eq!(odd.cell(&"title".into()), &Cell::text("Odd"));
}

/// A page that holds its name, with these members instead of the usual ones; `null` takes one away.
fn page_with(members: &Value) -> Value {
    let mut page = page("odd", "Odd", &json!({}));
    for (name, member) in members.as_object().unwrap() {
        page[name] = member.clone();
    }
    page
}

#[rstest]
#[case::flags_that_are_null(json!({"in_trash": null, "archived": null, "is_archived": null, "is_locked": null}), true)]
#[case::nobodys(json!({"created_by": null, "last_edited_by": {"object": "user"}}), true)]
#[case::times_that_cannot_be_read(json!({"created_time": 1, "last_edited_time": "soon"}), true)]
#[case::a_new_kind_of_parent(json!({"parent": {"type": "agent_id", "agent_id": "a1"}}), true)]
#[case::a_parent_of_older_days(json!({"parent": {"type": "database_id", "database_id": DATABASE_ID}}), true)]
#[case::new_members(json!({"icon": {"type": "icon", "icon": {"name": "x"}}, "cover": 3, "locale": ["fr"]}), true)]
#[case::no_address(json!({"url": null, "public_url": null}), true)]
#[case::no_properties(json!({"properties": null}), false)]
#[case::a_list_of_properties(json!({"properties": []}), false)]
#[tokio::test]
async fn a_page_of_another_shape_is_listed_with_those_beside_it(#[case] members: Value, #[case] named: bool) {
    let plain = page("plain", "Plain", &json!({}));
    let notion = with(&json!({}), &[page_with(&members), plain]).await;
    let pages = list_names(&*notion.connector()).await.unwrap();
    let [odd, plain] = pages[0].deals.as_slice() else { panic!("{pages:?}") };
    assert_eq!((odd.id.as_str(), plain.id.as_str()), ("odd", "plain"));
    assert_eq!(plain.cell(&"title".into()), &Cell::text("Plain"));
    let name = odd.cell(&"title".into());
    assert!(if named { *name == Cell::text("Odd") } else { name.is_unknown() }, "{name}");
}

#[tokio::test]
async fn a_page_that_nobody_can_tell_from_another_is_no_complete_listing() {
    let notion = with(&json!({}), &[page_with(&json!({"id": null}))]).await;
    assert_eq!(list_names(&*notion.connector()).await.unwrap_err().kind(), ErrorKind::Malformed);
}

#[rstest]
#[case::today(json!({"in_trash": true}))]
#[case::once_with_both(json!({"in_trash": true, "archived": true}))]
#[case::in_2023(json!({"in_trash": null, "archived": true}))]
#[tokio::test]
async fn the_trash_has_its_name_of_the_day(#[case] members: Value) {
    let notion = with(&json!({}), &[]).await;
    notion.answer(method("GET").and_path("/v1/pages/odd"), ok(&page_with(&members))).await;
    let read = notion.connector().read(&["odd".into()], &fields(["title"])).await.unwrap();
    assert!(matches!(read[0], Presence::Trashed(_)), "{read:?}");
}

#[tokio::test]
async fn a_schema_of_other_shapes_is_read_as_far_as_it_is_understood() {
    let definitions = json!({
        "Nothing": null,
        "Words": "text",
        "No id": {"type": "number", "number": {}},
        "No type": {"id": "a", "name": "No type"},
        "No configuration": {"id": "b", "type": "number", "number": null},
        "Odd format": {"id": "c", "type": "number", "number": {"format": 3}},
        "Odd options": {"id": "d", "type": "select", "select": {"options": [{"id": "1", "name": "A"}, {"id": "2"}, null]}},
        "No options": {"id": "e", "type": "status", "status": {"options": null, "groups": null}},
        "Unnamed": {"id": "f", "name": null, "description": {"a": 1}, "type": "checkbox", "checkbox": []},
        "Unshared": {"id": "g", "type": "relation", "relation": {"type": "single_property"}},
        "New": {"id": "h", "type": "something_new", "something_new": {"a": [1]}},
    });
    let notion = with(&definitions, &[]).await;
    let schema = notion.connector().schema().await.unwrap();
    let kind = |name: &str| schema.field_named(name).map(|field| field.kind.name().to_owned());
    let found: Vec<_> = definitions.as_object().unwrap().keys().map(|name| kind(name)).collect();
    let expected = [
        ("New", Some("something_new")),
        ("No configuration", Some("number")),
        ("No id", None),
        ("No options", Some("select")),
        ("No type", Some("")),
        ("Nothing", None),
        ("Odd format", Some("number")),
        ("Odd options", Some("select")),
        ("Unnamed", Some("checkbox")),
        ("Unshared", Some("relation")),
        ("Words", None),
    ];
    let names: Vec<_> = definitions.as_object().unwrap().keys().map(String::as_str).collect();
    let found: Vec<_> = names.into_iter().zip(found.iter().map(Option::as_deref)).collect();
    assert_eq!(found, expected);
    let FieldKind::Select { options, .. } = &schema.field(&"d".into()).unwrap().kind else { panic!() };
    assert_eq!(options.len(), 1);
    assert_eq!(kind("Amount").as_deref(), Some("currency"), "the others stay as they are");
}

#[tokio::test]
async fn databases_of_other_shapes_are_found_beside_the_others() {
    let notion = Notion::bare().await;
    let found = [
        json!({"object": "data_source", "id": "s1", "title": null, "parent": null}),
        json!({"object": "data_source", "id": "s2", "title": [text("Deals"), {"type": "text"}],
            "parent": {"type": "database_id", "database_id": "d2"}, "properties": {"P": null}}),
        json!({"object": "data_source", "id": "s3", "title": [], "archived": true,
            "parent": {"type": "database_id", "database_id": "d3"}}),
    ];
    notion.answer(method("POST").and_path("/v1/search"), ok(&list(&found, None))).await;
    let bases = notion.provider().bases().await.unwrap();
    let bases: Vec<_> = bases.iter().map(|base| (base.id.as_str(), base.name.as_str())).collect();
    assert_eq!(bases, [("d2", "Deals"), ("s1", "")]);
}

#[rstest]
#[case::no_words(json!({"object": "error", "status": 400, "code": null, "message": null, "additional_data": null}))]
#[case::numbers(json!({"code": 1, "message": 2, "additional_data": {"committed_resource_id": 3}}))]
#[case::a_list(json!([1]))]
#[case::null(json!(null))]
#[tokio::test]
async fn an_error_of_another_shape_is_still_a_refusal(#[case] body: Value) {
    let notion = Notion::start().await;
    let answer = ResponseTemplate::new(400).set_body_json(body);
    notion.answer(method("POST").and_path(QUERY), answer).await;
    let error = list_names(&*notion.connector()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Rejected, "{error}");
    assert!(error.to_string().contains("status 400"), "{error}");
    assert_eq!(notion.requests().await, [format!("POST /v1/data_sources/{SOURCE_ID}/query")]);
}
