//! What pages and the command line ask for, and the engine does not.

use chrono::{DateTime, Utc};
use connector_core::id::{ConnectionId, DealId, PlanId, RunId, UnitKey};
use connector_core::state::Link;
use connector_core::store::StoreError;
use connector_core::value::Value;
use secrecy::zeroize::Zeroizing;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::columns::Document;
use super::{
    ConfigChange, Connection, ConnectorConfig, DieselStore, Disputed, Held, Logged, NewSyncLog, Refused, Run,
    RunFilter, SyncLog, TokenEdit, Tokens, configs, conflicts, connections, deals, leases, links, migrate,
    operations, plans, runs, sync_logs, tokens,
};

/// The history.
impl DieselStore {
    /// The latest runs, newest first.
    pub async fn runs(&self, filter: RunFilter, limit: u32) -> Result<Vec<Run>, StoreError> {
        self.run(move |conn| runs::list(conn, &filter, limit)).await
    }

    /// The last run of a connection.
    pub async fn last_run(&self, connection: &ConnectionId) -> Result<Option<Run>, StoreError> {
        let filter = RunFilter { connection: Some(connection.clone()), ..RunFilter::default() };
        Ok(self.runs(filter, 1).await?.pop())
    }

    /// One run.
    pub async fn run_of(&self, id: &RunId) -> Result<Option<Run>, StoreError> {
        let id = id.clone();
        self.run(move |conn| runs::find(conn, &id)).await
    }

    /// The run that has the connection now, if one does.
    pub async fn running(&self, connection: &ConnectionId) -> Result<Option<RunId>, StoreError> {
        let (connection, now) = (connection.clone(), self.clock.now());
        self.run(move |conn| leases::holder(conn, &connection, now)).await
    }

    /// Until when `run` has the connection; `None` if it has it no more.
    pub async fn held_until(
        &self,
        connection: &ConnectionId,
        run: &RunId,
    ) -> Result<Option<DateTime<Utc>>, StoreError> {
        let (connection, run, now) = (connection.clone(), run.clone(), self.clock.now());
        self.run(move |conn| leases::held_until(conn, &connection, &run, now)).await
    }

    /// The connection that a kept plan is for, without reading the plan.
    pub async fn plan_head(&self, plan: &PlanId) -> Result<Option<ConnectionId>, StoreError> {
        let plan = plan.clone();
        self.run(move |conn| plans::connection(conn, &plan)).await
    }

    /// Throws a plan away, whether or not there was one; [`StoreError::AlreadyApplied`] if a run applied it.
    pub async fn discard_plan(&self, plan: &PlanId) -> Result<bool, StoreError> {
        let plan = plan.clone();
        self.run(move |conn| conn.write(|conn| plans::discard(conn, &plan))).await
    }

    /// What a run did and tried, in the order of doing it.
    pub async fn operations(&self, run: &RunId) -> Result<Vec<Logged>, StoreError> {
        let run = run.clone();
        self.run(move |conn| operations::of_run(conn, &run)).await
    }

    /// A part of what a run did and tried, in the order of doing it, and how much there is of it.
    pub async fn operations_page(
        &self,
        run: &RunId,
        before: u32,
        limit: u32,
    ) -> Result<(Vec<Logged>, usize), StoreError> {
        let run = run.clone();
        self.run(move |conn| operations::page_of_run(conn, &run, before, limit)).await
    }

    /// Why operations of a run were refused or got no answer, the most frequent reason first.
    pub async fn refused(&self, run: &RunId, limit: u32, names: u32) -> Result<Vec<Refused>, StoreError> {
        let run = run.clone();
        self.run(move |conn| conn.read(|conn| operations::refused(conn, &run, limit, names))).await
    }

    /// What was done to a deal and tried, by all connections, newest first; to go on where a list ended, from before a line
    /// of the log.
    pub async fn deal_history(
        &self,
        deal: &DealId,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<Logged>, StoreError> {
        let deal = deal.clone();
        self.run(move |conn| operations::of_deal(conn, &deal, before, limit)).await
    }

    /// The conflicts of a connection that wait for a person, by deal.
    pub async fn open_conflicts(&self, connection: &ConnectionId) -> Result<Vec<Disputed>, StoreError> {
        let connection = connection.clone();
        self.run(move |conn| conflicts::open(conn, &connection)).await
    }

    /// The conflicts of a deal in all connections, newest first, with the values that lost.
    pub async fn deal_conflicts(&self, deal: &DealId) -> Result<Vec<Disputed>, StoreError> {
        let deal = deal.clone();
        self.run(move |conn| conflicts::of_deal(conn, &deal)).await
    }

    /// The latest conflicts that were decided, by all connections, newest first.
    pub async fn decided_conflicts(&self, limit: u32) -> Result<Vec<Disputed>, StoreError> {
        self.run(move |conn| conflicts::decided(conn, None, 0, limit)).await
    }

    /// A part of them, after the first `before`.
    pub async fn decided_conflicts_page(&self, before: u32, limit: u32) -> Result<Vec<Disputed>, StoreError> {
        self.run(move |conn| conflicts::decided(conn, None, before, limit)).await
    }

    /// How many conflicts were decided, by all connections.
    pub async fn count_decided_conflicts(&self) -> Result<usize, StoreError> {
        self.run(conflicts::count_decided).await
    }

    /// The latest conflicts of a connection that were decided, newest first.
    pub async fn decided_conflicts_of(
        &self,
        connection: &ConnectionId,
        limit: u32,
    ) -> Result<Vec<Disputed>, StoreError> {
        let connection = connection.clone();
        self.run(move |conn| conflicts::decided(conn, Some(&connection), 0, limit)).await
    }

    /// The conflicts whose id begins so, of any connection; at most two.
    pub async fn conflicts_called(&self, start: &str) -> Result<Vec<Disputed>, StoreError> {
        let start = start.to_owned();
        self.run(move |conn| conflicts::called(conn, &start)).await
    }

    /// One conflict.
    pub async fn conflict(
        &self,
        connection: &ConnectionId,
        id: &str,
    ) -> Result<Option<Disputed>, StoreError> {
        let (connection, id) = (connection.clone(), id.to_owned());
        self.run(move |conn| conflicts::find(conn, &connection, &id)).await
    }
}

/// The database itself.
impl DieselStore {
    /// Fails if a run is under way, of any connection.
    pub async fn assert_idle(&self) -> Result<(), StoreError> {
        let now = self.clock.now();
        let holder = self.run(move |conn| leases::any_holder(conn, "%", now)).await?;
        holder.map_or(Ok(()), |run| Err(StoreError::Held(run)))
    }

    /// Takes everything of ours out of the database, and leaves the CRM's. This store is of no use afterwards.
    pub async fn retire(&self) -> Result<(), StoreError> {
        self.run(migrate::retire).await
    }

    /// Asks the database for the least that shows that it is there, with our tables.
    pub async fn ping(&self) -> Result<(), StoreError> {
        self.run(migrate::look).await
    }
}

/// The settings.
impl DieselStore {
    /// All connections, by id.
    pub async fn connections<S>(&self) -> Result<Vec<Connection<S>>, StoreError>
    where
        S: DeserializeOwned + Send + 'static,
    {
        self.run(connections::list).await
    }

    /// One connection.
    pub async fn connection<S>(&self, id: &ConnectionId) -> Result<Option<Connection<S>>, StoreError>
    where
        S: DeserializeOwned + Send + 'static,
    {
        let id = id.clone();
        self.run(move |conn| connections::find(conn, &id)).await
    }

    /// Makes a connection, or gives it other settings; the version of its settings.
    pub async fn save_connection(
        &self,
        id: &ConnectionId,
        provider: &str,
        settings: &impl Serialize,
    ) -> Result<i64, StoreError> {
        let settings = Document::of(settings).map_err(|error| StoreError::Database(error.into()))?;
        let (id, provider, now) = (id.clone(), provider.to_owned(), self.clock.now());
        self.run(move |conn| connections::save(conn, &id, &provider, &settings, now)).await
    }

    /// The CRM's own rows for its remotes.
    pub async fn connector_configs(&self) -> Result<Vec<ConnectorConfig>, StoreError> {
        self.run(configs::list).await
    }

    /// The CRM's own row for one remote.
    pub async fn connector_config(&self, provider: &str) -> Result<Option<ConnectorConfig>, StoreError> {
        let provider = provider.to_owned();
        self.run(move |conn| configs::find(conn, &provider)).await
    }

    /// Makes or changes the CRM's own row for one remote; the row as it is then.
    pub async fn save_connector_config(
        &self,
        provider: &str,
        change: ConfigChange,
    ) -> Result<ConnectorConfig, StoreError> {
        let provider = provider.to_owned();
        self.run(move |conn| configs::save(conn, &provider, &change)).await
    }

    /// What the CRM's own row for one remote holds as its token.
    pub(crate) async fn token(&self, provider: &str) -> Result<Option<Zeroizing<String>>, StoreError> {
        let provider = provider.to_owned();
        self.run(move |conn| tokens::find(conn, &provider)).await
    }

    /// What the CRM's own rows hold as tokens.
    pub(crate) async fn tokens(&self) -> Result<Tokens, StoreError> {
        self.run(tokens::list).await
    }

    /// Reads all tokens and changes some, in one transaction; nothing is changed if `edit` refuses.
    pub(crate) async fn edit_tokens<T, E>(
        &self,
        edit: impl FnMut(&Tokens) -> Result<(Vec<TokenEdit>, T), E> + Send + 'static,
    ) -> Result<Result<T, E>, StoreError>
    where
        T: Send + 'static,
        E: Send + 'static,
    {
        self.run(move |conn| tokens::edit(conn, edit)).await
    }

    /// Wipes replaced tokens from the database's files, if there are any; whether nothing is left of them.
    pub(crate) async fn wipe_tokens(&self) -> Result<bool, StoreError> {
        self.run(tokens::wipe).await
    }

    /// What the database is called: `PostgreSQL`, `SQLite`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        self.kind
    }

    /// Whether the CRM's edits are noted with their times.
    pub async fn edit_times(&self) -> Result<bool, StoreError> {
        self.run(deals::edit_times).await
    }

    /// Has the CRM's edits noted with their times, or not; switched off, the times known so far are forgotten.
    pub async fn set_edit_times(&self, on: bool) -> Result<(), StoreError> {
        self.run(move |conn| deals::set_edit_times(conn, on)).await
    }
}

/// The CRM's side.
impl DieselStore {
    /// What one deal holds now, if the CRM has it.
    pub async fn deal(&self, deal: &DealId) -> Result<Option<Held>, StoreError> {
        let (units, deal) = (self.units.clone(), deal.clone());
        self.run(move |conn| deals::one(conn, &units, &deal)).await
    }

    /// What deals hold now, by id, from after one of them.
    pub async fn deals_page(&self, after: Option<&DealId>, limit: u32) -> Result<Vec<Held>, StoreError> {
        let (units, after) = (self.units.clone(), after.cloned());
        self.run(move |conn| deals::page(conn, &units, after.as_ref(), limit)).await
    }

    /// The links of these deals, of all connections.
    pub async fn deal_links(&self, deals: &[DealId]) -> Result<Vec<(ConnectionId, Link)>, StoreError> {
        let (units, deals) = (self.units.clone(), deals.to_vec());
        self.run(move |conn| links::of_deals(conn, &deals, &units)).await
    }

    /// Adds a deal for each of `rows`, as a person would: its id, or why the CRM cannot keep it. What a row lacks is
    /// empty.
    pub async fn import_deals(
        &self,
        rows: Vec<Vec<(UnitKey, Value)>>,
    ) -> Result<Vec<Result<DealId, String>>, StoreError> {
        let units = self.units.clone();
        self.run(move |conn| deals::import(conn, &units, &rows)).await
    }

    /// Adds a line to the CRM's own list of synchronisations.
    pub async fn add_sync_log(&self, log: NewSyncLog) -> Result<(), StoreError> {
        self.run(move |conn| sync_logs::add(conn, &log)).await
    }

    /// The latest lines of the CRM's own list, of one remote or of all, newest first.
    pub async fn sync_logs(&self, provider: Option<&str>, limit: u32) -> Result<Vec<SyncLog>, StoreError> {
        let provider = provider.map(ToOwned::to_owned);
        self.run(move |conn| sync_logs::list(conn, provider.as_deref(), limit)).await
    }
}
