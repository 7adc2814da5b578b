//! A handle on the client's connection, to cut it in the middle of an exchange.

use std::any::Any;
use std::net::{Shutdown, TcpStream};
use std::os::fd::AsFd;
use std::sync::Arc;

use actix_web::dev::Extensions;

/// A second handle on the socket that a request came by.
#[derive(Clone, Debug)]
pub(crate) struct Connection(Arc<TcpStream>);

impl Connection {
    /// Keeps a handle on each accepted connection, for its requests to find.
    pub(crate) fn remember(accepted: &dyn Any, data: &mut Extensions) {
        let handle = accepted
            .downcast_ref::<actix_web::rt::net::TcpStream>()
            .and_then(|stream| stream.as_fd().try_clone_to_owned().ok());
        if let Some(handle) = handle {
            data.insert(Self(Arc::new(TcpStream::from(handle))));
        }
    }

    /// Ends the connection: what is written to it afterwards goes nowhere.
    pub(crate) fn cut(&self) {
        // It fails only if the client has gone already.
        self.0.shutdown(Shutdown::Both).ok();
    }
}
