//! Updates, creations and deletions.

use connector_core::ErrorKind;
use connector_core::connector::{Change, Outcome, Stamp};
use connector_core::value::Value as Cell;
use rstest::rstest;
use serde_json::json;
use wiremock::ResponseTemplate;
use wiremock::matchers::{body_json, method, query_param};

use crate::airtable::{Airtable, AndPath, TABLE, ok, record, records, refusal, update, write_one};

#[tokio::test]
async fn an_update_sends_only_its_cells_exactly_and_null_for_a_cleared_one() {
    let airtable = Airtable::start().await;
    let written = records(&[record("rec1", &json!({"fldAmount": 12.5}))]);
    airtable.answer(method("PATCH").and_path(TABLE), ok(&written)).await;
    let amount: Cell = Cell::Number("1234567890.123456789012345".parse().unwrap());
    let cells = vec![("fldAmount".into(), amount), ("fldName".into(), Cell::Empty)];
    let outcome = write_one(&*airtable.connector(), Change::Update { id: "rec1".into(), cells }).await;
    assert!(matches!(outcome, Outcome::Applied { adopted: false, .. }), "{outcome:?}");
    let body = airtable.server.received_requests().await.unwrap().pop().unwrap().body;
    let expected = r#"{"records":[{"id":"rec1","fields":{"fldAmount":1234567890.123456789012345,"fldName":null}}],"returnFieldsByFieldId":true}"#;
    assert_eq!(String::from_utf8(body).unwrap(), expected);
}

#[rstest]
#[case::made(&[], false)]
#[case::found(&["rec1"], true)]
#[tokio::test]
async fn a_stamped_creation_is_an_upsert_and_tells_whether_it_adopted(
    #[case] updated: &[&str],
    #[case] adopts: bool,
) {
    let airtable = Airtable::start().await;
    let body = json!({
        "records": [{"fields": {"fldKey": "deal-1", "fldName": "Acme"}}],
        "performUpsert": {"fieldsToMergeOn": ["fldKey"]},
        "returnFieldsByFieldId": true,
    });
    let answer = json!({"records": [record("rec1", &json!({"fldName": "Acme"}))], "createdRecords": [], "updatedRecords": updated});
    airtable.answer(method("PATCH").and_path(TABLE).and(body_json(body)), ok(&answer)).await;
    let stamp = Some(Stamp { field: "fldKey".into(), key: "deal-1".into() });
    let change = Change::Create { stamp, cells: vec![("fldName".into(), Cell::text("Acme"))] };
    match write_one(&*airtable.connector(), change).await {
        Outcome::Applied { adopted, .. } => assert_eq!(adopted, adopts),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn records_are_deleted_in_the_address() {
    let airtable = Airtable::start().await;
    airtable
        .answer(
            method("DELETE")
                .and_path(TABLE)
                .and(query_param("records[]", "rec1"))
                .and(query_param("records[]", "rec2")),
            ok(&json!({"records": [{"id": "rec1", "deleted": true}, {"id": "rec2", "deleted": true}]})),
        )
        .await;
    let changes = ["rec1", "rec2"].map(|id| Change::Delete { id: id.into() });
    let outcomes = airtable.connector().write(changes.into()).await;
    assert!(outcomes.iter().all(|outcome| matches!(outcome, Outcome::Applied { .. })), "{outcomes:?}");
    assert_eq!(airtable.record_requests().await.len(), 1);
}

#[rstest]
#[case::wrong_kind("fldAmount", Cell::text("a lot"), "“Amount” holds currency")]
#[case::computed("fldEdited", Cell::text("now"), "“Edited” is computed")]
#[case::too_long("fldName", Cell::Text("x".repeat(100_001)), "“Name” has 100001 characters")]
#[case::unreadable("fldName", Cell::Unknown("cut".into()), "could not be read: cut")]
#[case::unknown_option("fldStage", Cell::Choice(connector_core::value::Choice { id: None, name: "Won".into() }), "“Stage” has no option “Won”")]
#[tokio::test]
async fn what_a_field_cannot_hold_is_refused_in_words_before_it_is_sent(
    #[case] field: &str,
    #[case] value: Cell,
    #[case] words: &str,
) {
    let airtable = Airtable::start().await;
    match write_one(&*airtable.connector(), update("rec1", field, value)).await {
        Outcome::Refused(error) => {
            assert_eq!(error.kind(), ErrorKind::Rejected);
            assert!(error.detail().unwrap().contains(words), "{error}");
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(airtable.record_requests().await, Vec::<String>::new());
}

#[rstest]
#[case::a_create_is_sent_once(None, 500, 1)]
#[case::even_if_a_gateway_answered(None, 502, 1)]
#[case::an_upsert_again(Some(Stamp { field: "fldKey".into(), key: "deal-1".into() }), 500, 5)]
#[tokio::test]
async fn a_write_without_a_clear_answer_is_unknown(
    #[case] stamp: Option<Stamp>,
    #[case] status: u16,
    #[case] attempts: usize,
) {
    let airtable = Airtable::start().await;
    let how = if stamp.is_some() { "PATCH" } else { "POST" };
    airtable.answer(method(how).and_path(TABLE), ResponseTemplate::new(status)).await;
    let outcome = write_one(&*airtable.connector(), Change::Create { stamp, cells: Vec::new() }).await;
    assert!(matches!(outcome, Outcome::Unknown(_)), "{outcome:?}");
    assert_eq!(airtable.record_requests().await.len(), attempts);
}

#[tokio::test]
async fn a_create_that_airtable_did_not_carry_out_is_sent_again() {
    let airtable = Airtable::start().await;
    airtable.answer_once(method("POST").and_path(TABLE), refusal(503, "RETRIABLE_ERROR", "m")).await;
    airtable.answer(method("POST").and_path(TABLE), ok(&records(&[record("rec1", &json!({}))]))).await;
    let outcome = write_one(&*airtable.connector(), Change::Create { stamp: None, cells: Vec::new() }).await;
    assert!(matches!(outcome, Outcome::Applied { .. }), "{outcome:?}");
}

#[tokio::test]
async fn a_deletion_whose_answer_was_lost_is_done() {
    let airtable = Airtable::start().await;
    airtable.answer_once(method("DELETE").and_path(TABLE), ResponseTemplate::new(500)).await;
    let gone = refusal(404, "NOT_FOUND", "Could not find a record with ID \"rec1\".");
    airtable.answer(method("DELETE").and_path(TABLE), gone).await;
    let outcome = write_one(&*airtable.connector(), Change::Delete { id: "rec1".into() }).await;
    assert!(matches!(outcome, Outcome::Applied { .. }), "{outcome:?}");
}

#[tokio::test]
async fn a_refusal_that_ends_the_run_is_not_looked_for_row_by_row() {
    let airtable = Airtable::start().await;
    airtable
        .answer(method("PATCH").and_path(TABLE), refusal(403, "INVALID_PERMISSIONS", "You are not permitted"))
        .await;
    let changes = (0..10).map(|row| update(&format!("rec{row}"), "fldName", Cell::text("x"))).collect();
    let outcomes = airtable.connector().write(changes).await;
    let forbidden = |outcome: &Outcome| matches!(outcome, Outcome::Refused(error) if error.kind() == ErrorKind::Forbidden);
    assert!(outcomes.iter().all(forbidden), "{outcomes:?}");
    assert_eq!(airtable.record_requests().await.len(), 1);
}
