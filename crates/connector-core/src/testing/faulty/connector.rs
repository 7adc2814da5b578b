//! A connector on which little can be relied.

use async_trait::async_trait;
use futures::stream::BoxStream;

use super::listing::faulty_listing;
use super::traffic::Traffic;
use super::weather::{Call, CallKind, Fate, Faults, Weather};
use crate::connector::{
    Capabilities, Change, DealConnector, Listing, Outcome, Page, Presence, RemoteDeal, Usage,
};
use crate::error::Result;
use crate::id::{FieldId, RemoteId};
use crate::schema::{Field, Schema};
use crate::testing::Fuse;

/// A connector that keeps the contract and is as awkward as the contract lets it be, drawn from a seed.
///
/// Calls fail, answers are lost although the change was made, half of a batch is done, listings come in any order, with
/// rows twice, or are cut off; calls take their time; people work between two calls; the process ends at a chosen call.
/// The seed should be printed by the test that uses it.
#[derive(Debug)]
pub struct Faulty<C> {
    inner: C,
    weather: Weather,
    traffic: Traffic,
}

impl<C: DealConnector> Faulty<C> {
    /// Wraps a connector, without any fault yet.
    #[must_use]
    pub fn new(inner: C, seed: u64) -> Self {
        let weather = Weather::new(inner.remote(), seed);
        Self { inner, weather, traffic: Traffic::default() }
    }

    /// With these faults.
    #[must_use]
    pub fn with(mut self, faults: Faults) -> Self {
        self.weather.faults = faults;
        self
    }

    /// With a process that ends when `fuse` blows; each call is a step.
    #[must_use]
    pub fn fused(mut self, fuse: Fuse) -> Self {
        self.weather.fuse = fuse;
        self
    }

    /// Lets people work: `hook` runs just before each call.
    #[must_use]
    pub fn on_call(mut self, hook: impl Fn(Call) + Send + Sync + 'static) -> Self {
        self.weather.hook = Some(std::sync::Arc::new(hook));
        self
    }

    /// The connector inside.
    pub fn inner(&self) -> &C {
        &self.inner
    }

    /// How many calls there were, failed ones included.
    #[must_use]
    pub fn calls(&self) -> u64 {
        self.weather.calls()
    }

    /// The most writes that were under way at once.
    #[must_use]
    pub fn most_in_flight(&self) -> usize {
        self.traffic.most()
    }

    /// How often a change was sent while another one of the same deal was under way, which nobody may do.
    #[must_use]
    pub fn collisions(&self) -> usize {
        self.traffic.collisions()
    }
}

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl<C: DealConnector> DealConnector for Faulty<C> {
    fn remote(&self) -> &'static str {
        self.inner.remote()
    }

    fn capabilities(&self) -> Capabilities {
        self.inner.capabilities()
    }

    fn usage(&self) -> Usage {
        self.inner.usage()
    }

    async fn schema(&self) -> Result<Schema> {
        let step = self.weather.enter(CallKind::Schema).await?;
        let answer = self.inner.schema().await?;
        self.weather.leave(step, answer)
    }

    fn list(&self, listing: Listing) -> BoxStream<'static, Result<Page>> {
        let page = self.inner.capabilities().page;
        faulty_listing(self.inner.list(listing), self.weather.clone(), page)
    }

    async fn read(&self, ids: &[RemoteId], fields: &[FieldId]) -> Result<Vec<Presence>> {
        let step = self.weather.enter(CallKind::Read).await?;
        let answer = self.inner.read(ids, fields).await?;
        self.weather.leave(step, answer)
    }

    async fn find(&self, field: &FieldId, keys: &[String], fields: &[FieldId]) -> Result<Vec<RemoteDeal>> {
        let step = self.weather.enter(CallKind::Find).await?;
        let mut answer = self.inner.find(field, keys, fields).await?;
        if self.weather.faults.shuffle {
            self.weather.shuffle(&mut answer);
        }
        self.weather.leave(step, answer)
    }

    async fn write(&self, changes: Vec<Change>) -> Vec<Outcome> {
        let _passage = self.traffic.enter(&changes);
        let step = self.weather.begin(CallKind::Write).await;
        let fates: Vec<Fate> = changes.iter().map(|_| self.weather.fate(step)).collect();
        let sent: Vec<Change> = changes
            .into_iter()
            .zip(&fates)
            .filter(|(_, fate)| matches!(fate, Fate::Done | Fate::Lost))
            .map(|(change, _)| change)
            .collect();
        let done = if sent.is_empty() { Vec::new() } else { self.inner.write(sent).await };
        let mut done = done.into_iter();
        let outcome = |fate| match fate {
            Fate::Done => done.next().unwrap_or_else(|| Outcome::Unknown(self.weather.fault())),
            Fate::Lost => {
                // Whatever it was, nobody hears it.
                drop(done.next());
                Outcome::Unknown(self.weather.fault())
            }
            Fate::Refused => Outcome::Refused(self.weather.fault()),
            Fate::Vanished => Outcome::Unknown(self.weather.fault()),
        };
        fates.into_iter().map(outcome).collect()
    }

    async fn create_key_field(&self, name: &str) -> Result<Field> {
        let step = self.weather.enter(CallKind::CreateKeyField).await?;
        let answer = self.inner.create_key_field(name).await?;
        self.weather.leave(step, answer)
    }
}
