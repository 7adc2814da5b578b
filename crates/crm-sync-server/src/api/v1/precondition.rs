//! Which state of a configuration a request means: so that two who change it do not overwrite each other.

use actix_web::HttpRequest;
use actix_web::http::header::{HeaderName, IF_MATCH, IF_NONE_MATCH};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

use crate::failure::Failure;
use crate::store::{Expected, Version};
use crate::web::Refusal;

/// The `ETag` of a state.
pub(super) fn etag(version: &Version) -> String {
    let connection = URL_SAFE_NO_PAD.encode(Sha256::digest(version.connection.as_str()));
    format!("\"{}-{connection}\"", version.number)
}

/// The state that the request says it changes, if it is the current one.
pub(super) fn expected(request: &HttpRequest, current: Option<Version>) -> Result<Expected, Refusal> {
    let current_tag = current.as_ref().map(etag);
    let stands = if names(request, &IF_MATCH, "*") {
        current.is_some()
    } else if request.headers().contains_key(IF_MATCH) {
        current_tag.is_some_and(|tag| names(request, &IF_MATCH, &tag))
    } else if names(request, &IF_NONE_MATCH, "*") {
        current.is_none()
    } else {
        return Err(Refusal::Unconditional);
    };
    if stands { Ok(Expected::State(current)) } else { Err(Failure::Changed.into()) }
}

/// Whether the caller has this state already.
pub(super) fn has(request: &HttpRequest, tag: &str) -> bool {
    names(request, &IF_NONE_MATCH, tag) || names(request, &IF_NONE_MATCH, "*")
}

fn names(request: &HttpRequest, header: &HeaderName, tag: &str) -> bool {
    let values = request.headers().get_all(header).filter_map(|value| value.to_str().ok());
    // A weak tag means the same here: what is between a proxy and us may have weakened it.
    values.flat_map(|list| list.split(',')).any(|known| known.trim().trim_start_matches("W/") == tag)
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn asked(header: &'static str, value: &str, current: Option<Version>) -> Result<Expected, &'static str> {
        let request = TestRequest::default().insert_header((header, value)).to_http_request();
        expected(&request, current).map_err(|refusal| refusal.code())
    }

    #[test]
    fn only_the_state_that_was_read_is_changed() {
        let version = |number| Some(Version { connection: "airtable:app:tbl".into(), number });
        let tag = etag(&version(2).unwrap());
        let stands = Ok(Expected::State(version(2)));
        assert_eq!(asked("if-match", &tag, version(2)), stands);
        assert_eq!(asked("if-match", &format!("\"x\", W/{tag}"), version(2)), stands);
        assert_eq!(asked("if-match", "*", version(2)), stands);
        assert_eq!(asked("if-match", &tag, version(3)), Err("changed_meanwhile"));
        assert_eq!(asked("if-match", &tag, None), Err("changed_meanwhile"));
        assert_eq!(asked("if-match", "*", None), Err("changed_meanwhile"));
        assert_eq!(asked("if-none-match", "*", None), Ok(Expected::State(None)));
        assert_eq!(asked("if-none-match", "*", version(1)), Err("changed_meanwhile"));
        assert_eq!(asked("accept", "*", version(1)), Err("if_match_required"));
    }
}
