//! The end of a process at one of its commits.
//!
//! Diesel tells whoever listens of each statement, before and after. So the program itself need not know that it is to
//! die: [`install`] is called by a `main` of its own, and everything after that is the program as it is shipped.

use std::collections::BTreeSet;
use std::env;
use std::fmt::{self, Write as _};
use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::Path;
use std::process::Command;
use std::sync::{Mutex, OnceLock, PoisonError};

use diesel::connection::{Instrumentation, InstrumentationEvent, set_default_instrumentation};
use rustix::process::{Signal, getpid, kill_process};

/// Where the commits are written down, one a line.
const LOG: &str = "FUSE_LOG";
/// At which commit to die: what it writes, and the how manieth of those, from 1.
const COMMIT: &str = "FUSE_COMMIT";
/// On which side of it: `before` or `after`.
const WHEN: &str = "FUSE_WHEN";

/// On which side of a step a process ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum When {
    /// The step is not done.
    Before,
    /// The step is done, and the process does not hear so.
    After,
}

impl When {
    const fn name(self) -> &'static str {
        match self {
            Self::Before => "before",
            Self::After => "after",
        }
    }
}

/// Has the process that `command` starts die at the `number`th commit that writes into `tables`.
pub fn set(command: &mut Command, tables: &str, number: usize, when: When) {
    command.env(COMMIT, format!("{number} {tables}")).env(WHEN, when.name());
}

/// Has the process that `command` starts write down what each of its commits writes into: the tables' names, by commas.
pub fn log(command: &mut Command, file: &Path) {
    command.env(LOG, file);
}

/// Listens to the commits of this process, from now on.
pub fn install() {
    set_default_instrumentation(|| Some(Box::new(Ear::default()))).expect("nobody else sets it");
}

/// What all connections of the process share.
struct Fuse {
    log: Option<File>,
    tables: String,
    when: &'static str,
    /// How many such commits are still to come, this one included; 0 is never.
    left: usize,
}

fn fuse() -> &'static Mutex<Fuse> {
    static FUSE: OnceLock<Mutex<Fuse>> = OnceLock::new();
    FUSE.get_or_init(|| {
        let log = env::var_os(LOG).map(|path| OpenOptions::new().create(true).append(true).open(path));
        let commit = env::var(COMMIT).unwrap_or_default();
        let (left, tables) = commit.split_once(' ').unwrap_or(("0", ""));
        let is_after = env::var(WHEN).is_ok_and(|when| when == When::After.name());
        Mutex::new(Fuse {
            log: log.transpose().expect("a file to write the commits down in"),
            tables: tables.to_owned(),
            when: if is_after { When::After.name() } else { When::Before.name() },
            left: left.parse().expect("a number of commits"),
        })
    })
}

impl Fuse {
    /// A commit is about to be sent; whether it is the one.
    fn burn(&mut self, tables: &str) -> bool {
        if let Some(log) = &mut self.log {
            writeln!(log, "{tables}").expect("a file");
        }
        if self.left == 0 || tables != self.tables {
            return false;
        }
        self.left -= 1;
        self.left == 0
    }
}

/// Listens to one connection.
#[derive(Debug, Default)]
struct Ear {
    in_transaction: bool,
    /// The tables that the transaction wrote into so far.
    written: BTreeSet<String>,
    /// The process ends when the statement under way has ended.
    last: bool,
}

impl Instrumentation for Ear {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        match event {
            InstrumentationEvent::StartQuery { query, .. } => self.start(&Head::of(query)),
            InstrumentationEvent::FinishQuery { .. } if self.last => die(),
            _ => {}
        }
    }
}

impl Ear {
    fn start(&mut self, statement: &str) {
        let mut words = statement.split_ascii_whitespace();
        let (first, second) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let written = match first {
            "BEGIN" => {
                (self.in_transaction, self.written) = (true, BTreeSet::new());
                return;
            }
            "ROLLBACK" if second != "TO" => {
                (self.in_transaction, self.written) = (false, BTreeSet::new());
                return;
            }
            "COMMIT" => {
                self.in_transaction = false;
                return self.commit();
            }
            "INSERT" | "DELETE" => words.next().unwrap_or_default(),
            "UPDATE" => second,
            _ => return,
        };
        self.written.insert(written.trim_matches(['"', '`', '(']).to_owned());
        if !self.in_transaction {
            self.commit();
        }
    }

    /// What was written is about to last.
    fn commit(&mut self) {
        let written: Vec<String> = std::mem::take(&mut self.written).into_iter().collect();
        if written.is_empty() {
            return;
        }
        let mut fuse = fuse().lock().unwrap_or_else(PoisonError::into_inner);
        if fuse.burn(&written.join(", ")) {
            match fuse.when {
                "before" => die(),
                _ => self.last = true,
            }
        }
    }
}

/// The end, with nothing told to anybody.
fn die() {
    kill_process(getpid(), Signal::KILL).expect("a process may kill itself");
}

/// The beginning of a statement: as much as says what it writes into.
struct Head(String);

impl Head {
    const LENGTH: usize = 120;

    fn of(query: &dyn fmt::Display) -> String {
        let mut head = Self(String::new());
        // It ends with an error once there is enough.
        let _ = write!(head, "{query}");
        head.0
    }
}

impl fmt::Write for Head {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.push_str(text);
        if self.0.len() > Self::LENGTH { Err(fmt::Error) } else { Ok(()) }
    }
}
