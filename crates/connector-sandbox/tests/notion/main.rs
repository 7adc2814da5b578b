//! The sandbox's Notion over real sockets, as a client meets it.

#![cfg(test)]

mod blocks;
mod client;
mod comments;
mod entrance;
mod faults;
mod pages;
mod program;
mod queries;
mod schema;
mod uploads;
mod values;
