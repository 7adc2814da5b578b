//! The steps of a run, as they happen.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::Duration;

use connector_core::engine::{Event, Watch};
use indicatif::{ProgressBar, ProgressStyle};

use crate::messages::{self, Lang};

/// Shows a run to whoever waits for it.
#[derive(Debug)]
pub struct Progress {
    lang: Lang,
    remote: String,
    shown: Shown,
}

#[derive(Debug)]
enum Shown {
    Nothing,
    Bar(ProgressBar),
    /// The step of the last line: one line for each that is worth it.
    Lines(Mutex<Option<usize>>),
}

/// How often a bar moves by itself.
const TICK: Duration = Duration::from_millis(120);
/// How many lines the writing of a plan is worth.
const STEPS: usize = 10;

impl Progress {
    /// Shows nothing.
    #[must_use]
    pub fn silent(lang: Lang, remote: &str) -> Self {
        Self { lang, remote: remote.to_owned(), shown: Shown::Nothing }
    }

    /// Shows a bar on the terminal.
    #[must_use]
    pub fn bar(lang: Lang, remote: &str) -> Self {
        let bar = ProgressBar::new_spinner();
        bar.enable_steady_tick(TICK);
        Self { lang, remote: remote.to_owned(), shown: Shown::Bar(bar) }
    }

    /// Writes plain lines.
    #[must_use]
    pub fn lines(lang: Lang, remote: &str) -> Self {
        Self { lang, remote: remote.to_owned(), shown: Shown::Lines(Mutex::new(None)) }
    }

    /// The run is over: the bar goes away.
    pub fn end(&self) {
        if let Shown::Bar(bar) = &self.shown {
            bar.finish_and_clear();
        }
    }

    fn show_bar(&self, bar: &ProgressBar, event: &Event) {
        if let Event::Operation { done, total, .. } = event {
            if bar.length().is_none()
                && let Ok(style) = ProgressStyle::with_template("{spinner} {bar:30} {pos}/{len} {eta}")
            {
                bar.set_style(style);
                bar.set_length(u64::try_from(*total).unwrap_or(u64::MAX));
            }
            bar.set_position(u64::try_from(*done).unwrap_or(u64::MAX));
        } else if let Some(told) = messages::progress(self.lang, event, &self.remote) {
            bar.set_message(told);
        }
    }
}

impl Watch for Progress {
    fn see(&self, event: &Event) {
        match &self.shown {
            Shown::Nothing => {}
            Shown::Bar(bar) => self.show_bar(bar, event),
            Shown::Lines(last) => {
                let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
                let told = match event {
                    Event::Operation { done, total, .. } => {
                        let step = done.saturating_mul(STEPS).checked_div(*total).unwrap_or(STEPS);
                        let is_new = *last != Some(step);
                        *last = Some(step);
                        is_new && (step > 0 || done == total)
                    }
                    _ => true,
                };
                if let Some(text) = messages::progress(self.lang, event, &self.remote).filter(|_| told) {
                    use std::io::Write as _;
                    writeln!(std::io::stderr().lock(), "{text}").ok();
                }
            }
        }
    }
}
