//! Icons and covers.

use serde_json::{Value, json};

use crate::notion::failure::Failure;
use crate::notion::input::Input;

/// An icon of a request: `None` if it has none, null if it is taken away.
pub(crate) fn read_icon(input: &Input<'_>) -> Result<Option<Value>, Failure> {
    read(input, &["emoji", "external", "file", "custom_emoji", "icon"])
}

/// A cover of a request: `None` if it has none, null if it is taken away.
pub(crate) fn read_cover(input: &Input<'_>) -> Result<Option<Value>, Failure> {
    read(input, &["external", "file"])
}

fn read(input: &Input<'_>, kinds: &[&'static str]) -> Result<Option<Value>, Failure> {
    if input.is_absent() || input.is_null() {
        return Ok(input.value().cloned());
    }
    let object = input.object()?;
    if object.contains_key("file_upload") {
        return Err(Failure::unplayed("files that were sent in icons and covers"));
    }
    let kind = kinds.iter().find(|kind| object.contains_key(**kind));
    let kind = *kind.ok_or_else(|| input.member("type").expected("defined"))?;
    let payload = input.member(kind);
    match kind {
        "emoji" => payload.text().map(drop)?,
        "external" | "file" => payload.member("url").text_up_to(2000).map(drop)?,
        _ => payload.object().map(drop)?,
    }
    Ok(Some(json!({"type": kind, kind: payload.value()})))
}
