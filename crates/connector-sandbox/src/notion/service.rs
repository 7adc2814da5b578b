//! The provider: checks in the API's order, then the endpoint.

use std::sync::{Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::fault::FaultAnswer;
use crate::id::{Id, Random};
use crate::limit::WindowLimiter;
use crate::notion::auth::{Holder, NotionGrant, Tokens};
use crate::notion::call::Call;
use crate::notion::failure::Failure;
use crate::notion::property::get_item;
use crate::notion::route::{Endpoint, Route};
use crate::notion::seed::{self, Names};
use crate::notion::version::Version;
use crate::notion::world::{Workspace, World};
use crate::notion::{
    blocks, comment, data_sources, databases, file_upload, form, page_markdown, pages, query, search, user,
};
use crate::provider::{Provider, Reply, Request};
use crate::query::Query;
use crate::remote::Remote;
use crate::settings::{Knobs, Settings};

/// Requests of one connection in a window of a minute.
const PER_MINUTE: usize = 180;

/// The largest body.
const MAX_BODY: usize = 500_000;

/// Notion with its state.
#[derive(Debug)]
pub(crate) struct Notion {
    site: String,
    names: Names,
    world: RwLock<World>,
    tokens: RwLock<Tokens>,
    token_ids: Mutex<Random>,
    request_ids: Mutex<Random>,
    limiter: Mutex<WindowLimiter>,
}

impl Notion {
    /// A provider with the seeded workspace, whose address will be `site`.
    pub(crate) fn new(settings: &Settings, site: &str) -> Self {
        let (world, names) = seed::world(settings);
        let notion = Self {
            site: site.to_owned(),
            names,
            world: RwLock::new(world),
            tokens: RwLock::default(),
            token_ids: Mutex::new(Random::new(settings.seed ^ 0x6e_746e)),
            request_ids: Mutex::new(Random::new(settings.seed ^ 0x72_6571)),
            limiter: Mutex::default(),
        };
        notion.give(notion.names.token.clone(), NotionGrant::default(), None);
        notion
    }

    /// The ids that a program needs to begin.
    pub(crate) fn names(&self) -> &Names {
        &self.names
    }

    /// The server's address.
    pub(crate) fn site(&self) -> &str {
        &self.site
    }

    /// Issues a token.
    pub(crate) fn issue(&self, grant: NotionGrant) -> String {
        let (token, workspace) = {
            let mut random = self.token_ids.lock().unwrap_or_else(PoisonError::into_inner);
            let name = grant.workspace.clone();
            (random.notion_token(), name.map(|name| Workspace { id: random.uuid(), name }))
        };
        self.give(token.clone(), grant, workspace);
        token
    }

    /// Revokes a token; false if there is none.
    pub(crate) fn revoke(&self, token: &str) -> bool {
        self.tokens.write().unwrap_or_else(PoisonError::into_inner).revoke(token)
    }

    fn give(&self, token: String, grant: NotionGrant, workspace: Option<Workspace>) {
        // A connection to another workspace has another bot there.
        let bot = workspace.as_ref().map_or(self.names.bot.clone(), |workspace| workspace.id.clone());
        let holder =
            Holder { token, bot, name: self.names.connection.to_owned(), grant, workspace, is_person: false };
        self.tokens.write().unwrap_or_else(PoisonError::into_inner).issue(holder);
    }

    /// The connection that the seeded token is of.
    pub(crate) fn owner(&self) -> Holder {
        Holder {
            token: self.names.token.clone(),
            bot: self.names.bot.clone(),
            name: self.names.connection.to_owned(),
            grant: NotionGrant::default(),
            workspace: None,
            is_person: false,
        }
    }

    pub(crate) fn read(&self) -> RwLockReadGuard<'_, World> {
        self.world.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn write(&self) -> RwLockWriteGuard<'_, World> {
        self.world.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Forgets counted requests.
    pub(crate) fn reset_limits(&self) {
        self.limiter().reset();
    }

    fn limiter(&self) -> MutexGuard<'_, WindowLimiter> {
        self.limiter.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn request_id(&self) -> Id {
        self.request_ids.lock().unwrap_or_else(PoisonError::into_inner).uuid()
    }

    fn call(&self, request: &Request, knobs: &Knobs, now: DateTime<Utc>) -> Result<Value, Failure> {
        let route = Route::find(&request.method, &request.path).ok_or_else(|| nowhere(request))?;
        let holder = {
            let tokens = self.tokens.read().unwrap_or_else(PoisonError::into_inner);
            tokens.identify(request.authorization.as_deref())?
        };
        self.admit(&holder, knobs, now)?;
        let version = Version::read(request.version.as_deref())?;
        if !route.is_in(version) {
            return Err(Failure::nowhere());
        }
        let body = match route.endpoint {
            Endpoint::SendUpload => form::read(&request.body).unwrap_or_default(),
            _ => body(request)?,
        };
        let query = Query::parse(&request.query);
        let call = Call { route, query, body, version, holder, knobs, now, site: &self.site };
        self.dispatch(&call)
    }

    fn admit(&self, holder: &Holder, knobs: &Knobs, now: DateTime<Utc>) -> Result<(), Failure> {
        let admitted = self.limiter().admit(&holder.token, PER_MINUTE, knobs.limits, now);
        // Whole seconds, rounded up: a client that waits so long is admitted again.
        admitted.map_err(|wait| Failure::rate_limited((wait.num_milliseconds() + 999) / 1000))
    }

    fn dispatch(&self, call: &Call<'_>) -> Result<Value, Failure> {
        use Endpoint as E;
        match call.route.endpoint {
            E::Me => Ok(user::me(call, &self.read())),
            E::ListUsers => user::list(call, &self.read()),
            E::GetUser => user::get(call, &self.read()),
            E::Search => search::search(call, &self.read()),
            E::GetDatabase => databases::get(call, &self.read()),
            E::CreateDatabase => self.change(call, databases::create),
            E::UpdateDatabase => self.change(call, databases::update),
            E::QueryDatabase => query::of_database(call, &self.read()),
            E::GetDataSource => data_sources::get(call, &self.read()),
            E::CreateDataSource => self.change(call, data_sources::create),
            E::UpdateDataSource => self.change(call, data_sources::update),
            E::QueryDataSource => query::of_source(call, &self.read()),
            E::ListTemplates => data_sources::templates(call, &self.read()),
            E::CreatePage => self.change(call, pages::create),
            E::GetPage => pages::get(call, &self.read()),
            E::UpdatePage => self.change(call, pages::update),
            E::MovePage => self.change(call, pages::relocate),
            E::GetProperty => get_item(call, &self.read()),
            E::GetBlock => blocks::get(call, &self.read()),
            E::UpdateBlock => self.change(call, blocks::update),
            E::DeleteBlock => self.change(call, blocks::delete),
            E::ListChildren => blocks::list_children(call, &self.read()),
            E::AppendChildren => self.change(call, blocks::append),
            E::ListComments => comment::list(call, &self.read()),
            E::CreateComment => self.change(call, comment::create),
            E::GetComment => comment::get(call, &self.read()),
            E::UpdateComment => self.change(call, comment::update),
            E::DeleteComment => self.change(call, comment::delete),
            E::GetMarkdown => page_markdown::get(call, &self.read()),
            E::UpdateMarkdown => self.change(call, page_markdown::update),
            E::GetTask => page_markdown::get_task(call, &self.read()),
            E::CreateUpload => self.change(call, file_upload::create),
            E::ListUploads => file_upload::list(call, &self.read()),
            E::GetUpload => file_upload::get(call, &self.read()),
            E::SendUpload => self.change(call, file_upload::send),
            E::CompleteUpload => self.change(call, file_upload::complete),
            // Nobody made any.
            E::ListEmojis => Ok(json!({
                "object": "list", "type": "custom_emoji", "results": [], "has_more": false, "next_cursor": null,
            })),
        }
    }

    /// A change that is refused uses up no ids either, so that the journal need not keep it.
    fn change(
        &self,
        call: &Call<'_>,
        work: fn(&Call<'_>, &mut World) -> Result<Value, Failure>,
    ) -> Result<Value, Failure> {
        let mut world = self.write();
        let random = world.random.clone();
        let changed = work(call, &mut world);
        if changed.is_err() {
            world.random = random;
        }
        changed
    }

    /// As an answer with its request's id, in the body and in a header.
    fn reply(&self, status: u16, mut body: Value) -> Reply {
        let id = self.request_id();
        if let Some(object) = body.as_object_mut() {
            object.insert("request_id".to_owned(), json!(&*id));
        }
        let mut reply = Reply::json(status, &body);
        reply.headers.push(("x-notion-request-id", (*id).to_owned()));
        reply
    }

    fn refusal(&self, failure: &Failure) -> Reply {
        let mut reply = self.reply(failure.status, failure.body());
        if let Some(seconds) = failure.retry_after {
            reply.headers.push((crate::exchange::RETRY_AFTER_NAME, seconds.to_string()));
        }
        reply
    }
}

/// The refusal of a path that leads nowhere here.
fn nowhere(request: &Request) -> Failure {
    if Route::is_unplayed(&request.path) {
        return Failure::unplayed(format_args!("{} {}", request.method, request.path));
    }
    Failure::nowhere()
}

/// The JSON body; an empty object where there is none.
fn body(request: &Request) -> Result<Value, Failure> {
    if request.body.len() > MAX_BODY {
        return Err(Failure::too_large());
    }
    if request.body.iter().all(u8::is_ascii_whitespace) {
        return Ok(json!({}));
    }
    serde_json::from_slice(&request.body).map_err(|_| Failure::unparsable())
}

impl Provider for Notion {
    fn remote(&self) -> Remote {
        Remote::Notion
    }

    fn route(&self, method: &str, path: &str) -> &'static str {
        Route::find(method, path).map_or("unrouted", |route| route.template)
    }

    fn answer(&self, request: &Request, knobs: &Knobs, now: DateTime<Utc>) -> Reply {
        match self.call(request, knobs, now) {
            // What is done later is accepted for now.
            Ok(body) if body.get("status") == Some(&json!("queued")) => self.reply(202, body),
            Ok(body) => self.reply(200, body),
            Err(failure) => self.refusal(&failure),
        }
    }

    fn is_kept(&self, request: &Request, status: u16) -> bool {
        let path = request.path.trim_end_matches('/');
        let reads = request.method == "GET" || path.ends_with("/query") || path.ends_with("/search");
        !reads && status < 300
    }

    fn fault(&self, answer: &FaultAnswer, applied: Option<&Reply>) -> Reply {
        let committed = applied
            .and_then(|reply| serde_json::from_slice::<Value>(&reply.body).ok())
            .and_then(|body| body.get("id").and_then(Value::as_str).map(str::to_owned));
        self.refusal(&Failure::scripted(answer, committed.as_deref()))
    }

    fn too_large(&self) -> Reply {
        self.refusal(&Failure::too_large())
    }
}
