//! Runs a command beside a throw-away PostgreSQL server, whose URL it finds in `TEST_DATABASE_URL`.
//!
//! For runners that give each test a process, which would start a server each; and for a shell to look at one.

use std::env;
use std::io;
use std::process::{Command, ExitCode};

use test_postgres::Cluster;

fn main() -> io::Result<ExitCode> {
    let mut arguments = env::args_os().skip(1);
    let program = arguments.next().ok_or_else(|| {
        io::Error::other("say which command to run, as in: test-postgres cargo nextest run")
    })?;
    let cluster = Cluster::start()?;
    let status = Command::new(program).args(arguments).env("TEST_DATABASE_URL", cluster.url()).status()?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
