//! Answers from an Airtable that is not one, and texts from anywhere: nothing panics, and no text leaves its quotes.

use std::collections::BTreeSet;
use std::mem::discriminant;

use connector_core::id::FieldId;
use connector_http::Dialect as _;
use serde::de::DeserializeOwned;

use crate::codec;
use crate::failure::Airtable;
use crate::formula::Formula;
use crate::layout::Layout;
use crate::wire;

fn read<T: DeserializeOwned>(input: &[u8]) -> Option<T> {
    serde_json::from_slice(input).ok()
}

/// One document stands for the answers to all questions: tables, and records that have their fields.
#[test]
fn answers_are_values_or_errors() {
    test_fuzz::fuzz("airtable", |input, shape| {
        shape.reach((
            read::<wire::Written>(input).is_some(),
            read::<wire::Deleted>(input).is_some(),
            read::<wire::Bases>(input).is_some(),
            read::<wire::Whoami>(input).is_some(),
        ));
        if let Some(said) = read(input).map(|body| Airtable.said(&body)) {
            shape.reach((said.code.is_some(), said.message.is_some(), said.committed.is_some()));
        }
        let Some(wire::Tables { tables }) = read(input) else { return shape.reach("no tables") };
        let records = read::<wire::Records>(input).map(|page| page.records).unwrap_or_default();
        for layout in Layout::of_base(tables) {
            let fields: BTreeSet<FieldId> =
                layout.columns.iter().map(|column| column.field.id.clone()).collect();
            let _ = (layout.schema(), layout.edit_clock(&fields).is_some());
            for column in &layout.columns {
                for cell in
                    records.iter().filter_map(|record| record.fields.as_ref()?.get(column.field.id.as_str()))
                {
                    let value = codec::decode(column, cell);
                    shape.reach((discriminant(&column.form), column.field.writable, discriminant(&value)));
                    let _ = (codec::edited(&value), codec::shown(&value));
                    if let Ok(encoded) = codec::encode(column, &value, true) {
                        let again = codec::decode(column, &encoded.cell);
                        assert!(!again.is_unknown(), "{value:?} is written as {}", encoded.cell.get());
                    }
                }
            }
        }
    });
}

#[test]
fn no_text_leaves_its_quotes_in_a_formula() {
    test_fuzz::fuzz("formulas", |input, shape| {
        let text = String::from_utf8_lossy(input).replace('\\', "\\\\ \\' \\");
        let mut lines = text.split('\u{1}').map(str::to_owned);
        let field = lines.next().unwrap_or_default().replace('\\', "");
        let texts: Vec<String> = lines.collect();
        if texts.is_empty() {
            return shape.reach("nothing is looked for");
        }
        let formula = Formula::field_is_one_of(&field.as_str().into(), &texts);
        shape.reach((texts.len().min(3), text.contains('\''), text.contains('}'), text.contains('\n')));
        assert_eq!(read_back(formula.as_str()), Some((field, texts)), "{}", formula.as_str());
    });
}

/// The field and the texts of a formula, read as Airtable reads it; nothing if anything else is in it.
fn read_back(formula: &str) -> Option<(String, Vec<String>)> {
    let mut rest = formula.strip_prefix("OR(").map_or(formula, |rest| rest.strip_suffix(')').unwrap_or(rest));
    let (mut fields, mut texts) = (BTreeSet::new(), Vec::new());
    while !rest.is_empty() {
        let (field, after) = quoted(rest, '{', '}')?;
        let (text, after) = quoted(after.strip_prefix('=')?, '\'', '\'')?;
        fields.insert(field);
        texts.push(text);
        rest = if after.is_empty() { after } else { after.strip_prefix(',')? };
    }
    let field = fields.pop_first();
    fields.is_empty().then(|| (field.unwrap_or_default(), texts))
}

fn quoted(text: &str, open: char, close: char) -> Option<(String, &str)> {
    let mut read = String::new();
    let mut letters = text.strip_prefix(open)?.chars();
    loop {
        match letters.next()? {
            letter if letter == close => return Some((read, letters.as_str())),
            '\\' => read.push(match letters.next()? {
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                other => other,
            }),
            letter => read.push(letter),
        }
    }
}
