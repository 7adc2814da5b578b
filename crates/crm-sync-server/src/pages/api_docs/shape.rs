//! The shapes that bodies are made of.

use serde_json::Value;

use super::text;

/// What a value is: `text`, `list of Run`, with the shape that it leads to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::pages) struct Kind {
    /// Before the name of the shape: `list of`.
    pub(in crate::pages) before: String,
    /// The shape, if it is one; the rest says it all.
    pub(in crate::pages) shape: String,
    /// After it: `or nothing`.
    pub(in crate::pages) after: String,
}

/// A named shape.
#[derive(Debug)]
pub(in crate::pages) struct Shape {
    pub(in crate::pages) name: String,
    pub(in crate::pages) description: String,
    pub(in crate::pages) members: Vec<Member>,
    /// The words that it can be.
    pub(in crate::pages) words: Vec<String>,
}

/// A member of a shape.
#[derive(Debug)]
pub(in crate::pages) struct Member {
    pub(in crate::pages) name: String,
    pub(in crate::pages) kind: Kind,
    pub(in crate::pages) is_required: bool,
    pub(in crate::pages) description: String,
}

impl Shape {
    /// All of the document, by name.
    pub(super) fn all(document: &Value) -> Vec<Self> {
        let schemas = document.pointer("/components/schemas").and_then(Value::as_object);
        schemas.into_iter().flatten().map(|(name, schema)| Self::new(name, schema)).collect()
    }

    fn new(name: &str, schema: &Value) -> Self {
        let required: Vec<&str> = list(schema, "required").filter_map(Value::as_str).collect();
        let members = schema.get("properties").and_then(Value::as_object);
        let member = |(name, member): (&String, &Value)| Member {
            name: name.clone(),
            kind: kind(member),
            is_required: required.contains(&name.as_str()),
            description: text(member, "description"),
        };
        let words = list(schema, "enum").chain(list(schema, "oneOf").flat_map(|one| list(one, "enum")));
        Self {
            name: name.to_owned(),
            description: text(schema, "description"),
            members: members.into_iter().flatten().map(member).collect(),
            words: words.filter_map(Value::as_str).map(str::to_owned).collect(),
        }
    }
}

fn list<'v>(of: &'v Value, name: &str) -> impl Iterator<Item = &'v Value> {
    of.get(name).and_then(Value::as_array).into_iter().flatten()
}

/// What a schema says in a few words.
pub(super) fn kind(schema: &Value) -> Kind {
    let plain = |words: &str| Kind { before: words.to_owned(), ..Kind::default() };
    if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
        let name = reference.rsplit('/').next().unwrap_or_default();
        return Kind { shape: name.to_owned(), ..Kind::default() };
    }
    let several: Vec<&Value> =
        list(schema, "oneOf").chain(list(schema, "anyOf")).chain(list(schema, "allOf")).collect();
    let is_null = |one: &&&Value| one.get("type").and_then(Value::as_str) == Some("null");
    if let Some(first) = several.iter().find(|one| !is_null(one)) {
        let inner = kind(first);
        let after = if several.iter().any(|one| is_null(&one)) { "or null" } else { "" };
        return Kind { after: join(&inner.after, after), ..inner };
    }
    let words: Vec<&str> = list(schema, "enum").filter_map(Value::as_str).collect();
    if !words.is_empty() {
        return plain(&words.join(" | "));
    }
    let types = schema.get("type");
    let named = types
        .and_then(Value::as_str)
        .or_else(|| list(schema, "type").filter_map(Value::as_str).find(|name| *name != "null"));
    let after = if list(schema, "type").any(|name| name == "null") { "or null" } else { "" };
    let inner = match named {
        Some("array") => {
            let inner = schema.get("items").map(kind).unwrap_or_default();
            Kind { before: join("list of", &inner.before), ..inner }
        }
        Some("object") => match schema.get("additionalProperties").filter(|inner| inner.is_object()) {
            Some(inner) => {
                let inner = kind(inner);
                Kind { before: join("map to", &inner.before), ..inner }
            }
            None => plain("object"),
        },
        Some("string") => plain(match schema.get("format").and_then(Value::as_str) {
            Some("date-time") => "time",
            _ => "text",
        }),
        Some("integer") => plain("whole number"),
        Some("number") => plain("number"),
        Some("boolean") => plain("true | false"),
        _ => plain("anything"),
    };
    Kind { after: join(&inner.after, after), ..inner }
}

fn join(one: &str, other: &str) -> String {
    [one, other].into_iter().filter(|words| !words.is_empty()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn told(schema: &Value) -> String {
        let Kind { before, shape, after } = kind(schema);
        join(&join(&before, &shape), &after)
    }

    #[test]
    fn a_schema_is_said_in_a_few_words() {
        let run = json!({"$ref": "#/components/schemas/Run"});
        for (schema, words) in [
            (run.clone(), "Run"),
            (json!({"type": "array", "items": run}), "list of Run"),
            (json!({"oneOf": [{"type": "null"}, run]}), "Run or null"),
            (json!({"type": ["string", "null"], "format": "date-time"}), "time or null"),
            (json!({"type": "object", "additionalProperties": {"type": "integer"}}), "map to whole number"),
            (json!({"type": "string", "enum": ["a", "b"]}), "a | b"),
            (json!({}), "anything"),
        ] {
            assert_eq!(told(&schema), words, "{schema}");
        }
    }
}
