//! Pings: the signed notice that a webhook has news. It carries none of them.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::airtable::time_format::iso;
use crate::airtable::webhook::{Webhook, from_base64};

/// How long a receiver may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// Pings the webhook's address, if it has one and notifications are on. Only `http` addresses are reached,
/// once, and without a look at the answer: what depends on the retries of the provider cannot be tested here.
pub(crate) fn send(base: &str, webhook: &Webhook, now: DateTime<Utc>) {
    let Some(address) = webhook.address.as_deref().filter(|_| webhook.notifies) else { return };
    let Some((host, path)) = split(address) else { return };
    let key = from_base64(&webhook.secret).unwrap_or_default();
    let body =
        json!({"base": {"id": base}, "webhook": {"id": &*webhook.id}, "timestamp": iso(now)}).to_string();
    let signature = sign(&key, body.as_bytes());
    let request = format!(
        "POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\nX-Airtable-Content-MAC: hmac-sha256={signature}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    // The writer whose change this is must not wait for the receiver.
    std::thread::spawn(move || post(&host, &request).ok());
}

fn post(host: &str, request: &str) -> io::Result<()> {
    let mut stream = TcpStream::connect(host)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    stream.write_all(request.as_bytes())?;
    // A receiver that is cut off while it answers would count as failed.
    stream.read_to_end(&mut Vec::new()).map(|_| ())
}

/// Host with port, and path.
fn split(address: &str) -> Option<(String, String)> {
    let rest = address.strip_prefix("http://")?;
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let host = if host.contains(':') { host.to_owned() } else { format!("{host}:80") };
    Some((host, format!("/{path}")))
}

/// HMAC-SHA256 in hexadecimal digits.
fn sign(key: &[u8], message: &[u8]) -> String {
    const BLOCK: usize = 64;
    let mut padded = if key.len() > BLOCK { Sha256::digest(key).to_vec() } else { key.to_vec() };
    padded.resize(BLOCK, 0);
    let keyed = |mask: u8| padded.iter().map(move |byte| byte ^ mask).collect::<Vec<u8>>();
    let inner = Sha256::new().chain_update(keyed(0x36)).chain_update(message).finalize();
    let outer = Sha256::new().chain_update(keyed(0x5c)).chain_update(inner).finalize();
    let hex = outer.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    hex.filter_map(|digit| char::from_digit(u32::from(digit), 16)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_agree_with_rfc_4231() {
        let expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        assert_eq!(sign(b"Jefe", b"what do ya want for nothing?"), expected);
        let long_key = [0xaa; 131];
        let message = b"Test Using Larger Than Block-Size Key - Hash Key First";
        let expected = "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54";
        assert_eq!(sign(&long_key, message), expected);
    }
}
