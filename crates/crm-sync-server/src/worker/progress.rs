//! The steps of one run as they happen: few, whatever its length.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use connector_core::engine::{Event, Watch};
use connector_core::store::OpOutcome;
use tokio::sync::watch;
use tokio::time::Instant;

use super::event::{Finished, Numbered, RunEvent};
use super::pace::{Pace, seconds_left};

/// How many operations that were not applied are told one by one.
const TOLD: usize = 100;
/// How often at most a step says how far the run is.
const MOMENT: Duration = Duration::from_millis(100);

/// The steps of one run, for any number of readers, none of which it waits for.
#[derive(Debug)]
pub(super) struct Progress {
    steps: Mutex<Steps>,
    /// The number of the last step.
    last: watch::Sender<u64>,
}

#[derive(Debug, Default)]
struct Steps {
    lasting: Vec<Numbered>,
    passing: Option<Numbered>,
    /// When the passing one was noted.
    noted: Option<Instant>,
    not_applied: usize,
    pace: Pace,
}

impl Progress {
    pub(super) fn new() -> Self {
        Self { steps: Mutex::default(), last: watch::Sender::new(0) }
    }

    /// Notes a step.
    pub(super) fn note(&self, event: RunEvent) {
        self.put(&mut self.steps(), event);
    }

    /// Notes the end.
    pub(super) fn finish(&self, finished: Finished) {
        self.note(RunEvent::Finished(finished));
    }

    /// Whether the last step was noted.
    pub(super) fn is_over(&self) -> bool {
        self.steps().lasting.last().is_some_and(|step| step.event.is_last())
    }

    /// The steps after that number that still say something, in their order.
    pub(super) fn after(&self, number: u64) -> Vec<Numbered> {
        let steps = self.steps();
        let newer = |step: &&Numbered| step.number > number;
        let mut found: Vec<Numbered> = steps.lasting.iter().filter(newer).cloned().collect();
        found.extend(steps.passing.iter().filter(newer).cloned());
        found.sort_by_key(|step| step.number);
        found
    }

    /// Tells the number of the last step, whenever there is another.
    pub(super) fn last(&self) -> watch::Receiver<u64> {
        self.last.subscribe()
    }

    fn put(&self, steps: &mut Steps, event: RunEvent) {
        let number = *self.last.borrow() + 1;
        let step = Numbered { number, event };
        if step.event.is_passing() {
            steps.passing = Some(step);
            steps.noted = Some(Instant::now());
        } else {
            steps.lasting.push(step);
        }
        self.last.send_replace(number);
    }

    fn operation(
        &self,
        seq: u32,
        action: connector_core::plan::Action,
        outcome: OpOutcome,
        done: usize,
        total: usize,
    ) {
        let mut steps = self.steps();
        let now = Instant::now();
        if outcome != OpOutcome::Applied {
            steps.not_applied += 1;
            if steps.not_applied <= TOLD {
                self.put(&mut steps, RunEvent::NotApplied { seq, action, outcome });
            }
        }
        let per_second = steps.pace.per_second(done, now);
        let is_due = steps.noted.is_none_or(|noted| now.duration_since(noted) >= MOMENT);
        if is_due || done == total {
            let seconds_left = per_second.and_then(|rate| seconds_left(total.saturating_sub(done), rate));
            let not_applied = steps.not_applied;
            self.put(&mut steps, RunEvent::Writing { done, total, not_applied, per_second, seconds_left });
        }
    }

    fn steps(&self) -> MutexGuard<'_, Steps> {
        self.steps.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Watch for Progress {
    fn see(&self, event: &Event) {
        if let Event::Operation { seq, action, outcome, done, total } = *event {
            self.operation(seq, action, outcome, done, total);
        } else if let Some(event) = RunEvent::of(event) {
            self.note(event);
        }
    }
}

#[cfg(test)]
mod tests {
    use connector_core::plan::Action;
    use connector_core::plan::Side;

    use super::*;

    fn operation(number: usize, outcome: OpOutcome) -> Event {
        Event::Operation {
            seq: u32::try_from(number).unwrap(),
            action: Action::UpdateRecord,
            outcome,
            done: number,
            total: 100_000,
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_long_run_with_many_refusals_keeps_few_steps() {
        let progress = Progress::new();
        progress.see(&Event::Started { run: "run-1".into() });
        progress.see(&Event::Reading { side: Side::Remote, rows: 100 });
        progress.see(&Event::Reading { side: Side::Remote, rows: 200 });
        progress.see(&Event::Planned { ops: 100_000, halted: false });
        for number in 1..=100_000 {
            tokio::time::advance(Duration::from_millis(10)).await;
            progress.see(&operation(number, OpOutcome::Refused));
        }
        let steps = progress.after(0);
        assert_eq!(steps.len(), 2 + TOLD + 1, "started, planned, the refusals told, how far it is");
        let RunEvent::Writing { done, not_applied, per_second, seconds_left, .. } =
            steps.last().unwrap().event
        else {
            panic!("{steps:?}");
        };
        assert_eq!((done, not_applied, seconds_left), (100_000, 100_000, Some(0)));
        assert!((per_second.unwrap() - 100.0).abs() < 0.1, "{per_second:?}");
        let numbers: Vec<u64> = steps.iter().map(|step| step.number).collect();
        assert!(numbers.is_sorted(), "{numbers:?}");
        assert_eq!(progress.after(*progress.last().borrow()), []);
    }

    #[tokio::test(start_paused = true)]
    async fn many_operations_at_once_are_one_step() {
        let progress = Progress::new();
        for number in 1..=1_000 {
            progress.see(&operation(number, OpOutcome::Applied));
        }
        assert_eq!(*progress.last().borrow(), 1);
        tokio::time::advance(MOMENT).await;
        progress.see(&operation(1_001, OpOutcome::Applied));
        assert_eq!(*progress.last().borrow(), 2);
        assert_eq!(progress.after(0).len(), 1, "the first is out of date");
    }
}
