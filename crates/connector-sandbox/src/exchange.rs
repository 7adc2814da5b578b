//! One exchange over HTTP: counting, latency and faults around a provider's answer.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::{Duration, Instant};

use actix_web::body::SizedStream;
use actix_web::http::StatusCode;
use actix_web::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN, AUTHORIZATION,
    CONTENT_ENCODING, CONTENT_TYPE, DATE, HeaderName,
};
use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};
use futures::{StreamExt, stream};

use crate::clock::Clock;
use crate::connection::Connection;
use crate::fault::{Effect, Fault, FaultAnswer, Script, Shape};
use crate::provider::{Provider, Reply, Request};
use crate::settings::Knobs;
use crate::stats::{Counter, Exchange};

/// The largest body that is read; the provider's own bound is unpublished.
pub(crate) const MAX_BODY: usize = 16 << 20;

/// What all providers share.
#[derive(Debug, Default)]
pub(crate) struct Common {
    pub(crate) clock: Clock,
    counter: Mutex<Counter>,
    script: Mutex<Script>,
    knobs: RwLock<Knobs>,
}

impl Common {
    pub(crate) fn new(clock: Clock, knobs: Knobs) -> Self {
        Self { clock, knobs: RwLock::new(knobs), ..Self::default() }
    }

    pub(crate) fn counter(&self) -> MutexGuard<'_, Counter> {
        self.counter.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn script(&self) -> MutexGuard<'_, Script> {
        self.script.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn knobs(&self) -> Knobs {
        self.knobs.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn set_knobs(&self, knobs: Knobs) {
        *self.knobs.write().unwrap_or_else(PoisonError::into_inner) = knobs;
    }
}

/// A provider behind HTTP.
pub(crate) struct Service {
    pub(crate) provider: Arc<dyn Provider>,
    pub(crate) common: Arc<Common>,
}

/// What became of a request.
enum Ending {
    Answered(Reply),
    CutBody(Reply),
    Cut,
    Held,
}

/// Handles every request of a provider's port.
pub(crate) async fn exchange(
    http: HttpRequest,
    body: Result<Bytes, actix_web::Error>,
    service: Data<Service>,
) -> HttpResponse {
    if http.method() == actix_web::http::Method::OPTIONS {
        return preflight();
    }
    let method = http.method().as_str();
    let route = service.provider.route(method, http.uri().path());
    let remote = service.provider.remote();
    let knobs = service.common.knobs();
    let fault = {
        service.common.counter().arrive(remote, Instant::now());
        service.common.script().take(remote, method, route)
    };
    let delay = knobs.latency_ms + fault.as_ref().map_or(0, |fault| fault.delay_ms);
    if delay > 0 {
        tokio::time::sleep(Duration::from_millis(delay)).await;
    }
    let request_bytes = body.as_ref().map_or(0, Bytes::len);
    let ending = service.end(&http, body, &knobs, fault);
    let (status, response_bytes) = match &ending {
        Ending::Answered(reply) => (reply.status.to_string(), reply.body.len()),
        Ending::CutBody(reply) => (reply.status.to_string(), reply.body.len() / 2),
        Ending::Cut => ("cut".to_owned(), 0),
        Ending::Held => ("held".to_owned(), 0),
    };
    service.common.counter().finish(Exchange {
        remote,
        method,
        route,
        status,
        request_bytes,
        response_bytes,
    });
    if let Ending::Held = ending {
        return std::future::pending().await;
    }
    service.respond(&http, ending)
}

impl Service {
    fn end(
        &self,
        http: &HttpRequest,
        body: Result<Bytes, actix_web::Error>,
        knobs: &Knobs,
        fault: Option<Fault>,
    ) -> Ending {
        let apply = || match body {
            Ok(body) => self.provider.answer(&request(http, body), knobs, self.common.clock.now()),
            Err(_) => self.provider.too_large(),
        };
        match fault.and_then(|fault| fault.effect) {
            None => Ending::Answered(apply()),
            Some(Effect::Answer(answer)) => {
                let applied = answer.applied.then(apply);
                Ending::Answered(self.failure(&answer, applied.as_ref()))
            }
            Some(Effect::Cut { applied }) => {
                if applied {
                    apply();
                }
                Ending::Cut
            }
            Some(Effect::CutBody) => Ending::CutBody(apply()),
            Some(Effect::Hold { applied }) => {
                if applied {
                    apply();
                }
                Ending::Held
            }
        }
    }

    fn failure(&self, answer: &FaultAnswer, applied: Option<&Reply>) -> Reply {
        let mut reply = match answer.shape {
            Shape::Html => Reply::bytes(
                answer.status,
                "text/html",
                format!(
                    "<html><head><title>{0}</title></head><body><h1>{0}</h1></body></html>",
                    answer.status
                )
                .into_bytes(),
            ),
            Shape::Empty => Reply::bytes(answer.status, "text/plain", Vec::new()),
            Shape::Object | Shape::List | Shape::Bare => self.provider.fault(answer, applied),
        };
        if let Some(seconds) = answer.retry_after {
            reply.headers.push((RETRY_AFTER_NAME, seconds.to_string()));
        }
        reply
    }

    fn respond(&self, http: &HttpRequest, ending: Ending) -> HttpResponse {
        let (reply, whole) = match ending {
            Ending::Answered(reply) => (reply, true),
            Ending::CutBody(reply) => (reply, false),
            Ending::Cut | Ending::Held => {
                if let Some(connection) = http.conn_data::<Connection>() {
                    connection.cut();
                }
                return HttpResponse::InternalServerError().finish();
            }
        };
        let status = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = HttpResponse::build(status);
        response.insert_header((CONTENT_TYPE, reply.content_type));
        response
            .insert_header((DATE, self.common.clock.now().format("%a, %d %b %Y %H:%M:%S GMT").to_string()));
        response.insert_header((ACCESS_CONTROL_ALLOW_ORIGIN, "*"));
        for (name, value) in reply.headers {
            response.insert_header((HeaderName::from_static(name), value));
        }
        if whole {
            return response.body(reply.body);
        }
        // Compression would hold the half back.
        response.insert_header((CONTENT_ENCODING, "identity"));
        let length = u64::try_from(reply.body.len()).unwrap_or(u64::MAX);
        let half = Bytes::copy_from_slice(reply.body.get(..reply.body.len() / 2).unwrap_or_default());
        let end = async {
            // What was written is flushed while the body waits.
            tokio::task::yield_now().await;
            Err(io::Error::from(io::ErrorKind::ConnectionAborted))
        };
        let pieces = stream::iter([Ok(half)]).chain(stream::once(end));
        response.body(SizedStream::new(length, pieces))
    }
}

/// The header's name where a reply carries names as text.
pub(crate) const RETRY_AFTER_NAME: &str = "retry-after";

fn request(http: &HttpRequest, body: Bytes) -> Request {
    let header = |name| {
        http.headers()
            .get(name)
            .and_then(|value: &actix_web::http::header::HeaderValue| value.to_str().ok().map(str::to_owned))
    };
    Request {
        method: http.method().as_str().to_owned(),
        path: http.uri().path().to_owned(),
        query: http.uri().query().unwrap_or_default().to_owned(),
        authorization: header(AUTHORIZATION),
        content_type: header(CONTENT_TYPE),
        version: header(HeaderName::from_static("notion-version")),
        body,
    }
}

/// Browsers ask first.
fn preflight() -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((ACCESS_CONTROL_ALLOW_ORIGIN, "*"))
        .insert_header((ACCESS_CONTROL_ALLOW_METHODS, "DELETE,GET,OPTIONS,PATCH,POST,PUT"))
        .insert_header((
            ACCESS_CONTROL_ALLOW_HEADERS,
            "authorization,content-length,content-type,notion-version,user-agent,\
             x-airtable-application-id,x-airtable-user-agent,x-api-version,x-requested-with",
        ))
        .finish()
}
