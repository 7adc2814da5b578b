//! The sandbox as a program: starts, prints one line of JSON, serves until it is told to stop.

use std::io::{self, Write};

use clap::Parser;
use connector_sandbox::{Knobs, Limits, Sandbox, Settings};
use serde_json::json;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::oneshot;

/// Airtable and Notion on loopback, with sample deals. Stops on SIGTERM, on SIGINT and when stdin closes.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    /// Port of the Airtable API; 0 takes a free one.
    #[arg(long, default_value_t = 0)]
    airtable_port: u16,
    /// Port of the Notion API; 0 takes a free one.
    #[arg(long, default_value_t = 0)]
    notion_port: u16,
    /// Port of the control API; 0 takes a free one.
    #[arg(long, default_value_t = 0)]
    control_port: u16,
    /// How many deals there are.
    #[arg(long, default_value_t = 200)]
    deals: u32,
    /// The same seed gives the same ids and values.
    #[arg(long, default_value_t = 7)]
    seed: u64,
    /// Milliseconds added to each answer.
    #[arg(long, default_value_t = 0)]
    latency_ms: u64,
    /// Rate limits: real, off, or x20 for twenty times the rate and a twentieth of the penalty.
    #[arg(long, default_value_t = Limits::REAL)]
    limits: Limits,
}

impl Arguments {
    fn settings(&self) -> Settings {
        Settings {
            airtable_port: self.airtable_port,
            notion_port: self.notion_port,
            control_port: self.control_port,
            deals: self.deals,
            seed: self.seed,
            knobs: Knobs { limits: self.limits, latency_ms: self.latency_ms, ..Knobs::default() },
            ..Settings::default()
        }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sandbox = Sandbox::start(Arguments::parse().settings())?;
    let mut terminated = signal(SignalKind::terminate())?;
    let mut interrupted = signal(SignalKind::interrupt())?;
    let (closed, stdin_closed) = oneshot::channel();
    std::thread::spawn(move || {
        io::copy(&mut io::stdin().lock(), &mut io::sink()).ok();
        closed.send(()).ok();
    });
    announce(&sandbox)?;
    tokio::select! {
        _ = terminated.recv() => {}
        _ = interrupted.recv() => {}
        _ = stdin_closed => {}
    }
    Ok(())
}

/// The line that tells a parent process where everything is.
fn announce(sandbox: &Sandbox) -> io::Result<()> {
    let ready = json!({
        "airtable_url": sandbox.airtable_url(),
        "airtable_token": sandbox.airtable_token(),
        "airtable_base_id": sandbox.airtable_base_id(),
        "airtable_table_id": sandbox.airtable_table_id(),
        "notion_url": sandbox.notion_url(),
        "notion_token": sandbox.notion_token(),
        "notion_database_id": sandbox.notion_database_id(),
        "notion_data_source_id": sandbox.notion_data_source_id(),
        "notion_parent_page_id": sandbox.notion_parent_page_id(),
        "control_url": sandbox.control_url(),
    });
    let mut stdout = io::stdout().lock();
    writeln!(stdout, "{ready}")?;
    stdout.flush()
}
