//! `plan`

use tokio_util::sync::CancellationToken;

use super::args::PlanArgs;
use super::{Console, Exit};
use crate::app::App;
use crate::failure::Failure;
use crate::messages;
use crate::report::{self, Speaker};
use crate::service::connection;
use crate::service::sync::{self, Order};

pub(super) async fn run(
    app: &App,
    console: Console,
    args: &PlanArgs,
    cancel: CancellationToken,
) -> Result<Exit, Failure> {
    let remote = args.remote.to_string();
    app.provider(&remote).await?;
    let configured = connection::of_remote(app, &remote).await?;
    let progress = console.progress(&remote);
    let order = Order { cancel, watch: progress.clone(), ..Order::new(args.mode()) };
    let plan = sync::preview(app, &configured, &order).await;
    progress.end();
    let plan = plan?;
    if console.json {
        console.document(&report::plan_json(&remote, &plan));
    } else {
        let speaker = Speaker { lang: console.lang, units: app.units(), remote: &remote };
        console.line(&report::plan(&speaker, &plan));
        console.line(&format!("\n{}", messages::plan_next(console.lang, plan.id.as_str())));
    }
    Ok(if plan.trips.is_empty() { Exit::Ok } else { Exit::Halted })
}
