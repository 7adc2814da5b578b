//! The example for nginx, in a real nginx: before our server and a small CRM on Flask, on one origin.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use futures::StreamExt as _;
use reqwest::Client;
use serde_json::Value;
use tempfile::TempDir;

use crate::program::{Program, answered, bare, root, serve};

const CLIENTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/operations/crm");

/// nginx with the example's configuration; the address that it listens on.
struct Proxy {
    address: String,
    _nginx: Program,
    _folder: TempDir,
}

impl Proxy {
    async fn before(crm: &str, server: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let address = format!("127.0.0.1:{port}");
        let example = fs::read_to_string(root().join("deploy/nginx.conf")).unwrap();
        let mut configuration = example;
        for (theirs, ours) in [
            ("server 127.0.0.1:5000;", format!("server {crm};")),
            ("server 127.0.0.1:8080;", format!("server {server};")),
            ("listen 80;", format!("listen {address};")),
        ] {
            assert!(configuration.contains(theirs), "{theirs}");
            configuration = configuration.replace(theirs, &ours);
        }
        let here = folder.path().display();
        let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map(|kind| format!("{kind}_temp_path {here}/{kind};\n"))
            .concat();
        let whole = format!(
            "daemon off; master_process off; pid {here}/pid; error_log stderr warn;\n\
             events {{}}\nhttp {{ access_log off; {temporary}{configuration} }}"
        );
        let file = folder.path().join("nginx.conf");
        fs::write(&file, whole).unwrap();
        let mut command = Command::new(nginx());
        command.args(["-e", "stderr", "-p"]).arg(folder.path()).arg("-c").arg(&file);
        // Its worker would be another user, who cannot write into the folder.
        if Command::new("id").arg("-u").output().unwrap().stdout == b"0\n" {
            command.args(["-g", "user root;"]);
        }
        let nginx = Program::start(&mut command);
        answered(&Client::new(), &format!("http://{address}/")).await;
        Self { address, _nginx: nginx, _folder: folder }
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }
}

#[test]
fn every_page_is_passed_on() {
    let example = fs::read_to_string(root().join("deploy/nginx.conf")).unwrap();
    let pages = include_str!("../../src/pages/mod.rs");
    let paths = pages.split(".route(\"/").skip(1).filter_map(|rest| rest.split(['/', '"']).next());
    let mut count = 0;
    for path in paths.filter(|path| !path.is_empty()) {
        let part = path.replace('.', "\\.");
        let is_there = ["(", "|"].iter().any(|before| example.contains(&format!("{before}{part}")));
        assert!(is_there, "/{path} stays with the CRM");
        count += 1;
    }
    assert!(count >= 20, "{count} addresses");
}

#[tokio::test]
async fn one_origin_serves_the_crm_and_the_sync_server() {
    let programs = test_packages::python(
        &Path::new(CLIENTS).join("requirements.txt"),
        Path::new(env!("CARGO_TARGET_TMPDIR")),
    );
    let mut crm =
        Program::start(Command::new(programs.join("python")).arg(Path::new(CLIENTS).join("app.py")));
    let crm_address = format!("127.0.0.1:{}", crm.line());
    let folder = tempfile::tempdir().unwrap();
    let mut command = bare(Path::new(env!("CARGO_BIN_EXE_crm-sync-server")));
    command
        .current_dir(folder.path())
        .env("CRM_SYNC_BIND", "127.0.0.1:0")
        .env("CRM_SYNC_ALLOWED_ORIGINS", "http://crm.example");
    let (_server, server) = serve(&mut command);
    let proxy = Proxy::before(&crm_address, &server).await;
    let client = Client::new();
    let get = |path: &str, host: &str| client.get(proxy.url(path)).header("host", host).send();

    let home = get("/", "crm.example").await.unwrap();
    assert_eq!(home.text().await.unwrap(), "<h1>CRM</h1>");
    let told: Value = get("/api/deals", "crm.example").await.unwrap().json().await.unwrap();
    assert_eq!(told["host"], "crm.example");
    assert_eq!(told["forwarded_for"], "127.0.0.1");

    let document = get("/api/openapi.json", "crm.example").await.unwrap();
    assert_eq!(document.status(), 200);
    assert_eq!(document.headers()["x-content-type-options"], "nosniff", "our headers come through");
    assert_eq!(document.headers()["x-request-id"].len(), 32, "nginx' own id, in our log too");
    assert!(document.json::<Value>().await.unwrap()["openapi"].is_string());
    let strange = get("/api/openapi.json", "evil.example").await.unwrap();
    assert_eq!(strange.status(), 403, "the name that the browser asked for comes through");
    for path in ["/metrics", "/healthz", "/readyz"] {
        assert_eq!(
            get(path, "crm.example").await.unwrap().status(),
            404,
            "{path} is the CRM's, and it has none"
        );
    }

    let post = |path: &str, bytes: usize| client.post(proxy.url(path)).body(vec![b'x'; bytes]).send();
    let taken: Value = post("/api/deals/import", 500_000).await.unwrap().json().await.unwrap();
    assert_eq!(taken["bytes"], 500_000);
    let large = post("/api/v1/plans", 2_000_000).await.unwrap();
    assert_eq!(large.status(), 413, "nginx refuses what is too much before the server has to");
}

#[tokio::test]
async fn events_come_through_as_they_are_sent() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let (seen, go_on) = mpsc::channel::<()>();
    let server = thread::spawn(move || {
        // The first caller is the one that waits for nginx.
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            if head(&mut stream).starts_with("GET /api/v1/runs/1/events ") {
                let head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n";
                stream.write_all(format!("{head}data: one\n\n").as_bytes()).unwrap();
                // Nothing more is sent before the first event has arrived.
                go_on.recv_timeout(Duration::from_secs(20)).unwrap();
                return stream.write_all(b"data: two\n\n").unwrap();
            }
            stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").unwrap();
        }
    });
    let proxy = Proxy::before(&address, &address).await;

    let events = reqwest::get(proxy.url("/api/v1/runs/1/events")).await.unwrap();
    let mut chunks = events.bytes_stream();
    let first = tokio::time::timeout(Duration::from_secs(10), chunks.next()).await;
    assert_eq!(first.expect("the first event is held back").unwrap().unwrap(), "data: one\n\n");
    seen.send(()).unwrap();
    assert_eq!(chunks.next().await.unwrap().unwrap(), "data: two\n\n");
    server.join().unwrap();
}

/// Where Debian has it, which is not in everybody's path.
fn nginx() -> PathBuf {
    let debian = PathBuf::from("/usr/sbin/nginx");
    if debian.exists() { debian } else { PathBuf::from("nginx") }
}

fn head(stream: &mut TcpStream) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        if stream.read(&mut byte).unwrap() == 0 {
            break;
        }
        head.push(byte[0]);
    }
    String::from_utf8(head).unwrap()
}
