//! Every refusal, in the provider's words and in the order of its checks.

use connector_sandbox::{Permission, TokenGrant};
use reqwest::Method;
use serde_json::{Value, json};

use crate::client::{Answer, Client, error};

const GONE: &str = "recAAAAAAAAAAAAAA";
const MODEL: &str = "Invalid permissions, or the requested model was not found. Check that both your user and your \
                     token have the required permissions, and that the model names and/or ids are correct.";

fn model_not_found() -> Answer {
    (403, error("INVALID_PERMISSIONS_OR_MODEL_NOT_FOUND", MODEL))
}

fn nowhere() -> Answer {
    (404, json!({"error": "NOT_FOUND"}))
}

#[tokio::test]
async fn a_token_that_is_not_known_is_refused_after_a_malformed_path() {
    let mut client = Client::with_deals(1);
    let unauthenticated = (401, error("AUTHENTICATION_REQUIRED", "Authentication required"));
    for token in ["", "pat", "keyAAAAAAAAAAAAAA"] {
        token.clone_into(&mut client.token);
        assert_eq!(client.get(&client.deals("")).await, unauthenticated, "{token}");
        assert_eq!(client.get("/v0/appX/Deals").await, nowhere());
        assert_eq!(client.get("/v1/whatever").await, nowhere());
    }
    let basic = client.http.get(format!("{}{}", client.sandbox.airtable_url(), client.deals("")));
    let answer = basic.basic_auth(client.sandbox.airtable_token(), Some("")).send().await.unwrap();
    assert_eq!(answer.status(), 401);
    client.token = client.sandbox.airtable_token().to_owned();
    assert!(client.sandbox.revoke_token(&client.token));
    assert_eq!(client.get(&client.deals("")).await, unauthenticated);
}

#[tokio::test]
async fn what_is_missing_decides_the_answer() {
    let client = Client::with_deals(1);
    let base = client.sandbox.airtable_base_id();
    let fields = json!({"fields": {}});
    let record = client.deals(&format!("/{GONE}"));
    let does_not_exist = format!("Record ID {GONE} does not exist in this table");
    let no_row = (422, error("ROW_DOES_NOT_EXIST", &does_not_exist));
    let batch = json!({"records": [{"id": GONE, "fields": {}}]});
    let upsert =
        json!({"performUpsert": {"fieldsToMergeOn": ["Name"]}, "records": [{"id": GONE, "fields": {}}]});

    assert_eq!(client.get("/v0/appAAAAAAAAAAAAAA/Deals").await, nowhere());
    assert_eq!(client.get("/v0/meta/bases/appAAAAAAAAAAAAAA/tables").await, model_not_found());
    assert_eq!(client.get(&format!("/v0/{base}/Nothing")).await, model_not_found());
    assert_eq!(client.get(&record).await, model_not_found());
    assert_eq!(client.patch(&record, &fields).await, model_not_found());
    assert_eq!(client.put(&record, &fields).await, model_not_found());
    assert_eq!(client.delete(&record).await, model_not_found());
    assert_eq!(client.patch(&client.deals(""), &batch).await, no_row);
    assert_eq!(client.put(&client.deals(""), &batch).await, no_row);
    assert_eq!(client.patch(&client.deals(""), &upsert).await, no_row);
    let missing = format!("Could not find a record with ID \"{GONE}\".");
    let deleted = client.delete(&client.deals(&format!("?records[]={GONE}"))).await;
    assert_eq!(deleted, (404, error("NOT_FOUND", &missing)));
    assert_eq!(client.get(&client.deals("/rec1")).await, nowhere());
    assert_eq!(client.sandbox.airtable_record_ids().len(), 1, "nothing was made by accident");
}

#[tokio::test]
async fn scopes_bases_and_roles_are_checked() {
    let mut client = Client::with_deals(1);
    let record = client.deals(&format!("/{}", client.sandbox.airtable_record_ids()[0]));
    let body = json!({"fields": {"Name": "x"}});

    client.token = client.sandbox.issue_token(TokenGrant::read_only());
    assert_eq!(client.get(&record).await.0, 200);
    assert_eq!(client.get(&client.meta("/tables")).await.0, 200);
    assert_eq!(client.patch(&record, &body).await, model_not_found());
    assert_eq!(client.post(&client.deals(""), &body).await, model_not_found());
    assert_eq!(client.delete(&record).await, model_not_found());
    assert_eq!(client.post(&client.meta("/tables"), &json!({})).await, model_not_found());
    assert_eq!(client.get(&client.webhooks("")).await, model_not_found());

    client.token = client.sandbox.issue_token(TokenGrant::scopes(&["data.records:write"]));
    assert_eq!(client.get(&client.deals("")).await, model_not_found());
    assert_eq!(client.get("/v0/meta/bases").await, model_not_found());
    assert_eq!(client.get(&client.meta("/tables")).await, model_not_found());
    assert_eq!(client.patch(&record, &body).await.0, 200);

    let elsewhere = TokenGrant { bases: Some(vec!["appAAAAAAAAAAAAAA".to_owned()]), ..TokenGrant::default() };
    client.token = client.sandbox.issue_token(elsewhere);
    assert_eq!(client.get(&record).await, model_not_found());
    assert_eq!(client.get("/v0/meta/bases").await, (200, json!({"bases": []})));

    let reader = TokenGrant { permission: Permission::Read, ..TokenGrant::default() };
    client.token = client.sandbox.issue_token(reader);
    let refused = client.post(&client.deals(""), &body).await;
    let message = format!(
        "You are not permitted to create records in table Deals ({})",
        client.sandbox.airtable_table_id()
    );
    assert_eq!(refused, (403, error("INVALID_PERMISSIONS", &message)));
    assert_eq!(client.get("/v0/meta/bases").await.1["bases"][0]["permissionLevel"], "read");

    let editor = TokenGrant { permission: Permission::Edit, ..TokenGrant::default() };
    client.token = client.sandbox.issue_token(editor);
    let cast = json!({"fields": {"Status": "Neuf"}, "typecast": true});
    let message = "Insufficient permissions to create new select option \"\\\"Neuf\\\"\"";
    assert_eq!(
        client.post(&client.deals(""), &cast).await,
        (422, error("INVALID_MULTIPLE_CHOICE_OPTIONS", message))
    );
}

#[tokio::test]
async fn bodies_of_a_wrong_shape_are_refused() {
    let client = Client::with_deals(1);
    let id = &client.sandbox.airtable_record_ids()[0];
    let table = client.deals("");
    let record = client.deals(&format!("/{id}"));
    let create = "You must provide an array of up to 10 record objects, each with a \"fields\" object for cell values.";
    let update = "You must provide an array of up to 10 record objects, each with an \"id\" ID field and a \"fields\" \
                  object for cell values.";
    let twice = "You cannot update the same record multiple times in a single request.";
    let invalid = "Invalid request: parameter validation failed. Check your request data.";
    let eleven: Vec<Value> = (0..11).map(|_| json!({"fields": {}})).collect();
    let missing = "Could not find field \"fields\" in the request body";
    let cases = [
        (Method::POST, &table, json!({}), "INVALID_REQUEST_MISSING_FIELDS", missing),
        (Method::PATCH, &record, json!({"Name": "x"}), "INVALID_REQUEST_MISSING_FIELDS", missing),
        (Method::POST, &table, json!({"records": eleven}), "INVALID_RECORDS", create),
        (Method::POST, &table, json!({"records": []}), "INVALID_RECORDS", create),
        (Method::POST, &table, json!({"records": [{"id": id, "fields": {}}]}), "INVALID_RECORDS", create),
        (Method::PATCH, &table, json!({"records": [{"fields": {}}]}), "INVALID_RECORDS", update),
        (
            Method::PATCH,
            &table,
            json!({"records": [{"id": "rec1", "fields": {}}]}),
            "INVALID_RECORDS",
            update,
        ),
        (Method::PATCH, &table, json!({"records": [{"id": id}]}), "INVALID_RECORDS", update),
        (Method::PUT, &table, json!({"fields": {}}), "INVALID_RECORDS", update),
        (
            Method::PATCH,
            &table,
            json!({"records": [{"id": id, "fields": {}}, {"id": id, "fields": {}}]}),
            "INVALID_RECORDS",
            twice,
        ),
        (Method::POST, &table, json!({"fields": [], "x": 1}), "INVALID_REQUEST_UNKNOWN", invalid),
        (Method::POST, &table, json!({"fields": {}, "typecast": "yes"}), "INVALID_REQUEST_UNKNOWN", invalid),
        (Method::POST, &table, json!([1]), "INVALID_REQUEST_UNKNOWN", invalid),
    ];
    for (method, path, body, kind, message) in cases {
        let response = client.send(method.clone(), path, Some(&body)).await.unwrap();
        assert_eq!(response.status(), 422, "{method} {body}");
        assert_eq!(response.json::<Value>().await.unwrap(), error(kind, message), "{method} {body}");
    }
    let url = format!("{}{table}", client.sandbox.airtable_url());
    let unparsable = error("INVALID_REQUEST_BODY", "Could not parse request body");
    for (kind, body) in [("application/json", "{\"fields\": "), ("text/plain", "{\"fields\": {}}")] {
        let request =
            client.http.post(&url).bearer_auth(&client.token).header("Content-Type", kind).body(body);
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 422);
        assert_eq!(response.json::<Value>().await.unwrap(), unparsable, "{kind}");
    }
}

#[tokio::test]
async fn a_body_beyond_the_bound_is_too_large() {
    let client = Client::with_deals(0);
    let body = json!({"fields": {"Notes": "x".repeat(17 << 20)}});
    // The server may hang up while the body is still being sent.
    if let Ok(response) = client.send(Method::POST, &client.deals(""), Some(&body)).await {
        assert_eq!(response.status(), 413);
    }
    assert!(client.sandbox.airtable_record_ids().is_empty());
}

#[tokio::test]
async fn field_names_are_checked_before_values() {
    let client = Client::with_deals(0);
    let body = json!({"records": [{"fields": {"Amount": "x"}}, {"fields": {"Montant": 1}}]});
    let expected = (422, error("UNKNOWN_FIELD_NAME", "Unknown field name: \"Montant\""));
    assert_eq!(client.post(&client.deals(""), &body).await, expected);
    assert_eq!(client.list(&[("fields[]", "Montant")]).await, expected);
    assert_eq!(client.list(&[("sort[0][field]", "Montant")]).await, expected);
}

#[tokio::test]
async fn lists_refuse_what_they_cannot_do() {
    let client = Client::with_deals(3);
    let base = client.sandbox.airtable_base_id().to_owned();
    let (_, companies) = client.get(&client.meta("/tables")).await;
    let foreign = companies["tables"][1]["views"][0]["id"].as_str().unwrap();
    let formula = "The formula for filtering records is invalid:";
    let parse = format!("{formula} Invalid formula. Please check your formula text.");
    let unknown = format!("{formula} Unknown field names: montant, stade");
    let size = "Page size argument should be between 0 and 100";
    let cases = [
        ("pageSize", "101", "INVALID_PAGE_SIZE_ARGUMENT", size),
        ("pageSize", "-1", "INVALID_PAGE_SIZE_ARGUMENT", size),
        ("filterByFormula", "AND(", "INVALID_FILTER_BY_FORMULA", parse.as_str()),
        ("filterByFormula", "NOPE(1)", "INVALID_FILTER_BY_FORMULA", parse.as_str()),
        ("filterByFormula", "{Montant}={Stade}", "INVALID_FILTER_BY_FORMULA", unknown.as_str()),
        ("offset", "abc", "INVALID_OFFSET_VALUE", "The value of offset abc is invalid"),
        ("view", "Nowhere", "VIEW_NAME_NOT_FOUND", "View Nowhere not found"),
        ("view", "viwAAAAAAAAAAAAAA", "VIEW_ID_NOT_FOUND", "View viwAAAAAAAAAAAAAA not found"),
    ];
    for (key, value, kind, message) in cases {
        assert_eq!(client.list(&[(key, value)]).await, (422, error(kind, message)), "{key}={value}");
    }
    let silent = json!({"error": {"type": "FAILED_STATE_CHECK"}});
    assert_eq!(client.list(&[("view", foreign)]).await, (422, silent));
    let gone = json!({"error": {"type": "LIST_RECORDS_ITERATOR_NOT_AVAILABLE"}});
    assert_eq!(client.list(&[("offset", "itrAAAAAAAAAAAAAA/recAAAAAAAAAAAAAA")]).await, (422, gone));
    let unknown = "Invalid request: parameter validation failed. Check your request data.";
    let text = client.list(&[("cellFormat", "string")]).await;
    assert_eq!(text, (422, error("INVALID_REQUEST_UNKNOWN", unknown)), "a zone and a locale are missing");
    let long = format!("/v0/{base}/Deals?filterByFormula={}", "x".repeat(16_000));
    assert_eq!(client.get(&long).await.0, 414);
}
