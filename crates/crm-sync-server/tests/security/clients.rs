//! Clients that are slow, greedy or rude: they get an answer in words or a closed door, and nobody else waits.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::place::Kind;
use crate::premises::{API_KEY, Premises};
use crate::wire::Wire;

const MEBIBYTE: u64 = 1024 * 1024;

/// Sends the start of a request, then a piece now and then, until the server has had enough; what it said, and when.
fn drip(address: SocketAddr, start: &str, piece: &'static str) -> (String, Duration) {
    let mut stream = TcpStream::connect(address).unwrap();
    let begun = Instant::now();
    stream.write_all(start.as_bytes()).unwrap();
    let mut dripping = stream.try_clone().unwrap();
    thread::spawn(move || {
        // Ends when the server hangs up.
        while dripping.write_all(piece.as_bytes()).is_ok() {
            thread::sleep(Duration::from_millis(250));
        }
    });
    stream.set_read_timeout(Some(Duration::from_mins(1))).unwrap();
    let mut said = Vec::new();
    let _ = stream.read_to_end(&mut said);
    stream.shutdown(Shutdown::Both).ok();
    (String::from_utf8_lossy(&said).into_owned(), begun.elapsed())
}

#[test]
fn a_client_that_drips_is_left_and_nobody_else_waits() {
    let premises = Premises::new(Kind::Sqlite).with("CRM_SYNC_API_KEY", API_KEY);
    let server = premises.serve();
    let address = server.address;
    let head = "POST /api/sync/airtable HTTP/1.1\r\nHost: localhost\r\n".to_owned();
    let body = format!(
        "PUT /api/connectors/config/airtable HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {API_KEY}\r\n\
         Content-Type: application/json\r\nContent-Length: 60000\r\n\r\n{{"
    );
    let form = "POST /sign-in HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 60000\r\n\r\nkey="
        .to_owned();
    let slow = [(head, "X-More: a\r\n"), (body, " "), (form, "a")]
        .map(|(start, piece)| thread::spawn(move || drip(address, &start, piece)));
    let mut others = server.wire();
    let begun = Instant::now();
    for _ in 0..20 {
        assert_eq!(others.get("/api/connectors/config").status, 200);
    }
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    for slow in slow {
        let (said, took) = slow.join().unwrap();
        assert!(took < Duration::from_secs(40), "it was listened to for {took:?}: {said}");
        assert!(said.is_empty() || said.starts_with("HTTP/1.1 408"), "{said}");
    }
}

#[test]
fn a_client_that_does_not_read_holds_up_neither_others_nor_the_end() {
    let premises = Premises::new(Kind::Sqlite);
    let server = premises.serve();
    let mut others = Wire::to(server.address);
    let document = others.get("/api/openapi.json").json();
    let paths = document["paths"].as_object().unwrap();
    let streams =
        paths.keys().filter(|path| path.contains("event")).map(|path| path.replace("{run}", "none"));
    let asked: Vec<String> =
        streams.chain(["/api/openapi.json".to_owned(), "/connectors".to_owned()]).collect();
    let mut deaf = Vec::new();
    for path in asked.iter().cycle().take(24) {
        let mut stream = TcpStream::connect(server.address).unwrap();
        let one = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        stream.set_nonblocking(true).unwrap();
        // The server stops taking requests whose answers nobody takes.
        let _ = stream.write(one.repeat(40).as_bytes());
        deaf.push(stream);
    }
    let begun = Instant::now();
    for _ in 0..10 {
        assert_eq!(others.get("/api/connectors/config").status, 200);
    }
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
    assert!(server.memory() < 300 * MEBIBYTE, "{} MiB", server.memory() / MEBIBYTE);
    let begun = Instant::now();
    server.stop();
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
    drop(deaf);
}

#[test]
fn a_body_of_100_megabytes_is_refused_after_its_first_64_kibibytes() {
    let premises = Premises::new(Kind::Sqlite);
    let server = premises.serve();
    for (path, kind, start) in [
        ("PUT /api/connectors/config/airtable", "application/json", "{\"base_id\":\""),
        ("POST /sign-in", "application/x-www-form-urlencoded", "key="),
    ] {
        let mut stream = TcpStream::connect(server.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        stream.set_write_timeout(Some(Duration::from_secs(30))).unwrap();
        let head = format!(
            "{path} HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\nContent-Type: {kind}\r\nContent-Length: 100000000\r\n\r\n{start}"
        );
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(&b"x".repeat(128 * 1024)).unwrap();
        let mut said = [0; 12];
        stream.read_exact(&mut said).unwrap();
        assert_eq!(String::from_utf8_lossy(&said), "HTTP/1.1 413", "{path}");
        // Whoever goes on is not listened to for long.
        let begun = Instant::now();
        while stream.write_all(&[b'x'; 1024]).is_ok() {
            assert!(begun.elapsed() < Duration::from_secs(30), "{path}: it still listens");
            thread::sleep(Duration::from_millis(20));
        }
    }
    assert_eq!(Wire::to(server.address).get("/healthz").status, 200);
    assert!(server.memory() < 200 * MEBIBYTE, "{} MiB", server.memory() / MEBIBYTE);
}

#[test]
fn whatever_is_sent_the_answer_is_no_fault_of_the_server() {
    let premises = Premises::new(Kind::Sqlite).with("CRM_SYNC_LANG", "fr");
    let server = premises.serve();
    let mut wire = Wire::to(server.address);
    let json = [("Content-Type", "application/json")];
    let deep = "[".repeat(30_000);
    for (body, status) in [
        (&b"{"[..], 400),
        (b"nul", 400),
        (b"{\"base_id\": 7}", 400),
        (b"{\"base_id\": \"\xff\"}", 400),
        (b"{\"base_id\": \"a\\u0000b\"}", 400),
        (b"{\"is_active\": \"yes\"}", 400),
        (b"{} {}", 400),
        (b"[]", 400),
        (deep.as_bytes(), 400),
        (b"{\"is_active\": true}", 200),
    ] {
        let heard = wire.ask("PUT", "/api/connectors/config/airtable", &json, body);
        assert_eq!(heard.status, status, "{:.80}: {heard:?}", String::from_utf8_lossy(body));
        if status == 400 {
            assert!(!heard.json()["error"].as_str().unwrap().is_empty(), "{heard:?}");
        }
    }
    let host = "Host: localhost\r\nConnection: close\r\n";
    for request in [
        format!("GET /%00 HTTP/1.1\r\n{host}\r\n"),
        format!("GET /deals/%00 HTTP/1.1\r\n{host}\r\n"),
        format!("GET /runs/%ff%fe HTTP/1.1\r\n{host}\r\n"),
        format!("GET /history?remote=%00&before=%ff HTTP/1.1\r\n{host}\r\n"),
        format!("GET /api/sync/logs?limit=99999999999999999999 HTTP/1.1\r\n{host}\r\n"),
        format!("GET /api/sync/%2e%2e%2f HTTP/1.1\r\n{host}\r\n"),
        format!("GET /../../etc/passwd HTTP/1.1\r\n{host}\r\n"),
        format!("GET /assets/x/..%2f..%2fCargo.toml HTTP/1.1\r\n{host}\r\n"),
        format!("GET http://evil.example/connectors HTTP/1.1\r\n{host}\r\n"),
        format!("DELETE /connectors HTTP/1.1\r\n{host}\r\n"),
        format!("TRACE / HTTP/1.1\r\n{host}\r\n"),
        format!("CONNECT evil.example:443 HTTP/1.1\r\n{host}\r\n"),
        format!("BREW /api/sync/airtable HTTP/1.1\r\n{host}\r\n"),
        format!("GET / HTTP/1.1\r\n{host}X: {}\r\n\r\n", "x".repeat(300_000)),
        format!("GET /{} HTTP/1.1\r\n{host}\r\n", "x".repeat(100_000)),
        format!("GET / HTTP/1.1\r\n{host}{}\r\n", "X-More: a\r\n".repeat(500)),
        "GET / HTTP/1.1\r\nConnection: close\r\n\r\n".to_owned(),
        format!("GET / HTTP/1.1\r\n{host}Host: evil.example\r\n\r\n"),
        format!(
            "POST /api/sync/airtable HTTP/1.1\r\n{host}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
        ),
        format!("POST /api/sync/airtable HTTP/1.1\r\n{host}Content-Length: -1\r\n\r\n"),
        format!("POST /api/sync/airtable HTTP/1.1\r\n{host}Transfer-Encoding: chunked\r\n\r\nzz\r\n"),
        format!("GET / HTTP/9.9\r\n{host}\r\n"),
        "\u{16}\u{3}\u{1}\u{2}".to_owned(),
        "GET\r\n\r\n".to_owned(),
    ] {
        let heard = wire.raw(request.as_bytes(), Duration::from_secs(10));
        assert!(heard.status < 500 || matches!(heard.status, 501 | 505), "{request:.80}: {heard:?}");
        assert!(!heard.text().contains("root:"), "{heard:?}");
    }
    let mut pressed = wire.send("PUT", "/api/connectors/config/airtable", &json!({"base_id": "app1"}));
    assert_eq!(pressed.status, 200, "it goes on");
    pressed = wire.ask("PATCH", "/api/connectors/config", &[], b"");
    assert_eq!((pressed.status, pressed.header("allow")), (405, "GET, PUT"));
    assert!(!server.said().contains("\"level\":\"ERROR\""), "{}", server.said());
}
