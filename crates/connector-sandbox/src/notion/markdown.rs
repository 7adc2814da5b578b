//! Page bodies as Markdown: a line for each block, what is inside a block indented by tabs. Styles inside a line stay
//! signs.

use serde_json::{Value, json};

use crate::id::Id;
use crate::notion::block::{Draft, read_children};
use crate::notion::failure::Failure;
use crate::notion::input::Input;
use crate::notion::object::text;
use crate::notion::read::Reader;

/// Blocks that are read at once, as many as an array of a request takes.
const AT_ONCE: usize = 100;
/// How deep blocks of one request may be inside one another.
const MAX_DEPTH: usize = 2;
/// The longest run, in characters: none has more than two UTF-16 units.
const MAX_RUN: usize = 1000;

const EMPTY: &str = "<empty-block/>";
const FENCE: &str = "```";

/// Signs at the start of a line, and the blocks that they mean. Of several that fit, the first.
const SIGNS: [(&str, &str); 9] = [
    ("#### ", "heading_4"),
    ("### ", "heading_3"),
    ("## ", "heading_2"),
    ("# ", "heading_1"),
    ("- [ ] ", "to_do"),
    ("- [x] ", "to_do"),
    ("- ", "bulleted_list_item"),
    ("1. ", "numbered_list_item"),
    ("> ", "quote"),
];

/// A body as Markdown.
#[derive(Debug, Default)]
pub(crate) struct Shown {
    pub(crate) lines: Vec<String>,
    /// The blocks that have no form in it.
    pub(crate) unknown: Vec<Id>,
}

impl Reader<'_> {
    /// What is in a page, as Markdown.
    pub(crate) fn markdown(&self, page: &Id) -> Shown {
        let mut shown = Shown::default();
        self.inside(page, 0, &mut shown);
        shown
    }

    fn inside(&self, id: &Id, depth: usize, shown: &mut Shown) {
        for inner in self.world.inside(id) {
            let Some(block) = self.block(inner) else { continue };
            let line = line(&block).unwrap_or_else(|| {
                shown.unknown.push(inner.clone());
                format!("<unknown alt=\"{}\"/>", text(&block, "type").unwrap_or_default())
            });
            shown.lines.extend(line.split('\n').map(|line| format!("{}{line}", "\t".repeat(depth))));
            if self.world.blocks.contains_key(inner) {
                self.inside(inner, depth + 1, shown);
            }
        }
    }
}

/// A block as a line, or several; `None` where it has no form.
fn line(block: &Value) -> Option<String> {
    let kind = text(block, "type")?;
    let held = block.get(kind)?;
    let runs = held.get("rich_text").and_then(Value::as_array).into_iter().flatten();
    let words: String = runs.filter_map(|run| text(run, "plain_text")).collect();
    let checked = held.get("checked") == Some(&Value::Bool(true));
    Some(match kind {
        "paragraph" if words.is_empty() => EMPTY.to_owned(),
        "paragraph" => words,
        "to_do" if checked => format!("- [x] {words}"),
        "divider" => "---".to_owned(),
        "code" => {
            format!("{FENCE}{}\n{words}\n{FENCE}", text(held, "language").unwrap_or_default())
        }
        "child_page" => format!("<page>{}</page>", text(held, "title").unwrap_or_default()),
        "child_database" => format!("<database>{}</database>", text(held, "title").unwrap_or_default()),
        _ => {
            let (sign, _) = SIGNS.iter().find(|(_, of)| *of == kind)?;
            format!("{sign}{words}")
        }
    })
}

/// The blocks that a Markdown text means. Lines that stand for pages and databases are passed over: these stay.
pub(crate) fn drafts(markdown: &str) -> Result<Vec<Draft>, Failure> {
    let mut drafts = Vec::new();
    for some in blocks(markdown).chunks(AT_ONCE) {
        drafts.extend(read_children(&Input::body(&json!({ "children": some })))?);
    }
    Ok(drafts)
}

fn blocks(markdown: &str) -> Vec<Value> {
    let mut blocks = Vec::new();
    let mut lines = markdown.lines();
    while let Some(line) = lines.next() {
        let words = line.trim_start_matches('\t');
        let depth = line.len() - words.len();
        if words.trim().is_empty() || words.starts_with("<page") || words.starts_with("<database") {
            continue;
        }
        let block = match words.strip_prefix(FENCE) {
            Some(language) => {
                let inner = |line: &&str| !line.trim_start_matches('\t').starts_with(FENCE);
                let code: Vec<&str> = lines.by_ref().take_while(inner).collect();
                let language = if language.is_empty() { "plain text" } else { language };
                json!({"type": "code", "code": {"rich_text": runs(&code.join("\n")), "language": language}})
            }
            None => block(words),
        };
        place(&mut blocks, depth.min(MAX_DEPTH), block);
    }
    blocks
}

/// Puts a block that deep into the last of these.
fn place(blocks: &mut Vec<Value>, depth: usize, block: Value) {
    if let (Some(last), true) = (blocks.last_mut(), depth > 0) {
        let kind = text(last, "type").unwrap_or_default().to_owned();
        let holds = matches!(kind.as_str(), "paragraph" | "to_do" | "quote") || kind.ends_with("list_item");
        if let (Some(held), true) = (last.get_mut(&kind).and_then(Value::as_object_mut), holds) {
            if let Value::Array(inner) = held.entry("children").or_insert_with(|| json!([])) {
                place(inner, depth - 1, block);
            }
            return;
        }
    }
    blocks.push(block);
}

fn block(line: &str) -> Value {
    if line == "---" {
        return json!({"type": "divider", "divider": {}});
    }
    if line == EMPTY {
        return json!({"type": "paragraph", "paragraph": {"rich_text": []}});
    }
    let signed = SIGNS.iter().find_map(|(sign, kind)| Some((*sign, *kind, line.strip_prefix(sign)?)));
    match signed {
        Some((sign, "to_do", words)) => {
            json!({"type": "to_do", "to_do": {"rich_text": runs(words), "checked": sign.contains('x')}})
        }
        Some((_, kind, words)) => json!({"type": kind, kind: {"rich_text": runs(words)}}),
        None => json!({"type": "paragraph", "paragraph": {"rich_text": runs(line)}}),
    }
}

fn runs(words: &str) -> Vec<Value> {
    let characters: Vec<char> = words.chars().collect();
    let run = |part: &[char]| json!({"text": {"content": part.iter().collect::<String>()}});
    characters.chunks(MAX_RUN).map(run).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_the_blocks_that_their_signs_say() {
        let text = "# Réunion\n\n- [x] fait\n- point\n\tdessous\n\t- plus\n\t\t1. bas\n```rust\nlet x;\n```\n---\n<page>A</page>";
        let blocks = blocks(text);
        let kinds: Vec<&str> = blocks.iter().filter_map(|block| block["type"].as_str()).collect();
        assert_eq!(kinds, ["heading_1", "to_do", "bulleted_list_item", "code", "divider"]);
        assert_eq!(blocks[1]["to_do"]["checked"], true);
        let inside = &blocks[2]["bulleted_list_item"]["children"];
        assert_eq!(inside[0]["type"], "paragraph");
        assert_eq!(inside[1]["bulleted_list_item"]["children"][0]["type"], "numbered_list_item");
        assert_eq!(blocks[3]["code"]["language"], "rust");
        assert_eq!(drafts(text).unwrap().len(), 5);
        assert!(drafts("```klingon\nnuqneH\n```").is_err(), "a language that Notion does not know");
    }
}
