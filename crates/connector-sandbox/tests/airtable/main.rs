//! The sandbox's Airtable over real sockets, as a client meets it.

#![cfg(test)]

mod attachments;
mod client;
mod control;
mod faults;
mod fields;
mod limits;
mod links;
mod lists;
mod program;
mod records;
mod refusals;
mod schema;
mod upsert;
mod webhooks;
