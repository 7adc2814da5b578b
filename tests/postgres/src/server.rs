//! Statements sent to a server through `psql`, so that the package needs no client library.

use std::io;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// A running server, as its administrator sees it.
#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) psql: PathBuf,
    /// A database that exists on it, by a user who may create others.
    pub(crate) url: String,
}

impl Server {
    /// Runs one statement outside a transaction; answers what it printed, without headings.
    pub(crate) fn run(&self, statement: &str) -> io::Result<String> {
        let output = Command::new(&self.psql)
            .args(["--no-psqlrc", "--quiet", "--no-align", "--tuples-only", "--no-password"])
            .args(["--set", "ON_ERROR_STOP=1", "--dbname", &self.url, "--command", statement])
            .stdin(Stdio::null())
            .output()?;
        if output.status.success() {
            Ok(String::from_utf8_lossy(&output.stdout).trim_end().to_owned())
        } else {
            let reason = String::from_utf8_lossy(&output.stderr);
            Err(io::Error::other(format!("{statement}: {}", reason.trim_end())))
        }
    }

    /// The URL of another database on this server.
    pub(crate) fn url_of(&self, database: &str) -> String {
        let authority = self.url.find("://").map_or(0, |at| at + 3);
        let (before_parameters, parameters) = match self.url.find('?') {
            Some(at) => self.url.split_at(at),
            None => (self.url.as_str(), ""),
        };
        let server = match before_parameters.get(authority..).and_then(|rest| rest.find('/')) {
            Some(slash) => before_parameters.split_at(authority + slash).0,
            None => before_parameters,
        };
        format!("{server}/{database}{parameters}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url_of(url: &str) -> String {
        Server { psql: PathBuf::new(), url: url.to_owned() }.url_of("other")
    }

    #[test]
    fn another_database_has_the_same_server_and_parameters() {
        assert_eq!(url_of("postgres://me:secret@host:5432/first"), "postgres://me:secret@host:5432/other");
        assert_eq!(url_of("postgres://host"), "postgres://host/other");
        assert_eq!(url_of("postgresql://host?sslmode=require"), "postgresql://host/other?sslmode=require");
        assert_eq!(url_of("postgres:///first?host=/tmp/folder"), "postgres:///other?host=/tmp/folder");
        assert_eq!(
            url_of("postgres://me@%2Ftmp%2Ffolder:5432/first"),
            "postgres://me@%2Ftmp%2Ffolder:5432/other"
        );
    }
}
