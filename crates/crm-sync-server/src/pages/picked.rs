//! Which operations of a plan a person left out, as an address can carry it: `3,17,20-25`.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

/// The most numbers: more than any plan has, fewer than would hurt.
const MOST: usize = 200_000;

/// Numbers, in their order; written with ranges.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct LeftOut(pub(super) BTreeSet<u32>);

impl fmt::Display for LeftOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut numbers = self.0.iter().copied().peekable();
        let mut separator = "";
        while let Some(first) = numbers.next() {
            let mut last = first;
            while let Some(next) = numbers.next_if(|next| last.checked_add(1) == Some(*next)) {
                last = next;
            }
            if first == last {
                write!(f, "{separator}{first}")?;
            } else {
                write!(f, "{separator}{first}-{last}")?;
            }
            separator = ",";
        }
        Ok(())
    }
}

impl FromStr for LeftOut {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let mut numbers = BTreeSet::new();
        for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            let (first, last) = part.split_once('-').unwrap_or((part, part));
            let (first, last): (u32, u32) = (first.parse().map_err(drop)?, last.parse().map_err(drop)?);
            let many = usize::try_from(last.saturating_sub(first)).unwrap_or(usize::MAX);
            if numbers.len().saturating_add(many) > MOST {
                return Err(());
            }
            numbers.extend(first..=last);
        }
        Ok(Self(numbers))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_are_written_as_a_range_and_read_again() {
        let left = LeftOut([3, 17, 20, 21, 22, 25].into());
        assert_eq!(left.to_string(), "3,17,20-22,25");
        assert_eq!("3,17,20-22,25".parse(), Ok(left));
        assert_eq!("".parse(), Ok(LeftOut::default()));
        for wrong in ["x", "1-", "0-4294967295"] {
            assert_eq!(wrong.parse::<LeftOut>(), Err(()), "{wrong}");
        }
    }
}
