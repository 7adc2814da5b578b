//! What stands around every page.

use chrono::Utc;

use super::asset;
use crate::messages::{Lang, Words};

/// What stands around a page.
#[derive(Debug, Clone)]
pub(super) struct Frame {
    pub(super) title: String,
    /// Where the style sheet and the modules are.
    pub(super) assets: &'static str,
    /// Whether the page stands in somebody else's, without a menu.
    pub(super) embedded: bool,
    /// What the forms must show.
    pub(super) csrf: String,
    /// Another one on each page: asked for the same address twice, a browser that finds `#` in it asks for nothing.
    pub(super) mark: String,
    /// This page's address, to come back to.
    pub(super) path: String,
    /// Whether the visitor may see more than the sign-in.
    pub(super) is_in: bool,
    /// Whether there is a session to end.
    pub(super) can_leave: bool,
    pub(super) places: Vec<Link>,
    pub(super) languages: Vec<Language>,
    pub(super) notices: Vec<Notice>,
}

/// An entry of the menu.
#[derive(Debug, Clone)]
pub(super) struct Link {
    pub(super) href: &'static str,
    pub(super) name: String,
    pub(super) is_here: bool,
    /// How much waits there.
    pub(super) count: usize,
}

/// A language that the visitor can choose.
#[derive(Debug, Clone)]
pub(super) struct Language {
    pub(super) code: &'static str,
    pub(super) name: &'static str,
    pub(super) is_on: bool,
}

/// A sentence above the page.
#[derive(Debug, Clone)]
pub(super) struct Notice {
    /// `good`, `warn`, `bad`, `info`.
    pub(super) tone: &'static str,
    pub(super) text: String,
}

/// Which entry of the menu a page belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Connectors,
    History,
    Conflicts,
    Settings,
    /// None of them.
    Elsewhere,
}

impl Frame {
    pub(super) fn new(lang: Lang, title: String, csrf: String, path: String) -> Self {
        let language =
            |known: Lang| Language { code: known.code(), name: known.own_name(), is_on: known == lang };
        Self {
            title,
            assets: asset::folder(),
            embedded: false,
            csrf,
            mark: Utc::now().timestamp_millis().to_string(),
            path,
            is_in: false,
            can_leave: false,
            places: Vec::new(),
            languages: Lang::ALL.map(language).to_vec(),
            notices: Vec::new(),
        }
    }

    /// With the menu, for a visitor who is in; so many conflicts wait.
    pub(super) fn with_menu(mut self, words: Words, place: Place, waiting: usize) -> Self {
        let link = |href, name, of: Place, count| Link { href, name, is_here: of == place, count };
        self.is_in = true;
        self.places = vec![
            link("/connectors", words.connectors(), Place::Connectors, 0),
            link("/history", words.history(), Place::History, 0),
            link("/conflicts", words.conflicts(), Place::Conflicts, waiting),
            link("/settings", words.settings(), Place::Settings, 0),
        ];
        self
    }

    /// With a sentence above the page.
    pub(super) fn noticing(mut self, tone: &'static str, text: impl Into<String>) -> Self {
        self.notices.push(Notice { tone, text: text.into() });
        self
    }
}
