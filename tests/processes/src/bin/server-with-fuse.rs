//! The server's program, and a fuse that ends it at a commit that a test chose. The program knows nothing of it.

use std::process::ExitCode;

use clap::Parser as _;
use crm_sync_server::cli::{self, args::Cli};
use crm_sync_server::logs;
use test_processes::fuse;

#[tokio::main]
async fn main() -> ExitCode {
    fuse::install();
    let cli = Cli::parse();
    logs::start(&cli);
    cli::run(cli).await
}
