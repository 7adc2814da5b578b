//! What a task says to the person who runs it.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "the one place that does")]

use std::time::Duration;

/// A line of the report.
pub(crate) fn say(text: &str) {
    println!("{text}");
}

/// Why the task failed.
pub(crate) fn complain(text: &str) {
    eprintln!("error: {text}");
}

/// A duration as in `4 min 10 s` or `0.8 s`.
pub(crate) fn duration(time: Duration) -> String {
    let seconds = time.as_secs();
    if seconds < 60 {
        format!("{:.1} s", time.as_secs_f64())
    } else {
        format!("{} min {:02} s", seconds / 60, seconds % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_reads_as_a_person_would_say_it() {
        assert_eq!(duration(Duration::from_millis(840)), "0.8 s");
        assert_eq!(duration(Duration::from_secs(250)), "4 min 10 s");
    }
}
