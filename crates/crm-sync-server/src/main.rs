//! The program: reads the command line, does what it says.

use std::process::ExitCode;

use clap::Parser as _;
use crm_sync_server::cli::{self, args::Cli};
use crm_sync_server::logs;

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    logs::start(&cli);
    cli::run(cli).await
}
