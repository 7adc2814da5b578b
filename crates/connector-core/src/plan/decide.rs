//! The record table: what to do with a deal and a record, by what became of each. One exhaustive match.

use super::strategy::{Side, Strategy};

/// What became of one side of a link since both sides last agreed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, strum::VariantArray)]
pub enum Fate {
    /// It holds what it held.
    Unchanged,
    /// Somebody edited it.
    Modified,
    /// Somebody deleted it, and that is certain.
    Deleted,
}

/// How a deal and a record stand to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Case {
    /// They are linked.
    Linked {
        /// What became of the deal.
        crm: Fate,
        /// What became of the record.
        remote: Fate,
    },
    /// A deal without a record.
    OnlyDeal,
    /// A record without a deal.
    OnlyRecord,
    /// A new deal and a new record that carry the same stamp or key.
    Matched,
    /// A deal whose record is a tombstone.
    DealOnTombstone,
    /// A record that carries the id of a deleted deal: restored or copied.
    RestoredRecord,
    /// A second deal that claims a linked record.
    SecondDeal,
    /// A second record that claims a linked deal: a copy.
    SecondRecord,
}

/// What to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Decision {
    /// Nothing.
    Nothing,
    /// Compare them unit by unit: push, pull, agree, or let the strategy decide.
    Merge,
    /// Link them, then compare them unit by unit without a base, by the initial precedence.
    LinkAndMerge,
    /// Link them; units that differ wait for a person.
    LinkAndAsk,
    /// Make what is missing on this side.
    Create(Side),
    /// Pass the deletion on to this side, as the policy says.
    Delete(Side),
    /// Bring the deal back and merge the record's edits into it.
    Restore,
    /// Make the record again, as a new one under the same link.
    Recreate,
    /// Note that both are gone.
    Forget,
    /// A person decides.
    Ask,
}

/// The decision table of `docs/SYNC.md`, whole.
#[must_use]
#[expect(
    clippy::match_same_arms,
    clippy::unnested_or_patterns,
    reason = "one arm a row of the table, as documented"
)]
pub const fn decide(case: Case, strategy: Strategy) -> Decision {
    use Fate::{Deleted, Modified, Unchanged};
    use Strategy::{CrmWins, Manual, NewestRecord, NewestUnit, RemoteWins};

    match (case, strategy) {
        (Case::Linked { crm: Unchanged, remote: Unchanged }, _) => Decision::Nothing,
        (Case::Linked { crm: Modified, remote: Unchanged | Modified }, _)
        | (Case::Linked { crm: Unchanged, remote: Modified }, _) => Decision::Merge,

        (Case::Linked { crm: Deleted, remote: Unchanged }, Manual)
        | (Case::Linked { crm: Unchanged, remote: Deleted }, Manual) => Decision::Ask,
        (Case::Linked { crm: Deleted, remote: Unchanged }, _) => Decision::Delete(Side::Remote),
        (Case::Linked { crm: Unchanged, remote: Deleted }, _) => Decision::Delete(Side::Crm),

        // An edit beats a deletion; where the deleting side is said to win, a person confirms.
        (Case::Linked { crm: Deleted, remote: Modified }, NewestRecord | NewestUnit | RemoteWins) => {
            Decision::Restore
        }
        (Case::Linked { crm: Deleted, remote: Modified }, CrmWins | Manual) => Decision::Ask,
        (Case::Linked { crm: Modified, remote: Deleted }, NewestRecord | NewestUnit | CrmWins) => {
            Decision::Recreate
        }
        (Case::Linked { crm: Modified, remote: Deleted }, RemoteWins | Manual) => Decision::Ask,

        (Case::Linked { crm: Deleted, remote: Deleted }, _) => Decision::Forget,

        (Case::OnlyDeal | Case::DealOnTombstone, _) => Decision::Create(Side::Remote),
        (Case::OnlyRecord, _) => Decision::Create(Side::Crm),

        (Case::Matched, Manual) => Decision::LinkAndAsk,
        (Case::Matched, NewestRecord | NewestUnit | CrmWins | RemoteWins) => Decision::LinkAndMerge,

        (Case::RestoredRecord | Case::SecondDeal | Case::SecondRecord, _) => Decision::Ask,
    }
}

/// [`decide`], and a trace of it for whoever wants to know which cells are reached.
pub(super) fn told(case: Case, strategy: Strategy) -> Decision {
    let decision = decide(case, strategy);
    tracing::trace!(target: "connector_core::decide", ?case, ?strategy, ?decision);
    decision
}

#[cfg(test)]
mod tests {
    use strum::VariantArray;

    use super::*;

    /// Every cell, in the order of the strategies' declaration: newest unit, newest record, CRM, remote, manual.
    fn table() -> Vec<(Case, [Decision; 5])> {
        use Decision::{
            Ask, Create, Delete, Forget, LinkAndAsk, LinkAndMerge, Merge, Nothing, Recreate, Restore,
        };
        use Fate::{Deleted, Modified, Unchanged};
        let linked = |crm, remote| Case::Linked { crm, remote };
        let delete = |side| [Delete(side), Delete(side), Delete(side), Delete(side), Ask];
        vec![
            (linked(Unchanged, Unchanged), [Nothing; 5]),
            (linked(Modified, Unchanged), [Merge; 5]),
            (linked(Unchanged, Modified), [Merge; 5]),
            (linked(Modified, Modified), [Merge; 5]),
            (linked(Deleted, Unchanged), delete(Side::Remote)),
            (linked(Unchanged, Deleted), delete(Side::Crm)),
            (linked(Deleted, Modified), [Restore, Restore, Ask, Restore, Ask]),
            (linked(Modified, Deleted), [Recreate, Recreate, Recreate, Ask, Ask]),
            (linked(Deleted, Deleted), [Forget; 5]),
            (Case::OnlyDeal, [Create(Side::Remote); 5]),
            (Case::OnlyRecord, [Create(Side::Crm); 5]),
            (Case::Matched, [LinkAndMerge, LinkAndMerge, LinkAndMerge, LinkAndMerge, LinkAndAsk]),
            (Case::DealOnTombstone, [Create(Side::Remote); 5]),
            (Case::RestoredRecord, [Ask; 5]),
            (Case::SecondDeal, [Ask; 5]),
            (Case::SecondRecord, [Ask; 5]),
        ]
    }

    #[test]
    fn every_cell_of_the_table_is_as_documented() {
        for (case, decisions) in table() {
            for (strategy, decision) in Strategy::VARIANTS.iter().zip(decisions) {
                assert_eq!(decide(case, *strategy), decision, "{case:?} under {strategy}");
            }
        }
    }

    #[test]
    fn no_row_of_the_table_is_left_out() {
        let pairs = Fate::VARIANTS.len() * Fate::VARIANTS.len();
        let others = 7;
        let mut rows: Vec<_> = table().into_iter().map(|(case, _)| case).collect();
        rows.dedup();
        assert_eq!(rows.len(), pairs + others);
    }
}
