//! The refusals that many addresses have in common, each told once in the document.

use std::collections::BTreeMap;

use utoipa::openapi::response::{Response, ResponseBuilder};
use utoipa::openapi::{Content, OpenApi, PathItem, Ref, RefOr};
use utoipa::{IntoResponses, ToSchema as _};

use crate::web::problem::{PROBLEM_JSON, Problem};

/// The refusals that any address can answer with: the status, the name in the document, what it means.
const ANYWHERE: [(&str, &str, &str); 8] = [
    ("400", "Malformed", "The request is malformed."),
    ("401", "NoKey", "The API key is missing or wrong."),
    ("403", "Forbidden", "The server does not answer to this name, or not to pages of this origin."),
    ("404", "Missing", "There is none of this id or name."),
    ("422", "WrongValue", "A member or a parameter is unknown, missing, or has a wrong value."),
    ("429", "TooManyAttempts", "Too many wrong keys: wait for the seconds of `Retry-After`."),
    ("500", "Broken", "The server cannot do it; its log tells why, by `request_id`."),
    ("503", "Unavailable", "The database or the remote does not answer now: try again."),
];

/// Those of an address that takes a body.
const OF_A_BODY: [(&str, &str, &str); 3] = [
    ("408", "TooSlow", "The body did not come in time."),
    ("413", "TooLarge", "The body is too large."),
    ("415", "NotJson", "The body is not JSON."),
];

/// Those of an address that asks the remote, or needs what is stored for it.
const OF_A_REMOTE: [(&str, &str, &str); 3] = [
    ("409", "NotReady", "There is no token, no configuration, or one that does not fit this."),
    ("502", "RemoteRefused", "The remote refused: its token, its rights, or what it was asked."),
    ("504", "RemoteTimedOut", "The remote did not answer in time."),
];

/// What an address answers that asks the remote.
pub(crate) struct AsksRemote;

impl IntoResponses for AsksRemote {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        OF_A_REMOTE.iter().map(|(status, name, _)| ((*status).to_owned(), referred(name))).collect()
    }
}

fn referred(name: &str) -> RefOr<Response> {
    Ref::new(format!("#/components/responses/{name}")).into()
}

/// Adds the common refusals to the document: each once, and to each operation below `/api/v1` those that it can have.
/// Gives each operation a name of its own.
pub(crate) fn complete(document: &mut OpenApi) {
    let components = document.components.get_or_insert_default();
    let problem = Content::new(Some(Ref::from_schema_name(Problem::name())));
    for (_, name, told) in ANYWHERE.iter().chain(&OF_A_BODY).chain(&OF_A_REMOTE) {
        let response = ResponseBuilder::new().description(*told).content(PROBLEM_JSON, problem.clone());
        components.responses.insert((*name).to_owned(), response.build().into());
    }
    for (path, item) in &mut document.paths.paths {
        let PathItem { get, put, post, delete, .. } = item;
        let operations = [("get", get), ("put", put), ("post", post), ("delete", delete)];
        for (method, operation) in operations.into_iter().filter_map(|(name, of)| Some((name, of.as_mut()?)))
        {
            let words =
                path.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
            operation.operation_id = Some(words.fold(method.to_owned(), |id, word| format!("{id}_{word}")));
            if !path.starts_with("/api/v1/") {
                continue;
            }
            let of_body: &[_] = if operation.request_body.is_some() { &OF_A_BODY } else { &[] };
            for (status, name, _) in ANYWHERE.iter().chain(of_body) {
                let known = &mut operation.responses.responses;
                known.entry((*status).to_owned()).or_insert_with(|| referred(name));
            }
        }
    }
}
