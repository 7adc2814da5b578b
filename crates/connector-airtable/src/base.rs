//! What the connectors of one base share: its pace, and what its tables look like.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use connector_core::Result;
use connector_http::Limiter;

use crate::api::BaseApi;
use crate::failure::into_error;
use crate::layout::Layout;

/// A base that a token can see.
#[derive(Debug)]
pub(crate) struct Base {
    pub(crate) pace: Arc<Limiter>,
    known: Mutex<Known>,
    /// Held while the layouts are read, so that those who need them at the same time share one call.
    reading: tokio::sync::Mutex<()>,
}

#[derive(Debug, Default)]
struct Known {
    layouts: Option<Arc<[Arc<Layout>]>>,
    reads: u64,
}

impl Base {
    pub(crate) fn new(pace: Arc<Limiter>) -> Self {
        Self { pace, known: Mutex::default(), reading: tokio::sync::Mutex::default() }
    }

    /// Asks what the tables look like now, or shares the answer to a question that is under way.
    pub(crate) async fn read(&self, api: &BaseApi) -> Result<Arc<[Arc<Layout>]>> {
        let before = self.known().reads;
        let _turn = self.reading.lock().await;
        {
            let known = self.known();
            if let Some(layouts) = known.layouts.as_ref().filter(|_| known.reads != before) {
                return Ok(Arc::clone(layouts));
            }
        }
        self.ask(api).await
    }

    /// What the tables looked like last, after any question that is under way; asked for if never known.
    pub(crate) async fn settled(&self, api: &BaseApi) -> Result<Arc<[Arc<Layout>]>> {
        let _turn = self.reading.lock().await;
        let known = self.last();
        match known {
            Some(layouts) => Ok(layouts),
            None => self.ask(api).await,
        }
    }

    /// What the tables looked like last, at once.
    pub(crate) fn last(&self) -> Option<Arc<[Arc<Layout>]>> {
        self.known().layouts.clone()
    }

    /// Forgets what the tables look like, after a change to one.
    pub(crate) fn forget(&self) {
        self.known().layouts = None;
    }

    async fn ask(&self, api: &BaseApi) -> Result<Arc<[Arc<Layout>]>> {
        let answer = api.tables().await.map_err(|failure| into_error(failure, "reading the schema"))?;
        let layouts: Arc<[_]> = Layout::of_base(answer.body.tables).into_iter().map(Arc::new).collect();
        let mut known = self.known();
        known.layouts = Some(Arc::clone(&layouts));
        known.reads += 1;
        Ok(layouts)
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
