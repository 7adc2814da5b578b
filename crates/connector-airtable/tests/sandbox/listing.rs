//! Listings: what they cost, and what they survive.

use std::collections::BTreeSet;
use std::time::Duration;

use connector_core::ErrorKind;
use connector_core::connector::{Listing, Outcome, Scope};
use connector_core::id::RemoteId;
use connector_core::value::Value;
use connector_sandbox::{Edit, Fault, Knobs, Shape};
use futures::{StreamExt, TryStreamExt};
use serde_json::json;

use crate::world::{LIST, ROWS, SCHEMA, ids, list, number, set, with_deals, write_one};

#[tokio::test]
async fn a_listing_costs_a_call_for_each_hundred_deals() {
    let world = with_deals(250);
    let connector = world.connect(false);
    let fields = [world.field("Name"), world.field("Amount")];
    let (schema, deals) = tokio::join!(connector.schema(), list(&*connector, &fields));
    assert!(schema.is_ok());
    assert_eq!(deals.len(), 250);
    let stats = world.sandbox.stats();
    assert_eq!(
        (stats.requests_to("GET", SCHEMA), stats.requests_to("GET", ROWS), stats.requests()),
        (1, 3, 4)
    );
}

#[tokio::test]
async fn linked_deals_are_named_by_a_call_for_each_hundred_new_names() {
    let world = with_deals(250);
    let connector = world.connect(false);
    let company = world.field("Company");
    let deals = list(&*connector, std::slice::from_ref(&company)).await;
    let unnamed = deals.iter().filter(|deal| match deal.cell(&company) {
        Value::Links(links) => links.iter().any(|link| link.name.is_none()),
        _ => false,
    });
    assert_eq!(unnamed.count(), 0);
    let stats = world.sandbox.stats();
    assert!(stats.requests_to("POST", LIST) <= 3, "{stats:?}");

    let before = world.sandbox.stats().requests();
    let outcome = write_one(&*connector, set(&deals[0].id, &world.field("Amount"), number("1"))).await;
    let Outcome::Applied { deal, .. } = outcome else { panic!("{outcome:?}") };
    assert_eq!(
        deal.cell(&company),
        deals[0].cell(&company),
        "the answer to a write names as the listing did"
    );
    assert_eq!(world.sandbox.stats().requests() - before, 1);
}

#[tokio::test]
async fn a_listing_that_loses_its_place_begins_again_and_is_complete() {
    let world = with_deals(250);
    let connector = world.connect(false);
    let mut pages = connector.list(Listing::everything([world.field("Name")]));
    let mut seen: BTreeSet<RemoteId> = BTreeSet::new();
    seen.extend(pages.next().await.unwrap().unwrap().deals.into_iter().map(|deal| deal.id));
    world.sandbox.edit(&Edit::new(connector_sandbox::Change::ExpireIterators)).unwrap();
    while let Some(page) = pages.next().await {
        seen.extend(page.unwrap().deals.into_iter().map(|deal| deal.id));
    }
    assert_eq!(seen.len(), 250);
}

#[tokio::test]
async fn a_listing_cut_off_for_good_ends_with_an_error() {
    let world = with_deals(250);
    let connector = world.connect(false);
    world.sandbox.fault(Fault::cut_body().on("GET", ROWS).skip(1));
    let pages: Vec<_> = connector.list(Listing::everything([world.field("Name")])).collect().await;
    assert!(matches!(&pages[..], [Ok(_), Err(error)] if error.kind() == ErrorKind::Unavailable), "{pages:?}");
}

#[tokio::test]
async fn a_gateways_page_is_waited_out() {
    let world = with_deals(3);
    world.sandbox.fault(Fault::status(502).shape(Shape::Html).on("GET", ROWS).times(2));
    assert_eq!(list(&*world.connect(false), &[world.field("Name")]).await.len(), 3);
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
    world.sandbox.edit(&Edit::update_record(id.as_str(), json!({"Notes": "rappeler"}))).unwrap();
    world.sandbox.reset_stats();
    let since = Listing { scope: Scope::Since(cursor), fields, limit: None };
    let pages: Vec<_> = connector.list(since).try_collect().await.unwrap();
    let touched: Vec<_> = pages.iter().flat_map(|page| &page.deals).map(|deal| &deal.id).collect();
    assert_eq!(touched, [id]);
    assert_eq!(world.sandbox.stats().requests(), 1);
}

#[tokio::test]
async fn a_table_is_opened_by_its_name_too() {
    let world = with_deals(3);
    let connector = world.connect_to("Deals".into(), false);
    assert_eq!(list(&*connector, &[]).await.len(), 3);
    let missing = world.connect_to("Nothing".into(), false);
    assert_eq!(missing.schema().await.unwrap_err().kind(), ErrorKind::ContainerMissing);
}

#[tokio::test]
async fn a_quota_that_is_used_up_is_told_apart() {
    let world = with_deals(3);
    world.sandbox.set_knobs(Knobs { quota_exhausted: true, ..world.sandbox.knobs() });
    let error = world.connect(false).read(&ids(&world), &[]).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::QuotaExhausted);
}
