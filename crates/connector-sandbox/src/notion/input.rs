//! Parts of a request, and the sentences in which the service refuses them.

use std::fmt::Display;

use serde_json::{Map, Value};

use crate::id::Id;
use crate::notion::failure::Failure;

/// A part of a request: its path, such as `body.parent.page_id`, and its value if it has one.
#[derive(Clone, Debug)]
pub(crate) struct Input<'a> {
    path: String,
    value: Option<&'a Value>,
    optional: bool,
}

impl<'a> Input<'a> {
    /// The whole body.
    pub(crate) fn body(value: &'a Value) -> Self {
        Self { path: "body".to_owned(), value: Some(value), optional: false }
    }

    /// A member of an object.
    pub(crate) fn member(&self, key: &str) -> Self {
        let value = self.value.and_then(|value| value.get(key));
        Self { path: format!("{}.{key}", self.path), value, optional: false }
    }

    /// An element of an array.
    pub(crate) fn item(&self, index: usize) -> Self {
        let value = self.value.and_then(|value| value.get(index));
        Self { path: format!("{}[{index}]", self.path), value, optional: false }
    }

    /// The members of an object or the elements of an array, each with its path.
    pub(crate) fn items(&self) -> Result<Vec<Self>, Failure> {
        let count = self.array()?.len();
        Ok((0..count).map(|index| self.item(index)).collect())
    }

    /// Notes that the part may be left out.
    pub(crate) fn optional(mut self) -> Self {
        self.optional = true;
        self
    }

    /// The value; `None` if there is no such part.
    pub(crate) fn value(&self) -> Option<&'a Value> {
        self.value
    }

    pub(crate) fn is_absent(&self) -> bool {
        self.value.is_none()
    }

    pub(crate) fn is_null(&self) -> bool {
        matches!(self.value, Some(Value::Null))
    }

    /// The part if it is there.
    pub(crate) fn present(self) -> Option<Self> {
        self.value.is_some().then(|| self.optional())
    }

    /// The part if it is there and not null.
    pub(crate) fn given(self) -> Option<Self> {
        if self.is_null() { None } else { self.present() }
    }

    /// Refuses the value: it should have been something else.
    pub(crate) fn expected(&self, what: impl Display) -> Failure {
        let what = if self.optional { format!("{what} or `undefined`") } else { what.to_string() };
        let part = self.path.split(['.', '[']).next().unwrap_or_default();
        let found = self.value.map_or_else(|| "undefined".to_owned(), Value::to_string);
        Failure::validation(format!(
            "{part} failed validation: {} should be {what}, instead was `{found}`.",
            self.path
        ))
    }

    /// Refuses a member that must not be there.
    pub(crate) fn forbid(&self, key: &str) -> Result<(), Failure> {
        let member = self.member(key);
        if member.is_absent() { Ok(()) } else { Err(member.expected("not present")) }
    }

    /// Refuses a member that is not among these.
    pub(crate) fn only(&self, known: &[&str]) -> Result<(), Failure> {
        match self.object()?.keys().find(|key| !known.contains(&key.as_str())) {
            Some(stray) => Err(self.member(stray).expected("not present")),
            None => Ok(()),
        }
    }

    /// Refuses an object that has none of these members.
    pub(crate) fn one_of_members(&self, names: impl Iterator<Item = &'static str>) -> Failure {
        let wanted: Vec<String> = names
            .map(|name| format!("{}.{name} should be defined, instead was `undefined`.", self.path))
            .collect();
        Failure::validation(format!("body failed validation. Fix one:\n{}", wanted.join("\n")))
    }

    fn missing(&self, kind: &str) -> Failure {
        self.expected(if self.is_absent() { "defined" } else { kind })
    }

    pub(crate) fn object(&self) -> Result<&'a Map<String, Value>, Failure> {
        self.value.and_then(Value::as_object).ok_or_else(|| self.missing("an object"))
    }

    pub(crate) fn array(&self) -> Result<&'a Vec<Value>, Failure> {
        self.value.and_then(Value::as_array).ok_or_else(|| self.missing("an array"))
    }

    /// The elements of an array that may hold so many.
    pub(crate) fn array_up_to(&self, limit: usize) -> Result<Vec<Self>, Failure> {
        let items = self.items()?;
        self.at_most(items.len(), limit)?;
        Ok(items)
    }

    /// Refuses a length above the limit.
    pub(crate) fn at_most(&self, length: usize, limit: usize) -> Result<(), Failure> {
        if length <= limit { Ok(()) } else { Err(self.wrong_length(length, "≤", limit)) }
    }

    /// Refuses a length below the limit.
    pub(crate) fn at_least(&self, length: usize, limit: usize) -> Result<(), Failure> {
        if length >= limit { Ok(()) } else { Err(self.wrong_length(length, "≥", limit)) }
    }

    fn wrong_length(&self, length: usize, bound: &str, limit: usize) -> Failure {
        let path = &self.path;
        Failure::validation(format!(
            "body failed validation: {path}.length should be {bound} `{limit}`, instead was `{length}`."
        ))
    }

    /// Refuses what holds too many things in all.
    pub(crate) fn too_many(&self, count: usize, limit: usize, things: &str) -> Failure {
        let path = &self.path;
        Failure::validation(format!(
            "body failed validation: {path} should have ≤ `{limit}` {things}, instead had `{count}`."
        ))
    }

    pub(crate) fn text(&self) -> Result<&'a str, Failure> {
        self.value.and_then(Value::as_str).ok_or_else(|| self.missing("a string"))
    }

    /// A text of at most so many UTF-16 units.
    pub(crate) fn text_up_to(&self, limit: usize) -> Result<&'a str, Failure> {
        let text = self.text()?;
        self.at_most(text.encode_utf16().count(), limit)?;
        Ok(text)
    }

    pub(crate) fn boolean(&self) -> Result<bool, Failure> {
        self.value.and_then(Value::as_bool).ok_or_else(|| self.missing("a boolean"))
    }

    /// An id, with or without dashes.
    pub(crate) fn uuid(&self) -> Result<Id, Failure> {
        self.value.and_then(Value::as_str).and_then(uuid).ok_or_else(|| self.missing("a valid uuid"))
    }

    /// One of these words.
    pub(crate) fn one_of(&self, known: &[&'static str]) -> Result<&'static str, Failure> {
        let found = self.value.and_then(Value::as_str);
        let found = known.iter().find(|word| Some(**word) == found);
        found.copied().ok_or_else(|| {
            let quoted: Vec<String> = known.iter().map(|word| format!("`\"{word}\"`")).collect();
            match quoted.as_slice() {
                [one] => self.expected(one),
                [first, second] => self.expected(format!("{first} or {second}")),
                [others @ .., last] => self.expected(format!("{}, or {last}", others.join(", "))),
                [] => self.expected("not present"),
            }
        })
    }
}

/// An id in its dashed, lower-case form; `None` for what is no id. Any version nibble will do.
pub(crate) fn uuid(text: &str) -> Option<Id> {
    let hex: String = text.chars().filter(|c| *c != '-').collect::<String>().to_ascii_lowercase();
    let dashed = text.len() == 36 && [8, 13, 18, 23].iter().all(|at| text.as_bytes().get(*at) == Some(&b'-'));
    if hex.len() != 32 || !hex.bytes().all(|byte| byte.is_ascii_hexdigit()) || !(dashed || text.len() == 32) {
        return None;
    }
    let part = |range: std::ops::Range<usize>| hex.get(range).unwrap_or_default();
    Some(format!("{}-{}-{}-{}-{}", part(0..8), part(8..12), part(12..16), part(16..20), part(20..32)).into())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn refusals_name_the_path_the_expectation_and_the_value() {
        let body = json!({"page_size": "50", "children": [{"type": 3}]});
        let input = Input::body(&body);
        let cases = [
            (
                input.member("page_size").optional().expected("a number"),
                "body failed validation: body.page_size should be a number or `undefined`, instead was `\"50\"`.",
            ),
            (
                input.member("parent").object().unwrap_err(),
                "body failed validation: body.parent should be defined, instead was `undefined`.",
            ),
            (
                input.member("children").item(0).member("type").text().unwrap_err(),
                "body failed validation: body.children[0].type should be a string, instead was `3`.",
            ),
            (
                input.member("children").array_up_to(0).unwrap_err(),
                "body failed validation: body.children.length should be ≤ `0`, instead was `1`.",
            ),
        ];
        for (failure, words) in cases {
            assert_eq!(failure.words(), words);
        }
    }

    #[test]
    fn ids_are_read_with_and_without_dashes() {
        let dashed = "393abc1e-0000-8111-a222-333344445555";
        for text in [dashed, "393ABC1E00008111A222333344445555"] {
            assert_eq!(uuid(text).as_deref(), Some(dashed));
        }
        for text in ["AAA", "393abc1e-0000-8111-a222-33334444555", "393abc1e-00008111a222333344445555"] {
            assert_eq!(uuid(text), None, "{text}");
        }
    }
}
