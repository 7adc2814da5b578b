//! Seeded randomness and the identifiers made from it: the same seed gives the same world.

use std::sync::Arc;

/// An identifier: shared, since rows, links and iterators repeat it.
pub(crate) type Id = Arc<str>;

const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const HEX: &[u8; 16] = b"0123456789abcdef";

/// A small generator (`SplitMix64`): repeatable, not for secrets.
#[derive(Clone, Debug)]
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `bound` (0 if the bound is 0).
    pub(crate) fn below(&mut self, bound: u32) -> u32 {
        let bound = u64::from(bound.max(1));
        u32::try_from(self.next() % bound).unwrap_or_default()
    }

    /// True in `percent` of 100 cases.
    pub(crate) fn chance(&mut self, percent: u32) -> bool {
        self.below(100) < percent
    }

    /// One element; `None` only of an empty slice.
    pub(crate) fn pick<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        let bound = u32::try_from(from.len()).unwrap_or(u32::MAX);
        from.get(usize::try_from(self.below(bound)).unwrap_or_default())
    }

    /// An id of Airtable's shape: the prefix and 14 letters or digits.
    pub(crate) fn id(&mut self, prefix: &str) -> Id {
        format!("{prefix}{}", self.letters(ALPHABET, 14)).into()
    }

    /// An id of Notion's objects: a UUID whose version may be any.
    pub(crate) fn uuid(&mut self) -> Id {
        let groups = [8, 4, 4, 4, 12].map(|count| self.letters(HEX, count));
        groups.join("-").into()
    }

    /// An id of a Notion property, decoded: four printable characters.
    pub(crate) fn property_id(&mut self) -> Id {
        let printable: Vec<u8> = (b'!'..=b'~').filter(|byte| !b"/%".contains(byte)).collect();
        self.letters(&printable, 4).into()
    }

    /// A token of Notion's form.
    pub(crate) fn notion_token(&mut self) -> String {
        format!("ntn_{}", self.letters(ALPHABET, 46))
    }

    /// Text of 64 hexadecimal digits.
    pub(crate) fn hex64(&mut self) -> String {
        self.letters(HEX, 64)
    }

    fn letters(&mut self, alphabet: &[u8], count: usize) -> String {
        (0..count).filter_map(|_| self.pick(alphabet).map(|letter| char::from(*letter))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_ids() {
        let ids = |seed| {
            let mut random = Random::new(seed);
            (0..3).map(|_| random.id("rec")).collect::<Vec<_>>()
        };
        assert_eq!(ids(7), ids(7));
        assert_ne!(ids(7), ids(8));
        assert!(ids(7).iter().all(|id| id.len() == 17 && id.starts_with("rec")));
    }
}
