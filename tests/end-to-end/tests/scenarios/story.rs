//! A story as it is told: each run with its plan and its log.

use std::fmt::Write as _;
use std::sync::Mutex;

use chrono::TimeDelta;
use connector_core::engine::{Report, Request};
use connector_core::id::{DealId, PlanId};
use connector_core::plan::{Guard, Mode, Op, Plan};
use connector_core::store::{LogEntry, RunStatus};
use connector_core::value::Value;
use connector_sandbox::Edit;
use crm_sync_server::crm;
use end_to_end::{Backend, Tool, Trio};
use serde_json::Value as Json;

/// Three tools, and what happened to them so far.
pub(crate) struct Story {
    pub(crate) trio: Trio,
    told: Mutex<String>,
}

impl Story {
    pub(crate) async fn begin(backend: Backend) -> Self {
        Self { trio: Trio::open(backend).await, told: Mutex::default() }
    }

    /// One deal, in agreement with one remote since ten minutes.
    pub(crate) async fn linked(&self, tool: &Tool, client: &str) -> (DealId, String) {
        let deal = self.trio.add_deal(client).await;
        self.trio.sync(tool).await;
        self.trio.pass(TimeDelta::minutes(10));
        let record = self.trio.linked(tool, &deal).await.unwrap();
        (deal, record.to_string())
    }

    /// Many deals, in agreement with one remote since ten minutes.
    pub(crate) async fn linked_all(&self, tool: &Tool, count: u64) -> Vec<DealId> {
        let rows = (0..count).map(|number| {
            let day = chrono::NaiveDate::from_ymd_opt(2026, 3, 1).unwrap() + chrono::Days::new(number);
            vec![
                (crm::CLIENT.into(), Value::text(format!("Client {number:03}"))),
                (crm::STATUT.into(), Value::text("prospect")),
                (crm::MONTANT_BRUT.into(), Value::Number(1_000.into())),
                (crm::DATE_ECHEANCE.into(), Value::Date(day)),
            ]
        });
        let made = self.trio.store.import_deals(rows.collect()).await.unwrap();
        let deals = made.into_iter().map(|deal| deal.unwrap()).collect();
        self.trio.sync(tool).await;
        self.trio.pass(TimeDelta::minutes(10));
        deals
    }

    /// A person's edit of a record in Airtable.
    pub(crate) fn in_airtable(&self, record: &str, fields: Json) {
        self.trio.sandbox.edit(&Edit::update_record(record, fields)).unwrap();
    }

    /// What a cell of Airtable holds.
    pub(crate) fn cell(&self, record: &str, field: &str) -> Json {
        let record = self.trio.sandbox.airtable_record(record).unwrap_or_default();
        record.pointer(&format!("/fields/{field}")).cloned().unwrap_or_default()
    }

    /// One run, told.
    pub(crate) async fn sync(&self, tool: &Tool) -> Report {
        self.run(tool, self.trio.request()).await
    }

    /// One run that passes these guards, told.
    pub(crate) async fn sync_past(&self, tool: &Tool, guard: Guard) -> Report {
        let mut request = self.trio.request();
        request.overrides.insert(guard);
        self.run(tool, request).await
    }

    pub(crate) async fn run(&self, tool: &Tool, request: Request) -> Report {
        let report = self.trio.engine(tool).sync(&request).await.unwrap();
        self.tell(tool, &report).await;
        report
    }

    /// A plan that is kept, told.
    pub(crate) async fn plan(&self, tool: &Tool, id: &str) -> Plan {
        let plan = self.trio.engine(tool).plan(PlanId::from(id), &self.trio.request()).await.unwrap();
        self.note(&format!("plan for {}\n{plan}", tool.connection.id));
        plan
    }

    /// A kept plan applied, told.
    pub(crate) async fn apply(&self, tool: &Tool, id: &str) -> Report {
        let report = self.trio.engine(tool).apply(&PlanId::from(id), &self.trio.request()).await.unwrap();
        self.tell(tool, &report).await;
        report
    }

    /// Takes a run back, told.
    pub(crate) async fn undo(&self, tool: &Tool, run: &Report) -> Report {
        let logged = self.trio.store.operations(&run.record.id).await.unwrap();
        let log: Vec<LogEntry> = logged.into_iter().map(|line| line.entry).collect();
        let (engine, id) = (self.trio.engine(tool), PlanId::from("undo"));
        engine.plan_undo(id.clone(), &self.trio.request(), &run.record.id, &log).await.unwrap();
        let report = engine.apply(&id, &self.trio.request()).await.unwrap();
        self.tell(tool, &report).await;
        report
    }

    /// Tells of something that is neither a plan nor a log.
    pub(crate) fn note(&self, line: &str) {
        let mut told = self.told.lock().unwrap();
        writeln!(told, "{}", line.trim_end()).unwrap();
    }

    async fn tell(&self, tool: &Tool, report: &Report) {
        let record = &report.record;
        let way = if record.mode == Mode::Sync { "sync" } else { "run" };
        let mut lines = format!("{way} with {}: {}", tool.connection.id, record.status);
        if !record.overrides.is_empty() {
            write!(lines, " ({})", record.overrides.join(", ")).unwrap();
        }
        if let Some(message) = &record.message {
            write!(lines, "\n{message}").unwrap();
        }
        if let Some(plan) = &report.plan {
            write!(lines, "\n{}", plan.to_string().trim_end()).unwrap();
        }
        let log = self.trio.store.operations(&record.id).await.unwrap();
        if !log.is_empty() {
            lines.push_str("\nlog:");
        }
        for line in log {
            write!(lines, "\n  {}", logged(line.entry)).unwrap();
        }
        let counts = record.counts;
        if record.status != RunStatus::Halted && record.status != RunStatus::Failed {
            write!(
                lines,
                "\ncounted: {} unchanged, {} pushed, {} pulled, {} made there, {} made here, {} stale, {} failed, {} ties",
                counts.unchanged,
                counts.pushed,
                counts.pulled,
                counts.created_remote,
                counts.created_crm,
                counts.stale,
                counts.failed,
                counts.ties
            )
            .unwrap();
        }
        self.note(&lines);
    }

    /// All of it, with each record's id as the same words.
    pub(crate) fn told(&self) -> String {
        let told = self.told.lock().unwrap();
        let is_id = |word: &str| {
            let is_record = word.len() == 17 && word.starts_with("rec");
            let is_page = word.len() == 36 && word.matches('-').count() == 4;
            is_record || is_page
        };
        let mut plain = String::with_capacity(told.len());
        let mut word = String::new();
        for c in told.chars().chain(['\n']) {
            if c.is_ascii_alphanumeric() || c == '-' {
                word.push(c);
                continue;
            }
            plain.push_str(if is_id(&word) { "…" } else { &word });
            word.clear();
            plain.push(c);
        }
        plain.trim_end().to_owned()
    }
}

/// A line of the log, as its operation reads in a plan, and what became of it.
fn logged(entry: LogEntry) -> String {
    let op = Op {
        seq: entry.seq,
        action: entry.action,
        deal: entry.deal,
        remote: entry.remote,
        label: entry.label,
        reason: entry.reason,
        changes: entry.changes,
        conflicts: Vec::new(),
        edited: None,
    };
    let why = entry.message.map_or_else(String::new, |why| format!(": {why}"));
    format!("{op} — {}{why}", entry.outcome)
}
