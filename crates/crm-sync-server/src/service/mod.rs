//! What the program does, apart from how it is asked and how it answers.

pub mod budget;
pub mod check;
pub mod configure;
pub mod conflicts;
pub mod connection;
pub mod crm_settings;
pub mod deals;
pub mod deals_file;
mod fence;
pub mod glance;
pub mod marks;
pub mod notices;
pub mod policy;
pub mod questions;
pub mod sampling;
pub mod scopes;
pub mod sync;
pub mod token;
pub mod trial;
pub mod undo;
pub mod usage;
pub mod verify;
