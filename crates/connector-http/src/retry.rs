//! Whether to send again, and when: a pure decision and the loop that obeys it.

use std::future::Future;
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::dial::Dial;
use crate::failure::Failure;
use crate::limit::Limiter;
use crate::meter::Meter;

/// What a failed attempt means for the next one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// Too many requests: not carried out; everybody who shares the limit must wait.
    RateLimited,
    /// Not carried out, certainly: the connection was not made, or the remote says so.
    NotDone,
    /// It may have been carried out: the answer was lost, late or a fault of the server.
    Unclear,
    /// Sending it again would give the same answer.
    Final,
}

/// Whether a call may be sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repeat {
    /// Twice is as good as once: reads, updates by id, deletes, upserts.
    Always,
    /// Only while it was certainly not carried out: creates.
    UnlessDone,
}

/// What to do after a failed attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Give up.
    Stop,
    /// Send again after this time.
    Wait(Duration),
}

/// How patient to be.
#[derive(Debug, Clone)]
pub struct Policy {
    /// The most attempts for one call.
    pub attempts: u32,
    /// The most time for one call, from its first attempt on.
    pub budget: Duration,
    /// The longest wait before the first retry; it doubles each time.
    pub backoff: Duration,
    /// What the doubling ends at.
    pub longest_backoff: Duration,
    /// How long to stop when there were too many requests and the remote did not say for how long.
    pub penalty: Duration,
    /// Where the random waits start from.
    pub seed: u64,
}

impl Default for Policy {
    /// Five attempts in three minutes, 30 s after too many requests; the seed differs at each start.
    fn default() -> Self {
        Self {
            attempts: 5,
            budget: Duration::from_mins(3),
            backoff: Duration::from_millis(500),
            longest_backoff: Duration::from_secs(20),
            penalty: Duration::from_secs(30),
            seed: RandomState::new().hash_one("jitter"),
        }
    }
}

/// Decides what to do after failed attempt number `attempt`, counted from 1.
///
/// A wait that the remote asked for is kept exactly; any other is random up to a bound that doubles (full jitter).
/// `spent` is the time since the first attempt, `roll` a random number.
#[must_use]
pub fn decide(
    attempt: u32,
    trouble: Trouble,
    asked: Option<Duration>,
    repeat: Repeat,
    policy: &Policy,
    spent: Duration,
    roll: u32,
) -> Decision {
    let may_repeat = match trouble {
        Trouble::RateLimited | Trouble::NotDone => true,
        Trouble::Unclear => repeat == Repeat::Always,
        Trouble::Final => false,
    };
    if !may_repeat || attempt >= policy.attempts {
        return Decision::Stop;
    }
    let doubled = policy.backoff.saturating_mul(1_u32.checked_shl(attempt - 1).unwrap_or(u32::MAX));
    let jitter = doubled.min(policy.longest_backoff).mul_f64(f64::from(roll) / f64::from(u32::MAX));
    let wait = match (asked, trouble) {
        (Some(asked), _) => asked,
        (None, Trouble::RateLimited) => policy.penalty.saturating_add(jitter),
        (None, _) => jitter,
    };
    if spent.saturating_add(wait) > policy.budget { Decision::Stop } else { Decision::Wait(wait) }
}

/// What the attempts of one client share.
#[derive(Debug)]
pub(crate) struct Patience {
    policy: Policy,
    dice: AtomicU64,
    dial: Arc<Dial>,
}

impl Patience {
    pub(crate) fn new(policy: Policy, dial: Arc<Dial>) -> Self {
        Self { dice: AtomicU64::new(policy.seed), policy, dial }
    }

    /// Calls `attempt` until it succeeds or [`decide`] says stop, each time when all `limiters` let it.
    ///
    /// The limiters go from the most to the least particular: the first one is stopped after too many requests.
    pub(crate) async fn attempt<T, Fut>(
        &self,
        limiters: &[Arc<Limiter>],
        meters: &[Arc<Meter>],
        repeat: Repeat,
        mut attempt: impl FnMut(u32) -> Fut,
    ) -> Result<T, Failure>
    where
        Fut: Future<Output = Result<T, Failure>>,
    {
        let mut first = None;
        let mut maybe_done = false;
        let mut number = 0;
        loop {
            number += 1;
            let asked = Instant::now();
            let mut grants = Vec::with_capacity(limiters.len());
            for limiter in limiters {
                grants.push(limiter.ready(self.dial.allowance()).await);
            }
            for meter in meters {
                meter.count_attempt(asked.elapsed());
            }
            let started = *first.get_or_insert_with(Instant::now);

            let mut failure = match attempt(number).await {
                Ok(answer) => {
                    grants.into_iter().for_each(crate::limit::Grant::answered);
                    return Ok(answer);
                }
                Err(failure) => failure,
            };
            if failure.status.is_some() {
                grants.into_iter().for_each(crate::limit::Grant::answered);
            } else {
                drop(grants);
            }
            maybe_done |= failure.trouble == Trouble::Unclear;
            failure.maybe_done |= maybe_done;
            let (trouble, told) = (failure.trouble, failure.retry_after);
            if trouble == Trouble::RateLimited {
                for meter in meters {
                    meter.count_rate_limited();
                }
            }
            match decide(number, trouble, told, repeat, &self.policy, started.elapsed(), self.roll()) {
                Decision::Stop => {
                    // The others who share the limit must not run into it while this one gives up.
                    if let (Trouble::RateLimited, Some(limiter)) = (trouble, limiters.first()) {
                        limiter.pause(told.unwrap_or(self.policy.penalty));
                    }
                    return Err(failure);
                }
                Decision::Wait(wait) => {
                    tracing::debug!(attempt = number, ?trouble, ?wait, "waiting before another attempt");
                    match limiters.first() {
                        Some(limiter) if trouble == Trouble::RateLimited => limiter.pause(wait),
                        _ => sleep(wait).await,
                    }
                }
            }
        }
    }

    /// The next random number (`SplitMix64`).
    fn roll(&self) -> u32 {
        const STEP: u64 = 0x9E37_79B9_7F4A_7C15;
        let mut z = self.dice.fetch_add(STEP, Relaxed).wrapping_add(STEP);
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        u32::try_from((z ^ (z >> 31)) >> 32).unwrap_or(u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use rstest::rstest;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn policy() -> Policy {
        Policy { seed: 7, ..Policy::default() }
    }

    #[rstest]
    #[case::a_read_is_repeated_after_a_lost_answer(Trouble::Unclear, Repeat::Always, true)]
    #[case::a_create_is_not(Trouble::Unclear, Repeat::UnlessDone, false)]
    #[case::a_create_that_was_not_sent_is(Trouble::NotDone, Repeat::UnlessDone, true)]
    #[case::a_create_refused_for_pace_is(Trouble::RateLimited, Repeat::UnlessDone, true)]
    #[case::a_refusal_stands(Trouble::Final, Repeat::Always, false)]
    fn what_may_be_done_twice_is_repeated(
        #[case] trouble: Trouble,
        #[case] repeat: Repeat,
        #[case] again: bool,
    ) {
        let decision = decide(1, trouble, None, repeat, &policy(), Duration::ZERO, 0);
        assert_eq!(matches!(decision, Decision::Wait(_)), again);
    }

    #[rstest]
    #[case::asked_for(Trouble::RateLimited, Some(7 * SECOND), 7 * SECOND, 7 * SECOND)]
    #[case::asked_for_by_a_busy_server(Trouble::NotDone, Some(2 * SECOND), 2 * SECOND, 2 * SECOND)]
    #[case::penalty(Trouble::RateLimited, None, 30 * SECOND, 32 * SECOND)]
    #[case::full_jitter(Trouble::Unclear, None, Duration::ZERO, 2 * SECOND)]
    fn the_wait_lies_between(
        #[case] trouble: Trouble,
        #[case] asked: Option<Duration>,
        #[case] least: Duration,
        #[case] most: Duration,
    ) {
        let wait = |roll| decide(3, trouble, asked, Repeat::Always, &policy(), Duration::ZERO, roll);
        assert_eq!(wait(0), Decision::Wait(least));
        assert_eq!(wait(u32::MAX), Decision::Wait(most));
    }

    #[rstest]
    #[case::attempts(5, Duration::ZERO, None)]
    #[case::time(1, 179 * SECOND, Some(2 * SECOND))]
    #[case::a_wait_longer_than_we_have(1, Duration::ZERO, Some(600 * SECOND))]
    fn it_stops_at_the_bounds(
        #[case] attempt: u32,
        #[case] spent: Duration,
        #[case] asked: Option<Duration>,
    ) {
        let decision = decide(attempt, Trouble::NotDone, asked, Repeat::Always, &policy(), spent, u32::MAX);
        assert_eq!(decision, Decision::Stop);
    }

    #[test]
    fn the_doubling_has_an_end() {
        let policy = Policy { attempts: 100, ..policy() };
        let decision = decide(60, Trouble::NotDone, None, Repeat::Always, &policy, Duration::ZERO, u32::MAX);
        assert_eq!(decision, Decision::Wait(policy.longest_backoff));
    }

    /// Runs a script of failures and then a success; gives the seconds at which attempts were made.
    async fn run(
        script: Vec<Failure>,
        repeat: Repeat,
        limiter: &Arc<Limiter>,
    ) -> (Result<(), Failure>, Vec<u64>, Arc<Meter>) {
        let patience = Patience::new(Policy { backoff: Duration::ZERO, ..policy() }, Arc::default());
        let meter = Arc::new(Meter::default());
        let start = Instant::now();
        let script = Mutex::new(script.into_iter());
        let times = Mutex::new(Vec::new());
        let result = patience
            .attempt(std::slice::from_ref(limiter), std::slice::from_ref(&meter), repeat, |_| async {
                times.lock().unwrap().push(start.elapsed().as_secs());
                script.lock().unwrap().next().map_or(Ok(()), Err)
            })
            .await;
        (result, times.into_inner().unwrap(), meter)
    }

    fn failure(trouble: Trouble) -> Failure {
        Failure { trouble, status: Some(429), ..Failure::default() }
    }

    #[tokio::test(start_paused = true)]
    async fn too_many_requests_stop_everybody_for_the_penalty_and_each_attempt_is_counted() {
        let limiter = Limiter::per_second(5);
        let (result, times, meter) =
            run(vec![failure(Trouble::RateLimited)], Repeat::UnlessDone, &limiter).await;
        assert!(result.is_ok());
        assert_eq!(times, [0, 30]);
        assert_eq!((meter.attempts(), meter.rate_limited(), meter.waited().as_secs()), (2, 1, 30));
    }

    #[tokio::test(start_paused = true)]
    async fn a_retry_after_is_kept_exactly() {
        let limiter = Limiter::per_second(5);
        let asked = Failure { retry_after: Some(11 * SECOND), ..failure(Trouble::RateLimited) };
        let (_, times, _) = run(vec![asked], Repeat::Always, &limiter).await;
        assert_eq!(times, [0, 11]);
    }

    #[tokio::test(start_paused = true)]
    async fn it_gives_up_after_five_attempts() {
        let limiter = Limiter::per_second(50);
        let (result, times, _) = run(vec![failure(Trouble::NotDone); 9], Repeat::Always, &limiter).await;
        assert!(!result.unwrap_err().maybe_done);
        assert_eq!(times.len(), 5);
    }

    #[tokio::test(start_paused = true)]
    async fn an_attempt_that_may_have_worked_is_not_forgotten_when_a_later_one_is_refused() {
        let limiter = Limiter::per_second(5);
        let script = vec![failure(Trouble::Unclear), failure(Trouble::Final)];
        let (result, _, _) = run(script, Repeat::Always, &limiter).await;
        assert!(result.unwrap_err().maybe_done);
    }
}
