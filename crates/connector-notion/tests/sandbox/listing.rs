//! Listings: what they cost, and what they survive.

use std::collections::BTreeSet;
use std::time::Duration;

use connector_core::ErrorKind;
use connector_core::connector::{Listing, Presence, Scope};
use connector_core::id::RemoteId;
use connector_core::provider::Provider;
use connector_core::value::Value;
use connector_sandbox::{Change as PersonDoes, Edit, Fault, Knobs, Remote, Settings, Shape};
use futures::{StreamExt, TryStreamExt};
use serde_json::json;

use crate::world::{QUERY, SOURCE, World, ids, list, with_deals};

#[tokio::test]
async fn an_idle_reading_costs_a_call_for_each_hundred_deals_and_one_for_the_schema() {
    let world = with_deals(250);
    let connector = world.connect(false);
    let fields = [world.field("Name"), world.field("Amount")];
    let (schema, deals) = tokio::join!(connector.schema(), list(&*connector, &fields));
    assert!(schema.is_ok());
    assert_eq!(deals.len(), 250);
    let stats = world.sandbox.stats();
    assert_eq!(
        (stats.requests_to("GET", SOURCE), stats.requests_to("POST", QUERY), stats.requests()),
        (1, 3, 4)
    );
}

#[tokio::test]
async fn a_connection_is_tested_in_three_requests_whatever_the_size() {
    for (deals, exact) in [(40, true), (250, false)] {
        let world = with_deals(deals);
        let connector = world.connect(false);
        world.provider.identity().await.unwrap();
        connector.schema().await.unwrap();
        let mut pages = connector.list(Listing::everything([world.field("Name")]));
        let first = pages.next().await.unwrap().unwrap();
        assert_eq!((first.deals.len(), first.cursor.is_some()), (if exact { 40 } else { 100 }, exact));
        drop(pages);
        assert_eq!(world.sandbox.stats().requests(), 3);
    }
}

#[tokio::test]
async fn linked_pages_are_named_by_a_call_for_each_hundred_of_them() {
    let world = with_deals(250);
    let connector = world.connect(false);
    let company = world.field("Company");
    let deals = list(&*connector, std::slice::from_ref(&company)).await;
    let unnamed = deals.iter().filter(|deal| match deal.cell(&company) {
        Value::Links(links) => links.iter().any(|link| link.name.is_none()),
        _ => false,
    });
    assert_eq!(unnamed.count(), 0);
    // Three pages of deals, and 63 companies on one.
    assert_eq!(world.sandbox.stats().requests_to("POST", QUERY), 4);
}

#[tokio::test]
async fn a_listing_that_loses_its_place_begins_again_and_is_complete() {
    let world = with_deals(250);
    let connector = world.connect(false);
    let mut pages = connector.list(Listing::everything([world.field("Name")]));
    let mut seen: BTreeSet<RemoteId> = BTreeSet::new();
    seen.extend(pages.next().await.unwrap().unwrap().deals.into_iter().map(|deal| deal.id));
    let expire = PersonDoes::ExpireIterators;
    world.sandbox.edit(&Edit::new(expire).of(Remote::Notion)).unwrap();
    while let Some(page) = pages.next().await {
        seen.extend(page.unwrap().deals.into_iter().map(|deal| deal.id));
    }
    assert_eq!(seen.len(), 250);
}

#[tokio::test]
async fn a_capped_query_goes_on_in_windows_and_is_complete() {
    let world = with_deals(250);
    let knobs = Knobs { query_row_limit: 60, query_page_limit: 25, ..world.sandbox.knobs() };
    world.sandbox.set_knobs(knobs);
    let deals = list(&*world.connect(false), &[world.field("Name")]).await;
    let seen: BTreeSet<_> = deals.into_iter().map(|deal| deal.id).collect();
    assert_eq!(seen, ids(&world).into_iter().collect());
}

#[tokio::test]
async fn a_cap_within_one_minute_is_an_error_and_no_shorter_listing() {
    let settings = Settings { deals: 0, ..Settings::default() };
    let world = World::start(settings);
    world.sandbox.freeze_clock(true);
    for row in 0..12 {
        let edit = Edit::create_record(json!({"Name": format!("Deal {row}")}));
        world.sandbox.edit(&edit.of(Remote::Notion)).unwrap();
    }
    world.sandbox.set_knobs(Knobs { query_row_limit: 10, ..world.sandbox.knobs() });
    let connector = world.connect(false);
    let listed: Result<Vec<_>, _> =
        connector.list(Listing::everything([world.field("Name")])).try_collect().await;
    assert_eq!(listed.unwrap_err().kind(), ErrorKind::Unsupported);
}

#[tokio::test]
async fn a_gateways_page_is_waited_out_and_a_listing_cut_off_for_good_ends_with_an_error() {
    let world = with_deals(150);
    let connector = world.connect(false);
    world.sandbox.fault(Fault::status(502).shape(Shape::Html).on("POST", QUERY).of(Remote::Notion).times(2));
    assert_eq!(list(&*connector, &[world.field("Name")]).await.len(), 150);
    world.sandbox.fault(Fault::cut_body().on("POST", QUERY).of(Remote::Notion).skip(1));
    let pages: Vec<_> = connector.list(Listing::everything([world.field("Name")])).collect().await;
    assert!(matches!(&pages[..], [Ok(_), Err(error)] if error.kind() == ErrorKind::Unavailable), "{pages:?}");
}

#[tokio::test]
async fn the_feed_lists_only_what_was_touched() {
    let world = with_deals(250);
    world.sandbox.advance_clock(Duration::from_hours(1));
    let connector = world.connect(false);
    let fields = vec![world.field("Name")];
    let pages: Vec<_> = connector.list(Listing::everything(fields.clone())).try_collect().await.unwrap();
    let cursor = pages.last().unwrap().cursor.clone().unwrap();
    world.sandbox.advance_clock(Duration::from_mins(10));
    let id = &ids(&world)[17];
    world
        .sandbox
        .edit(&Edit::update_record(id.as_str(), json!({"Notes": "rappeler"})).of(Remote::Notion))
        .unwrap();
    world.sandbox.reset_stats();
    let since = Listing { scope: Scope::Since(cursor), fields, limit: None };
    let pages: Vec<_> = connector.list(since).try_collect().await.unwrap();
    let touched: Vec<_> = pages.iter().flat_map(|page| &page.deals).map(|deal| &deal.id).collect();
    assert_eq!(touched, [id]);
    assert_eq!(world.sandbox.stats().requests(), 1);
}

#[tokio::test]
async fn a_page_in_the_trash_one_moved_one_archived_and_one_purged_are_told_apart() {
    let world = with_deals(5);
    let connector = world.connect(false);
    let ids = ids(&world);
    let edit = |change| world.sandbox.edit(&Edit::new(change).of(Remote::Notion)).unwrap();
    world.sandbox.edit(&Edit::delete_record(ids[1].as_str()).of(Remote::Notion)).unwrap();
    edit(PersonDoes::MoveRecord { record: ids[2].to_string(), to: "Companies".into() });
    edit(PersonDoes::ArchiveRecord { record: ids[3].to_string(), archived: true });
    edit(PersonDoes::PurgeRecord { record: ids[4].to_string() });
    let read = connector.read(&ids, &[world.field("Name")]).await.unwrap();
    assert!(
        matches!(
            &read[..],
            [
                Presence::Live(_),
                Presence::Trashed(_),
                Presence::Elsewhere,
                Presence::Elsewhere,
                Presence::Vanished
            ]
        ),
        "{read:?}"
    );
    assert_eq!(list(&*connector, &[world.field("Name")]).await.len(), 1);
}

#[tokio::test]
async fn a_database_that_is_no_longer_shared_ends_the_run() {
    let world = with_deals(5);
    let connector = world.connect(false);
    connector.schema().await.unwrap();
    for id in [
        world.sandbox.notion_parent_page_id(),
        world.sandbox.notion_database_id(),
        world.sandbox.notion_data_source_id(),
    ] {
        world.sandbox.edit(&Edit::unshare(id)).unwrap();
    }
    assert_eq!(connector.schema().await.unwrap_err().kind(), ErrorKind::ContainerMissing);
    let pages: Result<Vec<_>, _> =
        connector.list(Listing::everything([world.field("Name")])).try_collect().await;
    assert_eq!(pages.unwrap_err().kind(), ErrorKind::ContainerMissing);
}

#[tokio::test]
async fn an_edit_within_the_minute_of_the_last_one_is_read_though_its_time_is_the_same() {
    let world = with_deals(1);
    world.sandbox.freeze_clock(true);
    let connector = world.connect(false);
    let (notes, id) = (world.field("Notes"), ids(&world).remove(0));
    let mut seen = Vec::new();
    for text in ["une", "deux"] {
        world
            .sandbox
            .edit(&Edit::update_record(id.as_str(), json!({ "Notes": text })).of(Remote::Notion))
            .unwrap();
        let deal = list(&*connector, std::slice::from_ref(&notes)).await.remove(0);
        seen.push((deal.cell(&notes).to_string(), deal.edited));
    }
    assert_eq!((seen[0].0.as_str(), seen[1].0.as_str()), ("“une”", "“deux”"));
    assert_eq!(seen[0].1, seen[1].1);
}
