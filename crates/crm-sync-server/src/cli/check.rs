//! `check`

use super::args::CheckArgs;
use super::{Console, Exit};
use crate::app::App;
use crate::failure::Failure;
use crate::report::{self, Speaker};
use crate::service::check;

pub(super) async fn run(app: &App, console: Console, args: &CheckArgs) -> Result<Exit, Failure> {
    let remote = args.remote.to_string();
    let checkup = check::check(app, &remote).await?;
    let speaker = Speaker { lang: console.lang, units: app.units(), remote: &remote };
    if console.json {
        console.document(&report::checkup_json(&speaker, &checkup));
    } else {
        console.line(&report::checkup(&speaker, &checkup));
    }
    Ok(if checkup.is_sound() { Exit::Ok } else { Exit::Failed })
}
