//! Lists of records: what is asked for, which rows that is, and one page of them.

use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Map, Value, json};

use crate::airtable::call::{Call, Display};
use crate::airtable::compute::RowView;
use crate::airtable::failure::Failure;
use crate::airtable::field::Field;
use crate::airtable::formula::Formula;
use crate::airtable::iterator::Iterators;
use crate::airtable::read::Reader;
use crate::airtable::request;
use crate::airtable::route::is_id;
use crate::airtable::sort::sort;
use crate::airtable::table::{Row, Table};
use crate::airtable::view::View;
use crate::airtable::world::World;
use crate::id::Id;

/// The size of a page, unless less is asked for.
const PAGE: usize = 100;

/// The longest URL.
const MAX_URL: usize = 16_000;

/// The parameters of a list, from the query or from a body.
#[derive(Debug, Default)]
struct Parameters {
    page_size: Option<i64>,
    max_records: Option<usize>,
    offset: Option<String>,
    view: Option<String>,
    sort: Vec<(String, Option<String>)>,
    formula: Option<String>,
    fields: Option<Vec<String>>,
    metadata: Vec<String>,
    cell_format: Option<String>,
    by_id: bool,
}

impl Parameters {
    fn of_query(call: &Call<'_>) -> Self {
        let query = &call.query;
        let text = |key: &str| query.get(key).filter(|value| !value.is_empty()).map(str::to_owned);
        let fields = query.list("fields");
        Self {
            page_size: query.get("pageSize").or(query.get("limit")).and_then(|size| size.parse().ok()),
            max_records: query.get("maxRecords").and_then(|count| count.parse().ok()),
            offset: text("offset"),
            view: text("view"),
            sort: query.sort(),
            formula: text("filterByFormula"),
            fields: (!fields.is_empty()).then_some(fields),
            metadata: query.list("recordMetadata"),
            cell_format: text("cellFormat"),
            by_id: query.switch("returnFieldsByFieldId", call.knobs.strict_booleans),
        }
    }

    /// The same of a `listRecords` body; keys that are not known are left alone, since clients send some.
    fn of_body(body: &Map<String, Value>) -> Result<Self, Failure> {
        let text = |key: &str| {
            Ok::<_, Failure>(request::text(body, key)?.filter(|value| !value.is_empty()).map(str::to_owned))
        };
        let texts = |key: &str| match body.get(key) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Array(items)) => {
                let items =
                    items.iter().map(|item| item.as_str().map(str::to_owned)).collect::<Option<Vec<_>>>();
                items.map(Some).ok_or_else(Failure::invalid_request)
            }
            Some(_) => Err(Failure::invalid_request()),
        };
        let sort = match body.get("sort") {
            None | Some(Value::Null) => Vec::new(),
            Some(Value::Array(levels)) => levels
                .iter()
                .map(|level| {
                    let field =
                        level.get("field").and_then(Value::as_str).ok_or_else(Failure::invalid_request)?;
                    let direction = level.get("direction").and_then(Value::as_str);
                    Ok((field.to_owned(), direction.map(str::to_owned)))
                })
                .collect::<Result<_, Failure>>()?,
            Some(_) => return Err(Failure::invalid_request()),
        };
        let count = |key: &str| body.get(key).and_then(Value::as_i64);
        Ok(Self {
            page_size: count("pageSize"),
            max_records: count("maxRecords").and_then(|count| usize::try_from(count).ok()),
            offset: text("offset")?,
            view: text("view")?,
            sort,
            formula: text("filterByFormula")?,
            fields: texts("fields")?,
            metadata: texts("recordMetadata")?.unwrap_or_default(),
            cell_format: text("cellFormat")?,
            by_id: request::switch(body, "returnFieldsByFieldId")?,
        })
    }
}

/// Answers a page of records.
pub(crate) fn list(
    call: &Call<'_>,
    world: &World,
    iterators: &Mutex<Iterators>,
    by_post: bool,
) -> Result<Value, Failure> {
    let base = world.base(&call.route.base).ok_or_else(Failure::nowhere)?;
    call.holder.require("data.records:read", &base.id)?;
    let table = call.table(base)?;
    if call.request.path.len() + call.request.query.len() > MAX_URL {
        return Err(Failure::new(414, "REQUEST_URI_TOO_LONG", "Request URI is too long"));
    }
    let parameters = if by_post {
        Parameters::of_body(&request::body(call.request)?)?
    } else {
        Parameters::of_query(call)
    };
    let page_size = match parameters.page_size {
        None => PAGE,
        Some(size) => usize::try_from(size).ok().filter(|size| *size <= PAGE).ok_or_else(|| {
            Failure::new(422, "INVALID_PAGE_SIZE_ARGUMENT", "Page size argument should be between 0 and 100")
        })?,
    };
    let display = display(call, table, &parameters)?;
    let reader = call.reader(base);
    let lock = || iterators.lock().unwrap_or_else(PoisonError::into_inner);
    let (rows, start) = match &parameters.offset {
        Some(offset) => lock().resume(offset, &table.id, call.now)?,
        None => (select(&reader, table, &parameters)?, 0),
    };
    let mut records = Vec::with_capacity(page_size.min(rows.len()));
    let mut position = start;
    while records.len() < page_size
        && let Some(id) = rows.get(position)
    {
        // Rows deleted since the first page are passed over.
        records.extend(table.rows.get(id).map(|row| display.record(&reader, table, row)));
        position += 1;
    }
    let next = match &parameters.offset {
        _ if page_size == 0 => None,
        Some(offset) => lock().advance(offset, position),
        None => lock().open(&table.id, rows, position, call.now),
    };
    Ok(match next {
        Some(offset) => json!({"records": records, "offset": offset}),
        None => json!({"records": records}),
    })
}

fn display(call: &Call<'_>, table: &Table, parameters: &Parameters) -> Result<Display, Failure> {
    // Clients leave these two in the query even of a POST.
    let (zone, locale) = (call.query.get("timeZone"), call.query.get("userLocale"));
    let only = parameters.fields.as_ref().map(|names| {
        names.iter().map(|name| known(table, name).map(|field| field.id.clone())).collect::<Result<_, _>>()
    });
    Ok(Display {
        format: Display::format(parameters.cell_format.as_deref(), zone, locale)?,
        by_id: parameters.by_id,
        only: only.transpose()?,
        comment_count: parameters.metadata.iter().any(|metadata| metadata == "commentCount"),
    })
}

fn known<'a>(table: &'a Table, name: &str) -> Result<&'a Field, Failure> {
    table.field(name).ok_or_else(|| Failure::unknown_field(name))
}

/// The ids of all rows that a list is about, in its order.
fn select(reader: &Reader<'_>, table: &Table, parameters: &Parameters) -> Result<Arc<[Id]>, Failure> {
    let view = parameters.view.as_deref().map(|name| find_view(reader, table, name)).transpose()?;
    let mut order = Vec::new();
    for (name, direction) in &parameters.sort {
        let descending = match direction.as_deref() {
            None | Some("asc") => false,
            Some("desc") => true,
            Some(_) => return Err(Failure::invalid_request()),
        };
        order.push((known(table, name)?, descending));
    }
    if let (true, Some(view)) = (order.is_empty(), view) {
        order.extend(view.sort.iter().filter_map(|(id, descending)| Some((table.field(id)?, *descending))));
    }
    let formula = parameters.formula.as_deref().map(|text| parse(table, text)).transpose()?;
    let filters = formula.as_ref().into_iter().chain(view.and_then(|view| view.filter.as_deref()));
    let mut rows = candidates(table, formula.as_ref());
    for filter in filters {
        rows.retain(|row| {
            let view = RowView { reader: *reader, table, row, depth: 0 };
            filter.evaluate(&view, reader.now).is_kept()
        });
    }
    sort(reader, table, &mut rows, &order);
    rows.truncate(parameters.max_records.unwrap_or(usize::MAX));
    Ok(rows.into_iter().map(|row| row.id.clone()).collect())
}

/// The rows that a formula may keep: those it names itself, else all, in the order of their ids.
fn candidates<'a>(table: &'a Table, formula: Option<&Formula>) -> Vec<&'a Row> {
    match formula.and_then(Formula::record_ids) {
        None => table.rows.values().collect(),
        Some(mut ids) => {
            ids.sort_unstable();
            ids.dedup();
            ids.into_iter().filter_map(|id| table.rows.get(id)).collect()
        }
    }
}

fn parse(table: &Table, text: &str) -> Result<Formula, Failure> {
    let formula = Formula::parse(text)
        .map_err(|_| Failure::formula("Invalid formula. Please check your formula text."))?;
    let unknown: Vec<String> = formula
        .references()
        .into_iter()
        .filter(|name| table.field(name).is_none())
        .map(str::to_lowercase)
        .collect();
    if unknown.is_empty() {
        Ok(formula)
    } else {
        Err(Failure::formula(&format!("Unknown field names: {}", unknown.join(", "))))
    }
}

fn find_view<'a>(reader: &Reader<'a>, table: &'a Table, name: &str) -> Result<&'a View, Failure> {
    if let Some(view) = table.views.iter().find(|view| view.is(name)) {
        return Ok(view);
    }
    if reader.base.tables.iter().any(|other| other.views.iter().any(|view| *view.id == *name)) {
        return Err(Failure::silent(422, "FAILED_STATE_CHECK"));
    }
    let kind = if is_id(name, "viw") { "VIEW_ID_NOT_FOUND" } else { "VIEW_NAME_NOT_FOUND" };
    Err(Failure::new(422, kind, format!("View {name} not found")))
}
