//! Every answer that the document promises is given by a real server, and is as promised.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::sync::Arc;
use std::time::Duration;

use connector_sandbox::{Edit, Fault};
use reqwest::Method;
use rstest::rstest;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::document::Document;
use crate::house::House;
use crate::place::Kind;

const CONFIGURATION: &str = "/api/v1/connections/airtable/configuration";
/// What takes a remote several minutes of silence: the status of such a failure is a case of `web::verdict`.
const TOO_LONG_TO_WAIT_FOR: [&str; 1] = ["#/components/responses/RemoteTimedOut"];

#[rstest]
#[case::postgres(Kind::Postgres)]
#[case::sqlite(Kind::Sqlite)]
#[tokio::test]
async fn every_documented_answer_is_given(#[case] kind: Kind) {
    let seen = Arc::new(Document::of_the_server());
    crm(kind, &seen).await;
    ours(kind, &seen).await;
    common(kind, &seen).await;
    tokens(kind, &seen).await;
    without_a_database(kind, &seen).await;
    assert_eq!(seen.unseen(), TOO_LONG_TO_WAIT_FOR);
}

async fn fresh(kind: Kind, seen: &Arc<Document>) -> House {
    House::fresh(kind).await.seen_by(seen)
}

/// Sends a body of any type.
async fn send(house: &House, method: Method, path: &str, media: &str, body: &str) -> u16 {
    let request = house.request(method, path).header("content-type", media).body(body.to_owned());
    house.send(request).await.status
}

/// The CRM's own addresses.
async fn crm(kind: Kind, seen: &Arc<Document>) {
    let house = fresh(kind, seen).await;
    for path in ["/healthz", "/readyz", "/metrics", "/api/openapi.json"] {
        assert_eq!(house.get(path).await.status, 200, "{path}");
    }
    let large = format!("{{\"a\": \"{}\"}}", "x".repeat(70_000));
    for (method, path, is_read) in [
        (Method::PUT, "/api/connectors/config/airtable", true),
        (Method::PUT, "/api/connectors/config", true),
        (Method::POST, "/api/sync/airtable", true),
        (Method::POST, "/api/sync/airtable/import", false),
        (Method::POST, "/api/sync/airtable/export", false),
        (Method::POST, "/api/connectors/test/airtable", false),
    ] {
        if is_read {
            for (media, body, status) in
                [("text/plain", "x", 415), ("application/json", "{", 400), ("application/json", &large, 413)]
            {
                assert_eq!(send(&house, method.clone(), path, media, body).await, status, "{path}");
            }
        } else {
            assert_eq!(house.send(house.request(method, path)).await.status, 400, "{path}");
        }
    }
    for path in ["/api/sync/hubspot", "/api/sync/logs?provider=hubspot"] {
        house.get(path).await.ok(400);
    }
    for path in ["/api/sync/airtable", "/api/sync/logs", "/api/connectors/config"] {
        house.get(path).await.ok(200);
    }
    house.configure().await;
    house.put("/api/connectors/config", json!({"provider": "airtable"})).await.ok(200);
    house.deal("Atelier Morin");
    for path in ["/api/connectors/test/airtable", "/api/sync/airtable/import", "/api/sync/airtable/export"] {
        house.press(path).await.ok(200);
    }
    house.press("/api/sync/airtable").await.ok(202);
    house.until("/api/sync/airtable", |state| state["status"] != "running").await;
    assert!(house.sandbox.revoke_token(house.sandbox.airtable_token()));
    // By names that are not known yet, the remote is asked before anything begins.
    house.put("/api/connectors/config/airtable", json!({"table_name": "Other"})).await.ok(200);
    for path in ["/api/sync/airtable/import", "/api/sync/airtable/export", "/api/sync/airtable"] {
        house.press(path).await.ok(500);
    }
    house.close().await;
}

/// Our own addresses, each with what it answers by itself.
async fn ours(kind: Kind, seen: &Arc<Document>) {
    let house = fresh(kind, seen).await;
    house.get(CONFIGURATION).await.ok(404);
    let tag = house.connect().await;
    house.deal("Atelier Morin");
    house.deal("Hôtel Bréhat");
    house.record(json!({"Name": "Verrerie Nord", "Amount": 3000, "Status": "Won"}));
    let base = house.sandbox.airtable_base_id();
    let tables = house.get(&format!("/api/v1/connections/airtable/bases/{base}/tables")).await.ok(200);
    let table =
        format!("/api/v1/connections/airtable/bases/{base}/tables/{}", tables[0]["id"].as_str().unwrap());
    for path in [
        "/api/v1/connections",
        "/api/v1/connections/airtable",
        "/api/v1/connections/airtable/bases",
        &format!("/api/v1/connections/airtable/place?text={base}"),
        &format!("{table}/schema"),
        &format!("{table}/rows"),
        &format!("{table}/suggestion"),
        "/api/v1/connections/airtable/doctor",
        "/api/v1/usage",
        CONFIGURATION,
    ] {
        house.get(path).await.ok(200);
    }
    house.ask(Method::GET, CONFIGURATION, &[("if-none-match", &tag)]).await;
    house.press("/api/v1/connections/airtable/test").await.ok(200);
    house.post("/api/v1/connections/airtable/check", json!({})).await.ok(200);
    let changed = house.put_if(CONFIGURATION, ("if-match", &tag), json!({"strategy": "manual"})).await;
    changed.ok(200);
    house.put_if(CONFIGURATION, ("if-match", &tag), json!({})).await.ok(412);
    house.put(CONFIGURATION, json!({})).await.ok(428);
    key_field_made_meanwhile(&house).await;
    plans_and_runs(&house).await;
    trust(&house).await;
    unmade(&house).await;

    let tag = house.get(CONFIGURATION).await.header("etag").to_owned();
    house.ask(Method::DELETE, CONFIGURATION, &[]).await.ok(428);
    house.ask(Method::DELETE, CONFIGURATION, &[("if-match", "\"other\"")]).await.ok(412);
    house.ask(Method::DELETE, CONFIGURATION, &[("if-match", &tag)]).await.ok(200);
    let forgotten = house.ask(Method::DELETE, "/api/v1/connections/airtable/token", &[]).await;
    assert_eq!(forgotten.status, 204);
    house.close().await;
}

/// Somebody changes the configuration while the field is being made.
async fn key_field_made_meanwhile(house: &House) {
    let path = "/api/v1/connections/airtable/key-field";
    house.press(path).await.ok(200);
    let slow = Fault::delay(Duration::from_secs(2)).on("GET", "/v0/meta/bases/{base}/tables");
    house.sandbox.fault(slow.times(1));
    let change = async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        let crm = &mut house.crm();
        crm.execute("UPDATE sync_connections SET version = version + 1");
    };
    let (made, ()) = tokio::join!(house.press(path), change);
    made.ok(412);
}

/// Plans and runs, from the first plan to the last event.
async fn plans_and_runs(house: &House) {
    let begun = house.post("/api/v1/plans", json!({"remote": "airtable"})).await;
    let plan = begun.header("location").to_owned();
    begun.ok(202);
    let events = house.get(&format!("{plan}/events")).await;
    let last = events.text.matches("\nid: ").count().to_string();
    house.until(&plan, |plan| plan["state"] == "ready").await;
    for list in ["operations", "conflicts", "questions", "notices"] {
        house.get(&format!("{plan}/{list}")).await.ok(200);
    }
    assert!(!last.is_empty());
    let begun = house.post(&format!("{plan}/apply"), json!({})).await;
    let run = begun.header("location").to_owned();
    begun.ok(202);
    house.get(&format!("{run}/events")).await;
    house.until(&run, |run| run["status"] != "running").await;
    house.press(&format!("{run}/cancel")).await.ok(409);
    house.ask(Method::DELETE, &plan, &[]).await.ok(409);
    let history = house.get(&format!("{run}/operations")).await.ok(200);
    let deal = history["items"][0]["deal"].as_str().unwrap();
    for path in [
        "/api/v1/runs",
        "/api/v1/logs.json",
        "/api/v1/deals",
        &format!("/api/v1/deals/{deal}"),
        &format!("/api/v1/deals/{deal}/history"),
    ] {
        house.get(path).await.ok(200);
    }
    assert_eq!(house.get("/api/v1/logs.csv").await.status, 200);
    seen_to_the_end(house, &run).await;

    // One that is too old, one that is thrown away, one that cannot be made, and a run that is stopped and in the way.
    let other =
        house.post("/api/v1/plans", json!({"remote": "airtable"})).await.header("location").to_owned();
    house.until(&other, |plan| plan["state"] == "ready").await;
    house.age_plans();
    house.post(&format!("{other}/apply"), json!({})).await.ok(410);
    assert_eq!(house.ask(Method::DELETE, &other, &[]).await.status, 204);
    let slow = Fault::delay(Duration::from_secs(3)).on("GET", "/v0/{base}/{table}");
    house.sandbox.fault(slow.times(1));
    let run = house.post("/api/v1/runs", json!({"remote": "airtable"})).await.header("location").to_owned();
    let tag = house.get(CONFIGURATION).await.header("etag").to_owned();
    house.ask(Method::DELETE, CONFIGURATION, &[("if-match", &tag)]).await.ok(409);
    house.press(&format!("{run}/cancel")).await.ok(202);
    house.until(&run, |run| run["status"] != "running").await;
}

/// Taking back, comparing, answering, deciding.
async fn trust(house: &House) {
    let runs = house.get("/api/v1/runs?status=ok").await.ok(200);
    let run = format!("/api/v1/runs/{}", runs["items"][0]["id"].as_str().unwrap());
    let begun = house.press(&format!("{run}/undo")).await;
    begun.ok(202);
    house.until(begun.header("location"), |plan| plan["state"] != "making").await;
    let at = "/api/v1/connections/airtable";
    house.press(&format!("{at}/verification")).await.ok(200);
    house.get(&format!("{at}/verification")).await.ok(200);
    house.get(&format!("{at}/questions")).await.ok(200);
    let begun = house.post(&format!("{at}/answers"), json!({"answers": {"recNone": "keep"}})).await;
    begun.ok(202);
    house.until(begun.header("location"), |run| run["status"] != "running").await;

    let deals = house.get("/api/v1/deals").await.ok(200);
    let linked = &deals["items"][0];
    let record = linked["links"][0]["record"].as_str().unwrap();
    house.sandbox.edit(&Edit::update_record(record, json!({"Amount": 4200}))).unwrap();
    house.crm().execute(&format!(
        "UPDATE deals SET montant_brut = 900 WHERE id = {}",
        linked["id"].as_str().unwrap()
    ));
    let begun = house.post("/api/v1/runs", json!({"remote": "airtable"})).await;
    house.until(begun.header("location"), |run| run["status"] != "running").await;
    let open = house.get("/api/v1/conflicts").await.ok(200);
    let at = format!("/api/v1/conflicts/{}", open["items"][0]["conflict"]["id"].as_str().unwrap());
    house.get(&at).await.ok(200);
    house.post(&format!("{at}/decision"), json!({"keep": "crm"})).await.ok(200);
}

/// Whoever saw the last step is told that there are no more.
async fn seen_to_the_end(house: &House, run: &str) {
    let events = house.get(&format!("{run}/events")).await;
    let last = events.text.rsplit("id: ").next().unwrap().lines().next().unwrap().to_owned();
    house.until_status(&format!("{run}/events"), &[("last-event-id", &last)], 204).await;
}

/// A plan that cannot be made has a last step too.
async fn unmade(house: &House) {
    house.sandbox.fault(Fault::status(403).on("GET", "/v0/meta/bases/{base}/tables").times(1));
    let begun = house.post("/api/v1/plans", json!({"remote": "airtable"})).await;
    seen_to_the_end(house, begun.header("location")).await;
}

/// What any address answers.
async fn common(kind: Kind, seen: &Arc<Document>) {
    let house = House::with_key(kind, "a-key-of-sixteen-letters").await.seen_by(seen);
    let bearer = ("authorization", "Bearer a-key-of-sixteen-letters");
    let ask = |path: &'static str, headers: Vec<(&'static str, &'static str)>| {
        let headers = [vec![bearer], headers].concat();
        let house = &house;
        async move { house.ask(Method::GET, path, &headers).await.status }
    };
    assert_eq!(ask("/api/v1/runs/%00", vec![]).await, 400);
    assert_eq!(ask("/api/v1/runs", vec![("origin", "https://evil.example")]).await, 403);
    assert_eq!(ask("/api/v1/runs/none", vec![]).await, 404);
    assert_eq!(ask("/api/v1/runs?limit=0", vec![]).await, 422);
    let post = |media: &'static str, body: String| {
        let request = house.request(Method::POST, "/api/v1/runs").header(bearer.0, bearer.1);
        house.send(request.header("content-type", media).body(body))
    };
    assert_eq!(post("text/plain", "x".to_owned()).await.status, 415);
    assert_eq!(post("application/json", " ".repeat(70_000)).await.status, 413);
    slow_body(&house).await;
    house.crm().execute(
        "INSERT INTO sync_connections (id, provider, settings, version, updated_at) \
         VALUES ('notion:a:b', 'notion', '{}', 1, '2026-01-01T00:00:00.000000Z')",
    );
    assert_eq!(ask("/api/v1/connections/notion", vec![]).await, 500);
    for status in [[401; 10].as_slice(), &[429]].concat() {
        let wrong = house.ask(Method::GET, "/api/v1/runs", &[("authorization", "Bearer wrong")]).await;
        assert_eq!(wrong.status, status);
    }
    house.close().await;
}

/// A body that does not come in.
async fn slow_body(house: &House) {
    let mut wire = tokio::net::TcpStream::connect(house.address).await.unwrap();
    let head = format!(
        "POST /api/v1/runs HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer a-key-of-sixteen-letters\r\n\
         content-type: application/json\r\ncontent-length: 10\r\nconnection: close\r\n\r\n{{",
        house.address
    );
    wire.write_all(head.as_bytes()).await.unwrap();
    let mut answer = String::new();
    wire.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
    let body = answer.split("\r\n\r\n").nth(1).unwrap();
    house.document.holds("POST", "/api/v1/runs", 408, "application/problem+json", body).unwrap();
}

/// Tokens that the remote does not take, and keys that do not open them.
async fn tokens(kind: Kind, seen: &Arc<Document>) {
    let house = fresh(kind, seen).await;
    house.connect().await;
    house.configure().await;
    let token = json!({"token": house.sandbox.airtable_token()});
    house.put("/api/v1/connections/airtable/token", token).await.ok(200);
    house.sandbox.edit(&Edit::create_record(json!({"Name": "x"}))).unwrap();
    let key = house.data.path().join("secret.key");
    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
    let presses = [
        "/api/connectors/test/airtable",
        "/api/sync/airtable/import",
        "/api/sync/airtable/export",
        "/api/sync/airtable",
    ];
    let change = json!({"api_token": "patOther.0", "provider": "airtable"});
    house.deal("Atelier Morin");
    for path in presses {
        house.press(path).await.ok(500);
    }
    for path in ["/api/connectors/config/airtable", "/api/connectors/config"] {
        house.put(path, change.clone()).await.ok(500);
    }
    fs::remove_file(&key).unwrap();
    house.put("/api/connectors/config/notion", json!({"api_token": "ntn_Other"})).await.ok(200);
    for path in presses {
        house.press(path).await.ok(409);
    }
    house.get("/api/v1/connections/airtable/bases").await.ok(409);
    house.close().await;

    let house = House::with_tokens(kind).await.seen_by(seen);
    house.ask(Method::DELETE, "/api/v1/connections/airtable/token", &[]).await.ok(409);
    house.connect().await;
    assert!(house.sandbox.revoke_token(house.sandbox.airtable_token()));
    house.get("/api/v1/connections/airtable/bases").await.ok(502);
    house.close().await;
}

/// A database that does not answer.
async fn without_a_database(kind: Kind, seen: &Arc<Document>) {
    let house = fresh(kind, seen).await;
    house.configure().await;
    house.break_database();
    let mut asked: Vec<(Method, &str, Value)> = vec![
        (Method::GET, "/api/connectors/config", Value::Null),
        (Method::GET, "/api/sync/logs", Value::Null),
        (Method::GET, "/api/sync/airtable", Value::Null),
        (Method::GET, "/api/v1/runs", Value::Null),
        (Method::PUT, "/api/connectors/config/airtable", json!({})),
        (Method::PUT, "/api/connectors/config", json!({"provider": "airtable"})),
    ];
    for path in [
        "/api/connectors/test/airtable",
        "/api/sync/airtable/import",
        "/api/sync/airtable/export",
        "/api/sync/airtable",
    ] {
        asked.push((Method::POST, path, json!({})));
    }
    asked.push((Method::GET, "/readyz", Value::Null));
    let answers = asked.into_iter().map(|(method, path, body)| {
        let request = house.request(method, path);
        let request = if body.is_null() { request } else { request.json(&body) };
        let sent = house.send(request);
        async move { (path, sent.await.status) }
    });
    for (path, status) in futures::future::join_all(answers).await {
        assert_eq!(status, 503, "{path}");
    }
    house.close().await;
}
