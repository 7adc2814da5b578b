//! Who may come in: the name the server is called by, the origin of the page, the key.

use std::net::IpAddr;
use std::time::Instant;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{AUTHORIZATION, HOST, HeaderName, ORIGIN};
use actix_web::middleware::Next;
use actix_web::{Error, HttpRequest, web};
use secrecy::ExposeSecret as _;
use subtle::ConstantTimeEq as _;

use super::{Refusal, Site, cors};
use crate::pages;

/// Where a proxy on this machine tells whom it speaks for.
const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
/// What a supervisor may ask without a key.
const OPEN: [&str; 2] = ["/healthz", "/readyz"];

/// Lets a request through or refuses it, and opens the answer to the page that may read it.
pub async fn guard<B: MessageBody + 'static>(
    site: web::Data<Site>,
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let access = &site.access;
    let origin = cors::named(&request, access);
    let visited = visit(&site, &request).and_then(|()| clean(&request));
    let mut answer = match visited {
        Err(refusal) => request.error_response(refusal),
        Ok(()) if cors::is_preflight(&request) && origin.is_some() => {
            request.into_response(cors::preflight())
        }
        Ok(()) => next.call(request).await?.map_into_boxed_body(),
    };
    cors::open(answer.headers_mut(), origin);
    Ok(answer)
}

fn visit(site: &Site, request: &ServiceRequest) -> Result<(), Refusal> {
    let access = &site.access;
    let header = |name| request.headers().get(name).map(|value| value.to_str().unwrap_or_default());
    let host =
        request.uri().authority().map(actix_web::http::uri::Authority::as_str).or_else(|| header(HOST));
    let is_open = OPEN.contains(&request.path());
    if !is_open && !host.is_some_and(|host| access.answers_to(host)) {
        return Err(Refusal::Host);
    }
    if let Some(origin) = header(ORIGIN)
        && !access.allows_origin(origin, host)
    {
        return Err(Refusal::Origin);
    }
    if is_open || cors::is_preflight(request) {
        return Ok(());
    }
    let Some(key) = &access.key else { return Ok(()) };
    let path = request.path();
    if pages::is_page(path) && (pages::is_open(path) || pages::is_signed_in(request.request(), site)) {
        return Ok(());
    }
    let (caller, now) = (caller(request.request()), Instant::now());
    if let Some(wait) = access.attempts.wait(caller, now) {
        return Err(Refusal::Attempts(wait));
    }
    let Some(shown) = header(AUTHORIZATION) else { return Err(Refusal::Key) };
    let (scheme, shown) = shown.split_once(' ').unwrap_or_default();
    let is_key = shown.trim().as_bytes().ct_eq(key.expose_secret().as_bytes());
    if scheme.eq_ignore_ascii_case("bearer") && is_key.into() {
        return Ok(());
    }
    access.attempts.failed(caller, now);
    Err(Refusal::Key)
}

/// Whether the address can be kept and looked for: no database of ours has the character NUL.
fn clean(request: &ServiceRequest) -> Result<(), Refusal> {
    let has_nul = |text: &str| text.contains("%00");
    let is_clean = !has_nul(request.path()) && !has_nul(request.query_string());
    if is_clean && !request.path().contains('\0') { Ok(()) } else { Err(Refusal::Nul) }
}

/// Who asks. A proxy is believed when it is on this machine, and only the last address, which is its own word.
#[must_use]
pub fn caller(request: &HttpRequest) -> IpAddr {
    let peer = request.peer_addr().map_or(IpAddr::from([0, 0, 0, 0]), |address| address.ip());
    let forwarded = request.headers().get_all(FORWARDED_FOR).last().and_then(|value| value.to_str().ok());
    let forwarded = forwarded.and_then(|list| list.rsplit(',').next()?.trim().parse().ok());
    forwarded.filter(|_| peer.to_canonical().is_loopback()).unwrap_or(peer)
}
