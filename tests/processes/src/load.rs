//! Many who ask one server at once.

use std::time::{Duration, Instant};

use futures::future::join_all;
use tokio::time::{MissedTickBehavior, interval};

use crate::client::Client;

/// How many ask, and how much.
#[derive(Debug, Clone, Copy)]
pub struct Load {
    /// How many ask at once; each waits for its answer before it asks again.
    pub clients: u32,
    /// For how long.
    pub time: Duration,
    /// Requests a second of all together; absent: as many as are answered.
    pub rate: Option<u32>,
}

/// What they met.
#[derive(Debug, Default)]
pub struct Figures {
    /// How long each answer took, the quickest first.
    pub times: Vec<Duration>,
    /// What was no answer, or no good one.
    pub faults: Vec<String>,
    /// How long all of it took.
    pub took: Duration,
}

impl Figures {
    /// Good answers a second.
    #[must_use]
    pub fn per_second(&self) -> f64 {
        f64::from(u32::try_from(self.times.len()).unwrap_or(u32::MAX)) / self.took.as_secs_f64()
    }

    /// Within which time so many of a hundred answers came.
    #[must_use]
    pub fn within(&self, percent: usize) -> Duration {
        let place = (self.times.len() * percent / 100).min(self.times.len().saturating_sub(1));
        self.times.get(place).copied().unwrap_or_default()
    }
}

impl Load {
    /// Reads these addresses in turn.
    pub async fn read(self, client: &Client, paths: &[String]) -> Figures {
        let beginning = Instant::now();
        let readers = (0..self.clients).map(|number| {
            let (client, paths) = (client.clone(), paths.to_vec());
            tokio::spawn(async move { self.reader(beginning, number, &client, &paths).await })
        });
        let mut all = Figures::default();
        for figures in join_all(readers).await {
            let figures = figures.expect("a reader");
            all.times.extend(figures.times);
            all.faults.extend(figures.faults);
        }
        all.times.sort();
        all.took = beginning.elapsed();
        all
    }

    async fn reader(self, beginning: Instant, number: u32, client: &Client, paths: &[String]) -> Figures {
        let mut figures = Figures::default();
        let mut beat = self.rate.map(|rate| {
            let mut beat = interval(Duration::from_secs(1) * self.clients / rate);
            beat.set_missed_tick_behavior(MissedTickBehavior::Burst);
            beat
        });
        let first = usize::try_from(number).unwrap_or_default() % paths.len().max(1);
        for path in paths.iter().cycle().skip(first) {
            if let Some(beat) = &mut beat {
                beat.tick().await;
            }
            if beginning.elapsed() >= self.time {
                break;
            }
            let asked = Instant::now();
            match client.read(path).await {
                Ok(200) => figures.times.push(asked.elapsed()),
                other => figures.faults.push(format!("{path}: {other:?}")),
            }
        }
        figures
    }
}
