//! A throw-away PostgreSQL server for tests, with one fresh database for each.
//!
//! ```no_run
//! let database = test_postgres::CLUSTER.database();
//! // connect to database.url(); the database is dropped with the value
//! ```
//!
//! [`CLUSTER`] is the server of the test process: the one that `TEST_DATABASE_URL` names, else one of its
//! own, started on first use in under two seconds and gone when the process is, however that ends. It works
//! as any user; as root the server runs as `nobody`, since PostgreSQL refuses to run as root.
//!
//! Unix only: the server listens on a socket in a folder under `/tmp`, never on the network.

mod cluster;
mod database;
mod guard;
mod programs;
mod server;

pub use cluster::{CLUSTER, Cluster};
pub use database::Database;
pub use programs::{Programs, find_in_path};
