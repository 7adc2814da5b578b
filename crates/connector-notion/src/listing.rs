//! Listings, page by page: begun again when Notion loses its place, in windows beyond its 10,000 pages.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use connector_core::connector::Page;
use connector_core::id::FieldId;
use connector_core::{Error, ErrorKind, Result};
use connector_http::paged::{self, Turned};
use connector_http::{Answer, Failure, feed};
use futures::Stream;

use crate::api::PAGE;
use crate::failure::{About, REMOTE, into_error, lost_its_place, was_too_slow};
use crate::filter::Filter;
use crate::names::Names;
use crate::source::Source;
use crate::wire;

/// How often a listing is begun again before it is given up.
const MOST_RESTARTS: u32 = 3;

/// The smallest page that is asked for where larger ones take Notion too long.
const SMALLEST_PAGE: usize = 12;

/// What to list.
#[derive(Debug, Clone)]
pub(crate) struct Ask {
    /// For which purpose, for errors.
    pub(crate) action: &'static str,
    pub(crate) filter: Option<Filter>,
    pub(crate) fields: BTreeSet<FieldId>,
    pub(crate) limit: Option<usize>,
}

/// Streams the pages of `source` that `ask` says. The last one has the cursor, unless it is a sample.
pub(crate) fn pages(source: Arc<Source>, ask: Ask) -> impl Stream<Item = Result<Page>> {
    let listing = Listing {
        source,
        page_size: ask.limit.map_or(PAGE, |limit| limit.clamp(1, PAGE)),
        ask,
        window: None,
        newest: None,
        given: 0,
        restarts: 0,
        seen: HashSet::new(),
        began: None,
        names: Names::default(),
    };
    paged::pages(listing, Listing::turn, Listing::endless)
}

/// What comes after a page.
#[derive(Debug)]
enum Next {
    /// The page that a cursor stands for.
    Cursor(String),
    /// The first page of a window that begins later, since Notion gives no more of this one.
    Window,
}

#[derive(Debug)]
struct Listing {
    source: Arc<Source>,
    ask: Ask,
    /// How many pages are asked for at once.
    page_size: usize,
    /// From when on pages were made that are asked for; from the first one on if not given.
    window: Option<DateTime<Utc>>,
    /// When the last page so far was made.
    newest: Option<DateTime<Utc>>,
    given: usize,
    restarts: u32,
    seen: HashSet<String>,
    began: Option<DateTime<Utc>>,
    names: Names,
}

impl Listing {
    async fn turn(mut self, next: Option<Next>) -> Result<Turned<Page, Self, Next>> {
        let layout = self.source.layout_with(&self.ask.fields).await?;
        let cursor = match next {
            Some(Next::Cursor(cursor)) => Some(cursor),
            Some(Next::Window) | None => None,
        };
        let Answer { body: list, date } = self.fetch(layout.id.as_str(), &layout, cursor).await?;
        self.began = self.began.or(date);
        let next = self.next(&list)?;
        let mut rows = list.results;
        // A wiki holds data sources, too.
        rows.retain(|row| row.object.is_empty() || row.object == "page");
        if let Some(limit) = self.ask.limit {
            rows.truncate(limit.saturating_sub(self.given));
        }
        self.given += rows.len();
        let mut deals = self.source.deals(&layout, &rows, &self.ask.fields).await;
        self.names.resolve(&self.source.api, &layout, &self.ask.fields, &mut deals).await?;
        let enough = self.ask.limit.is_some_and(|limit| self.given >= limit);
        let next = next.filter(|_| !enough);
        if next.is_none() {
            self.source.remember(&self.ask.fields, self.names.clone());
        }
        let complete = next.is_none() && self.ask.limit.is_none();
        let cursor = self.began.filter(|_| complete).map(feed::cursor);
        Ok((Page { deals, gone: Vec::new(), clock: date, cursor }, self, next))
    }

    async fn fetch(
        &mut self,
        id: &str,
        layout: &crate::layout::Layout,
        mut cursor: Option<String>,
    ) -> Result<Answer<wire::List<wire::Page>>> {
        let properties = Source::properties(layout, &self.ask.fields);
        loop {
            let query = self.query(cursor.clone());
            match self.source.api.query(id, &properties, &query).await {
                Ok(answer) => return Ok(answer),
                Err(failure) if cursor.is_some() && lost_its_place(&failure) => {
                    self.restart()?;
                    cursor = None;
                }
                Err(failure) if self.page_size > SMALLEST_PAGE && was_too_slow(&failure) => {
                    self.page_size /= 2;
                }
                Err(failure) => return Err(into_error(failure, About::Container, self.ask.action)),
            }
        }
    }

    fn query(&self, start_cursor: Option<String>) -> wire::Query {
        let window = self.window.map(Filter::created_since);
        let filter = match (self.ask.filter.clone(), window) {
            (Some(asked), Some(window)) => Some(asked.and(&window)),
            (asked, window) => asked.or(window),
        };
        wire::Query { filter, sorts: [wire::OLDEST_FIRST], page_size: self.page_size, start_cursor }
    }

    /// Where to go on; an error when there is more that cannot be reached.
    fn next(&mut self, list: &wire::List<wire::Page>) -> Result<Option<Next>> {
        let made = list.results.iter().filter_map(|page| page.created_time.as_ref()?.parse().ok());
        self.newest = made.max().max(self.newest);
        let broken = |kind, why: &str| Err(Error::new(kind, REMOTE, self.ask.action).with_detail(why));
        match &list.next_cursor {
            Some(cursor) if list.has_more => {
                if !self.seen.insert(cursor.clone()) {
                    self.restart()?;
                }
                Ok(Some(Next::Cursor(cursor.clone())))
            }
            None if list.has_more => {
                broken(ErrorKind::Malformed, "Notion has more pages and does not say where")
            }
            _ if !list.is_capped() => Ok(None),
            // Times of creation are rounded down to the minute, so that the window begins with pages already met.
            _ if self.newest > self.window => {
                self.window = self.newest;
                self.seen.clear();
                Ok(Some(Next::Window))
            }
            _ => broken(
                ErrorKind::Unsupported,
                "more than 10,000 pages were made in one minute, and Notion lists no more of them",
            ),
        }
    }

    fn endless(&self) -> Error {
        into_error(Failure::endless(), About::Container, self.ask.action)
    }

    /// Counts a new beginning; what was read stays read, since a deal may come twice.
    fn restart(&mut self) -> Result<()> {
        self.restarts += 1;
        self.seen.clear();
        self.given = 0;
        if self.restarts > MOST_RESTARTS {
            return Err(Error::new(ErrorKind::Unavailable, REMOTE, self.ask.action)
                .with_detail(format!("the listing lost its place {} times", self.restarts)));
        }
        Ok(())
    }
}
