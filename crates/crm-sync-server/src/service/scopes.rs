//! The rights of a token, where the remote has names for them.

use connector_core::provider::Identity;

use crate::app::AIRTABLE;

/// What a sync asks of a token.
#[must_use]
pub fn needed(remote: &str) -> &'static [&'static str] {
    match remote {
        AIRTABLE => &["data.records:read", "data.records:write", "schema.bases:read"],
        _ => &[],
    }
}

/// What everything asks of a token, the making of a field for stamps too.
#[must_use]
pub fn all(remote: &str) -> Vec<&'static str> {
    let more: &[&str] = if remote == AIRTABLE { &["schema.bases:write"] } else { &[] };
    [needed(remote), more].concat()
}

/// Those of the scopes that a token lacks, if the remote tells what it has.
#[must_use]
pub fn missing(identity: &Identity, scopes: &[&'static str]) -> Vec<&'static str> {
    let Some(has) = &identity.scopes else { return Vec::new() };
    let lacks = |scope: &&'static str| has.iter().all(|known| known != *scope);
    scopes.iter().copied().filter(lacks).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_token_lacks_is_told_where_the_remote_tells_what_it_has() {
        let has = ["data.records:read", "schema.bases:read"].map(str::to_owned).to_vec();
        let mut identity = Identity { id: "usr1".into(), label: None, scopes: Some(has) };
        assert_eq!(missing(&identity, needed(AIRTABLE)), ["data.records:write"]);
        assert_eq!(missing(&identity, &all(AIRTABLE)), ["data.records:write", "schema.bases:write"]);
        identity.scopes = None;
        assert_eq!(missing(&identity, &all(AIRTABLE)), [""; 0]);
    }
}
