//! What goes wrong, drawn from a seed.

use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};

use crate::error::{Error, ErrorKind};
use crate::testing::fuse::{Fuse, Step};
use crate::testing::lock::locked;

/// Which faults there are, and how likely. The default is none.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Faults {
    /// How likely a call, a page of a listing or a single change fails without being done, from 0 to 1.
    pub fail: f64,
    /// How likely a change is done and its answer lost, from 0 to 1.
    pub lose_answer: f64,
    /// After how many pages every listing is cut off by an error.
    pub cut_after: Option<usize>,
    /// Whether rows come in another order and on later pages.
    pub shuffle: bool,
    /// How likely a row of a listing comes twice, from 0 to 1.
    pub repeat: f64,
    /// The longest time that a call takes, on Tokio's clock: pause it.
    pub delay: Duration,
}

impl Faults {
    /// Some of everything.
    #[must_use]
    pub fn some() -> Self {
        Self {
            fail: 0.1,
            lose_answer: 0.1,
            cut_after: None,
            shuffle: true,
            repeat: 0.1,
            delay: Duration::from_secs(2),
        }
    }
}

/// One call of a remote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Call {
    /// The how many-th it is, from 1.
    pub number: u64,
    /// What is asked for.
    pub kind: CallKind,
}

/// What is asked of a remote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CallKind {
    /// The schema.
    Schema,
    /// One page of a listing, or word that there is no other.
    Page,
    /// Deals by id.
    Read,
    /// Deals by key.
    Find,
    /// A batch of changes.
    Write,
    /// A new field for keys.
    CreateKeyField,
}

/// What becomes of one change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    Done,
    /// Done, and the answer is lost.
    Lost,
    /// Not done, and it is certain.
    Refused,
    /// Not done, and nobody can tell.
    Vanished,
}

type Hook = dyn Fn(Call) + Send + Sync;

/// All that makes the weather of one connector. Clones are handles on the same dice.
#[derive(Clone)]
pub(super) struct Weather {
    pub(super) remote: &'static str,
    pub(super) faults: Faults,
    pub(super) fuse: Fuse,
    pub(super) hook: Option<Arc<Hook>>,
    dice: Arc<Mutex<StdRng>>,
    calls: Arc<Mutex<u64>>,
}

impl Weather {
    pub(super) fn new(remote: &'static str, seed: u64) -> Self {
        Self {
            remote,
            faults: Faults::default(),
            fuse: Fuse::new(),
            hook: None,
            dice: Arc::new(Mutex::new(StdRng::seed_from_u64(seed))),
            calls: Arc::default(),
        }
    }

    pub(super) fn calls(&self) -> u64 {
        *locked(&self.calls)
    }

    /// Begins a call: lets people work, takes its time, and tells whether it is the process's last.
    pub(super) async fn begin(&self, kind: CallKind) -> Step {
        if self.fuse.is_blown() {
            return Step::Dead;
        }
        let number = {
            let mut calls = locked(&self.calls);
            *calls += 1;
            *calls
        };
        if let Some(hook) = &self.hook {
            hook(Call { number, kind });
        }
        let wait = self.faults.delay.mul_f64(locked(&self.dice).random());
        if !wait.is_zero() {
            tokio::time::sleep(wait).await;
        }
        self.fuse.step()
    }

    /// Begins a call that reads or fails as a whole: an error if it is not done, and what to say when it is.
    pub(super) async fn enter(&self, kind: CallKind) -> Result<Step, Error> {
        match self.begin(kind).await {
            Step::Dead => Err(self.crash()),
            Step::Lives if self.happens(self.faults.fail) => Err(self.fault()),
            step => Ok(step),
        }
    }

    /// Ends a call that was done: its answer, unless nobody is left to hear it.
    pub(super) fn leave<T>(&self, step: Step, answer: T) -> Result<T, Error> {
        if step == Step::LastWords { Err(self.crash()) } else { Ok(answer) }
    }

    /// What becomes of one change of a call.
    pub(super) fn fate(&self, step: Step) -> Fate {
        match step {
            Step::Dead => Fate::Vanished,
            Step::LastWords => Fate::Lost,
            Step::Lives if self.happens(self.faults.fail) => {
                if self.happens(0.5) {
                    Fate::Refused
                } else {
                    Fate::Vanished
                }
            }
            Step::Lives if self.happens(self.faults.lose_answer) => Fate::Lost,
            Step::Lives => Fate::Done,
        }
    }

    pub(super) fn happens(&self, chance: f64) -> bool {
        locked(&self.dice).random_bool(chance.clamp(0.0, 1.0))
    }

    /// A number from 0 to `most`.
    pub(super) fn up_to(&self, most: usize) -> usize {
        locked(&self.dice).random_range(0..=most)
    }

    pub(super) fn shuffle<T>(&self, items: &mut [T]) {
        items.shuffle(&mut *locked(&self.dice));
    }

    /// A failure of the kind that goes away by itself.
    pub(super) fn fault(&self) -> Error {
        let kinds = [ErrorKind::RateLimited, ErrorKind::Unavailable, ErrorKind::TimedOut];
        let kind = kinds.get(self.up_to(kinds.len() - 1)).copied().unwrap_or(ErrorKind::Unavailable);
        Error::new(kind, self.remote, "working").with_detail("drawn from the seed")
    }

    /// What a process that has ended would hear.
    pub(super) fn crash(&self) -> Error {
        Error::new(ErrorKind::Unavailable, self.remote, "working").with_detail("the process has ended")
    }
}

impl fmt::Debug for Weather {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Weather")
            .field("remote", &self.remote)
            .field("faults", &self.faults)
            .field("fuse", &self.fuse)
            .field("calls", &self.calls())
            .finish_non_exhaustive()
    }
}
