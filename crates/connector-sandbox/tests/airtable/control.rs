use connector_sandbox::Stats;
use reqwest::Method;
use serde_json::{Value, json};

use crate::client::Client;

/// Asks the control API.
async fn control(client: &Client, method: Method, path: &str, body: Option<Value>) -> (u16, Value) {
    let request = client.http.request(method, format!("{}{path}", client.sandbox.control_url()));
    let request = if let Some(body) = &body { request.json(body) } else { request };
    let response = request.send().await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap())
}

#[tokio::test]
async fn requests_are_counted_by_template() {
    let client = Client::with_deals(3);
    client.list(&[]).await;
    client.list(&[("offset", "x")]).await;
    client.get("/nowhere").await;
    client.make(json!({"Name": "x"})).await;
    let (_, stats) = control(&client, Method::GET, "/stats", None).await;
    let stats: Stats = serde_json::from_value(stats).unwrap();
    assert_eq!(stats, client.sandbox.stats());
    assert_eq!(stats.requests(), 4);
    assert_eq!(stats.requests_to("GET", "/v0/{base}/{table}"), 2);
    assert_eq!(stats.answers_with("GET", "/v0/{base}/{table}", "422"), 1);
    assert_eq!(stats.requests_to("GET", "unrouted"), 1);
    let create = stats.routes.iter().find(|route| route.method == "POST").unwrap();
    assert!(create.request_bytes > 10 && create.response_bytes > 50);
    control(&client, Method::DELETE, "/stats", None).await;
    assert_eq!(client.sandbox.stats(), Stats::default());
}

#[tokio::test]
async fn faults_edits_clock_tokens_and_knobs_are_set_over_http() {
    let mut client = Client::with_deals(2);
    let fault = json!({"method": "GET", "route": "/v0/{base}/{table}", "times": 1, "effect": {"answer": {"status": 500}}});
    let (status, waiting) = control(&client, Method::POST, "/faults", Some(fault)).await;
    assert_eq!((status, waiting["faults"].as_array().unwrap().len()), (200, 1));
    assert_eq!(client.list(&[]).await.0, 500);
    assert_eq!(client.list(&[]).await.0, 200);
    control(&client, Method::POST, "/faults", Some(json!({"effect": {"cut": {"applied": true}}}))).await;
    assert_eq!(control(&client, Method::DELETE, "/faults", None).await.1, json!({"faults": []}));

    let id = client.sandbox.airtable_record_ids()[0].clone();
    let edit = json!({"action": "update_record", "record": id, "fields": {"Amount": 12}});
    let (status, edited) = control(&client, Method::POST, "/edit", Some(edit)).await;
    assert_eq!((status, &edited["fields"]["Amount"]), (200, &json!(12)));

    let set = json!({"set": "2030-01-01T00:00:00Z", "frozen": true, "advance_ms": 1500});
    let (_, clock) = control(&client, Method::POST, "/clock", Some(set)).await;
    assert_eq!(clock["now"], "2030-01-01T00:00:01.500Z");

    let grant = json!({"scopes": ["data.records:read"]});
    let (_, issued) = control(&client, Method::POST, "/tokens", Some(grant)).await;
    issued["token"].as_str().unwrap().clone_into(&mut client.token);
    assert_eq!(client.list(&[]).await.0, 200);
    assert_eq!(client.get(&client.meta("/tables")).await.0, 403);
    control(&client, Method::DELETE, "/tokens", Some(issued)).await;
    assert_eq!(client.list(&[]).await.0, 401);

    let (_, knobs) = control(&client, Method::PATCH, "/knobs", Some(json!({"limits": "x3"}))).await;
    assert_eq!((&knobs["limits"], &knobs["latency_ms"]), (&json!("x3"), &json!(0)));
    let (_, world) = control(&client, Method::GET, "/world", None).await;
    assert_eq!(world["airtable"]["bases"][0]["tables"][0]["records"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn orders_that_cannot_be_followed_are_refused_in_words() {
    let client = Client::with_deals(0);
    let cases = [
        (Method::POST, "/faults", json!({"status": 500}), 400, "unknown field"),
        (Method::POST, "/edit", json!({"action": "fly"}), 400, "unknown variant"),
        (
            Method::POST,
            "/edit",
            json!({"action": "delete_record", "record": "rec1"}),
            422,
            "there is no record rec1",
        ),
        (
            Method::POST,
            "/edit",
            json!({"action": "rename_field", "field": "X", "name": "Y"}),
            422,
            "there is no field X",
        ),
        (Method::POST, "/clock", json!({"set": "tomorrow"}), 400, "the body is not what this route takes"),
        (Method::PATCH, "/knobs", json!({"volume": 11}), 400, "unknown field"),
        (Method::DELETE, "/tokens", json!({"token": "x"}), 404, "not issued here"),
        (Method::GET, "/nothing", json!({}), 404, "is not a control route"),
    ];
    for (method, path, body, status, words) in cases {
        let (answered, answer) = control(&client, method, path, Some(body.clone())).await;
        assert_eq!(answered, status, "{path} {body}");
        assert!(answer["error"].as_str().unwrap().contains(words), "{answer}");
    }
}

#[tokio::test]
async fn a_person_edits_records_fields_and_choices() {
    let client = Client::with_deals(2);
    let id = client.sandbox.airtable_record_ids()[0].clone();
    let edit = async |order: Value| {
        let (status, made) = control(&client, Method::POST, "/edit", Some(order.clone())).await;
        assert_eq!(status, 200, "{order}: {made}");
        made
    };
    let copy = edit(json!({"action": "duplicate_record", "record": id})).await;
    assert_eq!(copy["fields"]["Reference"], client.cells(&id).await["Reference"]);
    assert_eq!(client.sandbox.airtable_record_ids().len(), 3);
    edit(json!({"action": "update_record", "record": id, "fields": {"Status": "Prospect", "Reference": "0042"}})).await;
    edit(json!({"action": "rename_choice", "field": "Status", "choice": "Prospect", "name": "Piste"})).await;
    assert_eq!(client.cells(&id).await["Status"], "Piste");
    edit(json!({"action": "delete_choice", "field": "Status", "choice": "Piste"})).await;
    assert_eq!(client.cells(&id).await.get("Status"), None);
    edit(json!({"action": "add_choice", "field": "Status", "name": "Neuf"})).await;
    edit(json!({"action": "retype_field", "field": "Reference", "type": "number", "options": {"precision": 0}})).await;
    assert_eq!(client.cells(&id).await["Reference"], 42);
    edit(json!({"action": "create_field", "name": "CRM ID", "type": "singleLineText"})).await;
    edit(json!({"action": "rename_table", "name": "Affaires"})).await;
    let renamed = client.get(&format!("/v0/{}/Affaires", client.sandbox.airtable_base_id())).await;
    assert_eq!(renamed.0, 200);
    edit(json!({"action": "delete_record", "record": id})).await;
    edit(json!({"action": "restore_record", "record": id})).await;
    assert_eq!(client.cells(&id).await["Reference"], 42);
}
