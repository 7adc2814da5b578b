//! The real server process beside a CRM's database and the remotes on loopback; all that it says is kept.

use std::fs::{self, File};
use std::net::SocketAddr;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use connector_sandbox::{Sandbox, Settings};
use tempfile::TempDir;

use crate::place::{Kind, Place};
use crate::wire::Wire;

/// Longer than any start or end takes on a busy machine.
const PATIENCE: Duration = Duration::from_mins(1);

/// The program under test.
const PROGRAM: &str = env!("CARGO_BIN_EXE_crm-sync-server");

/// What callers must show.
pub(crate) const API_KEY: &str = "Vt7wKq2ZsX9mRb4LnD8c";

/// A house with a door to the network.
pub(crate) struct Premises {
    pub(crate) place: Place,
    pub(crate) sandbox: Sandbox,
    /// The server's own folder.
    pub(crate) data: TempDir,
    /// What the programs said, outside of that folder.
    said: TempDir,
    /// How many programs were started, some of them at once.
    started: AtomicUsize,
    environment: Vec<(String, String)>,
    /// As whom the programs run, if not as we do.
    user: Option<u32>,
}

impl Premises {
    pub(crate) fn new(kind: Kind) -> Self {
        let sandbox = Sandbox::start(Settings { deals: 0, ..Settings::default() }).unwrap();
        let (data, said) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let started = AtomicUsize::new(0);
        Self { place: Place::new(kind), sandbox, data, said, started, environment: Vec::new(), user: None }
    }

    /// With one more variable.
    pub(crate) fn with(mut self, variable: &str, value: &str) -> Self {
        self.environment.push((variable.to_owned(), value.to_owned()));
        self
    }

    /// With programs that run as this user, who may not come to where this machine has built them.
    pub(crate) fn run_by(mut self, user: u32) -> Self {
        fs::copy(PROGRAM, self.data.path().join("program")).unwrap();
        self.user = Some(user);
        self
    }

    /// The database's address, with this password: on a socket PostgreSQL asks nobody for one, and takes any.
    pub(crate) fn url(&self, password: &str) -> String {
        match &self.place {
            Place::Sqlite(folder) => format!("sqlite:{}", folder.path().join("crm.db").display()),
            Place::Postgres(database) => {
                let (user, place) = database.url().split_once('@').unwrap();
                let user =
                    user.rsplit_once(':').filter(|(_, rest)| !rest.starts_with("//")).map_or(user, |it| it.0);
                format!("{user}:{password}@{place}")
            }
        }
    }

    /// The program with these arguments, in this house's environment and no other.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let program = self.user.map_or(PROGRAM.into(), |_| self.data.path().join("program"));
        let mut command = Command::new(program);
        command
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap())
            .env("DATABASE_URL", self.url("unimportant"))
            .env("CRM_SYNC_DATA", self.data.path())
            .env("CRM_SYNC_BIND", "127.0.0.1:0")
            .env("CRM_SYNC_LANG", "en")
            .env("CRM_SYNC_LOG", "json")
            .env("AIRTABLE_ENDPOINT_URL", self.sandbox.airtable_url())
            .env("NOTION_BASE_URL", self.sandbox.notion_url())
            .envs(self.environment.iter().cloned())
            .current_dir(self.data.path())
            .stdin(Stdio::null())
            .args(arguments);
        if let Some(user) = self.user {
            command.uid(user).gid(user);
        }
        command
    }

    /// Starts the server.
    pub(crate) fn serve(&self) -> Server {
        self.try_to_serve().unwrap_or_else(|ended| panic!("{:?}: {}", ended.0, ended.1))
    }

    /// Starts the server; how it ended and what it said, if it did not stay.
    pub(crate) fn try_to_serve(&self) -> Result<Server, (ExitStatus, String)> {
        let number = self.number();
        let path = |stream: &str| self.said.path().join(format!("{number}.{stream}"));
        let (out, err) = (path("out"), path("err"));
        let mut command = self.command(&["serve"]);
        command.stdout(File::create(&out).unwrap()).stderr(File::create(&err).unwrap());
        let mut server = Server { child: command.spawn().unwrap(), address: ([0, 0, 0, 0], 0).into(), err };
        let begun = Instant::now();
        loop {
            let said = fs::read_to_string(&out).unwrap();
            if let Some(address) =
                said.split("http://").nth(1).and_then(|rest| rest.split_whitespace().next())
            {
                server.address = address.parse().unwrap();
                return Ok(server);
            }
            if let Some(status) = server.child.try_wait().unwrap() {
                return Err((status, server.said()));
            }
            assert!(begun.elapsed() < PATIENCE, "it neither listens nor ends: {}", server.said());
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Runs a command of the program to its end; its exit code and all that it said.
    pub(crate) fn run(&self, arguments: &[&str]) -> (i32, String) {
        let output = self.command(arguments).output().unwrap();
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8(said).unwrap();
        fs::write(self.said.path().join(format!("{}.run", self.number())), &said).unwrap();
        (output.status.code().unwrap_or(-1), said)
    }

    /// The number of the next program.
    fn number(&self) -> usize {
        self.started.fetch_add(1, Ordering::Relaxed)
    }

    /// Where all that the programs said lies.
    pub(crate) fn said(&self) -> &Path {
        self.said.path()
    }
}

/// A server that listens; gone with its value.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: SocketAddr,
    err: PathBuf,
}

impl Server {
    /// A caller who shows the key.
    pub(crate) fn wire(&self) -> Wire {
        Wire::to(self.address).with("Authorization", &format!("Bearer {API_KEY}"))
    }

    /// What it has said on standard error so far.
    pub(crate) fn said(&self) -> String {
        fs::read_to_string(&self.err).unwrap()
    }

    /// The lines of its log, once there is one that `is_it`.
    pub(crate) fn logged(&self, is_it: impl Fn(&str) -> bool) -> String {
        let begun = Instant::now();
        loop {
            if let Some(line) = self.said().lines().find(|line| is_it(line)) {
                return line.to_owned();
            }
            assert!(begun.elapsed() < PATIENCE, "no such line in {}", self.said());
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// The memory that it holds, in bytes.
    pub(crate) fn memory(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let held = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        held.split_whitespace().next().unwrap().parse::<u64>().unwrap() * 1024
    }

    /// Asks it to end, as a supervisor does, and waits for it.
    pub(crate) fn stop(mut self) -> ExitStatus {
        let asked = Command::new("kill").arg(self.child.id().to_string()).status().unwrap();
        assert!(asked.success());
        let begun = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(begun.elapsed() < PATIENCE, "it does not end");
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
