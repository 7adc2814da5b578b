//! A client that keeps every byte that it hears.

use std::fmt::Write as _;
use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::Value;

/// Longer than any answer takes; a stream of events is left after it.
const PATIENCE: Duration = Duration::from_mins(1);

/// One caller of the server.
pub(crate) struct Wire {
    address: SocketAddr,
    /// Goes with each request, after the head's first lines.
    pub(crate) headers: Vec<(String, String)>,
    /// Everything that came back, as it came and again without the marks between its chunks.
    pub(crate) heard: Vec<u8>,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Heard {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Heard {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// All values of a header.
    pub(crate) fn headers<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.head.lines().filter_map(move |line| {
            let (known, value) = line.split_once(':')?;
            known.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    pub(crate) fn header<'a>(&'a self, name: &'a str) -> &'a str {
        self.headers(name).next().unwrap_or_default()
    }
}

impl Wire {
    pub(crate) fn to(address: SocketAddr) -> Self {
        Self { address, headers: Vec::new(), heard: Vec::new() }
    }

    /// The same caller, who always says this too.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn get(&mut self, path: &str) -> Heard {
        self.ask("GET", path, &[], b"")
    }

    pub(crate) fn send(&mut self, method: &str, path: &str, body: &Value) -> Heard {
        self.ask(method, path, &[("Content-Type", "application/json")], body.to_string().as_bytes())
    }

    /// Sends a form as a page does.
    pub(crate) fn form(&mut self, path: &str, fields: &[(&str, &str)]) -> Heard {
        let body: String = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.ask("POST", path, &[("Content-Type", "application/x-www-form-urlencoded")], body.as_bytes())
    }

    pub(crate) fn ask(&mut self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Heard {
        let host = self.address.to_string();
        let mut head = format!("{method} {path} HTTP/1.1\r\n");
        let own = self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let all: Vec<_> = own.chain(headers.iter().copied()).collect();
        if !all.iter().any(|(name, _)| name.eq_ignore_ascii_case("host")) {
            write!(head, "Host: {host}\r\n").unwrap();
        }
        for (name, value) in all {
            write!(head, "{name}: {value}\r\n").unwrap();
        }
        if !body.is_empty() || method != "GET" {
            write!(head, "Content-Length: {}\r\n", body.len()).unwrap();
        }
        head.push_str("Connection: close\r\n\r\n");
        self.raw(&[head.as_bytes(), body].concat(), PATIENCE)
    }

    /// Sends these bytes as they are, and listens until the server has said all, or for as long as that.
    pub(crate) fn raw(&mut self, request: &[u8], patience: Duration) -> Heard {
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(patience)).unwrap();
        // A server that refuses early closes before it has heard all.
        let _ = stream.write_all(request);
        let mut bytes = Vec::new();
        let mut part = [0; 16 * 1024];
        loop {
            match stream.read(&mut part) {
                Ok(0) => break,
                Ok(count) => bytes.extend_from_slice(&part[..count]),
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => break,
                Err(_) => break,
            }
        }
        let heard = read(&bytes);
        self.heard.extend_from_slice(&bytes);
        self.heard.push(b'\n');
        self.heard.extend_from_slice(&heard.body);
        self.heard.push(b'\n');
        heard
    }
}

/// Takes an answer apart; nothing is status 0.
fn read(bytes: &[u8]) -> Heard {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").unwrap_or(bytes.len());
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let body = bytes.get(end + 4..).unwrap_or_default();
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
    let is_chunked = head.to_ascii_lowercase().contains("transfer-encoding: chunked");
    Heard { status, body: if is_chunked { joined(body) } else { body.to_vec() }, head }
}

/// The chunks' contents, one after the other.
fn joined(mut body: &[u8]) -> Vec<u8> {
    let mut joined = Vec::new();
    while let Some(end) = body.windows(2).position(|two| two == b"\r\n") {
        let size =
            std::str::from_utf8(&body[..end]).ok().and_then(|size| usize::from_str_radix(size, 16).ok());
        let Some(size) = size.filter(|size| *size > 0) else { break };
        let chunk = &body[end + 2..];
        joined.extend_from_slice(&chunk[..size.min(chunk.len())]);
        body = chunk.get(size + 2..).unwrap_or_default();
    }
    joined
}
