//! What the server bears, how soon it answers and what it holds: `cargo xtask load`, which is part of `cargo xtask bench`.

use std::cell::Cell;
use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use end_to_end::Backend;
use futures::future::join_all;
use serde_json::{Value, json};
use test_processes::{Client, Figures, Load, Office, Server};

/// How long the longest measurement takes.
const TIME: Duration = Duration::from_mins(1);
const CLIENTS: u32 = 200;
/// How many follow each run.
const FOLLOWERS: usize = 20;
const DEALS: usize = 1_000;
/// What is read, by programs and by people.
const PATHS: [&str; 7] = [
    "/api/sync/airtable",
    "/api/sync/logs",
    "/api/connectors/config",
    "/api/v1/runs",
    "/api/v1/deals?limit=20",
    "/history",
    "/",
];

/// One figure.
struct Line {
    what: String,
    value: String,
    aim: &'static str,
    missed: bool,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let time = match std::env::var("SECONDS") {
        Ok(seconds) => Duration::from_secs(seconds.parse()?),
        Err(_) => TIME,
    };
    let mut lines = Vec::new();
    start(&mut lines).await?;
    for (backend, name) in [(Backend::Sqlite, "SQLite"), (Backend::Postgres, "PostgreSQL")] {
        bear(&mut lines, backend, name, time).await?;
    }
    flask(&mut lines, time / 6).await?;
    let mut report = HEADING.to_owned();
    for Line { what, value, aim, missed } in &lines {
        writeln!(report, "| {what} | {value} | {aim}{} |", if *missed { ", **missed**" } else { "" })?;
    }
    std::io::stdout().lock().write_all(report.as_bytes())?;
    std::fs::write(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/PERFORMANCE.md"), report)?;
    ensure!(lines.iter().all(|line| !line.missed), "an aim is missed");
    Ok(())
}

/// From the start of the process to its first answer, and what it holds when nobody asks.
async fn start(lines: &mut Vec<Line>) -> anyhow::Result<()> {
    let office = Office::open(Backend::Sqlite, DEALS).await;
    drop(Server::start(office.program()).await);
    let mut times = Vec::new();
    for _ in 0..9 {
        let begun = Instant::now();
        let server = Server::start(office.program()).await;
        ensure!(server.client().read("/healthz").await? == 200, "it is healthy");
        times.push(begun.elapsed());
    }
    times.sort();
    let median = times.get(times.len() / 2).copied().unwrap_or_default();
    lines.push(Line {
        what: "from exec to the first answer of `/healthz`, SQLite, 1,000 deals, median of 9".to_owned(),
        value: format!("{} ms", median.as_millis()),
        aim: "under 100 ms",
        missed: median >= Duration::from_millis(100),
    });
    let server = Server::start(office.program()).await;
    server.client().read("/healthz").await?;
    tokio::time::sleep(Duration::from_secs(2)).await;
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.id()))?;
    let held = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("Linux tells")?;
    let held: u64 = held.trim().trim_end_matches(" kB").parse()?;
    lines.push(Line {
        what: "memory of the idle process, SQLite, 1,000 deals".to_owned(),
        value: format!("{} MB", held / 1024),
        aim: "under 40 MB",
        missed: held >= 40 * 1024,
    });
    Ok(())
}

/// Readers of an idle server, then the same while syncs run one after the other, then at a rate.
async fn bear(lines: &mut Vec<Line>, backend: Backend, name: &str, time: Duration) -> anyhow::Result<()> {
    let office = Office::open(backend, DEALS).await;
    let server = Server::start(office.program()).await;
    let client = server.client();
    let paths = PATHS.map(str::to_owned);
    let idle = Load { clients: CLIENTS, time: time / 6, rate: None }.read(&client, &paths).await;
    let load = Load { clients: CLIENTS, time, rate: None };
    let (busy, count) = while_syncing(&client, load.read(&client, &paths)).await?;
    let steady = Load { clients: CLIENTS, time: time / 3, rate: Some(1_000) };
    let logs = ["/api/sync/logs".to_owned()];
    let (even, _) = while_syncing(&client, steady.read(&client, &logs)).await?;
    office.assert_agreed(DEALS).await;
    let said = |figures: &Figures| {
        format!(
            "{:.0} a second, 99 % within {} ms, {} errors",
            figures.per_second(),
            figures.within(99).as_millis(),
            figures.faults.len()
        )
    };
    let mut line = |what: String, value, aim, missed| lines.push(Line { what, value, aim, missed });
    let what = format!("{CLIENTS} readers, {name}, no sync");
    line(what, said(&idle), "no error", !idle.faults.is_empty());
    let what = format!(
        "the same for {} s while syncs run ({count} runs, each followed by {FOLLOWERS} and planned beside, their results unchanged)",
        time.as_secs()
    );
    line(what, said(&busy), "no error", !busy.faults.is_empty());
    let ratio = busy.per_second() / idle.per_second();
    line(
        "of which, of what the idle server answers".to_owned(),
        format!("{:.0} %", ratio * 100.0),
        "",
        false,
    );
    let what = format!("1,000 reads a second for {} s while a sync runs, {name}", time.as_secs() / 3);
    let slow = even.per_second() < 950.0;
    line(what, said(&even), "1,000 a second, no error", slow || !even.faults.is_empty());
    Ok(())
}

/// Has syncs run, one after the other, until the reading is over; how many there were. Each is followed by many, and a
/// plan is made beside it.
async fn while_syncing(
    client: &Client,
    reading: impl Future<Output = Figures>,
) -> anyhow::Result<(Figures, usize)> {
    let is_over = Cell::new(false);
    let reading = async {
        let figures = reading.await;
        is_over.set(true);
        figures
    };
    let syncing = async {
        let mut runs = 0;
        while !is_over.get() {
            let (_, started) = client.sync("airtable").await?;
            let run = started.get("run").and_then(Value::as_str).context("a run")?;
            let events = format!("/api/v1/runs/{run}/events");
            let followers = join_all((0..FOLLOWERS).map(|_| client.read(&events)));
            let (followed, planned) = tokio::join!(followers, plan(client));
            planned?;
            for status in followed {
                ensure!(status? == 200, "a follower was refused");
            }
            let came_to = client.idle("airtable").await;
            ensure!(came_to == "success", "a sync came to {came_to}");
            runs += 1;
        }
        Ok(runs)
    };
    let (figures, runs) = tokio::join!(reading, syncing);
    Ok((figures, runs?))
}

/// Has a plan made, and follows it to its end.
async fn plan(client: &Client) -> anyhow::Result<()> {
    let (status, begun) = client.post("/api/v1/plans", &json!({ "remote": "airtable" })).await?;
    ensure!(status == 202, "a plan was refused: {status}");
    let plan = begun.get("plan").and_then(Value::as_str).context("a plan")?;
    ensure!(client.read(&format!("/api/v1/plans/{plan}/events")).await? == 200, "a plan has no steps");
    Ok(())
}

/// The same address of the server and of a minimal equivalent on Flask, from the same file.
async fn flask(lines: &mut Vec<Line>, time: Duration) -> anyhow::Result<()> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let requirements = here.join("../../crates/crm-sync-server/tests/operations/crm/requirements.txt");
    let cache = here.join("../../target/tmp");
    std::fs::create_dir_all(&cache)?;
    let python = test_packages::python(&requirements, &cache).join("python");
    let office = Office::open(Backend::Sqlite, 10).await;
    let server = Server::start(office.program()).await;
    server.client().sync("airtable").await?;
    server.client().idle("airtable").await;
    let file = office.premises.url();
    let mut equivalent = Command::new(python)
        .arg(here.join("flask/app.py"))
        .arg(file.trim_start_matches("sqlite:"))
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let mut port = String::new();
    BufReader::new(equivalent.stdout.take().context("a pipe")?).read_line(&mut port)?;
    let load = Load { clients: 50, time, rate: None };
    let paths = ["/api/sync/logs".to_owned()];
    let ours = load.read(&server.client(), &paths).await;
    let theirs = load.read(&Client::new(&format!("http://127.0.0.1:{}", port.trim())), &paths).await;
    equivalent.kill()?;
    equivalent.wait()?;
    let ratio = ours.per_second() / theirs.per_second();
    let value = format!(
        "{ratio:.1} times Flask's; 99 % within {} ms, Flask {} ms",
        ours.within(99).as_millis(),
        theirs.within(99).as_millis()
    );
    let missed = ratio < 1.0 || !ours.faults.is_empty();
    let what = "reads a second of `/api/sync/logs`, SQLite, 50 readers".to_owned();
    lines.push(Line { what, value, aim: "more than a minimal Flask", missed });
    Ok(())
}

const HEADING: &str = "\
# What the server bears

Written by `cargo xtask load`, which `cargo xtask bench` runs too: the server's own program beside the sandbox, on
loopback, with those who ask it on the same machine. Times are that machine's; ratios are of one run.

| what | measured | aim |
|---|---|---|
";
