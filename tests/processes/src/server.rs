//! One process of the server.

use std::io::{BufRead as _, BufReader};
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Child, Command, ExitStatus, Stdio};

use rustix::process::{Pid, Signal, kill_process};

use crate::client::Client;
use crate::patience::until;

/// A process of the server; killed when dropped.
#[derive(Debug)]
pub struct Server {
    process: Child,
    /// Where it listens, as it told; empty if it ended before.
    pub url: String,
}

impl Server {
    /// Starts it, and waits until it listens or has ended.
    pub async fn start(mut command: Command) -> Self {
        let starting = tokio::task::spawn_blocking(move || {
            let mut process = command.arg("serve").stdout(Stdio::piped()).spawn().expect("the server starts");
            let told = BufReader::new(process.stdout.take().expect("a pipe"));
            let url = told.lines().map_while(Result::ok).find_map(|line| {
                let (_, url) = line.split_once("http://")?;
                Some(format!("http://{}", url.trim()))
            });
            Self { process, url: url.unwrap_or_default() }
        });
        starting.await.expect("the server starts")
    }

    /// Whether it listens, as far as it told.
    #[must_use]
    pub const fn is_up(&self) -> bool {
        !self.url.is_empty()
    }

    /// Somebody who calls it.
    #[must_use]
    pub fn client(&self) -> Client {
        Client::new(&self.url)
    }

    /// Stops it where it is.
    pub fn freeze(&self) {
        self.signal(Signal::STOP);
    }

    /// Has it go on.
    pub fn thaw(&self) {
        self.signal(Signal::CONT);
    }

    /// Asks it to end.
    pub fn terminate(&self) {
        self.signal(Signal::TERM);
    }

    /// Ends it, with nothing told to anybody.
    pub fn kill(&mut self) {
        self.process.kill().expect("a process of ours");
        self.process.wait().expect("a process of ours");
    }

    /// Waits for its end.
    pub async fn ended(&mut self) -> ExitStatus {
        until("a process ends", async || self.status()).await
    }

    /// Whether somebody killed it.
    pub fn is_killed(&mut self) -> bool {
        self.status().is_some_and(|status| status.signal() == Some(Signal::KILL.as_raw()))
    }

    /// How it ended, if it did.
    pub fn status(&mut self) -> Option<ExitStatus> {
        self.process.try_wait().expect("a process of ours")
    }

    /// The process's number, as the system knows it.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.process.id()
    }

    fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.process), signal).expect("a process of ours");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}
