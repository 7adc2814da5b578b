use std::time::Duration;

use serde_json::json;

use crate::client::Client;

#[tokio::test]
async fn a_file_is_complete_after_a_while_under_an_address_that_changes() {
    let client = Client::with_deals(0);
    client.sandbox.freeze_clock(true);
    let id = client.make(json!({"Files": [{"url": "https://files.example/devis.pdf"}]})).await;
    let first = client.cells(&id).await["Files"][0].clone();
    assert_eq!((&first["filename"], first.get("size")), (&json!("devis.pdf"), None));
    client.sandbox.advance_clock(Duration::from_secs(2));
    let second = client.cells(&id).await["Files"][0].clone();
    assert_eq!((&second["id"], &second["type"]), (&first["id"], &json!("application/pdf")));
    assert_ne!(second["url"], first["url"]);
    let address = second["url"].as_str().unwrap();
    let file = client.http.get(address).send().await.unwrap();
    assert_eq!(file.status(), 200);
    assert_eq!(json!(file.bytes().await.unwrap().len()), second["size"]);
    client.sandbox.advance_clock(Duration::from_hours(3));
    assert_eq!(client.http.get(address).send().await.unwrap().status(), 410);

    let kept = json!({"fields": {"Files": [{"id": first["id"]}, {"url": "https://files.example/b.png", "filename": "B.png"}]}});
    let (_, changed) = client.patch(&client.deals(&format!("/{id}")), &kept).await;
    let files = changed["fields"]["Files"].as_array().unwrap();
    assert_eq!((files.len(), &files[0]["id"], &files[1]["filename"]), (2, &first["id"], &json!("B.png")));
}

#[tokio::test]
async fn bytes_are_uploaded_and_come_back() {
    let client = Client::with_deals(1);
    let id = client.sandbox.airtable_record_ids()[0].clone();
    let path = format!("/v0/{}/{id}/Files/uploadAttachment", client.sandbox.airtable_base_id());
    let body = json!({"contentType": "text/plain", "file": "Qm9uam91cg==", "filename": "a.txt"});
    let (status, answer) = client.post(&path, &body).await;
    assert_eq!(status, 200, "{answer}");
    let field = client.sandbox.airtable_field_id("Files").unwrap();
    let file = answer["fields"][&field].as_array().unwrap().last().unwrap().clone();
    assert_eq!((&file["size"], &file["type"]), (&json!(7), &json!("text/plain")));
    let bytes = client.http.get(file["url"].as_str().unwrap()).send().await.unwrap().bytes().await.unwrap();
    assert_eq!(bytes, "Bonjour");
}
