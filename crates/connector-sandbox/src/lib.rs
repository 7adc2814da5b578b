//! connector-sandbox

mod airtable;
