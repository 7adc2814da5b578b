//! The program: reads the command line, does what it says.

use std::process::ExitCode;

use crm_sync_server::cli;
use crm_sync_server::logs;

#[tokio::main]
async fn main() -> ExitCode {
    match cli::read(&std::env::args_os().collect::<Vec<_>>()) {
        Ok(cli) => {
            logs::start(&cli);
            cli::run(cli).await
        }
        Err(exit) => exit,
    }
}
