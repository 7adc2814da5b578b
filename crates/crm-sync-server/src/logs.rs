//! The program's log: on standard error, for people on a terminal, as JSON otherwise.

use std::io::{self, IsTerminal as _};

use tracing_subscriber::EnvFilter;

use crate::cli::args::{Cli, Command};

/// Starts the log. `RUST_LOG` says what to write; else a server tells each request, and a command only failures.
pub fn start(cli: &Cli) {
    let serves = matches!(cli.command, None | Some(Command::Serve(_)));
    let usual = if serves { "info,actix_server=warn" } else { "error" };
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(usual));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr);
    if serves && !io::stderr().is_terminal() {
        log.json().flatten_event(true).with_current_span(true).with_span_list(false).init();
    } else {
        log.init();
    }
}
