//! `import-csv`

use super::args::ImportArgs;
use super::{Console, Exit};
use crate::app::App;
use crate::failure::Failure;
use crate::report::{self, Speaker};
use crate::service::deals_file;

pub(super) async fn run(app: &App, console: Console, args: &ImportArgs) -> Result<Exit, Failure> {
    let imported = deals_file::import(app, &args.file).await?;
    let speaker = Speaker { lang: console.lang, units: app.units(), remote: "csv" };
    if console.json {
        console.document(&report::imported_json(&speaker, &imported));
    } else {
        console.line(&report::imported(&speaker, &imported));
    }
    Ok(if imported.refused.is_empty() { Exit::Ok } else { Exit::Partial })
}
