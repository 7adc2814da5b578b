//! Ids of databases and data sources as people have them: bare, with dashes, or in an address of Notion's.

/// The id in `text`, with dashes and in small letters; `None` if there is none.
///
/// Of an address, only the path counts: `?v=` names a view. Notion's ids need not be of any version of UUID.
pub(crate) fn id(text: &str) -> Option<String> {
    let path = text.trim().split(['?', '#']).next().unwrap_or_default().trim_end_matches('/');
    let name = path.rsplit('/').next().unwrap_or_default();
    // An id with dashes stands alone; in an address it follows a title and has none.
    let digits: String = if name.len() == DASHED { name.replace('-', "") } else { tail(name)?.to_owned() };
    (digits.len() == DIGITS && digits.bytes().all(|digit| digit.is_ascii_hexdigit()))
        .then(|| dashed(&digits.to_ascii_lowercase()))
}

/// Whether both texts have the same id.
pub(crate) fn is_same(one: &str, other: &str) -> bool {
    one == other || id(one).is_some_and(|one| id(other) == Some(one))
}

const DIGITS: usize = 32;
const DASHED: usize = 36;

fn tail(name: &str) -> Option<&str> {
    let start = name.len().checked_sub(DIGITS)?;
    let title = name.get(..start)?;
    if title.is_empty() || title.ends_with('-') { name.get(start..) } else { None }
}

fn dashed(digits: &str) -> String {
    let part = |from: usize, to: usize| digits.get(from..to).unwrap_or_default();
    format!("{}-{}-{}-{}-{}", part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const ID: &str = "6ebc1ef2-0ab1-8000-9a3b-000b5f2c1d3e";

    #[rstest]
    #[case("6ebc1ef20ab180009a3b000b5f2c1d3e")]
    #[case(" 6EBC1EF2-0AB1-8000-9A3B-000B5F2C1D3E\n")]
    #[case(
        "https://www.notion.so/acme/Deals-6ebc1ef20ab180009a3b000b5f2c1d3e?v=0123456789abcdef0123456789abcdef&pvs=4"
    )]
    #[case("https://app.notion.com/p/6ebc1ef20ab180009a3b000b5f2c1d3e/")]
    #[case("https://www.notion.so/Pipeline-2026-Q3-6ebc1ef20ab180009a3b000b5f2c1d3e#block")]
    fn an_id_is_found_in_what_people_paste(#[case] text: &str) {
        assert_eq!(id(text).as_deref(), Some(ID));
    }

    #[rstest]
    #[case("")]
    #[case("https://www.notion.so/acme/Deals")]
    #[case("appXXXXXXXXXXXXXX")]
    #[case("Deals6ebc1ef20ab180009a3b000b5f2c1d3e")]
    #[case("patAbCdEfGh1234567.5b1d0c9e8f7a6b5c4d3e2f1a0b9c8d7e5b1d0c9e8f7a6b5c4d3e2f1a0b9c8d7e")]
    #[case("6ebc1ef20ab180009a3b000b5f2c1d3é")]
    fn what_has_no_id_is_not_taken_for_one(#[case] text: &str) {
        assert_eq!(id(text), None);
    }
}
