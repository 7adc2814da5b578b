//! `questions` and `answer`

use connector_core::id::RemoteId;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::args::{AnswerArgs, QuestionsArgs};
use super::{Console, Exit};
use crate::app::App;
use crate::failure::Failure;
use crate::report::{self, Speaker};
use crate::service::sync::Order;
use crate::service::{connection, questions};

pub(super) async fn list(app: &App, console: Console, args: &QuestionsArgs) -> Result<Exit, Failure> {
    let mut documents = Vec::new();
    for configured in connection::chosen(app, args.remote.name()).await? {
        let waiting = questions::waiting(app, &configured.settings.connection.id).await?;
        if console.json {
            let asked = waiting.as_ref().map(|waiting| &waiting.found);
            documents.push(json!({
                "remote": configured.remote,
                "asked_at": waiting.as_ref().map(|waiting| waiting.at),
                "run": asked.map(|asked| &asked.run),
                "questions": asked.map(|asked| asked.questions.as_slice()).unwrap_or_default(),
            }));
        } else {
            let speaker = Speaker { lang: console.lang, units: app.units(), remote: &configured.remote };
            console.line(&report::questions(&speaker, waiting.as_ref().map(|waiting| &waiting.found)));
        }
    }
    if console.json {
        console.document(&json!({"results": documents}));
    }
    Ok(Exit::Ok)
}

pub(super) async fn answer(
    app: &App,
    console: Console,
    args: AnswerArgs,
    cancel: CancellationToken,
) -> Result<Exit, Failure> {
    let configured = connection::of_remote(app, &args.remote.to_string()).await?;
    let answers = args.records.into_iter().map(|record| (RemoteId::from(record), args.answer.into()));
    let progress = console.progress(&configured.remote);
    let order = Order {
        overrides: args.overrides.into_iter().collect(),
        cancel,
        watch: progress.clone(),
        ..Order::default()
    };
    let report = questions::answer(app, &configured, answers.collect(), order).await;
    progress.end();
    let report = report?;
    let speaker = Speaker { lang: console.lang, units: app.units(), remote: &configured.remote };
    if console.json {
        console.document(&report::run_json(&speaker, &report));
    } else {
        if let Some(plan) = &report.plan {
            console.line(&report::plan(&speaker, plan));
            console.line("");
        }
        console.line(&report::result(&speaker, &report));
    }
    Ok(report.record.status.into())
}
