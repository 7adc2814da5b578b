//! Queries of a data source.

mod condition;
mod filter;

use serde_json::{Value, json};

use crate::id::Id;
use crate::notion::auth::Capability;
use crate::notion::call::Call;
use crate::notion::data_source::DataSource;
use crate::notion::failure::Failure;
use crate::notion::input::{Input, uuid};
use crate::notion::list::{self, Paging, bad_cursor};
use crate::notion::object::extended;
use crate::notion::page::Page;
use crate::notion::pages::filter_properties;
use crate::notion::query::filter::{Filter, SortKey, sort_key};
use crate::notion::world::{World, whole_minute};

/// The rows of the path's data source.
pub(crate) fn of_source(call: &Call<'_>, world: &World) -> Result<Value, Failure> {
    call.holder.require(Capability::ReadContent)?;
    query(call, world, call.source(world, &call.id()?)?)
}

/// The rows of the path's database, in versions without data sources.
pub(crate) fn of_database(call: &Call<'_>, world: &World) -> Result<Value, Failure> {
    call.holder.require(Capability::ReadContent)?;
    query(call, world, call.only_source(world, &call.id()?)?)
}

fn query(call: &Call<'_>, world: &World, source: &DataSource) -> Result<Value, Failure> {
    let body = call.input();
    let paging = Paging::of_body(&body)?;
    let filter = body.member("filter").given().map(|filter| Filter::read(&filter, source)).transpose()?;
    let sorts = body.member("sorts").given().map_or(Ok(Vec::new()), |sorts| sorts.array_up_to(100))?;
    let sorts = sorts.iter().map(|sort| Sort::read(sort, source)).collect::<Result<Vec<_>, _>>()?;
    let flag = |key: &str| body.member(key).present().map(|flag| flag.boolean()).transpose();
    let trashed = flag("in_trash")?.or(flag("archived")?).unwrap_or_default();
    let archived = flag("is_archived")?.unwrap_or_default();

    let reader = call.reader(world);
    let shown = |page: &&Page| {
        page.trashed == trashed
            && page.archived == archived
            && call.is_indexed(&page.stamps)
            && call.holder.sees(world, &page.id)
            && filter.as_ref().is_none_or(|filter| filter.admits(&reader, source, page))
    };
    // Newest first, since no order is promised.
    let mut rows: Vec<&Page> = world.rows(source).rev().filter(shown).collect();
    for sort in sorts.iter().rev() {
        sort.apply(&mut rows, |page, by| match by {
            By::Created => SortKey::Time(whole_minute(page.stamps.created)),
            By::Edited => SortKey::Time(whole_minute(page.stamps.edited)),
            By::Property(id) => match source.property(id) {
                Some(property) => sort_key(&reader, source, page, property),
                None => SortKey::Empty,
            },
        });
    }
    let limit = usize::try_from(call.knobs.query_row_limit).unwrap_or(usize::MAX);
    let capped = rows.len() > limit;
    rows.truncate(limit);

    let most = usize::try_from(call.knobs.query_page_limit).unwrap_or(usize::MAX).max(1);
    let given = paging.cursor.as_deref().map(|cursor| opened(cursor, world)).transpose()?;
    let paging = Paging { size: paging.size.min(most), cursor: given };
    let (rows, next) = list::page(&rows, &paging, |page| (*page.id).to_owned()).map_err(|refused| {
        call.input().member("start_cursor").value().and_then(Value::as_str).map_or(refused, bad_cursor)
    })?;
    let only = filter_properties(call, Some(source));
    let rows = rows.iter().map(|page| reader.page(page, only.as_deref())).collect();
    let list = list::envelope(call.version.list_type(), rows, next.map(|id| sealed(&id, world)));
    if !capped {
        return Ok(list);
    }
    let status = json!({"type": "incomplete", "incomplete_reason": "query_result_limit_reached"});
    Ok(extended(list, [("request_status", status)]))
}

/// A cursor: the next row's id, turned by how often all cursors were ended, so that none outlives that.
fn sealed(id: &str, world: &World) -> String {
    turned(id, world.cursor_age % 16)
}

/// The row that a cursor leads to.
fn opened(cursor: &str, world: &World) -> Result<String, Failure> {
    let known = uuid(cursor).ok_or_else(|| bad_cursor(cursor))?;
    Ok(turned(&known, (16 - world.cursor_age % 16) % 16))
}

/// Adds to each hexadecimal digit.
fn turned(id: &str, by: u64) -> String {
    let turn = |c: char| {
        let digit = c.to_digit(16).map(|digit| (u64::from(digit) + by) % 16);
        digit
            .and_then(|digit| u32::try_from(digit).ok())
            .and_then(|digit| char::from_digit(digit, 16))
            .unwrap_or(c)
    };
    id.chars().map(turn).collect()
}

/// What rows are sorted by.
#[derive(Debug)]
enum By {
    Created,
    Edited,
    Property(Id),
}

/// One level of sorting.
#[derive(Debug)]
struct Sort {
    by: By,
    descending: bool,
}

impl Sort {
    fn read(input: &Input<'_>, source: &DataSource) -> Result<Self, Failure> {
        let direction = input.member("direction").one_of(&["ascending", "descending"])?;
        let by = if let Some(timestamp) = input.member("timestamp").present() {
            match timestamp.one_of(&["created_time", "last_edited_time"])? {
                "created_time" => By::Created,
                _ => By::Edited,
            }
        } else {
            let name = input.member("property").text()?;
            let property = source.property(name).ok_or_else(|| {
                Failure::validation(format!("Could not find sort property with name or id: {name}"))
            })?;
            By::Property(property.id.clone())
        };
        Ok(Self { by, descending: direction == "descending" })
    }

    /// Sorts without moving equal rows; empty values stay last in both directions.
    fn apply(&self, rows: &mut Vec<&Page>, key: impl Fn(&Page, &By) -> SortKey) {
        let mut keyed: Vec<(SortKey, &Page)> = rows.iter().map(|page| (key(page, &self.by), *page)).collect();
        keyed.sort_by(|(one, _), (other, _)| {
            let order = one.partial_cmp(other).unwrap_or(std::cmp::Ordering::Equal);
            let emptiness = (*one == SortKey::Empty) != (*other == SortKey::Empty);
            if self.descending && !emptiness { order.reverse() } else { order }
        });
        *rows = keyed.into_iter().map(|(_, page)| page).collect();
    }
}
