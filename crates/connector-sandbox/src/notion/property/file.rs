//! Files: kept elsewhere under an address, or by the service under one that changes.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::notion::failure::Failure;
use crate::notion::input::Input;

/// The longest address.
const MAX_URL: usize = 2000;

/// A file of a files property.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct File {
    pub(crate) name: String,
    /// Without the signature if the service keeps the file.
    pub(crate) url: String,
    pub(crate) hosted: bool,
}

impl File {
    /// Reads an external file, or one that was read before.
    pub(crate) fn read(input: &Input<'_>) -> Result<Self, Failure> {
        let object = input.object()?;
        let hosted = object.contains_key("file");
        if !hosted && !object.contains_key("external") {
            return Err(input.member("external").expected("defined"));
        }
        let place = input.member(if hosted { "file" } else { "external" });
        let url = place.member("url").text_up_to(MAX_URL)?;
        let url = if hosted { url.split('?').next().unwrap_or(url) } else { url };
        let name = input.member("name").text_up_to(100)?;
        Ok(Self { name: name.to_owned(), url: url.to_owned(), hosted })
    }

    /// As the API shows it: a hosted file's address is good for an hour, and differs each time.
    pub(crate) fn json(&self, now: DateTime<Utc>) -> Value {
        if !self.hosted {
            return json!({"name": self.name, "type": "external", "external": {"url": self.url}});
        }
        let expiry = now + TimeDelta::hours(1);
        let url = format!("{}?X-Amz-Expires=3600&X-Amz-Signature={:x}", self.url, now.timestamp_micros());
        let expiry = expiry.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string();
        json!({"name": self.name, "type": "file", "file": {"url": url, "expiry_time": expiry}})
    }
}
