//! The address of a table, as people copy it from their browser.

use connector_core::id::{BaseId, ContainerId};
use url::Url;

use crate::app::{AIRTABLE, NOTION};

/// How many digits an id of Notion has.
const NOTION_DIGITS: usize = 32;

/// What an address says: the base, and the table if it names one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pasted {
    pub(super) base: BaseId,
    pub(super) table: Option<ContainerId>,
}

/// Reads an address of this remote, or bare ids.
pub(super) fn read(remote: &str, text: &str) -> Option<Pasted> {
    let text = text.trim();
    let path = Url::parse(text).map_or_else(|_| text.to_owned(), |url| url.path().to_owned());
    let mut parts = path.split(['/', ' ']).filter(|part| !part.is_empty());
    match remote {
        AIRTABLE => {
            let base = parts.find(|part| is_id(part, "app"))?;
            Some(Pasted { base: base.into(), table: parts.find(|part| is_id(part, "tbl")).map(Into::into) })
        }
        NOTION => {
            // The title may stand before the id, with hyphens between its words.
            let id = parts.filter_map(notion_id).next_back()?;
            Some(Pasted { base: id.as_str().into(), table: None })
        }
        _ => None,
    }
}

fn is_id(part: &str, prefix: &str) -> bool {
    part.strip_prefix(prefix)
        .is_some_and(|rest| rest.len() == 14 && rest.bytes().all(|letter| letter.is_ascii_alphanumeric()))
}

/// The id at the end of a part, alone or after a title and a hyphen: a longer row of digits is something else, a token
/// perhaps.
fn notion_id(part: &str) -> Option<String> {
    let plain = part.replace('-', "");
    let at = plain.len().checked_sub(NOTION_DIGITS)?;
    let (title, id) = (plain.get(..at)?, plain.get(at..)?);
    let stands_apart = title.is_empty()
        || [id.len(), id.len() + 4].iter().any(|length| {
            // With its hyphens an id has four letters more.
            let before = part.len().checked_sub(*length).and_then(|end| part.get(..end));
            before.is_some_and(|before| before.ends_with('-'))
        });
    (stands_apart && id.bytes().all(|digit| digit.is_ascii_hexdigit())).then(|| {
        let cut = |from, to| id.get(from..to).unwrap_or_default();
        format!("{}-{}-{}-{}-{}", cut(0, 8), cut(8, 12), cut(12, 16), cut(16, 20), cut(20, 32))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_names_the_base_and_the_table() {
        let pasted =
            read(AIRTABLE, " https://airtable.com/appAbCdEf12345678/tblXyZ12345678abc/viwQ?blocks=hide ");
        let pasted = pasted.unwrap();
        assert_eq!(pasted.base.as_str(), "appAbCdEf12345678");
        assert_eq!(pasted.table.unwrap().as_str(), "tblXyZ12345678abc");
        assert_eq!(read(AIRTABLE, "appAbCdEf12345678").unwrap().table, None);
        for wrong in ["", "https://airtable.com/", "appointments", "tblXyZ12345678abc"] {
            assert_eq!(read(AIRTABLE, wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_notion_address_ends_with_the_id_of_its_database() {
        let id = "1f3b2c4d-5e6f-7081-92a3-b4c5d6e7f809";
        for address in [
            "https://www.notion.so/acme/Deals-1f3b2c4d5e6f708192a3b4c5d6e7f809?v=0123456789abcdef0123456789abcdef",
            "1f3b2c4d5e6f708192a3b4c5d6e7f809",
            id,
        ] {
            assert_eq!(read(NOTION, address).unwrap().base.as_str(), id, "{address}");
        }
        assert_eq!(read(NOTION, "https://www.notion.so/acme"), None);
        let token = format!("patAbCdEfGh1234567.{0}{0}", "5b1d0c9e8f7a6b5c4d3e2f1a0b9c8d7e");
        assert_eq!(read(NOTION, &token), None, "nothing of a token becomes an address");
    }
}
