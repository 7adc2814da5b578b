//! What `docs/SECURITY.md` and `docs/GUARANTEES.md` promise: each line has a test, and each test exists.

use std::collections::BTreeSet;
use std::fs;

use crate::root;
use crate::sources::sources;

#[test]
fn each_line_against_a_threat_names_a_test_that_exists() {
    assert_tested("docs/SECURITY.md", "| threat | what stands against it | test |", 40);
}

#[test]
fn each_promise_names_a_test_that_exists() {
    let heading = "| promise | how it is tested | last result | tests and commands |";
    assert_tested("docs/GUARANTEES.md", heading, 20);
}

/// The last cell of each line of that table names tests, and all of them exist.
fn assert_tested(document: &str, heading: &str, least: usize) {
    let document = fs::read_to_string(root().join(document)).expect("the document is there");
    let (_, table) = document.split_once(heading).expect("the table is there");
    let rows: Vec<&str> = table.lines().skip(2).take_while(|line| line.starts_with('|')).collect();
    assert!(rows.len() >= least, "{} lines", rows.len());
    let tests = functions();
    for row in rows {
        let cell = row.trim_end_matches('|').rsplit('|').next().unwrap_or_default();
        let names: Vec<&str> = cell.split('`').skip(1).step_by(2).collect();
        assert!(!names.is_empty(), "no test: {row}");
        for name in names.into_iter().filter(|name| !name.starts_with("cargo ")) {
            assert!(tests.contains(name), "there is no {name}: {row}");
        }
    }
}

/// The names of all functions of ours.
fn functions() -> BTreeSet<String> {
    let is_rust = |file: &std::path::PathBuf| file.extension().is_some_and(|extension| extension == "rs");
    let texts =
        sources(root()).into_iter().filter(is_rust).map(|file| fs::read_to_string(file).unwrap_or_default());
    let name = |rest: &str| {
        rest.split(|letter: char| !letter.is_alphanumeric() && letter != '_').next().map(str::to_owned)
    };
    texts.flat_map(|text| text.split("fn ").skip(1).filter_map(name).collect::<Vec<_>>()).collect()
}
