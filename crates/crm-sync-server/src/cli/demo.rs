//! `demo`

use tokio_util::sync::CancellationToken;

use super::args::DemoArgs;
use super::{Console, Exit};
use crate::demo::Demo;
use crate::failure::Failure;

pub(super) async fn run(
    console: Console,
    args: DemoArgs,
    cancel: CancellationToken,
) -> Result<Exit, Failure> {
    let demo = Demo { once: args.once, folder: args.data, fresh: args.fresh };
    demo.run(&console, cancel).await?;
    Ok(Exit::Ok)
}
