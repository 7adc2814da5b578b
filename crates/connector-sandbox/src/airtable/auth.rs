//! Tokens: who asks, with which scopes, for which bases.

use std::collections::HashMap;

use crate::airtable::failure::Failure;
use crate::id::Id;
use crate::settings::{Permission, TokenGrant};

/// The tokens that were issued.
#[derive(Debug, Default)]
pub(crate) struct Tokens(HashMap<String, Holder>);

/// A token's holder.
#[derive(Clone, Debug)]
pub(crate) struct Holder {
    pub(crate) token: String,
    pub(crate) user: Id,
    pub(crate) email: String,
    pub(crate) grant: TokenGrant,
}

impl Tokens {
    pub(crate) fn issue(&mut self, holder: Holder) {
        self.0.insert(holder.token.clone(), holder);
    }

    /// Takes a token back; false if it was not issued.
    pub(crate) fn revoke(&mut self, token: &str) -> bool {
        self.0.remove(token).is_some()
    }

    /// The holder of the token in an `Authorization` header.
    pub(crate) fn identify(&self, authorization: Option<&str>) -> Result<Holder, Failure> {
        authorization
            .and_then(|header| header.split_once(' '))
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
            .and_then(|(_, token)| self.0.get(token.trim()))
            .cloned()
            .ok_or_else(Failure::unauthenticated)
    }
}

impl Holder {
    /// Whether the token has a scope.
    pub(crate) fn has(&self, scope: &str) -> bool {
        self.grant.scopes.iter().any(|known| known == scope)
    }

    /// Whether the token was given access to a base.
    pub(crate) fn sees(&self, base: &str) -> bool {
        self.grant.bases.as_ref().is_none_or(|bases| bases.iter().any(|known| known == base))
    }

    /// Refuses a token without one of the scopes or without the base, as a model that was not found.
    pub(crate) fn require(&self, scope: &str, base: &str) -> Result<(), Failure> {
        if self.has(scope) && self.sees(base) { Ok(()) } else { Err(Failure::model_not_found()) }
    }

    /// Refuses a user whose role does not suffice.
    pub(crate) fn require_role(&self, role: Permission, what: &str) -> Result<(), Failure> {
        if self.grant.permission >= role { Ok(()) } else { Err(Failure::not_permitted(what)) }
    }
}
