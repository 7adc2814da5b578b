//! The program's log: on standard error, for people on a terminal, as JSON otherwise. No secret gets into it.

mod filter;

use std::io::{self, IsTerminal as _, Write};

use tracing_subscriber::EnvFilter;

pub use filter::{filtered, hide, inert};

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
    cli.environment.secrets().for_each(filter::hide_always);
    let serves = matches!(cli.command, None | Some(Command::Serve(_)));
    // What a stranger sends that is no request is no error of ours: Actix has it as one.
    let usual = if serves { "info,actix_server=warn,actix_http::h1::dispatcher=off" } else { "error" };
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(usual));
    let is_coloured = io::stderr().is_terminal();
    let usual = if serves && !is_coloured { LogFormat::Json } else { LogFormat::Text };
    let format = cli.environment.log_format().unwrap_or(usual);
    let is_coloured = is_coloured && format == LogFormat::Text;
    let written = move || Filtered { is_coloured };
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(written);
    match format {
        LogFormat::Json => {
            log.json().flatten_event(true).with_current_span(true).with_span_list(false).init();
        }
        LogFormat::Text => log.with_ansi(is_coloured).init(),
    }
    // What a panic says goes the same way as all the rest.
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, message = panic.payload_as_str().unwrap_or_default(), "panicked");
    }));
}

/// Standard error, without secrets. A line of the log comes in one piece.
struct Filtered {
    is_coloured: bool,
}

impl Write for Filtered {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let text = filtered(&String::from_utf8_lossy(line));
        let text = filter::one_line(text.trim_end_matches('\n'), self.is_coloured);
        io::stderr().lock().write_all(format!("{text}\n").as_bytes())?;
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().lock().flush()
    }
}
