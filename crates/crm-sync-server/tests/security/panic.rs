//! A panic is told by the log, without secrets.

use std::process::Command;

use clap::Parser as _;
use crm_sync_server::cli::args::Cli;
use crm_sync_server::logs;

use crate::hunt::Hunt;
use crate::premises::API_KEY;

const TOKEN: &str = "ntn_71630592846Xr5YqLwBnMvKcJsHdFgTzPeUa2R8oIi";

/// Not a test by itself: what the next one runs as a process of its own.
#[test]
#[ignore = "it panics: the test below runs it"]
fn it_panics_with_secrets_in_its_words() {
    let arguments = ["crm-sync-server", "--api-key", API_KEY, "--log", "json", "serve"];
    logs::start(&Cli::try_parse_from(arguments).unwrap());
    panic!("the key is {API_KEY}, the token {TOKEN}");
}

#[test]
fn what_a_panic_says_has_no_secret_in_it() {
    let run = |unfiltered: bool| {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "panic::it_panics_with_secrets_in_its_words", "--ignored", "--nocapture"]);
        if unfiltered {
            command.env("CRM_SYNC_TEST_UNFILTERED", "1");
        }
        let output = command.output().unwrap();
        [output.stdout, output.stderr].concat()
    };
    let hunt = Hunt::of(&[("the key", API_KEY), ("the token", TOKEN)]);
    let said = run(false);
    let told = String::from_utf8_lossy(&said).into_owned();
    let line =
        told.lines().find(|line| line.contains("\"message\":\"panicked\"") || line.contains("panicked"));
    assert!(line.is_some_and(|line| line.contains("\"level\":\"ERROR\"")), "{told}");
    assert_eq!(hunt.search(&said), Vec::<String>::new());
    let unfiltered = hunt.search(&run(true));
    for secret in ["the key, in clear", "the token, in clear"] {
        assert!(unfiltered.iter().any(|found| found.starts_with(secret)), "{unfiltered:?}");
    }
}
