//! The server as a program, a CRM with deals, and the sandbox behind it.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use connector_sandbox::{Edit, Knobs, Limits, Sandbox, Settings};
use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, SqliteConnection};
use serde_json::json;

/// What an office starts with.
#[derive(Debug, Clone)]
pub struct Setup {
    /// Deals in the CRM.
    pub deals: usize,
    /// Records in each of the remotes.
    pub records: u32,
    /// The remotes that are connected already, with tokens from the environment, as an operator would give them.
    pub connected: &'static [&'static str],
    /// Who wins a conflict.
    pub strategy: &'static str,
    /// What callers must show.
    pub key: Option<&'static str>,
    /// The origins whose pages may call.
    pub origins: String,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            deals: 6,
            records: 6,
            connected: &[],
            strategy: "newest_unit",
            key: None,
            origins: String::new(),
        }
    }
}

impl Setup {
    /// Airtable is connected, and nothing is synced yet.
    pub fn connected() -> Self {
        Self { connected: &["airtable"], ..Self::default() }
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
    pub fn open(setup: Setup) -> Self {
        let knobs = Knobs { limits: Limits::Off, ..Knobs::default() };
        let sandbox = Sandbox::start(Settings { deals: setup.records, knobs, ..Settings::default() });
        let sandbox = sandbox.expect("a sandbox");
        let folder = tempfile::tempdir().expect("a folder");
        let csv = folder.path().join("deals.csv");
        std::fs::write(&csv, deals(setup.deals)).expect("a file");
        let mut office = Self { sandbox, url: String::new(), server: idle(), folder, setup };
        office.run(&["import-csv", csv.to_str().expect("a path")]);
        for remote in office.setup.connected {
            let (base, table) = match *remote {
                "notion" => (office.sandbox.notion_database_id(), office.sandbox.notion_data_source_id()),
                _ => (office.sandbox.airtable_base_id(), office.sandbox.airtable_table_id()),
            };
            let strategy = office.setup.strategy;
            let table = ["--base", base, "--table", table, "--key-field", "create", "--strategy", strategy];
            office.run(&[&["configure", remote], table.as_slice()].concat());
        }
        office.serve();
        office
    }

    /// Runs a command of the program to its end.
    pub fn run(&self, arguments: &[&str]) {
        let output = self.command().args(arguments).output().expect("the program runs");
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() || output.status.code() == Some(3), "{arguments:?}: {told}");
    }

    /// Makes each answer of the remotes wait so many milliseconds.
    pub fn slow_down(&self, latency_ms: u64) {
        self.sandbox.set_knobs(Knobs { latency_ms, ..self.sandbox.knobs() });
    }

    /// What the server wrote into its log.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("server.log")).expect("the log")
    }

    /// Runs statements on the CRM's database, as the CRM does.
    pub fn execute(&self, sql: &str) {
        let path = self.database();
        let mut conn = SqliteConnection::establish(path.to_str().expect("a path")).expect("the database");
        conn.batch_execute("PRAGMA busy_timeout = 20000").expect("a setting");
        conn.batch_execute(sql).expect("a statement");
    }

    /// Edits a remote as a person does in its app.
    pub fn edit(&self, edit: &Edit) {
        self.sandbox.edit(edit).expect("an edit");
    }

    /// The CRM and Airtable change the same amount, which both agree on so far: by 150 and by 200.
    pub fn disagree(&self) {
        self.execute("UPDATE deals SET montant_brut = montant_brut + 150 WHERE id = 1");
        let is_first = |id: &String| {
            let record = self.sandbox.airtable_record(id).unwrap_or_default();
            record["fields"]["CRM ID"] == "1"
        };
        let record = self.sandbox.airtable_record_ids().into_iter().find(is_first).expect("the first deal");
        let amount = self.sandbox.airtable_record(&record).expect("a record")["fields"]["Amount"].as_f64();
        self.edit(&Edit::update_record(&record, json!({"Amount": amount.unwrap_or_default() + 200.0})));
    }

    /// The tokens that open the sandbox, and the key of the server: what nobody may ever see.
    pub fn secrets(&self) -> Vec<&str> {
        let tokens = [self.sandbox.airtable_token(), self.sandbox.notion_token()];
        tokens.into_iter().chain(self.setup.key).collect()
    }

    fn database(&self) -> PathBuf {
        self.folder.path().join("crm.db")
    }

    fn serve(&mut self) {
        let log = File::create(self.folder.path().join("server.log")).expect("a file");
        let mut server = self.command();
        server.arg("serve").env("RUST_LOG", "debug").stdout(Stdio::piped()).stderr(log);
        self.server = server.spawn().expect("the server starts");
        let told = self.server.stdout.take().expect("a pipe");
        let line = BufReader::new(told).lines().map_while(Result::ok).find(|line| line.contains("http://"));
        let line = line.unwrap_or_else(|| panic!("the server tells its address:\n{}", self.log()));
        let at = line.find("http://").unwrap_or_default();
        let url = line.get(at..).and_then(|url| url.split_whitespace().next()).unwrap_or_default();
        url.trim_end_matches('/').clone_into(&mut self.url);
    }

    fn command(&self) -> Command {
        let mut command = program();
        command
            .env_clear()
            .env("CRM_SYNC_DATA", self.folder.path())
            .env("CRM_SYNC_BIND", "127.0.0.1:0")
            .env("DATABASE_URL", format!("sqlite:{}", self.database().display()))
            .env("AIRTABLE_ENDPOINT_URL", self.sandbox.airtable_url())
            .env("NOTION_BASE_URL", self.sandbox.notion_url())
            .current_dir(self.folder.path())
            .stdin(Stdio::null());
        for remote in self.setup.connected {
            match *remote {
                "notion" => command.env("NOTION_TOKEN", self.sandbox.notion_token()),
                _ => command.env("AIRTABLE_TOKEN", self.sandbox.airtable_token()),
            };
        }
        if let Some(key) = self.setup.key {
            command.env("CRM_SYNC_API_KEY", key);
        }
        if !self.setup.origins.is_empty() {
            command.env("CRM_SYNC_ALLOWED_ORIGINS", &self.setup.origins);
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
pub fn program() -> Command {
    let here = std::env::current_exe().expect("this program's path");
    let name = format!("server-under-test{}", std::env::consts::EXE_SUFFIX);
    let folders = here.ancestors().skip(1).take(2).map(Path::to_owned);
    let found = folders.map(|folder| folder.join(&name)).find(|file| file.exists());
    Command::new(found.expect("the server is built with the tests: cargo build -p test-browser --bins"))
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
        let line = format!("{name}{turn},{stage},2026-12-15,Camille Durand,SaaS,Rappeler mardi,{amount}.00");
        writeln!(csv, "{line}").expect("text");
    }
    csv
}
