//! One test's own database.

use std::io;
use std::mem;
use std::sync::Arc;

use crate::server::Server;

/// A database of one test; dropping it drops the database, whoever is still connected.
#[derive(Debug)]
pub struct Database {
    server: Arc<Server>,
    name: String,
    url: String,
}

impl Database {
    pub(crate) fn create(server: &Arc<Server>, name: String, template: &str) -> io::Result<Self> {
        server.run(&format!("CREATE DATABASE {name} TEMPLATE {template}"))?;
        let url = server.url_of(&name);
        Ok(Self { server: Arc::clone(server), name, url })
    }

    /// Where to connect to, as in `postgres://user@host:5432/name`.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Leaves the database to the guard, and answers its name.
    pub(crate) fn keep(mut self) -> String {
        mem::take(&mut self.name)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if !self.name.is_empty() {
            // What cannot be dropped now, the guard drops later.
            let _ = self.server.run(&format!("DROP DATABASE {} WITH (FORCE)", self.name));
        }
    }
}
