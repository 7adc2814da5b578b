//! `GET /v1/pages/{page_id}/properties/{property_id}`: one value, whole, page by page if it is a list.

use serde_json::{Value, json};

use crate::notion::auth::Capability;
use crate::notion::call::Call;
use crate::notion::failure::Failure;
use crate::notion::list::{self, Paging, bad_cursor};
use crate::notion::object::{extended, text};
use crate::notion::property::{Kind, Property, encoded};
use crate::notion::world::World;

/// The value of the path's property.
pub(crate) fn get(call: &Call<'_>, world: &World) -> Result<Value, Failure> {
    call.holder.require(Capability::ReadContent)?;
    let page = call.page(world, &call.id()?)?;
    let key = &call.route.property;
    let reader = call.reader(world);
    let Some(source) = world.source_of(page) else {
        if key != "title" {
            return Err(unknown(key));
        }
        let title =
            Property { id: "title".into(), name: "title".to_owned(), description: None, kind: Kind::Title };
        return paged(call, &title, reader.rich_text(page.text("title")), json!({}));
    };
    let property = source.property(key).ok_or_else(|| unknown(key))?;
    let value = reader.value(source, page, property);
    match (&property.kind, value) {
        (kind, Value::Array(items)) if kind.is_listed() => paged(call, property, items, json!({})),
        (Kind::Rollup { function, .. }, value) => {
            let whole = reader.rolled_up(source, page, property);
            let kept = match text(&value, "type") {
                Some("array") => json!({"type": "array", "array": [], "function": function}),
                _ => value,
            };
            paged(call, property, whole, kept)
        }
        (kind, value) => {
            let kind = kind.name();
            Ok(json!({"object": "property_item", "type": kind, "id": encoded(&property.id), kind: value}))
        }
    }
}

fn unknown(key: &str) -> Failure {
    Failure::new(404, "object_not_found", format!("Could not find property with ID: {key}."))
}

/// A page of a value's elements, each an item of its own. The cursor hides the position of the next.
fn paged(call: &Call<'_>, property: &Property, items: Vec<Value>, head: Value) -> Result<Value, Failure> {
    let paging = Paging::of_query(&call.query)?;
    let start = match &paging.cursor {
        None => 0,
        Some(cursor) => position(cursor).filter(|at| *at < items.len()).ok_or_else(|| bad_cursor(cursor))?,
    };
    let kind = property.kind.name();
    let id = encoded(&property.id);
    let end = start + paging.size;
    let next = (end < items.len()).then(|| cursor(end));
    let next_url = next.as_ref().map(|next| {
        let page = call.route.id.replace('-', "");
        let size = paging.size;
        format!("{}/v1/pages/{page}/properties/{id}?start_cursor={next}&page_size={size}", call.site)
    });
    let shown = items.into_iter().skip(start).take(paging.size).map(|item| {
        // A rolled-up value carries its own type.
        if matches!(property.kind, Kind::Rollup { .. }) {
            extended(item, [("object", json!("property_item")), ("id", json!(id))])
        } else {
            json!({"object": "property_item", "type": kind, "id": id, kind: item})
        }
    });
    let list = list::envelope("property_item", shown.collect(), next);
    let item = json!({"id": id, "next_url": next_url, "type": kind});
    Ok(extended(list, [("property_item", extended(item, [(kind, head)]))]))
}

const DIGITS: &[u8; 10] = b"PLuaRXkQzT";

fn cursor(position: usize) -> String {
    position
        .to_string()
        .bytes()
        .filter_map(|digit| DIGITS.get(usize::from(digit - b'0')))
        .map(|byte| char::from(*byte))
        .collect()
}

fn position(cursor: &str) -> Option<usize> {
    let digits: Option<String> = cursor
        .bytes()
        .map(|byte| DIGITS.iter().position(|known| *known == byte).map(|digit| digit.to_string()))
        .collect();
    digits?.parse().ok()
}
