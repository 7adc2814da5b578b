//! Taking back, comparing, deciding: `/undo`, `/verification`, `/conflicts`, `/questions`.

use std::time::Duration;

use connector_sandbox::{Edit, Fault};
use reqwest::Method;
use rstest::rstest;
use serde_json::{Value, json};

use crate::house::House;
use crate::place::Kind;

const CONFIGURATION: &str = "/api/v1/connections/airtable/configuration";

/// Runs a sync to its end.
async fn sync(house: &House) -> Value {
    let begun = house.post("/api/v1/runs", json!({"remote": "airtable", "approve_first": true})).await;
    begun.ok(202);
    house.until(begun.header("location"), |run| run["status"] != "running").await
}

/// Changes the configuration, whatever it is.
async fn change(house: &House, body: Value) {
    house.put_if(CONFIGURATION, ("if-match", "*"), body).await.ok(200);
}

#[rstest]
#[case::postgres(Kind::Postgres)]
#[case::sqlite(Kind::Sqlite)]
#[tokio::test]
async fn a_run_is_taken_back_by_a_plan_that_somebody_approves(#[case] kind: Kind) {
    let house = House::fresh(kind).await;
    house.connect().await;
    house.deal("Atelier Morin");
    sync(&house).await;
    let record = house.sandbox.airtable_record_ids().pop().unwrap();
    house.sandbox.edit(&Edit::update_record(&record, json!({"Amount": 4200}))).unwrap();
    let run = sync(&house).await;
    assert_eq!(run["counts"]["updated_crm"], 1, "{run:#}");
    let amount = || house.crm().cell("CAST(montant_brut AS INTEGER)", "FROM deals");
    assert_eq!(amount(), "4200");

    let at = format!("/api/v1/runs/{}", run["id"].as_str().unwrap());
    let begun = house.press(&format!("{at}/undo")).await;
    let plan = begun.header("location").to_owned();
    begun.ok(202);
    house.until(&plan, |plan| plan["state"] == "ready").await;
    let begun = house.post(&format!("{plan}/apply"), json!({})).await;
    begun.ok(202);
    let undoing = house.until(begun.header("location"), |run| run["status"] != "running").await;
    assert_eq!(undoing["purpose"], json!({"kind": "undo", "run": run["id"]}), "{undoing:#}");
    assert_eq!(amount(), "1000");
    assert_eq!(house.get(&at).await.ok(200)["undone_by"], undoing["id"]);
    assert_eq!(house.press("/api/v1/runs/none/undo").await.ok(404)["code"], "unknown_run");
    house.close().await;
}

#[rstest]
#[case::postgres(Kind::Postgres)]
#[case::sqlite(Kind::Sqlite)]
#[tokio::test]
async fn an_undo_is_answered_with_its_own_plan_while_another_is_made(#[case] kind: Kind) {
    let house = House::fresh(kind).await;
    house.connect().await;
    house.deal("Atelier Morin");
    let run = sync(&house).await;
    house.sandbox.fault(Fault::delay(Duration::from_millis(500)).on("GET", "/v0/{base}/{table}").times(2));
    let preview = house.post("/api/v1/plans", json!({"remote": "airtable"})).await;
    let undoing = house.press(&format!("/api/v1/runs/{}/undo", run["id"].as_str().unwrap())).await;

    assert_eq!((&preview.ok(202)["started"], &undoing.ok(202)["started"]), (&json!(true), &json!(true)));
    let made = async |at: &str| house.until(at, |plan| plan["state"] == "ready").await;
    let undo = made(undoing.header("location")).await;
    assert_eq!(undo["contents"]["purpose"], json!({"kind": "undo", "run": run["id"]}), "{undo:#}");
    assert_eq!(made(preview.header("location")).await["contents"]["purpose"]["kind"], "agree");
    house.close().await;
}

#[rstest]
#[case::postgres(Kind::Postgres)]
#[case::sqlite(Kind::Sqlite)]
#[tokio::test]
async fn a_difference_is_shown_and_a_conflict_is_decided(#[case] kind: Kind) {
    let house = House::fresh(kind).await;
    house.connect().await;
    change(&house, json!({"strategy": "manual"})).await;
    house.deal("Atelier Morin");
    sync(&house).await;
    let verification = "/api/v1/connections/airtable/verification";
    assert_eq!(house.get(verification).await.ok(200), json!({}));
    let agreed = house.press(verification).await.ok(200);
    assert_eq!((&agreed["agreement"]["agreeing"], &agreed["drifts"]), (&json!(1), &json!([])), "{agreed:#}");

    let record = house.sandbox.airtable_record_ids().pop().unwrap();
    house.sandbox.edit(&Edit::update_record(&record, json!({"Amount": 4200}))).unwrap();
    house.crm().execute("UPDATE deals SET montant_brut = 900");
    let drift = house.press(verification).await.ok(200);
    assert_eq!(drift["drifts"][0]["difference"]["unit"], "montant_brut", "{drift:#}");
    assert_eq!(house.get(verification).await.ok(200)["found"]["drifts"], 1);

    sync(&house).await;
    let open = house.get("/api/v1/conflicts?remote=airtable").await.ok(200);
    let conflict = &open["items"][0]["conflict"];
    assert_eq!(
        (&conflict["crm"]["value"], &conflict["unit"]),
        (&json!("900.00"), &json!("montant_brut")),
        "{open:#}"
    );
    let at = format!("/api/v1/conflicts/{}", conflict["id"].as_str().unwrap());
    assert_eq!(house.get(&at).await.ok(200)["state"], "open");
    let run = house.post(&format!("{at}/decision"), json!({"keep": "remote"})).await.ok(200);
    assert_eq!(run["purpose"]["kind"], "choice", "{run:#}");
    assert_eq!(house.crm().cell("CAST(montant_brut AS INTEGER)", "FROM deals"), "4200");
    let decided = house.get("/api/v1/conflicts?state=decided").await.ok(200);
    assert_eq!(decided["items"][0]["conflict"]["winner"], "remote", "{decided:#}");
    assert_eq!(house.get("/api/v1/conflicts").await.ok(200), json!({"items": []}));
    for path in ["/api/v1/conflicts/none", "/api/v1/conflicts/%25"] {
        assert_eq!(house.get(path).await.ok(404)["code"], "unknown_conflict");
    }
    assert_eq!(house.post(&format!("{at}/decision"), json!({"keep": "both"})).await.ok(422)["field"], "keep");
    house.close().await;
}

#[rstest]
#[case::postgres(Kind::Postgres)]
#[case::sqlite(Kind::Sqlite)]
#[tokio::test]
async fn a_deletion_waits_for_an_answer(#[case] kind: Kind) {
    let house = House::fresh(kind).await;
    house.connect().await;
    change(&house, json!({"delete_remote": "hard", "delete_crm": "off", "approve_deletions": true})).await;
    let deletions = house.get(CONFIGURATION).await.ok(200)["deletions"].clone();
    assert_eq!(deletions, json!({"crm": "off", "remote": "hard", "approval": true, "beat_edits": false}));
    for client in ["Atelier Morin", "Hôtel Bréhat", "Verrerie Nord"] {
        house.deal(client);
    }
    sync(&house).await;
    let at = "/api/v1/connections/airtable/questions";
    house.crm().execute("DELETE FROM deals WHERE client = 'Hôtel Bréhat'");
    sync(&house).await;
    // What a run asked is noted right after its end.
    let asked = house.until(at, |asked| asked["deletions"] == 1).await;
    let record = asked["questions"][0]["records"][0].as_str().unwrap();
    assert_eq!(house.sandbox.airtable_record_ids().len(), 3);
    let answers = "/api/v1/connections/airtable/answers";
    assert_eq!(house.post(answers, json!({"answers": {}})).await.ok(422)["field"], "answers");
    let begun = house.post(answers, json!({"answers": {record: "delete"}})).await;
    begun.ok(202);
    let run = house.until(begun.header("location"), |run| run["status"] != "running").await;
    assert_eq!(run["counts"]["deleted_remote"], 1, "{run:#}");
    assert_eq!(house.sandbox.airtable_record_ids().len(), 2);
    let nothing = house.ask(Method::GET, "/api/v1/connections/notion/questions", &[]).await.ok(409);
    assert_eq!(nothing["code"], "not_configured");
    house.close().await;
}
