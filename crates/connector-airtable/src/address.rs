//! Ids of bases and tables as people have them: bare, or in an address of Airtable's.

use connector_core::provider::Place;

/// What `text` points at: a base, and the table if it names one; `None` if there is no base in it.
///
/// An address is `https://airtable.com/app…/tbl…/viw…`; what follows a `?` or `#` only says how to show it.
pub(crate) fn place(text: &str) -> Option<Place> {
    let path = text.trim().split(['?', '#']).next().unwrap_or_default();
    let mut parts = path.split('/').skip_while(|part| !is_id(part, "app"));
    let base = parts.next()?;
    let container = parts.find(|part| is_id(part, "tbl")).map(Into::into);
    Some(Place { base: base.into(), container })
}

fn is_id(part: &str, prefix: &str) -> bool {
    const LETTERS: usize = 14;
    part.strip_prefix(prefix).is_some_and(|rest| {
        rest.len() == LETTERS && rest.bytes().all(|letter| letter.is_ascii_alphanumeric())
    })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const BASE: &str = "appAbCdEf12345678";

    #[rstest]
    #[case(
        "https://airtable.com/appAbCdEf12345678/tblXyZ12345678abc/viwQ?blocks=hide",
        Some("tblXyZ12345678abc")
    )]
    #[case(" appAbCdEf12345678/tblXyZ12345678abc\n", Some("tblXyZ12345678abc"))]
    #[case("https://airtable.com/appAbCdEf12345678", None)]
    #[case("appAbCdEf12345678", None)]
    fn base_and_table_are_found_in_what_people_paste(#[case] text: &str, #[case] table: Option<&str>) {
        let place = place(text).unwrap();
        assert_eq!(
            (place.base.as_str(), place.container.as_ref().map(connector_core::id::ContainerId::as_str)),
            (BASE, table)
        );
    }

    #[rstest]
    #[case("")]
    #[case("Deals")]
    #[case("appétit")]
    #[case("application CRM 2026")]
    #[case("https://airtable.com/tblXyZ12345678abc")]
    fn what_has_no_id_is_not_taken_for_one(#[case] text: &str) {
        assert_eq!(place(text), None);
    }
}
