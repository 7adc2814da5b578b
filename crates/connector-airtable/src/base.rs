//! What the connectors of one base share: its pace, and what its tables look like.

use std::sync::Arc;

use connector_core::Result;
use connector_http::{Known, Limiter};

use crate::api::BaseApi;
use crate::failure::into_error;
use crate::layout::Layout;

/// A base that a token can see.
#[derive(Debug)]
pub(crate) struct Base {
    pub(crate) pace: Arc<Limiter>,
    layouts: Known<[Arc<Layout>]>,
}

impl Base {
    pub(crate) fn new(pace: Arc<Limiter>) -> Self {
        Self { pace, layouts: Known::default() }
    }

    /// Asks what the tables look like now, or shares the answer to a question that is under way.
    pub(crate) async fn read(&self, api: &BaseApi) -> Result<Arc<[Arc<Layout>]>> {
        self.layouts.read(ask(api)).await
    }

    /// What the tables looked like last, after any question that is under way; asked for if never known.
    pub(crate) async fn settled(&self, api: &BaseApi) -> Result<Arc<[Arc<Layout>]>> {
        self.layouts.settled(ask(api)).await
    }

    /// What the tables looked like last, at once.
    pub(crate) fn last(&self) -> Option<Arc<[Arc<Layout>]>> {
        self.layouts.last()
    }

    /// Forgets what the tables look like, after a change to one.
    pub(crate) fn forget(&self) {
        self.layouts.forget();
    }
}

async fn ask(api: &BaseApi) -> Result<Arc<[Arc<Layout>]>> {
    let answer = api.tables().await.map_err(|failure| into_error(failure, "reading the schema"))?;
    Ok(Layout::of_base(answer.body.tables).into_iter().map(Arc::new).collect())
}
