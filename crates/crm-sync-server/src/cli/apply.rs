//! `apply`

use connector_core::id::PlanId;
use connector_core::plan::Mode;
use tokio_util::sync::CancellationToken;

use super::args::ApplyArgs;
use super::{Console, Exit};
use crate::app::App;
use crate::failure::Failure;
use crate::report::{self, Speaker};
use crate::service::sync::{self, Order};

pub(super) async fn run(
    app: &App,
    console: Console,
    args: ApplyArgs,
    cancel: CancellationToken,
) -> Result<Exit, Failure> {
    let plan = PlanId::from(args.plan);
    let progress = console.progress(&sync::planned(app, &plan).await?.remote);
    let order = Order {
        overrides: args.overrides.into_iter().collect(),
        without: args.without.into_iter().collect(),
        cancel,
        watch: progress.clone(),
        ..Order::new(Mode::Sync)
    };
    let applied = sync::apply(app, &plan, order).await;
    progress.end();
    let (configured, report) = applied?;
    let speaker = Speaker { lang: console.lang, units: app.units(), remote: &configured.remote };
    if console.json {
        console.document(&report::run_json(&speaker, &report));
    } else {
        console.line(&report::result(&speaker, &report));
    }
    Ok(report.record.status.into())
}
