//! Starts a throw-away PostgreSQL server, prints its URL, and stops it at the end of standard input.
//!
//! For runners that give each test a process, and for a look at a test's data by hand:
//! put what it prints into `TEST_DATABASE_URL`.

use std::io::{self, Write};

use test_postgres::Cluster;

fn main() -> io::Result<()> {
    let cluster = Cluster::start()?;
    writeln!(io::stdout().lock(), "{}", cluster.url())?;
    io::copy(&mut io::stdin().lock(), &mut io::sink())?;
    Ok(())
}
