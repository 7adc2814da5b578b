//! What bad input gets: a documented answer in words, and nothing half-written.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use reqwest::Method;
use rstest::rstest;
use serde_json::json;

use crate::house::House;
use crate::place::Kind;

const JSON: &str = "application/json";
const CONFIGURATION: &str = "/api/v1/connections/airtable/configuration";

/// A request: method, path, content type, body; and what is answered: status, code, member.
type Case = (Method, &'static str, &'static str, Vec<u8>, u16, &'static str, Option<&'static str>);

fn cases() -> Vec<Case> {
    let (get, post, put) = (|| Method::GET, || Method::POST, || Method::PUT);
    let text = |body: &str| body.as_bytes().to_vec();
    let deep = [vec![b'['; 100_000], vec![b']'; 100_000]].concat();
    let nested = [br#"{"remote": "#.to_vec(), vec![b'['; 20_000], vec![b']'; 20_000], b"}".to_vec()].concat();
    let runs = "/api/v1/runs";
    vec![
        (post(), runs, JSON, text("{"), 400, "malformed_json", None),
        (post(), runs, JSON, text("{\"remote\": \"airtable\"} x"), 400, "malformed_json", None),
        (post(), runs, JSON, text("{\"remote\": NaN}"), 400, "malformed_json", None),
        (post(), runs, JSON, nested, 422, "wrong_value", Some("remote")),
        (post(), runs, JSON, deep, 413, "body_too_large", None),
        (post(), runs, JSON, b"{\"remote\": \"\xff\xfe\"}".to_vec(), 400, "not_utf8", None),
        (post(), runs, JSON, text("{\"remote\": \"air\\u0000table\"}"), 400, "nul_character", None),
        (post(), runs, "text/plain", text("{}"), 415, "not_json", None),
        (post(), runs, "application/x-www-form-urlencoded", text("remote=airtable"), 415, "not_json", None),
        (post(), runs, JSON, text("[]"), 422, "wrong_value", Some("")),
        (post(), runs, JSON, text("null"), 422, "wrong_value", Some("")),
        (post(), runs, JSON, text("{\"remote\": 7}"), 422, "wrong_value", Some("remote")),
        (post(), runs, JSON, text("{\"colour\": 7}"), 422, "unknown_member", Some("colour")),
        (post(), runs, JSON, text("{\"mode\": \"sideways\"}"), 422, "wrong_value", Some("mode")),
        (
            post(),
            runs,
            JSON,
            text("{\"mode\": \"sync\", \"mode\": \"sync\"}"),
            422,
            "member_twice",
            Some("mode"),
        ),
        (post(), runs, JSON, text("{\"overrides\": [\"none\"]}"), 422, "wrong_value", Some("overrides[0]")),
        (post(), runs, JSON, text("{\"overrides\": [\"budget\"]}"), 422, "wrong_value", Some("overrides")),
        (post(), runs, JSON, text("{\"remote\": \"hubspot\"}"), 404, "unknown_provider", None),
        (post(), "/api/v1/plans", JSON, text("{}"), 422, "missing_member", Some("remote")),
        (post(), "/api/v1/plans", JSON, text("{\"remote\": \"hubspot\"}"), 404, "unknown_provider", None),
        (post(), "/api/v1/plans/none/apply", JSON, text("{}"), 404, "unknown_plan", None),
        (
            post(),
            "/api/v1/plans/none/apply",
            JSON,
            text("{\"without\": [-1]}"),
            422,
            "wrong_value",
            Some("without[0]"),
        ),
        (post(), "/api/v1/runs/none/cancel", JSON, text("{}"), 404, "unknown_run", None),
        (
            put(),
            CONFIGURATION,
            JSON,
            text("{\"fields\": {\"client\": 7}}"),
            422,
            "wrong_value",
            Some("fields.client"),
        ),
        (put(), "/api/v1/connections/hubspot/configuration", JSON, text("{}"), 404, "unknown_provider", None),
        (put(), "/api/v1/connections/airtable/token", JSON, text("{}"), 422, "missing_member", Some("token")),
        (
            put(),
            "/api/v1/connections/airtable/token",
            JSON,
            text("{\"token\": \"\"}"),
            422,
            "token_refused",
            None,
        ),
        (get(), "/api/v1/connections/hubspot", "", vec![], 404, "unknown_provider", None),
        (
            get(),
            "/api/v1/connections/airtable/place?text=nowhere",
            "",
            vec![],
            422,
            "wrong_value",
            Some("text"),
        ),
        (get(), "/api/v1/connections/airtable/place", "", vec![], 422, "missing_member", Some("text")),
        (get(), "/api/v1/runs/none", "", vec![], 404, "unknown_run", None),
        (get(), "/api/v1/runs/%00", "", vec![], 400, "nul_character", None),
        (get(), "/api/v1/runs?limit=0", "", vec![], 422, "wrong_value", Some("limit")),
        (get(), "/api/v1/runs?limit=201", "", vec![], 422, "wrong_value", Some("limit")),
        (get(), "/api/v1/runs?limit=-1", "", vec![], 422, "wrong_value", Some("limit")),
        (get(), "/api/v1/runs?cursor=%25", "", vec![], 422, "wrong_value", Some("cursor")),
        (get(), "/api/v1/runs?colour=blue", "", vec![], 422, "unknown_member", Some("colour")),
        (get(), "/api/v1/runs?status=tired", "", vec![], 422, "wrong_value", Some("status")),
        (get(), "/api/v1/runs?remote=hubspot", "", vec![], 404, "unknown_provider", None),
        (get(), "/api/v1/deals?search=%00", "", vec![], 400, "nul_character", None),
        (get(), "/api/v1/deals?cursor=bm8gbnVtYmVy", "", vec![], 422, "wrong_value", Some("cursor")),
        (get(), "/api/v1/deals/none", "", vec![], 404, "unknown_deal", None),
        (get(), "/api/v1/deals/99999999999999999999/history", "", vec![], 404, "unknown_deal", None),
        (get(), "/api/v1/plans/none/operations", "", vec![], 404, "unknown_plan", None),
        (get(), "/api/v1/nothing", "", vec![], 404, "unknown_path", None),
        (get(), "/api/v1", "", vec![], 404, "unknown_path", None),
        (put(), "/api/v1/runs", JSON, text("{}"), 405, "method_not_allowed", None),
        (Method::PATCH, CONFIGURATION, JSON, text("{}"), 405, "method_not_allowed", None),
    ]
}

#[rstest]
#[case::postgres(Kind::Postgres)]
#[case::sqlite(Kind::Sqlite)]
#[tokio::test]
async fn bad_input_gets_a_documented_answer_and_changes_nothing(#[case] kind: Kind) {
    let house = House::fresh(kind).await;
    let tag = house.connect().await;
    for (method, path, media, body, status, code, member) in cases() {
        let told = format!("{method} {path} {}", String::from_utf8_lossy(body.get(..200).unwrap_or(&body)));
        let mut request = house.request(method, path).header("if-match", &tag).body(body);
        if !media.is_empty() {
            request = request.header("content-type", media);
        }
        let answer = house.send(request).await;
        assert_eq!(
            (answer.status, answer.json()["code"].as_str().unwrap()),
            (status, code),
            "{told}: {answer:?}"
        );
        assert_eq!(answer.json()["field"].as_str(), member, "{told}: {answer:?}");
        assert!(!answer.json()["detail"].as_str().unwrap().is_empty(), "{told}");
        assert_eq!(answer.header("x-request-id"), answer.json()["request_id"], "{told}");
    }
    let read = house.get(CONFIGURATION).await;
    assert_eq!(read.header("etag"), tag);
    assert_eq!(house.get("/api/v1/runs").await.ok(200), json!({"items": []}));
    assert_eq!(house.get("/api/v1/connections/airtable").await.ok(200)["token"], "stored");
    house.close().await;
}

#[tokio::test]
async fn the_crms_own_addresses_refuse_in_their_own_words() {
    let house = House::fresh(Kind::Sqlite).await;
    for (path, body, error) in [
        ("/api/sync/airtable", "{", "La demande n'est pas du JSON valide : ligne 1, colonne 1."),
        ("/api/sync/airtable", "{\"direction\": \"up\"}", "Valeur refusée pour « direction »."),
        ("/api/sync/airtable", "{\"direction\": \"\\u0000\"}", ""),
    ] {
        let request = house.request(Method::POST, path).header("content-type", JSON).body(body);
        let told = house.send(request).await.ok(400);
        assert_eq!(told["success"], false);
        assert!(told["error"].as_str().unwrap().contains(error), "{told}");
    }
    let deep =
        [br#"{"field_mapping": "#.to_vec(), vec![b'['; 20_000], vec![b']'; 20_000], b"}".to_vec()].concat();
    let request = house.request(Method::PUT, "/api/connectors/config/airtable").header("content-type", JSON);
    let told = house.send(request.body(deep)).await.ok(400);
    assert!(told["error"].as_str().unwrap().starts_with("La demande n'est pas du JSON valide"), "{told}");
    let nothing = house.get("/api/nothing").await.ok(404);
    assert_eq!(nothing, json!({"success": false, "error": "Rien à cette adresse."}));
    house.close().await;
}

#[tokio::test]
async fn a_hundred_megabytes_are_refused() {
    let house = House::fresh(Kind::Sqlite).await;
    let address = house.address;
    let answer = tokio::task::spawn_blocking(move || {
        let mut wire = TcpStream::connect(address).unwrap();
        let head = format!(
            "POST /api/v1/runs HTTP/1.1\r\nhost: {address}\r\ncontent-type: {JSON}\r\ncontent-length: 100000000\r\n\r\n"
        );
        wire.write_all(head.as_bytes()).unwrap();
        let piece = vec![b' '; 64 * 1024];
        // Whoever goes on after the refusal may write into a closed connection.
        let _ = (0..1_526).take_while(|_| wire.write_all(&piece).is_ok()).count();
        let mut answer = vec![0; 12];
        wire.read_exact(&mut answer).unwrap();
        String::from_utf8(answer).unwrap()
    });
    assert_eq!(answer.await.unwrap(), "HTTP/1.1 413");
    house.get("/healthz").await.ok(200);
    house.close().await;
}
