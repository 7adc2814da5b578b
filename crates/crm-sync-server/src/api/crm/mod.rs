//! The addresses that the CRM's own page knows, with the answers that it knows: French, and always with `success`.
//!
//! They are kept as they were; what the product can do beyond them is below `/api/v1`. As before, an import or an export
//! is applied at once, without an approval: who presses that button has always meant it so. Guards hold nevertheless,
//! and what they stopped is told as an error.

mod config;
mod connection_test;
mod envelope;
mod logs;
mod sync;

pub use envelope::refused;

use utoipa_actix_web::service_config::ServiceConfig;

use crate::app::{AIRTABLE, NOTION};
use crate::web::Refusal;
use crate::web::refusal::Thing;

/// The addresses.
pub(super) fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(config::list)
        .service(config::change)
        .service(config::change_of_body)
        .service(connection_test::test)
        .service(logs::list)
        .service(sync::import)
        .service(sync::export)
        .service(sync::start)
        .service(sync::state);
}

/// The remote of this name.
fn provider(name: &str) -> Result<&'static str, Refusal> {
    let found = [AIRTABLE, NOTION].into_iter().find(|known| *known == name);
    found.ok_or(Refusal::Missing(Thing::Provider))
}
