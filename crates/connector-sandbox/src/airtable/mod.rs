//! Airtable on loopback: its Web API over bases in memory.

mod attachment;
mod auth;
mod batch;
mod call;
mod cell;
mod comment;
mod compute;
mod definition;
mod edit;
mod failure;
mod field;
pub(crate) mod formula;
mod iterator;
mod listing;
mod payload;
mod read;
mod records;
mod request;
mod rich_text;
mod route;
mod schema;
mod seed;
mod service;
mod show;
mod sort;
mod table;
mod time_format;
mod transaction;
mod typecast;
mod upload;
mod upsert;
mod view;
mod webhook;
mod world;
mod write;

pub(crate) use service::Airtable;
