//! From a method and a path to an endpoint. The path is split before it is decoded, so that a table's name
//! may hold `%2F`.

use crate::query::decode;

/// What a request asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Endpoint {
    WhoAmI,
    ListBases,
    CreateBase,
    Schema,
    CreateTable,
    UpdateTable,
    CreateField,
    UpdateField,
    ListWebhooks,
    CreateWebhook,
    DeleteWebhook,
    Payloads,
    RefreshWebhook,
    EnableNotifications,
    List,
    ListByPost,
    Create,
    UpdateMany,
    ReplaceMany,
    DeleteMany,
    Get,
    Update,
    Replace,
    Delete,
    ListComments,
    CreateComment,
    UpdateComment,
    DeleteComment,
    Upload,
    Download,
}

use Endpoint as E;

const TABLE: &str = "/v0/{base}/{table}";
const RECORD: &str = "/v0/{base}/{table}/{record}";
const COMMENTS: &str = "/v0/{base}/{table}/{record}/comments";
const COMMENT: &str = "/v0/{base}/{table}/{record}/comments/{comment}";
const WEBHOOKS: &str = "/v0/bases/{base}/webhooks";

const ROUTES: [(&str, &str, Endpoint); 30] = [
    ("GET", "/v0/meta/whoami", E::WhoAmI),
    ("GET", "/v0/meta/bases", E::ListBases),
    ("POST", "/v0/meta/bases", E::CreateBase),
    ("GET", "/v0/meta/bases/{base}/tables", E::Schema),
    ("POST", "/v0/meta/bases/{base}/tables", E::CreateTable),
    ("PATCH", "/v0/meta/bases/{base}/tables/{table}", E::UpdateTable),
    ("POST", "/v0/meta/bases/{base}/tables/{table}/fields", E::CreateField),
    ("PATCH", "/v0/meta/bases/{base}/tables/{table}/fields/{field}", E::UpdateField),
    ("GET", WEBHOOKS, E::ListWebhooks),
    ("POST", WEBHOOKS, E::CreateWebhook),
    ("DELETE", "/v0/bases/{base}/webhooks/{webhook}", E::DeleteWebhook),
    ("GET", "/v0/bases/{base}/webhooks/{webhook}/payloads", E::Payloads),
    ("POST", "/v0/bases/{base}/webhooks/{webhook}/refresh", E::RefreshWebhook),
    ("POST", "/v0/bases/{base}/webhooks/{webhook}/enableNotifications", E::EnableNotifications),
    ("POST", "/v0/{base}/{table}/listRecords", E::ListByPost),
    ("POST", "/v0/{base}/{record}/{field}/uploadAttachment", E::Upload),
    ("GET", TABLE, E::List),
    ("POST", TABLE, E::Create),
    ("PATCH", TABLE, E::UpdateMany),
    ("PUT", TABLE, E::ReplaceMany),
    ("DELETE", TABLE, E::DeleteMany),
    ("GET", RECORD, E::Get),
    ("PATCH", RECORD, E::Update),
    ("PUT", RECORD, E::Replace),
    ("DELETE", RECORD, E::Delete),
    ("GET", COMMENTS, E::ListComments),
    ("POST", COMMENTS, E::CreateComment),
    ("PATCH", COMMENT, E::UpdateComment),
    ("DELETE", COMMENT, E::DeleteComment),
    ("GET", "/attachments/{expiry}/{attachment}", E::Download),
];

/// A route that was found, with the decoded parts of its path; those it does not have are empty.
#[derive(Clone, Debug)]
pub(crate) struct Route {
    pub(crate) endpoint: Endpoint,
    pub(crate) template: &'static str,
    pub(crate) base: String,
    pub(crate) table: String,
    pub(crate) record: String,
    pub(crate) field: String,
    pub(crate) webhook: String,
    pub(crate) comment: String,
    pub(crate) expiry: String,
    pub(crate) attachment: String,
}

impl Route {
    /// Finds the route of a request; `None` for a path that leads nowhere, also by a malformed id in it.
    pub(crate) fn find(method: &str, path: &str) -> Option<Self> {
        let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
        ROUTES
            .iter()
            .filter(|(known, ..)| *known == method)
            .find_map(|(_, template, endpoint)| Self::fit(*endpoint, template, &segments))
    }

    fn fit(endpoint: Endpoint, template: &'static str, segments: &[&str]) -> Option<Self> {
        let parts: Vec<&str> = template.split('/').filter(|part| !part.is_empty()).collect();
        if parts.len() != segments.len() {
            return None;
        }
        let mut route = Self {
            endpoint,
            template,
            base: String::new(),
            table: String::new(),
            record: String::new(),
            field: String::new(),
            webhook: String::new(),
            comment: String::new(),
            expiry: String::new(),
            attachment: String::new(),
        };
        for (part, segment) in parts.iter().zip(segments) {
            let (slot, prefix) = match *part {
                "{base}" => (&mut route.base, "app"),
                "{record}" => (&mut route.record, "rec"),
                "{webhook}" => (&mut route.webhook, "ach"),
                "{comment}" => (&mut route.comment, "com"),
                "{attachment}" => (&mut route.attachment, "att"),
                "{table}" => (&mut route.table, ""),
                "{field}" => (&mut route.field, ""),
                "{expiry}" => (&mut route.expiry, ""),
                literal if literal == *segment => continue,
                _ => return None,
            };
            let decoded = decode(segment);
            if !prefix.is_empty() && !is_id(&decoded, prefix) {
                return None;
            }
            *slot = decoded;
        }
        Some(route)
    }
}

/// Whether a text has the form of an id: the prefix and 14 letters or digits.
pub(crate) fn is_id(text: &str, prefix: &str) -> bool {
    text.strip_prefix(prefix)
        .is_some_and(|rest| rest.len() == 14 && rest.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: &str = "appAAAAAAAAAAAAAA";
    const RECORD_ID: &str = "recAAAAAAAAAAAAAA";

    #[test]
    fn paths_lead_to_their_endpoints() {
        let cases = [
            ("GET", format!("/v0/{BASE}/Deals"), Some(E::List)),
            ("GET", format!("//v0/{BASE}/Deals/"), Some(E::List)),
            ("POST", format!("/v0/{BASE}/Deals/listRecords"), Some(E::ListByPost)),
            ("GET", format!("/v0/{BASE}/Deals/{RECORD_ID}/"), Some(E::Get)),
            ("GET", format!("/v0/{BASE}/Deals/rec1"), None),
            ("GET", "/v0/app1/Deals".to_owned(), None),
            ("GET", "/v0/meta/bases".to_owned(), Some(E::ListBases)),
            ("GET", format!("/v0/bases/{BASE}/webhooks"), Some(E::ListWebhooks)),
            ("TRACE", format!("/v0/{BASE}/Deals"), None),
            ("GET", "/".to_owned(), None),
        ];
        for (method, path, endpoint) in cases {
            assert_eq!(Route::find(method, &path).map(|route| route.endpoint), endpoint, "{method} {path}");
        }
    }

    #[test]
    fn a_name_is_decoded_after_the_path_is_split() {
        let route = Route::find("GET", &format!("/v0/{BASE}/A%2FB%20%C3%A9")).unwrap();
        assert_eq!((route.table.as_str(), route.template), ("A/B é", "/v0/{base}/{table}"));
    }
}
