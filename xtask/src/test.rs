//! Running steps one after the other, and the summary of them.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};

use crate::console;
use crate::requirement;
use crate::step::Step;

/// What became of a step.
struct Outcome {
    name: &'static str,
    result: Result<()>,
    time: Duration,
}

/// Runs the steps in order. A failed one does not stop the rest: one run tells all there is to mend.
///
/// # Errors
/// When something that the steps need is not to be had, and when a step fails.
pub(crate) fn run(root: &Path, steps: &[Step]) -> Result<()> {
    requirement::provide(steps)?;
    let start = Instant::now();
    let outcomes: Vec<Outcome> = steps.iter().map(|step| run_one(root, step)).collect();

    console::say("");
    for outcome in &outcomes {
        console::say(&line(outcome));
    }
    let failed = outcomes.iter().filter(|outcome| outcome.result.is_err()).count();
    console::say(&format!("in {}", console::duration(start.elapsed())));
    console::say(&format!("steps: {} passed, {failed} failed", outcomes.len() - failed));
    ensure!(failed == 0, "the suite failed");
    Ok(())
}

fn run_one(root: &Path, step: &Step) -> Outcome {
    console::say(&format!("\n==> {}: {}", step.name, step.what));
    let start = Instant::now();
    let result = (step.run)(root);
    Outcome { name: step.name, result, time: start.elapsed() }
}

fn line(outcome: &Outcome) -> String {
    let time = console::duration(outcome.time);
    match &outcome.result {
        Ok(()) => format!("{:8} ok      {time}", outcome.name),
        Err(error) => format!("{:8} FAILED  {time}  {error:#}", outcome.name),
    }
}

#[cfg(test)]
mod tests {
    use anyhow::bail;

    use super::*;

    #[test]
    fn one_failed_step_fails_the_suite_and_the_rest_still_runs() {
        let root = std::env::temp_dir().join(format!("xtask-{}", std::process::id()));
        std::fs::create_dir(&root).unwrap();
        let steps = [
            Step { name: "first", what: "fails", run: |_| bail!("on purpose") },
            Step {
                name: "second",
                what: "leaves a trace",
                run: |root| Ok(std::fs::write(root.join("ran"), "")?),
            },
        ];

        let result = run(&root, &steps);

        let ran = root.join("ran").exists();
        std::fs::remove_dir_all(&root).unwrap();
        assert!(ran);
        assert_eq!(result.unwrap_err().to_string(), "the suite failed");
    }
}
