//! Notion on loopback: its public API over a workspace in memory.

mod auth;
mod block;
mod blocks;
mod call;
mod comment;
mod computed;
mod data_source;
mod data_sources;
mod database;
mod databases;
mod edit;
mod failure;
mod formula;
mod icon;
mod input;
mod list;
mod object;
mod page;
mod pages;
mod property;
mod query;
mod read;
mod rich_text;
mod route;
mod search;
mod seed;
mod service;
mod transaction;
mod user;
mod version;
mod world;

pub use auth::{Capability, NotionGrant};
pub(crate) use service::Notion;
