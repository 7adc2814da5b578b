//! Answers from a Notion that is not one, and texts from anywhere: nothing panics, and no text becomes a condition.

use std::mem::discriminant;

use connector_http::Dialect as _;
use serde::de::DeserializeOwned;

use crate::body;
use crate::codec;
use crate::failure::Notion;
use crate::filter::Filter;
use crate::layout::Layout;
use crate::wire;

/// The types of properties that there are: others are one more.
const KINDS: [&str; 20] = [
    "title",
    "rich_text",
    "number",
    "select",
    "status",
    "multi_select",
    "date",
    "people",
    "files",
    "checkbox",
    "url",
    "email",
    "phone_number",
    "relation",
    "formula",
    "rollup",
    "created_time",
    "unique_id",
    "verification",
    "place",
];

fn read<T: DeserializeOwned>(input: &[u8]) -> Option<T> {
    serde_json::from_slice(input).ok()
}

/// One document stands for the answers to all questions: a data source, and pages that have its properties.
#[test]
fn answers_are_values_or_errors() {
    test_fuzz::fuzz("notion", |input, shape| {
        shape.reach((
            read::<wire::List<wire::User>>(input).is_some(),
            read::<wire::PropertyItems>(input).is_some(),
            read::<wire::Block>(input).map(|block| block.held().is_null()),
        ));
        if let Some(said) = read(input).map(|body| Notion.said(&body)) {
            shape.reach((said.code.is_some(), said.message.is_some(), said.committed.is_some()));
        }
        let layout = read::<wire::Container>(input).map(Layout::new);
        let columns = layout.as_ref().map(|layout| layout.columns.as_slice()).unwrap_or_default();
        let Some(list) = read::<wire::List<wire::Page>>(input) else { return shape.reach("no pages") };
        for property in list.results.iter().flat_map(wire::Page::properties) {
            let kind = KINDS.iter().position(|known| *known == property.kind());
            let decoded = codec::decode(property);
            shape.reach((kind, discriminant(&decoded.value), decoded.cut));
            for column in columns {
                if let Ok(encoded) = codec::encode(column, &decoded.value, true) {
                    shape.reach((kind, KINDS.iter().position(|known| *known == column.kind)));
                    assert!(read::<serde_json::Value>(encoded.cell.get().as_bytes()).is_some());
                }
            }
        }
    });
}

#[test]
fn no_text_becomes_a_condition_of_a_filter() {
    test_fuzz::fuzz("filters", |input, shape| {
        let text = String::from_utf8_lossy(input);
        let texts: Vec<String> = text.split('\u{1}').map(str::to_owned).collect();
        let filter = Filter::is_one_of(&"p".into(), "rich_text", &texts);
        let written: serde_json::Value = read(&serde_json::to_vec(&filter).unwrap()).unwrap();
        shape.reach((texts.len().min(3), text.contains('"'), text.contains('\\'), text.contains('\n')));
        let alone = std::slice::from_ref(&written);
        let terms = written["or"].as_array().map_or(alone, Vec::as_slice);
        assert_eq!(terms.len(), texts.len());
        for (term, text) in terms.iter().zip(&texts) {
            assert_eq!(*term, serde_json::json!({"property": "p", "rich_text": {"equals": text}}));
        }
        // A text that is a body becomes blocks of text, or is refused.
        if let Ok(blocks) = body::blocks(&text) {
            assert_eq!(blocks.len(), if text.is_empty() { 0 } else { text.split('\n').count() });
        }
    });
}
