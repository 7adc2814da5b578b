//! The pages in Chromium, with the server as a program and the sandbox behind it.

mod conflicts;
mod first_sync;
mod looks;
mod mapping;
mod neighbours;
mod running;
mod weight;
