//! The program itself, so that it is built whenever its tests in a browser are.

use std::process::ExitCode;

use clap::Parser as _;
use crm_sync_server::cli::{self, args::Cli};

#[tokio::main]
async fn main() -> ExitCode {
    cli::run(Cli::parse()).await
}
