//! `/logs.csv` and `/logs.json`: the history as a file.

use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use actix_web::{HttpResponse, get};
use serde::Deserialize;
use utoipa::IntoParams;

use super::caller::{Caller, remote};
use super::named::{Mode, Remote, RunStatus};
use super::run::Run;
use crate::failure::Failure;
use crate::report;
use crate::store::{Run as CoreRun, RunFilter};
use crate::web::{QueryOf, Refusal};

/// The most runs of a file.
const MOST: u32 = 10_000;

/// Which runs.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Filter {
    /// Only those of this remote.
    #[param(value_type = Option<Remote>)]
    remote: Option<String>,
    /// Only those that go this way.
    #[param(inline)]
    mode: Option<Mode>,
    /// Only those that stand so.
    #[param(inline)]
    status: Option<RunStatus>,
}

impl Filter {
    async fn runs(self, caller: &Caller) -> Result<Vec<CoreRun>, Refusal> {
        let filter = RunFilter {
            remote: self.remote.as_deref().map(remote).transpose()?.map(str::to_owned),
            mode: self.mode.map(|mode| mode.0),
            status: self.status.map(|status| status.0),
            ..RunFilter::default()
        };
        Ok(caller.app().store.runs(filter, MOST).await.map_err(Failure::from)?)
    }
}

/// The latest 10,000 runs as a file for a spreadsheet, newest first, with a line of headings.
#[utoipa::path(tag = "runs", params(Filter), responses(
    (status = 200, description = "Comma-separated values.", body = String, content_type = "text/csv"),
))]
#[get("/api/v1/logs.csv")]
pub(super) async fn csv(caller: Caller, query: QueryOf<Filter>) -> Result<HttpResponse, Refusal> {
    let runs = query.0.runs(&caller).await?;
    let file =
        report::runs_file(&runs).map_err(|error| Failure::Csv { path: "logs.csv".into(), source: error })?;
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/csv; charset=utf-8"))
        .insert_header((CONTENT_DISPOSITION, "attachment; filename=\"logs.csv\""))
        .body(file))
}

/// The latest 10,000 runs as a file for programs, newest first.
#[utoipa::path(tag = "runs", params(Filter), responses(
    (status = 200, description = "The runs.", body = Vec<Run>),
))]
#[get("/api/v1/logs.json")]
pub(super) async fn json(caller: Caller, query: QueryOf<Filter>) -> Result<HttpResponse, Refusal> {
    let runs = query.0.runs(&caller).await?;
    let runs: Vec<Run> = runs.iter().map(|run| Run::new(&caller, run)).collect();
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_DISPOSITION, "attachment; filename=\"logs.json\""))
        .json(runs))
}
