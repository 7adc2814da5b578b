//! Parameters of a request: the query in all the spellings that clients use, and the JSON body.

use serde_json::{Map, Value};

use crate::airtable::failure::Failure;
use crate::provider::Request;
use crate::query::Query;

impl Query {
    /// `sort[0][field]=..&sort[0][direction]=..` in any order, as field and direction.
    pub(crate) fn sort(&self) -> Vec<(String, Option<String>)> {
        let mut levels: Vec<(u32, Option<String>, Option<String>)> = Vec::new();
        for (key, value) in &self.0 {
            let Some((index, member)) = key.strip_prefix("sort[").and_then(|rest| rest.split_once("]["))
            else {
                continue;
            };
            let Ok(index) = index.parse() else { continue };
            if !levels.iter().any(|(known, ..)| *known == index) {
                levels.push((index, None, None));
            }
            let Some(level) = levels.iter_mut().find(|(known, ..)| *known == index) else { continue };
            match member.strip_suffix(']') {
                Some("field") => level.1 = Some(value.clone()),
                Some("direction") => level.2 = Some(value.clone()),
                _ => {}
            }
        }
        levels.sort_by_key(|(index, ..)| *index);
        levels.into_iter().filter_map(|(_, field, direction)| Some((field?, direction))).collect()
    }

    /// A switch: `true` and `1` are true, and with `strict` so is anything that was sent at all.
    pub(crate) fn switch(&self, key: &str, strict: bool) -> bool {
        self.get(key).is_some_and(|value| matches!(value, "true" | "1") || strict)
    }
}

/// The body as a JSON object.
pub(crate) fn body(request: &Request) -> Result<Map<String, Value>, Failure> {
    let is_json = request
        .content_type
        .as_deref()
        .is_some_and(|kind| kind.to_ascii_lowercase().starts_with("application/json"));
    if !is_json {
        return Err(Failure::unparsable());
    }
    match serde_json::from_slice(&request.body) {
        Ok(Value::Object(body)) => Ok(body),
        Ok(_) => Err(Failure::invalid_request()),
        Err(_) => Err(Failure::unparsable()),
    }
}

/// An optional switch of a body.
pub(crate) fn switch(body: &Map<String, Value>, key: &str) -> Result<bool, Failure> {
    match body.get(key) {
        None | Some(Value::Null) => Ok(false),
        Some(Value::Bool(value)) => Ok(*value),
        Some(_) => Err(Failure::invalid_request()),
    }
}

/// An optional text of a body.
pub(crate) fn text<'a>(body: &'a Map<String, Value>, key: &str) -> Result<Option<&'a str>, Failure> {
    match body.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(Failure::invalid_request()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sort_levels_are_put_in_order() {
        let query = Query::parse("sort[1][field]=B&sort[0][direction]=desc&sort%5B0%5D%5Bfield%5D=A");
        let expected = [("A".to_owned(), Some("desc".to_owned())), ("B".to_owned(), None)];
        assert_eq!(query.sort(), expected);
    }

    #[test]
    fn a_strict_switch_takes_false_for_true() {
        let query = Query::parse("a=false&b=1");
        assert!(!query.switch("a", false) && query.switch("a", true));
        assert!(query.switch("b", false) && !query.switch("c", true));
    }
}
