//! A part of a long list.

use crate::messages::{self, Lang};

/// How many entries one page shows, unless each is large.
pub(super) const PAGE: usize = 50;

/// A part of a long list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Paging {
    /// The number of this page, from 1.
    pub(super) page: usize,
    /// The number of the last page.
    pub(super) pages: usize,
    /// How many entries a page has.
    size: usize,
    /// “51 to 100 of 240”.
    pub(super) told: String,
}

impl Paging {
    /// The page of this number, or the nearest that there is.
    pub(super) fn new(lang: Lang, all: usize, wanted: usize) -> Self {
        Self::of(PAGE, lang, all, wanted)
    }

    /// The same, of so many entries each.
    pub(super) fn of(size: usize, lang: Lang, all: usize, wanted: usize) -> Self {
        let pages = all.div_ceil(size).max(1);
        let page = wanted.clamp(1, pages);
        let first = (page - 1) * size;
        let told = messages::shown_of(lang, (first + 1).min(all), (first + size).min(all), all);
        Self { page, pages, size, told }
    }

    /// How many entries stand before it.
    pub(super) const fn before(&self) -> usize {
        (self.page - 1) * self.size
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_that_is_not_there_is_the_nearest_one() {
        let told = |all, wanted| {
            let paging = Paging::new(Lang::En, all, wanted);
            (paging.page, paging.pages, paging.before(), paging.told)
        };
        assert_eq!(told(120, 3), (3, 3, 100, "101 to 120 of 120".into()));
        assert_eq!(told(120, 99), (3, 3, 100, "101 to 120 of 120".into()));
        assert_eq!(told(0, 0), (1, 1, 0, "0 to 0 of 0".into()));
    }
}
