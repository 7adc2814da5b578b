//! `verify`

use serde_json::json;

use super::args::VerifyArgs;
use super::{Console, Exit};
use crate::app::App;
use crate::failure::Failure;
use crate::messages;
use crate::report::{self, Speaker};
use crate::service::connection::{self, Configured};
use crate::service::sync::Order;
use crate::service::verify::{self, Verified};

pub(super) async fn run(app: &App, console: Console, args: &VerifyArgs) -> Result<Exit, Failure> {
    let configured = connection::chosen(app, args.remote.name()).await?;
    let is_alone = args.remote.is_one();
    let mut exit = Exit::Ok;
    let mut documents = Vec::with_capacity(configured.len());
    for configured in &configured {
        let (ended, document) = match one(app, console, configured).await {
            Ok(done) => done,
            Err(failure) if is_alone => return Err(failure),
            // One of several remotes failed: the others go on.
            Err(failure) => {
                let told = messages::failure(console.lang, &failure);
                console.aside(&told);
                (Exit::Failed, json!({"remote": configured.remote, "status": "failed", "message": told}))
            }
        };
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

async fn one(
    app: &App,
    console: Console,
    configured: &Configured,
) -> Result<(Exit, serde_json::Value), Failure> {
    let progress = console.progress(&configured.remote);
    let order = Order { watch: progress.clone(), ..Order::default() };
    let found = verify::of(app, configured, &order).await;
    progress.end();
    let found = found?;
    let speaker = Speaker { lang: console.lang, units: app.units(), remote: &configured.remote };
    if !console.json {
        console.line(&report::verification(&speaker, &found));
    }
    let exit = if Verified::from(&found).is_in_agreement() { Exit::Ok } else { Exit::Partial };
    Ok((exit, report::verification_json(&configured.remote, &found)))
}
