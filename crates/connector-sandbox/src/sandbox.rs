//! The handle on a running sandbox: addresses, control, and the end when it is dropped.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::airtable::Airtable;
use crate::clock::Clock;
use crate::edit::Edit;
use crate::exchange::Common;
use crate::fault::Fault;
use crate::journal::{Journal, JournalError, Journaled};
use crate::notion::{Notion, NotionGrant};
use crate::provider::Provider;
use crate::providers::Providers;
use crate::remote::Remote;
use crate::server::{Ports, Server};
use crate::settings::{Knobs, Settings, TokenGrant};
use crate::stats::Stats;

/// Why a sandbox did not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// A port could not be bound, or the server could not be set up.
    #[error("cannot listen on 127.0.0.1:{port}: {source}")]
    Listen {
        /// The port that was asked for.
        port: u16,
        /// The system's reason.
        source: std::io::Error,
    },
    /// What was kept of an earlier start cannot be taken up.
    #[error("cannot go on from {path}: {source}")]
    Journal {
        /// The file.
        path: PathBuf,
        /// Why.
        source: JournalError,
    },
    /// The server's thread ended before it served.
    #[error("the server did not come up: {0}")]
    Server(String),
}

/// A running sandbox. Dropping it stops the servers.
///
/// ```
/// use connector_sandbox::{Sandbox, Settings};
///
/// let sandbox = Sandbox::start(Settings { deals: 3, ..Settings::default() })?;
/// assert!(sandbox.airtable_url().starts_with("http://127.0.0.1:"));
/// assert_eq!(sandbox.airtable_record_ids().len(), 3);
/// # Ok::<(), connector_sandbox::StartError>(())
/// ```
#[derive(Debug)]
pub struct Sandbox {
    core: Arc<Core>,
    control_url: String,
    _server: Server,
}

/// What the handle and the control API act on.
#[derive(Debug)]
pub(crate) struct Core {
    pub(crate) common: Arc<Common>,
    pub(crate) providers: Providers,
    journal: Option<Arc<Journal>>,
}

impl Sandbox {
    /// Starts the servers on their own thread; works inside and outside of a Tokio runtime.
    pub fn start(settings: Settings) -> Result<Self, StartError> {
        let clock = Clock::default();
        if let Some(start) = settings.start_at {
            clock.set(start);
        }
        let ports = Ports::bind(&settings)?;
        let providers = Providers {
            airtable: Arc::new(Airtable::new(&settings, &ports.airtable_url())),
            notion: Arc::new(Notion::new(&settings, &ports.notion_url())),
        };
        let open = |path: PathBuf| match Journal::open(&path, &settings, &providers) {
            Ok(journal) => Ok(Arc::new(journal)),
            Err(source) => Err(StartError::Journal { path, source }),
        };
        let journal = settings.journal.clone().map(open).transpose()?;
        let Settings { knobs, gzip, .. } = settings;
        let common = Arc::new(Common::new(clock, knobs));
        let core = Arc::new(Core { common, providers, journal });
        let control_url = ports.control_url();
        let server = Server::run(ports, &core, gzip)?;
        Ok(Self { core, control_url, _server: server })
    }

    /// Airtable's address, without `/v0`.
    #[must_use]
    pub fn airtable_url(&self) -> &str {
        self.core.providers.airtable.site()
    }

    /// A personal access token with every scope.
    #[must_use]
    pub fn airtable_token(&self) -> &str {
        &self.core.providers.airtable.names().token
    }

    /// The id of the seeded base.
    #[must_use]
    pub fn airtable_base_id(&self) -> &str {
        &self.core.providers.airtable.names().base
    }

    /// The id of the Deals table.
    #[must_use]
    pub fn airtable_table_id(&self) -> &str {
        &self.core.providers.airtable.names().table
    }

    /// The id of a field of the Deals table, by its name.
    #[must_use]
    pub fn airtable_field_id(&self, name: &str) -> Option<String> {
        self.core.providers.airtable.field_id(None, name)
    }

    /// The id of a field of another table, by the table's and its name.
    #[must_use]
    pub fn airtable_field_id_in(&self, table: &str, name: &str) -> Option<String> {
        self.core.providers.airtable.field_id(Some(table), name)
    }

    /// The ids of the Deals table's records, in order.
    #[must_use]
    pub fn airtable_record_ids(&self) -> Vec<String> {
        self.core.providers.airtable.record_ids()
    }

    /// A record as the data API shows it, with fields by name; `None` if there is none.
    #[must_use]
    pub fn airtable_record(&self, id: &str) -> Option<Value> {
        self.core.providers.airtable.record(id, self.now())
    }

    /// Notion's address, without `/v1`.
    #[must_use]
    pub fn notion_url(&self) -> &str {
        self.core.providers.notion.site()
    }

    /// A token of a connection with every capability, to which the seeded pages are shared.
    #[must_use]
    pub fn notion_token(&self) -> &str {
        &self.core.providers.notion.names().token
    }

    /// The id of the Deals database.
    #[must_use]
    pub fn notion_database_id(&self) -> &str {
        &self.core.providers.notion.names().database
    }

    /// The id of the Deals data source.
    #[must_use]
    pub fn notion_data_source_id(&self) -> &str {
        &self.core.providers.notion.names().source
    }

    /// The id of a page under which databases may be made.
    #[must_use]
    pub fn notion_parent_page_id(&self) -> &str {
        &self.core.providers.notion.names().parent_page
    }

    /// The id of the connection's own bot, which its writes are by.
    #[must_use]
    pub fn notion_bot_id(&self) -> &str {
        &self.core.providers.notion.names().bot
    }

    /// The id of a property of the Deals data source by its name, as answers show it.
    #[must_use]
    pub fn notion_property_id(&self, name: &str) -> Option<String> {
        self.core.providers.notion.property_id(None, name)
    }

    /// The id of a property of another data source, by the data source's title or id and its name.
    #[must_use]
    pub fn notion_property_id_in(&self, source: &str, name: &str) -> Option<String> {
        self.core.providers.notion.property_id(Some(source), name)
    }

    /// The id of a data source by its title.
    #[must_use]
    pub fn notion_data_source_id_of(&self, title: &str) -> Option<String> {
        self.core.providers.notion.source_id(title)
    }

    /// The ids of the pages in the Deals data source that are not in the trash, in the order of their making.
    #[must_use]
    pub fn notion_page_ids(&self) -> Vec<String> {
        self.core.providers.notion.page_ids()
    }

    /// A page as version 2026-03-11 of the API shows it, shared or not; `None` if there is none.
    #[must_use]
    pub fn notion_page(&self, id: &str) -> Option<Value> {
        self.core.providers.notion.page(id, self.now())
    }

    /// Issues a Notion token that may do this and no more.
    #[must_use]
    pub fn issue_notion_token(&self, grant: NotionGrant) -> String {
        self.core.providers.notion.issue(grant)
    }

    /// Revokes a Notion token; false if it was not issued here.
    #[must_use = "false says that there was no such token"]
    pub fn revoke_notion_token(&self, token: &str) -> bool {
        self.core.providers.notion.revoke(token)
    }

    /// The control API's address.
    #[must_use]
    pub fn control_url(&self) -> &str {
        &self.control_url
    }

    /// What was asked since the start or the last reset.
    #[must_use]
    pub fn stats(&self) -> Stats {
        self.core.common.counter().stats()
    }

    /// Starts counting again from nothing.
    pub fn reset_stats(&self) {
        self.core.common.counter().reset();
    }

    /// Adds a fault to the script.
    pub fn fault(&self, fault: Fault) {
        self.core.common.script().add(fault);
    }

    /// The faults that still wait.
    #[must_use]
    pub fn faults(&self) -> Vec<Fault> {
        self.core.common.script().waiting().to_vec()
    }

    /// Removes all faults.
    pub fn clear_faults(&self) {
        self.core.common.script().clear();
    }

    /// Makes a person's edit and gives what it made; an edit that cannot be made is refused in words.
    pub fn edit(&self, edit: &Edit) -> Result<Value, String> {
        self.core.edit(edit)
    }

    /// The sandbox's time.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.core.common.clock.now()
    }

    /// Moves the clock forward.
    pub fn advance_clock(&self, by: Duration) {
        self.core.common.clock.advance(by);
    }

    /// Sets the clock.
    pub fn set_clock(&self, to: DateTime<Utc>) {
        self.core.common.clock.set(to);
    }

    /// Stops the clock, or lets it run on.
    pub fn freeze_clock(&self, frozen: bool) {
        self.core.common.clock.freeze(frozen);
    }

    /// Issues an Airtable token that may do this and no more.
    #[must_use]
    pub fn issue_token(&self, grant: TokenGrant) -> String {
        self.core.providers.airtable.issue(grant)
    }

    /// Revokes an Airtable token; false if it was not issued here.
    #[must_use = "false says that there was no such token"]
    pub fn revoke_token(&self, token: &str) -> bool {
        self.core.providers.airtable.revoke(token)
    }

    /// The knobs as they are.
    #[must_use]
    pub fn knobs(&self) -> Knobs {
        self.core.common.knobs()
    }

    /// Turns the knobs; limits begin to count anew.
    pub fn set_knobs(&self, knobs: Knobs) {
        self.core.set_knobs(knobs);
    }

    /// Everything that is stored, as JSON.
    #[must_use]
    pub fn world(&self) -> Value {
        self.core.world()
    }
}

impl Core {
    /// A provider as the server asks it.
    pub(crate) fn provider(&self, remote: Remote) -> Arc<dyn Provider> {
        let provider = self.providers.of(remote);
        match &self.journal {
            Some(journal) => Arc::new(Journaled { provider, journal: journal.clone() }),
            None => provider,
        }
    }

    pub(crate) fn edit(&self, edit: &Edit) -> Result<Value, String> {
        let now = self.common.clock.now();
        let make = || self.providers.edit(edit, now);
        match &self.journal {
            Some(journal) => journal.edit(edit, now, make),
            None => make(),
        }
    }

    pub(crate) fn set_knobs(&self, knobs: Knobs) {
        self.common.set_knobs(knobs);
        self.providers.reset_limits();
    }

    pub(crate) fn world(&self) -> Value {
        self.providers.world(self.common.clock.now())
    }
}
