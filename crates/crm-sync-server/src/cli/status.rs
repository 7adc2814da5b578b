//! `status`

use connector_core::store::Store as _;

use super::{Console, Exit};
use crate::app::{AIRTABLE, App};
use crate::failure::Failure;
use crate::report::{self, Speaker, Standing};
use crate::service::{connection, glance, questions, verify};
use crate::store::RunFilter;

/// How many runs of each connection are shown.
const RUNS: u32 = 5;

pub(super) async fn run(app: &App, console: Console) -> Result<Exit, Failure> {
    let connections = connection::all(app).await?;
    if connections.is_empty() && !console.json {
        return Err(Failure::NotConfigured { remote: AIRTABLE.to_owned() });
    }
    let mut found = Vec::with_capacity(connections.len());
    for configured in connections {
        let id = &configured.settings.connection.id;
        let filter = RunFilter { connection: Some(id.clone()), ..RunFilter::default() };
        let runs = app.store.runs(filter, RUNS).await?;
        let running = app.store.running(id).await?.map(|run| run.to_string());
        let open = app.store.open_conflicts(id).await?;
        let set_aside = glance::set_aside(&app.store.state(id).await?);
        let asked = questions::waiting(app, id).await?.map(|waiting| waiting.found);
        let verified = verify::last(app, id).await?;
        found.push(Standing { configured, runs, running, open, set_aside, asked, verified });
    }
    if !console.json {
        for standing in &found {
            let remote = &standing.configured.remote;
            let speaker = Speaker { lang: console.lang, units: app.units(), remote };
            console.line(&report::status(&speaker, standing));
        }
    }
    if console.json {
        console.document(&report::connections_json(&found));
    }
    Ok(Exit::Ok)
}
