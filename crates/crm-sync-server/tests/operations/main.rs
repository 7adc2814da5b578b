//! What the person who deploys the server meets: image, service, proxy, figures, and the handbook that tells of them.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what a test does not get, it fails for"
)]

mod handbook;
mod image;
mod nginx;
mod program;
mod service;
