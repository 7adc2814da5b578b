//! Why a request was refused, and the answer that says so.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{ALLOW, CONTENT_TYPE, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::middleware::Next;
use actix_web::{Error, HttpResponse, ResponseError, web};

use super::problem::{PROBLEM_JSON, Problem};
use super::trace::RequestId;
use super::verdict::verdict;
use super::{Site, language};
use crate::api::crm;
use crate::failure::Failure;
use crate::logs::filtered;
use crate::messages::{self, Lang};

/// Why a request was refused.
#[derive(Debug)]
pub enum Refusal {
    /// The service could not do it.
    Failure(Arc<Failure>),
    /// The name that the server was called by is not one of its own.
    Host,
    /// A page of this origin may not call.
    Origin,
    /// No key, or a wrong one.
    Key,
    /// Too many wrong keys: wait.
    Attempts(Duration),
    /// Nothing is at this path.
    Path,
    /// The path is there, with other methods.
    Method {
        /// Which ones, with commas.
        allow: String,
    },
    /// There is none of this kind with this id.
    Missing(Thing),
    /// The body is larger than this many bytes.
    TooLarge(usize),
    /// The body did not come in time.
    Slow,
    /// The body is not JSON by its content type.
    MediaType,
    /// The body is not UTF-8.
    Encoding,
    /// The input holds the character NUL, which no database of ours keeps.
    Nul,
    /// The body is not JSON.
    Syntax {
        /// Where it stops being JSON, from 1.
        line: usize,
        /// Likewise.
        column: usize,
    },
    /// A member of the body, or a parameter, is wrong.
    Field {
        /// Which one, as `fields.statut`.
        field: String,
        /// What is wrong with it.
        fault: FieldFault,
    },
    /// A change of something that others change too must say which state it changes.
    Unconditional,
    /// The idempotency key was used for another request.
    KeyReused,
    /// The same request with this idempotency key is still under way.
    KeyBusy,
    /// The run that should end is over.
    Over,
}

/// What is wrong with a member of a body, or with a parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldFault {
    /// There is no such member.
    Unknown,
    /// It is needed and not there.
    Missing,
    /// It is there twice.
    Twice,
    /// It is none of these, or not of the type that is needed.
    Value,
}

/// What an id in a path can name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Thing {
    /// A remote.
    Provider,
    /// How a remote is connected.
    Configuration,
    /// A table, or a base.
    Table,
    /// A run.
    Run,
    /// A plan.
    Plan,
    /// A deal.
    Deal,
    /// A conflict.
    Conflict,
}

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure.into())
    }
}

impl From<Arc<Failure>> for Refusal {
    fn from(failure: Arc<Failure>) -> Self {
        Self::Failure(failure)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl Refusal {
    /// What it is called, for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.verdict().1
    }

    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.verdict().0
    }

    fn verdict(&self) -> (StatusCode, &'static str) {
        match self {
            Self::Failure(failure) => verdict(failure),
            Self::Host => (StatusCode::FORBIDDEN, "host_not_allowed"),
            Self::Origin => (StatusCode::FORBIDDEN, "origin_not_allowed"),
            Self::Key => (StatusCode::UNAUTHORIZED, "key_required"),
            Self::Attempts(_) => (StatusCode::TOO_MANY_REQUESTS, "too_many_attempts"),
            Self::Path => (StatusCode::NOT_FOUND, "unknown_path"),
            Self::Method { .. } => (StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed"),
            Self::Missing(thing) => (StatusCode::NOT_FOUND, thing.code()),
            Self::TooLarge(_) => (StatusCode::PAYLOAD_TOO_LARGE, "body_too_large"),
            Self::Slow => (StatusCode::REQUEST_TIMEOUT, "body_too_slow"),
            Self::MediaType => (StatusCode::UNSUPPORTED_MEDIA_TYPE, "not_json"),
            Self::Encoding => (StatusCode::BAD_REQUEST, "not_utf8"),
            Self::Nul => (StatusCode::BAD_REQUEST, "nul_character"),
            Self::Syntax { .. } => (StatusCode::BAD_REQUEST, "malformed_json"),
            Self::Field { fault, .. } => (StatusCode::UNPROCESSABLE_ENTITY, fault.code()),
            Self::Unconditional => (StatusCode::PRECONDITION_REQUIRED, "if_match_required"),
            Self::KeyReused => (StatusCode::CONFLICT, "idempotency_key_reused"),
            Self::KeyBusy => (StatusCode::CONFLICT, "idempotency_key_busy"),
            Self::Over => (StatusCode::CONFLICT, "run_over"),
        }
    }

    fn problem(&self, lang: Lang, path: &str, request_id: String) -> Problem {
        let (status, code) = self.verdict();
        Problem {
            kind: "about:blank",
            title: status.canonical_reason().unwrap_or_default().to_owned(),
            status: status.as_u16(),
            code,
            detail: messages::refusal(lang, self),
            instance: path.to_owned(),
            field: match self {
                Self::Field { field, .. } => Some(field.clone()),
                _ => None,
            },
            request_id,
        }
    }
}

impl FieldFault {
    const fn code(&self) -> &'static str {
        match self {
            Self::Unknown => "unknown_member",
            Self::Missing => "missing_member",
            Self::Twice => "member_twice",
            Self::Value => "wrong_value",
        }
    }
}

impl Thing {
    const fn code(self) -> &'static str {
        match self {
            Self::Provider => "unknown_provider",
            Self::Configuration => "not_configured",
            Self::Table => "unknown_table",
            Self::Run => "unknown_run",
            Self::Plan => "unknown_plan",
            Self::Deal => "unknown_deal",
            Self::Conflict => "unknown_conflict",
        }
    }
}

impl ResponseError for Refusal {
    fn status_code(&self) -> StatusCode {
        self.verdict().0
    }

    /// Without a body: [`explain`] writes it, since it knows who asks.
    fn error_response(&self) -> HttpResponse<BoxBody> {
        let mut answer = HttpResponse::build(self.status_code());
        match self {
            Self::Attempts(wait) => {
                answer.insert_header((RETRY_AFTER, wait.as_secs().max(1)));
            }
            Self::Key => {
                answer.insert_header((WWW_AUTHENTICATE, HeaderValue::from_static("Bearer")));
            }
            // What is left of the body is not listened to.
            Self::TooLarge(_) | Self::Slow => {
                answer.force_close();
            }
            Self::Method { allow } => {
                answer.insert_header((ALLOW, allow.as_str()));
            }
            Self::Failure(failure) => {
                if let Failure::Remote(error) = failure.as_ref()
                    && let Some(wait) = error.retry_after()
                {
                    answer.insert_header((RETRY_AFTER, wait.as_secs().max(1)));
                }
            }
            _ => {}
        }
        answer.finish()
    }
}

/// Writes the body of a refusal: in the caller's language, in the format of what was asked for, and without a token,
/// though the caller gave it in the wrong place. What is the server's fault is logged, once.
pub async fn explain<B: MessageBody + 'static>(
    site: web::Data<Site>,
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let answer = next.call(request).await?.map_into_boxed_body();
    let Some(refusal) = answer.response().error().and_then(|error| error.as_error::<Refusal>()) else {
        return Ok(answer);
    };
    let request = answer.request();
    let path = request.path();
    let request_id = RequestId::find(request).unwrap_or_default();
    if refusal.status_code().is_server_error() {
        tracing::error!(code = refusal.code(), cause = ?refusal, "refused");
    }
    let (status, content_type, body) = if is_of_the_crm(path) {
        let (status, body) = crm::refused(refusal);
        (status, "application/json", filtered(&serde_json::to_string(&body)?))
    } else {
        let problem = refusal.problem(language::of(request, &site), path, request_id);
        (answer.status(), PROBLEM_JSON, filtered(&serde_json::to_string(&problem)?))
    };
    let mut answer = answer.map_body(|_, _| BoxBody::new(body));
    *answer.response_mut().status_mut() = status;
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    Ok(answer)
}

/// Whether the path is one of those that the CRM's own page calls, which have their own format and language.
fn is_of_the_crm(path: &str) -> bool {
    const OURS: [&str; 3] = ["/api/v1", "/api/openapi.json", "/api/docs"];
    path.starts_with("/api/") && !OURS.contains(&path) && !path.starts_with("/api/v1/")
}
