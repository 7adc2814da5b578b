//! What every answer to the CRM's page is wrapped in.

use actix_web::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use crate::failure::Failure;
use crate::messages::{self, Lang};
use crate::web::Refusal;

/// An answer with data.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Answer<T> {
    /// `true`.
    success: bool,
    /// What was asked for.
    data: T,
}

impl<T> Answer<T> {
    pub(super) const fn of(data: T) -> Self {
        Self { success: true, data }
    }
}

/// An answer that says why there is no other.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Error {
    /// `false`.
    success: bool,
    /// What went wrong, in French.
    error: String,
}

impl Error {
    pub(super) fn new(error: &str) -> Self {
        Self { success: false, error: error.to_owned() }
    }
}

/// The status and the body of a refusal, as the CRM's page knows them: what the caller could have done otherwise is 400.
#[must_use]
pub fn refused(refusal: &Refusal) -> (StatusCode, Error) {
    let (status, error) = match refusal {
        Refusal::Missing(_) | Refusal::Field { .. } => (StatusCode::BAD_REQUEST, told(refusal)),
        Refusal::Failure(failure) => match failure.as_ref() {
            Failure::NotConfigured { remote } | Failure::NoToken { remote } => {
                (StatusCode::BAD_REQUEST, messages::crm_not_configured(remote))
            }
            Failure::Remote(_) => (StatusCode::INTERNAL_SERVER_ERROR, told(refusal)),
            _ => match refusal.status() {
                StatusCode::UNPROCESSABLE_ENTITY => (StatusCode::BAD_REQUEST, told(refusal)),
                status => (status, told(refusal)),
            },
        },
        _ => (refusal.status(), told(refusal)),
    };
    (status, Error::new(&error))
}

fn told(refusal: &Refusal) -> String {
    plain(&messages::refusal(Lang::Fr, refusal))
}

/// Text that means nothing as HTML: the CRM's page writes some of these texts into itself as they come, and they repeat
/// what people typed into the remote.
pub(super) fn plain(text: &str) -> String {
    text.replace('<', "‹").replace('>', "›")
}
