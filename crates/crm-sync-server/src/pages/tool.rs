//! What people need to know of a remote beyond what its connector says: where a token is made, with which rights.

use connector_core::id::{ConnectionId, RemoteId};

use crate::app::{AIRTABLE, NOTION};
use crate::messages::{self, Lang, remote_name};
use crate::service::connection;

/// A remote, for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tool {
    /// Its name in addresses.
    pub(super) remote: &'static str,
    /// Where tokens are made.
    pub(super) tokens: &'static str,
    /// An address as people copy it from the browser.
    pub(super) example: &'static str,
    /// The environment variable that wins over a stored token.
    pub(super) variable: &'static str,
}

/// All of them, in the order of their tabs.
pub(super) const TOOLS: [Tool; 2] = [
    Tool {
        remote: AIRTABLE,
        tokens: "https://airtable.com/create/tokens",
        example: "https://airtable.com/app…/tbl…",
        variable: "AIRTABLE_TOKEN",
    },
    Tool {
        remote: NOTION,
        tokens: "https://www.notion.so/profile/integrations",
        example: "https://www.notion.so/…?v=…",
        variable: "NOTION_TOKEN",
    },
];

impl Tool {
    /// The one of this name.
    pub(super) fn of(remote: &str) -> Option<Self> {
        TOOLS.into_iter().find(|tool| tool.remote == remote)
    }

    /// The tool and the address of a record of this connection, for a browser.
    pub(super) fn record(connection: &ConnectionId, record: &RemoteId) -> Option<(Self, String)> {
        let tool = Self::of(connection::remote_of(connection))?;
        let (base, table) = connection::place_of(connection)?;
        let address = match tool.remote {
            AIRTABLE => format!("https://airtable.com/{base}/{table}/{record}"),
            _ => format!("https://www.notion.so/{}", record.as_str().replace('-', "")),
        };
        Some((tool, address))
    }

    /// What people call it.
    pub(super) fn name(self) -> &'static str {
        remote_name(self.remote)
    }

    /// Its first letter.
    pub(super) fn letter(self) -> String {
        self.name().chars().take(1).collect()
    }

    /// How a token is made, step by step.
    pub(super) fn help(self, lang: Lang) -> Vec<String> {
        messages::token_help(lang, self.remote)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_has_an_address_at_its_tool() {
        let address = |connection: &str, record: &str| {
            Tool::record(&connection.into(), &record.into()).map(|(tool, address)| (tool.name(), address))
        };
        let airtable = address("airtable:appA:tblB", "recC");
        assert_eq!(airtable, Some(("Airtable", "https://airtable.com/appA/tblB/recC".to_owned())));
        let notion = address("notion:base:source", "1f3b2c4d-5e6f-7081-92a3-b4c5d6e7f809");
        let wanted = "https://www.notion.so/1f3b2c4d5e6f708192a3b4c5d6e7f809".to_owned();
        assert_eq!(notion, Some(("Notion", wanted)));
        assert_eq!(address("demo", "recC"), None);
    }
}
