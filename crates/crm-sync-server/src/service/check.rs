//! The doctor: does the token work, is the table there, what would the mapping lose, what would a sync cost?

use connector_core::Error;
use connector_core::connector::{DealConnector, Listing};
use connector_core::id::{ConnectionId, FieldId};
use connector_core::lens::{Fidelity, Note};
use connector_core::mapping::{Binding, Finding};
use connector_core::provider::Identity;
use connector_core::schema::{FieldKind, Schema};
use connector_core::store::Store;
use connector_core::value::Value;
use futures::StreamExt;

use super::budget::{self, Budget};
use super::connection::{self, Configured};
use super::scopes;
use crate::app::{AIRTABLE, App};
use crate::failure::Failure;

/// How many records are shown.
const SAMPLE: usize = 5;
/// What a sync asks for besides pages and writes: the schema.
const OVERHEAD: usize = 1;

/// What the doctor found. A step that failed leaves the later ones empty.
#[derive(Debug)]
pub struct Checkup {
    /// The remote.
    pub remote: String,
    /// Whose token it is, or why it does not work.
    pub identity: Result<Identity, Error>,
    /// The connection, or why there is none.
    pub configured: Option<Result<Configured, Failure>>,
    /// The table's fields, or why they cannot be read.
    pub schema: Option<Result<Schema, Error>>,
    /// What is wrong with the mapping or lost by it, the worst first.
    pub findings: Vec<Finding>,
    /// What each mapped unit's field is called, and how faithfully it carries values; by the units' position.
    pub carried: Vec<(usize, String, Fidelity)>,
    /// What the token may not do and a sync needs, as far as the remote tells.
    pub missing_scopes: Vec<&'static str>,
    /// How many records there are, or why they cannot be read.
    pub records: Option<Result<Records, Error>>,
    /// A few records as deals.
    pub rows: Vec<SampleRow>,
    /// What a sync would cost.
    pub prediction: Option<Prediction>,
    /// The requests of this month.
    pub budget: Option<Budget>,
}

/// How many records a container has, as one page of a listing tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Records {
    /// Those on the page.
    pub count: usize,
    /// Whether these are all; otherwise there are more.
    pub is_exact: bool,
}

/// A record as a deal: a value for each unit that is mapped, by its position; bodies are not read for it.
#[derive(Debug, Clone)]
pub struct SampleRow {
    /// The values, and what was replaced in reading them.
    pub values: Vec<(usize, Value, Option<Note>)>,
}

/// How many requests a sync costs.
#[derive(Debug, Clone, Copy)]
pub struct Prediction {
    /// Deals in the CRM.
    pub deals: usize,
    /// Records that are linked, as far as known.
    pub linked: usize,
    /// A sync with nothing to do, with as many records as are linked.
    pub idle: usize,
    /// Creating in the remote every deal that is not linked yet, at most.
    pub creations: usize,
    /// How many records one page holds.
    pub page: usize,
    /// How many requests the remote lets through in a minute.
    pub per_minute: usize,
    /// Reading the bodies of the linked records for the first time, at least, if the mapping has them.
    pub bodies: Option<usize>,
}

impl Checkup {
    /// Whether the token works and the remote does not tell what it may do: the first write tells.
    #[must_use]
    pub fn rights_are_untold(&self) -> bool {
        self.identity.as_ref().is_ok_and(|identity| identity.scopes.is_none())
    }

    /// Whether every step went through.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.identity.is_ok()
            && self.missing_scopes.is_empty()
            && !matches!(self.records, Some(Err(_)))
            && self.configured.as_ref().is_some_and(Result::is_ok)
            && self.schema.as_ref().is_some_and(Result::is_ok)
            && self
                .findings
                .iter()
                .all(|finding| finding.severity != connector_core::mapping::Severity::Error)
    }
}

/// Looks at everything that a sync of this remote needs; writes nothing. Three requests, whatever the size of the table,
/// and those for the names of linked records if such are mapped.
pub async fn check(app: &App, remote: &str) -> Result<Checkup, Failure> {
    let provider = app.provider(remote).await?;
    let mut checkup = Checkup {
        remote: remote.to_owned(),
        identity: provider.identity().await,
        configured: None,
        schema: None,
        missing_scopes: Vec::new(),
        findings: Vec::new(),
        carried: Vec::new(),
        records: None,
        rows: Vec::new(),
        prediction: None,
        budget: None,
    };
    let Ok(identity) = &checkup.identity else { return Ok(checkup) };
    checkup.missing_scopes = scopes::missing(identity, scopes::needed(remote));
    let configured = match connection::of_remote(app, remote).await {
        Ok(configured) => configured,
        failed @ Err(_) => {
            checkup.configured = Some(failed);
            return Ok(checkup);
        }
    };
    let connector = connection::connector(app, &configured).await?;
    let link = &configured.settings.connection;
    let mut has_bodies = false;
    match connector.schema().await {
        Err(error) => checkup.schema = Some(Err(error)),
        Ok(schema) => {
            checkup.findings = link.mapping.check(app.units(), &schema);
            let binding = Binding::new(app.units(), &link.mapping, &schema, link.create_options);
            checkup.carried = binding
                .iter()
                .map(|(position, bound)| (position, bound.label.clone(), bound.lens.fidelity()))
                .collect();
            // A body costs a request for each record.
            let is_body =
                |id: &FieldId| schema.field(id).is_some_and(|of| matches!(of.kind, FieldKind::Body));
            has_bodies = binding.iter().any(|(_, bound)| is_body(&bound.field));
            let fields: Vec<FieldId> = binding.fields().into_iter().filter(|id| !is_body(id)).collect();
            checkup.records = match connector.list(Listing::everything(fields.clone())).next().await {
                None => Some(Ok(Records { count: 0, is_exact: true })),
                Some(Err(error)) => Some(Err(error)),
                Some(Ok(page)) => {
                    let shown = page.deals.iter().take(SAMPLE);
                    checkup.rows = shown.map(|deal| sample(&binding, &fields, deal)).collect();
                    let is_exact = page.is_last(&connector.capabilities());
                    Some(Ok(Records { count: page.deals.len(), is_exact }))
                }
            };
            checkup.schema = Some(Ok(schema));
        }
    }
    checkup.prediction = Some(predict(app, connector.as_ref(), &link.id, has_bodies).await?);
    checkup.budget = Some(budget::of(app, &configured).await?);
    checkup.configured = Some(Ok(configured));
    Ok(checkup)
}

/// What a sync of the connection would cost. Asks nobody.
pub async fn predict(
    app: &App,
    connector: &dyn DealConnector,
    connection: &ConnectionId,
    has_bodies: bool,
) -> Result<Prediction, Failure> {
    let capabilities = connector.capabilities();
    let linked = app.store.state(connection).await?.links.len();
    let deals = app.store.deals().await?.len();
    Ok(Prediction {
        deals,
        linked,
        idle: OVERHEAD + linked.div_ceil(capabilities.page.get()).max(1),
        creations: deals.saturating_sub(linked).div_ceil(capabilities.batch.get()),
        page: capabilities.page.get(),
        per_minute: per_minute(connector.remote()),
        bodies: has_bodies.then_some(linked),
    })
}

/// How many requests the remote lets through in a minute.
fn per_minute(remote: &str) -> usize {
    match remote {
        AIRTABLE => connector_airtable::Tuning::default().requests_per_base.saturating_mul(60),
        _ => connector_notion::Tuning::default().requests,
    }
}

fn sample(binding: &Binding, fields: &[FieldId], deal: &connector_core::connector::RemoteDeal) -> SampleRow {
    let decode = |(position, bound): (usize, &connector_core::mapping::Bound)| {
        let decoded = bound.lens.decode(deal.cell(&bound.field));
        (position, decoded.value, decoded.note)
    };
    let read = binding.iter().filter(|(_, bound)| fields.contains(&bound.field));
    SampleRow { values: read.map(decode).collect() }
}
