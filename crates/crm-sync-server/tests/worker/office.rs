//! A CRM, an Airtable, and as many servers beside them as a test wants.

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use chrono::TimeDelta;
use connector_core::id::{ConnectionId, RunId};
use connector_core::plan::Mode;
use connector_core::store::{RunRecord, RunStatus, Store as _};
use connector_sandbox::{Edit, Knobs, Sandbox, Settings as SandboxSettings, Stats};
use crm_sync_server::app::{AIRTABLE, App};
use crm_sync_server::service::configure::{KeyField, Wanted, configure};
use crm_sync_server::service::deals_file;
use crm_sync_server::settings::{RemoteSettings, Settings};
use crm_sync_server::store::{Database, RunFilter};
use crm_sync_server::worker::{Job, Work, Worker, WorkerSettings};
use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, SqliteConnection};
use serde_json::json;
use tempfile::TempDir;

/// Which database a test runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Postgres,
    Sqlite,
}

/// How long a dead server's run waits.
pub(crate) const LEASE: TimeDelta = TimeDelta::seconds(3);
/// How long anything in these tests may take.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);
/// So often runs that a dead server left are looked for here.
const TAKEOVER: Duration = Duration::from_millis(200);

pub(crate) struct Office {
    pub(crate) sandbox: Sandbox,
    pub(crate) connection: ConnectionId,
    postgres: Option<test_postgres::Database>,
    folder: TempDir,
}

impl Office {
    /// An office whose table is connected, and empty on both sides.
    pub(crate) async fn open(kind: Kind) -> Self {
        let sandbox = Sandbox::start(SandboxSettings { deals: 0, ..SandboxSettings::default() }).unwrap();
        let postgres = (kind == Kind::Postgres).then(|| test_postgres::CLUSTER.database());
        let folder = tempfile::tempdir().unwrap();
        let mut office = Self { sandbox, connection: "none".into(), postgres, folder };
        let wanted = Wanted {
            base: Some(office.sandbox.airtable_base_id().to_owned()),
            table: Some("Deals".to_owned()),
            key_field: KeyField::Create,
            ..Wanted::default()
        };
        let configured = configure(&office.app().await, AIRTABLE, wanted).await.unwrap().configured;
        office.connection = configured.settings.connection.id;
        office
    }

    pub(crate) async fn app(&self) -> App {
        let database = match &self.postgres {
            Some(database) => database.url().parse().unwrap(),
            None => Database::sqlite(self.folder.path().join("crm.db")),
        };
        let airtable = RemoteSettings {
            endpoint: self.sandbox.airtable_url().to_owned(),
            token: Some(self.sandbox.airtable_token().into()),
        };
        let data = self.folder.path().to_owned();
        App::open(&Settings { database, airtable, data, lease: LEASE, ..Settings::default() }).await.unwrap()
    }

    /// A server of its own beside the database, which looks after what others leave.
    pub(crate) async fn server(&self) -> Worker {
        let settings = WorkerSettings { takeover: TAKEOVER, ..WorkerSettings::default() };
        let worker = Worker::new(self.app().await, settings);
        worker.attend();
        worker
    }

    /// The program, as another process beside the same database.
    pub(crate) fn process(&self, arguments: &[&str]) -> Child {
        let url = match &self.postgres {
            Some(database) => database.url().to_owned(),
            None => format!("sqlite:{}", self.folder.path().join("crm.db").display()),
        };
        Command::new(env!("CARGO_BIN_EXE_crm-sync-server"))
            .args(arguments)
            .current_dir(self.folder.path())
            .env_clear()
            .env("DATABASE_URL", url)
            .env("AIRTABLE_ENDPOINT_URL", self.sandbox.airtable_url())
            .env("AIRTABLE_TOKEN", self.sandbox.airtable_token())
            .env("CRM_SYNC_LEASE", LEASE.num_seconds().to_string())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap()
    }

    /// Adds deals to the CRM.
    pub(crate) async fn deals(&self, count: usize) {
        let mut file = "Task Name,Status,Due Date,Assignees,Tags,Task Content,Montant Deal\n".to_owned();
        for number in 0..count {
            writeln!(file, "Client {number:03},Lead,2026-12-01,Zoé,SaaS,,{}", 1_000 + number).unwrap();
        }
        let app = self.app().await;
        deals_file::import_text(&app, file.as_bytes(), Path::new("deals.csv")).await.unwrap();
    }

    /// Adds records to the table, as a person would.
    pub(crate) fn records(&self, count: usize) {
        for number in 0..count {
            let fields =
                json!({"Name": format!("Ligne {number:03}"), "Amount": 100 + number, "Status": "Lead"});
            self.sandbox.edit(&Edit::create_record(fields)).unwrap();
        }
    }

    /// Makes each answer of the remote wait.
    pub(crate) fn slow_down(&self, latency: Duration) {
        let latency_ms = u64::try_from(latency.as_millis()).unwrap();
        self.sandbox.set_knobs(Knobs { latency_ms, ..self.sandbox.knobs() });
    }

    pub(crate) fn sync(&self) -> Job {
        Job::new(self.connection.clone(), Work::Run { mode: Mode::Sync, only: None }, "test")
    }

    /// All runs, oldest first.
    pub(crate) async fn runs(&self) -> Vec<RunRecord> {
        let runs = self.app().await.store.runs(RunFilter::default(), 100).await.unwrap();
        runs.into_iter().rev().map(|run| run.record).collect()
    }

    /// Waits for a run of that status; its id.
    pub(crate) async fn run_that_is(&self, status: RunStatus) -> RunId {
        until(async || {
            let run = self.runs().await.into_iter().find(|run| run.status == status);
            run.map(|run| run.id)
        })
        .await
    }

    /// Both sides have the same deals, and none twice.
    pub(crate) async fn assert_agreed(&self, count: usize) {
        let ids = self.sandbox.airtable_record_ids();
        let name = |id: &String| {
            self.sandbox.airtable_record(id).unwrap()["fields"]["Name"].as_str().unwrap().to_owned()
        };
        let mut there: Vec<String> = ids.iter().map(name).collect();
        there.sort();
        let app = self.app().await;
        let position = app.units().position("client").unwrap();
        let deals = app.store.deals().await.unwrap();
        let mut here: Vec<String> = deals
            .iter()
            .map(|deal| deal.values[position].to_string().trim_matches(['“', '”']).to_owned())
            .collect();
        here.sort();
        assert_eq!(there, here, "{:#?}", self.runs().await);
        assert_eq!(there.len(), count);
    }

    /// Stops a process where it is, but not in the middle of a transaction on SQLite: its lock on the file would last as
    /// long as the process.
    pub(crate) async fn freeze(&self, process: &Child) {
        until(async || {
            signal(process, "STOP");
            if self.postgres.is_some() || self.may_write() {
                return Some(());
            }
            signal(process, "CONT");
            None
        })
        .await;
    }

    fn may_write(&self) -> bool {
        let file = self.folder.path().join("crm.db");
        let mut conn = SqliteConnection::establish(file.to_str().unwrap()).unwrap();
        conn.batch_execute("PRAGMA busy_timeout = 100; BEGIN IMMEDIATE; ROLLBACK").is_ok()
    }

    /// The requests so far that change something.
    pub(crate) fn writes(&self) -> u64 {
        writes(&self.sandbox.stats())
    }
}

fn writes(stats: &Stats) -> u64 {
    let stats = serde_json::to_value(stats).unwrap();
    let routes = stats["routes"].as_array().cloned().unwrap_or_default();
    let is_read = |route: &serde_json::Value| {
        route["method"] == "GET" || route["route"].as_str().unwrap().ends_with("listRecords")
    };
    routes.iter().filter(|route| !is_read(route)).map(|route| route["requests"].as_u64().unwrap()).sum()
}

/// Waits until there is something to give, and gives it.
pub(crate) async fn until<T>(ask: impl AsyncFn() -> Option<T>) -> T {
    let asking = async {
        loop {
            if let Some(answer) = ask().await {
                return answer;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, asking).await.unwrap()
}

/// Sends a signal to a process by the shell's own `kill`: the program of that name is not on every machine.
pub(crate) fn signal(process: &Child, signal: &str) {
    let sent = Command::new("sh").args(["-c", &format!("kill -{signal} {}", process.id())]).status().unwrap();
    assert!(sent.success());
}
