//! Why a command could not be done. [`messages::failure`](crate::messages::failure) says it to people.

use std::net::SocketAddr;
use std::path::PathBuf;

use connector_core::engine::EngineError;
use connector_core::id::{RunId, UnitKey};
use connector_core::mapping::Finding;
use connector_core::store::StoreError;
use connector_sandbox::StartError;

use crate::secrets::SecretsError;
use crate::store::OpenError;

/// Why a command could not be done.
#[derive(Debug)]
pub enum Failure {
    /// The database cannot be used.
    Open(OpenError),
    /// The database failed.
    Store(StoreError),
    /// A token or its key cannot be used.
    Secrets(SecretsError),
    /// The remote refused or failed.
    Remote(connector_core::Error),
    /// There was no run, or it could not be recorded.
    Engine(EngineError),
    /// The program cannot talk to this remote yet.
    NotYet {
        /// Which one.
        remote: String,
    },
    /// No token for this remote.
    NoToken {
        /// Which one.
        remote: String,
    },
    /// Nobody said which container.
    NotConfigured {
        /// Of which remote.
        remote: String,
    },
    /// The token sees no base of this name.
    NoBase {
        /// Of which remote.
        remote: String,
        /// What was asked for.
        wanted: String,
        /// What there is.
        known: Vec<String>,
    },
    /// The base has several tables, and nobody said which.
    WhichTable {
        /// Of which remote.
        remote: String,
        /// What there is.
        known: Vec<String>,
    },
    /// The base has no such table.
    NoTable {
        /// Of which remote.
        remote: String,
        /// What was asked for.
        wanted: String,
        /// What there is.
        known: Vec<String>,
    },
    /// The CRM has no such units.
    UnknownUnits {
        /// What was asked for.
        wanted: Vec<String>,
        /// What there is.
        known: Vec<String>,
    },
    /// The table has no such fields.
    UnknownFields {
        /// What was asked for.
        wanted: Vec<String>,
        /// What there is.
        known: Vec<String>,
    },
    /// The mapping cannot work: these are its faults.
    BrokenMapping {
        /// Of which remote.
        remote: String,
        /// The worst first.
        findings: Vec<Finding>,
    },
    /// There is no such run.
    NoRun {
        /// Which one was asked for.
        run: RunId,
    },
    /// No run of the last ones can be taken back.
    NothingToUndo,
    /// This run cannot be taken back.
    NotUndoable {
        /// Which one.
        run: RunId,
        /// Why.
        why: NotUndoable,
    },
    /// There is no such conflict.
    NoConflict {
        /// What was asked for.
        id: String,
        /// Whether several conflicts are called so.
        is_several: bool,
    },
    /// Somebody edited a value that was in conflict: neither of the two is there any more.
    ConflictMoved {
        /// How people call the deal.
        label: String,
        /// The unit.
        unit: UnitKey,
    },
    /// What is deleted on the other side cannot be marked so.
    Mark {
        /// The unit or field.
        place: String,
        /// The value.
        value: String,
        /// Why not.
        why: MarkFault,
    },
    /// Somebody else changed the configuration since it was read.
    Changed,
    /// The remote does not take the token that was given.
    TokenRefused(connector_core::Error),
    /// The token comes from the environment, which wins over any other.
    TokenOfEnvironment {
        /// Of which remote.
        remote: String,
    },
    /// Nobody has seen yet what a first run of the connection would do.
    FirstRun {
        /// Of which remote.
        remote: String,
    },
    /// A file cannot be read or written.
    File {
        /// Which one.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file is no CSV.
    Csv {
        /// Which one.
        path: PathBuf,
        /// Why.
        source: csv::Error,
    },
    /// A CSV file lacks a column that every deal needs.
    CsvColumns {
        /// Which file.
        path: PathBuf,
        /// The units that no column brings.
        missing: Vec<String>,
    },
    /// The server cannot listen there.
    Listen {
        /// Where.
        address: SocketAddr,
        /// Why.
        source: std::io::Error,
    },
    /// The program is ending: it begins nothing more.
    Closing,
    /// The sandbox did not start.
    Sandbox(StartError),
    /// The demo did not come out as it should: in words of the language.
    Demo(String),
}

/// Why a value cannot mark what was deleted on the other side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MarkFault {
    /// A mark in what is mapped would be an edit, and travel back.
    Mapped,
    /// Nothing of that kind can hold a mark.
    Kind,
    /// It cannot hold this value.
    Value,
    /// The value is missing.
    Empty,
}

/// Why a run cannot be taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotUndoable {
    /// It did not come to its end yet.
    UnderWay,
    /// The log does not reach back so far.
    TooOld {
        /// So many days does it reach back.
        days: i64,
    },
    /// It wrote nothing.
    WroteNothing,
    /// It was taken back before.
    Already {
        /// By this run.
        by: RunId,
    },
    /// Another table is connected now.
    OtherTable,
}

/// Lets `?` turn a part's error into ours.
macro_rules! from {
    ($($variant:ident($error:ty))+) => {$(
        impl From<$error> for Failure {
            fn from(error: $error) -> Self {
                Self::$variant(error)
            }
        }
    )+};
}

from! {
    Open(OpenError)
    Store(StoreError)
    Secrets(SecretsError)
    Remote(connector_core::Error)
    Sandbox(StartError)
}

impl From<EngineError> for Failure {
    fn from(error: EngineError) -> Self {
        match error {
            EngineError::Remote(error) => Self::Remote(error),
            EngineError::Store(error) => Self::Store(error),
            other => Self::Engine(other),
        }
    }
}
