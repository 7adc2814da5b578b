//! File uploads: announced, sent whole or in parts, completed, and put into a files property.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::id::Id;
use crate::notion::auth::Capability;
use crate::notion::call::Call;
use crate::notion::failure::Failure;
use crate::notion::input::Input;
use crate::notion::list::{self, Paging};
use crate::notion::property::File;
use crate::notion::world::{Stamps, World, minute};

/// How long one that was not sent may still be.
const LIFE: TimeDelta = TimeDelta::hours(1);
/// The largest file, as `users/me` tells it.
const LARGEST: u64 = 5_242_880;
const MOST_PARTS: u64 = 10_000;
const MAX_NAME: usize = 900;
const MAX_URL: usize = 2000;

const MODES: [&str; 3] = ["single_part", "multi_part", "external_url"];
const STATUSES: [&str; 4] = ["pending", "uploaded", "expired", "failed"];

/// A file on its way in.
#[derive(Clone, Debug)]
pub(crate) struct FileUpload {
    pub(crate) id: Id,
    name: Option<String>,
    content_type: Option<String>,
    length: Option<u64>,
    /// How many parts there are, where it comes in parts.
    parts: Option<u64>,
    sent: BTreeSet<u64>,
    uploaded: bool,
    stamps: Stamps,
}

impl FileUpload {
    fn status(&self, now: DateTime<Utc>) -> &'static str {
        match now - self.stamps.created {
            _ if self.uploaded => "uploaded",
            age if age >= LIFE => "expired",
            _ => "pending",
        }
    }

    /// The file of a property that it becomes, under a name of its own or another.
    pub(crate) fn attached(&self, name: Option<&str>) -> Result<File, Failure> {
        if !self.uploaded {
            let words = format!("File upload {} has not been sent, so that it cannot be attached.", self.id);
            return Err(Failure::validation(words));
        }
        let name = name.or(self.name.as_deref()).unwrap_or("file").to_owned();
        let url = format!("https://prod-files-secure.s3.us-west-2.amazonaws.com/{}/{name}", self.id);
        Ok(File { name, url, hosted: true })
    }
}

/// Announces a file, or names one of another site that is fetched at once.
pub(crate) fn create(call: &Call<'_>, world: &mut World) -> Result<Value, Failure> {
    call.holder.require(Capability::InsertContent)?;
    let body = call.input();
    body.object()?;
    let mode = body.member("mode").present().map_or(Ok("single_part"), |mode| mode.one_of(&MODES))?;
    let text = |key: &str| {
        let given = body.member(key).given();
        given.map(|text| text.text_up_to(MAX_NAME).map(str::to_owned)).transpose()
    };
    let name = text("filename")?;
    let content_type = text("content_type")?.or_else(|| name.as_deref().and_then(guess).map(str::to_owned));
    if mode != "single_part" {
        body.member("filename").text()?;
    }
    let parts = match mode {
        "multi_part" => Some(count(&body.member("number_of_parts"))?),
        _ => None,
    };
    let external = mode == "external_url";
    if external && !body.member("external_url").text_up_to(MAX_URL)?.starts_with("https://") {
        return Err(body.member("external_url").expected("a secure URL"));
    }
    let id = world.random.uuid();
    let stamps = Stamps::new(&call.holder.bot, call.now);
    let mut upload = FileUpload {
        id,
        name,
        content_type,
        length: None,
        parts,
        sent: BTreeSet::new(),
        uploaded: false,
        stamps,
    };
    let shown = show(call, world, &upload);
    upload.uploaded = external;
    world.uploads.push(upload);
    Ok(shown)
}

fn count(input: &Input<'_>) -> Result<u64, Failure> {
    let count = input.value().and_then(Value::as_u64).filter(|count| (1..=MOST_PARTS).contains(count));
    count.ok_or_else(|| input.expected("a number"))
}

/// The type that the end of a file's name stands for.
fn guess(name: &str) -> Option<&'static str> {
    Some(match name.rsplit_once('.')?.1.to_ascii_lowercase().as_str() {
        "txt" => "text/plain",
        "csv" => "text/csv",
        "json" => "application/json",
        "pdf" => "application/pdf",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "mp3" => "audio/mpeg",
        "mp4" => "video/mp4",
        _ => return None,
    })
}

/// Takes a file, or a part of one.
pub(crate) fn send(call: &Call<'_>, world: &mut World) -> Result<Value, Failure> {
    call.holder.require(Capability::InsertContent)?;
    let body = call.input();
    let file = body.member("file");
    file.object()?;
    let length = file.member("length").value().and_then(Value::as_u64).unwrap_or_default();
    if length > LARGEST {
        return Err(Failure::validation(format!(
            "The file has {length} bytes; the workspace takes {LARGEST}."
        )));
    }
    let upload = pending(call, world)?;
    match upload.parts {
        Some(parts) => {
            let input = body.member("part_number");
            let part = input.text()?.parse().ok().filter(|part| (1..=parts).contains(part));
            upload.sent.insert(part.ok_or_else(|| input.expected(format!("≤ `{parts}`")))?);
        }
        None => upload.uploaded = true,
    }
    upload.length = Some(upload.length.unwrap_or_default() + length);
    let told = |key: &str| file.member(key).value().and_then(Value::as_str).map(str::to_owned);
    upload.name = upload.name.take().or_else(|| told("filename"));
    upload.content_type = upload.content_type.take().or_else(|| told("content_type"));
    upload.stamps.touch(&call.holder.bot, call.now);
    get(call, world)
}

/// Says that all parts were sent.
pub(crate) fn complete(call: &Call<'_>, world: &mut World) -> Result<Value, Failure> {
    call.holder.require(Capability::InsertContent)?;
    let upload = pending(call, world)?;
    let parts = upload.parts.ok_or_else(|| {
        Failure::validation(
            "Only an upload of mode `multi_part` is completed; others are when they are sent.",
        )
    })?;
    let sent = upload.sent.len();
    if u64::try_from(sent).is_ok_and(|sent| sent < parts) {
        return Err(Failure::validation(format!("{sent} of {parts} parts have been sent.")));
    }
    upload.uploaded = true;
    get(call, world)
}

/// An upload by its id.
pub(crate) fn get(call: &Call<'_>, world: &World) -> Result<Value, Failure> {
    call.holder.require(Capability::ReadContent)?;
    let id = call.id()?;
    let found = world.uploads.iter().find(|upload| upload.id == id);
    found.map(|upload| show(call, world, upload)).ok_or_else(|| call.not_found("file upload", &id))
}

/// All uploads, the newest first, or those of a status.
pub(crate) fn list(call: &Call<'_>, world: &World) -> Result<Value, Failure> {
    call.holder.require(Capability::ReadContent)?;
    let wanted = call.query.get("status").filter(|status| !status.is_empty());
    if let Some(unknown) = wanted.filter(|status| !STATUSES.contains(status)) {
        let known = STATUSES.map(|status| format!("`\"{status}\"`")).join(", ");
        return Err(Failure::validation(format!(
            "query failed validation: query.status should be {known} or `undefined`, instead was `\"{unknown}\"`."
        )));
    }
    let fits = |upload: &&FileUpload| wanted.is_none_or(|wanted| wanted == upload.status(call.now));
    let found: Vec<&FileUpload> = world.uploads.iter().rev().filter(fits).collect();
    let (some, next) = list::page(&found, &Paging::of_query(&call.query)?, |one| (*one.id).to_owned())?;
    let some = some.into_iter().map(|upload| show(call, world, upload)).collect();
    Ok(list::envelope("file_upload", some, next))
}

/// The upload of the path, if it still waits.
fn pending<'w>(call: &Call<'_>, world: &'w mut World) -> Result<&'w mut FileUpload, Failure> {
    let id = call.id()?;
    let found = world.uploads.iter_mut().find(|upload| upload.id == id);
    let upload = found.ok_or_else(|| call.not_found("file upload", &id))?;
    match upload.status(call.now) {
        "pending" => Ok(upload),
        status => Err(Failure::validation(format!(
            "File upload {id} should have a status of `pending`, instead was `{status}`."
        ))),
    }
}

fn show(call: &Call<'_>, world: &World, upload: &FileUpload) -> Value {
    let mut object = call.reader(world).object("file_upload", &upload.id, false);
    let status = upload.status(call.now);
    let mut insert = |key: &str, value: Value| drop(object.insert(key.to_owned(), value));
    insert("created_time", json!(minute(upload.stamps.created)));
    insert("created_by", json!({"id": &*upload.stamps.created_by, "type": "bot"}));
    insert("last_edited_time", json!(minute(upload.stamps.edited)));
    insert("expiry_time", json!(minute(upload.stamps.created + LIFE)));
    insert("status", json!(status));
    insert("filename", json!(upload.name));
    insert("content_type", json!(upload.content_type));
    insert("content_length", json!(upload.length));
    let address = |action: &str| json!(format!("{}/v1/file_uploads/{}/{action}", call.site, upload.id));
    if status == "pending" {
        insert("upload_url", address("send"));
    }
    if let Some(total) = upload.parts {
        insert("number_of_parts", json!({"total": total, "sent": upload.sent.len()}));
        if status == "pending" {
            insert("complete_url", address("complete"));
        }
    }
    Value::Object(object)
}
