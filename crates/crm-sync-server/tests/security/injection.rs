//! What people wrote stays text: on pages, in SQL, in the log, in files for spreadsheets, in addresses.

use std::net::TcpListener;
use std::thread;
use std::time::Duration;

use connector_sandbox::{Change, Edit, Fault, Remote};
use rstest::rstest;
use serde_json::{Value, json};

use crate::place::Kind;
use crate::premises::{Premises, Server};
use crate::wire::Wire;

/// Would do something in a page, in SQL, in a log and in a spreadsheet.
const NASTY: &str =
    "=1+1'); DROP TABLE deals; --<script>alert(1)</script><img src=x onerror=alert(1)>\"'\u{1b}[2J";
/// Would begin a line of the log.
const LINES: &str = "Acme\r\n{\"level\":\"ERROR\",\"message\":\"forged\"}\u{2028}";

/// A server whose CRM and remote are full of such names, and a plan and runs over them.
fn nasty(kind: Kind) -> (Premises, Server, Wire) {
    let premises = Premises::new(kind).with("RUST_LOG", "debug");
    let mut crm = premises.place.crm();
    crm.starts();
    let quoted = NASTY.replace('\'', "''");
    for name in [quoted.as_str(), LINES] {
        crm.execute(&format!(
            "INSERT INTO deals (client, statut, montant_brut, probabilite, valeur_ponderee, secteur, assignee, notes)
             VALUES ('{name}', '{}', 10, 0.1, 1, '{quoted}', '{}', '{name}')",
            &quoted[..40],
            quoted
        ));
    }
    let sandbox = &premises.sandbox;
    let add =
        |name: &str| sandbox.edit(&Edit::create_record(json!({"Name": name, "Amount": 5, "Status": name})));
    add(NASTY).unwrap();
    add(LINES).unwrap();
    sandbox.edit(&Edit::new(Change::RenameTable { name: NASTY.to_owned() })).unwrap();
    sandbox.edit(&Edit::rename_field("Sector", NASTY)).unwrap();
    let server = premises.serve();
    let mut wire = Wire::to(server.address);
    let names = json!({"client": "Name", "statut": "Status", "montant_brut": "Amount", "secteur": NASTY, "notes": "Notes"});
    let body = json!({
        "api_token": sandbox.airtable_token(), "base_id": sandbox.airtable_base_id(),
        "table_name": sandbox.airtable_table_id(), "field_mapping": names,
    });
    assert_eq!(wire.send("PUT", "/api/connectors/config/airtable", &body).status, 200);
    for way in ["import", "export"] {
        let heard = wire.ask("POST", &format!("/api/sync/airtable/{way}"), &[], b"");
        assert_eq!(heard.status, 200, "{heard:?}");
        assert!(!heard.text().contains('<'), "the CRM's page would take it for HTML: {heard:?}");
    }
    sandbox.fault(Fault::status(422).of(Remote::Airtable).saying("WRONG", NASTY));
    wire.ask("POST", "/api/sync/airtable/import", &[], b"");
    sandbox.clear_faults();
    (premises, server, wire)
}

#[rstest]
#[case::postgres(Kind::Postgres)]
#[case::sqlite(Kind::Sqlite)]
fn what_people_wrote_stays_text_on_every_page_and_in_every_file(#[case] kind: Kind) {
    let (premises, _server, mut wire) = nasty(kind);
    wire.headers.push(("Accept".into(), "text/html".into()));
    let form = wire.get("/connectors");
    let cookie = form.headers("set-cookie").next().unwrap().split(';').next().unwrap().to_owned();
    let csrf = cookie.split_once('=').unwrap().1.to_owned();
    wire.headers.push(("Cookie".into(), cookie));
    let planned = wire.form("/connectors/airtable/plan", &[("csrf", &csrf), ("mode", "sync")]);
    assert_eq!(planned.status, 303, "{planned:?}");
    let address = wire.form("/connectors/airtable/table", &[("csrf", &csrf), ("address", NASTY)]);
    let mut pages = vec![("a form with a fault".to_owned(), address)];
    let history = wire.get("/history").text();
    let runs = history
        .split("href=\"/runs/")
        .skip(1)
        .map(|rest| format!("/runs/{}", rest.split('"').next().unwrap()));
    let mut paths: Vec<String> = runs.collect();
    assert!(paths.len() >= 3, "{history}");
    paths.push(planned.header("location").to_owned());
    for path in [
        "/connectors",
        "/embed/connectors",
        "/connectors/airtable",
        "/connectors/airtable?test=1",
        "/connectors/airtable/table",
        "/connectors/airtable/mapping",
        "/history",
        "/conflicts",
        "/settings",
        "/settings?examine=airtable",
        "/deals/1",
        "/deals/2",
        "/nowhere",
        "/connectors/airtable/table?q=%3Cscript%3Ealert(1)%3C/script%3E%22%27",
        "/runs/%3Cscript%3Ealert(1)",
    ] {
        paths.push(path.to_owned());
    }
    pages.extend(paths.iter().map(|path| (path.clone(), wire.get(path))));
    let mut shown = 0;
    for (path, page) in &pages {
        let text = page.text();
        assert!(page.header("content-type").starts_with("text/html"), "{path}: {page:?}");
        for live in ["<script>alert", "<img src=x", "onerror=alert(1)>", "\"'\u{1b}"] {
            assert!(!text.contains(live), "{path} shows {live}: {text}");
        }
        let policy = page.header("content-security-policy");
        assert!(policy.contains("script-src 'self';") && !policy.contains("unsafe"), "{path}: {policy}");
        assert!(
            policy.contains("default-src 'none'") && policy.contains("frame-ancestors"),
            "{path}: {policy}"
        );
        assert_eq!(page.header("x-content-type-options"), "nosniff", "{path}");
        shown += usize::from(text.contains("&#60;script&#62;") || text.contains("&lt;script&gt;"));
    }
    assert!(shown >= 4, "the names are shown at all: on {shown} pages");

    let file = wire.get("/history.csv");
    assert!(file.header("content-disposition").starts_with("attachment"), "{file:?}");
    let mut cells = 0;
    for record in csv::Reader::from_reader(file.body.as_slice()).records() {
        for cell in &record.unwrap() {
            assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{cell}");
            cells += 1;
        }
    }
    assert!(cells >= 3 * 14, "{cells}");

    let mut crm = premises.place.crm();
    let clients = crm.column("client", "FROM deals ORDER BY id");
    let expected = [NASTY, LINES].map(|name| Some(name.to_owned()));
    assert_eq!(clients, expected, "each knows its record by its name, to the letter");
}

#[test]
fn no_name_and_no_header_begins_a_line_of_the_log() {
    for format in ["json", "text"] {
        let (_premises, server, mut wire) = {
            let (premises, server, _) = nasty(Kind::Sqlite);
            drop(server);
            let premises = premises.with("CRM_SYNC_LOG", format);
            let server = premises.serve();
            let wire = Wire::to(server.address);
            (premises, server, wire)
        };
        let forged = "%0d%0a%7B%22level%22%3A%22ERROR%22%7D%1b%5b2J%c2%9b";
        for path in [format!("/runs/{forged}"), format!("/api/sync/{forged}"), format!("/{forged}?{forged}")]
        {
            let headers = [
                ("X-Request-Id", "a b\u{9b}forged"),
                ("User-Agent", "forged\u{1b}[2J"),
                ("X-Forwarded-For", "forged"),
            ];
            let heard = wire.ask("GET", &path, &headers, b"");
            assert!(!heard.header("x-request-id").contains("forged"), "{heard:?}");
        }
        wire.ask("POST", "/api/sync/airtable/import", &[], b"");
        let plain = wire.ask("GET", "/healthz", &[("X-Request-Id", "from-the-caller_7")], b"");
        assert_eq!(plain.header("x-request-id"), "from-the-caller_7");
        server.logged(|line| line.contains("from-the-caller_7"));
        for line in server.said().lines() {
            assert!(!line.contains(|letter: char| letter.is_control() || letter == '\u{2028}'), "{line:?}");
            match format {
                "json" => {
                    let line: Value =
                        serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
                    assert_ne!(line["message"], "forged");
                    assert!(line["timestamp"].is_string(), "{line}");
                }
                _ => assert!(line.starts_with("20"), "a line begins with its time: {line}"),
            }
        }
    }
}

/// A caller may name bases and tables; where the remotes are, only the environment says.
#[test]
fn no_setting_sends_the_server_elsewhere() {
    let stranger = TcpListener::bind("127.0.0.1:0").unwrap();
    let there = format!("http://{}", stranger.local_addr().unwrap());
    let (called, calls) = std::sync::mpsc::channel();
    thread::spawn(move || stranger.incoming().for_each(|_| called.send(()).unwrap_or_default()));
    let premises = Premises::new(Kind::Sqlite);
    let server = premises.serve();
    let mut wire = Wire::to(server.address);
    for (remote, token) in
        [("airtable", premises.sandbox.airtable_token()), ("notion", premises.sandbox.notion_token())]
    {
        for base in
            [&there, &format!("{there}/app1/tbl1"), &format!("//{}", &there[7..]), "../../..", "app/../.."]
        {
            let body = json!({
                "api_token": token, "base_id": base, "table_name": base, "field_mapping": {"client": base},
                "endpoint": there, "endpoint_url": there, "base_url": there,
            });
            assert_eq!(wire.send("PUT", &format!("/api/connectors/config/{remote}"), &body).status, 200);
            let tried = wire.ask("POST", &format!("/api/connectors/test/{remote}"), &[], b"");
            assert_eq!((tried.status, &tried.json()["success"]), (200, &json!(false)), "{tried:?}");
            wire.ask("POST", &format!("/api/sync/{remote}/import"), &[], b"");
            wire.get(&format!("/connectors/{remote}/table?base={base}"));
        }
    }
    assert!(calls.recv_timeout(Duration::from_millis(300)).is_err(), "the stranger was called");
    let said = server.said();
    assert!(!said.contains("panicked"), "{said}");
}
