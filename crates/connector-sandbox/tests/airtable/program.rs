//! The program itself.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use serde_json::Value;

#[tokio::test]
async fn the_program_says_where_it_is_and_stops_when_stdin_closes() {
    let mut program = Command::new(env!("CARGO_BIN_EXE_connector-sandbox"))
        .args(["--airtable-port", "0", "--notion-port", "0", "--control-port", "0"])
        .args(["--deals", "5", "--seed", "7", "--latency-ms", "1", "--limits", "x20"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(program.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let ready: Value = serde_json::from_str(&line).unwrap();
    let text = |key: &str| ready[key].as_str().unwrap_or_else(|| panic!("{key} in {line}"));
    let url =
        format!("{}/v0/{}/{}", text("airtable_url"), text("airtable_base_id"), text("airtable_table_id"));
    let listed: Value = reqwest::Client::new()
        .get(url)
        .bearer_auth(text("airtable_token"))
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(listed["records"].as_array().unwrap().len(), 5);
    let knobs = reqwest::get(format!("{}/knobs", text("control_url"))).await.unwrap();
    assert_eq!(knobs.json::<Value>().await.unwrap()["limits"], "x20");
    drop(program.stdin.take());
    assert!(program.wait().unwrap().success());
}

#[test]
fn a_wrong_argument_is_refused() {
    let refused = Command::new(env!("CARGO_BIN_EXE_connector-sandbox"))
        .args(["--limits", "fast"])
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert!(!refused.status.success());
    assert!(String::from_utf8_lossy(&refused.stderr).contains("not `fast`"));
}

#[test]
fn the_program_stops_when_it_is_told_to_terminate() {
    let mut program = Command::new(env!("CARGO_BIN_EXE_connector-sandbox"))
        .args(["--deals", "0"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    // Held open, so that only the signal can end it.
    let stdin = program.stdin.take();
    BufReader::new(program.stdout.take().unwrap()).read_line(&mut String::new()).unwrap();
    let sent = Command::new("kill").args(["-TERM", &program.id().to_string()]).status().unwrap();
    assert!(sent.success());
    assert!(program.wait().unwrap().success());
    drop(stdin);
}

#[test]
fn a_port_in_use_is_named() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let airtable_port = taken.local_addr().unwrap().port();
    let refused = connector_sandbox::Sandbox::start(connector_sandbox::Settings {
        airtable_port,
        ..connector_sandbox::Settings::default()
    });
    assert!(refused.unwrap_err().to_string().contains(&format!("127.0.0.1:{airtable_port}")));
}
