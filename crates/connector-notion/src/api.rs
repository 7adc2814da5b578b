//! Notion's REST calls, one function each, without logic.

use connector_core::id::FieldId;
use connector_http::{Answer, Failure, Http, Method, Repeat, Request};
use serde_json::{Value, json};

use crate::property_id;
use crate::version::Version;
use crate::wire;

type Result<T> = std::result::Result<Answer<T>, Failure>;

/// The most results of a page of any list.
pub(crate) const PAGE: usize = 100;

/// The calls with one token, in one version.
#[derive(Debug, Clone)]
pub(crate) struct Api {
    pub(crate) http: Http,
    pub(crate) version: Version,
}

impl Api {
    /// The bot that the token belongs to.
    pub(crate) async fn me(&self) -> Result<wire::User> {
        self.http.send(&Request::new(Method::GET, ["v1", "users", "me"])).await
    }

    /// One page of the workspace's people and bots, guests left out.
    pub(crate) async fn users(&self, cursor: Option<&str>) -> Result<wire::List<wire::User>> {
        self.http.send(&page_of(Request::new(Method::GET, ["v1", "users"]), cursor)).await
    }

    /// One page of the data sources that the token can see.
    pub(crate) async fn search(&self, cursor: Option<&str>) -> Result<wire::List<wire::Container>> {
        let mut body = json!({
            "filter": {"property": "object", "value": self.version.table().object},
            "page_size": PAGE,
        });
        if let (Some(cursor), Some(body)) = (cursor, body.as_object_mut()) {
            body.insert("start_cursor".to_owned(), cursor.into());
        }
        let request = Request::new(Method::POST, ["v1", "search"]).repeat(Repeat::Always);
        self.http.send(&request.json(&body)?).await
    }

    /// A database: what it is called and which data sources it holds.
    pub(crate) async fn database(&self, id: &str) -> Result<wire::Container> {
        self.http.send(&Request::new(Method::GET, ["v1", "databases", id])).await
    }

    /// A data source with its properties.
    pub(crate) async fn data_source(&self, id: &str) -> Result<wire::Container> {
        self.http.send(&Request::new(Method::GET, ["v1", self.version.table().path, id])).await
    }

    /// Changes the properties of a data source. Doing so twice is as good as once.
    pub(crate) async fn define(&self, id: &str, properties: &Value) -> Result<wire::Container> {
        let request = Request::new(Method::PATCH, ["v1", self.version.table().path, id]);
        self.http.send(&request.repeat(Repeat::Always).json(&json!({ "properties": properties }))?).await
    }

    /// One page of a data source's pages, with these properties.
    pub(crate) async fn query(
        &self,
        source: &str,
        properties: &[FieldId],
        query: &wire::Query,
    ) -> Result<wire::List<wire::Page>> {
        let request = Request::new(Method::POST, ["v1", self.version.table().path, source, "query"]);
        let request = only(request.repeat(Repeat::Always), properties);
        self.http.send(&request.json(query)?).await
    }

    /// One page, with these properties.
    pub(crate) async fn page(&self, id: &str, properties: &[FieldId]) -> Result<wire::Page> {
        self.http.send(&only(Request::new(Method::GET, ["v1", "pages", id]), properties)).await
    }

    /// Makes a page. It is not repeated once it may have been done.
    pub(crate) async fn create_page(&self, page: &wire::NewPage<'_>) -> Result<wire::Page> {
        self.http.send(&Request::new(Method::POST, ["v1", "pages"]).json(page)?).await
    }

    /// Changes what a page holds in some properties.
    pub(crate) async fn update_page(&self, id: &str, update: &wire::PageUpdate<'_>) -> Result<wire::Page> {
        let request = Request::new(Method::PATCH, ["v1", "pages", id]).repeat(Repeat::Always);
        self.http.send(&request.json(update)?).await
    }

    /// Puts a page into the trash, or takes it out.
    pub(crate) async fn trash_page(&self, id: &str, trashed: bool) -> Result<wire::Page> {
        let request = Request::new(Method::PATCH, ["v1", "pages", id]).repeat(Repeat::Always);
        self.http.send(&request.json(&json!({ self.version.trash_key(): trashed }))?).await
    }

    /// One page of what a page holds in one property, however much it is.
    pub(crate) async fn property(
        &self,
        page: &str,
        property: &FieldId,
        cursor: Option<&str>,
    ) -> Result<wire::PropertyItems> {
        let property = property_id::decoded(property.as_str());
        let request = Request::new(Method::GET, ["v1", "pages", page, "properties", &property]);
        self.http.send(&page_of(request, cursor)).await
    }

    /// One page of what stands directly in a page or block.
    pub(crate) async fn children(&self, id: &str, cursor: Option<&str>) -> Result<wire::List<wire::Block>> {
        self.http.send(&page_of(Request::new(Method::GET, ["v1", "blocks", id, "children"]), cursor)).await
    }

    /// Adds at most 100 blocks at the end of a page. It is not repeated once it may have been done.
    pub(crate) async fn append(&self, id: &str, blocks: &[Value]) -> Result<wire::List<wire::Block>> {
        let request = Request::new(Method::PATCH, ["v1", "blocks", id, "children"]);
        self.http.send(&request.json(&json!({ "children": blocks }))?).await
    }

    /// Puts a block into the trash.
    pub(crate) async fn delete_block(&self, id: &str) -> Result<wire::Block> {
        self.http.send(&Request::new(Method::DELETE, ["v1", "blocks", id])).await
    }
}

fn page_of(request: Request, cursor: Option<&str>) -> Request {
    let request = request.query("page_size", PAGE.to_string());
    match cursor {
        Some(cursor) => request.query("start_cursor", cursor),
        None => request,
    }
}

/// The most properties that a call can be limited to.
const MOST_PROPERTIES: usize = 100;

/// Asks for these properties only; for all if there are too many to name.
fn only(request: Request, properties: &[FieldId]) -> Request {
    if properties.len() > MOST_PROPERTIES {
        return request;
    }
    properties
        .iter()
        .fold(request, |request, id| request.query("filter_properties", property_id::decoded(id.as_str())))
}
