//! Airtable on loopback.

pub(crate) mod formula;
