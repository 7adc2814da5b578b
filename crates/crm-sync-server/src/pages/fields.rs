//! What a form says, once it is known to come from a page of ours.

use actix_web::dev::Payload;
use actix_web::error::UrlencodedError;
use actix_web::web::Form;
use actix_web::{Error, FromRequest, HttpRequest};
use futures::future::LocalBoxFuture;
use subtle::ConstantTimeEq as _;

use super::trouble::Trouble;
use super::{FORM_BYTES, visitor};
use crate::logs::filtered;
use crate::web::Refusal;
use crate::web::input::BODY_TIME;

/// The name of the hidden field that shows that a form is ours.
const CSRF: &str = "csrf";

/// The fields of a form, in their order; a name may come several times.
#[derive(Debug)]
pub(super) struct Fields(Vec<(String, String)>);

impl Fields {
    /// What a field holds, without blanks around it; nothing is no value.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.all(name).next().map(str::trim).filter(|value| !value.is_empty())
    }

    /// Every value of this name.
    pub(super) fn all<'f>(&'f self, name: &str) -> impl Iterator<Item = &'f str> {
        let name = name.to_owned();
        self.0.iter().filter(move |(known, _)| *known == name).map(|(_, value)| value.as_str())
    }

    /// The fields whose names begin so: the rest of the name, and the value.
    pub(super) fn below<'f>(&'f self, prefix: &'f str) -> impl Iterator<Item = (&'f str, &'f str)> {
        self.0.iter().filter_map(move |(name, value)| Some((name.strip_prefix(prefix)?, value.trim())))
    }

    /// Those of a query, which changes nothing and needs no proof. A page may repeat them, but for a token that somebody
    /// pasted there.
    pub(super) fn of_query(request: &HttpRequest) -> Self {
        let pairs = url::form_urlencoded::parse(request.query_string().as_bytes());
        Self(pairs.map(|(name, value)| (name.into_owned(), filtered(&value))).collect())
    }
}

/// A form that was sent from a page of ours: its hidden field holds what the visitor's cookie holds, which a page of
/// somebody else can neither read nor set.
impl FromRequest for Fields {
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<Self, Error>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let form = Form::<Vec<(String, String)>>::from_request(request, payload);
        let expected = visitor::form_cookie(request);
        Box::pin(async move {
            let form = tokio::time::timeout(BODY_TIME, form).await.map_err(|_| Refusal::Slow)?;
            let fields = Self(form.map_err(|error| unreadable(&error))?.into_inner());
            if fields.0.iter().any(|(name, value)| name.contains('\0') || value.contains('\0')) {
                return Err(Refusal::Nul.into());
            }
            let shown = fields.get(CSRF).unwrap_or_default();
            let is_ours = expected.is_some_and(|expected| expected.as_bytes().ct_eq(shown.as_bytes()).into());
            if is_ours { Ok(fields) } else { Err(Trouble::Form.into()) }
        })
    }
}

fn unreadable(error: &Error) -> Error {
    match error.as_error() {
        Some(UrlencodedError::Overflow { .. }) => Refusal::TooLarge(FORM_BYTES).into(),
        _ => Trouble::Form.into(),
    }
}

#[cfg(test)]
mod tests {
    use actix_web::cookie::Cookie;
    use actix_web::test::TestRequest;

    use super::*;

    async fn sent(cookie: &str, body: &'static str) -> Result<Fields, Error> {
        let request = TestRequest::post()
            .insert_header(("content-type", "application/x-www-form-urlencoded"))
            .cookie(Cookie::new(visitor::FORM_COOKIE, cookie.to_owned()))
            .set_payload(body);
        let (request, mut payload) = request.to_http_parts();
        Fields::from_request(&request, &mut payload).await
    }

    #[actix_web::test]
    async fn a_form_counts_only_with_the_visitors_own_token() {
        let token = "0123456789abcdef0123456789abcdef";
        let good = sent(token, "csrf=0123456789abcdef0123456789abcdef&seq=1&seq=2&empty=+").await.unwrap();
        assert_eq!(good.all("seq").collect::<Vec<_>>(), ["1", "2"]);
        assert_eq!(good.get("empty"), None);
        for (cookie, body) in
            [(token, "csrf=other"), (token, "seq=1"), ("", "csrf="), ("short", "csrf=short")]
        {
            let refused = sent(cookie, body).await.unwrap_err();
            assert!(matches!(refused.as_error(), Some(Trouble::Form)), "{body}");
        }
        let nul = sent(token, "csrf=0123456789abcdef0123456789abcdef&key=%00").await.unwrap_err();
        assert!(matches!(nul.as_error(), Some(Refusal::Nul)), "{nul:?}");
    }
}
