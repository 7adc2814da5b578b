//! A founder's office: an Airtable on loopback, a folder with a CRM, and the program.

use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use connector_sandbox::{Edit, Remote, Sandbox, Settings};
use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, PgConnection, SqliteConnection};
use serde_json::{Value, json};
use tempfile::TempDir;

/// The variables that the program reads: none of the machine's own must reach it.
const VARIABLES: [&str; 14] = [
    "DATABASE_URL",
    "AIRTABLE_TOKEN",
    "NOTION_TOKEN",
    "CRM_SYNC_LANG",
    "CRM_SYNC_DATA",
    "AIRTABLE_ENDPOINT_URL",
    "NOTION_BASE_URL",
    "CRM_SYNC_LOG",
    "CRM_SYNC_BIND",
    "CRM_SYNC_API_KEY",
    "CRM_SYNC_SECRET_KEY",
    "CRM_SYNC_PREVIOUS_SECRET_KEY",
    "CRM_SYNC_ALLOWED_ORIGINS",
    "CRM_SYNC_LEASE",
];

/// An office with an empty CRM and an empty table.
pub(crate) struct Office {
    pub(crate) sandbox: Sandbox,
    pub(crate) folder: TempDir,
    postgres: Option<test_postgres::Database>,
}

/// Which database the CRM is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Postgres,
    Sqlite,
}

/// What a command said and how it ended.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Said {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// With ordinary blanks.
    pub(crate) fn text(&self) -> String {
        self.out.replace('\u{a0}', " ")
    }
}

impl From<Output> for Said {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

/// The program in a folder, with an environment of its own.
pub(crate) fn program(folder: &TempDir) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_crm-sync-server"));
    for variable in VARIABLES {
        command.env_remove(variable);
    }
    command.current_dir(folder.path()).stdin(Stdio::null());
    command
}

impl Office {
    pub(crate) fn open() -> Self {
        let sandbox = Sandbox::start(Settings { deals: 0, ..Settings::default() }).unwrap();
        Self { sandbox, folder: tempfile::tempdir().unwrap(), postgres: None }
    }

    /// The same with the CRM on this database.
    pub(crate) fn open_beside(kind: Kind) -> Self {
        let postgres = (kind == Kind::Postgres).then(|| test_postgres::CLUSTER.database());
        Self { postgres, ..Self::open() }
    }

    /// One whose table is connected, with a field for the deals' ids.
    pub(crate) fn connected() -> Self {
        Self::connected_beside(Kind::Sqlite)
    }

    pub(crate) fn connected_beside(kind: Kind) -> Self {
        let office = Self::open_beside(kind);
        let said = office.run(&[
            "configure",
            "airtable",
            "--base",
            office.base(),
            "--table",
            "Deals",
            "--key-field",
            "create",
        ]);
        assert_eq!(said.code, 0, "{said:?}");
        office
    }

    pub(crate) fn base(&self) -> &str {
        self.sandbox.airtable_base_id()
    }

    /// One whose Notion database is connected, with a property for the deals' ids.
    pub(crate) fn connected_to_notion() -> Self {
        let office = Self::open();
        let said = office.run(&["configure", "notion", "--base", "Deals", "--key-field", "create"]);
        assert_eq!(said.code, 0, "{said:?}");
        office
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = program(&self.folder);
        command
            .env("AIRTABLE_ENDPOINT_URL", self.sandbox.airtable_url())
            .env("AIRTABLE_TOKEN", self.sandbox.airtable_token())
            .env("NOTION_BASE_URL", self.sandbox.notion_url())
            .env("NOTION_TOKEN", self.sandbox.notion_token())
            .args(arguments);
        if let Some(database) = &self.postgres {
            command.env("DATABASE_URL", database.url());
        }
        command
    }

    /// Has the CRM write into its own database.
    pub(crate) fn crm(&self, sql: &str) {
        if let Some(database) = &self.postgres {
            return PgConnection::establish(database.url()).unwrap().batch_execute(sql).unwrap();
        }
        let file = self.folder.path().join("data/crm.db");
        SqliteConnection::establish(file.to_str().unwrap()).unwrap().batch_execute(sql).unwrap();
    }

    /// What a cell of a record holds.
    pub(crate) fn cell(&self, record: &str, field: &str) -> Value {
        self.sandbox.airtable_record(record).unwrap()["fields"][field].clone()
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Said {
        self.command(arguments).output().unwrap().into()
    }

    /// Adds a record, as a person would; its id.
    pub(crate) fn record(&self, client: &str, amount: i64, status: &str) -> String {
        let fields = json!({"Name": client, "Amount": amount, "Status": status});
        let made = self.sandbox.edit(&Edit::create_record(fields)).unwrap();
        made["id"].as_str().unwrap().to_owned()
    }

    /// Adds a page to Notion's deals, as a person would; its id.
    pub(crate) fn page(&self, client: &str, amount: i64, status: &str) -> String {
        let fields = json!({"Name": client, "Amount": amount, "Status": status});
        let made = self.sandbox.edit(&Edit::create_record(fields).of(Remote::Notion)).unwrap();
        made["id"].as_str().unwrap().to_owned()
    }

    /// The names of Notion's deals.
    pub(crate) fn notion_clients(&self) -> Vec<String> {
        let pages = self.sandbox.notion_page_ids();
        let name = |id: &String| {
            let page = self.sandbox.notion_page(id).unwrap();
            page["properties"]["Name"]["title"][0]["plain_text"].as_str().unwrap_or("").to_owned()
        };
        let mut names: Vec<String> = pages.iter().map(name).collect();
        names.sort();
        names
    }

    /// The names of all records.
    pub(crate) fn clients(&self) -> Vec<String> {
        let ids = self.sandbox.airtable_record_ids();
        let record = |id: &String| self.sandbox.airtable_record(id).unwrap();
        let mut names: Vec<String> =
            ids.iter().map(|id| record(id)["fields"]["Name"].as_str().unwrap_or("").to_owned()).collect();
        names.sort();
        names
    }

    /// Adds deals to the CRM from a CSV file with its headings.
    pub(crate) fn deals(&self, rows: &[&str]) -> Said {
        self.run(&["import-csv", self.csv(rows).to_str().unwrap()])
    }

    pub(crate) fn csv(&self, rows: &[&str]) -> PathBuf {
        let path = self.folder.path().join("deals.csv");
        let heading = "Task Name,Status,Due Date,Assignees,Tags,Task Content,Montant Deal\n";
        std::fs::write(&path, format!("{heading}{}\n", rows.join("\n"))).unwrap();
        path
    }

    /// The requests so far that change something.
    pub(crate) fn writes(&self) -> u64 {
        let stats = serde_json::to_value(self.sandbox.stats()).unwrap();
        let routes = stats["routes"].as_array().cloned().unwrap_or_default();
        let changes = |route: &&Value| {
            let address = route["route"].as_str().unwrap();
            let reads = ["listRecords", "/query", "/search"];
            route["method"] != "GET" && !reads.iter().any(|read| address.ends_with(read))
        };
        routes.iter().filter(changes).map(|route| route["requests"].as_u64().unwrap()).sum()
    }
}
