//! `/settings`: language, requests, the doctor, the version.

use actix_web::HttpResponse;
use actix_web::http::header::LOCATION;
use askama::Template;

use super::badge::Badge;
use super::fields::Fields;
use super::frame::{Frame, Place};
use super::tool::TOOLS;
use super::trouble::{Answer, Trouble};
use super::visitor::{LANGUAGE_COOKIE, Visitor, lasting};
use crate::logs::filtered;
use crate::messages::{self, Lang, Words};
use crate::report::{self, Speaker};
use crate::service::{check, connection, usage};

#[derive(Debug, Template)]
#[template(path = "settings.html")]
struct View {
    t: Words,
    frame: Frame,
    budgets: Vec<Budget>,
    doctors: Vec<Doctor>,
    edit_times: String,
    version: &'static str,
    database: String,
}

/// The requests of one remote, this month.
#[derive(Debug)]
struct Budget {
    name: &'static str,
    told: String,
    calls: u64,
    cap: u64,
}

/// One remote's checkup, if it was asked for.
#[derive(Debug)]
struct Doctor {
    remote: &'static str,
    name: &'static str,
    badge: Option<Badge>,
    told: String,
}

pub(super) async fn show(visitor: Visitor) -> Answer {
    let (t, lang, app) = (visitor.words(), visitor.lang, visitor.app());
    let (mut budgets, mut doctors) = (Vec::new(), Vec::new());
    for tool in TOOLS {
        if connection::of_remote(app, tool.remote).await.is_err() {
            continue;
        }
        let calls = usage::calls_this_month(app, tool.remote).await?;
        let cap = usage::free_calls(tool.remote).unwrap_or_default();
        let shown = |number: u64| messages::whole(lang, usize::try_from(number).unwrap_or(usize::MAX));
        let told = messages::calls_of_cap(
            lang,
            &shown(calls),
            (cap > 0).then(|| shown(cap)).as_deref(),
            tool.remote,
        );
        budgets.push(Budget { name: tool.name(), told, calls, cap });
        let mut doctor = Doctor { remote: tool.remote, name: tool.name(), badge: None, told: String::new() };
        if visitor.query.get("examine") == Some(tool.remote) {
            let checkup = check::check(app, tool.remote).await?;
            let badge = if checkup.is_sound() {
                Badge::new("good", t.settings_sound())
            } else {
                Badge::new("bad", t.settings_unsound())
            };
            doctor.badge = Some(badge);
            doctor.told =
                report::checkup(&Speaker { lang, units: app.units(), remote: tool.remote }, &checkup);
        }
        doctors.push(doctor);
    }
    let is_on = app.store.edit_times().await?;
    let view = View {
        t,
        frame: visitor.frame(t.settings(), Place::Settings).await?,
        budgets,
        doctors,
        edit_times: if is_on { t.settings_edit_times_on() } else { t.settings_edit_times_off() },
        version: env!("CARGO_PKG_VERSION"),
        database: app.store.kind().to_owned(),
    };
    visitor.page(&view)
}

/// Remembers the language and goes back to where it was chosen.
pub(super) async fn choose_language(_: Visitor, fields: Fields) -> Answer {
    let lang: Lang = fields.get("lang").and_then(|lang| lang.parse().ok()).ok_or(Trouble::Missing)?;
    // A path of ours and nothing else: `//host` would lead elsewhere.
    let is_ours = |back: &&str| back.starts_with('/') && !back.starts_with("//") && !back.contains('\\');
    let back = filtered(fields.get("back").filter(is_ours).unwrap_or("/connectors"));
    Ok(HttpResponse::SeeOther()
        .insert_header((LOCATION, back))
        .cookie(lasting(LANGUAGE_COOKIE, lang.code()))
        .finish())
}
