//! What is refused, in which order and in which words.

use connector_sandbox::{Permission, TokenGrant};
use serde_json::{Value, json};

use crate::{Wire, answer};

const NOBODY: &str = "recAAAAAAAAAAAAAA";

fn kind(body: &Value) -> &str {
    body["error"]["type"].as_str().or(body["error"].as_str()).unwrap_or_else(|| panic!("no type: {body}"))
}

#[tokio::test]
async fn what_is_missing_is_told_by_the_operation() {
    let wire = Wire::new(1);
    let base = wire.sandbox.airtable_base_id();
    let fields = json!({"fields": {}});
    let many = json!({"records": [{"id": NOBODY, "fields": {}}]});
    let upsert =
        json!({"performUpsert": {"fieldsToMergeOn": ["Name"]}, "records": [{"id": NOBODY, "fields": {}}]});
    let model = "INVALID_PERMISSIONS_OR_MODEL_NOT_FOUND";
    let one = wire.deals(&format!("/{NOBODY}"));
    let cases = [
        ("GET", "/v0/appAAAAAAAAAAAAAA/Deals".to_owned(), None, 404, "NOT_FOUND"),
        ("GET", "/v0/meta/bases/appAAAAAAAAAAAAAA/tables".to_owned(), None, 403, model),
        ("GET", format!("/v0/{base}/Nowhere"), None, 403, model),
        ("POST", format!("/v0/{base}/Nowhere"), Some(&fields), 403, model),
        ("GET", one.clone(), None, 403, model),
        ("PATCH", one.clone(), Some(&fields), 403, model),
        ("PUT", one.clone(), Some(&fields), 403, model),
        ("DELETE", one, None, 403, model),
        ("PATCH", wire.deals(""), Some(&many), 422, "ROW_DOES_NOT_EXIST"),
        ("PUT", wire.deals("/"), Some(&many), 422, "ROW_DOES_NOT_EXIST"),
        ("PATCH", wire.deals(""), Some(&upsert), 422, "ROW_DOES_NOT_EXIST"),
        ("DELETE", wire.deals(&format!("?records[]={NOBODY}")), None, 404, "NOT_FOUND"),
        ("GET", wire.deals("/rec1"), None, 404, "NOT_FOUND"),
        ("GET", "/v0/unrouted/anywhere/at/all/x".to_owned(), None, 404, "NOT_FOUND"),
    ];
    for (method, path, body, status, expected) in cases {
        let (found, answer) = wire.call(method, &path, body).await;
        assert_eq!((found, kind(&answer)), (status, expected), "{method} {path}");
    }
    let unknown = wire.call("GET", "/v0/appAAAAAAAAAAAAAA/Deals", None).await.1;
    assert_eq!(unknown, json!({"error": "NOT_FOUND"}));
}

#[tokio::test]
async fn a_malformed_id_is_refused_before_the_token_and_the_token_before_the_base() {
    let wire = Wire::new(1);
    let unsigned = |path: String| answer(wire.request("GET", &path));
    assert_eq!(unsigned("/v0/app1/Deals".to_owned()).await, (404, json!({"error": "NOT_FOUND"})));
    let expected =
        json!({"error": {"type": "AUTHENTICATION_REQUIRED", "message": "Authentication required"}});
    for path in ["/v0/appAAAAAAAAAAAAAA/Deals".to_owned(), wire.deals(""), "/v0/meta/whoami".to_owned()] {
        assert_eq!(unsigned(path).await, (401, expected.clone()));
    }
    let basic = wire.request("GET", &wire.deals("")).basic_auth(wire.sandbox.airtable_token(), Some(""));
    assert_eq!(answer(basic).await.0, 401);
    let query = wire.deals(&format!("?api_key={}", wire.sandbox.airtable_token()));
    assert_eq!(answer(wire.request("GET", &query)).await.0, 401);
    let token = wire.sandbox.issue_token(TokenGrant::default());
    assert_eq!(wire.call_as(&token, "GET", &wire.deals(""), None).await.0, 200);
    assert!(wire.sandbox.revoke_token(&token));
    assert_eq!(wire.call_as(&token, "GET", &wire.deals(""), None).await.0, 401);
}

#[tokio::test]
async fn a_token_reaches_as_far_as_its_scopes_bases_and_role() {
    let wire = Wire::new(1);
    let elsewhere = wire.sandbox.issue_token(TokenGrant {
        bases: Some(vec!["appAAAAAAAAAAAAAA".to_owned()]),
        ..TokenGrant::default()
    });
    assert_eq!(wire.call_as(&elsewhere, "GET", &wire.deals(""), None).await.0, 403);
    assert_eq!(wire.call_as(&elsewhere, "GET", "/v0/meta/bases", None).await.1, json!({"bases": []}));

    let records = wire.sandbox.issue_token(TokenGrant::scopes(&["data.records:read", "data.records:write"]));
    assert_eq!(wire.call_as(&records, "GET", &wire.deals(""), None).await.0, 200);
    assert_eq!(wire.call_as(&records, "GET", "/v0/meta/bases", None).await.0, 403);
    assert_eq!(wire.call_as(&records, "GET", &wire.webhooks(""), None).await.0, 403);
    let whoami = wire.call_as(&records, "GET", "/v0/meta/whoami", None).await;
    assert!(whoami.0 == 200 && whoami.1.get("email").is_none());

    let create = json!({"fields": {"Name": "x"}});
    let reader =
        wire.sandbox.issue_token(TokenGrant { permission: Permission::Read, ..TokenGrant::default() });
    let (status, body) = wire.call_as(&reader, "POST", &wire.deals(""), Some(&create)).await;
    assert_eq!((status, kind(&body)), (403, "INVALID_PERMISSIONS"));
    let words = format!(
        "You are not permitted to create records in table Deals ({})",
        wire.sandbox.airtable_table_id()
    );
    assert_eq!(body["error"]["message"], words);

    let editor =
        wire.sandbox.issue_token(TokenGrant { permission: Permission::Edit, ..TokenGrant::default() });
    assert_eq!(wire.call_as(&editor, "POST", &wire.deals(""), Some(&create)).await.0, 200);
    let choice = json!({"fields": {"Status": "Nouveau"}, "typecast": true});
    let (status, body) = wire.call_as(&editor, "POST", &wire.deals(""), Some(&choice)).await;
    assert_eq!((status, kind(&body)), (422, "INVALID_MULTIPLE_CHOICE_OPTIONS"));
    assert_eq!(
        body["error"]["message"],
        "Insufficient permissions to create new select option \"\\\"Nouveau\\\"\""
    );
}

#[tokio::test]
async fn a_body_must_be_json_of_the_right_shape() {
    let wire = Wire::new(1);
    let post = |body: &'static str, content_type: &'static str| {
        let request = wire.request("POST", &wire.deals("")).bearer_auth(wire.sandbox.airtable_token());
        answer(request.header("content-type", content_type).body(body))
    };
    for (body, content_type, expected) in [
        ("{\"fields\":", "application/json", "INVALID_REQUEST_BODY"),
        ("{\"fields\":{}}", "text/plain", "INVALID_REQUEST_BODY"),
        ("{}", "application/json", "INVALID_REQUEST_MISSING_FIELDS"),
        ("{\"records\":[]}", "application/json", "INVALID_RECORDS"),
        ("{\"records\":[{\"Name\":\"x\"}]}", "application/json", "INVALID_RECORDS"),
        ("{\"fields\":{\"Name\":\"x\"},\"typecast\":\"yes\"}", "application/json", "INVALID_REQUEST_UNKNOWN"),
    ] {
        let (status, answer) = post(body, content_type).await;
        assert_eq!((status, kind(&answer)), (422, expected), "{body}");
    }
    assert_eq!(wire.sandbox.airtable_record_ids().len(), 1);
}

#[tokio::test]
async fn an_upsert_is_refused_as_a_whole_when_one_element_does_not_fit() {
    let wire = Wire::new(0);
    for name in ["Twin", "Twin", "Single"] {
        wire.create(&json!({"Name": name})).await;
    }
    let upsert = |merge: Value, records: Value| json!({"performUpsert": {"fieldsToMergeOn": merge}, "records": records});
    let fresh = json!({"fields": {"Name": "Fresh"}});
    let before = wire.sandbox.world();
    for body in [
        upsert(json!(["Name"]), json!([fresh, {"fields": {"Name": "Twin", "Amount": 1}}])),
        upsert(json!(["Name", "Reference"]), json!([fresh])),
        upsert(json!([]), json!([fresh])),
        upsert(json!(["Name", "Reference", "Notes", "Assignee"]), json!([fresh])),
        upsert(json!(["Weighted Amount"]), json!([fresh])),
        upsert(json!(["Nowhere"]), json!([fresh])),
        upsert(json!(["Name"]), json!([fresh, {"id": NOBODY, "fields": {}}])),
        upsert(json!(["Name"]), json!([{"fields": {"Name": "Single"}}, {"fields": {"Name": "Single"}}])),
    ] {
        assert_eq!(wire.call("PATCH", &wire.deals(""), Some(&body)).await.0, 422, "{body}");
        assert_eq!(wire.sandbox.world(), before, "{body}");
    }
    let body = upsert(json!(["Name"]), json!([fresh, {"fields": {"Name": "Single", "Amount": 3}}]));
    let done = wire.ok("PATCH", &wire.deals(""), Some(&body)).await;
    assert_eq!(done["createdRecords"], json!([done["records"][0]["id"]]));
    assert_eq!(done["updatedRecords"], json!([done["records"][1]["id"]]));
}
