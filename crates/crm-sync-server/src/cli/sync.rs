//! `sync`

use std::sync::Arc;

use connector_core::engine::{EngineError, Report};
use connector_core::plan::Plan;
use connector_core::store::RunStatus;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::args::SyncArgs;
use super::{Console, Exit, Progress};
use crate::app::App;
use crate::failure::Failure;
use crate::messages;
use crate::report::{self, Speaker};
use crate::service::connection::{self, Configured};
use crate::service::sync::{self, Order};

pub(super) async fn run(
    app: &App,
    console: Console,
    args: &SyncArgs,
    cancel: CancellationToken,
) -> Result<Exit, Failure> {
    let configured = connection::chosen(app, args.remote.name()).await?;
    let is_alone = args.remote.is_one();
    let mut exit = Exit::Ok;
    let mut documents = Vec::new();
    let commands: Vec<Sync<'_>> = configured
        .iter()
        .map(|configured| Sync { app, console, args, configured, cancel: cancel.clone() })
        .collect();
    let mut together = Vec::with_capacity(commands.len());
    for command in &commands {
        let alone = match command.goes_alone().await {
            Ok(false) if !is_alone => {
                together.push(command);
                continue;
            }
            Ok(_) => command.one().await,
            Err(failure) => Err(failure),
        };
        let (ended, document) = match alone {
            Ok(done) => done,
            Err(failure) if is_alone => return Err(failure),
            Err(failure) => command.failed(&failure),
        };
        exit = exit.max(ended);
        documents.push(document);
    }
    for (ended, document) in in_one_pass(app, &together).await {
        exit = exit.max(ended);
        documents.push(document);
    }
    if console.json {
        match documents.as_slice() {
            [document] if is_alone => console.document(document),
            _ => console.document(&json!({"exit_code": exit.code(), "results": documents})),
        }
    }
    Ok(exit)
}

/// Syncs these connections in one pass, and shows each run.
async fn in_one_pass(app: &App, commands: &[&Sync<'_>]) -> Vec<(Exit, Value)> {
    let progress: Vec<_> =
        commands.iter().map(|command| command.console.progress(&command.configured.remote)).collect();
    let runs: Vec<_> = commands
        .iter()
        .zip(&progress)
        .map(|(command, progress)| (command.configured, command.order(progress)))
        .collect();
    let passes = sync::all(app, &runs).await;
    for progress in &progress {
        progress.end();
    }
    let show = |pass: sync::Pass| {
        let command = commands.get(pass.place)?;
        Some(match pass.outcome {
            Ok(report) => command.show_report(&report, true),
            Err(failure) => command.failed(&failure),
        })
    };
    passes.into_iter().filter_map(show).collect()
}

/// The sync of one connection.
struct Sync<'a> {
    app: &'a App,
    console: Console,
    args: &'a SyncArgs,
    configured: &'a Configured,
    cancel: CancellationToken,
}

impl Sync<'_> {
    /// Whether it only plans, or its plan wants an approval first: it has no part in a pass of several.
    async fn goes_alone(&self) -> Result<bool, Failure> {
        Ok(self.args.dry_run || (!self.args.yes && sync::is_first(self.app, self.configured).await?))
    }

    async fn one(&self) -> Result<(Exit, Value), Failure> {
        if self.args.dry_run {
            let plan = self.preview().await?;
            return Ok(self.show_plan(&plan));
        }
        if !self.args.yes && sync::is_first(self.app, self.configured).await? {
            return self.first().await;
        }
        let progress = self.console.progress(&self.configured.remote);
        let report = sync::run(self.app, self.configured, &self.order(&progress)).await;
        progress.end();
        Ok(self.show_report(&report?, true))
    }

    /// The first plan of a table: shown, and applied only when a person says so.
    async fn first(&self) -> Result<(Exit, Value), Failure> {
        let plan = self.preview().await?;
        let lang = self.console.lang;
        let shown = self.show_plan(&plan);
        if shown.0 != Exit::Ok {
            return Ok(shown);
        }
        if !self.console.can_ask() {
            self.console.aside(&messages::first_sync_waits(lang, plan.id.as_str()));
            return Ok((Exit::Halted, shown.1));
        }
        if !self.console.ask(&messages::ask_to_apply(lang)).await {
            return Ok((Exit::Halted, shown.1));
        }
        let progress = self.console.progress(&self.configured.remote);
        let applied = sync::apply(self.app, &plan.id, self.order(&progress)).await;
        progress.end();
        Ok(self.show_report(&applied?.1, false))
    }

    async fn preview(&self) -> Result<Plan, Failure> {
        let progress = self.console.progress(&self.configured.remote);
        let plan = sync::preview(self.app, self.configured, &self.order(&progress)).await;
        progress.end();
        plan
    }

    fn order(&self, progress: &Arc<Progress>) -> Order {
        Order {
            overrides: self.args.overrides.iter().copied().collect(),
            retry: self.args.retry,
            cancel: self.cancel.clone(),
            watch: progress.clone(),
            ..Order::new(self.args.mode())
        }
    }

    fn show_plan(&self, plan: &Plan) -> (Exit, Value) {
        let speaker = self.speaker();
        if !self.console.json {
            self.console.line(&report::plan(&speaker, plan));
            if self.args.dry_run && plan.trips.is_empty() {
                self.console.line(&format!("\n{}", messages::plan_next(self.console.lang, plan.id.as_str())));
            }
        }
        let exit = if plan.trips.is_empty() { Exit::Ok } else { Exit::Halted };
        (exit, report::plan_json(&self.configured.remote, plan))
    }

    fn show_report(&self, report: &Report, with_plan: bool) -> (Exit, Value) {
        let speaker = self.speaker();
        if !self.console.json {
            if let Some(plan) = report.plan.as_ref().filter(|_| with_plan) {
                self.console.line(&report::plan(&speaker, plan));
                self.console.line("");
            }
            self.console.line(&report::result(&speaker, report));
            if report.record.status == RunStatus::Cancelled {
                self.console.aside(&messages::stopping(self.console.lang));
            }
        }
        (report.record.status.into(), report::run_json(&speaker, report))
    }

    /// One of several remotes failed: the others go on.
    fn failed(&self, failure: &Failure) -> (Exit, Value) {
        let told = messages::failure(self.console.lang, failure);
        if !self.console.json {
            self.console.aside(&told);
        }
        let (exit, status) = match failure {
            Failure::Engine(EngineError::Running(_)) => (Exit::Ok, "already_running"),
            _ => (Exit::Failed, "failed"),
        };
        (exit, json!({"remote": self.configured.remote, "status": status, "message": told}))
    }

    fn speaker(&self) -> Speaker<'_> {
        Speaker { lang: self.console.lang, units: self.app.units(), remote: &self.configured.remote }
    }
}
