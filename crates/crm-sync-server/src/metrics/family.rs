//! Numbers of one name, told apart by labels, in Prometheus' text format.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Mutex, PoisonError};

/// The bounds of a histogram's buckets; a last one has none.
const BUCKETS: usize = 7;

/// What numbers have in common.
#[derive(Debug)]
struct Family<T> {
    name: &'static str,
    help: &'static str,
    labels: &'static [&'static str],
    series: Mutex<BTreeMap<Vec<String>, T>>,
}

impl<T: Default> Family<T> {
    /// Changes the numbers of these values of the labels.
    fn update(&self, values: &[&str], change: impl FnOnce(&mut T)) {
        let values = values.iter().map(|&value| value.to_owned()).collect();
        let mut series = self.series.lock().unwrap_or_else(PoisonError::into_inner);
        change(series.entry(values).or_default());
    }

    /// Writes the head, and each series with its labels.
    fn write(&self, text: &mut String, kind: &str, each: impl Fn(&mut String, &str, &T)) {
        let Self { name, help, .. } = self;
        writeln!(text, "# HELP {name} {help}\n# TYPE {name} {kind}").ok();
        for (values, numbers) in &*self.series.lock().unwrap_or_else(PoisonError::into_inner) {
            let pairs = self.labels.iter().zip(values);
            let pairs: Vec<_> =
                pairs.map(|(label, value)| format!("{label}=\"{}\"", escaped(value))).collect();
            each(text, &pairs.join(","), numbers);
        }
    }
}

/// Numbers that only grow.
#[derive(Debug)]
pub(super) struct Counter(Family<u64>);

impl Counter {
    pub(super) const fn new(name: &'static str, help: &'static str, labels: &'static [&'static str]) -> Self {
        Self(Family { name, help, labels, series: Mutex::new(BTreeMap::new()) })
    }

    /// Adds to the number of these values of the labels.
    pub(super) fn add(&self, values: &[&str], count: u64) {
        self.0.update(values, |total| *total = total.saturating_add(count));
    }

    pub(super) fn write(&self, text: &mut String) {
        self.0.write(text, "counter", |text, labels, total| {
            writeln!(text, "{}{{{labels}}} {total}", self.0.name).ok();
        });
    }
}

/// How often a number was how large.
#[derive(Debug)]
pub(super) struct Histogram {
    family: Family<Distribution>,
    bounds: [f64; BUCKETS],
}

#[derive(Debug, Default)]
struct Distribution {
    /// How many were at most each bound.
    within: [u64; BUCKETS],
    count: u64,
    sum: f64,
}

impl Histogram {
    pub(super) const fn new(
        name: &'static str,
        help: &'static str,
        labels: &'static [&'static str],
        bounds: [f64; BUCKETS],
    ) -> Self {
        Self { family: Family { name, help, labels, series: Mutex::new(BTreeMap::new()) }, bounds }
    }

    /// Notes a number for these values of the labels.
    pub(super) fn observe(&self, values: &[&str], number: f64) {
        self.family.update(values, |distribution| {
            for (within, bound) in distribution.within.iter_mut().zip(self.bounds) {
                *within += u64::from(number <= bound);
            }
            distribution.count += 1;
            distribution.sum += number;
        });
    }

    pub(super) fn write(&self, text: &mut String) {
        let name = self.family.name;
        self.family.write(text, "histogram", |text, labels, Distribution { within, count, sum }| {
            for (within, bound) in within.iter().zip(self.bounds) {
                writeln!(text, "{name}_bucket{{{labels},le=\"{bound}\"}} {within}").ok();
            }
            writeln!(text, "{name}_bucket{{{labels},le=\"+Inf\"}} {count}").ok();
            writeln!(text, "{name}_sum{{{labels}}} {sum}\n{name}_count{{{labels}}} {count}").ok();
        });
    }
}

fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_cannot_break_out_of_its_quotes() {
        let counter = Counter::new("things", "Things.", &["name"]);
        counter.add(&["a\"b\\c\nd"], 2);
        counter.add(&["a\"b\\c\nd"], 3);
        let mut text = String::new();
        counter.write(&mut text);
        assert_eq!(
            text,
            "# HELP things Things.\n# TYPE things counter\nthings{name=\"a\\\"b\\\\c\\nd\"} 5\n"
        );
    }
}
