//! The command line: one file a command, each of which calls a service and shows what came of it.

mod apply;
pub mod args;
mod check;
mod configure;
mod console;
mod demo;
mod import_csv;
mod plan;
mod progress;
mod rotate_key;
mod status;
mod sync;

use std::process::ExitCode;

use connector_core::engine::EngineError;
use connector_core::store::{RunStatus, StoreError};
use serde_json::json;
use tokio_util::sync::CancellationToken;

pub use console::Console;
pub use progress::Progress;

use self::args::{Cli, Command};
use crate::app::App;
use crate::failure::Failure;
use crate::messages;
use crate::settings::Settings;

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
            RunStatus::Partial | RunStatus::Cancelled | RunStatus::Running => Self::Partial,
            RunStatus::Halted => Self::Halted,
            RunStatus::Failed => Self::Failed,
        }
    }
}

/// Does what the command line asks for, and says what came of it.
pub async fn run(cli: Cli) -> ExitCode {
    let console = Console { lang: cli.environment.lang(), json: cli.command.wants_json() };
    let exit = match dispatch(cli, console).await {
        Ok(exit) => exit,
        Err(failure) => tell(console, &failure),
    };
    ExitCode::from(exit.code())
}

async fn dispatch(cli: Cli, console: Console) -> Result<Exit, Failure> {
    let cancel = CancellationToken::new();
    if let Command::Demo(args) = cli.command {
        stop_on_ctrl_c(console, cancel.clone());
        return demo::run(console, args, cancel).await;
    }
    let settings = match Settings::read(&cli.environment) {
        Ok(settings) => settings,
        Err(faults) => {
            console.aside(&faults.to_string());
            return Ok(Exit::Failed);
        }
    };
    let app = App::open(&settings).await?;
    stop_on_ctrl_c(console, cancel.clone());
    match cli.command {
        Command::Demo(args) => demo::run(console, args, cancel).await,
        Command::Configure(args) => configure::run(&app, console, args).await,
        Command::Check(args) => check::run(&app, console, &args).await,
        Command::Sync(args) => sync::run(&app, console, &args, cancel).await,
        Command::Plan(args) => plan::run(&app, console, &args, cancel).await,
        Command::Apply(args) => apply::run(&app, console, args, cancel).await,
        Command::Status(_) => status::run(&app, console).await,
        Command::ImportCsv(args) => import_csv::run(&app, console, &args).await,
        Command::RotateKey(args) => rotate_key::run(&app, console, &args).await,
    }
}

impl Command {
    const fn wants_json(&self) -> bool {
        match self {
            Self::Demo(_) => false,
            Self::Configure(args) => args.json,
            Self::Check(args) => args.json,
            Self::Sync(args) => args.json,
            Self::Plan(args) => args.json,
            Self::Apply(args) => args.json,
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

/// The first Ctrl-C ends the run between two operations, the second ends the program.
fn stop_on_ctrl_c(console: Console, cancel: CancellationToken) {
    tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_err() {
            return;
        }
        console.aside(&format!("\n{}", messages::stopping(console.lang)));
        cancel.cancel();
        if tokio::signal::ctrl_c().await.is_ok() {
            std::process::exit(Exit::Partial.code().into());
        }
    });
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
