//! Airtable's REST calls, one function each, without logic.

use connector_http::{Answer, Failure, Http, Method, Repeat, Request};

use crate::wire;

/// Airtable takes an address of at most 16,000 characters; this leaves room for a proxy's opinion.
const LONGEST_URL: usize = 15_000;

type Result<T> = std::result::Result<Answer<T>, Failure>;

/// The calls that concern no base in particular.
#[derive(Debug)]
pub(crate) struct TokenApi {
    pub(crate) http: Http,
}

impl TokenApi {
    /// Who the token belongs to.
    pub(crate) async fn whoami(&self) -> Result<wire::Whoami> {
        self.http.send(&Request::new(Method::GET, ["v0", "meta", "whoami"])).await
    }

    /// One page of the bases that the token can see.
    pub(crate) async fn bases(&self, offset: Option<String>) -> Result<wire::Bases> {
        let mut request = Request::new(Method::GET, ["v0", "meta", "bases"]);
        if let Some(offset) = offset {
            request = request.query("offset", offset);
        }
        self.http.send(&request).await
    }
}

/// The calls that concern one base; they share its pace.
#[derive(Debug)]
pub(crate) struct BaseApi {
    pub(crate) http: Http,
    pub(crate) base: String,
}

impl BaseApi {
    /// The tables of the base, with their fields.
    pub(crate) async fn tables(&self) -> Result<wire::Tables> {
        self.http.send(&Request::new(Method::GET, ["v0", "meta", "bases", &self.base, "tables"])).await
    }

    /// Makes a field.
    pub(crate) async fn create_field(&self, table: &str, field: &wire::NewField<'_>) -> Result<wire::Field> {
        let path = ["v0", "meta", "bases", &self.base, "tables", table, "fields"];
        self.http.send(&Request::new(Method::POST, path).json(field)?).await
    }

    /// One page of records, asked for in the address, or in the body if the address would be too long.
    pub(crate) async fn list(&self, table: &str, query: &wire::Query) -> Result<wire::Records> {
        let mut request = Request::new(Method::GET, self.path(table))
            .query("pageSize", query.page_size.to_string())
            .query("returnFieldsByFieldId", "true");
        for field in &query.fields {
            request = request.query("fields[]", field);
        }
        if let Some(formula) = &query.filter_by_formula {
            request = request.query("filterByFormula", formula.as_str());
        }
        if let Some(most) = query.max_records {
            request = request.query("maxRecords", most.to_string());
        }
        if let Some(offset) = &query.offset {
            request = request.query("offset", offset);
        }
        if self.http.url_length(&request) > LONGEST_URL {
            return self.list_by_body(table, query).await;
        }
        self.http.send(&request).await
    }

    /// One page of records, asked for in the body: for long formulas.
    pub(crate) async fn list_by_body(&self, table: &str, query: &wire::Query) -> Result<wire::Records> {
        let path = ["v0", &self.base, table, "listRecords"];
        self.http.send(&Request::new(Method::POST, path).repeat(Repeat::Always).json(query)?).await
    }

    /// Creates records. It is not repeated once it may have been done.
    pub(crate) async fn create(&self, table: &str, batch: &wire::Batch<'_>) -> Result<wire::Written> {
        self.http.send(&Request::new(Method::POST, self.path(table)).json(batch)?).await
    }

    /// Changes the given cells of records that are told by their id or, in an upsert, by a field.
    pub(crate) async fn update(&self, table: &str, batch: &wire::Batch<'_>) -> Result<wire::Written> {
        let request = Request::new(Method::PATCH, self.path(table)).repeat(Repeat::Always);
        self.http.send(&request.json(batch)?).await
    }

    /// Deletes records.
    pub(crate) async fn delete(&self, table: &str, ids: impl Iterator<Item = &str>) -> Result<wire::Deleted> {
        let request = Request::new(Method::DELETE, self.path(table));
        self.http.send(&ids.fold(request, |request, id| request.query("records[]", id))).await
    }

    fn path<'a>(&'a self, table: &'a str) -> [&'a str; 3] {
        ["v0", &self.base, table]
    }
}
