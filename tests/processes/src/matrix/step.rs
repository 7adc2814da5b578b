//! The steps of a run at which a process can die.

use std::collections::BTreeMap;
use std::fmt;

use connector_sandbox::Stats;

use crate::fuse::When;

/// A step of a run, told from others in a way that holds from one run to the next.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// A call of the remote.
    Call {
        /// The HTTP method.
        method: String,
        /// The route's template.
        route: String,
        /// The how manieth of these, from 1.
        number: usize,
    },
    /// A commit in the database.
    Commit {
        /// The tables that it writes into.
        tables: String,
        /// The how manieth of these, from 1.
        number: usize,
    },
}

/// A step, and the side of it on which the process dies.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Point {
    /// Which step.
    pub step: Step,
    /// Which side.
    pub when: When,
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Call { method, route, number } => write!(f, "{method} {route}, no. {number}"),
            Self::Commit { tables, number } => write!(f, "commit of {tables}, no. {number}"),
        }
    }
}

impl Step {
    /// The steps of a run that made these calls and wrote these commits down.
    pub(super) fn of(calls: &Stats, commits: &str) -> Vec<Self> {
        let mut steps = Vec::new();
        for route in &calls.routes {
            for number in 1..=usize::try_from(route.requests).unwrap_or_default() {
                let (method, route) = (route.method.clone(), route.route.clone());
                steps.push(Self::Call { method, route, number });
            }
        }
        let mut numbers: BTreeMap<&str, usize> = BTreeMap::new();
        for tables in commits.lines() {
            let number = numbers.entry(tables).or_default();
            *number += 1;
            steps.push(Self::Commit { tables: tables.to_owned(), number: *number });
        }
        steps
    }

    /// Whether the clock says if a run comes to this: what it keeps for others to see, that it is still there, and the
    /// requests that its process counted beside it.
    #[must_use]
    pub fn is_timed(&self) -> bool {
        let timed = ["sync_calls", "sync_events", "sync_leases"];
        matches!(self, Self::Commit { tables, number } if *number > 1 && timed.contains(&tables.as_str()))
    }

    /// Whether it is the third time or more that the clock has a run do the same.
    pub(super) fn is_repeated(&self) -> bool {
        self.is_timed() && matches!(self, Self::Commit { number, .. } if *number > 2)
    }
}
