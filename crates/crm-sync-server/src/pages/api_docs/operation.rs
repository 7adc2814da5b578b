//! One operation: its parameters, its body, its answers.

use serde_json::{Map, Value};

use super::shape::{Kind, kind};
use super::text;

/// One method of one address.
#[derive(Debug, Clone)]
pub(in crate::pages) struct Operation {
    pub(in crate::pages) id: String,
    pub(super) tag: String,
    pub(in crate::pages) method: String,
    pub(in crate::pages) path: String,
    pub(in crate::pages) summary: String,
    pub(in crate::pages) description: String,
    pub(in crate::pages) parameters: Vec<Parameter>,
    pub(in crate::pages) body: Option<Kind>,
    pub(in crate::pages) answers: Vec<OperationAnswer>,
}

/// Something that the address, the query or a header says.
#[derive(Debug, Clone)]
pub(in crate::pages) struct Parameter {
    pub(in crate::pages) name: String,
    /// `path`, `query`, `header`.
    pub(in crate::pages) place: String,
    pub(in crate::pages) kind: Kind,
    pub(in crate::pages) is_required: bool,
    pub(in crate::pages) description: String,
}

/// What it answers with one status.
#[derive(Debug, Clone)]
pub(in crate::pages) struct OperationAnswer {
    pub(in crate::pages) status: String,
    pub(in crate::pages) description: String,
    pub(in crate::pages) media: String,
    pub(in crate::pages) kind: Option<Kind>,
    /// Whether it is told once for many addresses.
    pub(in crate::pages) is_common: bool,
}

impl Operation {
    /// All of the document, by path.
    pub(super) fn all(document: &Value) -> Vec<Self> {
        let paths = document.get("paths").and_then(Value::as_object);
        let of_path = |(path, item): (&String, &Value)| -> Vec<Self> {
            let methods = item.as_object().into_iter().flatten();
            methods.map(|(method, operation)| Self::new(document, method, path, operation)).collect()
        };
        paths.into_iter().flatten().flat_map(of_path).collect()
    }

    fn new(document: &Value, method: &str, path: &str, operation: &Value) -> Self {
        let tag = operation.pointer("/tags/0").and_then(Value::as_str);
        let parameters = operation.get("parameters").and_then(Value::as_array);
        let answers = operation.get("responses").and_then(Value::as_object);
        let body = operation.pointer("/requestBody/content").and_then(Value::as_object);
        Self {
            id: text(operation, "operationId"),
            tag: tag.unwrap_or("other").to_owned(),
            method: method.to_uppercase(),
            path: path.to_owned(),
            summary: text(operation, "summary"),
            description: text(operation, "description"),
            parameters: parameters.into_iter().flatten().map(Parameter::new).collect(),
            body: body.and_then(media).map(|(_, schema)| kind(schema)),
            answers: answers
                .into_iter()
                .flatten()
                .map(|answer| OperationAnswer::new(document, answer))
                .collect(),
        }
    }
}

impl Parameter {
    fn new(parameter: &Value) -> Self {
        Self {
            name: text(parameter, "name"),
            place: text(parameter, "in"),
            kind: parameter.get("schema").map(kind).unwrap_or_default(),
            is_required: parameter.get("required").and_then(Value::as_bool).unwrap_or_default(),
            description: text(parameter, "description"),
        }
    }
}

impl OperationAnswer {
    fn new(document: &Value, (status, answer): (&String, &Value)) -> Self {
        let common = answer.get("$ref").and_then(Value::as_str);
        let answer = common.and_then(|at| document.pointer(at.trim_start_matches('#'))).unwrap_or(answer);
        let content = answer.get("content").and_then(Value::as_object).and_then(media);
        Self {
            status: status.clone(),
            description: text(answer, "description"),
            media: content.map(|(name, _)| name.to_owned()).unwrap_or_default(),
            kind: content.map(|(_, schema)| kind(schema)),
            is_common: common.is_some(),
        }
    }
}

/// The first media type and its schema.
fn media(content: &Map<String, Value>) -> Option<(&str, &Value)> {
    let (name, media) = content.iter().next()?;
    Some((name, media.get("schema").unwrap_or(&Value::Null)))
}
