//! The addresses that programs call, and what is at each.

pub mod crm;
mod fallback;
mod health;
mod metrics;
mod openapi;
mod v1;

pub use fallback::fallback;
pub use openapi::{Documented, document};

use utoipa_actix_web::service_config::ServiceConfig;

/// All addresses, with their documentation.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(health::healthz)
        .service(health::readyz)
        .service(metrics::read_metrics)
        .service(openapi::read_document)
        .configure(crm::configure)
        .configure(v1::configure);
}
