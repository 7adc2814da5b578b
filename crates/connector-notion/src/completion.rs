//! Lists of which a page shows the first 25 only, read whole through the property's own endpoint.

use connector_core::id::FieldId;
use connector_core::value::Value;
use connector_http::Failure;
use serde_json::value::RawValue;

use crate::api::Api;
use crate::codec;
use crate::wire::{Property, PropertyItems};

/// The most pages that a property is read by: as many as a relation's 10,000 pages need.
const MOST_PAGES: usize = 100;

/// All that `page` holds in `field`. What cannot be read whole is unknown, never a shorter list.
pub(crate) async fn read_whole(api: &Api, page: &str, field: &FieldId) -> Value {
    match elements(api, page, field).await {
        Ok(Some(property)) => codec::decode(&property).value,
        Ok(None) => Value::Unknown("Notion shows 25 items of it, and the rest could not be read".to_owned()),
        Err(failure) => {
            Value::Unknown(format!("Notion shows 25 items of it; reading the rest failed: {failure}"))
        }
    }
}

async fn elements(api: &Api, page: &str, field: &FieldId) -> Result<Option<Property>, Failure> {
    let mut elements = Vec::new();
    let mut cursor: Option<String> = None;
    for _ in 0..MOST_PAGES {
        let PropertyItems { results, next_cursor, has_more, property_item } =
            api.property(page, field, cursor.as_deref()).await?.body;
        elements.extend(results.unwrap_or_default());
        match next_cursor {
            None if !has_more => return Ok(property_item.and_then(|item| assemble(&item, &elements))),
            None => return Ok(None),
            // It goes round in circles.
            again if again == cursor => return Ok(None),
            next => cursor = next,
        }
    }
    Ok(None)
}

/// The property as a page would show it if it showed all.
fn assemble(item: &Property, elements: &[Property]) -> Option<Property> {
    let kind = item.kind();
    if kind != "rollup" {
        let held = elements.iter().map(|element| element.value().map(RawValue::get));
        return Property::new(&kind, list(&held.collect::<Option<Vec<_>>>()?)?).ok();
    }
    let result: Property = serde_json::from_str(item.value()?.get()).ok()?;
    if result.kind() != "array" {
        return Property::new(&kind, item.value()?.to_owned()).ok();
    }
    let held = elements.iter().map(serde_json::to_string).collect::<Result<Vec<_>, _>>().ok()?;
    let held: Vec<&str> = held.iter().map(String::as_str).collect();
    let array = Property::new("array", list(&held)?).ok()?;
    Property::new(&kind, serde_json::value::to_raw_value(&array).ok()?).ok()
}

fn list(elements: &[&str]) -> Option<Box<RawValue>> {
    RawValue::from_string(format!("[{}]", elements.join(","))).ok()
}
