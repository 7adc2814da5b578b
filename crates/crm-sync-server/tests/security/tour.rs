//! The secrets tour: all that the server does, with secrets that are known, and then a search of every byte that left
//! the process and of every file that it wrote.

use std::collections::BTreeSet;
use std::fs;
use std::time::{Duration, Instant};

use connector_sandbox::{Edit, Fault, Remote};
use rstest::rstest;
use serde_json::json;

use crate::hunt::Hunt;
use crate::place::{Crm, Kind, Place};
use crate::premises::{API_KEY, Premises, Server};
use crate::wire::Wire;

/// The token that the CRM's first version stored in clear.
const FIRST_TOKEN: &str = "patH8sWq3LzPv6TnYk.4be1c7f0927d5a863e1fb09c64d8a7b2590e3fc1d6a48b7e";
/// Tokens that open nothing.
const WRONG_AIRTABLE: &str = "patZ5mRx1GdJc9UbEo.e94d2b7c6015fa83b6d7e0c1492f8a5bd3c06e7f18a492bd";
const WRONG_NOTION: &str = "ntn_52819374650Wq8ZrTmPxVbNcKsLdFgHjYtRe3A7uQi";
/// Keys that open nothing: one that is almost right is as good as the right one.
const WRONG_KEYS: [&str; 2] = ["Vt7wKq2ZsX9mRb4LnD8d", "Nb5cXr8JdW1kPz6QyT3h"];
const SECRET_KEY: &str = "9f3ac1d07b5e48267c90e1fb3da5b7682e4f9c0d13a6785bce2f4071d8b93a56";
const PREVIOUS_KEY: &str = "c07e51b9a4d2f8361b7c9e05fd438a6217e0b3c95ad4f7168b2e6c09d5f1a374";
/// With signs that addresses write otherwise.
const PASSWORD: &str = "zK%40tf%2FQ8w%25Rm4%2Bxh";
const PLAIN_PASSWORD: &str = "zK@tf/Q8w%Rm4+xh";

/// What a tour leaves to be searched.
struct Tour {
    premises: Premises,
    hunt: Hunt,
    heard: Vec<u8>,
}

impl Tour {
    /// Walks through everything.
    fn of(kind: Kind, unfiltered: bool) -> Self {
        let mut premises = Premises::new(kind).with("CRM_SYNC_API_KEY", API_KEY).with("RUST_LOG", "trace");
        // With PostgreSQL the key and one of the tokens come from the environment, with SQLite none of them.
        if kind == Kind::Postgres {
            let notion = premises.sandbox.notion_token().to_owned();
            let url = premises.url(PASSWORD);
            premises = premises
                .with("DATABASE_URL", &url)
                .with("CRM_SYNC_SECRET_KEY", SECRET_KEY)
                .with("CRM_SYNC_PREVIOUS_SECRET_KEY", PREVIOUS_KEY)
                .with("NOTION_TOKEN", &notion);
        }
        if unfiltered {
            premises = premises.with("CRM_SYNC_TEST_UNFILTERED", "1");
        }
        first_version(&mut premises.place.crm());

        let server = premises.serve();
        let mut walk = Walk { premises: &premises, wire: server.wire(), stranger: Wire::to(server.address) };
        walk.strangers();
        walk.settings();
        walk.syncs();
        server.logged(|line| line.contains("\"message\":\"run ended\"") && line.contains("\"run\":\"0"));
        walk.wrong_places();
        walk.echoes();
        let page = walk.pages(&server);
        walk.every_address();
        let heard = [walk.wire.heard, walk.stranger.heard, page.heard].concat();
        walk_commands(&premises);
        assert!(server.stop().success());

        let made = fs::read_to_string(premises.data.path().join("secret.key")).unwrap_or_default();
        let airtable = premises.sandbox.airtable_token();
        let notion = premises.sandbox.notion_token();
        let mut secrets = vec![
            ("Airtable's token", airtable),
            ("Notion's token", notion),
            ("the token of the first version", FIRST_TOKEN),
            ("a wrong token of Airtable", WRONG_AIRTABLE),
            ("a wrong token of Notion", WRONG_NOTION),
            ("the key of the API", API_KEY),
            ("a wrong key of the API", WRONG_KEYS[1]),
            ("the secret key", SECRET_KEY),
            ("the previous secret key", PREVIOUS_KEY),
            ("the database's password", PASSWORD),
            ("the database's password as it is", PLAIN_PASSWORD),
        ];
        if kind == Kind::Sqlite {
            assert!(!made.is_empty(), "the key is in its file");
            secrets.push(("the key of the file", made.trim()));
        }
        let hunt = Hunt::of(&secrets);
        Self { premises, hunt, heard }
    }

    /// What left the process.
    fn said(&self) -> Vec<String> {
        let mut found = self.hunt.search(&self.heard);
        found.extend(self.hunt.search_files(self.premises.said(), &[]));
        found
    }

    /// What it wrote.
    fn wrote(&self) -> Vec<String> {
        let mut found = self.hunt.search_files(self.premises.data.path(), &["secret.key"]);
        match &self.premises.place {
            Place::Sqlite(folder) => found.extend(self.hunt.search_files(folder.path(), &[])),
            Place::Postgres(_) => {
                let mut crm = self.premises.place.crm();
                for table in tables(&mut crm) {
                    let rows = crm.column("t", &format!("FROM {table} t"));
                    let rows: String = rows.into_iter().flatten().collect::<Vec<_>>().join("\n");
                    found.extend(self.hunt.search(rows.as_bytes()));
                }
                for file in files(&mut crm) {
                    let bytes = fs::read(&file).unwrap();
                    found.extend(self.hunt.search(&bytes).into_iter().map(|what| format!("{file}: {what}")));
                }
            }
        }
        found
    }
}

/// A CRM that has had a connector before: its token is in clear, in a row and in what is left of another.
fn first_version(crm: &mut Crm) {
    crm.starts();
    crm.execute(&format!(
        "INSERT INTO deals (client, statut, montant_brut, probabilite, valeur_ponderee, secteur, date_echeance, notes)
         VALUES ('Acme', 'Prospect ', 8500.1, 0.1, 850.01, 'SaaS|B2B', '2026-12-31', ''),
                ('Verrerie Nord', 'GAGNÉ', 1000, 1, 1000, '', NULL, NULL);
         INSERT INTO connector_configs (provider, api_token) VALUES ('notion', '{FIRST_TOKEN}');
         DELETE FROM connector_configs;
         INSERT INTO connector_configs (provider, api_token) VALUES ('airtable', '{FIRST_TOKEN}')"
    ));
}

/// All tables of ours and of the CRM's.
fn tables(crm: &mut Crm) -> BTreeSet<String> {
    let tables = crm.column("tablename", "FROM pg_tables WHERE schemaname = current_schema()");
    tables.into_iter().flatten().collect()
}

/// The files that these tables are in, with their indexes and what is stored beside them.
fn files(crm: &mut Crm) -> Vec<String> {
    crm.execute("CHECKPOINT");
    let of =
        "FROM pg_class WHERE pg_relation_filepath(oid) IS NOT NULL AND relpersistence = 'p' AND oid >= 16384";
    let folder = crm.cell("current_setting('data_directory')", "");
    let paths = crm.column("pg_relation_filepath(oid)", of);
    paths.into_iter().flatten().map(|path| format!("{folder}/{path}")).collect()
}

struct Walk<'a> {
    premises: &'a Premises,
    /// Somebody with the key.
    wire: Wire,
    /// Somebody without it.
    stranger: Wire,
}

impl Walk<'_> {
    fn strangers(&mut self) {
        for path in ["/healthz", "/readyz"] {
            assert_eq!(self.stranger.get(path).status, 200, "{path}");
        }
        for path in ["/metrics", "/api/openapi.json", "/api/connectors/config", "/connectors", "/nowhere"] {
            assert!(matches!(self.stranger.get(path).status, 303 | 401), "{path}");
        }
        for key in WRONG_KEYS {
            let shown = format!("Bearer {key}");
            for scheme in [shown.as_str(), key] {
                let headers = [("Authorization", scheme), ("X-Request-Id", API_KEY), ("User-Agent", key)];
                assert_eq!(self.stranger.ask("GET", "/api/sync/logs", &headers, b"").status, 401);
            }
        }
        let forwarded = [("X-Forwarded-For", API_KEY), ("Referer", API_KEY), ("Cookie", API_KEY)];
        assert_eq!(self.stranger.ask("GET", "/api/sync/logs", &forwarded, b"").status, 401);
    }

    /// Settings of both remotes: first with tokens that open nothing.
    fn settings(&mut self) {
        let sandbox = &self.premises.sandbox;
        let names = json!({
            "client": "Name", "statut": "Status", "montant_brut": "Amount", "secteur": "Sector",
            "date_echeance": "Due Date", "assignee": "Assignee", "notes": "Notes",
        });
        let tokens = [
            ("airtable", sandbox.airtable_base_id(), WRONG_AIRTABLE, sandbox.airtable_token()),
            ("notion", sandbox.notion_database_id(), WRONG_NOTION, sandbox.notion_token()),
        ];
        for (remote, base, wrong, right) in tokens {
            let path = format!("/api/connectors/config/{remote}");
            let wanted =
                json!({"base_id": base, "table_name": "Deals", "field_mapping": names, "api_token": wrong});
            assert_eq!(self.wire.send("PUT", &path, &wanted).status, 200);
            self.wire.ask("POST", &format!("/api/connectors/test/{remote}"), &[], b"");
            self.wire.ask("POST", &format!("/api/sync/{remote}/import"), &[], b"");
            let token = json!({"provider": remote, "api_token": right});
            assert_eq!(self.wire.send("PUT", "/api/connectors/config", &token).status, 200);
            let tried = self.wire.ask("POST", &format!("/api/connectors/test/{remote}"), &[], b"");
            assert_eq!(tried.json()["success"], true, "{tried:?}");
        }
        assert_eq!(self.wire.get("/api/connectors/config").json()["data"].as_array().unwrap().len(), 2);
    }

    fn syncs(&mut self) {
        let fields = json!({"Name": "Atelier Morin", "Amount": 1200, "Status": "Prospect"});
        for remote in [Remote::Airtable, Remote::Notion] {
            self.premises.sandbox.edit(&Edit::create_record(fields.clone()).of(remote)).unwrap();
        }
        for remote in ["airtable", "notion"] {
            for way in ["import", "export"] {
                let synced = self.wire.ask("POST", &format!("/api/sync/{remote}/{way}"), &[], b"");
                assert_eq!(synced.status, 200, "{synced:?}");
            }
            let started =
                self.wire.send("POST", &format!("/api/sync/{remote}"), &json!({"direction": "both"}));
            assert_eq!(started.status, 202, "{started:?}");
            let begun = Instant::now();
            while self.wire.get(&format!("/api/sync/{remote}")).json()["status"] == "running" {
                assert!(begun.elapsed() < Duration::from_mins(1), "the run does not end");
            }
        }
        assert_eq!(self.wire.get("/api/sync/logs?limit=3").json()["data"].as_array().unwrap().len(), 3);
    }

    /// Secrets where none belong: a caller's mistake is not to be spread.
    fn wrong_places(&mut self) {
        let token = self.premises.sandbox.airtable_token();
        for path in [
            format!("/api/sync/{token}"),
            format!("/api/sync/logs?provider={token}&limit={token}"),
            format!("/api/connectors/test/{token}?key={API_KEY}"),
            format!("/{token}/{API_KEY}?{token}"),
            format!("/metrics?token={WRONG_NOTION}"),
        ] {
            self.wire.get(&path);
            self.wire.ask("POST", &path, &[("X-Request-Id", token), ("If-Match", token)], b"");
        }
        for body in [
            json!({"api_token": {"value": token}}),
            json!({"api_token": [token, API_KEY]}),
            json!({"is_active": token}),
            json!({"field_mapping": token}),
            json!({"field_mapping": {"client": [token]}}),
            json!({"direction": token}),
            json!({ token: token }),
            json!(token),
        ] {
            self.wire.send("PUT", "/api/connectors/config/airtable", &body);
            self.wire.send(
                "PUT",
                "/api/connectors/config",
                &json!({"provider": token, "field_mapping": body}),
            );
            self.wire.send("POST", "/api/sync/airtable", &body);
        }
        let as_text = [("Content-Type", token)];
        self.wire.ask("PUT", "/api/connectors/config/airtable", &as_text, token.as_bytes());
        let cut = format!("{{\"api_token\": \"{token}");
        let as_json = [("Content-Type", "application/json")];
        self.wire.ask("PUT", "/api/connectors/config/airtable", &as_json, cut.as_bytes());
        let twice = format!("{{\"api_token\": \"{token}\", \"api_token\": \"{token}\"}}");
        self.wire.ask("PUT", "/api/connectors/config/airtable", &as_json, twice.as_bytes());
        let blank = json!({"api_token": format!("{token} {token}")});
        assert_eq!(self.wire.send("PUT", "/api/connectors/config/airtable", &blank).status, 400);
        let raw = format!("GET /{token} HTTP/1.1\r\nHost: {token}\r\n{API_KEY}\r\n\r\n");
        self.wire.raw(raw.as_bytes(), Duration::from_secs(10));
    }

    /// Remotes that say back what they were shown.
    fn echoes(&mut self) {
        let sandbox = &self.premises.sandbox;
        for (remote, name, token) in [
            (Remote::Airtable, "airtable", sandbox.airtable_token()),
            (Remote::Notion, "notion", sandbox.notion_token()),
        ] {
            let said = format!("you sent Authorization: Bearer {token}, that is {token}");
            for status in [401, 403, 404, 422, 400] {
                sandbox.fault(Fault::status(status).of(remote).saying("WRONG", &said));
                self.wire.ask("POST", &format!("/api/connectors/test/{name}"), &[], b"");
                self.wire.ask("POST", &format!("/api/sync/{name}/import"), &[], b"");
                sandbox.clear_faults();
            }
            self.wire.get("/api/sync/logs");
        }
    }

    /// The pages, as a person with a browser sees them.
    fn pages(&mut self, server: &Server) -> Wire {
        let mut page = Wire::to(server.address).with("Accept", "text/html");
        let sign_in = page.get("/sign-in");
        let form = cookie_of(&sign_in, "crm_sync_form");
        let (_, csrf) = form.split_once('=').unwrap();
        let csrf = csrf.to_owned();
        page = page.with("Cookie", &form);
        assert_eq!(page.form("/sign-in", &[("csrf", &csrf), ("key", WRONG_KEYS[1])]).status, 401);
        let entered = page.form("/sign-in", &[("csrf", &csrf), ("key", API_KEY)]);
        assert_eq!(entered.status, 303, "{entered:?}");
        let session = cookie_of(&entered, "crm_sync_session");
        page.headers.retain(|(name, _)| name != "Cookie");
        page = page.with("Cookie", &format!("{form}; {session}"));

        let token = self.premises.sandbox.airtable_token();
        let mut plans = Vec::new();
        for remote in ["airtable", "notion"] {
            let at = format!("/connectors/{remote}");
            for fields in [("token", WRONG_AIRTABLE), ("token", token), ("address", token), ("mode", token)] {
                for form in ["token", "table", "mapping"] {
                    page.form(&format!("{at}/{form}"), &[("csrf", &csrf), fields]);
                }
            }
            page.form(
                &format!("{at}/table?q={token}"),
                &[("csrf", &csrf), ("address", token), ("base", token)],
            );
            for rest in
                ["", "?test=1", "/table", "/mapping", &format!("?{token}"), &format!("/table?q={token}")]
            {
                page.get(&format!("{at}{rest}"));
            }
            let planned = page.form(&format!("{at}/plan"), &[("csrf", &csrf), ("mode", "sync")]);
            plans.push(planned.header("location").to_owned());
            let run = page.form(&format!("{at}/sync"), &[("csrf", &csrf), ("mode", "sync")]);
            plans.push(run.header("location").to_owned());
        }
        for path in plans.iter().filter(|path| !path.is_empty()) {
            assert_eq!(page.get(path).status, 200, "{path}");
            page.form(path, &[("csrf", &csrf), ("then", "apply"), ("token", token)]);
        }
        for path in [
            "/",
            "/connectors",
            "/embed/connectors",
            "/history",
            "/history.csv",
            "/history.json",
            "/conflicts",
            "/settings",
            "/settings?examine=airtable",
            "/settings?examine=notion",
            "/deals/1",
            "/deals/x",
            "/runs/x",
            "/plans/x",
        ] {
            page.get(path);
            page.get(&format!("{path}{}{token}", if path.contains('?') { "&t=" } else { "?t=" }));
        }
        for lang in ["en", "fr", token] {
            page.form(
                "/language",
                &[("csrf", &csrf), ("lang", lang), ("back", &format!("/history?{token}"))],
            );
        }
        page.form("/sign-in", &[("csrf", token), ("key", API_KEY)]);
        page.form("/sign-out", &[("csrf", &csrf)]);
        page
    }

    /// Every address of the document, with what it may hold and with what it may not.
    fn every_address(&mut self) {
        let document = self.wire.get("/api/openapi.json").json();
        let token = self.premises.sandbox.notion_token().to_owned();
        let known = |name: &str| match name {
            "provider" | "remote" => "airtable",
            "deal" => "1",
            _ => "none-such",
        };
        for (template, methods) in document["paths"].as_object().unwrap() {
            for filled in [None, Some(token.as_str())] {
                let parts = template.split('/').map(|part| match part.strip_prefix('{') {
                    Some(name) => filled.unwrap_or_else(|| known(name.trim_end_matches('}'))),
                    None => part,
                });
                let path = parts.collect::<Vec<_>>().join("/");
                for method in methods.as_object().unwrap().keys() {
                    let method = method.to_uppercase();
                    if method == "GET" {
                        let asked = format!(
                            "GET {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {API_KEY}\r\nConnection: close\r\n\r\n"
                        );
                        // A stream of events stays open.
                        self.wire.raw(asked.as_bytes(), Duration::from_secs(2));
                    } else {
                        self.wire.send(&method, &path, &json!({}));
                        self.wire.send(
                            &method,
                            &path,
                            &json!({"api_token": 7, "token": token, "x": API_KEY}),
                        );
                    }
                }
            }
        }
        let metrics = self.wire.get("/metrics");
        assert_eq!(metrics.status, 200);
    }
}

fn cookie_of(heard: &crate::wire::Heard, name: &str) -> String {
    let set = heard.headers("set-cookie").find(|cookie| cookie.starts_with(name));
    set.unwrap_or_else(|| panic!("no {name}: {heard:?}")).split(';').next().unwrap().to_owned()
}

/// The command line, beside the server that runs.
fn walk_commands(premises: &Premises) {
    for arguments in [
        &["status"][..],
        &["status", "--json"],
        &["check", "airtable"],
        &["check", "notion", "--json"],
        &["plan", "airtable", "--json"],
        &["sync", "all", "--json", "--yes"],
        &["configure", "airtable", "--base", WRONG_AIRTABLE],
        &["apply", WRONG_NOTION],
        &["rotate-key"],
        &["--help"],
    ] {
        premises.run(arguments);
    }
    let mut wrong = premises.command(&["status"]);
    let broken =
        [("DATABASE_URL", "mysql://root:zK%40tf%2FQ8w%25Rm4%2Bxh@host/db"), ("CRM_SYNC_SECRET_KEY", API_KEY)];
    let output = wrong.envs(broken).env("AIRTABLE_TOKEN", format!("{WRONG_AIRTABLE} x")).output().unwrap();
    assert!(!output.status.success());
    fs::write(premises.said().join("wrong.run"), [output.stdout, output.stderr].concat()).unwrap();
}

#[rstest]
#[case::postgres(Kind::Postgres)]
#[case::sqlite(Kind::Sqlite)]
fn no_secret_leaves_the_process_nor_lies_in_any_file(#[case] kind: Kind) {
    let tour = Tour::of(kind, false);
    assert_eq!(tour.said(), Vec::<String>::new());
    assert_eq!(tour.wrote(), Vec::<String>::new());
    let held = tour.premises.place.crm().column("api_token", "FROM connector_configs");
    assert_eq!(held.len(), 2);
    for token in held.into_iter().flatten() {
        assert!(token.is_empty() || token.starts_with("crm-sync:v1:"), "{token}");
    }
}

#[test]
fn without_the_filter_of_the_log_the_tour_finds_secrets() {
    let found = Tour::of(Kind::Sqlite, true).said();
    assert!(found.iter().any(|what| what.contains(".err: ")), "in the log: {found:?}");
}
