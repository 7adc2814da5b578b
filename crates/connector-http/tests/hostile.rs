//! A remote that wishes us ill, over real sockets: what it sends is bounded, and what we send stays with it.

#![expect(clippy::unwrap_used, reason = "what surprises a test may panic")]

use std::io::{Read as _, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use connector_http::{
    Dialect, Failure, Http, HttpSettings, Method, Policy, Request, Said, Timeouts, Trouble,
};
use flate2::{Compress, Compression, FlushCompress};
use rstest::rstest;
use serde_json::Value;

const TOKEN: &str = "patQ7fGh2Kk9LmNpQr.5b1d0c9e8f7a6b5c4d3e2f1a0b9c8d7e";
const MEBIBYTE: usize = 1024 * 1024;
/// What may be in the buffers between the two sides when one of them hangs up.
const BUFFERS: usize = 12 * MEBIBYTE;

#[derive(Debug)]
struct Plain;

impl Dialect for Plain {
    fn remote(&self) -> &'static str {
        "plain"
    }

    fn said(&self, body: &Value) -> Said {
        let text = |name: &str| body.get(name).and_then(Value::as_str).map(str::to_owned);
        Said { code: text("code"), message: text("message"), committed: None }
    }

    fn trouble(&self, _: u16, _: Option<&str>) -> Trouble {
        Trouble::Final
    }
}

/// A remote that does with each caller what it was told to; it keeps the heads of the requests, and counts what it sent.
struct Remote {
    address: SocketAddr,
    heads: Arc<Mutex<Vec<String>>>,
    sent: Arc<Mutex<usize>>,
}

impl Remote {
    fn start(serve: impl Fn(&mut Sending) -> std::io::Result<()> + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (heads, sent) = (Arc::<Mutex<Vec<String>>>::default(), Arc::<Mutex<usize>>::default());
        let (kept, counted) = (Arc::clone(&heads), Arc::clone(&sent));
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                kept.lock().unwrap().push(head(&mut stream));
                let mut sending = Sending { stream, sent: Arc::clone(&counted) };
                // Whoever hangs up has heard enough.
                serve(&mut sending).ok();
            }
        });
        Self { address, heads, sent }
    }

    fn saying(answer: String) -> Self {
        Self::start(move |sending| sending.write_all(answer.as_bytes()))
    }

    fn heads(&self) -> Vec<String> {
        self.heads.lock().unwrap().clone()
    }

    fn sent(&self) -> usize {
        *self.sent.lock().unwrap()
    }

    fn http(&self) -> Http {
        self.http_within(Duration::from_secs(20))
    }

    fn http_within(&self, total: Duration) -> Http {
        Http::new(HttpSettings {
            endpoint: &format!("http://{}", self.address),
            token: &TOKEN.into(),
            headers: &[],
            dialect: &Plain,
            policy: Policy { backoff: Duration::from_millis(1), seed: 1, ..Policy::default() },
            timeouts: Timeouts { total, ..Timeouts::default() },
        })
        .unwrap()
    }

    async fn asked(&self) -> Result<Value, Failure> {
        let request = Request::new(Method::POST, ["v1", "things"]);
        Ok(self.http().send::<Value>(&request).await?.body)
    }
}

struct Sending {
    stream: TcpStream,
    sent: Arc<Mutex<usize>>,
}

impl Write for Sending {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let count = self.stream.write(bytes)?;
        *self.sent.lock().unwrap() += count;
        Ok(count)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.stream.flush()
    }
}

fn head(stream: &mut TcpStream) -> String {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap_or(0) == 1 {
        head.extend(byte);
    }
    String::from_utf8_lossy(&head).into_owned()
}

/// An answer of JSON with this body.
fn json(body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    )
}

#[tokio::test]
async fn an_answer_that_never_ends_is_left_after_16_mebibytes() {
    let remote = Remote::start(|sending| {
        sending.write_all(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n[")?;
        loop {
            sending.write_all(&[b'1', b','].repeat(32 * 1024))?;
        }
    });
    let failure = remote.asked().await.unwrap_err();
    assert!(failure.to_string().contains("larger than 16 MiB"), "{failure}");
    assert!(remote.sent() < 16 * MEBIBYTE + BUFFERS, "{} bytes were taken", remote.sent());
}

#[tokio::test]
async fn a_gzip_bomb_is_left_after_16_mebibytes_of_what_it_unpacks_to() {
    let mut bomb = vec![0; 64 * 1024];
    let mut compress = Compress::new(Compression::best(), false);
    compress.compress(&vec![b' '; 4 * MEBIBYTE], &mut bomb, FlushCompress::Sync).unwrap();
    bomb.truncate(usize::try_from(compress.total_out()).unwrap());
    assert!(bomb.len() < 32 * 1024, "a bomb is small: {}", bomb.len());
    let remote = Remote::start(move |sending| {
        sending.write_all(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n")?;
        sending.write_all(&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 0xff])?;
        loop {
            // A block refers to what was unpacked before it: each is 4 MiB again.
            sending.write_all(&bomb)?;
        }
    });
    let failure = remote.asked().await.unwrap_err();
    assert!(failure.to_string().contains("larger than 16 MiB"), "{failure}");
    assert!(remote.sent() < BUFFERS, "{} bytes were taken", remote.sent());
}

#[tokio::test]
async fn headers_that_never_end_are_left() {
    let remote = Remote::start(|sending| {
        sending.write_all(b"HTTP/1.1 200 OK\r\n")?;
        loop {
            sending.write_all(b"X-More: and more\r\n")?;
        }
    });
    remote.asked().await.unwrap_err();
    assert!(remote.sent() < BUFFERS, "{} bytes were taken", remote.sent());
}

#[tokio::test]
async fn an_answer_that_drips_is_left_when_its_time_is_over() {
    let remote = Remote::start(|sending| {
        sending.write_all(b"HTTP/1.1 200 OK\r\n\r\n[")?;
        loop {
            sending.write_all(b" ")?;
            thread::sleep(Duration::from_millis(20));
        }
    });
    let http = remote.http_within(Duration::from_millis(300));
    let failure = http.send::<Value>(&Request::new(Method::POST, ["v1"])).await.unwrap_err();
    assert!(failure.timed_out, "{failure:?}");
}

#[rstest]
#[case(301)]
#[case(302)]
#[case(303)]
#[case(307)]
#[case(308)]
#[tokio::test]
async fn a_redirection_is_not_followed_and_the_token_stays(#[case] status: u16) {
    let stranger = Remote::saying(json("{}"));
    let there = format!("http://{}/v1/things", stranger.address);
    let answer = format!(
        "HTTP/1.1 {status} Elsewhere\r\nLocation: {there}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    );
    let remote = Remote::saying(answer);
    let failure = remote.asked().await.unwrap_err();
    assert_eq!(failure.status, Some(status));
    assert_eq!((remote.heads().len(), stranger.heads()), (1, Vec::new()));
    assert!(remote.heads()[0].contains(TOKEN), "the remote itself gets it: {:?}", remote.heads());
}

#[tokio::test]
async fn json_of_any_depth_is_an_answer_or_an_error() {
    for opening in ["[", "{\"a\":", "[{\"a\":["] {
        let remote = Remote::saying(json(&opening.repeat(200_000)));
        let failure = remote.asked().await.unwrap_err();
        assert!(failure.to_string().contains("recursion limit"), "{failure}");
    }
}

#[tokio::test]
async fn what_a_remote_says_of_a_failure_is_short_and_has_no_token() {
    let long = format!("{} {TOKEN} ", "x".repeat(3_000)).repeat(300);
    for body in [
        serde_json::json!({"code": long, "message": long}),
        serde_json::json!({"code": long}),
        serde_json::json!(long),
    ] {
        let body = body.to_string();
        let head = format!(
            "HTTP/1.1 400 No\r\nX-Request-Id: {TOKEN}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
            body.len()
        );
        let failure = Remote::saying(head + &body).asked().await.unwrap_err();
        let shown = format!("{failure} {failure:?}");
        assert!(
            shown.len() < 20_000 && !shown.contains(&TOKEN[..12]),
            "{} bytes: {:.200}",
            shown.len(),
            shown
        );
    }
    let remote = Remote::saying(json(&serde_json::json!(long).to_string()));
    let request = Request::new(Method::POST, ["v1"]);
    let failure = remote.http().send::<u32>(&request).await.unwrap_err();
    let shown = format!("{failure} {failure:?}");
    assert!(shown.len() < 20_000 && !shown.contains(&TOKEN[..12]), "{} bytes", shown.len());
}

#[tokio::test]
async fn an_id_stays_one_part_of_the_address() {
    let remote = Remote::saying(json("{}"));
    for (id, line) in [
        ("a/b", "/v0/a%2Fb/t"),
        ("a?b=c", "/v0/a%3Fb=c/t"),
        ("a#b", "/v0/a%23b/t"),
        ("a%2F..%2Fb", "/v0/a%252F..%252Fb/t"),
        ("a\\..\\b", "/v0/a%5C..%5Cb/t"),
        ("...", "/v0/.../t"),
    ] {
        let request = Request::new(Method::POST, ["v0", id, "t"]).query("q", "1&x=2\r\n");
        remote.http().send::<Value>(&request).await.unwrap();
        let heads = remote.heads();
        let head = heads.last().unwrap();
        assert!(head.starts_with(&format!("POST {line}?q=1%26x%3D2%0D%0A HTTP/1.1\r\n")), "{id}: {head}");
        assert!(!head.contains("\nX-More"), "{head}");
    }
    let before = remote.heads().len();
    for id in ["..", ".", "", "%2e%2E", ".%2e", "a\r\nX-More: 1", ".\n.", "\t"] {
        let request = Request::new(Method::POST, ["v0", id, "t"]);
        let failure = remote.http().send::<Value>(&request).await.unwrap_err();
        assert!(failure.to_string().contains("another address"), "{id}: {failure}");
    }
    assert_eq!(remote.heads().len(), before, "nothing was sent");
}

#[test]
fn a_token_with_a_line_in_it_is_no_token() {
    let settings = |token: &str| {
        let token = token.into();
        let endpoint = "https://api.example";
        let (policy, timeouts) = (Policy::default(), Timeouts::default());
        Http::new(HttpSettings { endpoint, token: &token, headers: &[], dialect: &Plain, policy, timeouts })
            .map(drop)
    };
    settings(TOKEN).unwrap();
    let refused = settings("pat1\r\nX-More: 1").unwrap_err();
    assert!(!format!("{refused} {refused:?}").contains("X-More"), "{refused}");
}
