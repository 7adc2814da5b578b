//! The program's log: on standard error, for people on a terminal, as JSON otherwise. No secret gets into it.

mod filter;

use std::io::{self, IsTerminal as _, Write};

use tracing_subscriber::EnvFilter;

pub use filter::{filtered, hide};

use crate::cli::args::{Cli, Command};

/// How the log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::EnumString)]
#[strum(serialize_all = "snake_case")]
pub enum LogFormat {
    /// Lines for people.
    Text,
    /// A JSON object a line.
    Json,
}

/// Starts the log. `RUST_LOG` says what to write; else a server tells each request, and a command only failures.
pub fn start(cli: &Cli) {
    cli.environment.secrets().for_each(hide);
    let serves = matches!(cli.command, None | Some(Command::Serve(_)));
    let usual = if serves { "info,actix_server=warn" } else { "error" };
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(usual));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(|| Filtered);
    let usual = if serves && !io::stderr().is_terminal() { LogFormat::Json } else { LogFormat::Text };
    match cli.environment.log_format().unwrap_or(usual) {
        LogFormat::Json => {
            log.json().flatten_event(true).with_current_span(true).with_span_list(false).init();
        }
        LogFormat::Text => log.with_ansi(io::stderr().is_terminal()).init(),
    }
    // What a panic says goes the same way as all the rest.
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, message = panic.payload_as_str().unwrap_or_default(), "panicked");
    }));
}

/// Standard error, without secrets. A line of the log comes in one piece.
struct Filtered;

impl Write for Filtered {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        io::stderr().lock().write_all(filtered(&String::from_utf8_lossy(line)).as_bytes())?;
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().lock().flush()
    }
}
