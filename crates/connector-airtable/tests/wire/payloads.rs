//! What Airtable was seen to answer, and what it may answer one day: each is read as it is documented or is unknown in
//! its own field, and none keeps what stands beside it from being read.

use connector_core::ErrorKind;
use connector_core::connector::Listing;
use connector_core::id::FieldId;
use connector_core::provider::Provider;
use connector_core::value::Value as Cell;
use rstest::rstest;
use serde_json::{Value, json};
use wiremock::ResponseTemplate;
use wiremock::matchers::method;

use crate::airtable::{
    Airtable, AndPath, TABLE, TABLES, fields, list, list_names, ok, record, records, tables,
};

/// A field's type, its options, what its cell holds, and how it reads.
type Case = (&'static str, Value, Value, &'static str);

fn texts() -> Vec<Case> {
    let none = || json!(null);
    vec![
        ("singleLineText", none(), json!("Été 🤝"), "“Été 🤝”"),
        ("singleLineText", none(), json!(null), "(empty)"),
        (
            "multilineText",
            none(),
            json!("Vu <airtable:mention id=\"menA\">@Ana</airtable:mention>"),
            "“Vu <airtable:mention id=\"menA\">@Ana</airtable:mention>”",
        ),
        ("multilineText", none(), json!(12), "?not of the field's type"),
        ("richText", none(), json!("- a\n"), "“- a ”"),
        ("email", none(), json!("a@b.c"), "“a@b.c”"),
        ("url", none(), json!("a.b"), "“a.b”"),
        ("phoneNumber", none(), json!("+33 1"), "“+33 1”"),
        ("barcode", none(), json!({"text": "370", "type": "ean13"}), "“370”"),
        ("barcode", none(), json!({"type": "ean13"}), "(empty)"),
        ("button", none(), json!({"label": "Ouvrir", "url": "https://a.b"}), "“https://a.b”"),
        ("button", none(), json!({"label": "Ouvrir", "url": null}), "(empty)"),
        ("button", none(), json!({"label": "Ouvrir"}), "(empty)"),
        (
            "aiText",
            json!({"prompt": ["x"]}),
            json!({"state": "generated", "isStale": true, "value": "Vu"}),
            "“Vu”",
        ),
        ("aiText", json!({}), json!({"state": "empty", "isStale": false, "value": null}), "(empty)"),
        (
            "aiText",
            json!({}),
            json!({"state": "loading", "isStale": true, "value": "Vu"}),
            "?the generated text is in state loading",
        ),
        (
            "aiText",
            json!({}),
            json!({"state": "error", "errorType": "x", "isStale": false, "value": null}),
            "?the generated text is in state error",
        ),
    ]
}

fn numbers() -> Vec<Case> {
    let number = |text: &str| serde_json::from_str(text).unwrap();
    vec![
        ("number", json!({"precision": 0}), json!(0), "0"),
        ("number", json!({"precision": 8}), number("0.1"), "0.1"),
        ("number", json!({"precision": null}), json!(1), "1"),
        ("number", json!({}), json!("12"), "?not a number that can be kept"),
        ("number", json!({}), json!({"specialValue": "NaN"}), "?NaN"),
        ("number", json!({}), json!({"specialValue": "-Infinity"}), "?-Infinity"),
        ("currency", json!({"precision": 2, "symbol": "€"}), number("8500.1"), "8500.1"),
        ("percent", json!({"precision": 1}), number("0.123"), "0.123"),
        ("duration", json!({"durationFormat": "h:mm:ss.SSS"}), number("90.125"), "90.125"),
        ("rating", json!({"icon": "star", "max": 5, "color": "yellowBright"}), json!(3), "3"),
        ("checkbox", json!({"icon": "check", "color": "greenBright"}), json!(true), "yes"),
        ("count", json!({"isValid": true, "recordLinkFieldId": "fldX"}), json!(0), "0"),
        ("autoNumber", json!(null), json!(7), "7"),
    ]
}

fn options_and_dates() -> Vec<Case> {
    let choices = || json!({"choices": [{"id": "selA", "name": "Lead", "color": "blueLight2"}, {"id": "selB", "name": "Won"}]});
    vec![
        ("singleSelect", choices(), json!("Lead"), "“Lead”"),
        ("singleSelect", choices(), json!({"id": "selB", "name": "Won", "color": "redBright"}), "“Won”"),
        ("singleSelect", choices(), json!(["Lead"]), "?not of the field's type"),
        ("multipleSelects", choices(), json!(["Won", "Lead"]), "Won, Lead"),
        ("multipleSelects", choices(), json!([]), "(empty)"),
        ("multipleSelects", choices(), json!(["Won", null]), "?not of the field's type"),
        ("externalSyncSource", choices(), json!("Lead"), "“Lead”"),
        ("date", json!({"dateFormat": {"name": "local", "format": "l"}}), json!("2026-05-01"), "2026-05-01"),
        ("date", json!({}), json!("1er mai"), "?not of the field's type"),
        (
            "dateTime",
            json!({"timeZone": "client"}),
            json!("2026-05-01T10:00:00.000Z"),
            "2026-05-01 10:00:00 UTC",
        ),
        (
            "createdTime",
            json!({"result": {"type": "dateTime", "options": {"timeZone": "utc"}}}),
            json!("2026-05-01T10:00:00.000Z"),
            "2026-05-01 10:00:00 UTC",
        ),
        ("createdTime", json!(null), json!("2026-05-01T10:00:00.000Z"), "2026-05-01 10:00:00 UTC"),
        (
            "lastModifiedTime",
            json!({"isValid": true, "referencedFieldIds": [], "result": {"type": "date"}}),
            json!("2026-05-01"),
            "2026-05-01",
        ),
    ]
}

fn people_and_things() -> Vec<Case> {
    let ana = json!({"id": "usrA", "email": "ana@a.b", "name": "Ana", "permissionLevel": "create"});
    let files = json!([
        {"id": "attA", "url": "https://v5.a.b/x?ts=1", "filename": "devis.pdf", "size": 3, "type": "application/pdf"},
        {"id": "attB", "url": "https://v5.a.b/y", "filename": null, "thumbnails": {"small": {"url": "u"}}},
    ]);
    vec![
        ("singleCollaborator", json!({}), ana.clone(), "Ana"),
        ("singleCollaborator", json!(null), json!({"id": "usrB"}), "usrB"),
        ("singleCollaborator", json!({}), json!("Ana"), "?not of the field's type"),
        ("multipleCollaborators", json!({}), json!([ana, {"id": "ugpV", "name": "Ventes"}]), "Ana, Ventes"),
        ("createdBy", json!(null), json!({"id": "usrA", "name": "Ana", "email": null}), "Ana"),
        ("lastModifiedBy", json!(null), json!({"id": "usrA"}), "usrA"),
        ("multipleAttachments", json!({"isReversed": false}), files, "devis.pdf, attB"),
        ("multipleAttachments", json!({}), json!([]), "(empty)"),
        ("multipleRecordLinks", json!({}), json!(["recA"]), "?multipleRecordLinks fields are not supported"),
        ("manualSort", json!(null), json!("aaa"), "?manualSort fields are not supported"),
        ("somethingNew", json!([1]), json!({"a": 1}), "?somethingNew fields are not supported"),
    ]
}

fn computed() -> Vec<Case> {
    let of = |kind: &str| json!({"isValid": true, "referencedFieldIds": [], "result": {"type": kind, "options": null}});
    let error = || json!({"error": "#ERROR!"});
    vec![
        ("formula", of("singleLineText"), json!("n° 1"), "“n° 1”"),
        ("formula", of("singleLineText"), error(), "?#ERROR!"),
        ("formula", of("number"), json!([1]), "1"),
        ("formula", of("number"), json!({"specialValue": "Infinity"}), "?Infinity"),
        ("formula", of("number"), json!({"error": "#ERROR!", "more": 1}), "?not a number that can be kept"),
        ("formula", of("checkbox"), json!(1), "yes"),
        ("formula", of("date"), json!("2026-05-01T00:00:00.000Z"), "2026-05-01"),
        ("formula", json!({"isValid": false, "result": null}), error(), "?#ERROR!"),
        ("formula", json!({"isValid": true}), json!("x"), "?formula fields are not supported"),
        ("rollup", of("number"), json!({"specialValue": "NaN"}), "?NaN"),
        ("rollup", of("number"), json!(12.5), "12.5"),
        ("rollup", of("singleLineText"), json!(["a", "b"]), "“a, b”"),
        ("multipleLookupValues", of("number"), json!([12.5]), "12.5"),
        ("multipleLookupValues", of("number"), json!([1, 2]), "?2 values where one can be read"),
        ("multipleLookupValues", of("number"), json!([]), "(empty)"),
        ("multipleLookupValues", of("number"), json!([null, 3]), "3"),
        ("multipleLookupValues", of("singleLineText"), json!(["Paris", null, "Lyon"]), "“Paris, Lyon”"),
        ("multipleLookupValues", of("singleLineText"), json!([error()]), "?#ERROR!"),
        (
            "multipleLookupValues",
            of("multipleAttachments"),
            json!([{"id": "attA", "filename": "a.pdf"}]),
            "a.pdf",
        ),
        ("multipleLookupValues", of("createdBy"), json!([{"id": "usrA", "name": "Ana"}]), "Ana"),
        ("multipleLookupValues", of("checkbox"), json!([true, true]), "yes"),
        ("multipleLookupValues", of("date"), json!(["2026-05-01"]), "2026-05-01"),
        (
            "multipleLookupValues",
            json!({"isValid": true, "result": null}),
            json!(["x"]),
            "?multipleLookupValues fields are not supported",
        ),
        ("lookup", of("singleLineText"), json!(["Paris"]), "“Paris”"),
    ]
}

fn shown(cell: &Cell) -> String {
    match cell {
        Cell::Unknown(why) => format!("?{why}"),
        cell => cell.to_string(),
    }
}

/// Airtable with these fields besides those of the deals, and these records among the deals.
async fn with(more: &[Value], found: &[Value]) -> Airtable {
    let airtable = Airtable::start().await;
    let mut tables = tables();
    tables["tables"][0]["fields"].as_array_mut().unwrap().extend_from_slice(more);
    airtable.answer_once(method("GET").and_path(TABLES), ok(&tables)).await;
    airtable.answer(method("GET").and_path(TABLE), ok(&records(found))).await;
    airtable
}

#[rstest]
#[case::texts(texts())]
#[case::numbers(numbers())]
#[case::options_and_dates(options_and_dates())]
#[case::people_and_things(people_and_things())]
#[case::computed(computed())]
#[tokio::test]
async fn what_a_cell_holds_is_read_as_documented_or_unknown_in_it_alone(#[case] cases: Vec<Case>) {
    let ids: Vec<FieldId> = (0..cases.len()).map(|number| format!("fld{number}").into()).collect();
    let (mut more, mut cells) = (Vec::new(), json!({"fldName": "Odd"}));
    for (id, (kind, options, cell, _)) in ids.iter().zip(&cases) {
        more.push(json!({"id": id, "name": id, "type": kind, "options": options, "newKey": [1]}));
        cells[id.as_str()] = cell.clone();
    }
    let odd = record("recOdd", &cells);
    let airtable = with(&more, &[odd, record("recPlain", &json!({"fldName": "Plain"}))]).await;
    let all: Vec<FieldId> = ids.iter().cloned().chain(fields(["fldName"])).collect();
    let pages = list(&*airtable.connector(), Listing::everything(all)).await.unwrap();
    let [odd, plain] = pages[0].deals.as_slice() else { panic!("{pages:?}") };
    for (id, (kind, options, cell, expected)) in ids.iter().zip(&cases) {
        let read = shown(odd.cell(id));
        let fits = if expected.starts_with('?') { read.starts_with(expected) } else { read == *expected };
        assert!(fits, "{kind} {options} {cell} reads as {read}, not as {expected}");
        assert!(plain.cell(id).is_empty(), "Airtable leaves out what is empty");
    }
    let names = [odd, plain].map(|deal| deal.cell(&"fldName".into()).clone());
    assert_eq!(names, [Cell::text("Odd"), Cell::text("Plain")]);
}

#[rstest]
#[case::no_cells(json!({"id": "recOdd", "createdTime": "2026-05-01T09:00:00.000Z", "fields": null}), false)]
#[case::cells_left_out(json!({"id": "recOdd"}), false)]
#[case::a_list_of_cells(json!({"id": "recOdd", "fields": []}), false)]
#[case::no_time(json!({"id": "recOdd", "createdTime": null, "fields": {"fldName": "Odd"}}), true)]
#[case::new_members(json!({"id": "recOdd", "createdTime": 3, "commentCount": 2, "new": {}, "fields": {"fldName": "Odd", "fldNew": {"a": 1}}}), true)]
#[tokio::test]
async fn a_record_of_another_shape_is_listed_with_those_beside_it(#[case] odd: Value, #[case] named: bool) {
    let airtable = with(&[], &[odd, record("recPlain", &json!({"fldName": "Plain"}))]).await;
    let pages = list_names(&*airtable.connector()).await.unwrap();
    let [odd, plain] = pages[0].deals.as_slice() else { panic!("{pages:?}") };
    assert_eq!((odd.id.as_str(), plain.id.as_str()), ("recOdd", "recPlain"));
    assert_eq!(plain.cell(&"fldName".into()), &Cell::text("Plain"));
    let name = odd.cell(&"fldName".into());
    assert!(if named { *name == Cell::text("Odd") } else { name.is_unknown() }, "{name}");
}

#[tokio::test]
async fn a_record_that_nobody_can_tell_from_another_is_no_complete_listing() {
    let airtable = with(&[], &[json!({"id": null, "fields": {}})]).await;
    assert_eq!(list_names(&*airtable.connector()).await.unwrap_err().kind(), ErrorKind::Malformed);
}

#[tokio::test]
async fn a_schema_of_other_shapes_is_read_as_far_as_it_is_understood() {
    let more = [
        json!(null),
        json!({"name": "No id", "type": "number"}),
        json!({"id": "fldA", "name": "No type"}),
        json!({"id": "fldB", "name": "Odd type", "type": 3}),
        json!({"id": "fldC", "name": null, "type": "checkbox", "options": [], "description": 3}),
        json!({"id": "fldD", "name": "Odd options", "type": "singleSelect", "options": {"choices": [{"id": "selA", "name": "A"}, {"id": "selB"}, null]}}),
        json!({"id": "fldE", "name": "No choices", "type": "multipleSelects", "options": {"choices": null}}),
        json!({"id": "fldF", "name": "Odd precision", "type": "currency", "options": {"precision": -1, "symbol": null}}),
    ];
    let airtable = with(&more, &[]).await;
    let schema = airtable.connector().schema().await.unwrap();
    let kinds: Vec<_> =
        schema.fields.iter().skip(6).map(|field| (field.id.as_str(), field.kind.name())).collect();
    let expected = [
        ("fldA", ""),
        ("fldB", ""),
        ("fldC", "checkbox"),
        ("fldD", "select"),
        ("fldE", "multi_select"),
        ("fldF", "currency"),
    ];
    assert_eq!(kinds, expected);
    assert_eq!(schema.field(&"fldD".into()).unwrap().kind.options().len(), 1);
    let unknown: Vec<_> = schema.fields.iter().filter(|field| field.kind.name().is_empty()).collect();
    assert!(unknown.iter().all(|field| !field.writable), "{unknown:?}");
}

#[tokio::test]
async fn bases_and_tables_of_other_shapes_are_found_beside_the_others() {
    let airtable = Airtable::start().await;
    let bases = json!({"bases": [{"id": "appA"}, {"id": "appB", "name": "CRM", "permissionLevel": null, "new": 1}], "offset": null});
    airtable.answer(method("GET").and_path("/v0/meta/bases"), ok(&bases)).await;
    let tables = json!({"tables": [
        {"id": "tblA", "name": null, "fields": null, "views": null},
        {"id": "tblB", "name": "Deals", "primaryFieldId": 3, "fields": [], "views": [{"id": "viwA"}, null]},
    ]});
    airtable.answer_once(method("GET").and_path(TABLES), ok(&tables)).await;
    let provider = airtable.provider();
    let bases = provider.bases().await.unwrap();
    assert_eq!(bases.iter().map(|base| base.name.as_str()).collect::<Vec<_>>(), ["", "CRM"]);
    let tables = provider.containers(&"appB".into()).await.unwrap();
    let tables: Vec<_> = tables.iter().map(|table| (table.name.as_str(), table.views.len())).collect();
    assert_eq!(tables, [("", 0), ("Deals", 1)]);
}

#[rstest]
#[case::no_words(json!({"error": {"type": null, "message": null}}))]
#[case::only_a_type(json!({"error": {"type": "NEW_TYPE"}}))]
#[case::an_empty_list(json!({"errors": []}))]
#[case::a_list_of_words(json!({"errors": ["no"]}))]
#[case::a_number(json!({"error": 422}))]
#[case::null(json!(null))]
#[tokio::test]
async fn an_error_of_another_shape_is_still_a_refusal(#[case] body: Value) {
    let airtable = Airtable::start().await;
    let answer = ResponseTemplate::new(422).set_body_json(body);
    airtable.answer(method("GET").and_path(TABLE), answer).await;
    let error = list_names(&*airtable.connector()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Rejected, "{error}");
    assert!(error.to_string().contains("status 422"), "{error}");
    assert_eq!(airtable.record_requests().await, [format!("GET {TABLE}")]);
}
