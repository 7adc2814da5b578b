//! Rules that a test can take away, to see whether the simulator misses them. Without the feature `mutation` every rule
//! stands, and nothing of this is compiled.

/// A rule of the engine without which something is lost, doubled or left different.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::VariantArray)]
#[cfg_attr(
    not(feature = "mutation"),
    expect(unreachable_pub, reason = "public where a test takes rules away")
)]
pub enum Rule {
    /// A change is a difference from what was last agreed, never a newer time.
    ContentComparison,
    /// A record that carries the id of a deal with another record is a copy.
    CopyCheck,
    /// A record is read again just before it is written.
    ReadBeforeWrite,
    /// A deal that comes back is merged with its record.
    MergeOnRestore,
    /// A creation is noted before it is sent.
    CreateIntent,
    /// A value brought into the CRM keeps the time of its author's edit.
    CarriedOrigin,
    /// Nothing is concluded from a listing that broke off.
    CompleteListing,
    /// What was agreed on through one field says nothing about another.
    OwnField,
    /// A change that a person took back waits for a person.
    Hold,
}

/// Whether the rule stands.
#[cfg(not(feature = "mutation"))]
pub(crate) const fn stands(_: Rule) -> bool {
    true
}

#[cfg(feature = "mutation")]
pub(crate) use switch::stands;
#[cfg(feature = "mutation")]
pub use switch::without;

#[cfg(feature = "mutation")]
mod switch {
    use std::cell::Cell;

    use super::Rule;

    thread_local! {
        static REMOVED: Cell<Option<Rule>> = const { Cell::new(None) };
    }

    /// Whether the rule stands on this thread.
    pub(crate) fn stands(rule: Rule) -> bool {
        REMOVED.get() != Some(rule)
    }

    /// Does `work` on this thread without the rule.
    pub fn without<T>(rule: Rule, work: impl FnOnce() -> T) -> T {
        let before = REMOVED.replace(Some(rule));
        let done = work();
        REMOVED.set(before);
        done
    }
}
