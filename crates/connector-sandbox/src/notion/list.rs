//! Pages of lists: how long they are, where they begin, how they are wrapped.

use serde_json::{Map, Value, json};

use crate::notion::failure::Failure;
use crate::notion::input::Input;
use crate::query::Query;

/// The longest page of any list, and the usual one.
pub(crate) const MAX_PAGE: usize = 100;

/// Which page of a list is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Paging {
    pub(crate) size: usize,
    pub(crate) cursor: Option<String>,
}

impl Paging {
    /// As a query says it.
    pub(crate) fn of_query(query: &Query) -> Result<Self, Failure> {
        let refused = |expected: &str, found: &str| {
            Failure::validation(format!(
                "query failed validation: query.page_size should be {expected} or `undefined`, instead was \
                 `{found}`."
            ))
        };
        let size = match query.get("page_size") {
            None | Some("" | "0") => MAX_PAGE,
            Some(text) => text.parse().map_err(|_| refused("a number", &format!("\"{text}\"")))?,
        };
        if size > MAX_PAGE {
            return Err(refused("≤ `100`", &size.to_string()));
        }
        let cursor = query.get("start_cursor").filter(|cursor| !cursor.is_empty()).map(str::to_owned);
        Ok(Self { size, cursor })
    }

    /// As a body says it.
    pub(crate) fn of_body(body: &Input<'_>) -> Result<Self, Failure> {
        let wanted = body.member("page_size").optional();
        let size = match wanted.value() {
            None => MAX_PAGE,
            Some(size) => {
                let size = size.as_u64().ok_or_else(|| wanted.expected("a number"))?;
                usize::try_from(size)
                    .ok()
                    .filter(|size| *size <= MAX_PAGE)
                    .ok_or_else(|| wanted.expected("≤ `100`"))?
            }
        };
        let cursor = body.member("start_cursor").present().map(|cursor| cursor.text().map(str::to_owned));
        Ok(Self { size: if size == 0 { MAX_PAGE } else { size }, cursor: cursor.transpose()? })
    }
}

/// The refusal of a cursor that leads nowhere.
pub(crate) fn bad_cursor(cursor: &str) -> Failure {
    Failure::validation(format!("The start_cursor provided is invalid: {cursor}"))
}

/// Wraps a page of a list of this type.
pub(crate) fn envelope(kind: &str, results: Vec<Value>, next: Option<String>) -> Value {
    let mut list = Map::new();
    list.insert("object".to_owned(), json!("list"));
    list.insert("has_more".to_owned(), json!(next.is_some()));
    list.insert("next_cursor".to_owned(), next.map_or(Value::Null, Value::String));
    list.insert("results".to_owned(), Value::Array(results));
    list.insert("type".to_owned(), json!(kind));
    list.insert(kind.to_owned(), json!({}));
    Value::Object(list)
}

/// A page of a list whose cursor is the id of its next element.
pub(crate) fn page<T>(
    all: &[T],
    paging: &Paging,
    id: impl Fn(&T) -> String,
) -> Result<(Vec<T>, Option<String>), Failure>
where
    T: Clone,
{
    let start = match &paging.cursor {
        None => 0,
        Some(cursor) => all.iter().position(|item| id(item) == *cursor).ok_or_else(|| bad_cursor(cursor))?,
    };
    let rest = all.get(start..).unwrap_or_default();
    let next = rest.get(paging.size).map(&id);
    Ok((rest.iter().take(paging.size).cloned().collect(), next))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_paged_to_its_end_by_ids() {
        let all: Vec<u32> = (0..5).collect();
        let id = |number: &u32| format!("id{number}");
        let mut paging = Paging { size: 2, cursor: None };
        let mut seen = Vec::new();
        loop {
            let (some, next) = page(&all, &paging, id).unwrap();
            seen.extend(some);
            let Some(next) = next else { break };
            paging.cursor = Some(next);
        }
        assert_eq!(seen, all);
        paging.cursor = Some("id9".to_owned());
        let refused = page(&all, &paging, id).unwrap_err();
        assert_eq!(refused.words(), "The start_cursor provided is invalid: id9");
    }

    #[test]
    fn page_sizes_out_of_bounds_are_refused() {
        let size = |text: &str| Paging::of_query(&Query::parse(text)).map(|paging| paging.size);
        assert_eq!(size("page_size=0"), Ok(100));
        assert_eq!(
            size("page_size=101").unwrap_err().words(),
            "query failed validation: query.page_size should be ≤ `100` or `undefined`, instead was `101`."
        );
    }
}
