//! What the program counts, for Prometheus to read.

mod family;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use connector_core::store::RunRecord;

use family::{Counter, Histogram};

/// The content type of [`Metrics::text`].
pub const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// The program's counters, from its start.
#[derive(Debug)]
pub struct Metrics {
    started: SystemTime,
    requests: Histogram,
    runs: Counter,
    run_times: Histogram,
    operations: Counter,
    calls: Counter,
    waited: Counter,
}

impl Default for Metrics {
    fn default() -> Self {
        let seconds = [0.005, 0.025, 0.1, 0.5, 2.5, 10.0, 60.0];
        let minutes = [1.0, 5.0, 15.0, 60.0, 300.0, 1_800.0, 7_200.0];
        Self {
            started: SystemTime::now(),
            requests: Histogram::new(
                "crm_sync_http_request_duration_seconds",
                "How long requests took to answer.",
                &["method", "route", "status"],
                seconds,
            ),
            runs: Counter::new("crm_sync_runs_total", "Runs that ended.", &["remote", "mode", "status"]),
            run_times: Histogram::new(
                "crm_sync_run_duration_seconds",
                "How long runs took.",
                &["remote"],
                minutes,
            ),
            operations: Counter::new(
                "crm_sync_operations_total",
                "What runs did to deals and records, or tried.",
                &["remote", "operation"],
            ),
            calls: Counter::new(
                "crm_sync_remote_calls_total",
                "Requests to a remote, each attempt counted.",
                &["remote"],
            ),
            waited: Counter::new(
                "crm_sync_remote_wait_milliseconds_total",
                "Time spent waiting for a remote's limits.",
                &["remote"],
            ),
        }
    }
}

impl Metrics {
    /// Counts a request that was answered. `route` is the pattern of its path, so that there are not too many.
    pub fn request(&self, method: &str, route: &str, status: u16, took: Duration) {
        self.requests.observe(&[method, route, &status.to_string()], took.as_secs_f64());
    }

    /// Counts a run that ended.
    pub fn run(&self, remote: &str, record: &RunRecord) {
        let counts = &record.counts;
        self.runs.add(&[remote, &record.mode.to_string(), &record.status.to_string()], 1);
        let took = record.finished.and_then(|finished| (finished - record.started).to_std().ok());
        self.run_times.observe(&[remote], took.unwrap_or_default().as_secs_f64());
        for (operation, count) in [
            ("record_created", counts.created_remote),
            ("record_updated", counts.pushed),
            ("deal_created", counts.created_crm),
            ("deal_updated", counts.pulled),
            ("stale", counts.stale),
            ("untried", counts.untried),
            ("failed", counts.failed),
        ] {
            self.operations.add(&[remote, operation], count);
        }
        self.calls.add(&[remote], record.usage.calls);
        self.waited.add(&[remote], record.usage.waited_ms);
    }

    /// All of it, in Prometheus' text format.
    #[must_use]
    pub fn text(&self) -> String {
        let started = self.started.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let mut text = format!(
            "# HELP crm_sync_build_info The program's version.\n\
             # TYPE crm_sync_build_info gauge\n\
             crm_sync_build_info{{version=\"{}\"}} 1\n\
             # HELP process_start_time_seconds When the program started, in seconds since 1970.\n\
             # TYPE process_start_time_seconds gauge\n\
             process_start_time_seconds {started}\n",
            env!("CARGO_PKG_VERSION"),
        );
        for counter in [&self.runs, &self.operations, &self.calls, &self.waited] {
            counter.write(&mut text);
        }
        for histogram in [&self.run_times, &self.requests] {
            histogram.write(&mut text);
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_counted_by_route_and_by_how_long_they_took() {
        let metrics = Metrics::default();
        for millis in [1, 30, 70_000] {
            metrics.request("GET", "/api/v1/runs/{id}", 200, Duration::from_millis(millis));
        }
        let text = metrics.text();
        let labels = "method=\"GET\",route=\"/api/v1/runs/{id}\",status=\"200\"";
        for line in [
            format!("crm_sync_http_request_duration_seconds_bucket{{{labels},le=\"0.005\"}} 1\n"),
            format!("crm_sync_http_request_duration_seconds_bucket{{{labels},le=\"0.1\"}} 2\n"),
            format!("crm_sync_http_request_duration_seconds_bucket{{{labels},le=\"+Inf\"}} 3\n"),
            format!("crm_sync_http_request_duration_seconds_sum{{{labels}}} 70.031\n"),
            format!("crm_sync_http_request_duration_seconds_count{{{labels}}} 3\n"),
        ] {
            assert!(text.contains(&line), "{line}\n{text}");
        }
    }
}
