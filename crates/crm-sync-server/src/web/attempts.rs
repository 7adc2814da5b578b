//! Callers that show a wrong key: after some of them, they wait.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How many wrong keys a caller may show within [`WINDOW`].
const ALLOWED: u32 = 10;
/// How long wrong keys are remembered.
const WINDOW: Duration = Duration::from_mins(1);
/// The most callers remembered: more of them share what is left.
const CALLERS: usize = 10_000;

/// The callers that showed a wrong key lately.
#[derive(Debug, Default)]
pub struct Attempts(Mutex<HashMap<IpAddr, Failed>>);

#[derive(Debug, Clone, Copy)]
struct Failed {
    since: Instant,
    times: u32,
}

impl Attempts {
    /// How long this caller has to wait, if it does.
    pub fn wait(&self, caller: IpAddr, now: Instant) -> Option<Duration> {
        let callers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let failed = callers.get(&key(&callers, caller)).filter(|failed| failed.times >= ALLOWED)?;
        WINDOW.checked_sub(now.duration_since(failed.since)).filter(|wait| !wait.is_zero())
    }

    /// Notes a wrong key.
    pub fn failed(&self, caller: IpAddr, now: Instant) {
        let mut callers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        callers.retain(|_, failed| now.duration_since(failed.since) < WINDOW);
        let key = key(&callers, caller);
        let failed = callers.entry(key).or_insert(Failed { since: now, times: 0 });
        failed.times = failed.times.saturating_add(1);
    }
}

/// What a caller is known by. When too many come at once the rest are one, rather than unknown.
fn key(callers: &HashMap<IpAddr, Failed>, caller: IpAddr) -> IpAddr {
    let network = network(caller);
    let has_room = callers.len() < CALLERS || callers.contains_key(&network);
    if has_room { network } else { IpAddr::V4(Ipv4Addr::UNSPECIFIED) }
}

/// A caller owns its whole IPv6 network of 64 bits, and can change its address within it at will.
fn network(caller: IpAddr) -> IpAddr {
    match caller.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::from([a, b, c, d, 0, 0, 0, 0])
        }
        address @ IpAddr::V4(_) => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_ten_wrong_keys_a_caller_waits_until_the_minute_is_over() {
        let attempts = Attempts::default();
        let start = Instant::now();
        let (one, other) = (IpAddr::from([192, 0, 2, 1]), IpAddr::from([192, 0, 2, 2]));
        for _ in 0..10 {
            assert_eq!(attempts.wait(one, start), None);
            attempts.failed(one, start);
        }
        let later = start + Duration::from_secs(20);
        assert_eq!(attempts.wait(one, later), Some(Duration::from_secs(40)));
        assert_eq!(attempts.wait(other, later), None);
        assert_eq!(attempts.wait(one, start + WINDOW), None);
    }

    #[test]
    fn an_address_of_the_same_network_is_the_same_caller() {
        let attempts = Attempts::default();
        let now = Instant::now();
        let address = |last| IpAddr::from([0x2001, 0xdb8, 0, 1, 0, 0, 0, last]);
        for last in 0..10 {
            attempts.failed(address(last), now);
        }
        assert!(attempts.wait(address(77), now).is_some());
    }
}
