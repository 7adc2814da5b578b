//! The environment and the command line.

use crate::office::{Office, Said, program};

#[test]
fn all_faults_of_the_environment_are_told_together_without_secrets() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = program(&folder);
    command
        .args(["status"])
        .env("DATABASE_URL", "mysql://root:s3cret@host/db")
        .env("AIRTABLE_TOKEN", "pat s3cret")
        .env("CRM_SYNC_BIND", "0.0.0.0:80")
        .env("AIRTABLE_ENDPOINT_URL", "nowhere");
    let said = Said::from(command.output().unwrap());
    assert_eq!((said.code, said.out.as_str()), (1, ""));
    assert!(said.err.starts_with("Le programme ne peut pas démarrer : 4 erreurs"), "{said:?}");
    for variable in ["DATABASE_URL", "AIRTABLE_TOKEN", "CRM_SYNC_API_KEY", "AIRTABLE_ENDPOINT_URL"] {
        assert!(said.err.contains(variable), "{variable}: {said:?}");
    }
    assert!(!said.err.contains("s3cret"), "{said:?}");
}

#[test]
fn a_wrong_command_line_is_code_2_and_the_help_tells_the_codes() {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| Said::from(program(&folder).args(arguments).output().unwrap());
    assert_eq!(run(&["sync"]).code, 2);
    assert_eq!(run(&["sync", "airtable", "--override", "everything"]).code, 2);
    let help = run(&["--help"]);
    assert_eq!(help.code, 0);
    assert!(help.out.contains("Exit codes:") && help.out.contains("AIRTABLE_TOKEN"), "{help:?}");
}

#[test]
fn help_shows_no_secret_of_the_environment() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = program(&folder);
    command.args(["--help"]);
    for variable in
        ["AIRTABLE_TOKEN", "CRM_SYNC_SECRET_KEY", "CRM_SYNC_API_KEY", "NOTION_TOKEN", "DATABASE_URL"]
    {
        command.env(variable, "s3cret");
    }
    let said = Said::from(command.output().unwrap());
    assert!(!said.out.contains("s3cret"), "{said:?}");
}

#[test]
fn what_is_not_configured_is_told_with_the_command_that_does_it() {
    let office = Office::open();
    for remote in ["airtable", "notion"] {
        for command in ["sync", "plan", "check", "configure"] {
            let said = office.run(&[command, remote]);
            assert_eq!(said.code, 1, "{said:?}");
            let told = format!("{}{}", said.out, said.err);
            assert!(told.contains(&format!("crm-sync-server configure {remote} --base")), "{said:?}");
        }
    }
}

#[test]
fn a_database_that_cannot_be_opened_is_told_without_its_password() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = program(&folder);
    command.args(["status"]).env("DATABASE_URL", "postgres://crm:s3cret@127.0.0.1:1/crm");
    let said = Said::from(command.output().unwrap());
    assert_eq!(said.code, 1, "{said:?}");
    assert!(said.err.contains("La base de données ne s'ouvre pas"), "{said:?}");
    assert!(!said.err.contains("s3cret"), "{said:?}");
}
