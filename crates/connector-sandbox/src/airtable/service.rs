//! The provider: checks in the API's order, then the endpoint.

use std::sync::{Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;

use crate::airtable::auth::{Holder, Tokens};
use crate::airtable::batch::Mode;
use crate::airtable::call::Call;
use crate::airtable::failure::Failure;
use crate::airtable::iterator::Iterators;
use crate::airtable::route::{Endpoint, Route};
use crate::airtable::seed::{self, Names};
use crate::airtable::world::World;
use crate::airtable::{comment, listing, records, schema, upload, webhook};
use crate::fault::FaultAnswer;
use crate::id::Random;
use crate::limit::{Limiter, Rule};
use crate::provider::{Provider, Reply, Request};
use crate::query::Query;
use crate::remote::Remote;
use crate::settings::{Knobs, Settings, TokenGrant};

/// Five requests a second on a base, of all tokens together; then thirty seconds of refusals.
const PER_BASE: Rule = Rule { requests_per_second: 5, penalty: TimeDelta::seconds(30) };

/// Fifty requests a second of one token's user.
const PER_TOKEN: Rule = Rule { requests_per_second: 50, penalty: TimeDelta::seconds(30) };

/// Airtable with its state.
#[derive(Debug)]
pub(crate) struct Airtable {
    site: String,
    names: Names,
    world: RwLock<World>,
    tokens: RwLock<Tokens>,
    token_ids: Mutex<Random>,
    iterators: Mutex<Iterators>,
    limiter: Mutex<Limiter>,
}

impl Airtable {
    /// A provider with the seeded base, whose address will be `site`.
    pub(crate) fn new(settings: &Settings, site: &str) -> Self {
        let (world, names) = seed::world(settings);
        let ttl = TimeDelta::from_std(settings.iterator_ttl).unwrap_or(TimeDelta::MAX);
        let airtable = Self {
            site: site.to_owned(),
            names,
            world: RwLock::new(world),
            tokens: RwLock::default(),
            token_ids: Mutex::new(Random::new(settings.seed ^ 0x70_6174)),
            iterators: Mutex::new(Iterators::new(settings.seed ^ 0x69_7472, ttl)),
            limiter: Mutex::default(),
        };
        let token = airtable.names.token.clone();
        airtable.give(token, TokenGrant::default());
        airtable
    }

    /// The ids that a program needs to begin.
    pub(crate) fn names(&self) -> &Names {
        &self.names
    }

    /// The server's address.
    pub(crate) fn site(&self) -> &str {
        &self.site
    }

    /// Issues a token of the seeded user.
    pub(crate) fn issue(&self, grant: TokenGrant) -> String {
        let token = {
            let mut random = self.token_ids.lock().unwrap_or_else(PoisonError::into_inner);
            format!("{}.{}", random.id("pat"), random.hex64())
        };
        self.give(token.clone(), grant);
        token
    }

    /// Revokes a token; false if there is none.
    pub(crate) fn revoke(&self, token: &str) -> bool {
        self.tokens.write().unwrap_or_else(PoisonError::into_inner).revoke(token)
    }

    fn give(&self, token: String, grant: TokenGrant) {
        let (user, email) = (self.names.user.clone(), self.names.email.clone());
        let mut tokens = self.tokens.write().unwrap_or_else(PoisonError::into_inner);
        tokens.issue(Holder { token, user, email, grant });
    }

    pub(crate) fn read(&self) -> RwLockReadGuard<'_, World> {
        self.world.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn write(&self) -> RwLockWriteGuard<'_, World> {
        self.world.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends every list iterator.
    pub(crate) fn expire_iterators(&self) {
        self.iterators.lock().unwrap_or_else(PoisonError::into_inner).expire();
    }

    /// Forgets counted requests and penalties.
    pub(crate) fn reset_limits(&self) {
        self.limiter().reset();
    }

    fn limiter(&self) -> MutexGuard<'_, Limiter> {
        self.limiter.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn call(&self, request: &Request, knobs: &Knobs, now: DateTime<Utc>) -> Result<Reply, Failure> {
        let route = Route::find(&request.method, &request.path).ok_or_else(Failure::nowhere)?;
        if route.endpoint == Endpoint::Download {
            return Ok(upload::download(&self.read(), &route.expiry, &route.attachment, now));
        }
        let holder = {
            let tokens = self.tokens.read().unwrap_or_else(PoisonError::into_inner);
            tokens.identify(request.authorization.as_deref())?
        };
        self.admit(&route, &holder, knobs, now)?;
        let is_meta = request.path.trim_start_matches('/').starts_with("v0/meta/");
        if knobs.quota_exhausted && !is_meta {
            return Err(Failure::quota(knobs.limit_shape));
        }
        let query = Query::parse(&request.query);
        let call = Call { request, route, query, holder, knobs, now, site: &self.site };
        let body = self.dispatch(&call)?;
        let mut reply = Reply::json(200, &body);
        if matches!(call.route.endpoint, Endpoint::List | Endpoint::ListByPost) {
            let length = reply.body.len().to_string();
            reply.headers.push(("airtable-uncompressed-content-length", length));
        }
        Ok(reply)
    }

    fn admit(
        &self,
        route: &Route,
        holder: &Holder,
        knobs: &Knobs,
        now: DateTime<Utc>,
    ) -> Result<(), Failure> {
        let mut limiter = self.limiter();
        let mut admit = |key: &str, rule| limiter.admit(key, rule, knobs.limits, now);
        let mut admitted = admit(&holder.token, PER_TOKEN);
        if admitted.is_ok() && !route.base.is_empty() {
            admitted = admit(&route.base, PER_BASE);
        }
        admitted.map_err(|wait| {
            // Whole seconds, rounded up: a client that waits so long is admitted again.
            let seconds = (wait.num_milliseconds() + 999) / 1000;
            Failure::rate_limited(knobs.limit_shape, knobs.limit_retry_after.then_some(seconds))
        })
    }

    fn dispatch(&self, call: &Call<'_>) -> Result<Value, Failure> {
        use Endpoint as E;
        match call.route.endpoint {
            E::WhoAmI => Ok(schema::who_am_i(call)),
            E::ListBases => schema::bases(call, &self.read()),
            E::Schema => schema::tables(call, &self.read()),
            E::CreateBase => schema::create_base(call, &mut self.write()),
            E::CreateTable => schema::create_table(call, &mut self.write()),
            E::UpdateTable => schema::update_table(call, &mut self.write()),
            E::CreateField => schema::create_field(call, &mut self.write()),
            E::UpdateField => schema::update_field(call, &mut self.write()),
            E::List => listing::list(call, &self.read(), &self.iterators, false),
            E::ListByPost => listing::list(call, &self.read(), &self.iterators, true),
            E::Get => records::get(call, &self.read()),
            E::Create => records::create(call, &mut self.write()),
            E::Update => records::update(call, &mut self.write(), Mode::Update),
            E::Replace => records::update(call, &mut self.write(), Mode::Replace),
            E::UpdateMany => records::update_many(call, &mut self.write(), Mode::Update),
            E::ReplaceMany => records::update_many(call, &mut self.write(), Mode::Replace),
            E::Delete => records::delete(call, &mut self.write()),
            E::DeleteMany => records::delete_many(call, &mut self.write()),
            E::ListComments => comment::list(call, &self.read()),
            E::CreateComment => comment::create(call, &mut self.write()),
            E::UpdateComment => comment::update(call, &mut self.write()),
            E::DeleteComment => comment::delete(call, &mut self.write()),
            E::ListWebhooks => webhook::list(call, &self.read()),
            E::CreateWebhook => webhook::create(call, &mut self.write()),
            E::DeleteWebhook => webhook::delete(call, &mut self.write()),
            E::Payloads => webhook::payloads(call, &mut self.write()),
            E::RefreshWebhook => webhook::refresh(call, &mut self.write()),
            E::EnableNotifications => webhook::enable(call, &mut self.write()),
            E::Upload => upload::upload(call, &mut self.write()),
            E::Download => Err(Failure::nowhere()),
        }
    }
}

impl Provider for Airtable {
    fn remote(&self) -> Remote {
        Remote::Airtable
    }

    fn route(&self, method: &str, path: &str) -> &'static str {
        Route::find(method, path).map_or("unrouted", |route| route.template)
    }

    fn answer(&self, request: &Request, knobs: &Knobs, now: DateTime<Utc>) -> Reply {
        self.call(request, knobs, now).unwrap_or_else(|failure| failure.reply())
    }

    fn is_kept(&self, request: &Request, status: u16) -> bool {
        let reads = request.method == "GET" || request.path.ends_with("/listRecords");
        // These were turned away at the door. Others may have used up ids, though they changed nothing else.
        !reads && !matches!(status, 401 | 403 | 429)
    }

    fn fault(&self, answer: &FaultAnswer, _applied: Option<&Reply>) -> Reply {
        Failure::scripted(answer).reply()
    }

    fn too_large(&self) -> Reply {
        Failure::too_large().reply()
    }
}
