//! `/api/v1/plans` and `/api/v1/runs`: making, choosing, applying, following, stopping, reading.

use std::time::Duration;

use connector_sandbox::Fault;
use futures::StreamExt as _;
use reqwest::Method;
use rstest::rstest;
use serde_json::{Value, json};

use crate::house::House;
use crate::place::Kind;

/// Makes a plan and waits for it.
async fn plan(house: &House, mode: &str) -> (String, Value) {
    let begun = house.post("/api/v1/plans", json!({"remote": "airtable", "mode": mode})).await;
    let at = begun.header("location").to_owned();
    assert_eq!(format!("/api/v1/plans/{}", begun.ok(202)["plan"].as_str().unwrap()), at);
    let plan = house.until(&at, |plan| plan["state"] != "making").await;
    (at, plan)
}

/// Waits for the end of a run.
async fn ended(house: &House, at: &str) -> Value {
    house.until(at, |run| run["status"] != "running").await
}

#[rstest]
#[case::postgres(Kind::Postgres)]
#[case::sqlite(Kind::Sqlite)]
#[tokio::test]
async fn what_was_approved_is_what_runs(#[case] kind: Kind) {
    let house = House::fresh(kind).await;
    house.connect().await;
    for client in ["Atelier Morin", "Hôtel Bréhat", "Verrerie Nord"] {
        house.deal(client);
    }
    let (at, made) = plan(&house, "sync").await;
    assert_eq!(made["state"], "ready", "{made:#}");
    assert_eq!(made["contents"]["create_remote"], 3, "{made:#}");
    let first = house.get(&format!("{at}/operations?limit=2")).await.ok(200);
    let rest = format!("{at}/operations?limit=2&cursor={}", first["next"].as_str().unwrap());
    let rest = house.get(&rest).await.ok(200);
    assert_eq!(rest.get("next"), None, "{rest:#}");
    let ops: Vec<&Value> =
        [&first, &rest].iter().flat_map(|page| page["items"].as_array().unwrap()).collect();
    let labels: Vec<&str> = ops.iter().map(|op| op["label"].as_str().unwrap()).collect();
    assert_eq!(labels, ["Atelier Morin", "Hôtel Bréhat", "Verrerie Nord"]);
    assert_eq!(ops[0]["changes"][0]["before"]["type"], "empty", "{:#}", ops[0]);
    for list in ["conflicts", "questions", "notices"] {
        house.get(&format!("{at}/{list}")).await.ok(200);
    }

    let left = ops[1]["seq"].clone();
    let begun = house.post(&format!("{at}/apply"), json!({"without": [left]})).await;
    let run = begun.header("location").to_owned();
    begun.ok(202);
    let run = ended(&house, &run).await;
    assert_eq!((&run["status"], &run["counts"]["created_remote"]), (&json!("ok"), &json!(2)), "{run:#}");
    assert_eq!(run["asked_by"], "api");
    let steps = house.get(&format!("/api/v1/runs/{}/operations", run["id"].as_str().unwrap())).await.ok(200);
    assert_eq!(steps["items"].as_array().unwrap().len(), 2, "{steps:#}");
    assert_eq!(house.get(&at).await.ok(200)["state"], "applied");
    assert_eq!(house.post(&format!("{at}/apply"), json!({})).await.ok(409)["code"], "plan_applied");
    assert_eq!(house.ask(Method::DELETE, &at, &[]).await.ok(409)["code"], "plan_applied");

    let (other, _) = plan(&house, "sync").await;
    let discarded = house.ask(Method::DELETE, &other, &[]).await;
    assert_eq!((discarded.status, discarded.text.as_str()), (204, ""));
    assert_eq!(house.get(&other).await.ok(404)["code"], "unknown_plan");
    house.close().await;
}

#[rstest]
#[case::postgres(Kind::Postgres)]
#[case::sqlite(Kind::Sqlite)]
#[tokio::test]
async fn a_first_run_wants_its_plan_to_be_seen(#[case] kind: Kind) {
    let house = House::fresh(kind).await;
    house.connect().await;
    house.deal("Atelier Morin");
    let refused = house.post("/api/v1/runs", json!({"remote": "airtable"})).await.ok(409);
    assert_eq!(refused["code"], "first_run_unapproved", "{refused:#}");
    let approved = json!({"remote": "airtable", "approve_first": true});
    let begun = house.post("/api/v1/runs", approved).await;
    let run = ended(&house, begun.header("location")).await;
    assert_eq!(run["status"], "ok", "{run:#}");
    // The second one needs no approval; of all remotes, it is this one's.
    let begun = house.press("/api/v1/runs").await;
    begun.ok(202);
    ended(&house, begun.header("location")).await;
    let runs = house.get("/api/v1/runs?remote=airtable&mode=sync&status=ok&limit=1").await.ok(200);
    let next = runs["next"].as_str().unwrap();
    let older = house.get(&format!("/api/v1/runs?limit=1&cursor={next}")).await.ok(200);
    assert_eq!(older["items"][0]["id"], run["id"], "{older:#}");
    assert_eq!(older.get("next"), None);
    house.close().await;
}

#[rstest]
#[case::postgres(Kind::Postgres)]
#[case::sqlite(Kind::Sqlite)]
#[tokio::test]
async fn a_key_starts_one_run_however_often_it_is_sent(#[case] kind: Kind) {
    let house = House::fresh(kind).await;
    house.connect().await;
    let body = json!({"remote": "airtable", "approve_first": true});
    let send = |body: Value| {
        let request = house.request(Method::POST, "/api/v1/runs").header("idempotency-key", "\"k-1\"");
        house.send(request.json(&body))
    };
    let (one, other) = tokio::join!(send(body.clone()), send(body.clone()));
    assert_eq!(one.ok(202), other.ok(202));
    ended(&house, one.header("location")).await;
    let later = send(body.clone()).await;
    assert_eq!((later.ok(202), later.header("idempotency-replayed")), (one.json(), "true"));
    assert_eq!(later.header("location"), one.header("location"));
    assert_eq!(house.get("/api/v1/runs").await.ok(200)["items"].as_array().unwrap().len(), 1);
    let reused = send(json!({"remote": "airtable", "mode": "import", "approve_first": true})).await.ok(409);
    assert_eq!(reused["code"], "idempotency_key_reused", "{reused:#}");

    // What was not begun frees its key.
    let request = |body: Value| {
        house.send(house.request(Method::POST, "/api/v1/plans").header("idempotency-key", "k-2").json(&body))
    };
    request(json!({"remote": "notion"})).await.ok(409);
    request(json!({"remote": "airtable"})).await.ok(202);
    let long = "k".repeat(256);
    for key in ["", &long] {
        let wrong = house.request(Method::POST, "/api/v1/runs").header("idempotency-key", key).json(&body);
        assert_eq!(house.send(wrong).await.ok(422)["field"], "Idempotency-Key");
    }
    house.close().await;
}

/// The events of an answer: id and name.
fn told(text: &str) -> Vec<(u64, String)> {
    let event = |block: &str| {
        let field = |name: &str| block.lines().find_map(|line| line.strip_prefix(name)).map(str::to_owned);
        Some((field("id: ")?.parse().unwrap(), field("event: ")?))
    };
    text.split("\n\n").filter_map(event).collect()
}

#[rstest]
#[case::postgres(Kind::Postgres)]
#[case::sqlite(Kind::Sqlite)]
#[tokio::test]
async fn a_reader_goes_on_after_the_last_event_it_saw(#[case] kind: Kind) {
    let house = House::fresh(kind).await;
    house.connect().await;
    house.deal("Atelier Morin");
    let slow = Fault::delay(Duration::from_millis(300)).on("GET", "/v0/{base}/{table}");
    house.sandbox.fault(slow.times(1));
    let begun = house.post("/api/v1/runs", json!({"remote": "airtable", "approve_first": true})).await;
    let at = format!("{}/events", begun.header("location"));
    begun.ok(202);
    let live = house.get(&at).await;
    assert_eq!((live.status, live.header("content-type")), (200, "text/event-stream"));
    let events = told(&live.text);
    let (first, last) = (&events[0], &events[events.len() - 1]);
    assert_eq!((first.1.as_str(), last.1.as_str()), ("started", "finished"), "{events:?}");

    let again = house.ask(Method::GET, &at, &[("last-event-id", &first.0.to_string())]).await;
    let again = told(&again.text);
    assert!(again[0].0 > first.0 && again.last() == Some(last), "{again:?}");
    house.until_status(&at, &[("last-event-id", &last.0.to_string())], 204).await;
    let wrong = house.ask(Method::GET, &at, &[("last-event-id", "x")]).await.ok(422);
    assert_eq!(wrong["field"], "Last-Event-ID");
    for missing in ["/api/v1/runs/none/events", "/api/v1/plans/none/events"] {
        house.get(missing).await.ok(404);
    }
    house.close().await;
}

#[tokio::test]
async fn a_run_is_stopped_and_its_streams_end_with_the_server() {
    let house = House::fresh(Kind::Sqlite).await;
    house.connect().await;
    house.deal("Atelier Morin");
    let slow = || Fault::delay(Duration::from_secs(5)).on("GET", "/v0/{base}/{table}").times(1);
    house.sandbox.fault(slow());
    let begun = house.post("/api/v1/runs", json!({"remote": "airtable", "approve_first": true})).await;
    let run = begun.header("location").to_owned();
    begun.ok(202);
    house.press(&format!("{run}/cancel")).await.ok(202);
    assert_eq!(ended(&house, &run).await["status"], "cancelled");
    assert_eq!(house.press(&format!("{run}/cancel")).await.ok(409)["code"], "run_over");

    house.sandbox.fault(slow());
    let begun = house.post("/api/v1/runs", json!({"remote": "airtable", "approve_first": true})).await;
    let events = house.request(Method::GET, &format!("{}/events", begun.header("location")));
    let mut body = events.send().await.unwrap().bytes_stream();
    assert!(body.next().await.unwrap().unwrap().starts_with(b"retry:"));
    house.close().await;
    let rest = tokio::time::timeout(Duration::from_secs(5), body.for_each(|_| async {})).await;
    rest.expect("the stream ends with the server");
}

#[tokio::test]
async fn a_plan_that_cannot_be_made_says_why() {
    let house = House::fresh(Kind::Sqlite).await;
    house.connect().await;
    assert!(house.sandbox.revoke_token(house.sandbox.airtable_token()));
    let begun = house.post("/api/v1/plans", json!({"remote": "airtable"})).await;
    let at = begun.header("location").to_owned();
    begun.ok(202);
    let events = told(&house.get(&format!("{at}/events")).await.text);
    assert_eq!(events.last().unwrap().1, "finished", "{events:?}");
    house.until_status(&at, &[], 200).await;
    let failed = house.get(&at).await.ok(200);
    assert_eq!(failed["state"], "failed", "{failed:#}");
    assert!(failed["message"].as_str().unwrap().contains("Token Airtable"), "{failed:#}");
    house.close().await;
}

#[rstest]
#[case::postgres(Kind::Postgres)]
#[case::sqlite(Kind::Sqlite)]
#[tokio::test]
async fn what_is_set_aside_is_counted_and_tried_again_when_asked_for(#[case] kind: Kind) {
    let house = House::fresh(kind).await;
    house.connect().await;
    house.deal("Atelier Morin");
    house.press("/api/sync/airtable/export").await.ok(200);
    house.crm().execute("UPDATE deals SET montant_brut = 1200");
    house.sandbox.fault(Fault::status(422).on("PATCH", "/v0/{base}/{table}"));
    let run = async |body: Value| {
        let begun = house.post("/api/v1/runs", body).await;
        let at = begun.header("location").to_owned();
        begun.ok(202);
        ended(&house, &at).await
    };
    for _ in 0..5 {
        assert_eq!(run(json!({"remote": "airtable"})).await["status"], "partial");
    }
    let glance = house.get("/api/v1/connections/airtable").await.ok(200);
    assert_eq!(glance["set_aside"], 1, "{glance:#}");
    house.sandbox.clear_faults();
    let (at, made) = plan(&house, "sync").await;
    assert_eq!(made["contents"]["update_remote"], 0, "{made:#}");
    let notices = house.get(&format!("{at}/notices")).await.ok(200);
    assert_eq!(notices["items"][0]["label"], "Atelier Morin", "{notices:#}");

    let begun = house.post("/api/v1/plans", json!({"remote": "airtable", "retry": true})).await;
    let made = house.until(begun.header("location"), |plan| plan["state"] != "making").await;
    assert_eq!(made["contents"]["update_remote"], 1, "{made:#}");
    assert_eq!(house.post("/api/v1/runs", json!({"retry": true})).await.ok(422)["field"], "retry");
    let done = run(json!({"remote": "airtable", "retry": true})).await;
    assert_eq!((&done["status"], &done["counts"]["updated_remote"]), (&json!("ok"), &json!(1)), "{done:#}");
    assert_eq!(house.get("/api/v1/connections/airtable").await.ok(200)["set_aside"], 0);
    house.close().await;
}
