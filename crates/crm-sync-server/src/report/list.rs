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
        self.cut_list(speaker, heading, items, &vec![1; items.len()], SHOWN);
    }

    /// The same of notices: those that tell the same are one item, and the heading counts each.
    pub(super) fn notices(&mut self, speaker: &Speaker<'_>, heading: &str, notices: &[&Notice]) {
        let groups = group(notices.iter().copied());
        let items: Vec<String> = groups.iter().map(|group| super::notice(speaker, group)).collect();
        let counts: Vec<usize> = groups.iter().map(|group| group.count).collect();
        self.cut_list(speaker, heading, &items, &counts, SHOWN);
    }

    /// The same, with every item: what it lists is what was asked for.
    pub(super) fn whole_list(&mut self, speaker: &Speaker<'_>, heading: &str, items: &[String]) {
        self.cut_list(speaker, heading, items, &vec![1; items.len()], items.len());
    }

    /// `counts` tells for how many each item stands.
    fn cut_list(
        &mut self,
        speaker: &Speaker<'_>,
        heading: &str,
        items: &[String],
        counts: &[usize],
        shown: usize,
    ) {
        if items.is_empty() {
            return;
        }
        self.line("");
        let count = messages::whole(speaker.lang, counts.iter().sum());
        self.line(&format!("{heading} ({count})"));
        for item in items.iter().take(shown) {
            self.line(&format!("  • {}", item.replace('\n', "\n    ")));
        }
        if items.len() > shown {
            let more = counts.iter().skip(shown).sum();
            self.line(&format!("  {}", messages::and_more(speaker.lang, more)));
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
