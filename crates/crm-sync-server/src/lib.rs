//! Keeps the deals of a CRM in step with Airtable and Notion.
//!
//! [`crm`] says what a deal of the CRM is made of; [`store`] keeps the state of the syncs in the CRM's own database.
//! [`cli`] reads the arguments and calls one function of [`service`], which uses what [`app`] holds; [`report`] shows
//! what came of it, in the words of [`messages`]. [`secrets`] keeps the remotes' tokens. [`demo`] needs nothing but this
//! program.
//!
//! [`serve`] is the same for other programs and for browsers: [`web`] is what all requests have in common, [`api`] the
//! addresses and what is at each, [`pages`] what people see.

pub mod api;
pub mod app;
pub mod cli;
pub mod clock;
pub mod crm;
pub mod demo;
pub mod failure;
pub mod logs;
pub mod messages;
pub mod metrics;
pub mod pages;
pub mod providers;
pub mod report;
pub mod secrets;
pub mod serve;
pub mod service;
pub mod settings;
pub mod store;
pub mod web;
pub mod worker;
