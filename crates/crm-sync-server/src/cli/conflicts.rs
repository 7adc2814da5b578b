//! `conflicts` and `conflicts use`

use serde_json::json;

use super::args::{ConflictsArgs, ConflictsCommand, Kept};
use super::{Console, Exit};
use crate::app::App;
use crate::failure::Failure;
use crate::report::{self, Speaker};
use crate::service::conflicts;
use crate::service::connection;
use crate::service::sync::Order;

/// How many decided conflicts are shown.
const DECIDED: u32 = 20;

pub(super) async fn run(app: &App, console: Console, args: ConflictsArgs) -> Result<Exit, Failure> {
    match args.command {
        Some(ConflictsCommand::Use { conflict, side, .. }) => choose(app, console, &conflict, side).await,
        None => list(app, console, &args).await,
    }
}

async fn list(app: &App, console: Console, args: &ConflictsArgs) -> Result<Exit, Failure> {
    let mut documents = Vec::new();
    for configured in connection::chosen(app, args.remote.name()).await? {
        let open = conflicts::open(app, &configured).await?;
        let decided = conflicts::decided(app, &configured, DECIDED).await?;
        if console.json {
            documents.push(report::conflicts_json(&configured.remote, &open, &decided));
        } else {
            let speaker = Speaker { lang: console.lang, units: app.units(), remote: &configured.remote };
            console.line(&report::conflicts(&speaker, &open, &decided));
        }
    }
    if console.json {
        console.document(&json!({"results": documents}));
    }
    Ok(Exit::Ok)
}

async fn choose(app: &App, console: Console, start: &str, side: Kept) -> Result<Exit, Failure> {
    let found = conflicts::find(app, start).await?;
    let order = Order::default();
    let report = conflicts::decide(app, &found.connection, &found.conflict.id, side.into(), order).await?;
    let remote = connection::remote_of(&found.connection);
    let speaker = Speaker { lang: console.lang, units: app.units(), remote };
    if console.json {
        console.document(&report::run_json(&speaker, &report));
    } else {
        console.line(&report::result(&speaker, &report));
    }
    Ok(report.record.status.into())
}
