//! The objects that some properties hold.

use connector_core::value::Person;
use serde::Deserialize;

use crate::wire::{Property, User};

#[derive(Deserialize)]
pub(super) struct File {
    pub(super) name: Option<String>,
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
}

/// `{"type":"number","number":3}`: what a formula or a rollup gives.
pub(super) type Computed = Property;

impl From<User> for Person {
    fn from(user: User) -> Self {
        let email = user.person.and_then(|person| person.email);
        Self { id: user.id, email, name: user.name }
    }
}
