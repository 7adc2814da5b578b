//! Writing a body: only where nobody's words can be lost.

use connector_core::id::RemoteId;
use connector_http::Failure;
use serde_json::Value;

use super::read::children;
use crate::api::{Api, PAGE};
use crate::wire::Id;

/// What became of a body.
pub(crate) enum Replaced {
    /// It holds the new text.
    Done,
    /// It was left alone, for this reason.
    NotOurs(&'static str),
}

/// Replaces the body of `page` by `blocks` if `bot` made the page and was the last to edit it.
///
/// The new blocks are there before the old ones go, so that a run that breaks off leaves both and loses nothing.
pub(crate) async fn replace(
    api: &Api,
    page: &RemoteId,
    bot: &str,
    blocks: &[Value],
) -> Result<Replaced, Failure> {
    let found = api.page(page.as_str(), &["title".into()]).await?.body;
    let is_bot = |user: &Option<Id>| user.as_ref().is_some_and(|user| user.id == bot);
    if !is_bot(&found.created_by) {
        return Ok(Replaced::NotOurs("a person made the page, so that its body is only read"));
    }
    if !is_bot(&found.last_edited_by) {
        return Ok(Replaced::NotOurs("a person edited the page, so that its body is only read"));
    }
    let Some((old, _)) = children(api, page.as_str(), &mut 0).await? else {
        return Ok(Replaced::NotOurs("the body is too long to be replaced, so that it is only read"));
    };
    append(api, page.as_str(), blocks).await?;
    let half_done = |failure| Failure { maybe_done: true, ..failure };
    for block in old.iter().filter(|block| !matches!(block.kind.as_str(), "child_page" | "child_database")) {
        api.delete_block(&block.id).await.map_err(half_done)?;
    }
    Ok(Replaced::Done)
}

/// Adds `blocks` at the end of a page, in as few requests as Notion takes.
pub(crate) async fn append(api: &Api, page: &str, blocks: &[Value]) -> Result<(), Failure> {
    for (at, blocks) in blocks.chunks(PAGE).enumerate() {
        let half_done = |failure: Failure| Failure { maybe_done: failure.maybe_done || at > 0, ..failure };
        api.append(page, blocks).await.map_err(half_done)?;
    }
    Ok(())
}
