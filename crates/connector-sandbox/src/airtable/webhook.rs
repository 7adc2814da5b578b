//! Webhooks: made, listed, kept alive and ended; their payloads are read by cursor.

use std::collections::VecDeque;

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;
use serde_json::{Value, json};

use crate::airtable::call::Call;
use crate::airtable::failure::Failure;
use crate::airtable::request;
use crate::airtable::time_format::iso;
use crate::airtable::world::{Base, World};
use crate::id::Id;
use crate::settings::Permission;

/// How long a webhook lives after its making, a refresh or a reading, and how long payloads are kept.
pub(crate) const LIFE: TimeDelta = TimeDelta::days(7);

/// How many webhooks a base may have.
const MAX_WEBHOOKS: usize = 10;

/// How many payloads an answer holds, at most.
const MAX_PAYLOADS: usize = 50;

/// Who made a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Source {
    /// A person in the app.
    Client,
    /// A program through the API.
    PublicApi,
}

impl Source {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::PublicApi => "publicApi",
        }
    }
}

/// A webhook of a base.
#[derive(Clone, Debug)]
pub(crate) struct Webhook {
    pub(crate) id: Id,
    /// The key of pings' signatures, base64 of 32 bytes.
    pub(crate) secret: String,
    pub(crate) specification: Value,
    pub(crate) address: Option<String>,
    pub(crate) notifies: bool,
    pub(crate) expires: DateTime<Utc>,
    /// The payloads that are kept, with their time.
    pub(crate) payloads: VecDeque<(DateTime<Utc>, Value)>,
    /// The number of the next payload; the first has 1.
    pub(crate) next: u64,
}

impl Webhook {
    /// Adds a payload and drops those that are too old.
    pub(crate) fn push(&mut self, payload: Value, now: DateTime<Utc>) {
        self.payloads.push_back((now, payload));
        self.next += 1;
        self.forget(now);
    }

    fn forget(&mut self, now: DateTime<Utc>) {
        while self.payloads.front().is_some_and(|(at, _)| now - *at > LIFE) {
            self.payloads.pop_front();
        }
    }

    /// The ids in a list of the specification's filters.
    pub(crate) fn filter(&self, key: &str) -> Option<Vec<&str>> {
        let list = self.specification.pointer("/options/filters")?.get(key)?.as_array()?;
        Some(list.iter().filter_map(Value::as_str).collect())
    }

    /// Whether every field that the specification names is still there.
    pub(crate) fn is_valid(&self, base: &Base) -> bool {
        ["watchDataInFieldIds", "watchSchemasOfFieldIds"]
            .into_iter()
            .filter_map(|key| self.filter(key))
            .flatten()
            .all(|field| base.has_field(field))
    }

    fn first(&self) -> u64 {
        self.next - u64::try_from(self.payloads.len()).unwrap_or_default()
    }

    fn json(&self, now: DateTime<Utc>) -> Value {
        json!({
            "id": &*self.id,
            "specification": self.specification,
            "notificationUrl": self.address,
            "cursorForNextPayload": self.next,
            "isHookEnabled": now < self.expires,
            "areNotificationsEnabled": self.notifies,
            "expirationTime": iso(self.expires),
            "lastSuccessfulNotificationTime": null,
            "lastNotificationResult": null,
        })
    }
}

fn readable<'w>(call: &Call<'_>, world: &'w World) -> Result<&'w Base, Failure> {
    let base = world.base(&call.route.base).ok_or_else(Failure::nowhere)?;
    call.holder.require("webhook:manage", &base.id)?;
    Ok(base)
}

fn manageable<'w>(call: &Call<'_>, world: &'w mut World) -> Result<&'w mut Base, Failure> {
    readable(call, world)?;
    call.holder.require_role(Permission::Create, "perform this operation")?;
    world.base_mut(&call.route.base).map(|(base, _)| base).ok_or_else(Failure::nowhere)
}

fn find<'b>(call: &Call<'_>, base: &'b mut Base) -> Result<&'b mut Webhook, Failure> {
    let found = base.webhooks.iter_mut().find(|webhook| *webhook.id == *call.route.webhook);
    found.ok_or_else(Failure::model_not_found)
}

pub(crate) fn list(call: &Call<'_>, world: &World) -> Result<Value, Failure> {
    let base = readable(call, world)?;
    let webhooks: Vec<Value> = base.webhooks.iter().map(|webhook| webhook.json(call.now)).collect();
    Ok(json!({"webhooks": webhooks}))
}

pub(crate) fn create(call: &Call<'_>, world: &mut World) -> Result<Value, Failure> {
    manageable(call, world)?;
    let (base, random) = world.base_mut(&call.route.base).ok_or_else(Failure::nowhere)?;
    let body = request::body(call.request)?;
    let specification = body.get("specification").cloned().ok_or_else(Failure::invalid_request)?;
    let types = specification
        .pointer("/options/filters/dataTypes")
        .and_then(Value::as_array)
        .filter(|types| !types.is_empty())
        .ok_or_else(Failure::invalid_request)?;
    for data_type in types {
        require_data_type(call, data_type)?;
    }
    if base.webhooks.len() >= MAX_WEBHOOKS {
        return Err(Failure::new(422, "TOO_MANY_WEBHOOKS_BY_BASE", "Too many webhooks in this base"));
    }
    let webhook = Webhook {
        id: random.id("ach"),
        secret: base64(random.hex64().as_bytes()),
        specification,
        address: request::text(&body, "notificationUrl")?.map(str::to_owned),
        notifies: true,
        expires: call.now + LIFE,
        payloads: VecDeque::new(),
        next: 1,
    };
    if !webhook.is_valid(base) {
        return Err(Failure::invalid_request());
    }
    let answer = json!({
        "id": &*webhook.id,
        "macSecretBase64": webhook.secret,
        "expirationTime": iso(webhook.expires),
    });
    base.webhooks.push(webhook);
    Ok(answer)
}

fn require_data_type(call: &Call<'_>, data_type: &Value) -> Result<(), Failure> {
    let scope = match data_type.as_str() {
        Some("tableData") => "data.records:read",
        Some("tableFields" | "tableMetadata") => "schema.bases:read",
        _ => return Err(Failure::invalid_request()),
    };
    call.holder.require(scope, &call.route.base)
}

pub(crate) fn delete(call: &Call<'_>, world: &mut World) -> Result<Value, Failure> {
    let base = manageable(call, world)?;
    find(call, base)?;
    base.webhooks.retain(|webhook| *webhook.id != *call.route.webhook);
    Ok(json!({}))
}

/// Prolongs a webhook that has not expired.
pub(crate) fn refresh(call: &Call<'_>, world: &mut World) -> Result<Value, Failure> {
    let webhook = find(call, manageable(call, world)?)?;
    if call.now >= webhook.expires {
        return Err(Failure::invalid_request());
    }
    webhook.expires = call.now + LIFE;
    Ok(json!({"expirationTime": iso(webhook.expires)}))
}

pub(crate) fn enable(call: &Call<'_>, world: &mut World) -> Result<Value, Failure> {
    let base = manageable(call, world)?;
    let body = request::body(call.request)?;
    let enable = body.get("enable").and_then(Value::as_bool).ok_or_else(Failure::invalid_request)?;
    find(call, base)?.notifies = enable;
    Ok(json!({}))
}

/// A page of payloads. Reading prolongs a webhook that has not expired.
pub(crate) fn payloads(call: &Call<'_>, world: &mut World) -> Result<Value, Failure> {
    readable(call, world)?;
    let (base, _) = world.base_mut(&call.route.base).ok_or_else(Failure::nowhere)?;
    let number = |key: &str| match call.query.get(key) {
        None => Ok(None),
        Some(text) => text.parse::<u64>().map(Some).map_err(|_| Failure::invalid_request()),
    };
    let (cursor, limit) = (number("cursor")?.unwrap_or(1), number("limit")?);
    let limit =
        limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(MAX_PAYLOADS).clamp(1, MAX_PAYLOADS);
    let valid = find(call, base)?.clone().is_valid(base);
    let webhook = find(call, base)?;
    if !valid {
        let error = json!({"error": true, "code": "INVALID_HOOK"});
        return Ok(
            json!({"payloads": [error], "cursor": cursor, "mightHaveMore": false, "payloadFormat": "v0"}),
        );
    }
    webhook.forget(call.now);
    if call.now < webhook.expires {
        webhook.expires = call.now + LIFE;
    }
    let first = webhook.first();
    let from = cursor.max(first);
    let skipped = usize::try_from(from - first).unwrap_or(usize::MAX);
    let page: Vec<&Value> =
        webhook.payloads.iter().skip(skipped).take(limit).map(|(_, payload)| payload).collect();
    let after = from + u64::try_from(page.len()).unwrap_or_default();
    let cursor = if page.is_empty() { cursor } else { after };
    let more = after < webhook.next;
    Ok(json!({"payloads": page, "cursor": cursor, "mightHaveMore": more, "payloadFormat": "v0"}))
}

/// Standard base64 with padding.
pub(crate) fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let byte = |at: usize| u32::from(chunk.get(at).copied().unwrap_or_default());
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for at in 0..4_usize {
            let index = usize::try_from(bits >> (18 - 6 * at) & 63).unwrap_or_default();
            let letter = if at <= chunk.len() { ALPHABET.get(index).copied() } else { None };
            text.push(char::from(letter.unwrap_or(b'=')));
        }
    }
    text
}

/// Reads base64; `None` if it is not.
pub(crate) fn from_base64(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let (mut bits, mut count) = (0_u32, 0_u32);
    for letter in text.trim_end_matches('=').bytes() {
        let value = match letter {
            b'A'..=b'Z' => letter - b'A',
            b'a'..=b'z' => letter - b'a' + 26,
            b'0'..=b'9' => letter - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        bits = bits << 6 | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from(bits >> count & 0xFF).ok()?);
            bits &= (1 << count) - 1;
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_reads_back() {
        for (plain, coded) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg==")]
        {
            assert_eq!(base64(plain.as_bytes()), coded);
            assert_eq!(from_base64(coded).as_deref(), Some(plain.as_bytes()));
        }
        assert_eq!(from_base64("a b"), None);
    }
}
