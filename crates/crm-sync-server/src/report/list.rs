//! Headings and lists that are cut where they are long.

use connector_core::plan::Notice;

use super::Speaker;
use crate::messages;
use crate::service::notices::group;

/// The most lines of one list.
const SHOWN: usize = 8;

/// Text that grows by headings and lists.
#[derive(Debug, Default)]
pub(super) struct Text(String);

impl Text {
    /// One line.
    pub(super) fn line(&mut self, line: &str) {
        self.0.push_str(line);
        self.0.push('\n');
    }

    /// A heading and its items, each of one or more lines; nothing when there are none.
    pub(super) fn list(&mut self, speaker: &Speaker<'_>, heading: &str, items: &[String]) {
        self.cut_list(speaker, heading, items.iter().map(Item::plain), SHOWN);
    }

    /// The same, each item behind a mark of its own.
    pub(super) fn marked_list(&mut self, speaker: &Speaker<'_>, heading: &str, items: &[(&str, String)]) {
        let items = items.iter().map(|(mark, told)| Item { mark, told, count: 1 });
        self.cut_list(speaker, heading, items, SHOWN);
    }

    /// The same of notices: those that tell the same are one item, and the heading counts each.
    pub(super) fn notices(&mut self, speaker: &Speaker<'_>, heading: &str, notices: &[&Notice]) {
        let groups = group(notices.iter().copied());
        let told: Vec<String> = groups.iter().map(|group| super::notice(speaker, group)).collect();
        let items =
            told.iter().zip(&groups).map(|(told, group)| Item { count: group.count, ..Item::plain(told) });
        self.cut_list(speaker, heading, items, SHOWN);
    }

    /// The same, with every item: what it lists is what was asked for.
    pub(super) fn whole_list(&mut self, speaker: &Speaker<'_>, heading: &str, items: &[String]) {
        self.cut_list(speaker, heading, items.iter().map(Item::plain), items.len());
    }

    fn cut_list<'i>(
        &mut self,
        speaker: &Speaker<'_>,
        heading: &str,
        items: impl Iterator<Item = Item<'i>>,
        shown: usize,
    ) {
        let items: Vec<Item<'_>> = items.collect();
        if items.is_empty() {
            return;
        }
        let count = |from| items.iter().skip(from).map(|item| item.count).sum::<usize>();
        self.line("");
        self.line(&format!("{heading} ({})", messages::whole(speaker.lang, count(0))));
        for Item { mark, told, .. } in items.iter().take(shown) {
            self.line(&format!("  {mark} {}", told.replace('\n', "\n    ")));
        }
        if items.len() > shown {
            self.line(&format!("  {}", messages::and_more(speaker.lang, count(shown))));
        }
    }

    /// All of it, without the last line's end.
    pub(super) fn end(mut self) -> String {
        while self.0.ends_with('\n') {
            self.0.pop();
        }
        self.0
    }
}

/// An item of a list.
#[derive(Debug, Clone, Copy)]
struct Item<'i> {
    mark: &'i str,
    told: &'i str,
    /// For how many it stands.
    count: usize,
}

impl<'i> Item<'i> {
    fn plain(told: &'i String) -> Self {
        Self { mark: "•", told, count: 1 }
    }
}
