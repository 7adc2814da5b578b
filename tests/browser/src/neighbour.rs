//! Another server on this machine that gives one page: the CRM's, or a stranger's.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};

/// A server that answers every request with one page.
#[derive(Debug)]
pub struct Neighbour {
    /// Its origin.
    pub url: String,
    address: SocketAddr,
    is_over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Neighbour {
    /// A port that is free now, for an origin that has to be known before there is a page.
    pub fn listener() -> TcpListener {
        TcpListener::bind("127.0.0.1:0").expect("a free port")
    }

    /// Serves this page on `listener` until it is dropped.
    pub fn serve(listener: TcpListener, html: String) -> Self {
        let address = listener.local_addr().expect("an address");
        let is_over = Arc::new(AtomicBool::new(false));
        let over = is_over.clone();
        let thread = thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if over.load(Ordering::Relaxed) {
                    return;
                }
                let mut lines = BufReader::new(&stream).lines().map_while(Result::ok);
                // Up to the empty line that ends the head.
                lines.by_ref().find(String::is_empty);
                let head = format!(
                    "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\n\
                     Connection: close\r\n\r\n",
                    html.len()
                );
                let mut stream = &stream;
                stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(html.as_bytes())).ok();
            }
        });
        Self { url: format!("http://{address}"), address, is_over, thread: Some(thread) }
    }
}

impl Drop for Neighbour {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Relaxed);
        // Wakes the thread, which waits for somebody to come.
        std::net::TcpStream::connect(self.address).ok();
        if let Some(thread) = self.thread.take() {
            thread.join().ok();
        }
    }
}
