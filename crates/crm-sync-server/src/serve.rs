//! The server: listens, answers, ends well.

use std::net::SocketAddr;
use std::pin::pin;
use std::time::Duration;

use actix_web::middleware::from_fn;
use actix_web::{App, HttpServer, web};
use futures::future::{Either, select};
use tokio::time::timeout;
use utoipa_actix_web::AppExt as _;

use crate::api::{self, Documented};
use crate::failure::Failure;
use crate::pages;
use crate::web::{Site, gate, headers, refusal, trace};

/// How long a client may take to send the head of its request.
const HEAD_TIME: Duration = Duration::from_secs(5);
/// How long a connection may be idle between two requests.
const IDLE_TIME: Duration = Duration::from_secs(30);
/// How long answers under way may take when the server ends.
const LAST_ANSWERS: Duration = Duration::from_secs(5);
/// How long what was answered may take to go out. Actix itself looks once a second whether somebody is still connected.
const LAST_BYTES: Duration = Duration::from_millis(100);
/// Connections of one thread at once: more of them wait.
const CONNECTIONS: usize = 1_024;
/// Threads that answer. They only wait: queries and runs have threads of their own.
const THREADS: usize = 2;

/// A server that listens.
pub struct Server {
    inner: actix_web::dev::Server,
    addresses: Vec<SocketAddr>,
    site: Site,
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Server").field("addresses", &self.addresses).finish_non_exhaustive()
    }
}

impl Server {
    /// Listens on `address`; port 0 is any that is free. Answers begin with [`run`](Self::run).
    pub fn bind(site: Site, address: SocketAddr) -> Result<Self, Failure> {
        let data = web::Data::new(site.clone());
        let documented = web::Data::new(Documented(api::document().into()));
        let server = HttpServer::new(move || {
            App::new()
                .app_data(data.clone())
                .app_data(documented.clone())
                .wrap(from_fn(gate::guard))
                .wrap(from_fn(pages::explain))
                .wrap(from_fn(refusal::explain))
                .wrap(from_fn(headers::secure))
                .wrap(from_fn(trace::trace))
                .into_utoipa_app()
                .configure(api::configure)
                .into_app()
                .configure(pages::configure)
                .default_service(web::to(api::fallback))
        })
        // Signals are the command's: an open stream would hold up Actix's own way of ending.
        .disable_signals()
        .workers(THREADS)
        .max_connections(CONNECTIONS)
        .client_request_timeout(HEAD_TIME)
        .keep_alive(IDLE_TIME)
        .shutdown_timeout(LAST_ANSWERS.as_secs())
        .bind(address)
        .map_err(|source| Failure::Listen { address, source })?;
        Ok(Self { addresses: server.addrs(), inner: server.run(), site })
    }

    /// Where it listens.
    #[must_use]
    pub fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }

    /// Answers until the site's token is cancelled; then streams end, and answers under way come to their end.
    pub async fn run(self) -> Result<(), Failure> {
        let Self { mut inner, addresses, site } = self;
        let handle = inner.handle();
        site.worker.attend();
        let ended = tokio::select! {
            ended = &mut inner => ended,
            () = site.stop.cancelled() => {
                site.answers.close();
                let last = async {
                    // What waits for a run is answered once the worker has given it up.
                    site.worker.shutdown().await;
                    // What takes longer is not waited for.
                    let _ = timeout(LAST_ANSWERS, site.answers.wait()).await;
                    tokio::time::sleep(LAST_BYTES).await;
                    Ok(())
                };
                let ending = async { tokio::join!(handle.stop(true), inner).1 };
                let (ending, last) = (pin!(ending), pin!(last));
                match select(ending, last).await {
                    // Nobody is connected any longer; the work may still be.
                    Either::Left((ended, last)) => ended.and(last.await),
                    Either::Right((last, _)) => last,
                }
            }
        };
        let address = addresses.first().copied().unwrap_or(SocketAddr::from(([0, 0, 0, 0], 0)));
        ended.map_err(|source| Failure::Listen { address, source })
    }
}
