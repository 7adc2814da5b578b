//! The program itself.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use serde_json::{Value, json};

#[tokio::test]
async fn the_program_says_where_notion_is() {
    let mut program = Command::new(env!("CARGO_BIN_EXE_connector-sandbox"))
        .args(["--notion-port", "0", "--deals", "3", "--limits", "off"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(program.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let ready: Value = serde_json::from_str(&line).unwrap();
    let text = |key: &str| ready[key].as_str().unwrap_or_else(|| panic!("{key} in {line}")).to_owned();
    let ask = async |method: reqwest::Method, path: String, body: Value| -> Value {
        let url = format!("{}/v1/{path}", text("notion_url"));
        let request = reqwest::Client::new().request(method, url).bearer_auth(text("notion_token"));
        request.header("notion-version", "2025-09-03").json(&body).send().await.unwrap().json().await.unwrap()
    };
    let path = format!("data_sources/{}/query", text("notion_data_source_id"));
    let rows = ask(reqwest::Method::POST, path, json!({})).await;
    assert_eq!(rows["results"].as_array().unwrap().len(), 3);
    assert_eq!(rows["results"][0]["parent"]["database_id"], text("notion_database_id"));
    let database = json!({
        "parent": {"page_id": text("notion_parent_page_id")},
        "initial_data_source": {"properties": {"Name": {"title": {}}}},
    });
    let made = ask(reqwest::Method::POST, "databases".to_owned(), database).await;
    assert_eq!(made["object"], "database", "{made}");
    drop(program.stdin.take());
    assert!(program.wait().unwrap().success());
}
