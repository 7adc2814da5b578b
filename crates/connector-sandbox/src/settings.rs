//! How a sandbox is started, and what may be changed while it runs.

use std::path::PathBuf;
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::fault::Shape;
use crate::limit::Limits;

/// How a sandbox is started. The default suits tests: no limits, no latency, 200 deals, free ports.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Port of the Airtable API on loopback; 0 takes a free one.
    pub airtable_port: u16,
    /// Port of the Notion API on loopback; 0 takes a free one.
    pub notion_port: u16,
    /// Port of the control API on loopback; 0 takes a free one.
    pub control_port: u16,
    /// How many deals there are at first.
    pub deals: u32,
    /// The same seed gives the same ids and values.
    pub seed: u64,
    /// The clock's time at the start; absent: the machine's.
    pub start_at: Option<DateTime<Utc>>,
    /// How long a list's iterator lives after its last page.
    pub iterator_ttl: Duration,
    /// Answers gzip to clients that accept it.
    pub gzip: bool,
    /// The file that keeps the changes for the next start with the same seed and deals; absent: nothing is kept.
    pub journal: Option<PathBuf>,
    /// What may be changed later.
    pub knobs: Knobs,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            airtable_port: 0,
            notion_port: 0,
            control_port: 0,
            deals: 200,
            seed: 7,
            start_at: None,
            iterator_ttl: Duration::from_mins(10),
            gzip: true,
            journal: None,
            knobs: Knobs::default(),
        }
    }
}

/// What may be changed while the sandbox runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Knobs {
    /// The rate limits.
    pub limits: Limits,
    /// Milliseconds added to each answer, without holding others up.
    pub latency_ms: u64,
    /// The body of an answer 429: `object` or `list`; both have been seen.
    pub limit_shape: Shape,
    /// Whether an answer 429 says `Retry-After`.
    pub limit_retry_after: bool,
    /// Whether the workspace's monthly calls are used up: data routes answer 429 for good.
    pub quota_exhausted: bool,
    /// Whether `returnFieldsByFieldId=false` in a query counts as true, as reported of the real server.
    pub strict_booleans: bool,
    /// Milliseconds (of the sandbox's clock) until a new attachment has its size and type.
    pub attachment_delay_ms: u64,
    /// Milliseconds (of the sandbox's clock) until Notion's queries and search know of a new page.
    pub index_lag_ms: u64,
    /// How many rows one Notion query yields in all its pages.
    pub query_row_limit: u32,
    /// How many rows a page of a Notion query holds at most, though more were asked for.
    pub query_page_limit: u32,
}

impl Default for Knobs {
    fn default() -> Self {
        Self {
            limits: Limits::Off,
            latency_ms: 0,
            limit_shape: Shape::Object,
            limit_retry_after: false,
            quota_exhausted: false,
            strict_booleans: false,
            attachment_delay_ms: 1000,
            index_lag_ms: 0,
            query_row_limit: 10_000,
            query_page_limit: 100,
        }
    }
}

/// What a token may do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TokenGrant {
    /// The scopes, in the provider's spelling.
    pub scopes: Vec<String>,
    /// The bases; absent: all.
    pub bases: Option<Vec<String>>,
    /// What its user may do in the bases.
    pub permission: Permission,
}

impl Default for TokenGrant {
    fn default() -> Self {
        Self { scopes: ALL_SCOPES.map(str::to_owned).to_vec(), bases: None, permission: Permission::Create }
    }
}

impl TokenGrant {
    /// A token with exactly these scopes, whose user is an owner of every base.
    #[must_use]
    pub fn scopes(scopes: &[&str]) -> Self {
        Self { scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(), ..Self::default() }
    }

    /// A token with every scope that ends in `:read`.
    #[must_use]
    pub fn read_only() -> Self {
        let mut grant = Self::default();
        grant.scopes.retain(|scope| scope.ends_with(":read"));
        grant
    }
}

/// Every scope of Airtable's documentation.
pub(crate) const ALL_SCOPES: [&str; 8] = [
    "data.records:read",
    "data.records:write",
    "data.recordComments:read",
    "data.recordComments:write",
    "schema.bases:read",
    "schema.bases:write",
    "user.email:read",
    "webhook:manage",
];

/// A user's role on a base, lowest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Permission {
    /// May read.
    Read,
    /// May also comment.
    Comment,
    /// May also write records.
    Edit,
    /// May also change the schema.
    Create,
}

impl Permission {
    /// The provider's word for it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Comment => "comment",
            Self::Edit => "edit",
            Self::Create => "create",
        }
    }
}
