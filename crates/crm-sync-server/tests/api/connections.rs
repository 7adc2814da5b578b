//! `/api/v1/connections`: tokens, tables, configurations.
use reqwest::Method;
use rstest::rstest;
use serde_json::json;

use crate::house::House;
use crate::place::Kind;

const CONFIGURATION: &str = "/api/v1/connections/airtable/configuration";

#[rstest]
#[case::postgres(Kind::Postgres)]
#[case::sqlite(Kind::Sqlite)]
#[tokio::test]
async fn a_table_is_connected_step_by_step(#[case] kind: Kind) {
    let house = House::fresh(kind).await;
    let fresh = house.get("/api/v1/connections").await.ok(200);
    assert_eq!(
        (&fresh[0]["remote"], &fresh[0]["token"]),
        (&json!("airtable"), &json!("absent")),
        "{fresh:#}"
    );
    assert_eq!(house.get("/api/v1/connections/airtable/bases").await.ok(409)["code"], "no_token");
    let wrong = house.put("/api/v1/connections/airtable/token", json!({"token": "patWRONG.0"})).await.ok(422);
    assert_eq!(wrong["code"], "token_refused", "{wrong:#}");

    let token = json!({"token": house.sandbox.airtable_token()});
    house.put("/api/v1/connections/airtable/token", token).await.ok(200);
    let bases = house.get("/api/v1/connections/airtable/bases?limit=1").await.ok(200);
    let base = house.sandbox.airtable_base_id();
    assert_eq!(bases["items"][0]["id"], base, "{bases:#}");
    let none = house.get("/api/v1/connections/airtable/bases?search=zzz").await.ok(200);
    assert_eq!(none, json!({"items": []}));
    let tables = house.get(&format!("/api/v1/connections/airtable/bases/{base}/tables")).await.ok(200);
    let table = tables.as_array().unwrap().iter().find(|table| table["name"] == "Deals").unwrap();
    let table = table["id"].as_str().unwrap();
    let pasted =
        format!("/api/v1/connections/airtable/place?text=https://airtable.com/{base}/{table}/viw1?x=y");
    let place = house.get(&pasted).await.ok(200);
    assert_eq!(place, json!({"base": base, "table": table}));
    house.record(json!({"Name": "Verrerie Nord", "Amount": 3000, "Status": "Perdu"}));
    let at = format!("/api/v1/connections/airtable/bases/{base}/tables/{table}");
    let fields = house.get(&format!("{at}/schema")).await.ok(200);
    assert!(fields["fields"].as_array().unwrap().iter().any(|field| field["name"] == "Amount"), "{fields:#}");
    let rows = house.get(&format!("{at}/rows?limit=5")).await.ok(200);
    assert_eq!((rows["rows"].as_array().unwrap().len(), &rows["complete"]), (1, &json!(true)), "{rows:#}");
    let suggested = house.get(&format!("{at}/suggestion")).await.ok(200);
    assert!(suggested["pairs"].as_array().unwrap().len() >= 7, "{suggested:#}");

    let wanted = json!({"base": base, "table": table});
    let check = house.post("/api/v1/connections/airtable/check", wanted.clone()).await.ok(200);
    let statut = check["pairs"].as_array().unwrap().iter().find(|pair| pair["unit"] == "statut").unwrap();
    assert_eq!(statut["unmapped_options"][0]["name"], "Perdu", "{statut:#}");
    assert_eq!((&check["works"], &check["rows"]), (&json!(true), &json!(1)), "{check:#}");
    assert_eq!(house.get(CONFIGURATION).await.ok(404)["code"], "not_configured", "a check stores nothing");

    let made = house.put_if(CONFIGURATION, ("if-none-match", "*"), wanted).await;
    let configuration = &made.ok(201)["configuration"];
    assert_eq!(configuration["table_name"], "Deals");
    let read = house.get(CONFIGURATION).await;
    assert_eq!((read.header("etag"), &read.ok(200)), (made.header("etag"), configuration));
    let glance = house.get("/api/v1/connections/airtable").await.ok(200);
    assert_eq!(
        (&glance["token"], &glance["table"]["name"]),
        (&json!("stored"), &json!("Deals")),
        "{glance:#}"
    );
    let trial = house.press("/api/v1/connections/airtable/test").await.ok(200);
    assert_eq!((&trial["works"], &trial["records"]["count"]), (&json!(true), &json!(1)), "{trial:#}");
    for path in ["/api/v1/connections", CONFIGURATION, "/api/connectors/config"] {
        assert!(!house.get(path).await.text.contains(house.sandbox.airtable_token()), "{path}");
    }
    house.close().await;
}

#[rstest]
#[case::postgres(Kind::Postgres)]
#[case::sqlite(Kind::Sqlite)]
#[tokio::test]
async fn two_tabs_do_not_overwrite_each_other(#[case] kind: Kind) {
    let house = House::fresh(kind).await;
    let first = house.connect().await;
    let manual = json!({"strategy": "manual"});
    assert_eq!(house.put(CONFIGURATION, manual.clone()).await.ok(428)["code"], "if_match_required");
    let again = house.put_if(CONFIGURATION, ("if-none-match", "*"), manual.clone()).await;
    assert_eq!(again.ok(412)["code"], "changed_meanwhile");

    let (one, other) = tokio::join!(
        house.put_if(CONFIGURATION, ("if-match", &first), manual.clone()),
        house.put_if(CONFIGURATION, ("if-match", &first), json!({"strategy": "crm_wins"})),
    );
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 412], "{one:?} {other:?}");
    let saved = if one.status == 200 { &one } else { &other };
    let second = saved.header("etag");
    assert_ne!(second, first);
    let read = house.get(CONFIGURATION).await.ok(200);
    assert_eq!(read["strategy"], saved.json()["configuration"]["strategy"]);
    let stale = house.put_if(CONFIGURATION, ("if-match", &first), manual).await;
    assert_eq!(stale.ok(412)["code"], "changed_meanwhile");
    let same = house.ask(Method::GET, CONFIGURATION, &[("if-none-match", second)]).await;
    assert_eq!((same.status, same.text.as_str()), (304, ""));
    house.close().await;
}

#[rstest]
#[case::postgres(Kind::Postgres)]
#[case::sqlite(Kind::Sqlite)]
#[tokio::test]
async fn a_mapping_that_cannot_work_is_told_and_not_stored(#[case] kind: Kind) {
    let house = House::fresh(kind).await;
    let tag = house.connect().await;
    for (body, code) in [
        (
            json!({"fields": {"montant_brut": "Notes", "notes": "Notes"}, "natural_key": ["notes"], "key_field": "Amount"}),
            "broken_mapping",
        ),
        (json!({"fields": {"montant_brut": "Nulle part"}}), "unknown_fields"),
        (json!({"fields": {"couleur": "Amount"}}), "unknown_units"),
        (json!({"table": "Nulle part"}), "unknown_table"),
        (json!({"base": "Nulle part"}), "unknown_base"),
        (json!({"strategy": "coin_toss"}), "wrong_value"),
        (json!({"colour": "blue"}), "unknown_member"),
        (json!({"fields": []}), "wrong_value"),
    ] {
        let told = house.put_if(CONFIGURATION, ("if-match", &tag), body.clone()).await.ok(422);
        assert_eq!(told["code"], code, "{body} {told:#}");
    }
    let read = house.get(CONFIGURATION).await;
    assert_eq!(read.header("etag"), tag, "nothing was stored");
    let gone = house.get("/api/v1/connections/airtable/bases/appNOPE/tables/tblNOPE/schema").await.ok(404);
    assert_eq!(gone["code"], "unknown_table");
    house.close().await;
}

#[rstest]
#[case::postgres(Kind::Postgres)]
#[case::sqlite(Kind::Sqlite)]
#[tokio::test]
async fn the_policy_is_read_back_as_it_was_chosen_and_stays_until_it_is_changed(#[case] kind: Kind) {
    let house = House::fresh(kind).await;
    let tag = house.connect().await;
    let usual = house.get(CONFIGURATION).await.ok(200);
    assert_eq!(
        (&usual["pairing"], &usual["precedence"], &usual["tie"], &usual["copies"], &usual["stamp"]),
        (&json!("match_then_create"), &json!("newer"), &json!("crm"), &json!(false), &json!(true)),
        "{usual:#}"
    );
    assert_eq!(
        usual["deletions"],
        json!({"crm": "off", "remote": "off", "approval": false, "beat_edits": false})
    );
    let chosen = json!({
        "pairing": "match_only", "precedence": "ask", "tie": "remote", "copies": true, "stamp": false,
        "delete_beats_edit": true, "fields": {"notes": ""}, "delete_crm": "flag", "delete_remote": "flag",
        "mark_deal": {"place": "notes", "value": "supprimé dans Airtable"},
        "mark_record": {"place": "Signed", "value": "yes"},
    });
    let saved = house.put_if(CONFIGURATION, ("if-match", &tag), chosen).await;
    let kept = house.put_if(CONFIGURATION, ("if-match", saved.header("etag")), json!({})).await;
    for told in [saved.ok(200), kept.ok(200)] {
        let told = &told["configuration"];
        assert_eq!(
            (&told["pairing"], &told["precedence"], &told["tie"], &told["copies"], &told["stamp"]),
            (&json!("match_only"), &json!("ask"), &json!("remote"), &json!(true), &json!(false)),
            "{told:#}"
        );
        let deletions = &told["deletions"];
        assert_eq!(deletions["beat_edits"], true);
        assert_eq!(deletions["deal_mark"]["unit"], "notes");
        assert_eq!(deletions["deal_mark"]["value"]["value"], "supprimé dans Airtable", "{deletions:#}");
        assert_eq!(deletions["record_mark"]["value"]["value"], true, "{deletions:#}");
    }
    let unmarked = json!({"mark_record": {"place": "", "value": ""}});
    let unmarked = house.put_if(CONFIGURATION, ("if-match", kept.header("etag")), unmarked).await.ok(200);
    assert_eq!(unmarked["configuration"]["deletions"].get("record_mark"), None, "{unmarked:#}");
    house.close().await;
}

#[rstest]
#[case::postgres(Kind::Postgres)]
#[case::sqlite(Kind::Sqlite)]
#[tokio::test]
async fn a_mark_that_would_not_do_is_told_with_its_field_and_not_stored(#[case] kind: Kind) {
    let house = House::fresh(kind).await;
    let tag = house.connect().await;
    let record = |place: &str, value: &str| json!({"mark_record": {"place": place, "value": value}});
    for (body, code, told) in [
        (record("Amount", "1"), "wrong_mark", "« Amount » est associé"),
        (record("Signed", "peut-être"), "wrong_mark", "« Signed » ne peut pas contenir « peut-être »"),
        (record("Signed", ""), "wrong_mark", "Il manque ce qui marque dans « Signed »"),
        (record("Files", "x"), "wrong_mark", "« Files » ne peut pas contenir de marque"),
        (record("Nulle part", "x"), "unknown_fields", "Nulle part"),
        (json!({"mark_deal": {"place": "notes", "value": "x"}}), "wrong_mark", "« Notes » est associé"),
        (json!({"mark_deal": {"place": "couleur", "value": "x"}}), "unknown_units", "couleur"),
        (json!({"mark_deal": {"place": "notes"}}), "missing_member", "mark_deal"),
        (json!({"precedence": "coin_toss"}), "wrong_value", "precedence"),
    ] {
        for refused in [
            house.put_if(CONFIGURATION, ("if-match", &tag), body.clone()).await.ok(422),
            house.post("/api/v1/connections/airtable/check", body.clone()).await.ok(422),
        ] {
            assert_eq!(refused["code"], code, "{body} {refused:#}");
            assert!(refused["detail"].as_str().unwrap().contains(told), "{body} {refused:#}");
        }
    }
    let marked = json!({"fields": {"notes": ""}, "mark_record": {"place": "Notes", "value": "parti"}});
    let marked = house.put_if(CONFIGURATION, ("if-match", &tag), marked).await;
    marked.ok(200);
    let mapped = json!({"fields": {"notes": "Notes"}});
    let mapped = house.put_if(CONFIGURATION, ("if-match", marked.header("etag")), mapped).await.ok(422);
    assert_eq!(mapped["code"], "wrong_mark", "a field that marks cannot be mapped: {mapped:#}");
    house.close().await;
}

#[rstest]
#[case::postgres(Kind::Postgres)]
#[case::sqlite(Kind::Sqlite)]
#[tokio::test]
async fn a_removed_connection_leaves_its_links_and_goes_on_where_it_was(#[case] kind: Kind) {
    let house = House::fresh(kind).await;
    let tag = house.connect().await;
    house.deal("Atelier Morin");
    house.press("/api/sync/airtable/export").await.ok(200);
    let kept = house.ask(Method::DELETE, CONFIGURATION, &[]).await.ok(428);
    assert_eq!(kept["code"], "if_match_required");
    let removed = house.ask(Method::DELETE, CONFIGURATION, &[("if-match", &tag)]).await.ok(200);
    assert_eq!(removed, json!({"links": 1, "runs": 1, "open_conflicts": 0, "token_kept": true}));
    assert_eq!(
        house.ask(Method::DELETE, CONFIGURATION, &[("if-match", "*")]).await.ok(404)["code"],
        "not_configured"
    );
    assert_eq!(house.get("/api/v1/connections/airtable").await.ok(200)["token"], "stored");
    house.press("/api/sync/airtable/export").await.ok(400);
    assert_eq!(house.clients(), ["Atelier Morin"]);

    let tag = house.connect().await;
    house.press("/api/sync/airtable/export").await.ok(200);
    assert_eq!(house.sandbox.airtable_record_ids().len(), 1, "no duplicate");
    let path = format!("{CONFIGURATION}?token=true");
    let removed = house.ask(Method::DELETE, &path, &[("if-match", &tag)]).await.ok(200);
    assert_eq!(removed["token_kept"], false);
    assert_eq!(house.get("/api/v1/connections/airtable").await.ok(200)["token"], "absent");
    house.close().await;
}

#[tokio::test]
async fn the_field_for_the_ids_is_made_once() {
    let house = House::fresh(Kind::Sqlite).await;
    let tag = house.connect().await;
    house.put_if(CONFIGURATION, ("if-match", &tag), json!({"key_field": ""})).await.ok(200);
    let made = house.press("/api/v1/connections/airtable/key-field").await.ok(200);
    let field = made["configuration"]["key_field"].clone();
    assert!(field.is_string(), "{made:#}");
    let again = house.press("/api/v1/connections/airtable/key-field").await.ok(200);
    assert_eq!(again["configuration"]["key_field"], field);
    house.close().await;
}

#[tokio::test]
async fn what_the_remote_refuses_is_told_in_the_callers_language() {
    let house = House::fresh(Kind::Sqlite).await;
    house.connect().await;
    assert!(house.sandbox.revoke_token(house.sandbox.airtable_token()));
    let french = house.get("/api/v1/connections/airtable/bases").await.ok(502);
    assert_eq!(french["code"], "remote_token_refused");
    assert!(french["detail"].as_str().unwrap().starts_with("Token Airtable invalide"), "{french}");
    let english = house.ask(Method::GET, "/api/v1/connections/airtable/bases", &[]).await.ok(502);
    assert_eq!(english["code"], "remote_token_refused");
    assert_ne!(english["detail"], french["detail"]);
    let trial = house.press("/api/v1/connections/airtable/test").await.ok(200);
    assert_eq!(trial["works"], false, "{trial:#}");
    house.close().await;
}
