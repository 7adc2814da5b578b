//! Our own pace, so that the remote never has to refuse.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

/// How much two requests may draw nearer to each other on their way.
const JITTER: Duration = Duration::from_millis(45);

/// How long an unused connection can be expected to stay open; load balancers close them after a minute.
const CONNECTION_LIFE: Duration = Duration::from_secs(50);

/// Lets at most so many requests out in any sliding window of time, in the order of asking; all at once if they may.
///
/// The remotes count a window. A token bucket of N permits 2N in one sliding window around the moment when it is
/// refilled, so this counts what they count: the requests of the last window, and of 45 ms more for the jitter of the
/// network. A remote whose windows begin at fixed times sees no more in any of them either.
///
/// A request on a connection that must first be opened arrives later than one that finds it open, by several round
/// trips, and so nearer to those after it. The limiter therefore supposes that a request needs a new connection
/// when as many as ever were answered are under way, and counts it from when it arrives at the latest: from its answer
/// on, or sooner where it is known how long opening a connection takes.
#[derive(Debug)]
pub struct Limiter {
    grants: usize,
    window: Duration,
    /// Held by the one who waits: Tokio's mutex gives turns in the order of asking.
    turn: tokio::sync::Mutex<()>,
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Debug, Default)]
struct State {
    slots: Vec<Slot>,
    next: u64,
    under_way: usize,
    open_connections: usize,
    paused_until: Option<Instant>,
    last_used: Option<Instant>,
}

#[derive(Debug)]
struct Slot {
    id: u64,
    /// When the request arrives at the latest; not known while it opens a connection that nobody has timed.
    arrived: Option<Instant>,
}

/// The right to send one request. Dropped without [`answered`](Grant::answered), the connection counts as lost.
#[derive(Debug)]
#[must_use = "the request counts as sent from now on"]
pub struct Grant {
    limiter: Arc<Limiter>,
    id: u64,
    on_open_connection: bool,
    answered: bool,
}

impl Limiter {
    /// At most `grants` requests in any sliding second.
    #[must_use]
    pub fn per_second(grants: usize) -> Arc<Self> {
        Self::new(grants, Duration::from_secs(1))
    }

    /// At most `grants` requests in any sliding `window`.
    #[must_use]
    pub fn new(grants: usize, window: Duration) -> Arc<Self> {
        Arc::new(Self {
            grants: grants.max(1),
            window: window + JITTER,
            turn: tokio::sync::Mutex::new(()),
            state: Mutex::default(),
            changed: Notify::new(),
        })
    }

    /// Waits for a turn. `dialing` is how much later a request on a new connection arrives, if that is known.
    pub async fn ready(self: &Arc<Self>, dialing: Option<Duration>) -> Grant {
        let _turn = self.turn.lock().await;
        loop {
            match self.grant(Instant::now(), dialing) {
                Ok(grant) => return grant,
                Err(Some(opens)) => tokio::select! {
                    () = sleep_until(opens) => {}
                    () = self.changed.notified() => {}
                },
                Err(None) => self.changed.notified().await,
            }
        }
    }

    /// Stops everybody who shares this limiter for `penalty`; a longer one that is under way stands.
    pub fn pause(&self, penalty: Duration) {
        let until = Instant::now() + penalty;
        let mut state = self.state();
        state.paused_until = state.paused_until.max(Some(until));
    }

    /// A grant, or when to ask again; `None` when only an answer can tell.
    fn grant(self: &Arc<Self>, now: Instant, dialing: Option<Duration>) -> Result<Grant, Option<Instant>> {
        let mut state = self.state();
        if let Some(until) = state.paused_until.filter(|until| *until > now) {
            return Err(Some(until));
        }
        state.slots.retain(|slot| slot.arrived.is_none_or(|arrived| arrived + self.window > now));
        if state.slots.len() >= self.grants {
            return Err(state
                .slots
                .iter()
                .filter_map(|slot| slot.arrived)
                .min()
                .map(|first| first + self.window));
        }
        if state.under_way == 0 && state.last_used.is_some_and(|used| used + CONNECTION_LIFE <= now) {
            state.open_connections = 0;
        }
        let id = state.next;
        let on_open_connection = state.under_way < state.open_connections;
        state.next += 1;
        state.under_way += 1;
        let arrived = if on_open_connection { Some(now) } else { dialing.map(|dialing| now + dialing) };
        state.slots.push(Slot { id, arrived });
        Ok(Grant { limiter: Arc::clone(self), id, on_open_connection, answered: false })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Grant {
    /// The request was answered, so it had arrived and its connection can be used again.
    pub fn answered(mut self) {
        self.answered = true;
    }
}

impl Drop for Grant {
    fn drop(&mut self) {
        let now = Instant::now();
        let mut state = self.limiter.state();
        state.under_way -= 1;
        state.last_used = Some(now);
        match (self.answered, self.on_open_connection) {
            (true, true) => {}
            (true, false) => state.open_connections += 1,
            (false, _) => state.open_connections = state.open_connections.saturating_sub(1),
        }
        if let Some(slot) = state.slots.iter_mut().find(|slot| slot.id == self.id) {
            slot.arrived = Some(slot.arrived.map_or(now, |arrived| arrived.min(now)));
        }
        drop(state);
        self.limiter.changed.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use futures::future::join_all;
    use futures::stream::{self, StreamExt};
    use rstest::rstest;
    use tokio::time::sleep;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn most_in_a_second(mut times: Vec<Instant>) -> usize {
        times.sort();
        times
            .iter()
            .map(|from| times.iter().filter(|t| *t >= from && **t - *from < SECOND).count())
            .max()
            .unwrap_or(0)
    }

    /// Opens the connections that the tests then find open.
    async fn warm(limiter: &Arc<Limiter>) {
        let grants = join_all((0..limiter.grants).map(|_| limiter.ready(None))).await;
        grants.into_iter().for_each(Grant::answered);
        sleep(2 * SECOND).await;
    }

    #[tokio::test(start_paused = true)]
    async fn what_may_go_goes_at_once_and_the_rest_when_the_window_has_passed() {
        let limiter = Limiter::per_second(5);
        warm(&limiter).await;
        let start = Instant::now();
        let mut waits = Vec::new();
        for _ in 0..11 {
            limiter.ready(None).await.answered();
            waits.push((Instant::now() - start).as_millis());
        }
        assert_eq!(waits[..5], [0; 5]);
        // The paused clock moves by whole milliseconds and may be late by one.
        assert!(waits[5..10].iter().all(|wait| (1045..=1047).contains(wait)), "{waits:?}");
        assert!((2090..=2094).contains(&waits[10]), "{waits:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_window_may_be_used_up_at_once_and_is_then_waited_for() {
        let limiter = Limiter::new(180, Duration::from_mins(1));
        warm(&limiter).await;
        sleep(Duration::from_mins(1)).await;
        let start = Instant::now();
        for _ in 0..181 {
            limiter.ready(None).await.answered();
        }
        let waited = (Instant::now() - start).as_millis();
        assert!((60_045..=60_047).contains(&waited), "{waited}");
    }

    #[tokio::test(start_paused = true)]
    async fn turns_come_in_the_order_of_asking() {
        let limiter = Limiter::per_second(2);
        let order = Mutex::new(Vec::new());
        join_all((0..9).map(|number| {
            let (limiter, order) = (&limiter, &order);
            async move {
                limiter.ready(None).await.answered();
                order.lock().unwrap().push(number);
            }
        }))
        .await;
        assert_eq!(order.into_inner().unwrap(), (0..9).collect::<Vec<_>>());
    }

    #[tokio::test(start_paused = true)]
    async fn a_penalty_stops_everybody_even_those_who_wait() {
        let limiter = Limiter::per_second(1);
        warm(&limiter).await;
        let start = Instant::now();
        limiter.ready(None).await.answered();
        let waiting = limiter.ready(None);
        let penalty = async {
            sleep(Duration::from_millis(200)).await;
            limiter.pause(30 * SECOND);
            limiter.pause(SECOND);
        };
        let (grant, ()) = tokio::join!(waiting, penalty);
        grant.answered();
        assert!(Instant::now() - start >= Duration::from_millis(30_200));
    }

    /// A remote that counts arrivals; a new connection costs two round trips more, `lag` is half of one.
    #[rstest]
    #[case::near(Duration::from_millis(75))]
    #[case::far(Duration::from_millis(350))]
    #[tokio::test(start_paused = true)]
    async fn the_remote_never_sees_more_than_it_allows_and_nearly_as_much(#[case] lag: Duration) {
        let limiter = Limiter::per_second(5);
        let connections = Mutex::new(0_u32);
        let arrivals = Mutex::new(Vec::new());
        let start = Instant::now();
        stream::iter(0..200_u64)
            .for_each_concurrent(8, |number| {
                let (limiter, connections, arrivals) = (&limiter, &connections, &arrivals);
                async move {
                    let grant = limiter.ready(None).await;
                    let cold = {
                        let mut idle = connections.lock().unwrap();
                        let cold = *idle == 0;
                        *idle = idle.saturating_sub(1);
                        cold
                    };
                    // Up to 40 ms of jitter, the same on every run.
                    let jitter = Duration::from_millis(number * 2_654_435_761 % 41);
                    sleep(if cold { 5 * lag } else { lag } + jitter).await;
                    arrivals.lock().unwrap().push(Instant::now());
                    sleep(lag).await;
                    *connections.lock().unwrap() += 1;
                    grant.answered();
                }
            })
            .await;
        let took = (Instant::now() - start).as_secs_f64();
        assert!(most_in_a_second(arrivals.into_inner().unwrap()) <= 5);
        assert!(200.0 / took >= 0.9 * 5.0, "200 requests took {took} s");
    }

    #[tokio::test(start_paused = true)]
    async fn a_new_connection_that_was_timed_holds_its_place_no_longer_than_it_needs() {
        let limiter = Limiter::per_second(1);
        let start = Instant::now();
        let slow = limiter.ready(Some(Duration::from_millis(100))).await;
        limiter.ready(None).await.answered();
        let waited = (Instant::now() - start).as_millis();
        assert!((1145..=1147).contains(&waited), "{waited}");
        slow.answered();
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_that_was_given_up_frees_its_place() {
        let limiter = Limiter::per_second(1);
        drop(limiter.ready(None).await);
        let start = Instant::now();
        limiter.ready(None).await.answered();
        assert!(Instant::now() - start <= Duration::from_millis(1047));
    }
}
