//! `rotate-key`

use serde_json::json;

use super::args::RotateKeyArgs;
use super::{Console, Exit};
use crate::app::App;
use crate::failure::Failure;
use crate::messages;

pub(super) async fn run(app: &App, console: Console, args: &RotateKeyArgs) -> Result<Exit, Failure> {
    let rotated = app.vault.rotate().await?;
    if args.json {
        console.document(&json!({"status": "ok", "remotes": rotated.remotes, "file": rotated.file}));
    } else {
        console.line(&messages::rotated(console.lang, &rotated));
    }
    Ok(Exit::Ok)
}
