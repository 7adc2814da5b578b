//! What went wrong, as a page: in words, with what to do next.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{ACCEPT, LOCATION};
use actix_web::middleware::Next;
use actix_web::{Error, HttpRequest, HttpResponse, ResponseError as _};
use askama::Template;

use super::frame::{Frame, Place};
use super::trouble::Trouble;
use super::visitor::{Visitor, is_page};
use crate::logs::filtered;
use crate::messages::{self, Words};
use crate::web::Refusal;
use crate::web::trace::RequestId;

#[derive(Debug, Template)]
#[template(path = "trouble.html")]
struct View {
    t: Words,
    frame: Frame,
    told: String,
    /// What the log calls the request; nothing when the log says nothing of it.
    request_id: String,
}

/// Makes a page of what went wrong on the way to one.
pub async fn explain<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let answer = next.call(request).await?.map_into_boxed_body();
    let Some(error) = answer.response().error() else { return Ok(answer) };
    let status = answer.status();
    let told = match (error.as_error::<Trouble>(), error.as_error::<Refusal>()) {
        (Some(trouble), _) => Told::Trouble(trouble),
        (None, Some(_)) if !wants_page(answer.request()) => return Ok(answer),
        (None, Some(Refusal::Key)) => {
            let request = answer.request().clone();
            let to_sign_in = HttpResponse::SeeOther().insert_header((LOCATION, "/sign-in")).finish();
            return Ok(ServiceResponse::new(request, to_sign_in));
        }
        (None, Some(refusal)) => Told::Refusal(refusal),
        (None, None) => return Ok(answer),
    };
    let Some(visitor) = Visitor::of(answer.request()) else { return Ok(answer) };
    let t = visitor.words();
    let (title, text) = told.said(&visitor);
    let text = filtered(&text);
    if status.is_server_error() {
        tracing::error!(cause = %error, "no page");
    }
    let request_id =
        RequestId::find(answer.request()).filter(|_| status.is_server_error()).unwrap_or_default();
    let frame = visitor.frame(title.clone(), Place::Elsewhere).await;
    // A database that failed gives no menu either.
    let frame = frame.unwrap_or_else(|_| visitor.bare_frame(title));
    let view = View { t, frame, told: text, request_id };
    let page = visitor.page_of(status, &view, "'none'").unwrap_or_else(|trouble| trouble.error_response());
    Ok(ServiceResponse::new(answer.request().clone(), page))
}

/// Whether a browser asks, and for a page.
fn wants_page(request: &HttpRequest) -> bool {
    let accept = request.headers().get(ACCEPT).and_then(|accept| accept.to_str().ok());
    is_page(request.path()) && accept.is_some_and(|accept| accept.contains("text/html"))
}

enum Told<'e> {
    Trouble(&'e Trouble),
    Refusal(&'e Refusal),
}

impl Told<'_> {
    fn said(&self, visitor: &Visitor) -> (String, String) {
        let t = visitor.words();
        match self {
            Self::Trouble(Trouble::Missing) => (t.trouble_missing(), t.trouble_missing_told()),
            Self::Trouble(Trouble::Form) => (t.trouble_title(), t.trouble_csrf()),
            Self::Trouble(trouble) => {
                let told = trouble.failure().map(|failure| messages::failure(visitor.lang, failure));
                (t.trouble_title(), told.unwrap_or_default())
            }
            Self::Refusal(refusal) if refusal.status_code() == StatusCode::NOT_FOUND => {
                (t.trouble_missing(), t.trouble_missing_told())
            }
            Self::Refusal(refusal) => (t.trouble_title(), messages::refusal(visitor.lang, refusal)),
        }
    }
}
