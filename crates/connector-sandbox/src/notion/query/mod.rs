//! Queries of a data source.

use serde_json::Value;

use crate::notion::auth::Capability;
use crate::notion::call::Call;
use crate::notion::data_source::DataSource;
use crate::notion::failure::Failure;
use crate::notion::list::{self, Paging};
use crate::notion::page::Page;
use crate::notion::pages::filter_properties;
use crate::notion::world::World;

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

/// Newest first, since no order is promised.
fn query(call: &Call<'_>, world: &World, source: &DataSource) -> Result<Value, Failure> {
    let paging = Paging::of_body(&call.input())?;
    let shown = |page: &&Page| !page.trashed && !page.archived && call.holder.sees(world, &page.id);
    let rows: Vec<&Page> = world.rows(source).rev().filter(shown).collect();
    let (rows, next) = list::page(&rows, &paging, |page| (*page.id).to_owned())?;
    let only = filter_properties(call, Some(source));
    let reader = call.reader(world);
    let rows = rows.iter().map(|page| reader.page(page, only.as_deref())).collect();
    Ok(list::envelope(call.version.list_type(), rows, next))
}
