//! Which crates each of ours may reach, and with which features.
//!
//! Asked of `cargo tree` rather than `cargo metadata`: the latter joins the features that all the members ask
//! for, so that what the server needs of Tokio would seem to be what the core has.

use std::collections::BTreeMap;
use std::process::Command;

use crate::root;

/// How a tree is walked: what ends up in the program, or that and what its tests and build scripts use.
const SHIPPED: &str = "normal";
const ANY: &str = "normal,build,dev";

const HTTP: [&str; 2] = ["reqwest", "hyper"];
const DATABASE: [&str; 2] = ["diesel", "libsqlite3-sys"];
const SERVER: [&str; 1] = ["actix-web"];

#[test]
fn the_core_reaches_no_network_and_no_database() {
    assert_does_not_reach("connector-core", SHIPPED, &[&HTTP[..], &DATABASE, &SERVER].concat());

    let crates = reached("connector-core", SHIPPED);
    let tokio = crates.get("tokio").map_or("", String::as_str);
    assert!(!tokio.split(',').any(|feature| feature == "net"), "connector-core has tokio with {tokio}");
}

#[test]
fn the_clients_reach_no_database_and_no_server() {
    for client in ["connector-http", "connector-airtable", "connector-notion"] {
        assert_does_not_reach(client, SHIPPED, &[&DATABASE[..], &SERVER].concat());
    }
}

#[test]
fn the_sandbox_depends_on_no_crate_of_ours() {
    let ours = |name: &String| name.starts_with("connector-") || name.starts_with("crm-sync-");
    let found: Vec<_> = reached("connector-sandbox", ANY).into_keys().filter(ours).collect();

    assert_eq!(found, ["connector-sandbox"], "it shares no type with the clients that are tested against it");
}

/// Panics with the crates that `package` must not reach and does.
#[track_caller]
fn assert_does_not_reach(package: &str, edges: &str, forbidden: &[&str]) {
    let crates = reached(package, edges);
    let found: Vec<_> = forbidden.iter().filter(|name| crates.contains_key(**name)).collect();
    assert!(
        found.is_empty(),
        "{package} reaches {found:?}; see: cargo tree -p {package} -e {edges} -i <crate>"
    );
}

/// The crates that a package reaches, each with its features, joined by commas.
#[track_caller]
fn reached(package: &str, edges: &str) -> BTreeMap<String, String> {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--package", package, "--edges", edges, "--prefix", "none", "--format", "{p}|{f}"])
        .current_dir(root())
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "cargo tree: {}", String::from_utf8_lossy(&output.stderr));
    let tree = String::from_utf8(output.stdout).expect("cargo prints UTF-8");
    let crates: BTreeMap<_, _> = tree
        .lines()
        .filter_map(|line| {
            let (package, features) = line.split_once('|')?;
            let features = features.trim_end_matches(" (*)").trim();
            Some((package.split(' ').next()?.to_owned(), features.to_owned()))
        })
        .collect();
    assert!(crates.contains_key(package), "cargo tree did not mention {package}:\n{tree}");
    crates
}
