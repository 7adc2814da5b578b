//! Chromium's driver: a process that a test starts, that is asked over HTTP, and that ends with the test.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};
use test_postgres::find_in_path;

/// What Chromium needs to run without a screen, as any user, and without calling home.
const ARGUMENTS: [&str; 12] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--no-proxy-server",
    "--hide-scrollbars",
    "--force-prefers-reduced-motion",
];
/// How often a driver is started until one listens.
const ATTEMPTS: u32 = 5;
/// How long one answer may take: a page that reads both sides, on a machine with much to do.
const ANSWER: Duration = Duration::from_secs(90);

/// A driver with one session.
#[derive(Debug)]
pub(crate) struct Driver {
    process: Child,
    port: u16,
    session: String,
    /// Read no further, but open: the driver must not find its pipe closed.
    _told: BufReader<ChildStdout>,
}

/// What the driver refused, by its name in the standard: `no such element`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refused(pub(crate) String);

impl Driver {
    /// Starts a driver on a free port, and a browser with further arguments.
    pub(crate) fn start(arguments: &[String], preferences: &Value) -> Self {
        let started = (0..ATTEMPTS).find_map(|_| Self::listening());
        let (process, told, port) = started.expect("chromedriver starts");
        let mut driver = Self { process, port, session: String::new(), _told: told };
        let all: Vec<&str> = ARGUMENTS.into_iter().chain(arguments.iter().map(String::as_str)).collect();
        let wanted = json!({"capabilities": {"alwaysMatch": {
            "goog:chromeOptions": {"args": all, "prefs": preferences},
            "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
        }}});
        let made = driver.ask("POST", "/session", &wanted).expect("Chromium starts");
        made["sessionId"].as_str().expect("a session").clone_into(&mut driver.session);
        driver
    }

    /// A driver on a port of its own choice, which another may have taken in the same moment.
    fn listening() -> Option<(Child, BufReader<ChildStdout>, u16)> {
        let program = find_in_path("chromedriver")
            .expect("the pages are tested in Chromium (Debian: apt-get install chromium chromium-driver)");
        let mut process = Command::new(program)
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .stdin(Stdio::null())
            .spawn()
            .expect("chromedriver starts");
        let mut told = BufReader::new(process.stdout.take().expect("a pipe"));
        let mut lines = told.by_ref().lines().map_while(Result::ok);
        let line = lines.find(|line| line.contains("successfully on port "));
        let port = line.and_then(|line| line.rsplit("on port ").next()?.trim_end_matches('.').parse().ok());
        let Some(port) = port else {
            process.wait().ok();
            return None;
        };
        Some((process, told, port))
    }

    /// Asks for something of the session.
    pub(crate) fn post(&self, path: &str, body: &Value) -> Result<Value, Refused> {
        self.ask("POST", &format!("/session/{}{path}", self.session), body)
    }

    /// Reads something of the session.
    pub(crate) fn get(&self, path: &str) -> Result<Value, Refused> {
        self.ask("GET", &format!("/session/{}{path}", self.session), &Value::Null)
    }

    /// One request on a connection of its own.
    fn ask(&self, method: &str, path: &str, body: &Value) -> Result<Value, Refused> {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).expect("chromedriver answers");
        stream.set_read_timeout(Some(ANSWER)).expect("a timeout");
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\nConnection: close\r\n\r\n",
            self.port,
            body.len()
        );
        stream.write_all(head.as_bytes()).expect("chromedriver listens");
        stream.write_all(body.as_bytes()).expect("chromedriver listens");
        let answer = read(&stream).expect("chromedriver answers in time");
        let answer: Value = serde_json::from_slice(&answer).expect("JSON");
        let value = answer.get("value").cloned().unwrap_or_default();
        match value.get("error").and_then(Value::as_str) {
            Some(error) if value.get("stacktrace").is_some() => {
                let message = value.get("message").and_then(Value::as_str).unwrap_or_default();
                Err(Refused(format!("{error}: {message}")))
            }
            _ => Ok(value),
        }
    }
}

/// The body of an answer. Its length tells where it ends: the browser may have inherited the connection, which then
/// stays open.
fn read(stream: &TcpStream) -> io::Result<Vec<u8>> {
    let mut reader = BufReader::new(stream);
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        if line.trim().is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().map_err(io::Error::other)?;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    Ok(body)
}

impl Drop for Driver {
    fn drop(&mut self) {
        if !self.session.is_empty() {
            // The browser ends with its session, not with its driver.
            self.ask("DELETE", &format!("/session/{}", self.session), &Value::Null).ok();
        }
        self.process.kill().ok();
        self.process.wait().ok();
    }
}
