//! `undo`

use connector_core::id::RunId;
use connector_core::plan::{Mode, Plan};
use tokio_util::sync::CancellationToken;

use super::args::UndoArgs;
use super::{Console, Exit};
use crate::app::App;
use crate::failure::Failure;
use crate::messages;
use crate::report::{self, Speaker};
use crate::service::sync::{self, Order};
use crate::service::undo;

/// What stands for the last run that wrote something.
const LAST: &str = "last";

pub(super) async fn run(
    app: &App,
    console: Console,
    args: &UndoArgs,
    cancel: CancellationToken,
) -> Result<Exit, Failure> {
    let lang = console.lang;
    let run = match args.run.as_str() {
        LAST => undo::last(app).await?,
        run => RunId::from(run),
    };
    let order =
        Order { overrides: args.overrides.iter().copied().collect(), cancel, ..Order::new(Mode::Sync) };
    let (configured, plan) = undo::plan(app, &run, &order).await?;
    let speaker = Speaker { lang, units: app.units(), remote: &configured.remote };
    if !console.json {
        console.line(&report::plan(&speaker, &plan));
    }
    if !is_approved(console, args, &plan).await {
        if console.json {
            console.document(&report::plan_json(&configured.remote, &plan));
        }
        let has_look = plan.trips.is_empty() && args.dry_run;
        return Ok(if has_look { Exit::Ok } else { Exit::Halted });
    }
    let progress = console.progress(&configured.remote);
    let order = Order { watch: progress.clone(), ..order };
    let applied = sync::apply(app, &plan.id, order).await;
    progress.end();
    let report = applied?.1;
    if console.json {
        console.document(&report::run_json(&speaker, &report));
    } else {
        console.line(&format!("\n{}", report::result(&speaker, &report)));
    }
    Ok(report.record.status.into())
}

/// Whether the plan is to be applied now. What cannot be, or was not to be, is said.
async fn is_approved(console: Console, args: &UndoArgs, plan: &Plan) -> bool {
    let lang = console.lang;
    if !plan.trips.is_empty() || plan.ops.is_empty() {
        return false;
    }
    if !console.json {
        console.line(&format!("\n{}", messages::undo_after(lang)));
    }
    if args.dry_run {
        console.aside(&messages::plan_next(lang, plan.id.as_str()));
        return false;
    }
    if args.yes || (console.can_ask() && console.ask(&messages::ask_to_undo(lang)).await) {
        return true;
    }
    console.aside(&messages::undo_waits(lang, plan.id.as_str()));
    false
}
