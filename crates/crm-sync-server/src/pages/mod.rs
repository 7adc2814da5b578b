//! The pages that people see: connectors and their steps, preview, runs, history, deals, conflicts, settings.
//!
//! One file for each page: what its addresses do, and its view, a plain struct that the template of the same name
//! shows. `visitor` is what a request says of the person who asks, `frame` what stands around every page. A form is
//! answered by a redirection to the page that shows what came of it, so that all of it works without scripts; the
//! modules in `assets` only make it quicker.

mod api_docs;
mod asset;
mod badge;
mod conflicts;
mod connector;
mod connectors;
mod deal;
mod explain;
mod fields;
mod frame;
mod history;
mod live;
mod mapping;
mod names;
mod paging;
mod picked;
mod plan;
mod questions;
mod run;
mod settings;
mod sign_in;
mod table;
mod tool;
mod trouble;
mod visitor;

pub use explain::explain;
pub use sign_in::is_signed_in;
pub use visitor::{is_open, is_page};

use actix_web::web::{self, ServiceConfig, get, post};

/// The most bytes of a form.
const FORM_BYTES: usize = 64 * 1024;

/// The pages' addresses.
pub fn configure(config: &mut ServiceConfig) {
    config
        .app_data(web::FormConfig::default().limit(FORM_BYTES))
        .route("/", get().to(connectors::show))
        .route("/assets/{version}/{name}", get().to(asset::serve))
        .route(visitor::API_DOCS, get().to(api_docs::show))
        .route("/connectors", get().to(connectors::show))
        .route("/embed/connectors", get().to(connectors::embed))
        .route("/connectors/{remote}", get().to(connector::show))
        .route("/connectors/{remote}/token", post().to(connector::store_token))
        .route("/connectors/{remote}/table", get().to(table::show))
        .route("/connectors/{remote}/table", post().to(table::open))
        .route("/connectors/{remote}/mapping", get().to(mapping::show))
        .route("/connectors/{remote}/mapping", post().to(mapping::save))
        .route("/connectors/{remote}/plan", post().to(plan::make))
        .route("/connectors/{remote}/sync", post().to(run::start))
        .route("/plans/{plan}", get().to(plan::show))
        .route("/plans/{plan}", post().to(plan::pick))
        .route("/runs/{run}", get().to(run::show))
        .route("/runs/{run}/undo", post().to(plan::undo))
        .route("/runs/{run}/events", get().to(live::follow))
        .route("/runs/{run}/cancel", post().to(live::cancel))
        .route("/deals/{deal}", get().to(deal::show))
        .route("/history", get().to(history::show))
        .route("/history.csv", get().to(history::csv))
        .route("/history.json", get().to(history::json))
        .route("/conflicts", get().to(conflicts::show))
        .route("/conflicts", post().to(conflicts::decide))
        .route("/questions", post().to(questions::answer))
        .route("/settings", get().to(settings::show))
        .route("/language", post().to(settings::choose_language))
        .route("/sign-in", get().to(sign_in::show))
        .route("/sign-in", post().to(sign_in::enter))
        .route("/sign-out", post().to(sign_in::leave));
}
