//! The body of a page as Markdown: shown, added to, replaced, changed in places; at once or as a task.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::id::Id;
use crate::notion::auth::Capability;
use crate::notion::block;
use crate::notion::call::Call;
use crate::notion::failure::Failure;
use crate::notion::input::Input;
use crate::notion::markdown::{self, Shown};
use crate::notion::object::extended;
use crate::notion::transaction::Transaction;
use crate::notion::world::{Parent, World, millisecond};

const WAYS: [&str; 4] = ["update_content", "replace_content", "insert_content", "replace_content_range"];
const MAX_UPDATES: usize = 100;

/// A change that was asked for to be made later. Here it is made at once.
#[derive(Clone, Debug)]
pub(crate) struct Task {
    id: String,
    made: DateTime<Utc>,
    result: Value,
}

/// The body of a page.
pub(crate) fn get(call: &Call<'_>, world: &World) -> Result<Value, Failure> {
    call.holder.require(Capability::ReadContent)?;
    let page = call.page(world, &call.id()?)?;
    Ok(show(call, world, &page.id))
}

fn show(call: &Call<'_>, world: &World, page: &Id) -> Value {
    let Shown { lines, unknown } = call.reader(world).markdown(page);
    let unknown: Vec<&str> = unknown.iter().map(|id| &**id).collect();
    json!({
        "object": "page_markdown",
        "id": &**page,
        "markdown": lines.join("\n"),
        "truncated": false,
        "unknown_block_ids": unknown,
    })
}

/// Changes the body of a page.
pub(crate) fn update(call: &Call<'_>, world: &mut World) -> Result<Value, Failure> {
    call.holder.require(Capability::UpdateContent)?;
    let body = call.input();
    let way = body.member("type").one_of(&WAYS)?;
    let asked = body.member(way);
    asked.object()?;
    let id = call.id()?;
    let page = call.page(world, &id)?;
    if page.trashed {
        return Err(Failure::in_trash());
    }
    let later = body.member("allow_async").present().map_or(Ok(false), |later| later.boolean())?;
    let (end, shown) = (page.content.len(), call.reader(world).markdown(&id));
    let old = shown.lines.join("\n");
    let after = asked.member("after").given();
    let (drafts, rewrites) = match (way, &after) {
        ("insert_content", None) => (markdown::drafts(asked.member("content").text()?)?, false),
        _ => (markdown::drafts(&rewritten(way, &asked, after.as_ref(), &old)?)?, true),
    };
    if rewrites && !shown.unknown.is_empty() {
        return Err(Failure::validation(
            "The page has blocks that this sandbox does not show as Markdown, so that it can only be added to.",
        ));
    }
    let mut edit = Transaction::new(world, &call.holder.bot, call.now);
    if rewrites {
        block::erase(&mut edit, &id);
    }
    block::insert(&mut edit, &Parent::Page(id.clone()), if rewrites { 0 } else { end }, drafts);
    let result = show(call, world, &id);
    if !later {
        return Ok(result);
    }
    let task = Task { id: format!("task_{}", world.random.uuid().replace('-', "")), made: call.now, result };
    let queued = extended(task.show(call), [("status", json!("queued")), ("poll_after_seconds", json!(2))]);
    world.tasks.push(task);
    Ok(queued)
}

/// The whole text that the body is to be.
fn rewritten(way: &str, asked: &Input<'_>, after: Option<&Input<'_>>, old: &str) -> Result<String, Failure> {
    match way {
        "insert_content" => {
            let place = after.map_or(Ok(old.len()), |after| range(old, after.text()?).map(|(_, end)| end))?;
            let line_end =
                old.get(place..).and_then(|rest| rest.find('\n')).map_or(old.len(), |at| place + at);
            let (before, rest) = old.split_at(line_end);
            Ok(format!("{before}\n{}{rest}", asked.member("content").text()?))
        }
        "replace_content" => asked.member("new_str").text().map(str::to_owned),
        "replace_content_range" => {
            let (start, end) = range(old, asked.member("content_range").text()?)?;
            let (before, rest) = (old.get(..start).unwrap_or_default(), old.get(end..).unwrap_or_default());
            Ok(format!("{before}{}{rest}", asked.member("content").text()?))
        }
        _ => {
            let updates = asked.member("content_updates").array_up_to(MAX_UPDATES)?;
            updates.iter().try_fold(old.to_owned(), |text, update| updated(&text, update))
        }
    }
}

fn updated(text: &str, update: &Input<'_>) -> Result<String, Failure> {
    let (old, new) = (update.member("old_str").text()?, update.member("new_str").text()?);
    let all = update.member("replace_all_matches").present().map_or(Ok(false), |all| all.boolean())?;
    match text.matches(old).count() {
        0 => Err(Failure::validation(format!("Could not find `old_str` in the page: `{old}`."))),
        1 => Ok(text.replacen(old, new, 1)),
        _ if all => Ok(text.replace(old, new)),
        several => Err(Failure::validation(format!("`old_str` is in the page {several} times: `{old}`."))),
    }
}

/// Where a selection `start...end` begins and ends.
fn range(text: &str, selection: &str) -> Result<(usize, usize), Failure> {
    let (first, last) = selection.split_once("...").unwrap_or((selection, ""));
    let found = text.find(first).and_then(|start| {
        let rest = text.get(start..)?;
        Some((start, start + rest.find(last)?.max(first.len()) + last.len()))
    });
    let found = found.filter(|(_, end)| text.is_char_boundary(*end) && *end <= text.len());
    found.ok_or_else(|| {
        Failure::validation(format!("Could not find the selection in the page: `{selection}`."))
    })
}

/// A task by its id, and what came of it.
pub(crate) fn get_task(call: &Call<'_>, world: &World) -> Result<Value, Failure> {
    call.holder.require(Capability::ReadContent)?;
    let id = &call.route.id;
    let task = world.tasks.iter().find(|task| task.id == *id);
    let task = task.ok_or_else(|| call.not_found("async task", id))?;
    Ok(extended(task.show(call), [("status", json!("succeeded")), ("result", task.result.clone())]))
}

impl Task {
    fn show(&self, call: &Call<'_>) -> Value {
        json!({
            "object": "async_task",
            "id": self.id,
            "status_url": format!("{}/v1/async_tasks/{}", call.site, self.id),
            "created_time": millisecond(self.made).replace("+00:00", "Z"),
            "operation": {"surface": "rest", "name": "PATCH /v1/pages/:page_id/markdown"},
        })
    }
}
