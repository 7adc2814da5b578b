//! systemd's unit, judged by systemd.

use std::fs;
use std::process::Command;

use crate::program::root;

/// Of ten; what is over it lacks a wall that others have.
const MOST_EXPOSED: f64 = 2.0;

/// Runs `systemd-analyze` on the unit, its program in the place where this machine has it.
fn analyze(arguments: &[&str]) -> (bool, String) {
    let unit = fs::read_to_string(root().join("deploy/crm-sync-server.service")).unwrap();
    let installed = "/usr/local/bin/crm-sync-server";
    assert!(unit.contains(installed));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("crm-sync-server.service");
    fs::write(&path, unit.replace(installed, env!("CARGO_BIN_EXE_crm-sync-server"))).unwrap();
    let output = Command::new("systemd-analyze").args(arguments).arg(path).output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&said).into_owned())
}

#[test]
fn systemd_understands_each_line_of_the_unit() {
    let (is_valid, said) = analyze(&["verify"]);
    assert!(is_valid && !said.contains("crm-sync-server.service"), "{said}");
}

#[test]
fn the_unit_is_shut_off_from_what_it_does_not_need() {
    let (_, said) = analyze(&["security", "--offline=yes", "--no-pager"]);
    let (_, level) = said.rsplit_once("service: ").unwrap_or_else(|| panic!("{said}"));
    let level: f64 = level.split_whitespace().next().unwrap().parse().unwrap();
    assert!(level <= MOST_EXPOSED, "{said}");
}
