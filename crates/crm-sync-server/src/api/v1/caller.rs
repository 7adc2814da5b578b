//! Who asks: in which language the answer speaks.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};

use crate::app::{AIRTABLE, App, NOTION};
use crate::messages::Lang;
use crate::report::Speaker;
use crate::web::refusal::Thing;
use crate::web::{Refusal, Site, language};

/// The caller, and what a handler may touch.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    pub(super) site: web::Data<Site>,
    /// The language that the caller prefers.
    pub(super) lang: Lang,
}

impl FromRequest for Caller {
    type Error = Refusal;
    type Future = Ready<Result<Self, Refusal>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let site = request.app_data::<web::Data<Site>>().cloned();
        let caller = |site: web::Data<Site>| Self { lang: language::of(request, &site), site };
        ready(site.map(caller).ok_or(Refusal::Path))
    }
}

impl Caller {
    pub(super) fn app(&self) -> &App {
        &self.site.app
    }

    /// Who speaks to the caller, of this remote.
    pub(super) fn speaker<'a>(&'a self, remote: &'a str) -> Speaker<'a> {
        Speaker { lang: self.lang, units: self.app().units(), remote }
    }
}

/// The remote that a path names.
pub(super) fn remote(name: &str) -> Result<&'static str, Refusal> {
    let found = [AIRTABLE, NOTION].into_iter().find(|known| *known == name);
    found.ok_or(Refusal::Missing(Thing::Provider))
}
