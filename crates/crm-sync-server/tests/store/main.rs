//! The store on both of its databases.

mod adoption;
mod commits;
mod conformance;
mod edits;
mod failures;
mod leases;
mod queries;
mod races;
mod support;
