//! What a browser asked for, of whom, and how much came back.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::Browser;

/// What a browser asked for since its traffic was last read.
#[derive(Debug, Clone, Default)]
pub struct Traffic {
    /// The addresses, in the order of asking.
    pub asked: Vec<String>,
    /// Bytes that came back, heads included, as they went over the wire.
    pub bytes: u64,
}

impl Traffic {
    /// What this browser asked for since the last time.
    pub fn of(browser: &Browser) -> Self {
        let mut traffic = Self::default();
        let mut sizes: BTreeMap<String, u64> = BTreeMap::new();
        for message in browser.network() {
            let said = |pointer: &str| message.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
            match said("/method") {
                "Network.requestWillBeSent" => traffic.asked.push(said("/params/request/url").to_owned()),
                "Network.loadingFinished" => {
                    let bytes = message.pointer("/params/encodedDataLength").and_then(Value::as_f64);
                    let bytes = bytes.unwrap_or_default().max(0.0);
                    sizes.insert(
                        said("/params/requestId").to_owned(),
                        format!("{bytes:.0}").parse().unwrap_or(0),
                    );
                }
                _ => {}
            }
        }
        traffic.bytes = sizes.values().sum();
        traffic
    }

    /// The addresses that are not the server's at `base`.
    pub fn elsewhere(&self, base: &str) -> Vec<&str> {
        let is_ours = |url: &&str| {
            url.strip_prefix(base).is_some_and(|rest| rest.starts_with('/')) || url.starts_with("data:")
        };
        self.asked.iter().map(String::as_str).filter(|url| !is_ours(url)).collect()
    }
}
