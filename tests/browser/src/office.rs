//! The server as a program, a CRM with deals, and the sandbox behind it.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use connector_sandbox::{Knobs, Limits, Sandbox, Settings};

/// What an office starts with.
#[derive(Debug, Clone, Copy)]
pub struct Setup {
    /// Deals in the CRM.
    pub deals: usize,
    /// Records in the table.
    pub records: u32,
    /// Whether the environment gives the token, as an operator would.
    pub has_token: bool,
    /// Whether the table is connected already.
    pub is_connected: bool,
    /// What callers must show.
    pub key: Option<&'static str>,
}

impl Default for Setup {
    fn default() -> Self {
        Self { deals: 6, records: 6, has_token: false, is_connected: false, key: None }
    }
}

impl Setup {
    /// A table that is connected, and nothing synced yet.
    #[must_use]
    pub fn connected() -> Self {
        Self { has_token: true, is_connected: true, ..Self::default() }
    }
}

/// A founder's office: the server, the CRM, the sandbox.
#[derive(Debug)]
pub struct Office {
    /// The remotes.
    pub sandbox: Sandbox,
    /// Where the pages are.
    pub url: String,
    server: Child,
    folder: tempfile::TempDir,
    setup: Setup,
}

impl Office {
    /// Starts all of it.
    #[must_use]
    pub fn open(setup: Setup) -> Self {
        let knobs = Knobs { limits: Limits::Off, ..Knobs::default() };
        let sandbox = Sandbox::start(Settings { deals: setup.records, knobs, ..Settings::default() });
        let sandbox = sandbox.expect("a sandbox");
        let folder = tempfile::tempdir().expect("a folder");
        let csv = folder.path().join("deals.csv");
        std::fs::write(&csv, deals(setup.deals)).expect("a file");
        let mut office = Self { sandbox, url: String::new(), server: idle(), folder, setup };
        office.run(&["import-csv", csv.to_str().expect("a path")]);
        if setup.is_connected {
            let base = office.sandbox.airtable_base_id().to_owned();
            let table = office.sandbox.airtable_table_id().to_owned();
            office.run(&["configure", "airtable", "--base", &base, "--table", &table, "--key-field", "create"]);
        }
        office.serve();
        office
    }

    /// The token that opens the sandbox's Airtable.
    #[must_use]
    pub fn token(&self) -> &str {
        self.sandbox.airtable_token()
    }

    /// Runs a command of the program to its end.
    pub fn run(&self, arguments: &[&str]) {
        let output = self.command().args(arguments).output().expect("the program runs");
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() || output.status.code() == Some(3), "{arguments:?}: {told}");
    }

    fn serve(&mut self) {
        let mut server = self.command();
        server.arg("serve").stdout(Stdio::piped()).stderr(Stdio::null());
        self.server = server.spawn().expect("the server starts");
        let told = self.server.stdout.take().expect("a pipe");
        let line = BufReader::new(told).lines().map_while(Result::ok).find(|line| line.contains("http://"));
        let line = line.expect("the server tells its address");
        let at = line.find("http://").unwrap_or_default();
        line.get(at..).unwrap_or_default().trim().clone_into(&mut self.url);
    }

    fn command(&self) -> Command {
        let mut command = Command::new(program());
        let database = format!("sqlite:{}", self.folder.path().join("crm.db").display());
        command
            .env_clear()
            .env("CRM_SYNC_DATA", self.folder.path())
            .env("CRM_SYNC_BIND", "127.0.0.1:0")
            .env("DATABASE_URL", database)
            .env("AIRTABLE_ENDPOINT_URL", self.sandbox.airtable_url())
            .current_dir(self.folder.path())
            .stdin(Stdio::null());
        if self.setup.has_token {
            command.env("AIRTABLE_TOKEN", self.sandbox.airtable_token());
        }
        if let Some(key) = self.setup.key {
            command.env("CRM_SYNC_API_KEY", key);
        }
        command
    }
}

impl Drop for Office {
    fn drop(&mut self) {
        self.server.kill().ok();
        self.server.wait().ok();
    }
}

/// A process that ended, for as long as there is no server.
fn idle() -> Child {
    Command::new("true").spawn().expect("a process")
}

/// The server's program, beside this one or one folder above: tests are in `deps`.
fn program() -> PathBuf {
    let here = std::env::current_exe().expect("this program's path");
    let name = format!("server-under-test{}", std::env::consts::EXE_SUFFIX);
    let folders = here.ancestors().skip(1).take(2).map(Path::to_owned);
    let found = folders.map(|folder| folder.join(&name)).find(|file| file.exists());
    found.expect("the server is built with the tests: cargo build -p test-browser --bins")
}

/// Deals in the CRM's own export format.
fn deals(count: usize) -> String {
    const NAMES: [&str; 8] = [
        "Boulangerie Lefèvre & Fils",
        "Clinique Saint-Roch",
        "Atelier Morin",
        "Transports Garonne",
        "Hôtel Beauséjour",
        "Verrerie Nord",
        "Cabinet Duval",
        "Menuiserie des Alpes",
    ];
    const STAGES: [&str; 4] = ["prospect", "qualifié", "négociation", "gagné"];
    let mut csv = "Task Name,Status,Due Date,Assignees,Tags,Task Content,Montant Deal\n".to_owned();
    for number in 0..count {
        let name = NAMES.get(number % NAMES.len()).copied().unwrap_or_default();
        let turn = if number < NAMES.len() { String::new() } else { format!(" {number}") };
        let stage = STAGES.get(number % STAGES.len()).copied().unwrap_or_default();
        let amount = 1_200 + number * 350;
        csv.push_str(&format!("{name}{turn},{stage},2026-12-15,Camille Durand,SaaS,Rappeler mardi,{amount}.00\n"));
    }
    csv
}
