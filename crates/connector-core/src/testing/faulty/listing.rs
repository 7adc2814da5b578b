//! Listings whose rows come late, twice, in any order, or not to the end.

use std::num::NonZeroUsize;

use futures::StreamExt;
use futures::stream::{self, BoxStream};

use super::weather::{CallKind, Weather};
use crate::connector::{Cursor, Page, RemoteDeal};
use crate::error::Result;
use crate::testing::fuse::Step;

/// `inner` as it comes through this weather, with at most `most` rows on a page.
pub(super) fn faulty_listing(
    inner: BoxStream<'static, Result<Page>>,
    weather: Weather,
    most: NonZeroUsize,
) -> BoxStream<'static, Result<Page>> {
    let reader =
        Reader { inner, weather, most: most.get(), given: 0, held: Vec::new(), cursor: None, ended: false };
    stream::unfold(Some(reader), |reader| async {
        let mut reader = reader?;
        match reader.page().await {
            Some(Ok(page)) => Some((Ok(page), Some(reader))),
            Some(Err(error)) => Some((Err(error), None)),
            None => None,
        }
    })
    .boxed()
}

struct Reader {
    inner: BoxStream<'static, Result<Page>>,
    weather: Weather,
    most: usize,
    given: usize,
    /// Rows that were read and are still to be given.
    held: Vec<RemoteDeal>,
    /// The cursor belongs on the last page, whichever that is.
    cursor: Option<Cursor>,
    ended: bool,
}

impl Reader {
    async fn page(&mut self) -> Option<Result<Page>> {
        let page = if self.ended { None } else { self.read().await };
        let page = match page {
            Some(Ok(page)) => page,
            Some(Err(error)) => return Some(Err(error)),
            None => {
                self.ended = true;
                if self.held.is_empty() && self.cursor.is_none() {
                    return None;
                }
                let deals = self.held.split_off(self.held.len().saturating_sub(self.most));
                let cursor = if self.held.is_empty() { self.cursor.take() } else { None };
                Page { deals, cursor, ..Page::default() }
            }
        };
        if self.weather.faults.cut_after.is_some_and(|pages| self.given >= pages) {
            return Some(Err(self.weather.fault()));
        }
        self.given += 1;
        Some(Ok(page))
    }

    /// One page of the listing, less the rows that come later and with those that are late.
    async fn read(&mut self) -> Option<Result<Page>> {
        let step = match self.weather.enter(CallKind::Page).await {
            Ok(step) => step,
            Err(error) => return Some(Err(error)),
        };
        let page = self.inner.next().await?;
        if step == Step::LastWords {
            return Some(Err(self.weather.crash()));
        }
        Some(page.map(|page| self.blur(page)))
    }

    fn blur(&mut self, mut page: Page) -> Page {
        for deal in std::mem::take(&mut page.deals) {
            if self.weather.happens(self.weather.faults.repeat) {
                self.held.push(deal.clone());
            }
            self.held.push(deal);
        }
        let mut given = self.held.len().min(self.most);
        if self.weather.faults.shuffle {
            self.weather.shuffle(&mut self.held);
            given = self.weather.up_to(given);
        }
        page.deals = self.held.drain(..given).collect();
        self.cursor = page.cursor.take();
        page
    }
}
