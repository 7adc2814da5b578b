//! `/connections/{remote}/questions`: what only a person can say, deletions that wait for an approval among it.

use std::collections::BTreeMap;

use actix_web::{HttpRequest, HttpResponse, get, post};
use chrono::{DateTime, Utc};
use connector_core::id::RemoteId;
use connector_core::plan::Mode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::caller::{Caller, remote};
use super::named::{Answer, Remote};
use super::once::once;
use super::paging;
use super::responses::AsksRemote;
use super::runs::{ASKED_BY, StartedRun};
use super::shape::Question;
use crate::service::{connection, questions};
use crate::web::{Body, PathOf, Refusal};
use crate::worker::{Job, Work};

/// The most answers of one request.
const MOST: usize = 1_000;

/// What waits for a person, as the last run found it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Pending {
    /// The run that asked; absent while none did.
    #[serde(skip_serializing_if = "Option::is_none")]
    run: Option<String>,
    /// When it asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    asked_at: Option<DateTime<Utc>>,
    /// How many of them are deletions that wait for an approval.
    deletions: usize,
    questions: Vec<Question>,
}

/// What a person says.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Answers {
    /// The record that a question is about, to the answer.
    #[schema(value_type = BTreeMap<String, Answer>)]
    answers: BTreeMap<String, Answer>,
}

/// What only a person can say: deletions that wait for an approval, copies, records that match several deals. The remote
/// is not asked.
#[utoipa::path(tag = "conflicts", params(("remote" = Remote, Path)), responses(
    (status = 200, description = "What the last run asked.", body = Pending),
    AsksRemote,
))]
#[get("/api/v1/connections/{remote}/questions")]
pub(super) async fn list(caller: Caller, path: PathOf<String>) -> Result<HttpResponse, Refusal> {
    let remote = remote(&path.0)?;
    let configured = connection::of_remote(caller.app(), remote).await?;
    let asked = questions::waiting(caller.app(), &configured.settings.connection.id).await?;
    let speaker = caller.speaker(remote);
    let told = match asked {
        None => Pending { run: None, asked_at: None, deletions: 0, questions: Vec::new() },
        Some(asked) => Pending {
            run: Some(asked.found.run.to_string()),
            asked_at: Some(asked.at),
            deletions: asked.found.deletions(),
            questions: asked.found.questions.iter().map(|one| Question::new(&speaker, one)).collect(),
        },
    };
    Ok(HttpResponse::Ok().json(told))
}

/// Starts a run that does what the answers say, and nothing else. Both sides are read before, so an answer to what is no
/// longer a question does nothing.
#[utoipa::path(tag = "conflicts", request_body = Answers,
    params(
        ("remote" = Remote, Path),
        ("Idempotency-Key" = Option<String>, Header, description = "The same key with the same request starts nothing more."),
    ),
    responses(
        (status = 202, description = "It is under way.", body = StartedRun, headers(("Location" = String, description = "The run."))),
        AsksRemote,
    ),
)]
#[post("/api/v1/connections/{remote}/answers")]
pub(super) async fn answer(
    caller: Caller,
    request: HttpRequest,
    path: PathOf<String>,
    body: Body<Answers>,
) -> Result<HttpResponse, Refusal> {
    let (site, remote) = (caller.site.clone(), remote(&path.0)?);
    if !(1..=MOST).contains(&body.0.answers.len()) {
        return Err(paging::wrong("answers"));
    }
    let given = body.0.answers.iter();
    let answers = given.map(|(record, answer)| (RemoteId::from(record.as_str()), answer.0)).collect();
    let work = async move {
        let connection = connection::of_remote(&site.app, remote).await?.settings.connection.id;
        let work = Work::Run { mode: Mode::Sync, only: Some(std::collections::BTreeSet::new()) };
        let handle = site.worker.start(Job { answers, ..Job::new(connection, work, ASKED_BY) }).await?;
        Ok(StartedRun::begun(&handle))
    };
    once(&caller, &request, &body.0, work).await
}
