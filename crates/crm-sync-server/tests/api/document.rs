//! The server's OpenAPI document, and whether an answer is one that it promises.

use std::collections::BTreeSet;
use std::sync::Mutex;

use serde_json::{Map, Value};

/// The document, and which of its answers were seen.
pub(crate) struct Document(Value, Mutex<BTreeSet<String>>);

impl Document {
    pub(crate) fn of_the_server() -> Self {
        Self(serde_json::to_value(crm_sync_server::api::document()).unwrap(), Mutex::default())
    }

    /// Whether the document promises this answer; an address that is none of its own promises a problem.
    pub(crate) fn holds(
        &self,
        method: &str,
        path: &str,
        status: u16,
        content_type: &str,
        body: &str,
    ) -> Result<(), String> {
        let Some((template, operation)) = self.operation(method, path) else {
            return self.is_refusal(status, content_type, body);
        };
        let Some(promised) = operation["responses"].get(status.to_string()) else {
            if template.starts_with("/api/v1/") {
                return Err(format!("status {status} is not documented"));
            }
            // What any address answers, whatever is there, is told once for all of them.
            let is_common = [400, 401, 403, 405, 408, 413, 415, 422, 429, 503].contains(&status);
            return if is_common {
                self.is_refusal(status, content_type, body)
            } else {
                Err(format!("status {status} is not documented"))
            };
        };
        let promised = match promised["$ref"].as_str() {
            None => {
                self.see(format!("{method} {template} {status}"));
                promised
            }
            Some(common) => {
                self.see(common.to_owned());
                self.0.pointer(common.trim_start_matches('#')).ok_or("a dangling reference")?
            }
        };
        let Some(content) = promised.get("content").and_then(Value::as_object) else {
            return if body.is_empty() { Ok(()) } else { Err("no body is documented".to_owned()) };
        };
        let media = content.get(content_type).ok_or(format!("{content_type} is not documented"))?;
        if !content_type.ends_with("json") {
            return Ok(());
        }
        let body: Value = serde_json::from_str(body).map_err(|error| error.to_string())?;
        self.fits(&media["schema"], &body, "")
    }

    fn is_refusal(&self, status: u16, content_type: &str, body: &str) -> Result<(), String> {
        if status < 400 {
            return Err("the address is not documented".to_owned());
        }
        let name = match content_type {
            "application/problem+json" => "Problem",
            "application/json" => "Error",
            other => return Err(format!("{other} is no refusal")),
        };
        let body: Value = serde_json::from_str(body).map_err(|error| error.to_string())?;
        self.fits(&self.0["components"]["schemas"][name], &body, "")
    }

    fn see(&self, answer: String) {
        self.1.lock().unwrap().insert(answer);
    }

    /// The answers that the document promises and nobody saw: each operation's own, and the common ones once.
    pub(crate) fn unseen(&self) -> Vec<String> {
        let mut promised = BTreeSet::new();
        for (path, item) in self.0["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                for (status, answer) in operation["responses"].as_object().unwrap() {
                    let own = || format!("{} {path} {status}", method.to_uppercase());
                    promised.insert(answer["$ref"].as_str().map_or_else(own, str::to_owned));
                }
            }
        }
        promised.difference(&self.1.lock().unwrap()).cloned().collect()
    }

    fn operation(&self, method: &str, path: &str) -> Option<(&str, &Value)> {
        let fits = |template: &str| {
            let (ours, theirs): (Vec<&str>, Vec<&str>) =
                (template.split('/').collect(), path.split('/').collect());
            ours.len() == theirs.len()
                && ours.iter().zip(&theirs).all(|(one, other)| one.starts_with('{') || one == other)
        };
        let paths = self.0["paths"].as_object()?;
        // An address without parameters comes before one with them.
        let mut found: Vec<(&String, &Value)> = paths.iter().filter(|(template, _)| fits(template)).collect();
        found.sort_by_key(|(template, _)| template.matches('{').count());
        let method = method.to_lowercase();
        found.into_iter().find_map(|(template, item)| Some((template.as_str(), item.get(&method)?)))
    }

    /// Whether a value is what a schema says.
    fn fits(&self, schema: &Value, value: &Value, at: &str) -> Result<(), String> {
        if let Some(name) = schema["$ref"].as_str() {
            let name = name.strip_prefix("#/components/schemas/").unwrap();
            let named = self.0["components"]["schemas"].get(name);
            return self.fits(named.ok_or(format!("there is no schema {name}"))?, value, at);
        }
        if let Some(all) = schema["allOf"].as_array() {
            return all.iter().try_for_each(|part| self.fits(part, value, at));
        }
        if let Some(several) = schema["oneOf"].as_array().or(schema["anyOf"].as_array()) {
            let tried: Vec<_> = several.iter().map(|one| self.fits(one, value, at)).collect();
            return if tried.iter().any(Result::is_ok) { Ok(()) } else { Err(format!("{at}: {tried:?}")) };
        }
        let kind = match value {
            Value::Null => "null",
            Value::Bool(_) => "boolean",
            Value::Number(number) if number.is_f64() => "number",
            Value::Number(_) => "integer",
            Value::String(_) => "string",
            Value::Array(_) => "array",
            Value::Object(_) => "object",
        };
        let is_kind = |name: &Value| name == kind || (name == "number" && kind == "integer");
        let allowed = match &schema["type"] {
            Value::Null => true,
            Value::Array(kinds) => kinds.iter().any(is_kind),
            one => is_kind(one),
        };
        if !allowed {
            return Err(format!("{at}: {value} is no {}", schema["type"]));
        }
        if let Some(known) = schema["enum"].as_array()
            && !known.contains(value)
        {
            return Err(format!("{at}: {value} is none of {known:?}"));
        }
        match value {
            Value::Array(items) if !schema["items"].is_null() => items
                .iter()
                .enumerate()
                .try_for_each(|(place, item)| self.fits(&schema["items"], item, &format!("{at}/{place}"))),
            Value::Object(members) => self.members_fit(schema, members, at),
            _ => Ok(()),
        }
    }

    fn members_fit(&self, schema: &Value, members: &Map<String, Value>, at: &str) -> Result<(), String> {
        let required = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
        if let Some(missing) = required.clone().find(|name| !members.contains_key(*name)) {
            return Err(format!("{at}: {missing} is missing"));
        }
        for (name, member) in members {
            let inner = format!("{at}/{name}");
            match (&schema["properties"][name.as_str()], &schema["additionalProperties"]) {
                (Value::Null, Value::Bool(false)) => return Err(format!("{inner} is not documented")),
                (Value::Null, others @ Value::Object(_)) => self.fits(others, member, &inner)?,
                (Value::Null, _) => {}
                (known, _) => self.fits(known, member, &inner)?,
            }
        }
        Ok(())
    }
}

#[test]
fn what_is_not_promised_is_noticed() {
    let document = Document::of_the_server();
    let holds = |status, body| document.holds("GET", "/healthz", status, "application/json", body);
    assert_eq!(holds(200, r#"{"status": "ok"}"#), Ok(()));
    for (status, body) in
        [(200, "{}"), (200, r#"{"status": 1}"#), (200, r#"{"status": "ok", "a": 1}"#), (201, "{}")]
    {
        assert!(holds(status, body).is_err(), "{status} {body}");
    }
}
