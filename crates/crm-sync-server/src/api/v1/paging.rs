//! Long lists, a page at a time: an opaque cursor says where the next one begins.

use std::fmt::Display;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use utoipa::ToSchema;

use crate::web::Refusal;
use crate::web::refusal::FieldFault;

/// How many entries a page has unless told.
const USUAL: u32 = 50;
/// The most entries of a page.
pub(crate) const MOST: u32 = 200;

/// A page of a list.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Page<T> {
    /// The entries.
    pub(super) items: Vec<T>,
    /// What to give as `cursor` for the next page; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) next: Option<String>,
}

impl<T> Page<T> {
    /// A page of `limit` entries at most, made from one more if there are more; the next one begins after the place of the
    /// last that is shown.
    pub(super) fn cut<P: Display>(mut items: Vec<T>, limit: u32, place: impl Fn(&T) -> P) -> Self {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let has_more = items.len() > limit;
        items.truncate(limit);
        let next = items.last().filter(|_| has_more).map(|last| cursor(&place(last)));
        Self { items, next }
    }

    pub(super) fn map<U>(self, view: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(view).collect(), next: self.next }
    }
}

/// The cursor of a place in a list.
pub(super) fn cursor(place: &impl Display) -> String {
    URL_SAFE_NO_PAD.encode(place.to_string())
}

/// The place that a cursor means; only what [`cursor`] made has one.
pub(super) fn place<P: FromStr>(cursor: Option<&str>) -> Result<Option<P>, Refusal> {
    let Some(cursor) = cursor else { return Ok(None) };
    let bytes = URL_SAFE_NO_PAD.decode(cursor).ok();
    let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok()).filter(|text| !text.contains('\0'));
    text.and_then(|text| text.parse().ok()).map(Some).ok_or_else(|| wrong("cursor"))
}

/// How many entries were asked for.
pub(super) fn limit(wanted: Option<u32>) -> Result<u32, Refusal> {
    match wanted {
        None => Ok(USUAL),
        Some(number @ 1..=MOST) => Ok(number),
        Some(_) => Err(wrong("limit")),
    }
}

/// A parameter whose value is none that it can have.
pub(super) fn wrong(field: &str) -> Refusal {
    Refusal::Field { field: field.to_owned(), fault: FieldFault::Value }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_tells_where_the_next_one_begins() {
        let page = Page::cut(vec![1, 2, 3], 2, |number| *number);
        assert_eq!(page.items, [1, 2]);
        assert_eq!(place::<u32>(page.next.as_deref()).unwrap(), Some(2));
        assert_eq!(Page::cut(vec![1, 2], 2, |number| *number).next, None);
    }

    #[test]
    fn a_cursor_that_is_none_is_refused() {
        for text in ["x", "é", "====", &URL_SAFE_NO_PAD.encode("no number"), ""] {
            assert!(place::<u32>(Some(text)).is_err(), "{text}");
        }
    }
}
