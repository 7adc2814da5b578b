//! The memory of a process that syncs 50,000 deals: the first export of all of them, and a sync with nothing to do.
//!
//! The sandbox runs here; the sync runs in a process of its own, which tells the most memory that it ever held.

use std::env;
use std::process::Command;
use std::sync::Arc;

use anyhow::{Context as _, ensure};
use connector_airtable::{AirtableProvider, Tuning};
use connector_core::engine::{Connection, Engine, Request};
use connector_core::mapping::Mapping;
use connector_core::plan::{Mode, Policy};
use connector_core::provider::{ConnectorSettings, Provider as _};
use connector_core::store::Store as _;
use connector_core::value::Value;
use connector_sandbox::{Sandbox, Settings};
use crm_sync_server::clock::SystemClock;
use crm_sync_server::crm;
use crm_sync_server::store::{Database, DieselStore};
use secrecy::SecretString;

use crate::Figure;

const DEALS: usize = 50_000;
const AIM_MB: f64 = 400.0;

/// The argument that makes this program the one that is measured.
pub(crate) const CHILD: &str = "sync-many";

pub(crate) fn measure() -> anyhow::Result<Vec<Figure>> {
    let sandbox = Sandbox::start(Settings { deals: 0, ..Settings::default() })?;
    let folder = tempfile::tempdir()?;
    let output = Command::new(env::current_exe()?)
        .arg(CHILD)
        .env("BENCH_URL", sandbox.airtable_url())
        .env("BENCH_TOKEN", sandbox.airtable_token())
        .env("BENCH_BASE", sandbox.airtable_base_id())
        .env("BENCH_TABLE", sandbox.airtable_table_id())
        .env("BENCH_DATABASE", folder.path().join("crm.db"))
        .output()?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let kilobytes: f64 = String::from_utf8(output.stdout)?.trim().parse()?;
    let value = kilobytes / 1024.0;
    Ok(vec![Figure {
        what: "most memory of a process that syncs 50,000 deals, SQLite",
        value,
        unit: "MB",
        aim: AIM_MB,
    }])
}

/// The process that is measured: prints the most memory that it held, in kilobytes.
pub(crate) fn sync_many() -> anyhow::Result<u64> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(sync())?;
    let status = std::fs::read_to_string("/proc/self/status").context("only Linux tells its memory so")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("a line VmHWM")?;
    Ok(line.trim().trim_end_matches(" kB").parse()?)
}

async fn sync() -> anyhow::Result<()> {
    let units = crm::units()?;
    let database = Database::sqlite(env::var("BENCH_DATABASE")?);
    let store = DieselStore::open(database, units.clone(), Arc::new(SystemClock)).await?;
    for from in (0..DEALS).step_by(500) {
        let rows = (from..from + 500).map(|number| {
            vec![
                (crm::CLIENT.into(), Value::Text(format!("Société {number}"))),
                (crm::STATUT.into(), Value::Text("prospect".to_owned())),
                (crm::MONTANT_BRUT.into(), Value::Number((1_000 + number).into())),
                (crm::ASSIGNEE.into(), Value::Text("Camille Durand".to_owned())),
                (
                    crm::NOTES.into(),
                    Value::Text(format!("Rappeler le client {number} après la démonstration.")),
                ),
            ]
        });
        for deal in store.import_deals(rows.collect()).await? {
            deal.map_err(anyhow::Error::msg)?;
        }
    }
    let tuning = Tuning { requests_per_base: 10_000, requests_per_token: 10_000, ..Tuning::default() };
    let token = SecretString::from(env::var("BENCH_TOKEN")?);
    let provider = AirtableProvider::tuned(&env::var("BENCH_URL")?, &token, tuning)?;
    let connector = provider.connect(ConnectorSettings {
        base: env::var("BENCH_BASE")?.into(),
        container: env::var("BENCH_TABLE")?.into(),
        create_options: false,
    })?;
    connector.create_key_field("CRM ID").await?;
    let mapping = Mapping::suggest(&units, &connector.schema().await?).mapping;
    let connection =
        Connection { id: "bench".into(), mapping, policy: Policy::default(), create_options: false };
    let engine = Engine::new(connection, connector, Arc::new(store.clone()), Arc::new(SystemClock));
    for run in ["run-1", "run-2"] {
        let report = engine.sync(&Request::new(run, Mode::Sync, "bench")).await?;
        ensure!(report.record.message.is_none(), "{:?}", report.record);
    }
    ensure!(store.state(&"bench".into()).await?.links.len() == DEALS, "every deal has its record");
    Ok(())
}
