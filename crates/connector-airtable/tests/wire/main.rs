//! What goes over the wire: exact requests, and every documented way to fail.

mod airtable;
mod failing;
mod reading;
mod writing;
