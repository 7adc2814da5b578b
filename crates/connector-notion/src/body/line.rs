//! A block as a line of Markdown, and a line as a block.
//!
//! | block | line |
//! |---|---|
//! | paragraph | `text` |
//! | heading | `## text` |
//! | bullet, toggle | `- text` |
//! | number | `3. text` |
//! | to do | `- [x] text` |
//! | quote, callout | `> text` |
//! | divider | `---` |
//! | code | the text between fences |
//! | picture, file, bookmark | its caption, or its address where that stays the same |
//!
//! A line that was written is read as it was; numbers, pictures and tables are written as paragraphs with these signs.

use serde_json::{Value, json};

use crate::codec::runs;
use crate::layout::{LONGEST_RUN, MOST_RUNS};
use crate::wire::Block;

/// The most lines that are written.
const MOST_LINES: usize = 5_000;

/// Signs at the start of a line and the blocks that they mean. Of several that fit, the first.
const SIGNS: [(&str, &str, Option<bool>); 7] = [
    ("### ", "heading_3", None),
    ("## ", "heading_2", None),
    ("# ", "heading_1", None),
    ("- [ ] ", "to_do", Some(false)),
    ("- [x] ", "to_do", Some(true)),
    ("- ", "bulleted_list_item", None),
    ("> ", "quote", None),
];

/// The line that `block` is, without the blocks in it; `None` if it only holds others. `number` counts the numbered
/// items of a list.
pub(super) fn line(block: &Block, number: usize) -> Option<String> {
    let held = block.held();
    let text = || styled(held.get("rich_text"));
    Some(match block.kind.as_str() {
        "paragraph" => text(),
        "heading_4" => format!("#### {}", text()),
        "to_do" if held.get("checked") == Some(&Value::Bool(true)) => format!("- [x] {}", text()),
        "to_do" => format!("- [ ] {}", text()),
        "toggle" => format!("- {}", text()),
        "numbered_list_item" => format!("{number}. {}", text()),
        "callout" => format!("> {}", text()),
        "divider" => "---".to_owned(),
        "code" => {
            let language = held.get("language").and_then(Value::as_str).unwrap_or_default();
            format!("```{language}\n{}\n```", plain(held.get("rich_text")))
        }
        "equation" => format!("$${}$$", held.get("expression").and_then(Value::as_str).unwrap_or_default()),
        "table_row" => {
            let cells = held.get("cells").and_then(Value::as_array).into_iter().flatten();
            let cells: Vec<String> = cells.map(|cell| styled(Some(cell))).collect();
            format!("| {} |", cells.join(" | "))
        }
        "child_page" | "child_database" => {
            format!("[{}]", held.get("title").and_then(Value::as_str).unwrap_or_default())
        }
        // What was said stands in the blocks inside it.
        "meeting_notes" | "transcription" => plain(held.get("title")),
        "table" | "column_list" | "column" | "synced_block" | "template" | "tab" | "table_of_contents"
        | "breadcrumb" => return None,
        kind => match SIGNS.iter().find(|(_, of, _)| *of == kind) {
            Some((sign, _, _)) => format!("{sign}{}", text()),
            None => mention(kind, held),
        },
    })
}

/// Whether what is in `block` belongs to the page's text.
pub(super) fn opens(block: &Block) -> bool {
    block.has_children && !matches!(block.kind.as_str(), "child_page" | "child_database")
}

/// Whether what is in a block of this type stands under it, and not beside it.
pub(super) fn indents(kind: &str) -> bool {
    !matches!(kind, "table" | "column_list" | "column" | "synced_block" | "template" | "tab")
}

/// A block that is no text: its caption, else where it is. The address of a file of Notion's own changes at each
/// reading and is left out.
fn mention(kind: &str, held: &Value) -> String {
    let caption = plain(held.get("caption"));
    let address = held.get("url").or_else(|| held.get("external").and_then(|external| external.get("url")));
    let name = held.get("name").and_then(Value::as_str).filter(|name| !name.is_empty());
    match (caption.is_empty(), address.and_then(Value::as_str)) {
        (false, Some(address)) => format!("[{caption}]({address})"),
        (false, None) => format!("[{caption}]"),
        (true, Some(address)) => address.to_owned(),
        (true, None) => format!("[{}]", name.unwrap_or(kind)),
    }
}

fn pieces(text: Option<&Value>) -> impl Iterator<Item = (&Value, &str)> {
    let pieces = text.and_then(Value::as_array).into_iter().flatten();
    pieces.map(|piece| (piece, piece.get("plain_text").and_then(Value::as_str).unwrap_or_default()))
}

fn plain(text: Option<&Value>) -> String {
    pieces(text).map(|(_, plain)| plain).collect()
}

/// The text with Markdown's signs for its styles.
fn styled(text: Option<&Value>) -> String {
    let style = |piece: &Value, name: &str| {
        piece.pointer(&format!("/annotations/{name}")) == Some(&Value::Bool(true))
    };
    let piece = |(piece, plain): (&Value, &str)| {
        let mut marked = plain.to_owned();
        for (name, sign) in [("code", "`"), ("bold", "**"), ("italic", "*"), ("strikethrough", "~~")] {
            if style(piece, name) && !plain.trim().is_empty() {
                marked = format!("{sign}{marked}{sign}");
            }
        }
        match piece.get("href").and_then(Value::as_str).filter(|href| *href != plain) {
            Some(href) if !plain.is_empty() => format!("[{marked}]({href})"),
            _ => marked,
        }
    };
    pieces(text).map(piece).collect()
}

/// The blocks that `text` is written as, one for each line; or why it cannot be a body.
pub(crate) fn blocks(text: &str) -> Result<Vec<Value>, String> {
    if text.is_empty() {
        return Ok(Vec::new());
    }
    let lines: Vec<&str> = text.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line)).collect();
    if lines.len() > MOST_LINES {
        return Err(format!(
            "the text has {} lines; a body is written with {MOST_LINES} at most",
            lines.len()
        ));
    }
    lines.into_iter().map(block).collect()
}

fn block(line: &str) -> Result<Value, String> {
    if line == "---" {
        return Ok(json!({ "type": "divider", "divider": {} }));
    }
    let signed =
        SIGNS.iter().find_map(|(sign, kind, checked)| Some((line.strip_prefix(sign)?, *kind, *checked)));
    let (text, kind, checked) = signed.unwrap_or((line, "paragraph", None));
    let runs = runs::split(text);
    if runs.len() > MOST_RUNS {
        return Err(format!(
            "a line has {} characters; Notion takes {MOST_RUNS} runs of {LONGEST_RUN}, that is {}",
            text.encode_utf16().count(),
            MOST_RUNS * LONGEST_RUN
        ));
    }
    let text: Vec<Value> = runs.iter().map(|run| json!({ "text": { "content": run } })).collect();
    let held = match checked {
        Some(checked) => json!({ "rich_text": text, "checked": checked }),
        None => json!({ "rich_text": text }),
    };
    Ok(json!({ "type": kind, kind: held }))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    fn shown(block: Value) -> Block {
        serde_json::from_value(block).unwrap()
    }

    /// What Notion shows of a block that was written so.
    fn kept(mut block: Value) -> Block {
        block["id"] = json!("b");
        let kind = block["type"].as_str().unwrap().to_owned();
        for piece in block[&kind]["rich_text"].as_array_mut().into_iter().flatten() {
            piece["plain_text"] = piece["text"]["content"].clone();
        }
        shown(block)
    }

    #[rstest]
    #[case("paragraph", json!({"rich_text": [
        {"plain_text": "Appeler "}, {"plain_text": "Ana", "annotations": {"bold": true}}, {"plain_text": " ici", "href": "https://a.b"}
    ]}), "Appeler **Ana**[ ici](https://a.b)")]
    #[case("heading_2", json!({"rich_text": [{"plain_text": "Suite"}]}), "## Suite")]
    #[case("heading_4", json!({"rich_text": [{"plain_text": "Suite"}]}), "#### Suite")]
    #[case("numbered_list_item", json!({"rich_text": [{"plain_text": "un"}]}), "7. un")]
    #[case("to_do", json!({"rich_text": [{"plain_text": "signer"}], "checked": true}), "- [x] signer")]
    #[case("toggle", json!({"rich_text": [{"plain_text": "plus"}]}), "- plus")]
    #[case("callout", json!({"rich_text": [{"plain_text": "note"}]}), "> note")]
    #[case("code", json!({"rich_text": [{"plain_text": "a\nb"}], "language": "rust"}), "```rust\na\nb\n```")]
    #[case("equation", json!({"expression": "x"}), "$$x$$")]
    #[case("divider", json!({}), "---")]
    #[case("table_row", json!({"cells": [[{"plain_text": "a"}], [{"plain_text": "b"}]]}), "| a | b |")]
    #[case("child_page", json!({"title": "Annexe"}), "[Annexe]")]
    #[case("bookmark", json!({"url": "https://a.b", "caption": []}), "https://a.b")]
    #[case("image", json!({"type": "file", "file": {"url": "https://s3/x?sig=1"}, "caption": [{"plain_text": "plan"}]}), "[plan]")]
    #[case("image", json!({"type": "external", "external": {"url": "https://a.b/c.png"}, "caption": []}), "https://a.b/c.png")]
    #[case("meeting_notes", json!({"title": [{"plain_text": "Point hebdo"}], "status": "notes_ready"}), "Point hebdo")]
    #[case("transcription", json!({"title": [{"plain_text": "Point hebdo"}]}), "Point hebdo")]
    #[case("unsupported", json!({}), "[unsupported]")]
    #[case("something_new", json!({"size": 3}), "[something_new]")]
    fn a_block_is_a_line(#[case] kind: &str, #[case] held: Value, #[case] expected: &str) {
        let block = shown(json!({"id": "b", "type": kind, kind: held, "has_children": false}));
        assert_eq!(line(&block, 7).as_deref(), Some(expected));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_as_it_was(text in "(#{0,4} ?|- \\[[ x]\\] |- |> |---|1\\. )?[a-z*`é🤝 ]{0,12}(\n(#{0,4} ?|- |  - |---)?[a-z ]{0,9}){0,5}") {
            let lines: Vec<_> = blocks(&text).unwrap().into_iter().filter_map(|block| line(&kept(block), 1)).collect();
            prop_assert_eq!(lines.join("\n"), text);
        }
    }

    #[test]
    fn a_text_that_is_too_long_is_refused_with_the_limits() {
        assert!(blocks(&"a\n".repeat(5_001)).unwrap_err().contains("5000 at most"));
        assert!(blocks(&"a".repeat(200_001)).unwrap_err().contains("100 runs of 2000"));
    }
}
