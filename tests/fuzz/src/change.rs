//! Changing an input: as bytes, whatever they mean, and as JSON, so that it stays one.

use rand::RngExt as _;
use rand::rngs::StdRng;
use serde_json::{Map, Value, json};

/// Bytes that readers trip over.
const STRANGE: [&str; 34] = [
    "",
    "\0",
    "\"",
    "\\",
    "\\u0000",
    "\\ud800",
    "\\ud83e\\udd1d",
    "é",
    "e\u{301}",
    "\u{202e}",
    "\u{feff}",
    "\r\n",
    "\t",
    "'",
    "}",
    "{",
    "[",
    "]",
    "null",
    "true",
    "-0",
    "1e400",
    "1E-400",
    "0.1e1",
    "79228162514264337593543950336",
    "-79228162514264337593543950335.5",
    "0.00000000000000000000000000001",
    "9007199254740993",
    "2024-02-30",
    "2024-05-01T10:00:00.000Z",
    "+999999-12-31T23:59:60Z",
    "0000-00-00",
    "//",
    "%00",
];

/// The input with one change; `other` lends a part.
pub(crate) fn change(chance: &mut StdRng, input: Vec<u8>, other: &[u8]) -> Vec<u8> {
    if chance.random_ratio(2, 3)
        && let Ok(mut json) = serde_json::from_slice::<Value>(&input)
    {
        let lent = serde_json::from_slice(other).unwrap_or(Value::Null);
        let count = count(&json);
        let at = chance.random_range(0..count);
        with_node(&mut json, at, &mut |node| change_node(chance, node, &lent));
        return json.to_string().into_bytes();
    }
    change_bytes(chance, input, other)
}

fn change_bytes(chance: &mut StdRng, mut input: Vec<u8>, other: &[u8]) -> Vec<u8> {
    let at = chance.random_range(0..=input.len());
    let end = chance.random_range(at..=input.len().min(at + 40));
    match chance.random_range(0..6_u8) {
        0 => {
            let lent = strange(chance).as_bytes();
            input.splice(at..at, lent.iter().copied());
        }
        1 => {
            input.drain(at..end);
        }
        2 => {
            if let Some(byte) = input.get_mut(at) {
                *byte ^= 1 << chance.random_range(0..8_u8);
            }
        }
        3 => {
            let part = input.get(at..end).unwrap_or_default().repeat(chance.random_range(2..60));
            input.splice(at..end, part);
        }
        4 => {
            let from = chance.random_range(0..=other.len());
            let lent = other.get(from..(from + 200).min(other.len())).unwrap_or_default();
            input.splice(at..end, lent.iter().copied());
        }
        _ => input.truncate(at),
    }
    input
}

fn change_node(chance: &mut StdRng, node: &mut Value, lent: &Value) {
    match (chance.random_range(0..8_u8), &mut *node) {
        (0, _) => *node = scalar(chance),
        (1, _) => *node = json!([node.take()]),
        (2, _) => *node = json!({ "type": "formula", "formula": node.take() }),
        (3, Value::Array(items)) if !items.is_empty() => {
            let item = items.get(chance.random_range(0..items.len())).cloned().unwrap_or_default();
            items.extend(std::iter::repeat_n(item, chance.random_range(1..30)));
        }
        (4, Value::Array(items)) if !items.is_empty() => {
            items.remove(chance.random_range(0..items.len()));
        }
        (3 | 4, Value::Object(members)) => lose_or_rename(chance, members),
        (5, Value::String(text)) => {
            let mut ends: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
            ends.push(text.len());
            let at = ends.get(chance.random_range(0..ends.len())).copied().unwrap_or_default();
            text.insert_str(at, strange(chance));
        }
        (6, _) => {
            let mut part = lent.clone();
            let at = chance.random_range(0..count(lent));
            with_node(&mut part, at, &mut |found| *node = found.take());
        }
        _ => {
            for _ in 0..chance.random_range(1..100_u8) {
                *node = json!([node.take()]);
            }
        }
    }
}

fn lose_or_rename(chance: &mut StdRng, members: &mut Map<String, Value>) {
    let names: Vec<String> = members.keys().cloned().collect();
    let Some(name) = (!names.is_empty()).then(|| names.get(chance.random_range(0..names.len()))).flatten()
    else {
        members.insert(strange(chance).to_owned(), scalar(chance));
        return;
    };
    let value = members.remove(name).unwrap_or_default();
    if chance.random_ratio(1, 2) {
        let other = names.get(chance.random_range(0..names.len())).cloned().unwrap_or_default();
        members.insert(other, value);
    }
}

fn scalar(chance: &mut StdRng) -> Value {
    match chance.random_range(0..8_u8) {
        0 => Value::Null,
        1 => json!(chance.random_bool(0.5)),
        2 => json!({}),
        3 => json!([]),
        4 => serde_json::from_str(strange(chance)).unwrap_or_default(),
        5 => json!(chance.random_range(-1_000_000_000_000_i64..1_000_000_000_000)),
        6 => json!("x".repeat(chance.random_range(0..3_000))),
        _ => json!(strange(chance)),
    }
}

fn strange(chance: &mut StdRng) -> &'static str {
    STRANGE.get(chance.random_range(0..STRANGE.len())).copied().unwrap_or_default()
}

/// How many values stand in a value, itself included.
fn count(json: &Value) -> usize {
    1 + match json {
        Value::Array(items) => items.iter().map(count).sum(),
        Value::Object(members) => members.values().map(count).sum(),
        _ => 0,
    }
}

/// Does something with one of the values in a value, by its place; what is left of the places.
fn with_node(json: &mut Value, at: usize, act: &mut dyn FnMut(&mut Value)) -> Option<usize> {
    let Some(mut left) = at.checked_sub(1) else {
        act(json);
        return None;
    };
    let parts: Vec<&mut Value> = match json {
        Value::Array(items) => items.iter_mut().collect(),
        Value::Object(members) => members.values_mut().collect(),
        _ => Vec::new(),
    };
    for part in parts {
        left = with_node(part, left, act)?;
    }
    Some(left)
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng as _;

    use super::*;

    #[test]
    fn every_value_has_a_place_and_json_mostly_stays_json() {
        let json = json!({"a": [1, {"b": null}], "c": "d"});
        let mut met = Vec::new();
        for at in 0..count(&json) {
            with_node(&mut json.clone(), at, &mut |node| met.push(node.to_string()));
        }
        assert_eq!(met.len(), 6, "{met:?}");
        let mut chance = StdRng::seed_from_u64(7);
        let text = json.to_string().into_bytes();
        let changed = (0..300).map(|_| change(&mut chance, text.clone(), &text));
        let stays = changed.filter(|input| serde_json::from_slice::<Value>(input).is_ok()).count();
        assert!((180..300).contains(&stays), "{stays}");
    }
}
