//! Locks that a failed test cannot poison for the others.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Locks `mutex`, also when somebody panicked while holding it: each change below is made whole or not at all.
pub(super) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
