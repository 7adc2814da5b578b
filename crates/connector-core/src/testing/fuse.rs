//! The end of a process, at a step that a test chooses.

use std::sync::{Arc, Mutex};

use super::lock::locked;

/// Ends the life of a process at a chosen step: from then on nothing that it tries has any effect.
///
/// A [`Faulty`](super::Faulty) connector and a [`FaultyStore`](super::FaultyStore) that share a fuse count their steps
/// together: every call of the remote and every write of the store. Run once with [`Fuse::new`] to learn how many steps
/// there are, then once for each step and each [`Blow`]; for the restart, wrap the same remote and store anew. Clones
/// are handles on the same fuse.
#[derive(Debug, Clone, Default)]
pub struct Fuse {
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    steps: u64,
    blows: Option<(u64, Blow)>,
    blown: bool,
}

/// On which side of its step a process ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Blow {
    /// The step is not done.
    Before,
    /// The step is done, and its answer is heard by nobody.
    After,
}

/// What becomes of one step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// It is done.
    Lives,
    /// It is done, and nobody hears so.
    LastWords,
    /// It is not done.
    Dead,
}

impl Fuse {
    /// A fuse that only counts.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A fuse that blows at this step, the first being 1.
    #[must_use]
    pub fn at(step: u64, blow: Blow) -> Self {
        let state = State { blows: Some((step, blow)), ..State::default() };
        Self { state: Arc::new(Mutex::new(state)) }
    }

    /// How many steps were tried before it blew.
    #[must_use]
    pub fn steps(&self) -> u64 {
        locked(&self.state).steps
    }

    /// Whether it has blown.
    #[must_use]
    pub fn is_blown(&self) -> bool {
        locked(&self.state).blown
    }

    /// Counts a step; what becomes of it.
    pub(super) fn step(&self) -> Step {
        let mut state = locked(&self.state);
        if state.blown {
            return Step::Dead;
        }
        state.steps += 1;
        match state.blows {
            Some((step, blow)) if step == state.steps => {
                state.blown = true;
                match blow {
                    Blow::Before => Step::Dead,
                    Blow::After => Step::LastWords,
                }
            }
            _ => Step::Lives,
        }
    }
}
