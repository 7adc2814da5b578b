//! The examples do what they say.

#![expect(clippy::unwrap_used, reason = "an example that cannot be run has failed")]

use std::process::Command;

fn output(program: &str) -> String {
    let output = Command::new(program).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    said
}

#[test]
fn two_sources_agree_after_one_run_and_the_second_does_nothing() {
    let said = output(env!("CARGO_BIN_EXE_two_sources"));
    assert!(said.contains("1 to create in the CRM, 1 to create in the remote"), "{said}");
    assert!(said.ends_with("run 2: ok\n2 of 2 pairs unchanged\n\n"), "{said}");
}

#[test]
fn a_table_is_previewed_with_its_mapping_and_five_rows() {
    let said = output(env!("CARGO_BIN_EXE_preview_airtable"));
    assert!(said.contains("amount = Amount (sure"), "{said}");
    assert_eq!(said.lines().filter(|line| line.starts_with("rec")).count(), 5, "{said}");
}
