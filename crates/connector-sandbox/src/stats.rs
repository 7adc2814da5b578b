//! What was asked of the sandbox, counted by remote, method and route template.

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::remote::Remote;

/// The counts since the start or the last reset.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stats {
    /// One entry for each route that was asked.
    pub routes: Vec<RouteStats>,
    /// The most requests that arrived within one (real) second, by remote.
    pub peak_per_second: BTreeMap<Remote, usize>,
}

/// The counts of one route.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RouteStats {
    /// The provider.
    pub remote: Remote,
    /// The HTTP method.
    pub method: String,
    /// The route's template, such as `/v0/{base}/{table}`; `unrouted` for a path that has none.
    pub route: String,
    /// How many requests.
    pub requests: u64,
    /// How many of them by status; `cut` counts connections that ended without an answer, `held` those
    /// that stay without one.
    pub statuses: BTreeMap<String, u64>,
    /// Bytes of the requests' bodies.
    pub request_bytes: u64,
    /// Bytes of the answers' bodies, uncompressed.
    pub response_bytes: u64,
}

impl Stats {
    /// All requests.
    #[must_use]
    pub fn requests(&self) -> u64 {
        self.routes.iter().map(|route| route.requests).sum()
    }

    /// The requests of one method and route template.
    #[must_use]
    pub fn requests_to(&self, method: &str, route: &str) -> u64 {
        self.matching(method, route).map(|found| found.requests).sum()
    }

    /// The requests of one method and route template that ended with this status (`"200"`, `"cut"`).
    #[must_use]
    pub fn answers_with(&self, method: &str, route: &str, status: &str) -> u64 {
        self.matching(method, route).filter_map(|found| found.statuses.get(status)).sum()
    }

    fn matching(&self, method: &str, route: &str) -> impl Iterator<Item = &RouteStats> {
        self.routes.iter().filter(move |found| found.method == method && found.route == route)
    }
}

/// One finished exchange.
#[derive(Clone, Debug)]
pub(crate) struct Exchange<'a> {
    pub(crate) remote: Remote,
    pub(crate) method: &'a str,
    pub(crate) route: &'a str,
    /// As [`RouteStats::statuses`] names it.
    pub(crate) status: String,
    pub(crate) request_bytes: usize,
    pub(crate) response_bytes: usize,
}

/// Collects the counts.
#[derive(Debug, Default)]
pub(crate) struct Counter {
    stats: Stats,
    arrivals: BTreeMap<Remote, VecDeque<Instant>>,
}

impl Counter {
    /// Notes that a request arrived.
    pub(crate) fn arrive(&mut self, remote: Remote, at: Instant) {
        let recent = self.arrivals.entry(remote).or_default();
        recent.push_back(at);
        while recent.front().is_some_and(|first| at.duration_since(*first) >= Duration::from_secs(1)) {
            recent.pop_front();
        }
        let peak = self.stats.peak_per_second.entry(remote).or_default();
        *peak = (*peak).max(recent.len());
    }

    /// Notes how it ended.
    pub(crate) fn finish(&mut self, exchange: Exchange<'_>) {
        let same = |entry: &&mut RouteStats| {
            entry.remote == exchange.remote
                && entry.method == exchange.method
                && entry.route == exchange.route
        };
        if self.stats.routes.iter_mut().find(same).is_none() {
            self.stats.routes.push(RouteStats {
                remote: exchange.remote,
                method: exchange.method.to_owned(),
                route: exchange.route.to_owned(),
                requests: 0,
                statuses: BTreeMap::new(),
                request_bytes: 0,
                response_bytes: 0,
            });
        }
        if let Some(entry) = self.stats.routes.iter_mut().find(same) {
            entry.requests += 1;
            *entry.statuses.entry(exchange.status).or_default() += 1;
            entry.request_bytes += u64::try_from(exchange.request_bytes).unwrap_or(u64::MAX);
            entry.response_bytes += u64::try_from(exchange.response_bytes).unwrap_or(u64::MAX);
        }
    }

    /// The counts so far.
    pub(crate) fn stats(&self) -> Stats {
        self.stats.clone()
    }

    /// Starts again from nothing.
    pub(crate) fn reset(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exchanges_of_one_route_are_counted_together_and_the_peak_is_of_one_second() {
        let mut counter = Counter::default();
        let start = Instant::now();
        for milliseconds in [0, 300, 900, 1400] {
            counter.arrive(Remote::Airtable, start + Duration::from_millis(milliseconds));
        }
        for status in ["200", "429", "cut"] {
            counter.finish(Exchange {
                remote: Remote::Airtable,
                method: "GET",
                route: "/v0/{base}/{table}",
                status: status.to_owned(),
                request_bytes: 0,
                response_bytes: 10,
            });
        }
        let stats = counter.stats();
        assert_eq!(stats.requests_to("GET", "/v0/{base}/{table}"), 3);
        assert_eq!(stats.answers_with("GET", "/v0/{base}/{table}", "cut"), 1);
        assert_eq!(stats.peak_per_second.get(&Remote::Airtable), Some(&3));
        assert_eq!(stats.routes[0].response_bytes, 30);
    }
}
