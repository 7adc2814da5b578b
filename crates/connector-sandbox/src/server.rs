//! The servers: ports on loopback, one thread that runs them, an end that waits for it.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;

use actix_web::dev::ServerHandle;
use actix_web::middleware::{Compress, Condition};
use actix_web::web::{Data, PayloadConfig, to};
use actix_web::{App, HttpServer};

use crate::connection::Connection;
use crate::control;
use crate::exchange::{MAX_BODY, Service, exchange};
use crate::remote::Remote;
use crate::sandbox::{Core, StartError};
use crate::settings::Settings;

/// The listeners, bound before anything serves so that addresses are known.
#[derive(Debug)]
pub(crate) struct Ports {
    airtable: (TcpListener, SocketAddr),
    notion: (TcpListener, SocketAddr),
    control: (TcpListener, SocketAddr),
}

impl Ports {
    pub(crate) fn bind(settings: &Settings) -> Result<Self, StartError> {
        Ok(Self {
            airtable: bind(settings.airtable_port)?,
            notion: bind(settings.notion_port)?,
            control: bind(settings.control_port)?,
        })
    }

    pub(crate) fn airtable_url(&self) -> String {
        format!("http://{}", self.airtable.1)
    }

    pub(crate) fn notion_url(&self) -> String {
        format!("http://{}", self.notion.1)
    }

    pub(crate) fn control_url(&self) -> String {
        format!("http://{}", self.control.1)
    }
}

fn bind(port: u16) -> Result<(TcpListener, SocketAddr), StartError> {
    let listen = |source| StartError::Listen { port, source };
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_err(listen)?;
    let address = listener.local_addr().map_err(listen)?;
    Ok((listener, address))
}

/// The running servers.
#[derive(Debug)]
pub(crate) struct Server {
    handles: Vec<ServerHandle>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Serves until dropped.
    pub(crate) fn run(ports: Ports, core: &Arc<Core>, gzip: bool) -> Result<Self, StartError> {
        let (ready, started) = mpsc::channel();
        let core = core.clone();
        let thread = std::thread::Builder::new()
            .name("sandbox".to_owned())
            .spawn(move || {
                actix_web::rt::System::new().block_on(async move {
                    match servers(ports, &core, gzip) {
                        Ok(servers) => {
                            ready.send(Ok(servers.iter().map(actix_web::dev::Server::handle).collect())).ok();
                            // The servers end when they are told to, not by a failure of their own.
                            futures::future::join_all(servers).await;
                        }
                        Err(error) => {
                            ready.send(Err(error)).ok();
                        }
                    }
                });
            })
            .map_err(|error| StartError::Server(error.to_string()))?;
        let handles = started
            .recv()
            .map_err(|error| StartError::Server(error.to_string()))?
            .map_err(|error| StartError::Server(error.to_string()))?;
        Ok(Self { handles, thread: Some(thread) })
    }
}

fn servers(ports: Ports, core: &Arc<Core>, gzip: bool) -> std::io::Result<Vec<actix_web::dev::Server>> {
    let airtable = provider(Remote::Airtable, ports.airtable.0, core, gzip)?;
    let notion = provider(Remote::Notion, ports.notion.0, core, gzip)?;
    let core = Data::from(core.clone());
    let control = HttpServer::new(move || App::new().app_data(core.clone()).configure(control::configure))
        .workers(1)
        .disable_signals()
        .listen(ports.control.0)?
        .run();
    Ok(vec![airtable, notion, control])
}

/// A provider's server.
fn provider(
    remote: Remote,
    listener: TcpListener,
    core: &Arc<Core>,
    gzip: bool,
) -> std::io::Result<actix_web::dev::Server> {
    let service = Data::new(Service { provider: core.provider(remote), common: core.common.clone() });
    let server = HttpServer::new(move || {
        App::new()
            .wrap(Condition::new(gzip, Compress::default()))
            .app_data(PayloadConfig::new(MAX_BODY))
            .app_data(service.clone())
            .default_service(to(exchange))
    });
    Ok(server.on_connect(Connection::remember).workers(2).disable_signals().listen(listener)?.run())
}

impl Drop for Server {
    fn drop(&mut self) {
        for handle in &self.handles {
            // The order is sent at once; what is dropped is only the wait for its end.
            drop(handle.stop(false));
        }
        if let Some(thread) = self.thread.take() {
            thread.join().ok();
        }
    }
}
