//! The product's own addresses, below `/api/v1`: everything that the pages and the command line can do, for programs.
//!
//! One file for each resource: its handlers, with what the document tells of them, and its shapes. What goes wrong is a
//! problem of RFC 9457 in the caller's language; long lists come by [`paging`]; a configuration is changed only as its
//! reader knew it ([`precondition`]); work is started [`once`] for an idempotency key.

mod caller;
mod configuration;
mod conflicts;
mod connections;
mod deals;
mod deletions;
mod doctor;
mod logs;
mod mapping;
mod named;
mod once;
mod paging;
mod plan;
mod plans;
mod precondition;
mod questions;
mod responses;
mod run;
mod runs;
mod shape;
mod stream;
mod tables;
mod usage;
mod verification;

pub(super) use responses::complete;

use utoipa_actix_web::service_config::ServiceConfig;

/// The addresses.
pub(super) fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(connections::list)
        .service(connections::read)
        .service(connections::store_token)
        .service(connections::forget_token)
        .service(connections::test)
        .service(configuration::read)
        .service(configuration::save)
        .service(configuration::remove)
        .service(tables::locate)
        .service(tables::bases)
        .service(tables::list)
        .service(tables::read_schema)
        .service(tables::read_rows)
        .service(tables::suggest)
        .service(mapping::check)
        .service(mapping::create_key_field)
        .service(plans::make)
        .service(plans::read)
        .service(plans::discard)
        .service(plans::operations)
        .service(plans::conflicts)
        .service(plans::questions)
        .service(plans::notices)
        .service(plans::apply)
        .service(plans::follow)
        .service(runs::start)
        .service(runs::list)
        .service(runs::read)
        .service(runs::operations)
        .service(runs::cancel)
        .service(runs::follow)
        .service(runs::undo)
        .service(logs::csv)
        .service(logs::json)
        .service(deals::list)
        .service(deals::read)
        .service(deals::history)
        .service(doctor::examine)
        .service(usage::read)
        .service(conflicts::list)
        .service(conflicts::read)
        .service(conflicts::decide)
        .service(questions::list)
        .service(questions::answer)
        .service(verification::make)
        .service(verification::read);
}
