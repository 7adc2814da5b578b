//! Starting a run that nobody has to wait for.

use std::time::Duration;

use connector_core::engine::Report;
use connector_core::id::{ConnectionId, RunId};

use crate::app::App;
use crate::failure::Failure;

/// How often it is looked whether the run has its connection.
const LOOK: Duration = Duration::from_millis(50);

/// Runs `work` apart from the request and answers as soon as the run has the connection, or has failed to get it.
pub(super) async fn start(
    app: &App,
    connection: &ConnectionId,
    work: impl Future<Output = Result<Report, Failure>> + 'static,
) -> Result<RunId, Failure> {
    let mut task = actix_web::rt::spawn(work);
    loop {
        tokio::select! {
            ended = &mut task => {
                return match ended {
                    Ok(report) => Ok(report?.record.id),
                    Err(_) => Err(Failure::NotConfigured { remote: connection.to_string() }),
                };
            }
            () = tokio::time::sleep(LOOK) => {
                if let Some(run) = app.store.running(connection).await? {
                    return Ok(run);
                }
            }
        }
    }
}
