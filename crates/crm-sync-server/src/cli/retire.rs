//! `retire`

use super::args::{RetireArgs, TokensLeft};
use super::{Console, Exit};
use crate::app::App;
use crate::failure::Failure;
use crate::messages;

pub(super) async fn run(app: &App, console: Console, args: &RetireArgs) -> Result<Exit, Failure> {
    let is_meant =
        args.yes || console.can_ask() && console.ask(&messages::retire_question(console.lang)).await;
    if !is_meant {
        console.aside(&messages::retire_unconfirmed(console.lang));
        return Ok(Exit::Halted);
    }
    // Before the tokens: a run under way still needs them.
    app.store.assert_idle().await?;
    match args.tokens {
        TokensLeft::Clear => app.vault.bare().await?,
        TokensLeft::Forgotten => app.vault.forget_all().await?,
    }
    app.store.retire().await?;
    console.line(&messages::retired(console.lang));
    Ok(Exit::Ok)
}
