//! The command line: one file a command, each of which calls a service and shows what came of it.

mod apply;
pub mod args;
mod check;
mod configure;
mod conflicts;
mod console;
mod demo;
mod import_csv;
mod plan;
mod progress;
mod questions;
mod retire;
mod rotate_key;
mod serve;
mod status;
mod sync;
mod undo;
mod usage;
mod verify;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser as _;
use connector_core::engine::EngineError;
use connector_core::store::{RunStatus, StoreError};
use serde_json::json;
use tokio_util::sync::CancellationToken;

pub use console::Console;
pub use progress::Progress;

use self::args::{Cli, Command, ServeArgs};
use crate::app::App;
use crate::failure::Failure;
use crate::messages;
use crate::settings::{Environment, Settings};

/// How a command ended, the worst last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// Done.
    Ok,
    /// Done in part.
    Partial,
    /// A person has to look first.
    Halted,
    /// Failed.
    Failed,
}

impl Exit {
    /// The exit code of a program that ended so.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Ok => 0,
            Self::Failed => 1,
            Self::Partial => 3,
            Self::Halted => 4,
        }
    }
}

impl From<RunStatus> for Exit {
    fn from(status: RunStatus) -> Self {
        match status {
            RunStatus::Ok => Self::Ok,
            RunStatus::Partial | RunStatus::Cancelled | RunStatus::Interrupted | RunStatus::Running => {
                Self::Partial
            }
            RunStatus::Halted => Self::Halted,
            RunStatus::Failed => Self::Failed,
        }
    }
}

/// Reads the command line, or says what is wrong with it; help and version are no fault.
pub fn read(arguments: &[OsString]) -> Result<Cli, ExitCode> {
    Cli::try_parse_from(arguments).map_err(|error| {
        match usage::told(usage::lang(arguments), &error) {
            Some(told) => Console { lang: usage::lang(arguments), json: false }.aside(&told),
            None => drop(error.print()),
        }
        ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(Exit::Failed.code()))
    })
}

/// Does what the command line asks for, and says what came of it.
pub async fn run(cli: Cli) -> ExitCode {
    let command = cli.command.unwrap_or(Command::Serve(ServeArgs {}));
    let console = Console { lang: cli.environment.lang(), json: command.wants_json() };
    let exit = match dispatch(&cli.environment, command, console).await {
        Ok(exit) => exit,
        Err(failure) => tell(console, &failure),
    };
    ExitCode::from(exit.code())
}

async fn dispatch(environment: &Environment, command: Command, console: Console) -> Result<Exit, Failure> {
    let cancel = CancellationToken::new();
    let stopping = messages::stopping(console.lang);
    if let Command::Demo(args) = command {
        stop_on_signal(console, stopping, cancel.clone());
        return demo::run(console, args, cancel).await;
    }
    let settings = match Settings::read(environment) {
        Ok(settings) => settings,
        Err(faults) => {
            console.aside(&faults.to_string());
            return Ok(Exit::Failed);
        }
    };
    let app = App::open(&settings).await?;
    let stopping = match command {
        Command::Serve(_) => messages::server_stopping(console.lang),
        _ => stopping,
    };
    stop_on_signal(console, stopping, cancel.clone());
    let ended = perform(&app, console, command, &settings, cancel).await;
    // A count that is lost is no failure of the command.
    if let Err(error) = app.settle_calls().await {
        tracing::warn!(%error, "this command's requests are not counted");
    }
    ended
}

async fn perform(
    app: &App,
    console: Console,
    command: Command,
    settings: &Settings,
    cancel: CancellationToken,
) -> Result<Exit, Failure> {
    match command {
        Command::Serve(_) => serve::run(app.clone(), console, settings, cancel).await,
        Command::Demo(args) => demo::run(console, args, cancel).await,
        Command::Configure(args) => configure::run(app, console, args).await,
        Command::Check(args) => check::run(app, console, &args).await,
        Command::Sync(args) => sync::run(app, console, &args, cancel).await,
        Command::Plan(args) => plan::run(app, console, &args, cancel).await,
        Command::Apply(args) => apply::run(app, console, args, cancel).await,
        Command::Undo(args) => undo::run(app, console, &args, cancel).await,
        Command::Verify(args) => verify::run(app, console, &args).await,
        Command::Conflicts(args) => conflicts::run(app, console, args).await,
        Command::Questions(args) => questions::list(app, console, &args).await,
        Command::Answer(args) => questions::answer(app, console, args, cancel).await,
        Command::Status(_) => status::run(app, console).await,
        Command::ImportCsv(args) => import_csv::run(app, console, &args).await,
        Command::Retire(args) => retire::run(app, console, &args).await,
        Command::RotateKey(args) => rotate_key::run(app, console, &args).await,
    }
}

impl Command {
    const fn wants_json(&self) -> bool {
        match self {
            Self::Serve(_) | Self::Demo(_) | Self::Retire(_) => false,
            Self::Configure(args) => args.json,
            Self::Check(args) => args.json,
            Self::Sync(args) => args.json,
            Self::Plan(args) => args.json,
            Self::Apply(args) => args.json,
            Self::Undo(args) => args.json,
            Self::Verify(args) => args.json,
            Self::Conflicts(args) => args.json(),
            Self::Questions(args) => args.json,
            Self::Answer(args) => args.json,
            Self::Status(args) => args.json,
            Self::ImportCsv(args) => args.json,
            Self::RotateKey(args) => args.json,
        }
    }
}

/// Says why a command could not be done. That another run is at it already is no failure of this one.
fn tell(console: Console, failure: &Failure) -> Exit {
    let running = match failure {
        Failure::Engine(EngineError::Running(run)) | Failure::Store(StoreError::Held(run)) => Some(run),
        _ => None,
    };
    let told = messages::failure(console.lang, failure);
    if console.json {
        let status = if running.is_some() { "already_running" } else { "failed" };
        console.document(&json!({"status": status, "run": running, "message": told}));
    } else {
        console.aside(&told);
    }
    if running.is_some() { Exit::Ok } else { Exit::Failed }
}

/// The first signal (Ctrl-C, or a supervisor's) ends what is under way at its next good place, the second the program.
fn stop_on_signal(console: Console, told: String, cancel: CancellationToken) {
    tokio::spawn(async move {
        signal().await;
        console.aside(&format!("\n{told}"));
        cancel.cancel();
        signal().await;
        std::process::exit(Exit::Partial.code().into());
    });
}

/// Waits for a signal to end; for ever where the system has none to give.
async fn signal() {
    #[cfg(unix)]
    let terminated = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signals) => signals.recv().await,
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminated = std::future::pending::<Option<()>>();
    tokio::select! {
        Ok(()) = tokio::signal::ctrl_c() => {}
        Some(()) = terminated => {}
        else => std::future::pending().await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_ending_counts() {
        assert_eq!([Exit::Ok, Exit::Halted, Exit::Partial].into_iter().max(), Some(Exit::Halted));
        let codes = [Exit::Ok, Exit::Failed, Exit::Partial, Exit::Halted].map(Exit::code);
        assert_eq!(codes, [0, 1, 3, 4]);
    }
}
