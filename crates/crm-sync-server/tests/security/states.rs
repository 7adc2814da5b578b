//! Bad states of what the server stands on: each has an answer in words, nothing is half-written, and it recovers.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use rstest::rstest;
use serde_json::json;

use crate::place::{Kind, Place};
use crate::premises::{Premises, Server};
use crate::wire::{Heard, Wire};

const KEY: &str = "00112233445566778899aabbccddeeff0f1e2d3c4b5a69788796a5b4c3d2e1f0";
const OTHER_KEY: &str = "f0e1d2c3b4a5968778695a4b3c2d1e0fffeeddccbbaa99887766554433221100";
/// A user who owns nothing.
const NOBODY: u32 = 65_532;

fn is_root() -> bool {
    Command::new("id").arg("-u").output().unwrap().stdout == b"0\n"
}

/// How a start that must fail ended; never by a panic.
fn refused(premises: &Premises) -> String {
    let Err((status, said)) = premises.try_to_serve() else { panic!("it started") };
    assert_eq!(status.code(), Some(1), "{said}");
    assert!(!said.contains("panicked"), "{said}");
    said
}

#[rstest]
#[case::postgres(Kind::Postgres)]
#[case::sqlite(Kind::Sqlite)]
fn what_keeps_the_server_from_starting_is_told_with_what_to_do(#[case] kind: Kind) {
    let premises = Premises::new(kind);
    let server = premises.serve();
    let taken = premises.with("CRM_SYNC_BIND", &server.address.to_string());
    let said = refused(&taken);
    assert!(said.contains(&server.address.to_string()) && said.contains("listens there already"), "{said}");
    drop(server);

    let mut crm = taken.place.crm();
    crm.execute("INSERT INTO sync_migrations (version) VALUES ('9999')");
    let said = refused(&taken);
    assert!(said.contains("newer version"), "{said}");
    crm.execute("DELETE FROM sync_migrations WHERE version = '9999'");

    drop(taken.serve());
    let file = taken.data.path().join("secret.key");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    let said = refused(&taken);
    assert!(said.contains("chmod 600"), "{said}");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    fs::write(&file, "no key\n").unwrap();
    let said = refused(&taken);
    assert!(said.contains("secret.key") && said.contains("backup"), "{said}");

    let nowhere = match kind {
        Kind::Postgres => "postgres://crm:unimportant@127.0.0.1:1/crm",
        Kind::Sqlite => "sqlite:/proc/nowhere/crm.db",
    };
    let said = refused(&taken.with("DATABASE_URL", nowhere));
    assert!(
        !said.contains("unimportant") && (said.contains("nowhere") || said.contains("database")),
        "{said}"
    );
}

/// Asks for a change and for a page; both must be refused so, in words and with an id that the log has.
fn assert_down(server: &Server, words: &str) {
    let mut wire = Wire::to(server.address).with("Accept-Language", "en");
    let ready = wire.get("/readyz");
    assert_eq!(
        (ready.status, ready.json()["code"].as_str()),
        (503, Some("database_unavailable")),
        "{ready:?}"
    );
    let change = wire.send("PUT", "/api/connectors/config/airtable", &json!({"base_id": "appB"}));
    assert_eq!(change.status, 503, "{change:?}");
    assert!(!change.json()["error"].as_str().unwrap().is_empty(), "{change:?}");
    let page = wire.ask("GET", "/history", &[("Accept", "text/html")], b"");
    assert!(page.status >= 500 && page.header("content-type").starts_with("text/html"), "{page:?}");
    for heard in [&ready, &change, &page] {
        assert_logged(server, heard);
    }
    assert!(ready.text().contains(words), "{ready:?}");
    assert_eq!(wire.get("/healthz").status, 200, "it lives");
}

/// What is the server's fault stands in the log, under the id of the answer.
fn assert_logged(server: &Server, heard: &Heard) {
    let id = heard.header("x-request-id").to_owned();
    assert!(!id.is_empty(), "{heard:?}");
    server.logged(|line| line.contains(&id) && line.contains("\"level\":\"ERROR\""));
}

fn await_ready(server: &Server) {
    let begun = Instant::now();
    while Wire::to(server.address).get("/readyz").status != 200 {
        assert!(begun.elapsed() < Duration::from_mins(1), "it does not recover");
    }
}

#[test]
fn a_database_server_that_goes_away_is_told_and_comes_back() {
    let premises = Premises::new(Kind::Postgres);
    let server = premises.serve();
    let mut crm = premises.place.crm();
    let name = crm.cell("current_database()", "");
    let mut admin = PgConnection::establish(test_postgres::CLUSTER.url()).unwrap();
    let mut allow = |allowed: bool| {
        admin
            .batch_execute(&format!(
                "ALTER DATABASE {name} WITH ALLOW_CONNECTIONS {allowed};
                 SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
            ))
            .unwrap();
    };
    allow(false);
    assert_down(&server, "database");
    allow(true);
    await_ready(&server);
    let mut wire = Wire::to(server.address);
    assert_eq!(wire.send("PUT", "/api/connectors/config/airtable", &json!({"base_id": "appB"})).status, 200);
}

#[test]
fn a_database_that_only_reads_says_so_and_keeps_nothing_half() {
    let premises = Premises::new(Kind::Postgres);
    let server = premises.serve();
    let mut wire = Wire::to(server.address);
    let base = premises.sandbox.airtable_base_id();
    let body =
        json!({"api_token": premises.sandbox.airtable_token(), "base_id": base, "table_name": "Deals"});
    assert_eq!(wire.send("PUT", "/api/connectors/config/airtable", &body).status, 200);
    let mut crm = premises.place.crm();
    let name = crm.cell("current_database()", "");
    let mut admin = PgConnection::establish(test_postgres::CLUSTER.url()).unwrap();
    let mut only_reads = |only: bool| {
        admin
            .batch_execute(&format!(
                "ALTER DATABASE {name} SET default_transaction_read_only = {only};
                 SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
            ))
            .unwrap();
    };
    only_reads(true);
    await_ready(&server);
    assert_eq!(wire.get("/api/connectors/config").status, 200, "what is there can be read");
    let refused = wire.send(
        "PUT",
        "/api/connectors/config/airtable",
        &json!({"base_id": "appNew", "api_token": "patNew123456789"}),
    );
    assert_eq!(refused.status, 503, "{refused:?}");
    assert!(refused.json()["error"].as_str().unwrap().contains("lecture seule"), "{refused:?}");
    assert_logged(&server, &refused);
    let synced = wire.ask("POST", "/api/sync/airtable/import", &[], b"");
    assert!(synced.status >= 500 && !synced.json()["error"].as_str().unwrap().is_empty(), "{synced:?}");
    only_reads(false);
    await_ready(&server);
    let configs = wire.get("/api/connectors/config").json();
    assert_eq!(configs["data"][0]["base_id"], base, "neither the base nor the token was changed: {configs}");
}

/// The same for a file: the server's user may read it, and not write.
#[test]
fn a_file_that_only_reads_is_shown_and_not_written() {
    let premises = Premises::new(Kind::Sqlite);
    drop(premises.serve());
    let Place::Sqlite(folder) = &premises.place else { panic!("it is a file") };
    fs::remove_file(premises.data.path().join("secret.key")).unwrap();
    fs::set_permissions(premises.data.path(), fs::Permissions::from_mode(0o777)).unwrap();
    let file = folder.path().join("crm.db");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o444)).unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o555)).unwrap();
    let premises = if is_root() { premises.run_by(NOBODY) } else { premises };
    let server = premises.serve();
    let mut wire = Wire::to(server.address);
    for path in ["/readyz", "/api/connectors/config", "/connectors", "/history"] {
        assert_eq!(wire.get(path).status, 200, "{path}: {}", server.said());
    }
    let refused = wire.send("PUT", "/api/connectors/config/airtable", &json!({"base_id": "appB"}));
    assert_eq!(refused.status, 503, "{refused:?}");
    assert!(refused.json()["error"].as_str().unwrap().contains("lecture seule"), "{refused:?}");
    assert_logged(&server, &refused);
    drop(server);
    let Place::Sqlite(folder) = &premises.place else { panic!("it is a file") };
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
}

/// Another program writes for longer than the server's patience of ten seconds.
#[test]
fn a_file_that_another_program_keeps_writing_is_told_after_ten_seconds() {
    let premises = Premises::new(Kind::Sqlite);
    let server = premises.serve();
    let mut other = premises.place.crm();
    other.execute("BEGIN IMMEDIATE; INSERT INTO sync_logs (provider, direction, status) VALUES ('x', 'import', 'error')");
    let mut wire = Wire::to(server.address);
    assert_eq!(wire.get("/api/connectors/config").status, 200, "readers do not wait");
    let begun = Instant::now();
    let refused = wire.send("PUT", "/api/connectors/config/airtable", &json!({"base_id": "appB"}));
    assert_eq!(refused.status, 503, "{refused:?}");
    assert!(begun.elapsed() >= Duration::from_secs(9), "{:?}", begun.elapsed());
    assert!(refused.json()["error"].as_str().unwrap().contains("autre programme"), "{refused:?}");
    assert_logged(&server, &refused);
    other.execute("ROLLBACK");
    let saved = wire.send("PUT", "/api/connectors/config/airtable", &json!({"base_id": "appB"}));
    assert_eq!(saved.status, 200, "{saved:?}");
}

#[rstest]
#[case::postgres(Kind::Postgres)]
#[case::sqlite(Kind::Sqlite)]
fn a_key_that_does_not_open_the_tokens_stops_syncs_and_nothing_else(#[case] kind: Kind) {
    let premises = Premises::new(kind).with("CRM_SYNC_SECRET_KEY", KEY);
    let body = json!({
        "api_token": premises.sandbox.airtable_token(), "base_id": premises.sandbox.airtable_base_id(),
        "table_name": "Deals", "field_mapping": {"client": "Name", "montant_brut": "Amount", "statut": "Status"},
    });
    let server = premises.serve();
    assert_eq!(Wire::to(server.address).send("PUT", "/api/connectors/config/airtable", &body).status, 200);
    drop(server);
    let sealed = premises.place.crm().cell("api_token", "FROM connector_configs");

    let premises = premises.with("CRM_SYNC_SECRET_KEY", OTHER_KEY);
    let server = premises.serve();
    let mut wire = Wire::to(server.address);
    for (method, path) in [
        ("POST", "/api/connectors/test/airtable"),
        ("POST", "/api/sync/airtable/import"),
        ("POST", "/api/sync/airtable"),
    ] {
        let heard = wire.ask(method, path, &[], b"");
        assert_eq!(heard.status, 409, "{path}: {heard:?}");
        assert!(heard.json()["error"].as_str().unwrap().contains("autre clé"), "{path}: {heard:?}");
    }
    for path in [
        "/api/connectors/config",
        "/api/sync/logs",
        "/api/sync/airtable",
        "/readyz",
        "/connectors",
        "/connectors/airtable",
        "/history",
        "/settings",
    ] {
        assert_eq!(wire.get(path).status, 200, "{path} goes on");
    }
    assert_eq!(
        premises.place.crm().cell("api_token", "FROM connector_configs"),
        sealed,
        "nothing is overwritten"
    );
    let again = json!({"api_token": premises.sandbox.airtable_token()});
    assert_eq!(
        wire.send("PUT", "/api/connectors/config/airtable", &again).status,
        200,
        "a new token may be entered"
    );
    let tried = wire.ask("POST", "/api/connectors/test/airtable", &[], b"");
    assert_eq!(tried.json()["success"], true, "{tried:?}");
}
