//! Where the words go: results to standard output, progress and failures to standard error, and secrets nowhere.

use std::io::{self, BufRead, IsTerminal, Write};
use std::sync::Arc;

use super::progress::Progress;
use crate::logs::{filtered, inert};
use crate::messages::{self, Lang};

/// The terminal, or what stands in for it.
#[derive(Debug, Clone, Copy)]
pub struct Console {
    /// The language of the messages.
    pub lang: Lang,
    /// Whether a program reads: one JSON document and no progress.
    pub json: bool,
}

impl Console {
    /// A result. Whoever closed the pipe does not want to read it.
    pub fn line(&self, text: &str) {
        writeln!(io::stdout().lock(), "{}", shown(text)).ok();
    }

    /// A result under a line of its own.
    pub fn heading(&self, text: &str) {
        underlined(&shown(text));
    }

    /// A result under a line of its own, with the tokens in it: those of our own sandbox, which open nothing else.
    pub fn heading_with_tokens(&self, text: &str) {
        underlined(text);
    }

    /// One JSON document.
    pub fn document(&self, document: &serde_json::Value) {
        writeln!(io::stdout().lock(), "{}", filtered(&format!("{document:#}"))).ok();
    }

    /// Something beside the result.
    pub fn aside(&self, text: &str) {
        writeln!(io::stderr().lock(), "{}", shown(text)).ok();
    }

    /// Shows the steps of a run: a bar on a terminal, plain lines otherwise, nothing beside JSON.
    #[must_use]
    pub fn progress(&self, remote: &str) -> Arc<Progress> {
        let terminal = io::stderr().is_terminal();
        Arc::new(if self.json && !terminal {
            Progress::silent(self.lang, remote)
        } else if terminal {
            Progress::bar(self.lang, remote)
        } else {
            Progress::lines(self.lang, remote)
        })
    }

    /// Whether a person can be asked.
    #[must_use]
    pub fn can_ask(&self) -> bool {
        !self.json && io::stdin().is_terminal() && io::stdout().is_terminal()
    }

    /// Asks a question whose answer is yes or no; no answer is no.
    pub async fn ask(&self, question: &str) -> bool {
        let mut out = io::stdout().lock();
        write!(out, "{}", shown(question)).ok();
        out.flush().ok();
        drop(out);
        let answer = tokio::task::spawn_blocking(|| {
            let mut answer = String::new();
            io::stdin().lock().read_line(&mut answer).ok();
            answer
        });
        answer.await.is_ok_and(|answer| messages::is_yes(&answer))
    }
}

fn underlined(text: &str) {
    let underline = "─".repeat(text.lines().next().map_or(0, |line| line.chars().count()).min(100));
    let mut out = io::stdout().lock();
    writeln!(out, "\n{text}\n{underline}").ok();
    out.flush().ok();
}

/// What a terminal may get of a text: names and messages are other people's words.
fn shown(text: &str) -> String {
    inert(&filtered(text)).into_owned()
}
