//! The control API: stats, faults, clock, edits, tokens, knobs and a dump of the world, over HTTP.

use actix_web::http::StatusCode;
use actix_web::web::{self, Data, JsonConfig, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse, error};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::time::Duration;

use crate::edit::Edit;
use crate::fault::Fault;
use crate::notion::NotionGrant;
use crate::remote::Remote;
use crate::sandbox::Core;
use crate::settings::TokenGrant;

/// The routes.
pub(crate) fn configure(config: &mut ServiceConfig) {
    let json = JsonConfig::default().content_type_required(false).error_handler(|error, _| {
        let words = format!("the body is not what this route takes: {error}");
        error::InternalError::from_response(error, refuse(StatusCode::BAD_REQUEST, &words)).into()
    });
    config
        .app_data(json)
        .service(web::resource("/stats").route(web::get().to(stats)).route(web::delete().to(reset_stats)))
        .service(
            web::resource("/faults")
                .route(web::get().to(faults))
                .route(web::post().to(add_fault))
                .route(web::delete().to(clear_faults)),
        )
        .service(web::resource("/clock").route(web::get().to(clock)).route(web::post().to(set_clock)))
        .service(web::resource("/edit").route(web::post().to(edit)))
        .service(
            web::resource("/tokens").route(web::post().to(issue_token)).route(web::delete().to(revoke_token)),
        )
        .service(web::resource("/knobs").route(web::get().to(knobs)).route(web::patch().to(set_knobs)))
        .service(web::resource("/world").route(web::get().to(world)))
        .default_service(web::to(nowhere));
}

fn refuse(status: StatusCode, words: &str) -> HttpResponse {
    HttpResponse::build(status).json(json!({"error": words}))
}

async fn nowhere(request: HttpRequest) -> HttpResponse {
    let words = format!(
        "{} {} is not a control route; there are /stats, /faults, /clock, /edit, /tokens, /knobs and /world",
        request.method(),
        request.path()
    );
    refuse(StatusCode::NOT_FOUND, &words)
}

async fn stats(core: Data<Core>) -> HttpResponse {
    HttpResponse::Ok().json(core.common.counter().stats())
}

async fn reset_stats(core: Data<Core>) -> HttpResponse {
    core.common.counter().reset();
    HttpResponse::Ok().json(json!({}))
}

async fn faults(core: Data<Core>) -> HttpResponse {
    HttpResponse::Ok().json(json!({"faults": core.common.script().waiting()}))
}

async fn add_fault(core: Data<Core>, fault: web::Json<Fault>) -> HttpResponse {
    core.common.script().add(fault.into_inner());
    faults(core).await
}

async fn clear_faults(core: Data<Core>) -> HttpResponse {
    core.common.script().clear();
    faults(core).await
}

/// What the clock is told; all members may be together.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ClockOrder {
    set: Option<DateTime<Utc>>,
    advance_ms: Option<u64>,
    frozen: Option<bool>,
}

async fn clock(core: Data<Core>) -> HttpResponse {
    HttpResponse::Ok().json(json!({"now": core.common.clock.now()}))
}

async fn set_clock(core: Data<Core>, order: web::Json<ClockOrder>) -> HttpResponse {
    let clock = &core.common.clock;
    if let Some(frozen) = order.frozen {
        clock.freeze(frozen);
    }
    if let Some(to) = order.set {
        clock.set(to);
    }
    if let Some(by) = order.advance_ms {
        clock.advance(Duration::from_millis(by));
    }
    self::clock(core).await
}

async fn edit(core: Data<Core>, edit: web::Json<Edit>) -> HttpResponse {
    match core.edit(&edit) {
        Ok(made) => HttpResponse::Ok().json(made),
        Err(words) => refuse(StatusCode::UNPROCESSABLE_ENTITY, &words),
    }
}

/// Issues a token of the remote that the order names (Airtable if none), with what else it says as the grant.
async fn issue_token(core: Data<Core>, order: web::Json<Map<String, Value>>) -> HttpResponse {
    let mut order = order.into_inner();
    let remote = order.remove("remote").map_or(Ok(Remote::default()), serde_json::from_value);
    let grant = Value::Object(order);
    let issued = remote.and_then(|remote| match remote {
        Remote::Airtable => {
            serde_json::from_value::<TokenGrant>(grant).map(|grant| core.providers.airtable.issue(grant))
        }
        Remote::Notion => {
            serde_json::from_value::<NotionGrant>(grant).map(|grant| core.providers.notion.issue(grant))
        }
    });
    match issued {
        Ok(token) => HttpResponse::Ok().json(json!({"token": token})),
        Err(error) => refuse(StatusCode::BAD_REQUEST, &format!("this is no grant: {error}")),
    }
}

/// Which token to revoke.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Revocation {
    token: String,
}

async fn revoke_token(core: Data<Core>, order: web::Json<Revocation>) -> HttpResponse {
    if core.providers.airtable.revoke(&order.token) || core.providers.notion.revoke(&order.token) {
        HttpResponse::Ok().json(json!({}))
    } else {
        refuse(StatusCode::NOT_FOUND, "this token was not issued here")
    }
}

async fn knobs(core: Data<Core>) -> HttpResponse {
    HttpResponse::Ok().json(core.common.knobs())
}

/// Turns the knobs that are named and leaves the others.
async fn set_knobs(core: Data<Core>, wanted: web::Json<Value>) -> HttpResponse {
    let merged = serde_json::to_value(core.common.knobs()).and_then(|mut knobs| {
        if let (Some(known), Some(wanted)) = (knobs.as_object_mut(), wanted.as_object()) {
            known.extend(wanted.clone());
        }
        serde_json::from_value(knobs)
    });
    match merged {
        Ok(turned) => {
            core.set_knobs(turned);
            knobs(core).await
        }
        Err(error) => refuse(StatusCode::BAD_REQUEST, &format!("these are not knobs: {error}")),
    }
}

async fn world(core: Data<Core>) -> HttpResponse {
    HttpResponse::Ok().json(core.world())
}
