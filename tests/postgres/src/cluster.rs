//! A server and the databases made on it.

use std::collections::HashMap;
use std::env;
use std::io;
use std::process;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::database::Database;
use crate::guard::Guard;
use crate::programs::Programs;
use crate::server::Server;

/// The environment variable that names a server already running, to be used instead of one of our own.
const SERVER_VARIABLE: &str = "TEST_DATABASE_URL";

/// The server of this test process: the one that `TEST_DATABASE_URL` names, else one of its own.
///
/// # Panics
/// On first use, when there is no server to be had: a test that asked for it cannot go on.
pub static CLUSTER: LazyLock<Cluster> =
    LazyLock::new(|| or_fail("no PostgreSQL to test on", Cluster::from_environment()));

/// A PostgreSQL server for tests.
///
/// Dropping it stops the server and removes its folder, or, on a server that is not ours, drops the databases
/// made on it. The same happens when the process ends without dropping it, as it does with [`CLUSTER`].
#[derive(Debug)]
pub struct Cluster {
    server: Arc<Server>,
    version: String,
    /// What the names of our databases start with; no other process uses it.
    prefix: String,
    made: AtomicU32,
    /// The database that stands for each template.
    templates: Mutex<HashMap<String, String>>,
    _guard: Guard,
}

impl Cluster {
    /// The server that `TEST_DATABASE_URL` names, else one of our own.
    pub fn from_environment() -> io::Result<Self> {
        match env::var(SERVER_VARIABLE) {
            Ok(url) if !url.is_empty() => Self::at(url),
            _ => Self::start(),
        }
    }

    /// Starts a server of our own, on a socket in a folder of its own.
    pub fn start() -> io::Result<Self> {
        let programs = Programs::find()?;
        let (guard, folder) = Guard::serve(programs.folder())?;
        let host = folder.to_string_lossy().replace('/', "%2F");
        let server =
            Server { psql: programs.psql(), url: format!("postgres://postgres@{host}:5432/postgres") };
        Self::new(server, unique_prefix(), guard)
    }

    /// Uses a server already running.
    ///
    /// `url` names a database on it and a user who may create others.
    pub fn at(url: String) -> io::Result<Self> {
        let psql = Programs::find_client()?.psql();
        let prefix = unique_prefix();
        let guard = Guard::sweep(&psql, &url, &prefix)?;
        Self::new(Server { psql, url }, prefix, guard)
    }

    fn new(server: Server, prefix: String, guard: Guard) -> io::Result<Self> {
        let version = server.run("SHOW server_version")?;
        Ok(Self {
            server: Arc::new(server),
            version,
            prefix,
            made: AtomicU32::new(0),
            templates: Mutex::default(),
            _guard: guard,
        })
    }

    /// The server's version in its own words, as in `15.18 (Debian 15.18-0+deb12u1)`.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The URL of the database that is always there; a value for `TEST_DATABASE_URL`.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.server.url
    }

    /// A fresh and empty database.
    ///
    /// # Panics
    /// When the server refuses.
    #[must_use]
    pub fn database(&self) -> Database {
        // Not template1, the default: it cannot be copied while anybody is connected to it.
        self.copy_of("template0")
    }

    /// A fresh copy of the template of that name, which `prepare` fills once per process: it is given the URL of
    /// an empty database, and must have closed its connections when it returns.
    ///
    /// # Panics
    /// When the server refuses, or `prepare` panics.
    #[must_use]
    pub fn database_from(&self, template: &str, prepare: impl FnOnce(&str)) -> Database {
        self.copy_of(&self.template(template, prepare))
    }

    /// A fresh copy of a database of this server, as it is now. Nobody may be connected to it.
    ///
    /// # Panics
    /// When the server refuses.
    #[must_use]
    pub fn copy(&self, database: &Database) -> Database {
        self.copy_of(database.name())
    }

    fn template(&self, template: &str, prepare: impl FnOnce(&str)) -> String {
        // A template whose `prepare` panicked was not registered: the next test tries anew, and fails for the
        // same reason instead of for a poisoned lock.
        let mut templates = self.templates.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(name) = templates.get(template) {
            return name.clone();
        }
        let database = self.copy_of("template0");
        prepare(database.url());
        let name = database.keep();
        templates.insert(template.to_owned(), name.clone());
        name
    }

    fn copy_of(&self, template: &str) -> Database {
        let name = format!("{}{}", self.prefix, self.made.fetch_add(1, Ordering::Relaxed));
        or_fail("no database to test on", Database::create(&self.server, name, template))
    }
}

/// Differs between two processes, and between two clusters of one.
fn unique_prefix() -> String {
    let moment = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos();
    format!("test_{}_{moment:x}_", process::id())
}

#[expect(clippy::panic, reason = "a test that has no server cannot go on, and would only say the same")]
fn or_fail<T>(what: &str, result: io::Result<T>) -> T {
    result.unwrap_or_else(|error| panic!("{what}: {error}"))
}
