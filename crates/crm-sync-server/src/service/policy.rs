//! What a user chooses beside the mapping: what becomes of deals and records without a partner, who wins, how far
//! deletions go.

use connector_core::plan::{Policy, Side};
use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, VariantArray};

use super::configure::Wanted;

/// What becomes of deals and records that were never linked.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, Display, EnumString, VariantArray,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Pairing {
    /// What has the same natural key is linked, and the rest is made on the other side.
    #[default]
    MatchThenCreate,
    /// What has the same natural key is linked, and the rest is left alone.
    MatchOnly,
    /// All of it is made on the other side, whatever looks alike.
    CreateOnly,
}

impl Pairing {
    /// What a policy says.
    #[must_use]
    pub const fn of(policy: &Policy) -> Self {
        match (policy.create, policy.matching) {
            (false, _) => Self::MatchOnly,
            (true, true) => Self::MatchThenCreate,
            (true, false) => Self::CreateOnly,
        }
    }
}

/// Takes over what was chosen; what is absent stays as it is. Marks are [chosen](super::marks::choose) once the fields are
/// known.
pub(super) fn choose(policy: &mut Policy, wanted: &Wanted) {
    if let Some(pairing) = wanted.pairing {
        policy.matching = pairing != Pairing::CreateOnly;
        policy.create = pairing != Pairing::MatchOnly;
    }
    for (side, deletion) in &wanted.deletions {
        match side {
            Side::Crm => policy.deletions.crm = *deletion,
            Side::Remote => policy.deletions.remote = *deletion,
        }
    }
    policy.deletions.approval = wanted.approve_deletions.unwrap_or(policy.deletions.approval);
    policy.strategy = wanted.strategy.unwrap_or(policy.strategy);
    policy.tie = wanted.tie.unwrap_or(policy.tie);
    policy.precedence = wanted.precedence.unwrap_or(policy.precedence);
    policy.copies = wanted.copies.unwrap_or(policy.copies);
    policy.stamp = wanted.stamp.unwrap_or(policy.stamp);
    policy.delete_beats_edit = wanted.delete_beats_edit.unwrap_or(policy.delete_beats_edit);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_pairing_is_read_back_as_it_was_chosen() {
        for pairing in Pairing::VARIANTS {
            let mut policy = Policy::default();
            choose(&mut policy, &Wanted { pairing: Some(*pairing), ..Wanted::default() });
            assert_eq!(Pairing::of(&policy), *pairing);
        }
        assert_eq!(Pairing::of(&Policy::default()), Pairing::default());
    }
}
