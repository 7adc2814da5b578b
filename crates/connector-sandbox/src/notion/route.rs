//! From a method and a path to an endpoint.

use crate::notion::version::Version;
use crate::query::decode;

/// What a request asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Endpoint {
    Me,
    ListUsers,
    GetUser,
    Search,
    GetDatabase,
    CreateDatabase,
    UpdateDatabase,
    QueryDatabase,
    GetDataSource,
    CreateDataSource,
    UpdateDataSource,
    QueryDataSource,
    ListTemplates,
    CreatePage,
    GetPage,
    UpdatePage,
    MovePage,
    GetProperty,
    GetBlock,
    UpdateBlock,
    DeleteBlock,
    ListChildren,
    AppendChildren,
    ListComments,
    CreateComment,
    GetComment,
    UpdateComment,
    DeleteComment,
    GetMarkdown,
    UpdateMarkdown,
    GetTask,
    CreateUpload,
    ListUploads,
    GetUpload,
    SendUpload,
    CompleteUpload,
    ListEmojis,
}

use Endpoint as E;

const DATABASE: &str = "/v1/databases/{database_id}";
const DATA_SOURCE: &str = "/v1/data_sources/{data_source_id}";
const PAGE: &str = "/v1/pages/{page_id}";
const BLOCK: &str = "/v1/blocks/{block_id}";
const COMMENT: &str = "/v1/comments/{comment_id}";
const CHILDREN: &str = "/v1/blocks/{block_id}/children";
const MARKDOWN: &str = "/v1/pages/{page_id}/markdown";
const UPLOADS: &str = "/v1/file_uploads";

const ROUTES: [(&str, &str, Endpoint); 37] = [
    ("GET", "/v1/users/me", E::Me),
    ("GET", "/v1/users", E::ListUsers),
    ("GET", "/v1/users/{user_id}", E::GetUser),
    ("POST", "/v1/search", E::Search),
    ("GET", DATABASE, E::GetDatabase),
    ("POST", "/v1/databases", E::CreateDatabase),
    ("PATCH", DATABASE, E::UpdateDatabase),
    ("POST", "/v1/databases/{database_id}/query", E::QueryDatabase),
    ("GET", DATA_SOURCE, E::GetDataSource),
    ("POST", "/v1/data_sources", E::CreateDataSource),
    ("PATCH", DATA_SOURCE, E::UpdateDataSource),
    ("POST", "/v1/data_sources/{data_source_id}/query", E::QueryDataSource),
    ("GET", "/v1/data_sources/{data_source_id}/templates", E::ListTemplates),
    ("POST", "/v1/pages", E::CreatePage),
    ("GET", PAGE, E::GetPage),
    ("PATCH", PAGE, E::UpdatePage),
    ("POST", "/v1/pages/{page_id}/move", E::MovePage),
    ("GET", "/v1/pages/{page_id}/properties/{property_id}", E::GetProperty),
    ("GET", BLOCK, E::GetBlock),
    ("PATCH", BLOCK, E::UpdateBlock),
    ("DELETE", BLOCK, E::DeleteBlock),
    ("GET", CHILDREN, E::ListChildren),
    ("PATCH", CHILDREN, E::AppendChildren),
    ("GET", "/v1/comments", E::ListComments),
    ("POST", "/v1/comments", E::CreateComment),
    ("GET", COMMENT, E::GetComment),
    ("PATCH", COMMENT, E::UpdateComment),
    ("DELETE", COMMENT, E::DeleteComment),
    ("GET", MARKDOWN, E::GetMarkdown),
    ("PATCH", MARKDOWN, E::UpdateMarkdown),
    ("GET", "/v1/async_tasks/{task_id}", E::GetTask),
    ("POST", UPLOADS, E::CreateUpload),
    ("GET", UPLOADS, E::ListUploads),
    ("GET", "/v1/file_uploads/{file_upload_id}", E::GetUpload),
    ("POST", "/v1/file_uploads/{file_upload_id}/send", E::SendUpload),
    ("POST", "/v1/file_uploads/{file_upload_id}/complete", E::CompleteUpload),
    ("GET", "/v1/custom_emojis", E::ListEmojis),
];

/// What the service has and the sandbox does not play.
const UNPLAYED: [&str; 4] = ["/v1/views", "/v1/oauth", "/v1/agents", "/v1/blocks/meeting_notes"];

/// A route that was found, with the decoded parts of its path; those it does not have are empty.
#[derive(Clone, Debug)]
pub(crate) struct Route {
    pub(crate) endpoint: Endpoint,
    pub(crate) template: &'static str,
    /// The name of the path's id, such as `page_id`.
    pub(crate) id_name: &'static str,
    /// The id as it was sent, unchecked.
    pub(crate) id: String,
    /// A property's id; clients send it encoded once or twice.
    pub(crate) property: String,
}

impl Route {
    /// Finds the route of a request, with or without a slash at the end.
    pub(crate) fn find(method: &str, path: &str) -> Option<Self> {
        let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
        ROUTES
            .iter()
            .filter(|(known, ..)| *known == method)
            .find_map(|(_, template, endpoint)| Self::fit(*endpoint, template, &segments))
    }

    /// Whether the service has something at this path that is not played.
    pub(crate) fn is_unplayed(path: &str) -> bool {
        let inside = |rest: &str| rest.is_empty() || rest.starts_with('/');
        UNPLAYED.iter().any(|known| path.strip_prefix(known).is_some_and(inside))
    }

    fn fit(endpoint: Endpoint, template: &'static str, segments: &[&str]) -> Option<Self> {
        let parts: Vec<&str> = template.split('/').filter(|part| !part.is_empty()).collect();
        if parts.len() != segments.len() {
            return None;
        }
        let mut route = Self { endpoint, template, id_name: "", id: String::new(), property: String::new() };
        for (part, segment) in parts.iter().zip(segments) {
            match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
                Some("property_id") => route.property = decode(segment),
                Some(name) => {
                    route.id_name = name;
                    route.id = decode(segment);
                }
                None if part == segment => {}
                None => return None,
            }
        }
        Some(route)
    }

    /// Whether a version has the route.
    pub(crate) fn is_in(&self, version: Version) -> bool {
        match self.endpoint {
            E::QueryDatabase => !version.has_data_sources(),
            E::GetDataSource
            | E::CreateDataSource
            | E::UpdateDataSource
            | E::QueryDataSource
            | E::ListTemplates => version.has_data_sources(),
            _ => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_lead_to_their_endpoints() {
        let cases = [
            ("GET", "/v1/users/me", Some(E::Me)),
            ("GET", "/v1/users/x", Some(E::GetUser)),
            ("POST", "/v1/databases/", Some(E::CreateDatabase)),
            ("PATCH", "/v1/blocks/x/children", Some(E::AppendChildren)),
            ("DELETE", "/v1/pages/x", None),
            ("GET", "/v2/users", None),
            ("GET", "/", None),
        ];
        for (method, path, endpoint) in cases {
            assert_eq!(Route::find(method, path).map(|route| route.endpoint), endpoint, "{method} {path}");
        }
        let route = Route::find("GET", "/v1/pages/x/properties/%253CnJT").unwrap();
        assert_eq!((&*route.id, route.id_name, &*route.property), ("x", "page_id", "%3CnJT"));
    }
}
