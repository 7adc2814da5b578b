//! The objects that some properties hold.

use connector_core::value::Person;
use connector_http::lenient;
use serde::Deserialize;

use crate::wire::{Property, User};

#[derive(Deserialize)]
pub(super) struct File {
    name: Option<String>,
    #[serde(default, alias = "file", deserialize_with = "lenient::or_default")]
    external: Address,
}

/// Where a file is; of Notion's own files the part after `?` changes at each reading.
#[derive(Default, Deserialize)]
struct Address {
    url: Option<String>,
}

impl File {
    /// What people call it: its name, else the last part of its address.
    pub(super) fn label(&self) -> &str {
        let path = || self.external.url.as_deref()?.split('?').next()?.rsplit('/').next();
        let name = self.name.as_deref().filter(|name| !name.is_empty());
        name.or_else(path).filter(|name| !name.is_empty()).unwrap_or("file")
    }
}

#[derive(Deserialize)]
pub(super) struct Date {
    pub(super) start: String,
    pub(super) end: Option<String>,
    pub(super) time_zone: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct UniqueId {
    pub(super) prefix: Option<String>,
    pub(super) number: Option<u64>,
}

#[derive(Deserialize)]
pub(super) struct Verification {
    pub(super) state: String,
}

#[derive(Deserialize)]
pub(super) struct Place {
    pub(super) name: Option<String>,
    pub(super) address: Option<String>,
    pub(super) lat: Option<serde_json::Number>,
    pub(super) lon: Option<serde_json::Number>,
}

/// `{"type":"number","number":3}`: what a formula or a rollup gives.
pub(super) type Computed = Property;

impl From<User> for Person {
    fn from(user: User) -> Self {
        let email = user.person.and_then(|person| person.email);
        Self { id: user.id, email, name: user.name }
    }
}
