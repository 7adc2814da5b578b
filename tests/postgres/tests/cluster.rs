//! The throw-away server, seen from a test that uses it.

#![expect(clippy::unwrap_used, reason = "the functions shared by these tests are tests too")]

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use test_postgres::{CLUSTER, Cluster, Programs};

/// Longer than any clean-up takes, so that only a missing one reaches it.
const PATIENCE: Duration = Duration::from_secs(20);

#[test]
fn two_databases_are_isolated() {
    let (first, second) = (CLUSTER.database(), CLUSTER.database());

    ask(first.url(), "CREATE TABLE deal (id int)").unwrap();

    ask(first.url(), "SELECT * FROM deal").unwrap();
    let refusal = ask(second.url(), "SELECT * FROM deal").unwrap_err();
    assert!(refusal.contains("does not exist"), "{refusal}");
}

#[test]
fn a_dropped_database_is_gone_even_with_someone_connected() {
    let database = CLUSTER.database();
    let url = database.url().to_owned();
    let mut guest = connect(&url);

    drop(database);

    let refusal = ask(&url, "SELECT 1").unwrap_err();
    assert!(refusal.contains("does not exist"), "{refusal}");
    guest.kill().unwrap();
    guest.wait().unwrap();
}

#[test]
fn a_template_is_prepared_once_and_its_copies_are_isolated() {
    let mut prepared = 0;
    let mut copy = || {
        CLUSTER.database_from("deals", |url| {
            prepared += 1;
            ask(url, "CREATE TABLE deal (id int)").unwrap();
        })
    };
    let (first, second) = (copy(), copy());

    ask(first.url(), "INSERT INTO deal VALUES (1)").unwrap();

    assert_eq!(ask(first.url(), "SELECT count(*) FROM deal").unwrap(), "1");
    assert_eq!(ask(second.url(), "SELECT count(*) FROM deal").unwrap(), "0");
    assert_eq!(prepared, 1);
}

#[test]
fn text_of_any_language_is_kept() {
    let database = CLUSTER.database();

    assert_eq!(ask(database.url(), "SELECT 'Échéance 😀', length('é')").unwrap(), "Échéance 😀|1");
}

#[test]
fn a_server_already_running_is_used_and_left_clean() {
    let owner = Cluster::start().unwrap();
    let count = "SELECT count(*) FROM pg_database WHERE datname LIKE 'test%'";

    let guest = Cluster::at(owner.url().to_owned()).unwrap();
    let database = guest.database_from("deals", |url| {
        ask(url, "CREATE TABLE deal (id int)").unwrap();
    });
    ask(database.url(), "SELECT * FROM deal").unwrap();
    assert_eq!(ask(owner.url(), count).unwrap(), "2", "the template and its copy");
    assert_eq!(guest.version(), owner.version());
    drop(database);
    drop(guest);

    assert_eq!(ask(owner.url(), count).unwrap(), "0");
}

#[test]
fn a_command_runs_beside_a_server_and_its_failure_is_told() {
    let has_url = "test -n \"$TEST_DATABASE_URL\"";
    assert!(beside_a_server(&["sh", "-c", has_url]).stdout(Stdio::null()).status().unwrap().success());
    assert!(!beside_a_server(&["false"]).status().unwrap().success());
}

#[test]
fn the_server_and_its_folder_are_gone_after_the_holder_is_killed() {
    let mut holder = beside_a_server(&["sh", "-c", "echo $TEST_DATABASE_URL; exec cat"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .process_group(0)
        .spawn()
        .unwrap();
    let mut url = String::new();
    BufReader::new(holder.stdout.take().unwrap()).read_line(&mut url).unwrap();
    assert_eq!(ask(url.trim_end(), "SELECT 1").unwrap(), "1");
    let folder = folder_of(&url);
    let server = server_of(&folder);
    assert!(is_running(&server));

    // The whole process group, as a runner that loses patience does.
    assert!(kill(&format!("-KILL -{}", holder.id())));
    holder.wait().unwrap();

    wait_until("the server and its folder are gone", || !is_running(&server) && !folder.exists());
}

#[test]
fn a_holder_killed_while_its_server_is_made_leaves_nothing() {
    let mut holder = beside_a_server(&["true"]).spawn().unwrap();
    let asked_by_it = format!("pg-{}-", holder.id());
    let mut folder = None;
    wait_until("the folder is made", || {
        folder = fs::read_dir("/tmp")
            .unwrap()
            .filter_map(Result::ok)
            .find(|entry| entry.file_name().to_string_lossy().starts_with(&asked_by_it));
        folder.is_some()
    });

    holder.kill().unwrap();
    holder.wait().unwrap();

    let folder = folder.unwrap().path();
    wait_until("the folder is gone", || !folder.exists());
}

/// Runs a statement by `psql`; what it printed, else its complaint.
fn ask(url: &str, statement: &str) -> Result<String, String> {
    let output = psql(url).args(["-Atc", statement]).output().map_err(|error| error.to_string())?;
    let printed = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim_end().to_owned();
    if output.status.success() { Ok(printed(&output.stdout)) } else { Err(printed(&output.stderr)) }
}

/// A session that stays open until it is killed.
fn connect(url: &str) -> Child {
    let mut session = psql(url)
        .args(["-Atf", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let stdin = session.stdin.as_mut().unwrap();
    stdin.write_all(b"SELECT 1;\n").unwrap();
    let stdout = session.stdout.take().unwrap();
    BufReader::new(stdout).read_line(&mut String::new()).unwrap();
    session
}

/// The program of this package, which holds a server while it runs another.
fn beside_a_server(command: &[&str]) -> Command {
    let mut holder = Command::new(env!("CARGO_BIN_EXE_test-postgres"));
    holder.args(command);
    holder
}

fn psql(url: &str) -> Command {
    let mut command = Command::new(Programs::find().unwrap().folder().join("psql"));
    command.args(["--no-psqlrc", "--set", "ON_ERROR_STOP=1", "--dbname", url]);
    command
}

/// The folder that holds the socket, out of the URL of its server.
fn folder_of(url: &str) -> PathBuf {
    let host = url.split_once('@').unwrap().1.split_once(':').unwrap().0;
    PathBuf::from(host.replace("%2F", "/"))
}

/// The process id of the server in a folder.
fn server_of(folder: &Path) -> String {
    let state = fs::read_to_string(folder.join("data/postmaster.pid")).unwrap();
    state.lines().next().unwrap().to_owned()
}

fn is_running(process: &str) -> bool {
    kill(&format!("-0 {process}"))
}

/// The shell's own `kill`: the program of that name is not on every machine.
fn kill(arguments: &str) -> bool {
    let command = format!("kill {arguments}");
    Command::new("sh").args(["-c", &command]).stderr(Stdio::null()).status().unwrap().success()
}

#[track_caller]
fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < PATIENCE, "waited too long until {what}");
        thread::sleep(Duration::from_millis(10));
    }
}
