//! `serve`

use tokio_util::sync::CancellationToken;

use super::{Console, Exit};
use crate::app::App;
use crate::failure::Failure;
use crate::messages;
use crate::serve::Server;
use crate::settings::Settings;
use crate::web::Site;

pub(super) async fn run(
    app: App,
    console: Console,
    settings: &Settings,
    cancel: CancellationToken,
) -> Result<Exit, Failure> {
    let server = Server::bind(Site::new(app, settings, cancel).await?, settings.bind)?;
    for address in server.addresses() {
        console.line(&messages::listening(console.lang, *address));
    }
    server.run().await?;
    Ok(Exit::Ok)
}
