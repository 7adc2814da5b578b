//! Listing deals, all of them and since a cursor.

use std::collections::BTreeSet;

use chrono::{TimeDelta, Timelike};

use super::harness::{Harness, catch_up, create, full_deal, listed, pages, text};
use crate::connector::{Cursor, Listing, Scope};
use crate::error::ErrorKind;
use crate::id::RemoteId;

/// An empty container is a complete listing of nothing, not a failure.
pub async fn an_empty_container_lists_nothing(harness: &dyn Harness) {
    assert!(listed(harness, harness.fields().writable()).await.is_empty());
}

/// Each deal comes, whichever page it is on; none twice when nobody edits.
pub async fn a_listing_goes_on_beyond_one_page(harness: &dyn Harness) {
    let field = &harness.fields().text;
    let page = harness.connector().capabilities().page.get();
    let mut made = BTreeSet::new();
    for row in 0..=2 * page {
        made.insert(harness.insert(vec![(field.clone(), text(&format!("Deal {row}")))]).await);
    }
    catch_up(harness);
    let pages = pages(harness.connector(), Listing::everything([field.clone()])).await.expect("a listing");
    assert!(pages.iter().all(|read| read.deals.len() <= page), "no page holds more than promised");
    let rows: Vec<RemoteId> = pages.into_iter().flat_map(|page| page.deals).map(|deal| deal.id).collect();
    assert_eq!(rows.len(), made.len(), "no deal comes twice while nobody edits");
    assert_eq!(rows.into_iter().collect::<BTreeSet<_>>(), made);
}

/// A sample ends by itself, without an error.
pub async fn a_sample_stops_at_its_limit(harness: &dyn Harness) {
    let field = &harness.fields().text;
    for row in 0..5 {
        harness.insert(vec![(field.clone(), text(&format!("Deal {row}")))]).await;
    }
    catch_up(harness);
    for (limit, expected) in [(1, 1), (3, 3), (5, 5), (9, 5)] {
        let pages = pages(harness.connector(), Listing::sample([field.clone()], limit)).await;
        let pages = pages.expect("a sample");
        assert_eq!(pages.iter().map(|page| page.deals.len()).sum::<usize>(), expected, "limit {limit}");
    }
}

/// A field that was not asked for is not given.
pub async fn a_listing_reads_only_the_fields_asked_for(harness: &dyn Harness) {
    let number = &harness.fields().number;
    let id = create(harness, full_deal(harness).await).await;
    let deals = listed(harness, vec![number.clone()]).await;
    let fields: Vec<_> = deals[&id].cells.iter().map(|(field, _)| field).collect();
    assert_eq!(fields, [number]);
}

/// A field that is gone ends the run instead of being read as empty.
pub async fn a_listing_of_an_unknown_field_fails(harness: &dyn Harness) {
    harness.insert(vec![(harness.fields().text.clone(), text("A deal"))]).await;
    catch_up(harness);
    let listing = Listing::everything([harness.fields().unknown.clone()]);
    let error = pages(harness.connector(), listing).await.expect_err("an unknown field");
    assert_eq!(error.kind(), ErrorKind::SchemaChanged, "{error}");
}

/// The remote's clock serves to measure how far it is off ours.
pub async fn a_page_tells_the_remotes_clock_in_whole_seconds(harness: &dyn Harness) {
    let pages = pages(harness.connector(), Listing::everything([harness.fields().text.clone()])).await;
    for clock in pages.expect("a listing").into_iter().filter_map(|page| page.clock) {
        assert_eq!(clock.nanosecond(), 0);
        let off = (harness.now() - clock).abs();
        assert!(off <= TimeDelta::seconds(5), "{clock} is {off} off the remote's clock");
    }
}

/// What a person deleted does not come back in a listing.
pub async fn a_deleted_deal_is_not_listed(harness: &dyn Harness) {
    let field = &harness.fields().text;
    let kept = create(harness, vec![(field.clone(), text("Kept"))]).await;
    let gone = create(harness, vec![(field.clone(), text("Gone"))]).await;
    harness.delete(&gone).await;
    assert_eq!(listed(harness, vec![field.clone()]).await.into_keys().collect::<Vec<_>>(), [kept]);
}

/// The feed shows every later edit, and possibly a little more; deletions if it says so.
pub async fn a_feed_tells_what_changed_since_its_cursor(harness: &dyn Harness) {
    let Some(feed) = harness.connector().capabilities().feed else { return };
    let field = &harness.fields().text;
    let old = create(harness, vec![(field.clone(), text("Edited later"))]).await;
    let gone = create(harness, vec![(field.clone(), text("Deleted later"))]).await;
    create(harness, vec![(field.clone(), text("Left alone"))]).await;
    harness.forward(TimeDelta::minutes(10));
    let everything = Listing::everything([field.clone()]);
    let mut before = pages(harness.connector(), everything).await.expect("a listing");
    let cursor = before.pop().and_then(|page| page.cursor).expect("a cursor on the last page");
    assert!(before.iter().all(|page| page.cursor.is_none()), "the cursor stands on the last page only");

    harness.edit(&old, field, text("Edited")).await;
    harness.delete(&gone).await;
    let new = create(harness, vec![(field.clone(), text("New"))]).await;
    let since = Listing { scope: Scope::Since(cursor), fields: vec![field.clone()], limit: None };
    let pages = pages(harness.connector(), since).await.expect("the feed");
    let shown = |id: &RemoteId| pages.iter().flat_map(|page| &page.deals).find(|deal| deal.id == *id);
    assert_eq!(shown(&old).expect("the edited deal").cell(field), &text("Edited"));
    assert!(shown(&new).is_some(), "the new deal");
    assert!(shown(&gone).is_none(), "the deleted deal is not shown as live");
    if feed.reports_deletions {
        assert!(pages.iter().any(|page| page.gone.contains(&gone)), "the deleted deal");
    }
    assert!(pages.last().is_some_and(|page| page.cursor.is_some()), "where the feed stands next");
}

/// A connector without a feed says so instead of listing something else.
pub async fn without_a_feed_nothing_is_listed_since_a_cursor(harness: &dyn Harness) {
    if harness.connector().capabilities().feed.is_some() {
        return;
    }
    let fields = vec![harness.fields().text.clone()];
    let since = Listing { scope: Scope::Since(Cursor("1".into())), fields, limit: None };
    let error = pages(harness.connector(), since).await.expect_err("no feed");
    assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
}
