//! Bodies and queries from anywhere: each is what was asked for, or a refusal in words.

use std::collections::BTreeMap;

use connector_core::plan::Mode;
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::Value;

use super::{json, query};
use crate::messages::{self, Lang};
use crate::web::Refusal;

/// A body with a member of each sort.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "only that it was read counts")]
struct Strict {
    name: String,
    token: Option<SecretString>,
    limit: Option<u32>,
    mode: Option<Mode>,
    fields: Option<BTreeMap<String, String>>,
    inner: Option<Box<Strict>>,
}

/// A body that takes what it does not know.
#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "only that it was read counts")]
struct Named {
    provider: String,
    #[serde(flatten)]
    rest: BTreeMap<String, Value>,
}

fn told(refusal: &Refusal) -> &'static str {
    for lang in Lang::ALL {
        assert!(!messages::refusal(lang, refusal).is_empty());
    }
    assert!(!refusal.status().is_server_error(), "a body is its sender's fault");
    refusal.code()
}

#[test]
fn bodies_are_read_or_refused_in_words() {
    test_fuzz::fuzz("bodies", |input, shape| {
        shape.reach(json::<Strict>(input).map(drop).map_err(|refusal| told(&refusal)));
        shape.reach(json::<Named>(input).map(drop).map_err(|refusal| told(&refusal)));
        match json::<Value>(input) {
            Ok(value) => assert!(!has_nul(&value), "{value}"),
            Err(refusal) => shape.reach(told(&refusal)),
        }
    });
}

#[test]
fn queries_are_read_or_refused_in_words() {
    test_fuzz::fuzz("queries", |input, shape| {
        let text = String::from_utf8_lossy(input);
        shape.reach(query::<Strict>(&text).map(drop).map_err(|refusal| told(&refusal)));
        match query::<BTreeMap<String, String>>(&text) {
            Ok(pairs) => assert!(pairs.iter().all(|(name, value)| !(name.clone() + value).contains('\0'))),
            Err(refusal) => shape.reach(told(&refusal)),
        }
    });
}

fn has_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(items) => items.iter().any(has_nul),
        Value::Object(members) => members.iter().any(|(name, value)| name.contains('\0') || has_nul(value)),
        _ => false,
    }
}
