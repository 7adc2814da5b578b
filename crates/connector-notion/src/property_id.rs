//! Ids of properties, which Notion percent-encodes in some places and not in others.

use connector_core::id::FieldId;

/// The id without percent-encoding: for an address, which encodes it once more, and for comparison.
pub(crate) fn decoded(id: &str) -> String {
    let mut bytes = Vec::with_capacity(id.len());
    let mut rest = id.as_bytes();
    while let [first, after @ ..] = rest {
        match (first, after) {
            (b'%', [high, low, after @ ..]) if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                bytes.push(nibble(*high) << 4 | nibble(*low));
                rest = after;
            }
            _ => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| id.to_owned())
}

/// Whether both are the id of one property.
pub(crate) fn is_same(field: &FieldId, id: &str) -> bool {
    field.as_str() == id || decoded(field.as_str()) == decoded(id)
}

const fn nibble(digit: u8) -> u8 {
    match digit {
        b'0'..=b'9' => digit - b'0',
        b'a'..=b'f' => digit - b'a' + 10,
        _ => digit - b'A' + 10,
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("%3CnJT", "<nJT")]
    #[case("MNV~", "MNV~")]
    #[case("%7bGE%7C", "{GE|")]
    #[case("100%", "100%")]
    #[case("%ZZ%4", "%ZZ%4")]
    #[case("%FF", "%FF")]
    fn an_id_is_decoded_once(#[case] id: &str, #[case] plain: &str) {
        assert_eq!(decoded(id), plain);
        assert!(is_same(&id.into(), plain));
    }
}
