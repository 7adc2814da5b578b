//! What the program does, apart from how it is asked and how it answers.

pub mod check;
pub mod configure;
pub mod connection;
pub mod deals_file;
pub mod sync;
