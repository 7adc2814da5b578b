//! The person who asks: the language, the cookies, the page they are on.

use std::future::{Ready, ready};

use actix_web::cookie::{Cookie, SameSite};
use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, VARY};
use actix_web::{FromRequest, HttpRequest, HttpResponse, web};
use askama::Template;
use uuid::Uuid;

use super::fields::Fields;
use super::frame::{Frame, Place};
use super::questions;
use super::sign_in;
use super::trouble::{Answer, Trouble};
use crate::app::App;
use crate::logs::filtered;
use crate::messages::{Lang, Words};
use crate::service::connection;
use crate::web::{Site, language};

/// What a page of ours proves itself by: its forms repeat it.
pub(super) const FORM_COOKIE: &str = "crm_sync_form";
/// The language that the visitor chose.
pub(super) const LANGUAGE_COOKIE: &str = "crm_sync_lang";
/// How long the token of the forms is.
const FORM_TOKEN_CHARS: usize = 32;

/// Scripts, styles and pictures of our own and nothing else, and no page around ours.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
                      form-action 'self'; base-uri 'none'; frame-ancestors ";

/// The person who asks, as far as a request tells.
#[derive(Debug)]
pub(super) struct Visitor {
    site: web::Data<Site>,
    pub(super) lang: Lang,
    /// The address asked for, with its query.
    path: String,
    /// What the address says after `?`.
    pub(super) query: Fields,
    csrf: String,
    is_new: bool,
    is_in: bool,
    can_leave: bool,
}

impl FromRequest for Visitor {
    type Error = Trouble;
    type Future = Ready<Result<Self, Trouble>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::of(request).ok_or(Trouble::Missing))
    }
}

impl Visitor {
    /// Who asks; nobody outside of the server.
    pub(super) fn of(request: &HttpRequest) -> Option<Self> {
        let site = request.app_data::<web::Data<Site>>()?.clone();
        let chosen = request.cookie(LANGUAGE_COOKIE).and_then(|cookie| cookie.value().parse().ok());
        let lang = chosen.unwrap_or_else(|| language::of(request, &site));
        let known = form_cookie(request);
        let is_new = known.is_none();
        let csrf = known.unwrap_or_else(|| Uuid::new_v4().simple().to_string());
        let can_leave = sign_in::is_signed_in(request, &site);
        let is_in = can_leave || site.access.key.is_none();
        // Pages repeat their address, and somebody may have pasted a token into it.
        let path = filtered(request.uri().path_and_query().map_or("/", |path| path.as_str()));
        Some(Self { site, lang, path, query: Fields::of_query(request), csrf, is_new, is_in, can_leave })
    }

    pub(super) fn app(&self) -> &App {
        &self.site.app
    }

    /// Whether the visitor may see more than the sign-in.
    pub(super) const fn is_in(&self) -> bool {
        self.is_in
    }

    pub(super) fn site(&self) -> &Site {
        &self.site
    }

    pub(super) const fn words(&self) -> Words {
        Words(self.lang)
    }

    /// A page's frame, with the menu if the visitor may see what is behind it.
    pub(super) async fn frame(&self, title: impl Into<String>, place: Place) -> Result<Frame, Trouble> {
        let frame = self.bare_frame(title);
        if !self.is_in {
            return Ok(frame);
        }
        let mut waiting = questions::waiting(self.app(), self.lang).await?.len();
        for configured in connection::all(self.app()).await? {
            waiting += self.app().store.open_conflicts(&configured.settings.connection.id).await?.len();
        }
        Ok(frame.with_menu(self.words(), place, waiting))
    }

    /// A page's frame without a menu, made without the database.
    pub(super) fn bare_frame(&self, title: impl Into<String>) -> Frame {
        let frame = Frame::new(self.lang, title.into(), self.csrf.clone(), self.path.clone());
        let frame = Frame { can_leave: self.can_leave, ..frame };
        match self.query.get("done").and_then(|done| self.done(done)) {
            Some(told) => frame.noticing("good", told),
            None => frame,
        }
    }

    /// What was done by the form that led here.
    fn done(&self, done: &str) -> Option<String> {
        let t = self.words();
        Some(match done {
            "saved" => t.done_saved(),
            "token" => t.done_token(),
            "key-field" => t.done_key_field(),
            "cancel" => t.done_cancel(),
            "resolved" => t.done_resolved(),
            _ => return None,
        })
    }

    pub(super) fn page(&self, view: &impl Template) -> Answer {
        self.page_of(StatusCode::OK, view, "'none'")
    }

    /// A page that pages of these origins may show in their own.
    pub(super) fn embedded_page(&self, view: &impl Template) -> Answer {
        let origins = self.site.access.origins.join(" ");
        self.page_of(StatusCode::OK, view, &format!("'self' {origins}"))
    }

    pub(super) fn page_of(&self, status: StatusCode, view: &impl Template, around: &str) -> Answer {
        let html = view.render().map_err(Trouble::Template)?;
        let mut answer = HttpResponse::build(status);
        answer
            .insert_header((CONTENT_TYPE, "text/html; charset=utf-8"))
            .insert_header((CONTENT_SECURITY_POLICY, format!("{POLICY}{around}")))
            // Without any, a browser would not say either that our forms are ours.
            .insert_header((REFERRER_POLICY, "same-origin"))
            .insert_header((VARY, "Cookie, Accept-Language"));
        if self.is_new {
            answer.cookie(lasting(FORM_COOKIE, &self.csrf));
        }
        Ok(answer.body(html))
    }
}

/// A cookie for this server's pages alone, until the browser is closed.
pub(super) fn lasting<'c>(name: &'c str, value: &'c str) -> Cookie<'c> {
    Cookie::build(name, value).path("/").http_only(true).same_site(SameSite::Strict).finish()
}

/// The token of the visitor's forms, if the browser has one of ours.
pub(super) fn form_cookie(request: &HttpRequest) -> Option<String> {
    let cookie = request.cookie(FORM_COOKIE)?;
    let is_ours =
        cookie.value().len() == FORM_TOKEN_CHARS && cookie.value().bytes().all(|b| b.is_ascii_hexdigit());
    is_ours.then(|| cookie.value().to_owned())
}

/// Where people read what programs can call.
pub(super) const API_DOCS: &str = "/api/docs";

/// Whether this address is a page's, and not one that programs call.
#[must_use]
pub fn is_page(path: &str) -> bool {
    const OTHERS: [&str; 4] = ["/api", "/healthz", "/readyz", "/metrics"];
    path == API_DOCS
        || !OTHERS
            .iter()
            .any(|other| path == *other || path.strip_prefix(other).is_some_and(|rest| rest.starts_with('/')))
}

/// Whether this page may be seen by somebody who is not in: the sign-in and what it looks like, and the embedded page,
/// which then only leads to the sign-in.
#[must_use]
pub fn is_open(path: &str) -> bool {
    matches!(path, "/sign-in" | "/language" | "/embed/connectors") || path.starts_with("/assets/")
}
