//! A world that outlives its process: what changed it is written to a file, line by line, and done again at the next
//! start.
//!
//! The world is a function of its seed and of the requests and edits that it saw, in their order and with their times.
//! So these are kept, and not the world: a line is written before its answer goes out, and whoever got an answer finds
//! it true after a crash. Clock, faults, knobs and issued tokens are not kept.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::edit::Edit;
use crate::fault::FaultAnswer;
use crate::provider::{Provider, Reply, Request};
use crate::providers::Providers;
use crate::remote::Remote;
use crate::settings::{Knobs, Settings};

/// Why a journal cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// The file cannot be read or written.
    #[error(transparent)]
    File(#[from] io::Error),
    /// The file is of a world that began otherwise.
    #[error("it belongs to a sandbox with other settings or of another version")]
    OtherWorld,
    /// A line cannot be read.
    #[error("line {line} cannot be read: {source}")]
    Line {
        /// Which one, from 1.
        line: usize,
        /// Why.
        source: serde_json::Error,
    },
}

/// The file, open to be added to.
#[derive(Debug)]
pub(crate) struct Journal(Mutex<File>);

/// How the world began.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Heading {
    version: String,
    deals: u32,
    seed: u64,
}

/// What changed the world.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "entry", rename_all = "snake_case")]
enum Entry {
    Request {
        at: DateTime<Utc>,
        #[serde(default)]
        remote: Remote,
        method: String,
        path: String,
        query: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        version: Option<String>,
        body: String,
    },
    Edit {
        at: DateTime<Utc>,
        edit: Edit,
    },
}

impl Journal {
    /// Opens the file, made if it is absent, and does again what it says. A last line that was cut off is dropped.
    pub(crate) fn open(
        path: &Path,
        settings: &Settings,
        providers: &Providers,
    ) -> Result<Self, JournalError> {
        let mut file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)?;
        let mut text = String::new();
        file.read_to_string(&mut text)?;
        let whole = text.rfind('\n').map_or(0, |end| end + 1);
        file.set_len(u64::try_from(whole).unwrap_or(u64::MAX))?;
        file.seek(SeekFrom::End(0))?;

        let heading = Heading {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            deals: settings.deals,
            seed: settings.seed,
        };
        let mut lines = text.get(..whole).unwrap_or_default().lines().enumerate();
        match lines.next() {
            None => append(&mut file, &heading)?,
            Some((_, line)) if serde_json::from_str::<Heading>(line).is_ok_and(|found| found == heading) => {}
            Some(_) => return Err(JournalError::OtherWorld),
        }
        for (position, line) in lines {
            let entry = serde_json::from_str(line)
                .map_err(|source| JournalError::Line { line: position + 1, source })?;
            repeat(entry, providers);
        }
        Ok(Self(Mutex::new(file)))
    }

    /// Makes a person's edit and notes it.
    pub(crate) fn edit(
        &self,
        edit: &Edit,
        at: DateTime<Utc>,
        work: impl FnOnce() -> Result<serde_json::Value, String>,
    ) -> Result<serde_json::Value, String> {
        let mut file = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let made = work()?;
        append(&mut file, &Entry::Edit { at, edit: edit.clone() }).map_err(|error| error.to_string())?;
        Ok(made)
    }
}

/// A provider whose changes are noted.
pub(crate) struct Journaled {
    pub(crate) provider: Arc<dyn Provider>,
    pub(crate) journal: Arc<Journal>,
}

impl Provider for Journaled {
    fn remote(&self) -> Remote {
        self.provider.remote()
    }

    fn route(&self, method: &str, path: &str) -> &'static str {
        self.provider.route(method, path)
    }

    fn answer(&self, request: &Request, knobs: &Knobs, now: DateTime<Utc>) -> Reply {
        // What is no change in any case needs not wait for the file.
        if !self.provider.is_kept(request, 200) {
            return self.provider.answer(request, knobs, now);
        }
        let mut file = self.journal.0.lock().unwrap_or_else(PoisonError::into_inner);
        let reply = self.provider.answer(request, knobs, now);
        if !self.provider.is_kept(request, reply.status) {
            return reply;
        }
        let entry = Entry::Request {
            at: now,
            remote: self.provider.remote(),
            method: request.method.clone(),
            path: request.path.clone(),
            query: request.query.clone(),
            version: request.version.clone(),
            body: String::from_utf8_lossy(&request.body).into_owned(),
        };
        match append(&mut file, &entry) {
            Ok(()) => reply,
            Err(error) => Reply::bytes(500, "text/plain", format!("the journal: {error}").into_bytes()),
        }
    }

    fn is_kept(&self, request: &Request, status: u16) -> bool {
        self.provider.is_kept(request, status)
    }

    fn fault(&self, answer: &FaultAnswer, applied: Option<&Reply>) -> Reply {
        self.provider.fault(answer, applied)
    }

    fn too_large(&self) -> Reply {
        self.provider.too_large()
    }
}

fn append(file: &mut File, line: &impl Serialize) -> io::Result<()> {
    let mut text = serde_json::to_string(line)?;
    text.push('\n');
    file.write_all(text.as_bytes())
}

/// Does it again, at its time, as the owner of the base or workspace.
fn repeat(entry: Entry, providers: &Providers) {
    match entry {
        Entry::Request { at, remote, method, path, query, version, body } => {
            let request = Request {
                method,
                path,
                query,
                authorization: Some(format!("Bearer {}", providers.token(remote))),
                content_type: Some("application/json".to_owned()),
                version,
                body: body.into(),
            };
            providers.of(remote).answer(&request, &Knobs::default(), at);
        }
        Entry::Edit { at, edit } => {
            // It went through the first time, so it does now.
            providers.edit(&edit, at).ok();
        }
    }
}
