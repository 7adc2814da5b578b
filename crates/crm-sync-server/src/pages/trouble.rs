//! Why there is no page.

use std::fmt;
use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::http::header::LOCATION;
use actix_web::{HttpResponse, ResponseError};

use crate::failure::Failure;
use crate::web::verdict::verdict;
use crate::worker::Ending;

/// A page, or why there is none.
pub(super) type Answer = Result<HttpResponse, Trouble>;

/// Why there is no page. [`explain`](super::explain()) makes a page of it.
#[derive(Debug)]
pub(super) enum Trouble {
    /// There is nothing at this address.
    Missing,
    /// The form is not from a page of ours, or from an old one.
    Form,
    /// It could not be done.
    Failure(Arc<Failure>),
    /// What was begun for it came to a bad end.
    Ended(Arc<Ending>),
    /// The template failed.
    Template(askama::Error),
}

impl Trouble {
    /// What could not be done.
    pub(super) fn failure(&self) -> Option<&Failure> {
        match self {
            Self::Failure(failure) => Some(failure),
            Self::Ended(ending) => match ending.as_ref() {
                Ending::Failed(failure) => Some(failure),
                _ => None,
            },
            Self::Missing | Self::Form | Self::Template(_) => None,
        }
    }
}

impl<F: Into<Failure>> From<F> for Trouble {
    fn from(failure: F) -> Self {
        Self::Failure(Arc::new(failure.into()))
    }
}

/// As the worker gives it.
impl From<Arc<Failure>> for Trouble {
    fn from(failure: Arc<Failure>) -> Self {
        Self::Failure(failure)
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("there is nothing at this address"),
            Self::Form => f.write_str("the form is not from a page of ours"),
            Self::Failure(_) | Self::Ended(_) => write!(f, "{:?}", self.failure()),
            Self::Template(error) => write!(f, "the template failed: {error}"),
        }
    }
}

impl ResponseError for Trouble {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::Missing => StatusCode::NOT_FOUND,
            Self::Form => StatusCode::FORBIDDEN,
            Self::Template(_) => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Failure(_) | Self::Ended(_) => {
                self.failure().map_or(StatusCode::INTERNAL_SERVER_ERROR, |failure| verdict(failure).0)
            }
        }
    }

    /// Without a body, which `explain` writes.
    fn error_response(&self) -> HttpResponse {
        HttpResponse::new(self.status_code())
    }
}

/// Sends the browser to the page that shows what came of a form.
#[expect(clippy::unnecessary_wraps, reason = "what a handler answers")]
pub(super) fn see(address: impl AsRef<str>) -> Answer {
    Ok(HttpResponse::SeeOther().insert_header((LOCATION, address.as_ref())).finish())
}
