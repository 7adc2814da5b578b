//! Attachments: taken in at once, complete a little later, under an address that changes with each reading.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::id::{Id, Random};

/// How long a file's address works after the answer that gave it.
const ADDRESS_LIFE: TimeDelta = TimeDelta::hours(2);

/// One file in an attachment cell.
#[derive(Clone, Debug)]
pub(crate) struct Attachment {
    pub(crate) id: Id,
    pub(crate) filename: String,
    pub(crate) content_type: String,
    pub(crate) content: Arc<[u8]>,
    /// From when on size, type and thumbnails are known.
    pub(crate) ready: DateTime<Utc>,
}

impl PartialEq for Attachment {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id && self.filename == other.filename
    }
}

/// Makes every address differ.
static READINGS: AtomicU64 = AtomicU64::new(1);

impl Attachment {
    /// A file given by its address. The sandbox fetches nothing: the content is made up from the address.
    pub(crate) fn from_address(
        address: &str,
        filename: Option<&str>,
        ready: DateTime<Utc>,
        random: &mut Random,
    ) -> Self {
        let last = address.split(['?', '#']).next().and_then(|path| path.rsplit('/').next());
        let filename = filename.or(last.filter(|name| !name.is_empty())).unwrap_or("file").to_owned();
        Self {
            id: random.id("att"),
            content_type: content_type(&filename).to_owned(),
            filename,
            content: format!("content of {address}").into_bytes().into(),
            ready,
        }
    }

    /// As a record shows it; `site` is the address of the server.
    pub(crate) fn json(&self, site: &str, now: DateTime<Utc>) -> Value {
        let expires = (now + ADDRESS_LIFE).timestamp_millis();
        let reading = READINGS.fetch_add(1, Ordering::Relaxed);
        let url = format!("{site}/attachments/{expires}-{reading}/{}", self.id);
        if now < self.ready {
            return json!({"id": &*self.id, "url": url, "filename": self.filename});
        }
        let mut object = json!({
            "id": &*self.id,
            "url": url,
            "filename": self.filename,
            "size": self.content.len(),
            "type": self.content_type,
        });
        if self.content_type.starts_with("image/")
            && let Some(map) = object.as_object_mut()
        {
            map.insert("width".to_owned(), json!(640));
            map.insert("height".to_owned(), json!(480));
            let thumbnail = |width: u16, height: u16| json!({"url": url, "width": width, "height": height});
            let thumbnails = json!({
                "small": thumbnail(48, 36),
                "large": thumbnail(640, 480),
                "full": thumbnail(3000, 3000),
            });
            map.insert("thumbnails".to_owned(), thumbnails);
        }
        object
    }
}

/// Whether the address segment `{expires}-{reading}` still works.
pub(crate) fn is_live(segment: &str, now: DateTime<Utc>) -> bool {
    segment
        .split_once('-')
        .and_then(|(expires, _)| expires.parse::<i64>().ok())
        .is_some_and(|expires| now.timestamp_millis() < expires)
}

fn content_type(filename: &str) -> &'static str {
    match filename.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase()).as_deref() {
        Some("png") => "image/png",
        Some("jpg" | "jpeg") => "image/jpeg",
        Some("gif") => "image/gif",
        Some("pdf") => "application/pdf",
        Some("txt") => "text/plain",
        _ => "application/octet-stream",
    }
}
