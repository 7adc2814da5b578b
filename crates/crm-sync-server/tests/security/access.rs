//! Who may come in: names, origins, keys, sessions, forms.

use rstest::rstest;

use crate::place::Kind;
use crate::premises::{API_KEY, Premises, Server};
use crate::wire::{Heard, Wire};

fn keyed() -> (Premises, Server) {
    let premises = Premises::new(Kind::Sqlite)
        .with("CRM_SYNC_API_KEY", API_KEY)
        .with("CRM_SYNC_ALLOWED_ORIGINS", "https://crm.example");
    let server = premises.serve();
    (premises, server)
}

fn open() -> (Premises, Server) {
    let premises = Premises::new(Kind::Sqlite).with("CRM_SYNC_ALLOWED_ORIGINS", "https://crm.example");
    let server = premises.serve();
    (premises, server)
}

/// A browser on the sign-in page, and what its forms must show.
fn visitor(server: &Server) -> (Wire, String) {
    let mut wire = Wire::to(server.address).with("Accept", "text/html");
    let heard = wire.get("/sign-in");
    let cookie = cookie(&heard, "crm_sync_form");
    assert!(cookie.contains("; HttpOnly") && cookie.contains("; SameSite=Strict"), "{cookie}");
    let pair = cookie.split(';').next().unwrap().to_owned();
    let csrf = pair.split_once('=').unwrap().1.to_owned();
    (wire.with("Cookie", &pair), csrf)
}

fn cookie(heard: &Heard, name: &str) -> String {
    heard.headers("set-cookie").find(|cookie| cookie.starts_with(name)).unwrap_or_default().to_owned()
}

#[rstest]
#[case::a_strange_name("evil.example", None, 403)]
#[case::a_name_that_begins_like_ours("localhost.evil.example", None, 403)]
#[case::another_address("192.0.2.1", None, 403)]
#[case::ours("localhost:8080", None, 200)]
#[case::the_public_one("crm.example", None, 200)]
#[case::a_page_of_the_public_one("localhost", Some("https://crm.example"), 200)]
#[case::a_page_of_our_own("localhost:1", Some("http://localhost:1"), 200)]
#[case::a_page_of_elsewhere("localhost", Some("https://evil.example"), 403)]
#[case::a_page_that_hides_where_it_is_from("localhost", Some("null"), 403)]
#[case::a_page_of_another_port("localhost:1", Some("http://localhost:2"), 403)]
#[case::a_page_without_tls("localhost", Some("http://crm.example"), 403)]
fn without_a_key_only_this_machine_and_named_pages_come_in(
    #[case] host: &str,
    #[case] origin: Option<&str>,
    #[case] status: u16,
) {
    let (_premises, server) = open();
    let mut wire = Wire::to(server.address).with("Host", host);
    if let Some(origin) = origin {
        wire = wire.with("Origin", origin);
    }
    for (method, path) in [("GET", "/api/connectors/config"), ("GET", "/connectors"), ("GET", "/metrics")] {
        let heard = wire.ask(method, path, &[], b"");
        assert_eq!(heard.status, status, "{path}: {heard:?}");
        let opened = heard.header("access-control-allow-origin");
        let is_named = origin == Some("https://crm.example");
        assert_eq!(opened, if is_named { "https://crm.example" } else { "" }, "by its name or not at all");
        assert_eq!(heard.header("access-control-allow-credentials"), "");
    }
    let asked =
        [("Access-Control-Request-Method", "PUT"), ("Access-Control-Request-Headers", "authorization")];
    let heard = wire.ask("OPTIONS", "/api/connectors/config/airtable", &asked, b"");
    assert_eq!(heard.status == 204, origin == Some("https://crm.example"), "{heard:?}");
}

#[test]
fn with_a_key_everything_but_health_asks_for_it() {
    let (_premises, server) = keyed();
    let mut stranger = Wire::to(server.address);
    let mut known = server.wire();
    for path in ["/api/connectors/config", "/api/openapi.json", "/metrics", "/nowhere", "/api/v1/nothing"] {
        let refused = stranger.get(path);
        assert_eq!(
            (refused.status, refused.header("www-authenticate")),
            (401, "Bearer"),
            "{path}: {refused:?}"
        );
        assert_ne!(known.get(path).status, 401, "{path}");
    }
    for path in ["/healthz", "/readyz"] {
        assert_eq!(stranger.get(path).status, 200, "{path}");
    }
    let document = known.get("/api/openapi.json").json();
    for (template, methods) in document["paths"].as_object().unwrap() {
        for method in methods.as_object().unwrap().keys().map(|method| method.to_uppercase()) {
            let path = template.replace(['{', '}'], "");
            // From other machines, or the limit on wrong keys would answer instead.
            let from = format!("192.0.2.{}", template.len());
            let heard = stranger.ask(&method, &path, &[("X-Forwarded-For", &from)], b"");
            let is_open = matches!(template.as_str(), "/healthz" | "/readyz");
            assert_eq!(heard.status == 401, !is_open, "{method} {path}: {heard:?}");
        }
    }
    let mut page = Wire::to(server.address).with("Accept", "text/html");
    for path in ["/", "/connectors", "/history.csv", "/history.json", "/settings", "/plans/x"] {
        let heard = page.get(path);
        assert_eq!((heard.status, heard.header("location")), (303, "/sign-in"), "{path}: {heard:?}");
    }
    let framed = page.get("/embed/connectors");
    assert_eq!(framed.status, 200);
    assert!(framed.text().contains("/sign-in") && !framed.text().contains("Airtable"), "{}", framed.text());
}

#[test]
fn every_answer_tells_the_browser_what_not_to_do_with_it() {
    let (_premises, server) = open();
    let mut wire = Wire::to(server.address);
    for path in [
        "/healthz",
        "/api/connectors/config",
        "/connectors",
        "/nowhere",
        "/metrics",
        "/sign-in",
        "/api/nowhere",
    ] {
        let heard = wire.get(path);
        assert_eq!(heard.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(heard.header("x-frame-options"), "DENY", "{path}");
        // A page's forms show where they come from, and to nobody else.
        let referrer = heard.header("referrer-policy");
        assert!(matches!(referrer, "no-referrer" | "same-origin"), "{path}: {referrer}");
        assert_eq!(heard.header("cache-control"), "no-store", "{path}");
        let policy = heard.header("content-security-policy");
        assert!(
            policy.starts_with("default-src 'none'") && policy.contains("frame-ancestors 'none'"),
            "{path}: {policy}"
        );
        assert!(!heard.header("x-request-id").is_empty(), "{path}");
        assert_eq!(heard.header("server"), "", "{path}: which program answers is nobody's business");
    }
    let framed = wire.get("/embed/connectors");
    let policy = framed.header("content-security-policy");
    assert!(policy.ends_with("frame-ancestors 'self' https://crm.example"), "{policy}");
}

#[test]
fn a_session_is_the_browsers_own_and_ends_with_the_key() {
    let (premises, server) = keyed();
    let (mut wire, csrf) = visitor(&server);
    let entered = wire.form("/sign-in", &[("csrf", &csrf), ("key", API_KEY)]);
    let session = cookie(&entered, "crm_sync_session");
    assert_eq!(entered.status, 303, "{entered:?}");
    assert!(
        session.contains("; HttpOnly; SameSite=Strict") || session.contains("; SameSite=Strict"),
        "{session}"
    );
    assert!(
        session.contains("; HttpOnly") && session.contains("; Path=/") && !session.contains("; Secure"),
        "{session}"
    );
    assert!(!session.contains("; Domain"), "{session}");
    let behind_tls = [("X-Forwarded-Proto", "https"), ("Content-Type", "application/x-www-form-urlencoded")];
    let body = format!("csrf={csrf}&key={API_KEY}");
    let secure = cookie(&wire.ask("POST", "/sign-in", &behind_tls, body.as_bytes()), "crm_sync_session");
    assert!(secure.contains("; Secure"), "{secure}");

    let pair = session.split(';').next().unwrap().to_owned();
    let mut inside = Wire::to(server.address).with("Cookie", &pair);
    assert_eq!(inside.get("/connectors").status, 200);
    assert_eq!(
        inside.get("/api/connectors/config").status,
        401,
        "a session is for pages, a key for programs"
    );
    let mut letters: Vec<char> = pair.chars().collect();
    let last = letters.len() - 3;
    letters[last] = if letters[last] == 'A' { 'B' } else { 'A' };
    let mut forged = Wire::to(server.address).with("Cookie", &letters.iter().collect::<String>());
    forged = forged.with("Accept", "text/html");
    assert_eq!(forged.get("/connectors").status, 303);
    drop(server);
    let changed = premises.with("CRM_SYNC_API_KEY", "another-key-of-16-letters");
    let server = changed.serve();
    let mut inside = Wire::to(server.address).with("Cookie", &pair).with("Accept", "text/html");
    assert_eq!(inside.get("/connectors").status, 303, "the key was changed");
}

#[test]
fn a_form_counts_only_from_a_page_of_ours() {
    let (_premises, server) = keyed();
    let (mut wire, csrf) = visitor(&server);
    let entered = wire.form("/sign-in", &[("csrf", &csrf), ("key", API_KEY)]);
    let session = cookie(&entered, "crm_sync_session").split(';').next().unwrap().to_owned();
    let (_, other) = visitor(&server);
    let mut inside = Wire::to(server.address);
    inside = inside.with("Accept", "text/html").with("Cookie", &format!("crm_sync_form={csrf}; {session}"));
    for (path, field) in [
        ("/connectors/airtable/token", ("token", "pat")),
        ("/connectors/airtable/table", ("address", "x")),
        ("/connectors/airtable/mapping", ("form", "1")),
        ("/connectors/airtable/plan", ("mode", "sync")),
        ("/connectors/airtable/sync", ("mode", "sync")),
        ("/plans/x", ("then", "apply")),
        ("/conflicts", ("side", "crm")),
        ("/language", ("lang", "en")),
        ("/sign-out", ("x", "y")),
        ("/sign-in", ("key", API_KEY)),
    ] {
        for shown in ["", "0123456789abcdef0123456789abcdef", other.as_str()] {
            let heard = inside.form(path, &[("csrf", shown), field]);
            assert_eq!(heard.status, 403, "{path} with {shown:?}: {heard:?}");
        }
        let mut elsewhere = Wire::to(server.address).with("Origin", "https://evil.example");
        elsewhere = elsewhere.with("Cookie", &format!("crm_sync_form={csrf}; {session}"));
        assert_eq!(elsewhere.form(path, &[("csrf", &csrf), field]).status, 403, "{path}");
    }
    let back = inside.form("/language", &[("csrf", &csrf), ("lang", "en"), ("back", "//evil.example/")]);
    assert_eq!((back.status, back.header("location")), (303, "/connectors"), "{back:?}");
}

#[test]
fn after_ten_wrong_keys_a_caller_waits_wherever_they_are_shown() {
    let (_premises, server) = keyed();
    let (mut wire, csrf) = visitor(&server);
    for number in 0..5 {
        let wrong = format!("wrong-key-number-{number}");
        assert_eq!(wire.form("/sign-in", &[("csrf", &csrf), ("key", &wrong)]).status, 401);
        let bearer = format!("Bearer {wrong}");
        assert_eq!(Wire::to(server.address).with("Authorization", &bearer).get("/metrics").status, 401);
    }
    let waits = wire.form("/sign-in", &[("csrf", &csrf), ("key", API_KEY)]);
    assert_eq!(waits.status, 429, "even with the right one: {waits:?}");
    let waits = server.wire().get("/metrics");
    let seconds: u64 = waits.header("retry-after").parse().unwrap();
    assert!(waits.status == 429 && (1..=60).contains(&seconds), "{waits:?}");
    let elsewhere = server.wire().with("X-Forwarded-For", "192.0.2.7").get("/metrics");
    assert_eq!(elsewhere.status, 200, "nobody else waits: {elsewhere:?}");
    assert_eq!(Wire::to(server.address).get("/healthz").status, 200);
}
