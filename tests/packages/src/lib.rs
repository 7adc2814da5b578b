//! Packages of other languages for tests, of pinned versions, installed once for each list of versions.

mod install;
mod node;
mod python;

pub use node::node;
pub use python::python;
