//! The one way to a remote.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use connector_core::{Error, ErrorKind};
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, Response, Url, redirect};
use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;

use crate::dial::{Dial, Timed};
use crate::dialect::Dialect;
use crate::failure::{self, Failure};
use crate::limit::Limiter;
use crate::meter::Meter;
use crate::request::Request;
use crate::retry::{Patience, Policy};

/// The largest answer that is read, in bytes.
const LARGEST_ANSWER: usize = 16 * 1024 * 1024;

/// Sends calls to one remote with one token. Cloning shares connections, pace and meters.
///
/// Redirects are not followed, since they would carry data or the token elsewhere. The proxies of the
/// environment are not used. An address without TLS is taken on this machine only.
#[derive(Debug, Clone)]
pub struct Http {
    shared: Arc<Shared>,
    limiters: Vec<Arc<Limiter>>,
    meters: Vec<Arc<Meter>>,
}

#[derive(Debug)]
struct Shared {
    client: Client,
    endpoint: Url,
    dialect: &'static dyn Dialect,
    patience: Patience,
}

/// What an [`Http`] is made from.
#[derive(Debug)]
pub struct HttpSettings<'a> {
    /// The remote's address, without the version of its API.
    pub endpoint: &'a str,
    /// Sent as bearer token.
    pub token: &'a SecretString,
    /// Headers that go with each request.
    pub headers: &'a [(HeaderName, HeaderValue)],
    /// How the remote speaks.
    pub dialect: &'static dyn Dialect,
    /// How patient to be.
    pub policy: Policy,
    /// How long to wait for what.
    pub timeouts: Timeouts,
}

/// How long one attempt may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// To open a connection.
    pub connect: Duration,
    /// Between two parts of the answer.
    pub read: Duration,
    /// From the start to the last byte of the answer.
    pub total: Duration,
}

impl Default for Timeouts {
    /// 10 s to connect, 30 s of silence, 60 s in all.
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            read: Duration::from_secs(30),
            total: Duration::from_mins(1),
        }
    }
}

/// A success.
#[derive(Debug, Clone)]
pub struct Answer<T> {
    /// What the remote said.
    pub body: T,
    /// When it said so, by its own clock, in whole seconds.
    pub date: Option<DateTime<Utc>>,
}

impl Http {
    /// Checks the settings; calls nobody.
    pub fn new(settings: HttpSettings<'_>) -> Result<Self, Error> {
        let HttpSettings { endpoint, token, headers, dialect, policy, timeouts } = settings;
        let wrong = |why: String| {
            Error::new(ErrorKind::Settings, dialect.remote(), "preparing the connection").with_detail(why)
        };
        let endpoint = parse_endpoint(endpoint).map_err(wrong)?;
        let mut bearer = HeaderValue::from_str(&format!("Bearer {}", token.expose_secret().trim()))
            .map_err(|_| wrong("the token has characters that no token has".into()))?;
        bearer.set_sensitive(true);
        let mut defaults: HeaderMap = headers.iter().cloned().collect();
        defaults.insert(AUTHORIZATION, bearer);
        let dial = Arc::new(Dial::default());
        let client = Client::builder()
            .default_headers(defaults)
            .user_agent(concat!("crm-sync/", env!("CARGO_PKG_VERSION")))
            .redirect(redirect::Policy::none())
            .no_proxy()
            .connector_layer(Timed { dial: Arc::clone(&dial) })
            .connect_timeout(timeouts.connect)
            .read_timeout(timeouts.read)
            .timeout(timeouts.total)
            .build()
            .map_err(|error| wrong(error.to_string()))?;
        let shared = Shared { client, endpoint, dialect, patience: Patience::new(policy, dial) };
        Ok(Self { shared: Arc::new(shared), limiters: Vec::new(), meters: Vec::new() })
    }

    /// The same client, also paced by `limiter`, which is more particular than those it has.
    #[must_use]
    pub fn paced_by(&self, limiter: Arc<Limiter>) -> Self {
        let mut paced = self.clone();
        paced.limiters.insert(0, limiter);
        paced
    }

    /// The same client, whose calls `meter` counts besides the meters that it has.
    #[must_use]
    pub fn metered_by(&self, meter: Arc<Meter>) -> Self {
        let mut metered = self.clone();
        metered.meters.push(meter);
        metered
    }

    /// How long the address of `request` is, in bytes.
    #[must_use]
    pub fn url_length(&self, request: &Request) -> usize {
        self.shared.url(request).as_str().len()
    }

    /// Sends `request`, again if it must and may be, and reads the answer as `T`.
    pub async fn send<T: DeserializeOwned>(&self, request: &Request) -> Result<Answer<T>, Failure> {
        if request.leads_elsewhere() {
            return Err(Failure::unaddressable());
        }
        let shared = &self.shared;
        let attempt = |number| shared.send_once(request, number);
        let Answer { body, date } =
            shared.patience.attempt(&self.limiters, &self.meters, request.repeat, attempt).await?;
        let body = serde_json::from_slice(&body).map_err(|error| {
            Failure::undecodable(format_args!("the answer is not as expected: {error}"), &body)
        })?;
        Ok(Answer { body, date })
    }
}

impl Shared {
    fn url(&self, request: &Request) -> Url {
        let mut url = self.endpoint.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(&request.segments);
        }
        if !request.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&request.query);
        }
        url
    }

    async fn send_once(&self, request: &Request, number: u32) -> Result<Answer<Vec<u8>>, Failure> {
        let mut call = self.client.request(request.method.clone(), self.url(request));
        if let Some(body) = &request.body {
            call = call.header(CONTENT_TYPE, "application/json").body(body.clone());
        }
        let response = call.send().await.map_err(Failure::transport)?;
        let status = response.status();
        let headers = response.headers().clone();
        let path = request.segments.join("/");
        tracing::debug!(method = %request.method, path, attempt = number, status = status.as_u16(), "answered");
        if status.is_success() {
            return Ok(Answer { body: read(response).await?, date: failure::date(&headers) });
        }
        // What a refusal says matters less than that it is one.
        let body = read(response).await.unwrap_or_default();
        Err(Failure::refused(self.dialect, status.as_u16(), &headers, &body))
    }
}

async fn read(mut response: Response) -> Result<Vec<u8>, Failure> {
    let mut body = Vec::new();
    while let Some(part) = response.chunk().await.map_err(Failure::transport)? {
        if body.len() + part.len() > LARGEST_ANSWER {
            return Err(Failure::undecodable("the answer is larger than 16 MiB", &[]));
        }
        body.extend_from_slice(&part);
    }
    Ok(body)
}

fn parse_endpoint(endpoint: &str) -> Result<Url, String> {
    let url =
        Url::parse(endpoint).map_err(|error| format!("the address {endpoint:?} is not valid: {error}"))?;
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    let local = host == "localhost" || host.parse().is_ok_and(|ip: std::net::IpAddr| ip.is_loopback());
    match url.scheme() {
        "https" => Ok(url),
        "http" if local => Ok(url),
        "http" => Err(format!("{host} would get the token unencrypted: use https")),
        scheme => Err(format!("{scheme} is not http or https")),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("https://api.airtable.com", true)]
    #[case("http://127.0.0.1:8080/airtable", true)]
    #[case("http://[::1]:8080", true)]
    #[case("http://localhost:8080", true)]
    #[case("http://example.com", false)]
    #[case("ftp://example.com", false)]
    #[case("api.airtable.com", false)]
    fn a_token_leaves_this_machine_only_encrypted(#[case] endpoint: &str, #[case] taken: bool) {
        assert_eq!(parse_endpoint(endpoint).is_ok(), taken);
    }
}
