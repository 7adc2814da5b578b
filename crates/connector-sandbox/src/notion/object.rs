//! JSON objects, put together.

use serde_json::Value;

/// An object with further members; anything but an object stays as it is.
pub(crate) fn extended<const N: usize>(mut value: Value, members: [(&str, Value); N]) -> Value {
    if let Some(object) = value.as_object_mut() {
        object.extend(members.map(|(key, member)| (key.to_owned(), member)));
    }
    value
}

/// A member's text.
pub(crate) fn text<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    value.get(key).and_then(Value::as_str)
}
