//! The handbook names all that there is.

use std::fs;
use std::process::Command;

use crate::program::root;

fn help() -> String {
    let help = Command::new(env!("CARGO_BIN_EXE_crm-sync-server")).arg("--help").output().unwrap();
    String::from_utf8(help.stdout).unwrap()
}

fn variables(text: &str) -> Vec<&str> {
    let mut found: Vec<&str> = text
        .split(|letter: char| !letter.is_ascii_uppercase() && letter != '_')
        .filter(|word| {
            ["CRM_SYNC_", "AIRTABLE_", "NOTION_"]
                .iter()
                .any(|prefix| word.starts_with(prefix) && word.len() > prefix.len())
                || *word == "DATABASE_URL"
        })
        .collect();
    found.sort_unstable();
    found.dedup();
    found
}

#[test]
fn every_variable_is_in_the_handbook_and_no_other() {
    let help = help();
    let handbook = fs::read_to_string(root().join("docs/OPERATIONS.md")).unwrap();
    assert_eq!(variables(&handbook), variables(&help));
    let file = fs::read_to_string(root().join("deploy/crm-sync.env")).unwrap();
    for variable in variables(&file) {
        assert!(variables(&help).contains(&variable), "{variable}");
    }
}

#[test]
fn every_command_of_the_handbook_is_one_of_the_programs() {
    let help = help();
    let (_, rest) = help.split_once("Commands:\n").unwrap();
    let (commands, _) = rest.split_once("\n\n").unwrap();
    let known: Vec<&str> =
        commands.lines().filter_map(|line| line.strip_prefix("  ")?.split(' ').next()).collect();
    let handbook = fs::read_to_string(root().join("docs/OPERATIONS.md")).unwrap();
    let mut called = Vec::new();
    for (at, name) in handbook.match_indices("crm-sync-server ") {
        // In prose it is the program's name; in code it is called.
        if handbook[..at].ends_with(['`', '\n']) {
            let word =
                handbook[at + name.len()..].split(|letter: char| letter != '-' && !letter.is_alphanumeric());
            called.extend(word.take(1));
        }
    }
    for command in &called {
        assert!(known.contains(command), "{command}: {known:?}");
    }
    for command in ["retire", "rotate-key", "check", "plan"] {
        assert!(called.contains(&command), "{command} is not told of");
    }
}

#[test]
fn each_file_of_the_handbook_is_there() {
    let handbook = fs::read_to_string(root().join("docs/OPERATIONS.md")).unwrap();
    for file in ["deploy/crm-sync-server.service", "deploy/crm-sync.env", "deploy/nginx.conf", "Dockerfile"] {
        assert!(handbook.contains(file) && root().join(file).exists(), "{file}");
    }
}
