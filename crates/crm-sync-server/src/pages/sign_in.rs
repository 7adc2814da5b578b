//! `/sign-in`: the key, once; then a cookie that nobody can make without the server's secret.

use std::time::Instant;

use actix_web::HttpRequest;
use actix_web::HttpResponse;
use actix_web::cookie::{Cookie, CookieJar, SameSite, time};
use actix_web::http::StatusCode;
use actix_web::http::header::LOCATION;
use askama::Template;
use chrono::{DateTime, TimeDelta, Utc};
use secrecy::ExposeSecret as _;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use super::fields::Fields;
use super::frame::Frame;
use super::trouble::{Answer, see};
use super::visitor::Visitor;
use crate::messages::{self, Words};
use crate::web::{Site, gate};

const SESSION: &str = "crm_sync_session";
/// How long a session lasts.
const LASTS: TimeDelta = TimeDelta::hours(12);

#[derive(Debug, Template)]
#[template(path = "sign_in.html")]
struct View {
    t: Words,
    frame: Frame,
    fault: String,
}

pub(super) async fn show(visitor: Visitor) -> Answer {
    if visitor.is_in() {
        return see("/connectors");
    }
    page(&visitor, StatusCode::OK, String::new())
}

fn page(visitor: &Visitor, status: StatusCode, fault: String) -> Answer {
    let t = visitor.words();
    let view = View { t, frame: visitor.bare_frame(t.sign_in_title()), fault };
    visitor.page_of(status, &view, "'none'")
}

/// Opens a session for whoever shows the key; after some wrong ones the caller waits.
pub(super) async fn enter(visitor: Visitor, request: HttpRequest, fields: Fields) -> Answer {
    let site = visitor.site();
    let Some(key) = &site.access.key else { return see("/connectors") };
    let (caller, now) = (gate::caller(&request), Instant::now());
    if let Some(wait) = site.access.attempts.wait(caller, now) {
        let told = messages::wait_to_sign_in(visitor.lang, wait.as_secs().max(1));
        return page(&visitor, StatusCode::TOO_MANY_REQUESTS, told);
    }
    let shown = fields.get("key").unwrap_or_default();
    if !bool::from(shown.as_bytes().ct_eq(key.expose_secret().as_bytes())) {
        site.access.attempts.failed(caller, now);
        return page(&visitor, StatusCode::UNAUTHORIZED, visitor.words().sign_in_wrong());
    }
    let until = (site.app.clock.now() + LASTS).timestamp();
    let contents = format!("{until}.{}", mark(key.expose_secret()));
    let mut jar = CookieJar::new();
    jar.private_mut(&site.sessions).add(Cookie::new(SESSION, contents));
    let sealed = jar.get(SESSION).map(|cookie| cookie.value().to_owned()).unwrap_or_default();
    Ok(HttpResponse::SeeOther()
        .insert_header((LOCATION, "/connectors"))
        .cookie(cookie(sealed, &request))
        .finish())
}

/// Ends the session.
pub(super) async fn leave(_: Visitor, request: HttpRequest, _: Fields) -> Answer {
    let mut ended = cookie(String::new(), &request);
    ended.set_max_age(time::Duration::ZERO);
    Ok(HttpResponse::SeeOther().insert_header((LOCATION, "/sign-in")).cookie(ended).finish())
}

/// Whether the request comes from somebody who signed in, with the key that is asked for now.
#[must_use]
pub fn is_signed_in(request: &HttpRequest, site: &Site) -> bool {
    let Some(key) = &site.access.key else { return false };
    let Some(shown) = request.cookie(SESSION) else { return false };
    let mut jar = CookieJar::new();
    jar.add_original(shown);
    jar.private(&site.sessions)
        .get(SESSION)
        .is_some_and(|opened| is_current(opened.value(), key.expose_secret(), site.app.clock.now()))
}

fn is_current(contents: &str, key: &str, now: DateTime<Utc>) -> bool {
    let Some((until, known)) = contents.split_once('.') else { return false };
    until.parse().is_ok_and(|until: i64| now.timestamp() < until) && known == mark(key)
}

/// What tells one key from another: a session ends when the key is changed.
fn mark(key: &str) -> String {
    let digest = Sha256::digest(key);
    let start = digest.iter().take(8).fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte));
    format!("{start:016x}")
}

fn cookie(value: String, request: &HttpRequest) -> Cookie<'static> {
    let is_tls = request.connection_info().scheme() == "https";
    Cookie::build(SESSION, value)
        .path("/")
        .http_only(true)
        .secure(is_tls)
        .same_site(SameSite::Strict)
        .finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_ends_with_its_time_and_with_its_key() {
        let now = Utc::now();
        let contents = format!("{}.{}", now.timestamp() + 60, mark("the key of today"));
        assert!(is_current(&contents, "the key of today", now));
        assert!(!is_current(&contents, "the key of today", now + TimeDelta::seconds(61)));
        assert!(!is_current(&contents, "the key of tomorrow", now));
        for wrong in ["", ".", "x.y", "99999999999999"] {
            assert!(!is_current(wrong, "the key of today", now), "{wrong}");
        }
    }
}
