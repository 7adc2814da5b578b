//! A call under way: what every endpoint needs.

use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::id::Id;
use crate::notion::auth::Holder;
use crate::notion::data_source::DataSource;
use crate::notion::database::Database;
use crate::notion::failure::Failure;
use crate::notion::input::{self, Input};
use crate::notion::page::Page;
use crate::notion::read::Reader;
use crate::notion::route::Route;
use crate::notion::version::Version;
use crate::notion::world::{Stamps, World};
use crate::query::Query;
use crate::settings::Knobs;

/// A routed request of a known connection.
#[derive(Debug)]
pub(crate) struct Call<'a> {
    pub(crate) route: Route,
    pub(crate) query: Query,
    /// The JSON body; an empty object where there is none.
    pub(crate) body: Value,
    pub(crate) version: Version,
    pub(crate) holder: Holder,
    pub(crate) knobs: &'a Knobs,
    pub(crate) now: DateTime<Utc>,
    pub(crate) site: &'a str,
}

impl Call<'_> {
    /// The id of the path.
    pub(crate) fn id(&self) -> Result<Id, Failure> {
        let Route { id, id_name, .. } = &self.route;
        input::uuid(id).ok_or_else(|| {
            Failure::validation(format!(
                "path failed validation: path.{id_name} should be a valid uuid, instead was `{}`.",
                Value::from(id.as_str())
            ))
        })
    }

    pub(crate) fn input(&self) -> Input<'_> {
        Input::body(&self.body)
    }

    pub(crate) fn reader<'w>(&'w self, world: &'w World) -> Reader<'w> {
        Reader { world, version: self.version, holder: &self.holder, now: self.now }
    }

    /// The refusal of an object that is not there or not shared.
    pub(crate) fn not_found(&self, what: &str, id: &str) -> Failure {
        Failure::not_found(what, id, &self.holder.name)
    }

    /// Whether queries and search know of something made then: their index may lag.
    pub(crate) fn is_indexed(&self, stamps: &Stamps) -> bool {
        let lag = i64::try_from(self.knobs.index_lag_ms).unwrap_or(i64::MAX);
        self.now.signed_duration_since(stamps.created).num_milliseconds() >= lag
    }

    /// A page that the connection sees.
    pub(crate) fn page<'w>(&self, world: &'w World, id: &str) -> Result<&'w Page, Failure> {
        let found = world.pages.get(id).filter(|page| self.holder.sees(world, &page.id));
        found.ok_or_else(|| self.not_found("page", id))
    }

    /// A database that the connection sees.
    pub(crate) fn database<'w>(&self, world: &'w World, id: &str) -> Result<&'w Database, Failure> {
        let found = world.databases.get(id).filter(|database| self.holder.sees(world, &database.id));
        found.ok_or_else(|| self.not_found("database", id))
    }

    /// A data source that the connection sees. The words say database, as the service's do.
    pub(crate) fn source<'w>(&self, world: &'w World, id: &str) -> Result<&'w DataSource, Failure> {
        let found = world.sources.get(id).filter(|source| self.holder.sees(world, &source.id));
        found.ok_or_else(|| self.not_found("database", id))
    }

    /// The only data source of a database, for versions and requests that know none.
    pub(crate) fn only_source<'w>(
        &self,
        world: &'w World,
        database: &str,
    ) -> Result<&'w DataSource, Failure> {
        let database = self.database(world, database)?;
        match database.sources.as_slice() {
            [only] => self.source(world, only),
            several => Err(Failure::several_sources(&database.id, several)),
        }
    }
}
