//! A CRM's database, the remotes, and what a server beside them is started with.

use std::fs::OpenOptions;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use connector_core::id::ConnectionId;
use connector_core::store::{RunRecord, Store as _};
use connector_core::value::Value;
use connector_sandbox::{Knobs, Remote, Sandbox, Settings as SandboxSettings};
use crm_sync_server::app::{AIRTABLE, App, NOTION};
use crm_sync_server::crm;
use crm_sync_server::service::configure::{KeyField, Wanted, configure};
use crm_sync_server::settings::{RemoteSettings, Settings};
use crm_sync_server::store::RunFilter;
use end_to_end::{Backend, Premises, writes};
use tempfile::TempDir;

/// A founder's office: any number of servers can stand in it.
#[derive(Debug)]
pub struct Office {
    /// The remotes.
    pub sandbox: Sandbox,
    /// The remote that is connected.
    pub remote: Remote,
    /// The connection to it.
    pub connection: ConnectionId,
    /// The CRM's database.
    pub premises: Premises,
    /// A folder for everything else.
    pub folder: TempDir,
}

/// How long the run of a dead server waits for another: the shortest that may be set, in seconds.
pub(crate) const LEASE: u32 = 3;

impl Office {
    /// An office whose table in Airtable is connected and empty, and whose CRM has so many deals.
    pub async fn open(backend: Backend, deals: usize) -> Self {
        let sandbox = Sandbox::start(SandboxSettings { deals: 0, ..SandboxSettings::default() });
        let sandbox = sandbox.expect("a sandbox");
        let (premises, folder) = (Premises::new(backend), tempfile::tempdir().expect("a folder"));
        let app = open(&premises, &sandbox, folder.path()).await;
        let wanted = Wanted {
            base: Some(sandbox.airtable_base_id().to_owned()),
            table: Some("Deals".to_owned()),
            key_field: KeyField::Create,
            ..Wanted::default()
        };
        let configured = configure(&app, AIRTABLE, wanted).await.expect("a connection").configured;
        let deal = |number: usize| {
            vec![
                (crm::CLIENT.into(), Value::text(format!("Client {number:03}"))),
                (crm::STATUT.into(), Value::text("prospect")),
                (crm::MONTANT_BRUT.into(), Value::Number((1_000 + number).into())),
            ]
        };
        let made = app.store.import_deals((0..deals).map(deal).collect()).await.expect("a database");
        assert!(made.iter().all(Result::is_ok), "{made:?}");
        let connection = configured.settings.connection.id;
        Self { sandbox, remote: Remote::Airtable, connection, premises, folder }
    }

    /// Makes each answer of the remotes wait.
    pub fn slow_down(&self, latency: Duration) {
        let latency_ms = u64::try_from(latency.as_millis()).unwrap_or(u64::MAX);
        self.sandbox.set_knobs(Knobs { latency_ms, ..self.sandbox.knobs() });
    }

    /// How many requests wrote into a remote.
    #[must_use]
    pub fn writes(&self) -> u64 {
        writes(&self.sandbox)
    }

    /// All runs, oldest first.
    pub async fn runs(&self) -> Vec<RunRecord> {
        let runs = self.app().await.store.runs(RunFilter::default(), 100).await.expect("a database");
        runs.into_iter().rev().map(|run| run.record).collect()
    }

    /// Holds both sides against each other: so many deals, each with one record of the same name.
    pub async fn assert_agreed(&self, count: usize) {
        let name = |id: &String| {
            let record = self.sandbox.airtable_record(id).expect("a record");
            record.pointer("/fields/Name").and_then(|name| name.as_str()).unwrap_or_default().to_owned()
        };
        let mut there: Vec<String> = self.sandbox.airtable_record_ids().iter().map(name).collect();
        there.sort();
        let app = self.app().await;
        let position = app.units().position(crm::CLIENT).expect("a unit");
        let client = |values: &[Value]| match values.get(position) {
            Some(Value::Text(text)) => text.clone(),
            other => panic!("a deal without a name: {other:?}"),
        };
        let deals = app.store.deals().await.expect("a database");
        let mut here: Vec<String> = deals.iter().map(|deal| client(&deal.values)).collect();
        here.sort();
        assert_eq!(there, here, "{:#?}", self.runs().await);
        assert_eq!(there.len(), count);
    }

    /// What the connected remote is called.
    #[must_use]
    pub fn remote_name(&self) -> &'static str {
        name(self.remote)
    }

    /// The server's program, ready to be started beside this database and these remotes.
    #[must_use]
    pub fn program(&self) -> Command {
        let mut command = Command::new(program());
        command
            .env_clear()
            .env("DATABASE_URL", self.premises.url())
            .env("CRM_SYNC_DATA", self.folder.path())
            .env("CRM_SYNC_BIND", "127.0.0.1:0")
            .env("CRM_SYNC_LEASE", LEASE.to_string())
            .env("AIRTABLE_ENDPOINT_URL", self.sandbox.airtable_url())
            .env("AIRTABLE_TOKEN", self.sandbox.airtable_token())
            .env("NOTION_BASE_URL", self.sandbox.notion_url())
            .env("NOTION_TOKEN", self.sandbox.notion_token())
            .env("RUST_LOG", "warn,crm_sync_server=info")
            .current_dir(self.folder.path())
            .stdin(Stdio::null());
        // Processes of one office write into one file: each line in one piece, at its end.
        let log = OpenOptions::new().create(true).append(true).open(self.log()).expect("a file");
        command.stderr(log);
        command
    }

    /// What the servers told so far.
    #[must_use]
    pub fn told(&self) -> String {
        std::fs::read_to_string(self.log()).unwrap_or_default()
    }

    fn log(&self) -> PathBuf {
        self.folder.path().join("server.log")
    }

    /// The program's parts, in this process.
    pub async fn app(&self) -> App {
        open(&self.premises, &self.sandbox, self.folder.path()).await
    }
}

impl Drop for Office {
    #[expect(clippy::print_stderr, reason = "a failed test says what the servers told")]
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("{}", self.told());
        }
    }
}

/// What the server calls a remote.
pub(crate) const fn name(remote: Remote) -> &'static str {
    match remote {
        Remote::Airtable => AIRTABLE,
        Remote::Notion => NOTION,
    }
}

/// The program's parts beside a database and the remotes.
pub(crate) async fn open(premises: &Premises, sandbox: &Sandbox, data: &Path) -> App {
    let remote = |endpoint: &str, token: &str| RemoteSettings {
        endpoint: endpoint.to_owned(),
        token: Some(token.into()),
    };
    let settings = Settings {
        database: premises.database(),
        airtable: remote(sandbox.airtable_url(), sandbox.airtable_token()),
        notion: remote(sandbox.notion_url(), sandbox.notion_token()),
        data: data.to_owned(),
        ..Settings::default()
    };
    App::open(&settings).await.expect("the CRM's database")
}

/// The server's program, beside this one or one folder above: tests are in `deps`.
fn program() -> PathBuf {
    let here = std::env::current_exe().expect("this program's path");
    let folders = here.ancestors().skip(1).take(2);
    let found = folders.map(|folder| folder.join("server-with-fuse")).find(|file| file.exists());
    found.expect("the server is built with the tests: cargo build -p test-processes --bins")
}
