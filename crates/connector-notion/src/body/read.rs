//! The blocks of a page, those in others included, paged to the end.

use chrono::{DateTime, Utc};
use connector_core::value::Value;
use connector_http::Failure;

use super::line;
use crate::api::Api;
use crate::wire::Block;

/// How deep blocks may stand in each other.
const DEEPEST: usize = 20;
/// The most calls that one body is read with.
const MOST_CALLS: usize = 200;

/// The blocks of one place that are still to be read.
struct Level {
    blocks: std::vec::IntoIter<Block>,
    indent: usize,
    numbered: usize,
}

/// The body of `page`, and when it was read by Notion's clock. What cannot be read whole is unknown.
pub(crate) async fn read(api: &Api, page: &str) -> (Value, Option<DateTime<Utc>>) {
    let mut reading = Reading { api, calls: 0, date: None };
    let body = match reading.lines(page).await {
        Ok(Ok(lines)) => Value::text(lines.join("\n")),
        Ok(Err(why)) => Value::Unknown(why),
        Err(failure) => return (Value::Unknown(format!("the page could not be read: {failure}")), None),
    };
    (body, reading.date)
}

struct Reading<'a> {
    api: &'a Api,
    calls: usize,
    date: Option<DateTime<Utc>>,
}

impl Reading<'_> {
    async fn lines(&mut self, page: &str) -> Result<Result<Vec<String>, String>, Failure> {
        let mut lines = Vec::new();
        let Some(blocks) = self.children(page).await? else { return Ok(Err(too_much())) };
        let mut levels = vec![Level { blocks: blocks.into_iter(), indent: 0, numbered: 0 }];
        while let Some(level) = levels.last_mut() {
            let Some(block) = level.blocks.next() else {
                levels.pop();
                continue;
            };
            if block.kind.is_empty() {
                return Ok(Err("the connection may not see one of its blocks".to_owned()));
            }
            level.numbered = if block.kind == "numbered_list_item" { level.numbered + 1 } else { 0 };
            let indent = level.indent;
            if let Some(text) = line::line(&block, level.numbered) {
                lines.extend(text.split('\n').map(|line| indented(line, indent)));
            }
            if line::opens(&block) {
                if levels.len() >= DEEPEST {
                    return Ok(Err(format!("its blocks stand more than {DEEPEST} deep in each other")));
                }
                let Some(blocks) = self.children(&block.id).await? else { return Ok(Err(too_much())) };
                let indent = indent + usize::from(line::indents(&block.kind));
                levels.push(Level { blocks: blocks.into_iter(), indent, numbered: 0 });
            }
        }
        Ok(Ok(lines))
    }

    async fn children(&mut self, id: &str) -> Result<Option<Vec<Block>>, Failure> {
        let Some((blocks, date)) = children(self.api, id, &mut self.calls).await? else { return Ok(None) };
        // The first call's time: what came later may not be in it.
        self.date = self.date.or(date);
        Ok(Some(blocks))
    }
}

/// What stands directly in a block or page, and when that was so; `None` once it has cost too many calls.
pub(super) async fn children(
    api: &Api,
    id: &str,
    calls: &mut usize,
) -> Result<Option<(Vec<Block>, Option<DateTime<Utc>>)>, Failure> {
    let (mut blocks, mut date) = (Vec::new(), None);
    let mut cursor: Option<String> = None;
    loop {
        *calls += 1;
        if *calls > MOST_CALLS {
            return Ok(None);
        }
        let answer = api.children(id, cursor.as_deref()).await?;
        date = date.or(answer.date);
        blocks.extend(answer.body.results);
        match answer.body.next_cursor {
            Some(next) if answer.body.has_more => cursor = Some(next),
            None if answer.body.has_more => return Err(lost()),
            _ => return Ok(Some((blocks, date))),
        }
    }
}

fn lost() -> Failure {
    let message = "Notion has more blocks and does not say where";
    Failure { message: Some(message.into()), ..Failure::default() }
}

fn too_much() -> String {
    format!("reading it takes more than {MOST_CALLS} calls")
}

fn indented(line: &str, indent: usize) -> String {
    format!("{}{line}", "  ".repeat(indent))
}
