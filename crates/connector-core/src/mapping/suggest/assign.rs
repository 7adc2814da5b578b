//! The best assignment of fields to units, by an auction.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;

/// For each bidder the thing it gets, so that the sum of the weights is the greatest; a thing goes to one bidder.
///
/// Bertsekas' auction: each bidder in turn bids for the thing that is worth most to it at its price, and puts up the
/// price by how much it prefers it to the next best, plus one. Weights are scaled so that these ones cannot add up to
/// a difference. It ends, since prices only rise, and it decides the same on every run.
pub(super) fn assign<T: Copy + Eq + Hash + Ord>(wanted: &[Vec<(T, u32)>]) -> Vec<Option<T>> {
    let scale = i64::try_from(wanted.len()).unwrap_or(i64::MAX).saturating_add(1);
    let mut prices: HashMap<T, i64> = HashMap::new();
    let mut owners: HashMap<T, usize> = HashMap::new();
    let mut bidders: VecDeque<usize> = (0..wanted.len()).collect();
    while let Some(bidder) = bidders.pop_front() {
        let mut gains: Vec<(i64, T)> = wanted
            .get(bidder)
            .into_iter()
            .flatten()
            .map(|(thing, weight)| {
                (i64::from(*weight) * scale - prices.get(thing).copied().unwrap_or(0), *thing)
            })
            .collect();
        gains.sort_by(|(gain, thing), (other, rival)| other.cmp(gain).then(thing.cmp(rival)));
        let mut gains = gains.into_iter();
        let Some((best, thing)) = gains.next().filter(|(gain, _)| *gain > 0) else { continue };
        let next = gains.next().map_or(0, |(gain, _)| gain.max(0));
        *prices.entry(thing).or_insert(0) += best - next + 1;
        bidders.extend(owners.insert(thing, bidder));
    }
    let mut assigned = vec![None; wanted.len()];
    for (thing, bidder) in owners {
        if let Some(place) = assigned.get_mut(bidder) {
            *place = Some(thing);
        }
    }
    assigned
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The greatest sum, by trying everything.
    fn greatest(wanted: &[Vec<(u8, u32)>], taken: &mut Vec<u8>) -> u32 {
        let Some((first, rest)) = wanted.split_first() else { return 0 };
        let mut best = greatest(rest, taken);
        for (thing, weight) in first {
            if !taken.contains(thing) {
                taken.push(*thing);
                best = best.max(weight + greatest(rest, taken));
                taken.pop();
            }
        }
        best
    }

    #[test]
    fn the_sum_counts_and_not_the_single_best() {
        let wanted = [vec![("a", 95), ("b", 90)], vec![("a", 94)]];
        assert_eq!(assign(&wanted), [Some("b"), Some("a")]);
    }

    #[test]
    fn who_wants_nothing_gets_nothing() {
        assert_eq!(assign::<u8>(&[vec![]]), [None]);
    }

    proptest! {
        #[test]
        fn no_other_assignment_is_better(
            wanted in prop::collection::vec(
                prop::collection::btree_map(0_u8..5, 1_u32..1_000, 0..5).prop_map(|map| map.into_iter().collect()),
                0..5,
            )
        ) {
            let wanted: Vec<Vec<(u8, u32)>> = wanted;
            let assigned = assign(&wanted);
            let mut things: Vec<u8> = assigned.iter().flatten().copied().collect();
            let count = things.len();
            things.sort_unstable();
            things.dedup();
            prop_assert_eq!(things.len(), count, "a thing goes to one bidder");
            let weight = |(wants, thing): (&Vec<(u8, u32)>, &Option<u8>)| {
                thing.map_or(0, |thing| wants.iter().find(|(other, _)| *other == thing).unwrap().1)
            };
            let sum: u32 = wanted.iter().zip(&assigned).map(weight).sum();
            prop_assert_eq!(sum, greatest(&wanted, &mut Vec::new()));
        }
    }
}
