//! What inputs reached.

use std::collections::HashSet;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher, Hash};

/// The shapes that a target's inputs reached so far.
#[derive(Debug, Default)]
pub struct Shape {
    reached: HashSet<u64>,
    is_new: bool,
}

impl Shape {
    /// Says that the input reached this: a few hundred different things at most, or every input is new.
    pub fn reach(&mut self, what: impl Hash) {
        let what = BuildHasherDefault::<DefaultHasher>::default().hash_one(what);
        self.is_new |= self.reached.insert(what);
    }

    /// How many were reached.
    pub(crate) fn count(&self) -> usize {
        self.reached.len()
    }

    /// Whether something was reached since the last question that had not been before.
    pub(crate) fn take_new(&mut self) -> bool {
        std::mem::take(&mut self.is_new)
    }
}
