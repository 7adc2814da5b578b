//! Airtable and Notion on loopback, for tests, rehearsals and the demo: stateful, and strict as the providers.
//!
//! [`Sandbox::start`] binds ports on 127.0.0.1 and serves the providers' APIs over seeded deals: their routes,
//! types, limits, errors and words. A script of [`Fault`]s makes requests go wrong, [`Edit`]s
//! stand for what people do in the provider's app, and [`Stats`] tell what was asked. The same is offered over
//! HTTP by the control API, and by the program of the same name.
//!
//! This crate shares no type with the clients that are tested against it, so that a misread field cannot agree
//! with itself.
//!
//! ```
//! use connector_sandbox::{Edit, Fault, Sandbox, Settings};
//! use serde_json::json;
//!
//! let sandbox = Sandbox::start(Settings { deals: 5, ..Settings::default() })?;
//! sandbox.fault(Fault::status(503).on("GET", "/v0/{base}/{table}").once());
//! let made = sandbox.edit(&Edit::create_record(json!({"Name": "Acme", "Amount": 1200})))?;
//! assert_eq!(made["fields"]["Amount"], 1200);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod airtable;
mod clock;
mod connection;
mod control;
mod edit;
mod exchange;
mod fault;
mod id;
mod journal;
mod limit;
mod notion;
mod number;
mod provider;
mod providers;
mod query;
mod remote;
mod sample;
mod sandbox;
mod server;
mod settings;
mod stats;

pub use edit::{Change, Edit};
pub use fault::{Effect, Fault, FaultAnswer, Shape};
pub use journal::JournalError;
pub use limit::Limits;
pub use notion::{Capability, NotionGrant};
pub use remote::Remote;
pub use sandbox::{Sandbox, StartError};
pub use settings::{Knobs, Permission, Settings, TokenGrant};
pub use stats::{RouteStats, Stats};
