//! `POST /v1/search`: shared pages and data sources by their titles.

use serde_json::Value;

use crate::id::Id;
use crate::notion::auth::Capability;
use crate::notion::call::Call;
use crate::notion::failure::Failure;
use crate::notion::list::{self, Paging};
use crate::notion::pages;
use crate::notion::rich_text;
use crate::notion::world::{Stamps, World};

/// Something that was found.
#[derive(Clone, Debug)]
struct Hit<'a> {
    id: &'a Id,
    stamps: &'a Stamps,
    is_page: bool,
}

/// What is shared, last edited first unless asked otherwise.
pub(crate) fn search(call: &Call<'_>, world: &World) -> Result<Value, Failure> {
    call.holder.require(Capability::ReadContent)?;
    let body = call.input();
    let paging = Paging::of_body(&body)?;
    let query = body.member("query").present().map(|query| query.text()).transpose()?;
    let query = query.unwrap_or_default().to_lowercase();
    let table = if call.version.has_data_sources() { "data_source" } else { "database" };
    let filter = body.member("filter").given();
    let wanted = filter.as_ref().and_then(|filter| filter.member("value").present());
    let wanted = wanted.map(|value| value.one_of(&["page", table])).transpose()?;
    let trashed = filter.and_then(|filter| filter.member("in_trash").present());
    let trashed = trashed.map(|flag| flag.boolean()).transpose()?.unwrap_or_default();
    let sort = body.member("sort").given().and_then(|sort| sort.member("direction").present());
    let ascending =
        sort.map(|sort| sort.one_of(&["ascending", "descending"])).transpose()? == Some("ascending");

    let mut hits: Vec<Hit<'_>> = Vec::new();
    if wanted != Some(table) {
        let pages = world.pages.values().filter(|page| page.trashed == trashed && !page.archived);
        hits.extend(pages.map(|page| Hit { id: &page.id, stamps: &page.stamps, is_page: true }));
    }
    if wanted != Some("page") {
        let sources = world.sources.values().filter(|source| source.trashed == trashed);
        // Old versions leave out databases that they cannot show.
        let shown = sources.filter(|source| {
            let siblings = world.databases.get(&source.database).map_or(0, |database| database.sources.len());
            call.version.has_data_sources() || siblings <= 1
        });
        hits.extend(shown.map(|source| Hit { id: &source.id, stamps: &source.stamps, is_page: false }));
    }
    hits.retain(|hit| {
        call.is_indexed(hit.stamps)
            && title(world, hit).to_lowercase().contains(&query)
            && call.holder.sees(world, hit.id)
    });
    hits.sort_by(|one, other| (one.stamps.edited, one.id).cmp(&(other.stamps.edited, other.id)));
    if !ascending {
        hits.reverse();
    }
    let (hits, next) = list::page(&hits, &paging, |hit| (**hit.id).to_owned())?;
    let shown = hits.iter().filter_map(|hit| show(call, world, hit)).collect();
    Ok(list::envelope(call.version.list_type(), shown, next))
}

fn title(world: &World, hit: &Hit<'_>) -> String {
    let name = |id: &Id| world.name(id);
    let page = world.pages.get(hit.id).map(|page| rich_text::plain(page.title(), &name));
    let source = || {
        let database = &world.sources.get(hit.id)?.database;
        world.databases.get(database).map(|database| rich_text::plain(&database.title, &name))
    };
    page.or_else(source).unwrap_or_default()
}

fn show(call: &Call<'_>, world: &World, hit: &Hit<'_>) -> Option<Value> {
    if hit.is_page {
        return world.pages.get(hit.id).map(|page| pages::show(call, world, page));
    }
    let source = world.sources.get(hit.id)?;
    let reader = call.reader(world);
    if call.version.has_data_sources() {
        return Some(reader.source(source));
    }
    world.databases.get(&source.database).map(|database| reader.database(database, Some(source)))
}
